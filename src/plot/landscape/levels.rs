//! Filled colour bands and contour lines of losses, on a logarithmic scale that all panels share.

use super::super::frame::{Frame, MARGIN};
use super::super::marching::zero_lines;
use super::super::plot_axis::PlotAxis;
use super::super::scene::{Align, Paint, Position, Scene, TextStyle};
use super::super::text_layout::wrapped;
use super::super::theme::{AXIS, GRID, INK, Rgb, SIZE, SOFT, TICK, number, sequential};
use crate::analysis::landscape::Landscape;
use crate::statistics::quantile;

/// Number of colour bands of the scale.
const BANDS: usize = 24;
/// Number of bands between contour lines.
const BANDS_PER_LINE: usize = 3;
/// Quantile of all losses above which they share the last colour: a few steep walls would otherwise use up the scale.
const HIGH: f64 = 0.97;
/// Minimum lower end of the scale, as a fraction of its upper end.
const LEAST: f64 = 1e-6;
/// Approximate side of a cell, in pixels.
const CELL: f64 = 3.0;
/// Opacity of the colours on white: low enough for lines to be visible on them.
const STRENGTH: f64 = 0.62;
/// Width of the colour bar, in pixels.
const BAR: f64 = 30.0;

/// Text style of the panels' tick labels and axis names, and of the colour bar's title.
pub const SMALL: TextStyle = TextStyle { size: 21.0, ..TICK };

/// Logarithmic scale of losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossLevels {
    /// Ends of the scale, as decimal logarithms.
    low: f64,
    high: f64,
}

