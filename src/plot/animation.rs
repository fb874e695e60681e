//! Encodes frames as one animated PNG (APNG), which every browser plays in a loop.
//!
//! The frames share at most 255 colours. Each stores only the bounding rectangle of its changes from the previous
//! frame, in which unchanged pixels are transparent.

use super::colour_quantization::{ColourCounts, Palette};
use super::picture_kind::PictureKind;
use crate::error::{Error, Result};
use png::{BitDepth, BlendOp, ColorType, Compression, DisposeOp, FilterType};

/// Maximum number of colours in a file; one more palette index is reserved for transparent, unchanged pixels.
const MOST_COLOURS: usize = 255;

/// Frames added so far, kept compressed to save memory.
pub struct Animation {
    /// Width and height in pixels.
    size: (u32, u32),
    frames_per_second: u16,
    colours: ColourCounts,
    /// A lossless PNG per frame.
    frames: Vec<Vec<u8>>,
}

/// Changed rectangle of a frame, in pixels.
struct FramePatch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Animation {
    /// Creates an animation of this size without frames.
    ///
    /// # Panics
    /// If `frames_per_second` is 0.
    pub fn new(width: u32, height: u32, frames_per_second: u16) -> Self {
        assert!(frames_per_second > 0);
        Self { size: (width, height), frames_per_second, colours: ColourCounts::new(), frames: Vec::new() }
    }

    /// Adds a frame, `[height, width, 3]`: red, green, blue.
    ///
    /// # Errors
    /// [`Error::Picture`] if compression fails.
    ///
    /// # Panics
    /// If the number of pixels differs from the animation's size.
    pub fn frame(&mut self, rgb: &[u8]) -> Result<()> {
        assert_eq!(rgb.len(), self.size.0 as usize * self.size.1 as usize * 3);
        self.colours.add(rgb);
        self.frames.push(super::scene_render::encoded(rgb, self.size).map_err(failed)?);
        Ok(())
    }

    /// Returns the file's bytes; the last frame is shown for `held` seconds, up to 65, before the loop restarts.
    ///
    /// # Errors
    /// [`Error::Picture`] if compression fails or there is no frame.
    pub fn finish(self, held: f64) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        self.write(&mut file, held).map_err(failed)?;
        Ok(file)
    }

    fn write(&self, file: &mut Vec<u8>, held: f64) -> std::result::Result<(), png::EncodingError> {
        let palette = self.colours.palette(MOST_COLOURS);
        let same = palette.colours.len() as u8;
        let mut encoder = png::Encoder::new(file, self.size.0, self.size.1);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_palette(palette.colours.iter().flatten().copied().chain([0; 3]).collect::<Vec<u8>>());
        encoder.set_trns([vec![255; palette.colours.len()], vec![0]].concat());
        encoder.set_compression(Compression::Best);
        encoder.set_filter(FilterType::NoFilter);
        encoder.set_animated(self.frames.len() as u32, 0)?;
        let mut writer = encoder.write_header()?;
        let mut before: Option<Vec<u8>> = None;
        for (n, frame) in self.frames.iter().enumerate() {
            let indices = indices(frame, &palette)?;
            let (part, pixels) = changed(before.as_deref(), &indices, self.size.0 as usize, same);
            writer.reset_frame_position()?;
            writer.set_frame_dimension(part.width as u32, part.height as u32)?;
            writer.set_frame_position(part.left as u32, part.top as u32)?;
            writer.set_blend_op(if before.is_none() { BlendOp::Source } else { BlendOp::Over })?;
            writer.set_dispose_op(DisposeOp::None)?;
            match n + 1 < self.frames.len() {
                true => writer.set_frame_delay(1, self.frames_per_second)?,
                false => writer.set_frame_delay((1000.0 * held).round() as u16, 1000)?,
            }
            writer.write_image_data(&pixels)?;
            before = Some(indices);
        }
        writer.finish()
    }
}

/// Halves width and height by averaging squares of four pixels; an odd last row or column is dropped.
pub fn halved(rgb: &[u8], width: usize) -> Vec<u8> {
    let mut half = Vec::with_capacity(rgb.len() / 4);
    for rows in rgb.chunks_exact(2 * 3 * width) {
        let (upper, lower) = rows.split_at(3 * width);
        for (a, b) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            let mean = |c: usize| ((2 + [a[c], a[c + 3], b[c], b[c + 3]].map(u16::from).iter().sum::<u16>()) / 4) as u8;
            half.extend([mean(0), mean(1), mean(2)]);
        }
    }
    half
}

/// Returns the error of a movie that can't be encoded or written.
pub(super) fn failed(error: impl std::fmt::Display) -> Error {
    Error::Picture { name: PictureKind::Movie.name().into(), what: error.to_string() }
}

/// Converts a frame's pixels to palette indices.
fn indices(frame: &[u8], palette: &Palette) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let broken = |e: png::DecodingError| png::EncodingError::IoError(std::io::Error::other(e));
    let mut reader = png::Decoder::new(frame).read_info().map_err(broken)?;
    let mut rgb = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut rgb).map_err(broken)?;
    Ok(palette.indices(&rgb))
}

