//! Values beyond an axis: lines end at the frame's edge, and a small triangle points outwards.

use super::frame::Frame;
use super::scene::{Paint, Position, Scene};
use super::theme::count;

/// Half the width of a triangle; `HEIGHT`: its height.
const HALF: f64 = 7.0;
const HEIGHT: f64 = 12.0;
/// Maximum distance of a point outside, in frame heights: farther ones are moved here, which hardly changes a line's
/// direction.
const MAX_OVERSHOOT: f64 = 100.0;

/// Edge of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameEdge {
    Left,
    Right,
    Top,
    Bottom,
}

/// Draws a triangle inside the frame that points to `edge`, at the position `along` it.
pub fn tick(scene: &mut Scene, frame: &Frame, edge: FrameEdge, along: f64, paint: impl Into<Paint>) {
    let outline = match edge {
        FrameEdge::Top => corners(along, frame.top, HEIGHT),
        FrameEdge::Bottom => corners(along, frame.bottom, -HEIGHT),
        FrameEdge::Left => turned(corners(along, frame.left, HEIGHT)),
        FrameEdge::Right => turned(corners(along, frame.right, -HEIGHT)),
    };
    scene.fill(outline, paint);
}

/// Returns a triangle with its tip at `(along, tip)` and its base at a distance of `height`, down or (negative) up.
fn corners(along: f64, tip: f64, height: f64) -> Vec<Position> {
    vec![(along, tip), (along + HALF, tip + height), (along - HALF, tip + height)]
}

/// Swaps x and y.
fn turned(outline: Vec<Position>) -> Vec<Position> {
    outline.into_iter().map(|(a, b)| (b, a)).collect()
}

/// Part of a curve inside the frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClippedCurve {
    /// Connected pieces inside the frame.
    pub pieces: Vec<Vec<Position>>,
    /// Edge and position along it of each exit; also of the start, if that is outside.
    pub leaves: Vec<(FrameEdge, f64)>,
}

/// Cuts a curve through these values at the frame's upper and lower edge.
pub fn clipped(frame: &Frame, points: impl IntoIterator<Item = (f64, f64)>) -> ClippedCurve {
    let height = frame.bottom - frame.top;
    let limits = (frame.top - MAX_OVERSHOOT * height, frame.bottom + MAX_OVERSHOOT * height);
    let place = |(x, y): (f64, f64)| (frame.x(x), (frame.bottom - frame.y.share(y) * height).clamp(limits.0, limits.1));
    let mut found = ClippedCurve::default();
    let mut piece: Vec<Position> = Vec::new();
    let mut before: Option<Position> = None;
    for point in points.into_iter().map(place) {
        let (is_in, was_in) = (edge_beyond(frame, point).is_none(), !piece.is_empty());
        if let Some(before) = before {
            let crossing = |edge| (edge, crossing(frame, edge, before, point));
            match (was_in, is_in) {
                (true, false) => {
                    let (edge, at) = crossing(edge_beyond(frame, point).unwrap_or(FrameEdge::Top));
                    piece.push((at, height_of(frame, edge)));
                    found.leaves.push((edge, at));
                    found.pieces.push(std::mem::take(&mut piece));
                }
                (false, true) => {
                    let (edge, at) = crossing(edge_beyond(frame, before).unwrap_or(FrameEdge::Top));
                    piece.push((at, height_of(frame, edge)));
                }
                _ => {}
            }
        } else if let Some(edge) = edge_beyond(frame, point) {
            found.leaves.push((edge, point.0));
        }
        if is_in {
            piece.push(point);
        }
        before = Some(point);
    }
    found.pieces.extend((!piece.is_empty()).then_some(piece));
    found
}

/// Returns the edge that a position is beyond, if any, with a tolerance for rounding errors.
fn edge_beyond(frame: &Frame, (_, y): Position) -> Option<FrameEdge> {
    match y {
        y if y < frame.top - 0.01 => Some(FrameEdge::Top),
        y if y > frame.bottom + 0.01 => Some(FrameEdge::Bottom),
        _ => None,
    }
}

fn height_of(frame: &Frame, edge: FrameEdge) -> f64 {
    if edge == FrameEdge::Bottom { frame.bottom } else { frame.top }
}

/// Returns the x position where the line between two positions crosses an edge.
fn crossing(frame: &Frame, edge: FrameEdge, a: Position, b: Position) -> f64 {
    let share = if a.1 == b.1 { 0.0 } else { (height_of(frame, edge) - a.1) / (b.1 - a.1) };
    a.0 + (b.0 - a.0) * share.clamp(0.0, 1.0)
}

/// Returns the subtitle's note, `2 curves beyond the axis (triangles)`; `None` for 0.
pub fn note(n: u64, what: &str) -> Option<String> {
    (n > 0).then(|| format!("{} {} beyond the axis (triangles)", count(n), crate::plural::noun(n, what)))
}

#[cfg(test)]
mod tests {
    use super::super::plot_axis::PlotAxis;
    use super::*;

    fn frame() -> Frame {
        Frame {
            left: 0.0,
            right: 10.0,
            top: 0.0,
            bottom: 1.0,
            x: PlotAxis::linear(0.0, 10.0),
            y: PlotAxis::linear(0.0, 1.0),
        }
    }

    #[test]
    fn a_curve_ends_at_the_edge_and_comes_back() {
        let points = [0.5, 1.5, 2.0, 0.0, -1.0].into_iter().enumerate().map(|(x, y)| (x as f64, y));
        let found = clipped(&frame(), points);
        assert_eq!(found.pieces, [vec![(0.0, 0.5), (0.5, 0.0)], vec![(2.5, 0.0), (3.0, 1.0), (3.0, 1.0)]]);
        assert_eq!(found.leaves, [(FrameEdge::Top, 0.5), (FrameEdge::Bottom, 3.0)]);
    }

    #[test]
    fn what_is_outside_from_the_beginning_has_a_triangle_and_no_line() {
        let found = clipped(&frame(), [(1.0, 1e30), (2.0, 1e40)]);
        assert_eq!((found.pieces.len(), found.leaves), (0, vec![(FrameEdge::Top, 1.0)]));
        let mut scene = Scene::default();
        tick(&mut scene, &frame(), FrameEdge::Top, 1.0, (0, 0, 0));
        assert_eq!(scene.shapes.len(), 1);
        assert_eq!((note(0, "model"), note(1, "model")), (None, Some("1 model beyond the axis (triangles)".into())));
    }
}
