//! A picture as vector graphics: shapes and text, in base pixels from the upper left corner, later ones above earlier.

use super::substitute_names::Substitutes;
use super::text_layout::printable;
use super::theme::Rgb;
pub use super::theme::TextStyle;

/// A position in base pixels, x to the right, y down.
pub type Position = (f64, f64);

/// A colour and its opacity, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    pub rgb: Rgb,
    pub alpha: f64,
}

impl From<Rgb> for Paint {
    fn from(rgb: Rgb) -> Self {
        Self { rgb, alpha: 1.0 }
    }
}

/// Which part of a text's base line is at the given position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Start,
    Middle,
    End,
}

/// A line of text; `at` is on the base line.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLine {
    pub at: Position,
    pub text: String,
    pub kind: TextStyle,
    pub align: Align,
}

/// Shapes that both renderers can draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Primitive {
    Fill {
        outline: Vec<Position>,
        paint: Paint,
    },
    /// Upper left and lower right corner.
    Rectangle {
        corners: [Position; 2],
        paint: Paint,
    },
    Line {
        points: Vec<Position>,
        width: f64,
        paint: Paint,
    },
    Dot {
        centre: Position,
        radius: f64,
        paint: Paint,
    },
}

/// Shapes, and the text above them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    pub(super) title: String,
    pub(super) shapes: Vec<Primitive>,
    pub(super) labels: Vec<TextLine>,
    /// Replacements for names that PNGs cannot draw.
    pub(super) substitutes: Substitutes,
}

impl Scene {
    /// Fills a polygon.
    pub(super) fn fill(&mut self, outline: Vec<Position>, paint: impl Into<Paint>) {
        self.shapes.push(Primitive::Fill { outline, paint: paint.into() });
    }

    /// Fills an axis-aligned rectangle given by two opposite corners.
    pub(super) fn rectangle(&mut self, a: Position, b: Position, paint: impl Into<Paint>) {
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        self.shapes.push(Primitive::Rectangle { corners: [low, high], paint: paint.into() });
    }

    /// Fills a disc.
    pub(super) fn dot(&mut self, centre: Position, radius: f64, paint: impl Into<Paint>) {
        self.shapes.push(Primitive::Dot { centre, radius, paint: paint.into() });
    }

    /// Draws a line through the points, simplified without visible change.
    pub(super) fn line(&mut self, points: Vec<Position>, width: f64, paint: impl Into<Paint>) {
        if points.len() > 1 {
            self.shapes.push(Primitive::Line { points: simplified(&points), width, paint: paint.into() });
        }
    }

    /// Draws a line in dashes; `dashes` alternates lengths of dashes and gaps, and repeats.
    pub(super) fn dashed(&mut self, points: &[Position], dashes: &[f64], width: f64, paint: impl Into<Paint>) {
        let paint = paint.into();
        dash(points, dashes).into_iter().for_each(|piece| self.line(piece, width, paint));
    }

    /// Adds a line of text.
    pub(super) fn text(&mut self, at: Position, text: impl Into<String>, kind: TextStyle, align: Align) {
        self.labels.push(TextLine { at, text: printable(text.into().as_str()), kind, align });
    }
}

/// Maximum distance, in base pixels, of a dropped point from the simplified line.
const UNSEEN: f64 = 0.2;

/// Drops points whose absence is invisible (Ramer 1972, Douglas and Peucker 1973).
pub fn simplified(points: &[Position]) -> Vec<Position> {
    let mut keep = vec![false; points.len()];
    let mut spans = vec![(0, points.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        (keep[first], keep[last]) = (true, true);
        let distance2 = |i: &usize| distance_to_segment_squared(points[*i], points[first], points[last]);
        let farthest = (first + 1..last).max_by(|a, b| distance2(a).total_cmp(&distance2(b)));
        if let Some(middle) = farthest.filter(|i| distance2(i) > UNSEEN * UNSEEN) {
            spans.extend([(first, middle), (middle, last)]);
        }
    }
    points.iter().zip(keep).filter_map(|(p, keep)| keep.then_some(*p)).collect()
}

/// Squared distance of `p` from the segment between `a` and `b`.
fn distance_to_segment_squared(p: Position, a: Position, b: Position) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - along * dx).powi(2) + (p.1 - a.1 - along * dy).powi(2)
}

/// Cuts a line into the dashes of a pattern.
fn dash(points: &[Position], dashes: &[f64]) -> Vec<Vec<Position>> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::from_iter(points.first().copied()));
    let (mut which, mut left) = (0, dashes[0]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                piece.push(to);
                break;
            }
            let share = left / length;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            piece.push(from);
            if which % 2 == 0 {
                pieces.push(std::mem::take(&mut piece));
            }
            which += 1;
            left = dashes[which % dashes.len()];
            piece = vec![from];
        }
    }
    if which % 2 == 0 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_keeps_its_ends_and_a_corner_stays() {
        let straight: Vec<Position> = (0..50).map(|i| (f64::from(i), 2.0 * f64::from(i))).collect();
        assert_eq!(simplified(&straight), [straight[0], straight[49]]);
        assert_eq!(simplified(&[(0.0, 0.0), (5.0, 5.0), (10.0, 0.0)]).len(), 3);
        assert_eq!(simplified(&[(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]).len(), 2);
    }

    #[test]
    fn dashes_go_round_corners_and_leave_gaps() {
        let pieces = dash(&[(0.0, 0.0), (6.0, 0.0), (6.0, 14.0)], &[8.0, 4.0]);
        assert_eq!(pieces, [vec![(0.0, 0.0), (6.0, 0.0), (6.0, 2.0)], vec![(6.0, 6.0), (6.0, 14.0)]]);
    }
}