/// Returns the rectangle that changed since the previous frame and its pixels, unchanged ones set to `same`; without a
/// previous frame, the whole frame.
fn changed(before: Option<&[u8]>, now: &[u8], width: usize, same: u8) -> (FramePatch, Vec<u8>) {
    let Some(before) = before else {
        return (FramePatch { left: 0, top: 0, width, height: now.len() / width }, now.to_vec());
    };
    let (mut left, mut right, mut top, mut bottom) = (width, 0, usize::MAX, 0);
    for (at, _) in before.iter().zip(now).enumerate().filter(|(_, (a, b))| a != b) {
        let (x, y) = (at % width, at / width);
        (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
    }
    if top == usize::MAX {
        // APNG requires at least one pixel per frame.
        return (FramePatch { left: 0, top: 0, width: 1, height: 1 }, vec![same]);
    }
    let part = FramePatch { left, top, width: right + 1 - left, height: bottom + 1 - top };
    let places = (top..=bottom).flat_map(|y| y * width + left..=y * width + right);
    let pixels = places.map(|at| if before[at] == now[at] { same } else { now[at] }).collect();
    (part, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (7, 5);
    const COLOURS: [[u8; 3]; 3] = [[255, 255, 255], [0, 114, 178], [213, 94, 0]];

    /// A frame from the colour number of each pixel.
    fn frame(number: impl Fn(usize, usize) -> usize) -> Vec<u8> {
        (0..SIZE.0 * SIZE.1).flat_map(|at| COLOURS[number(at % SIZE.0, at / SIZE.0)]).collect()
    }

    /// Decodes the frames as a viewer shows them, and their delays in seconds.
    fn played(file: &[u8]) -> (Vec<Vec<u8>>, Vec<f64>) {
        let mut decoder = png::Decoder::new(file);
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let control = *reader.info().animation_control().unwrap();
        assert_eq!(control.num_plays, 0, "plays for ever");
        let (mut canvas, mut frames, mut delays) = (vec![9; SIZE.0 * SIZE.1 * 3], Vec::new(), Vec::new());
        for _ in 0..control.num_frames {
            let mut buffer = vec![0; reader.output_buffer_size()];
            reader.next_frame(&mut buffer).unwrap();
            let of = *reader.info().frame_control().unwrap();
            assert_eq!(of.dispose_op, DisposeOp::None);
            for (n, pixel) in buffer.chunks_exact(4).take((of.width * of.height) as usize).enumerate() {
                let (x, y) = (n as u32 % of.width + of.x_offset, n as u32 / of.width + of.y_offset);
                if of.blend_op == BlendOp::Source || pixel[3] == 255 {
                    canvas[(y as usize * SIZE.0 + x as usize) * 3..][..3].copy_from_slice(&pixel[..3]);
                }
            }
            frames.push(canvas.clone());
            delays.push(f64::from(of.delay_num) / f64::from(of.delay_den));
        }
        (frames, delays)
    }

    #[test]
    fn what_is_played_is_what_was_put_in() {
        let frames = [
            frame(|x, _| x % 2),
            frame(|x, y| if (x, y) == (3, 2) { 2 } else { x % 2 }),
            frame(|x, y| if (x, y) == (3, 2) { 2 } else { x % 2 }),
            frame(|x, y| if (2..4).contains(&x) && y > 0 { 0 } else { x % 2 }),
        ];
        let mut animation = Animation::new(SIZE.0 as u32, SIZE.1 as u32, 20);
        frames.iter().for_each(|frame| animation.frame(frame).unwrap());
        let (shown, delays) = played(&animation.finish(2.0).unwrap());
        assert_eq!(shown, frames);
        assert_eq!(delays, [0.05, 0.05, 0.05, 2.0]);
    }

    #[test]
    fn only_the_changed_rectangle_is_drawn_and_in_it_only_what_changed() {
        let before = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let now = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0];
        let (part, pixels) = changed(Some(&before), &now, 4, 9);
        assert_eq!((part.left, part.top, part.width, part.height), (1, 1, 2, 2));
        assert_eq!(pixels, [1, 9, 9, 2]);
        assert_eq!(changed(Some(&now), &now, 4, 9).1, [9]);
        assert_eq!(changed(None, &now, 4, 9).1, now);
    }

    #[test]
    fn half_the_size_is_the_mean_of_four() {
        let rgb: Vec<u8> = [[0, 8, 100], [4, 8, 100], [7, 7, 7], [8, 8, 100], [12, 8, 104], [7, 7, 7]].concat();
        assert_eq!(halved(&rgb, 3), [6, 8, 101]);
    }

    #[test]
    fn a_movie_without_frames_is_an_error() {
        assert!(Animation::new(3, 3, 5).finish(1.0).is_err());
    }
}