impl LossLevels {
    /// Returns the scale for these losses; `None` if no loss is finite and above 0.
    pub fn of<'a>(landscapes: impl Iterator<Item = &'a Landscape>) -> Option<Self> {
        let losses = landscapes.flat_map(|landscape| &landscape.losses);
        let mut all: Vec<f64> = losses.copied().filter(|loss| loss.is_finite() && *loss > 0.0).collect();
        all.sort_by(f64::total_cmp);
        let (low, high) = (*all.first()?, quantile(&all, HIGH)?);
        let (low, high) = (low.max(LEAST * high).log10(), high.log10());
        // Equal losses still need a scale of some width.
        Some(if high - low > 1e-9 { Self { low, high } } else { Self { low: low - 0.5, high: high + 0.5 } })
    }

    /// Returns the band of a decimal logarithm of a loss, clamped to the scale; `None` if not finite.
    fn band(&self, log_loss: f64) -> Option<usize> {
        let share = (log_loss - self.low) / (self.high - self.low);
        log_loss.is_finite().then(|| ((share * BANDS as f64).max(0.0) as usize).min(BANDS - 1))
    }

    /// Returns decimal logarithms, at least 1 below the scale (a loss of 0). `0.0 * loss` keeps NaN, which `max` drops.
    fn logs(&self, landscape: &Landscape) -> Vec<f64> {
        landscape.losses.iter().map(|loss| loss.log10().max(self.low - 1.0) + 0.0 * loss).collect()
    }

    /// Fills the frame, row by row, with a rectangle for each run of equal bands.
    pub fn fill(&self, scene: &mut Scene, frame: &Frame, landscape: &Landscape) {
        let (wide, high) = (frame.right - frame.left, frame.bottom - frame.top);
        let (columns, rows) = ((wide / CELL).round().max(1.0), (high / CELL).round().max(1.0));
        let logs = self.logs(landscape);
        scene.rectangle((frame.left, frame.top), (frame.right, frame.bottom), GRID);
        for row in 0..rows as usize {
            let up = 1.0 - (row as f64 + 0.5) / rows;
            let at = |column: usize| self.band(between(&logs, landscape.n, (column as f64 + 0.5) / columns, up));
            let bands: Vec<Option<usize>> = (0..columns as usize).map(at).collect();
            let y = |row: usize| frame.top + row as f64 / rows * high;
            let mut start = 0;
            for run in bands.chunk_by(|a, b| a == b) {
                let x = |column: usize| frame.left + column as f64 / columns * wide;
                let (left, right) = (x(start), x(start + run.len()));
                start += run.len();
                if let Some(band) = run[0] {
                    // Overlaps the next ones by a pixel: viewers draw seams between edges that only touch.
                    let corner = ((right + 1.0).min(frame.right), (y(row + 1) + 1.0).min(frame.bottom));
                    scene.rectangle((left, y(row)), corner, colour(band));
                }
            }
        }
    }

    /// Draws contour lines.
    pub fn lines(&self, scene: &mut Scene, frame: &Frame, landscape: &Landscape) {
        let (n, logs) = (landscape.n, self.logs(landscape));
        let steps = (n - 1) as f64;
        let place = |(i, j): Position| {
            (frame.left + i / steps * (frame.right - frame.left), frame.bottom - j / steps * (frame.bottom - frame.top))
        };
        for band in (BANDS_PER_LINE..BANDS).step_by(BANDS_PER_LINE) {
            let level = self.edge(band);
            let above: Vec<f64> = logs.iter().map(|log| log - level).collect();
            for line in zero_lines(&above, n) {
                scene.line(line.into_iter().map(place).collect(), 1.5, Paint { rgb: INK, alpha: 0.28 });
            }
        }
    }

    /// Returns the lower end of a band, as a decimal logarithm.
    fn edge(&self, band: usize) -> f64 {
        self.low + (self.high - self.low) * band as f64 / BANDS as f64
    }

    /// Draws the colour bar right of the panels, from `top` to `bottom`.
    pub fn bar(&self, scene: &mut Scene, (top, bottom): (f64, f64), title: &str) {
        let right = f64::from(SIZE.0) - MARGIN;
        let left = right - 110.0;
        let kind = TextStyle { bold: true, rgb: SOFT, ..SMALL };
        let words = wrapped(title, kind, 190.0, 3);
        let rows = words.len() as f64;
        for (row, words) in words.iter().enumerate() {
            scene.text((left - 40.0, top - 12.0 + row as f64 * 27.0), words.as_str(), kind, Align::Start);
        }
        let top = top - 12.0 + rows * 27.0;
        let y = |log: f64| bottom - (log - self.low) / (self.high - self.low) * (bottom - top);
        for band in 0..BANDS {
            let over = if band + 1 < BANDS { 1.0 } else { 0.0 };
            scene.rectangle((left, y(self.edge(band + 1)) - over), (left + BAR, y(self.edge(band))), colour(band));
        }
        for band in (BANDS_PER_LINE..BANDS).step_by(BANDS_PER_LINE) {
            let at = y(self.edge(band));
            scene.line(vec![(left, at), (left + BAR, at)], 1.5, Paint { rgb: INK, alpha: 0.28 });
        }
        let mark = |scene: &mut Scene, at: f64, text: &str| {
            scene.line(vec![(left + BAR, at), (left + BAR + 8.0, at)], 2.0, AXIS);
            scene.text((left + BAR + 14.0, at + 8.0), text, TICK, Align::Start);
        };
        mark(scene, top, &format!("≥\u{a0}{}", number(10f64.powf(self.high), 2)));
        for (value, text) in PlotAxis::logarithmic(10f64.powf(self.low), 10f64.powf(self.high), false).ticks {
            let at = y(value.log10());
            if at > top + 30.0 && at <= bottom + 1.0 {
                mark(scene, at, &text);
            }
        }
    }
}

/// Returns the colour of a band, blended into white and opaque.
fn colour(band: usize) -> Rgb {
    let (r, g, b) = sequential(band as f64 / (BANDS - 1) as f64);
    let mix = |c: u8| (255.0 - STRENGTH * (255.0 - f64::from(c))).round() as u8;
    (mix(r), mix(g), mix(b))
}

