//! Zero lines of a function on a grid by marching squares (2-D case of Lorensen and Cline, "Marching cubes", 1987).

use std::collections::HashMap;

/// A position in grid steps.
pub type GridPoint = (f64, f64);

/// An edge of the grid: from the point at this index to its right (`false`) or upper (`true`) neighbour.
type GridEdge = (usize, bool);

/// Lines along which `values`, row-major `[ny, nx]`, change sign, in grid steps; closed ones end where they begin.
/// Cells with a value that is not finite have none.
pub fn zero_lines(values: &[f64], nx: usize) -> Vec<Vec<GridPoint>> {
    let ny = values.len().checked_div(nx).unwrap_or(0);
    let mut next: HashMap<GridEdge, Vec<GridEdge>> = HashMap::new();
    let mut order = Vec::new();
    for (x, y) in (1..ny).flat_map(|y| (1..nx).map(move |x| (x - 1, y - 1))) {
        for [a, b] in cell_segments(values, nx, y * nx + x).into_iter().flatten() {
            next.entry(a).or_default().push(b);
            next.entry(b).or_default().push(a);
            order.extend([a, b]);
        }
    }
    // Open lines first, from their ends; the remaining ones are closed.
    let ends: Vec<GridEdge> = order.iter().copied().filter(|e| next[e].len() == 1).collect();
    let line = |start: GridEdge| chain(start, &mut next);
    let lines = ends.into_iter().chain(order).map(line).filter(|line: &Vec<GridEdge>| line.len() > 1);
    lines.collect::<Vec<_>>().iter().map(|line| line.iter().map(|e| crossing(values, nx, *e)).collect()).collect()
}

/// Follows unused segments from `start` and removes them.
fn chain(start: GridEdge, next: &mut HashMap<GridEdge, Vec<GridEdge>>) -> Vec<GridEdge> {
    let mut line = vec![start];
    let mut at = start;
    while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
        if let Some(back) = next.get_mut(&to) {
            back.retain(|edge| *edge != at);
        }
        line.push(to);
        at = to;
    }
    line
}

/// Up to two segments in the cell with this lower left point.
fn cell_segments(values: &[f64], nx: usize, index: usize) -> [Option<[GridEdge; 2]>; 2] {
    let corners = [index, index + 1, index + nx + 1, index + nx].map(|i| values[i]);
    if corners.iter().any(|v| !v.is_finite()) {
        return [None, None];
    }
    let edges: [GridEdge; 4] = [(index, false), (index + 1, true), (index + nx, false), (index, true)];
    // The same rule as for accuracy: class 1 is a logit above 0.
    let above = corners.map(|v| v > 0.0);
    let mut crossed = (0..4).filter(|k| above[*k] != above[(*k + 1) % 4]).map(|k| edges[k]);
    match (crossed.next(), crossed.next(), crossed.next(), crossed.next()) {
        (Some(a), Some(b), None, _) => [Some([a, b]), None],
        (Some(a), Some(b), Some(c), Some(d)) => {
            // A saddle: the sign of the mean decides which opposite corners are connected.
            let middle = corners.iter().sum::<f64>() > 0.0;
            if middle == above[0] { [Some([a, b]), Some([c, d])] } else { [Some([d, a]), Some([b, c])] }
        }
        _ => [None, None],
    }
}

/// Zero crossing on an edge, by linear interpolation.
fn crossing(values: &[f64], nx: usize, (index, up): GridEdge) -> GridPoint {
    let (a, b) = (values[index], values[if up { index + nx } else { index + 1 }]);
    let share = a / (a - b);
    let (x, y) = ((index % nx) as f64, (index / nx) as f64);
    if up { (x, y + share) } else { (x + share, y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(nx: usize, ny: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        (0..nx * ny).map(|i| f((i % nx) as f64, (i / nx) as f64)).collect()
    }

    #[test]
    fn a_circle_is_one_closed_line_of_the_right_radius() {
        let (cx, cy, r) = (20.3, 24.7, 15.0);
        let lines = zero_lines(&grid(50, 50, |x, y| r * r - (x - cx).powi(2) - (y - cy).powi(2)), 50);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].len() > 60);
        for (x, y) in &lines[0] {
            // Linear interpolation of a parabola over one step: off by at most 1/8 of its second difference over its
            // slope.
            assert!(((x - cx).hypot(y - cy) - r).abs() <= 0.25 / (2.0 * r) + 1e-9, "{x} {y}");
        }
    }

    #[test]
    fn a_straight_line_is_open_and_reaches_the_edge() {
        let lines = zero_lines(&grid(7, 5, |x, y| x + y - 4.5), 7);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|(x, y)| (x + y - 4.5).abs() < 1e-12));
        let ends = [lines[0][0], lines[0][lines[0].len() - 1]];
        assert!(ends.contains(&(4.5, 0.0)) && ends.contains(&(0.5, 4.0)), "{ends:?}");
    }

    #[test]
    fn saddles_holes_and_constant_or_missing_values_do_no_harm() {
        let checkers = zero_lines(&grid(6, 6, |x, y| if (x + y) % 2.0 == 0.0 { 1.0 } else { -1.0 }), 6);
        assert!(!checkers.is_empty());
        assert!(zero_lines(&grid(6, 6, |_, _| 3.0), 6).is_empty());
        assert!(zero_lines(&grid(6, 6, |_, _| f64::NAN), 6).is_empty());
        assert!(zero_lines(&[], 0).is_empty() && zero_lines(&[1.0], 1).is_empty());
        let ring = zero_lines(&grid(40, 40, |x, y| ((x - 20.0).hypot(y - 20.0) - 10.0).abs() - 4.0), 40);
        assert_eq!(ring.len(), 2);
    }
}
