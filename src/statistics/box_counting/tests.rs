use super::*;
use std::f64::consts::PI;

fn image([h, w]: [usize; 2], held: impl Fn(f64, f64) -> bool) -> Vec<bool> {
    (0..h * w).map(|i| held((i % w) as f64, (i / w) as f64)).collect()
}

fn near(found: Option<BoxCountingDimension>, expected: f64, tolerance: f64) {
    let found = found.expect("a dimension");
    assert!((found.median - expected).abs() <= tolerance, "{expected} expected: {found:?}");
}

/// Koch curve from `a` to `b`, in pieces of less than half a pixel.
fn koch(a: (f64, f64), b: (f64, f64), point: &mut impl FnMut(f64, f64)) {
    let (dx, dy) = ((b.0 - a.0) / 3.0, (b.1 - a.1) / 3.0);
    if dx.hypot(dy) < 0.15 {
        return point(a.0, a.1);
    }
    let (first, second) = ((a.0 + dx, a.1 + dy), (a.0 + 2.0 * dx, a.1 + 2.0 * dy));
    let (sin, cos) = (PI / 3.0).sin_cos();
    let tip = (first.0 + dx * cos - dy * sin, first.1 + dx * sin + dy * cos);
    for (from, to) in [(a, first), (first, tip), (tip, second), (second, b)] {
        koch(from, to, point);
    }
}

/// Pixels of a Koch curve that spans the width.
fn koch_set([h, w]: [usize; 2]) -> Vec<bool> {
    let mut set = vec![false; h * w];
    koch((1.0, 2.0), (w as f64 - 2.0, 2.0), &mut |x, y| set[y.round() as usize * w + x.round() as usize] = true);
    set
}

/// Interior of a rotated Koch snowflake: the points to the right of an odd number of the outline's crossings with the
/// row.
fn snowflake(n: usize, angle: f64) -> Vec<bool> {
    let (middle, radius) = (n as f64 / 2.0, 0.45 * n as f64);
    let turned = |k: i32| angle + 2.0 * PI * f64::from(k) / 3.0;
    let corner = |k: i32| (middle + radius * turned(k).cos(), middle + radius * turned(k).sin());
    let mut outline = Vec::new();
    // Orientation in which the tips point outwards.
    for k in [0, 2, 1] {
        koch(corner(k), corner(k - 1), &mut |x, y| outline.push((x, y)));
    }
    let mut crossings = vec![Vec::new(); n];
    for (i, a) in outline.iter().enumerate() {
        let b = outline[(i + 1) % outline.len()];
        let rows = a.1.min(b.1).ceil() as usize..a.1.max(b.1).ceil() as usize;
        let at = |y: usize| a.0 + (b.0 - a.0) * (y as f64 - a.1) / (b.1 - a.1);
        rows.for_each(|y| crossings[y].push(at(y)));
    }
    image([n, n], |x, y| crossings[y as usize].iter().filter(|at| **at < x).count() % 2 == 1)
}

#[test]
fn a_straight_boundary_has_dimension_one_however_it_lies() {
    near(BoxCountingDimension::of_boundary(&image([512, 512], |_, y| y < 200.0), [512, 512]), 1.0, 0.005);
    near(BoxCountingDimension::of_boundary(&image([512, 512], |x, _| x < 77.0), [512, 512]), 1.0, 0.005);
    // The pixel steps of a slanted line change how many boxes of a row it meets, hence the larger tolerance.
    for slope in [0.1, 0.37, 1.0, 2.6] {
        near(BoxCountingDimension::of_boundary(&image([512, 512], |x, y| y < 3.0 + slope * x), [512, 512]), 1.0, 0.03);
    }
    near(BoxCountingDimension::of_boundary(&image([700, 401], |x, y| y < 30.0 + 0.8 * x), [700, 401]), 1.0, 0.05);
    let circle = image([512, 512], |x, y| (x - 256.0).hypot(y - 256.0) < 200.0);
    near(BoxCountingDimension::of_boundary(&circle, [512, 512]), 1.0, 0.05);
}

