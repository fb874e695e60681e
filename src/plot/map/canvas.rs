//! A canvas of any size for rectangles, images and text.

use super::super::scene::TextLine;
use super::super::scene_render::draw_label;
use super::super::theme::Rgb;

/// RGB pixels, row by row from the top, initially white.
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![255; 3 * width * height] }
    }

    /// Fills a rectangle given by its upper left and lower right corner, rounded to pixels and clipped to the canvas.
    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), (r, g, b): Rgb) {
        let within = |v: f64, most: usize| v.round().clamp(0.0, most as f64) as usize;
        let (left, right) = (within(from.0, self.width), within(to.0, self.width));
        for y in within(from.1, self.height)..within(to.1, self.height) {
            let row = &mut self.pixels[3 * y * self.width..][3 * left..3 * right.max(left)];
            row.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&[r, g, b]));
        }
    }

    /// Draws an image of `wide` pixels per row with its upper left corner at `(left, top)`, each pixel as `times` ×
    /// `times` pixels.
    pub fn image(&mut self, (left, top): (usize, usize), image: &[u8], wide: usize, times: usize) {
        for (y, line) in image.chunks_exact(3 * wide).enumerate() {
            let row: Vec<u8> = line.chunks_exact(3).flat_map(|pixel| pixel.repeat(times)).collect();
            for copy in 0..times {
                let start = 3 * ((top + y * times + copy) * self.width + left);
                self.pixels[start..start + row.len()].copy_from_slice(&row);
            }
        }
    }

    pub fn text(&mut self, label: &TextLine) {
        draw_label(label, &mut self.pixels, [self.height, self.width]);
    }
}
