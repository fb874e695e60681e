//! Training trajectories as lines, clipped to the frame.

use super::super::frame::Frame;
use super::super::scene::{Align, Paint, Position, Scene, simplified};
use super::super::text_layout::width;
use super::super::theme::{BLACK, BODY, Rgb, VERMILION, WHITE};

pub const SUCCESS: Rgb = BLACK;
pub const FAILURE: Rgb = VERMILION;
const THIN: f64 = 2.0;
const BOLD: f64 = 6.0;

/// Draws a line from an open dot to a filled one; with `bold`, thick and with a white edge.
pub fn draw_way(scene: &mut Scene, frame: &Frame, places: &[Position], success: bool, bold: bool) {
    let rgb = if success { SUCCESS } else { FAILURE };
    let pieces: Vec<Vec<Position>> = inside(frame, places).iter().flat_map(|piece| without_hairpins(piece)).collect();
    if bold {
        pieces.iter().for_each(|piece| scene.line(piece.clone(), BOLD + 5.0, Paint { rgb: WHITE, alpha: 0.8 }));
    }
    // Pieces have flat ends; a dot fills the notch where two of them meet.
    pieces.iter().skip(1).for_each(|piece| scene.dot(piece[0], if bold { BOLD / 2.0 } else { THIN / 2.0 }, rgb));
    let (line, alpha) = if bold { (BOLD, 1.0) } else { (THIN, 0.75) };
    pieces.into_iter().for_each(|piece| scene.line(piece, line, Paint { rgb, alpha }));
    let within = |place: &&Position| {
        (frame.left..=frame.right).contains(&place.0) && (frame.top..=frame.bottom).contains(&place.1)
    };
    let radius = if bold { 10.0 } else { 5.0 };
    if let Some(start) = places.first().filter(within) {
        mark(scene, *start, radius, rgb, true);
    }
    if let Some(end) = places.last().filter(within) {
        mark(scene, *end, radius, rgb, false);
    }
}

fn mark(scene: &mut Scene, at: Position, radius: f64, rgb: Rgb, open: bool) {
    scene.dot(at, radius + 1.5, WHITE);
    scene.dot(at, radius, rgb);
    if open {
        scene.dot(at, radius * 0.6, WHITE);
    }
}

/// Draws a legend entry, a line as in the panels with its label; returns the x position of its end.
pub fn legend_mark(scene: &mut Scene, (x, base): Position, rgb: Rgb, bold: bool, words: &str) -> f64 {
    let y = base - 9.0;
    scene.line(vec![(x, y), (x + 60.0, y)], if bold { BOLD } else { THIN + 1.0 }, rgb);
    let radius = if bold { 9.0 } else { 6.0 };
    mark(scene, (x + 4.0, y), radius, rgb, true);
    mark(scene, (x + 60.0, y), radius, rgb, false);
    scene.text((x + 80.0, base), words, BODY, Align::Start);
    x + 80.0 + width(words, BODY)
}

/// Returns the pieces of a line inside the frame.
fn inside(frame: &Frame, places: &[Position]) -> Vec<Vec<Position>> {
    let mut pieces: Vec<Vec<Position>> = Vec::new();
    for pair in places.windows(2) {
        let Some([from, to]) = clipped(frame, pair[0], pair[1]) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// Splits a line where it turns back sharply: the mitred corner of a thick line would be an arbitrarily long spike.
fn without_hairpins(line: &[Position]) -> Vec<Vec<Position>> {
    let (line, mut pieces) = (simplified(line), Vec::new());
    let mut piece = vec![line[0]];
    for at in 1..line.len() {
        piece.push(line[at]);
        let turns = line.get(at + 1).is_some_and(|next| is_hairpin(line[at - 1], line[at], *next));
        if turns {
            pieces.push(std::mem::replace(&mut piece, vec![line[at]]));
        }
    }
    pieces.push(piece);
    pieces
}

/// Whether the line from `a` over `b` to `c` turns by more than a right angle.
fn is_hairpin(a: Position, b: Position, c: Position) -> bool {
    (b.0 - a.0) * (c.0 - b.0) + (b.1 - a.1) * (c.1 - b.1) < 0.0
}

/// Returns the part of a segment inside the frame (Liang and Barsky 1984): each edge limits its first or last share.
fn clipped(frame: &Frame, from: Position, to: Position) -> Option<[Position; 2]> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut first, mut last) = (0.0, 1.0);
    for (towards, room) in
        [(-dx, from.0 - frame.left), (dx, frame.right - from.0), (-dy, from.1 - frame.top), (dy, frame.bottom - from.1)]
    {
        if towards == 0.0 && room < 0.0 {
            return None;
        } else if towards < 0.0 {
            first = f64::max(first, room / towards);
        } else if towards > 0.0 {
            last = f64::min(last, room / towards);
        }
    }
    let at = |share: f64| match share {
        0.0 => from,
        1.0 => to,
        share => (from.0 + share * dx, from.1 + share * dy),
    };
    (first < last).then(|| [at(first), at(last)])
}

#[cfg(test)]
mod tests {
    use super::super::super::plot_axis::PlotAxis;
    use super::*;

    fn frame() -> Frame {
        let axis = || PlotAxis::linear(0.0, 1.0);
        Frame { left: 0.0, right: 10.0, top: 0.0, bottom: 10.0, x: axis(), y: axis() }
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_pieces() {
        let line = [(5.0, 5.0), (5.0, 15.0), (8.0, 15.0), (8.0, 2.0), (9.0, 2.0)];
        let expected = [vec![(5.0, 5.0), (5.0, 10.0)], vec![(8.0, 10.0), (8.0, 2.0), (9.0, 2.0)]];
        assert_eq!(inside(&frame(), &line), expected);
    }

    #[test]
    fn a_line_that_turns_back_is_cut_there() {
        let line = [(0.0, 0.0), (5.0, 1.0), (9.0, 4.0), (3.0, 4.1), (3.0, 9.0)];
        assert_eq!(without_hairpins(&line), [line[..3].to_vec(), line[2..].to_vec()]);
    }

    #[test]
    fn what_never_comes_in_is_not_drawn_and_what_crosses_is_cut_at_both_sides() {
        assert!(inside(&frame(), &[(-1.0, 3.0), (-5.0, 9.0), (-2.0, 12.0)]).is_empty());
        assert!(inside(&frame(), &[(-1.0, 9.0), (3.0, 14.0)]).is_empty());
        assert_eq!(inside(&frame(), &[(-5.0, 2.0), (15.0, 2.0)]), [[(0.0, 2.0), (10.0, 2.0)]]);
    }
}
