//! Loss curves over epochs: solid on the training points, dotted on the test points, with the gap between them shaded.

use super::clipping::{clipped, tick};
use super::frame::Frame;
use super::plot_axis::PlotAxis;
use super::scene::{Paint, Position, Scene};
use super::theme::{Rgb, WHITE};

/// Dash pattern of curves on the test points.
pub const TEST_DASHES: [f64; 2] = [3.0, 7.0];
/// Subtitle's note on curves on the test points.
pub const TEST_NOTE: &str = "dotted: on the test points, shaded: the gap";

/// Style of a line.
#[derive(Debug, Clone, Copy)]
pub struct LineStyle {
    pub width: f64,
    pub paint: Paint,
    /// Whether a white edge separates it from shapes below.
    pub edged: bool,
    /// Alternating lengths of dashes and gaps; empty: solid.
    pub dashes: &'static [f64],
}

impl LineStyle {
    /// Returns the style of a line that summarises many curves.
    pub fn bold(width: f64, rgb: Rgb) -> Self {
        Self { width, paint: rgb.into(), edged: true, dashes: &[] }
    }

    /// Returns the style of a single curve among many.
    pub fn thin(width: f64, paint: Paint) -> Self {
        Self { width, paint, edged: false, dashes: &[] }
    }

    /// Returns the matching style for the test points.
    pub fn of_test(self) -> Self {
        Self { dashes: &TEST_DASHES, width: self.width * 0.7, ..self }
    }

    /// Draws a line through these positions.
    pub fn draw(&self, scene: &mut Scene, points: Vec<Position>) {
        if self.edged {
            scene.line(points.clone(), self.width + 4.0, WHITE);
        }
        match self.dashes.is_empty() {
            true => scene.line(points, self.width, self.paint),
            false => scene.dashed(&points, self.dashes, self.width, self.paint),
        }
    }
}

/// Draws losses at these epochs up to the first non-finite one, with a triangle where they leave the frame; returns the
/// end of the line if it reaches the last epoch inside the frame.
pub fn draw(
    scene: &mut Scene,
    frame: &Frame,
    epochs: &[u32],
    losses: impl Iterator<Item = f64>,
    stroke: LineStyle,
) -> Option<Position> {
    let mut seen = 0;
    let finite = losses.take_while(|loss| loss.is_finite()).inspect(|_| seen += 1);
    let found = clipped(frame, finite.zip(epochs).map(|(loss, epoch)| (f64::from(*epoch), loss)));
    let last = epochs.last().map(|epoch| frame.x(f64::from(*epoch)));
    let end = found.pieces.last().and_then(|piece| piece.last().copied());
    for piece in found.pieces {
        if let [only] = piece[..] {
            scene.dot(only, (stroke.width * 1.25).max(5.0), stroke.paint);
        } else {
            stroke.draw(scene, piece);
        }
    }
    found.leaves.iter().for_each(|(edge, at)| tick(scene, frame, *edge, *at, stroke.paint));
    end.filter(|end| seen >= epochs.len() && Some(end.0) == last)
}

/// Shades the area between two curves up to the first non-finite value of either.
pub fn gap(scene: &mut Scene, frame: &Frame, epochs: &[u32], [a, b]: [&[f64]; 2], rgb: Rgb) {
    let both = a.iter().zip(b).take_while(|(a, b)| a.is_finite() && b.is_finite()).count();
    let places = |losses: &[f64]| -> Vec<Position> {
        epochs.iter().zip(&losses[..both]).map(|(epoch, loss)| frame.at(f64::from(*epoch), *loss)).collect()
    };
    if both > 1 {
        let outline = places(a).into_iter().chain(places(b).into_iter().rev()).collect();
        scene.fill(outline, Paint { rgb, alpha: 0.14 });
    }
}

/// Returns the number of curves that rise above the axis.
pub fn count_beyond_axis<'a>(y: &PlotAxis, curves: impl Iterator<Item = &'a [f32]>) -> u64 {
    let above = |loss: &f32| loss.is_finite() && y.share(f64::from(*loss)) > 1.001;
    curves.filter(|curve| curve.iter().any(above)).count() as u64
}