#[test]
fn the_koch_curve_has_its_dimension() {
    let expected = 4f64.ln() / 3f64.ln();
    near(BoxCountingDimension::of_set(&koch_set([512, 1024]), [512, 1024]), expected, 0.05);
    near(BoxCountingDimension::of_set(&koch_set([700, 2048]), [700, 2048]), expected, 0.05);
    // Sampling makes the curve seem a little smoother: 0.02 to 0.05 less.
    for angle in [0.3, 0.9] {
        near(BoxCountingDimension::of_boundary(&snowflake(1024, angle), [1024, 1024]), expected - 0.03, 0.03);
    }
}

#[test]
fn what_fills_the_plane_has_dimension_two() {
    near(BoxCountingDimension::of_set(&vec![true; 512 * 512], [512, 512]), 2.0, 0.0);
    // A cut box counts as a whole one.
    near(BoxCountingDimension::of_set(&vec![true; 511 * 600], [511, 600]), 2.0, 0.02);
    let board = image([513, 513], |x, y| (x + y) % 2.0 == 0.0);
    near(BoxCountingDimension::of_boundary(&board, [513, 513]), 2.0, 0.0);
}

#[test]
fn counts_and_slopes_are_those_of_a_count_by_hand() {
    // A lone pixel marks four places, columns 15 and 16, rows 30 and 31. The columns are in two boxes of any size ...
    let found =
        BoxCountingDimension::of_boundary(&image([129, 200], |x, y| (x, y) == (16.0, 31.0)), [129, 200]).unwrap();
    assert_eq!(found.scales, [(4, 2), (8, 2), (16, 2)]);
    // ... but in one if the pixel is a column further left.
    let found =
        BoxCountingDimension::of_boundary(&image([129, 200], |x, y| (x, y) == (15.0, 31.0)), [129, 200]).unwrap();
    assert_eq!(found.scales, [(4, 1), (8, 1), (16, 1)]);
    // The last of seven and a quarter or of fourteen and a half boxes in a column counts like the others.
    let cut = BoxCountingDimension::of_set(&image([29, 40], |x, y| x == 0.0 && y >= 27.0), [29, 40]).unwrap();
    assert_eq!((cut.scales, cut.slopes, cut.median), (vec![(1, 2), (2, 2), (4, 2)], vec![0.0, 0.0], 0.0));
    let column = BoxCountingDimension::of_set(&image([32, 32], |x, y| x == 9.0 && y < 6.0), [32, 32]).unwrap();
    assert_eq!((column.scales, column.slopes), (vec![(1, 6), (2, 3), (4, 2)], vec![1.0, 1.5f64.log2()]));
}

#[test]
fn a_point_has_dimension_zero_and_nothing_has_none() {
    near(BoxCountingDimension::of_set(&image([64, 64], |x, y| (x, y) == (20.0, 63.0)), [64, 64]), 0.0, 0.0);
    assert_eq!(BoxCountingDimension::of_set(&[false; 4096], [64, 64]), None);
    for alike in [true, false] {
        assert_eq!(BoxCountingDimension::of_boundary(&[alike; 256 * 256], [256, 256]), None);
    }
    for [h, w] in [[0, 0], [1, 1], [1, 500], [500, 1], [28, 500], [29, 28]] {
        assert_eq!(BoxCountingDimension::of_set(&image([h, w], |x, _| x < 3.0), [h, w]), None, "{h} × {w}");
    }
    assert!(BoxCountingDimension::of_set(&image([29, 500], |x, _| x < 3.0), [29, 500]).is_some());
    let smallest = BoxCountingDimension::SMALLEST_MAP;
    assert!(BoxCountingDimension::of_boundary(&image([smallest, 500], |x, _| x < 3.0), [smallest, 500]).is_some());
    for [h, w] in [[0, 0], [1, 1], [1, 500], [500, 1], [500, smallest - 1]] {
        assert_eq!(BoxCountingDimension::of_boundary(&image([h, w], |x, _| x < 3.0), [h, w]), None, "{h} × {w}");
    }
}

#[test]
fn the_boundary_lies_where_four_pixels_differ() {
    let pixels = [true, true, false, true, true, false, true, true, true].to_vec();
    assert_eq!(boundary(&pixels, [3, 3]), [false, true, false, true]);
    assert_eq!(boundary(&[true, false], [1, 2]), [false; 0]);
}