/// Returns the bilinear interpolation in a grid `[n, n]` at a position from 0 to 1 across and up.
fn between(values: &[f64], n: usize, across: f64, up: f64) -> f64 {
    let steps = (n - 1) as f64;
    let split = |share: f64| {
        let place = (share * steps).clamp(0.0, steps);
        let low = (place as usize).min(n - 2);
        (low, place - low as f64)
    };
    let ((i, x), (j, y)) = (split(across), split(up));
    let row = |j: usize| values[j * n + i] * (1.0 - x) + values[j * n + i + 1] * x;
    row(j) * (1.0 - y) + row(j + 1) * y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::landscape::Plane;

    fn landscape(n: usize, loss: impl Fn(usize, usize) -> f64) -> Landscape {
        let plane = Plane { origin: vec![0.0; 2], u: vec![1.0, 0.0], v: vec![0.0, 1.0] };
        let losses = (0..n * n).map(|i| loss(i % n, i / n)).collect();
        Landscape { plane, a: (0.0, 1.0), b: (0.0, 1.0), n, losses }
    }

    #[test]
    fn the_scale_goes_from_the_least_loss_to_nearly_the_largest() {
        let land = landscape(10, |i, j| 10f64.powf((j * 10 + i) as f64 / 33.0 - 2.0));
        let levels = LossLevels::of([&land].into_iter()).unwrap();
        assert!((levels.low + 2.0).abs() < 1e-12 && (levels.high - 0.91).abs() < 0.01, "{levels:?}");
        assert_eq!((levels.band(-2.0), levels.band(-9.0), levels.band(9.0)), (Some(0), Some(0), Some(BANDS - 1)));
        assert_eq!((levels.band(f64::NAN), levels.band((levels.low + levels.high) / 2.0)), (None, Some(BANDS / 2)));
        let plain = LossLevels::of([&landscape(3, |_, _| 0.5)].into_iter()).unwrap();
        assert!(plain.low < plain.high && LossLevels::of([&landscape(2, |_, _| f64::NAN)].into_iter()).is_none());
    }

    #[test]
    fn low_losses_are_dark_missing_ones_grey_and_the_picture_stands_upright() {
        use crate::plot::scene::Primitive;
        // Low losses at the bottom, high at the top, NaN in the right column.
        let land = landscape(21, |i, j| if i == 20 { f64::NAN } else { 10f64.powf(j as f64 / 20.0) });
        let levels = LossLevels::of([&land].into_iter()).unwrap();
        let axis = || PlotAxis::linear(0.0, 1.0);
        let frame = Frame { left: 0.0, right: 300.0, top: 0.0, bottom: 300.0, x: axis(), y: axis() };
        let mut scene = Scene::default();
        levels.fill(&mut scene, &frame, &land);
        let at = |x: f64, y: f64| {
            let inside = |shape: &&Primitive| matches!(shape, Primitive::Rectangle { corners: [a, b], .. } if a.0 <= x && x < b.0 && a.1 <= y && y < b.1);
            match scene.shapes.iter().rev().find(inside) {
                Some(Primitive::Rectangle { paint, .. }) => paint.rgb,
                _ => panic!("nothing at {x}, {y}"),
            }
        };
        assert_eq!((at(10.0, 298.0), at(10.0, 2.0), at(298.0, 150.0)), (colour(0), colour(BANDS - 1), GRID));
        let mut lines = Scene::default();
        levels.lines(&mut lines, &frame, &land);
        // Horizontal, from the left to the missing column.
        assert_eq!(lines.shapes.len(), BANDS / BANDS_PER_LINE - 1);
        let level = |shape: &Primitive| matches!(shape, Primitive::Line { points, .. } if points.len() == 2 && (points[0].1 - points[1].1).abs() < 1e-9);
        assert!(lines.shapes.iter().all(level));
    }

    #[test]
    fn between_the_places_of_a_grid_values_are_linear() {
        let values: Vec<f64> = (0..16).map(|i| f64::from(i % 4) + 10.0 * f64::from(i / 4)).collect();
        for (x, y) in [(0.0, 0.0), (1.0, 1.0), (0.3, 0.7), (0.99, 0.01)] {
            assert!((between(&values, 4, x, y) - (3.0 * x + 30.0 * y)).abs() < 1e-12);
        }
    }
}
