//! Density of very many models: columns of cells, darker for a larger share of the column's models.

use super::frame::Frame;
use super::scene::{Paint, Scene};
use super::theme::{BLUE, Rgb, percent};
use crate::statistics::{AccuracyCounts, Group};
use std::ops::Range;

/// Approximate maximum number of cells in a picture.
const CELLS: usize = 4000;
/// Number of shades: few enough that adjacent cells often match and merge into one rectangle.
const SHADES: f64 = 24.0;
/// Opacity of the darkest cell.
const DARKEST: f64 = 0.85;
/// Maximum width of a column, in pixels.
const WIDEST: f64 = 120.0;

/// Returns the number of possible accuracies per cell: the same for each, so that none is dark just for being taller.
fn width(groups: &[Group]) -> u32 {
    let rows = (CELLS / groups.len().max(1)).clamp(20, 100) as u32;
    (groups.first().map_or(1, |group| group.train.points) + 1).div_ceil(rows)
}

/// Returns the largest share of a column's models in one cell.
fn most(groups: &[Group]) -> f64 {
    let width = width(groups);
    let shares = groups.iter().flat_map(|group| {
        let all = group.train.len().max(1) as f64;
        cells(&group.train, width).into_iter().map(move |(_, models)| models as f64 / all)
    });
    shares.fold(0.0, f64::max)
}

/// Returns the subtitle's note on the shading.
pub fn note(groups: &[Group]) -> String {
    format!("shade: share of the column's models, square-root scale up to {}; dotted: quartiles", percent(most(groups)))
}

/// Draws the training accuracies as shaded cells; groups ascend in `x` and have equal numbers of training points.
pub fn draw(scene: &mut Scene, frame: &Frame, groups: &[Group]) {
    let (width, most) = (width(groups), most(groups));
    for (group, (left, right)) in groups.iter().zip(columns(frame, groups)) {
        let points = group.train.points.max(1);
        let edge = |cell: u32| {
            let correct = (f64::from(cell * width) - 0.5).clamp(0.0, f64::from(points));
            frame.y(correct / f64::from(points))
        };
        for (cells, shade) in runs(&group.train, width, most) {
            let paint = Paint { rgb: BLUE, alpha: DARKEST * f64::from(shade) / SHADES };
            scene.rectangle((left, edge(cells.start)), (right, edge(cells.end)), paint);
        }
    }
}

/// Shades the training accuracies of one group along the horizontal axis, from `top` to `bottom`.
pub fn draw_row(scene: &mut Scene, frame: &Frame, group: &Group, [top, bottom]: [f64; 2], rgb: Rgb) {
    let groups = std::slice::from_ref(group);
    let (width, most, points) = (width(groups), most(groups), f64::from(group.train.points.max(1)));
    let edge = |cell: u32| frame.x((f64::from(cell * width) - 0.5).clamp(0.0, points) / points);
    for (cells, shade) in runs(&group.train, width, most) {
        let paint = Paint { rgb, alpha: DARKEST * f64::from(shade) / SHADES };
        scene.rectangle((edge(cells.start), top), (edge(cells.end), bottom), paint);
    }
}

/// Returns `(cell, models)` for each non-empty cell.
fn cells(counts: &AccuracyCounts, width: u32) -> Vec<(u32, u64)> {
    let mut cells: Vec<(u32, u64)> = Vec::new();
    for (correct, models) in &counts.models {
        match cells.last_mut() {
            Some((cell, sum)) if *cell == correct / width => *sum += models,
            _ => cells.push((correct / width, *models)),
        }
    }
    cells
}

/// Merges adjacent cells of equal shade; shades range from 1 to [`SHADES`], which a share of `most` gets.
fn runs(counts: &AccuracyCounts, width: u32, most: f64) -> Vec<(Range<u32>, u32)> {
    let all = counts.len().max(1) as f64;
    let mut runs: Vec<(Range<u32>, u32)> = Vec::new();
    for (cell, models) in cells(counts, width) {
        // Rounded up, so that one model of a million is still visible.
        let shade = ((models as f64 / all / most).sqrt() * SHADES - 1e-9).ceil() as u32;
        match runs.last_mut() {
            Some((range, same)) if *same == shade && range.end == cell => range.end += 1,
            _ => runs.push((cell..cell + 1, shade)),
        }
    }
    runs
}

/// Returns the left and right edge of each column: halfway to its neighbours, with a gap.
fn columns(frame: &Frame, groups: &[Group]) -> Vec<(f64, f64)> {
    let places: Vec<f64> = groups.iter().map(|group| frame.x(group.x)).collect();
    let half = |k: usize, other: Option<usize>| {
        let gap = other.and_then(|other| places.get(other)).map(|other| (other - places[k]).abs() / 2.0);
        gap.map(|gap| (gap * 0.94).clamp(0.5, WIDEST / 2.0))
    };
    let edges = |k: usize| {
        let (before, after) = (half(k, k.checked_sub(1)), half(k, Some(k + 1)));
        let lone = WIDEST / 2.0;
        let (before, after) = (before.or(after).unwrap_or(lone), after.or(before).unwrap_or(lone));
        ((places[k] - before).max(frame.left), (places[k] + after).min(frame.right))
    };
    (0..places.len()).map(edges).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_are_roots_of_shares_and_neighbours_alike_are_one() {
        let mut counts = AccuracyCounts::new(100);
        counts.models = [(10, 25), (11, 25), (12, 25), (40, 24), (90, 1)].into();
        let root = |share: f64| (share.sqrt() * SHADES - 1e-9).ceil() as u32;
        assert_eq!(runs(&counts, 1, 1.0), [(10..13, root(0.25)), (40..41, root(0.24)), (90..91, root(0.01))]);
        assert_eq!(
            runs(&counts, 2, 1.0),
            [(5..6, root(0.5)), (6..7, root(0.25)), (20..21, root(0.24)), (45..46, root(0.01))]
        );
        assert!(runs(&AccuracyCounts::new(10), 3, 0.5).is_empty());
        assert_eq!(runs(&counts, 1, 0.25)[0], (10..13, SHADES as u32), "the fullest cell is the darkest");
        counts.models = [(1, 999_999), (5, 1)].into();
        assert_eq!(runs(&counts, 1, 1.0)[1], (5..6, 1), "a lone model of a million is seen");
    }
}
