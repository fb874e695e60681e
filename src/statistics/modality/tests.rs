use super::*;

/// Multiples of a fraction modulo 1, which fill the interval from 0 to 1 evenly.
fn even(n: u32, by: u32) -> Vec<f64> {
    (1..=n).map(|i| f64::from(i * by % 1009) / 1009.0).collect()
}

/// A sample with one mode near 1/2.
fn heap(n: u32) -> Vec<f64> {
    let parts = [7, 101, 257, 419].map(|by| even(n, by));
    (0..n as usize).map(|i| (parts[0][i] + parts[1][i] + parts[2][i] + parts[3][i]) / 4.0).collect()
}

/// A sample with one third of the values near 1/8, the others near 5/8.
fn two_heaps(n: u32) -> Vec<f64> {
    heap(n).into_iter().enumerate().map(|(i, v)| v / 4.0 + if i % 3 > 0 { 0.5 } else { 0.0 }).collect()
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// Expected: `diptest.dipstat(x, allow_zero=False)` of the Python package diptest 0.12.0, with the algorithm of the R
/// package; for the first and tenth case, of equal values, with `allow_zero=True`: a step is unimodal.
#[test]
fn dips_are_those_of_diptest() {
    let cases = [
        (vec![3.0], 0.0),
        (vec![1.0, 2.0], 0.25),
        (vec![1.0, 2.0, 3.0], 1.0 / 6.0),
        (vec![1.0, 2.0, 10.0], 1.0 / 6.0),
        (vec![1.0, 2.0, 3.0, 4.0], 0.125),
        (vec![0.0, 1.0, 10.0, 11.0], 0.225),
        (vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 0.25),
        (vec![1.0, 1.0, 2.0], 1.0 / 6.0),
        (vec![0.0, 1.0, 1.0, 1.0, 2.0], 0.1),
        (vec![5.0; 7], 0.0),
        ((-10..=10).map(|e| f64::from(e).exp2()).collect(), 0.023809523809523808),
        (even(100, 631), 0.04721343873517785),
        (even(1000, 631), 0.0009999999999999716),
        (heap(50), 0.04077844311377241),
        (heap(500), 0.009542986425339371),
        (two_heaps(60), 0.12391581632653062),
        (two_heaps(999), 0.1125111125111125),
        (heap(200).iter().map(|v| (v * 10.0).floor()).collect(), 0.11),
        (two_heaps(200).iter().map(|v| (v * 20.0).floor()).collect(), 0.127),
    ];
    for (values, expected) in cases {
        let (n, found) = (values.len(), dip(&sorted(values)));
        assert!((found - expected).abs() < 1e-14, "{n}: {found} {expected}");
    }
    assert_eq!(dip(&[]), 0.0);
}

/// Expected: `diptest.diptest(x)[1]` of the same package, from a million samples of each size. Shares of 2000 draws
/// have a standard error of at most 0.011.
#[test]
fn p_values_are_those_of_diptest() {
    let mut dips = UniformDips::default();
    for (values, expected) in [(even(100, 631), 0.0992), (heap(50), 0.8087), (vec![0.0, 1.0, 10.0, 11.0], 0.0185)] {
        let found = dips.p(&sorted(values));
        assert!((found - expected).abs() < 0.025, "{found} {expected}");
    }
    assert_eq!(dips.p(&sorted(two_heaps(60))), 1.0 / 2001.0);
    assert_eq!(dips.p(&[0.3; 9]), 1.0);
    // Four values cannot dip less, and samples with an equal dip count.
    assert_eq!(dips.p(&[1.0, 2.0, 3.0, 4.0]), 1.0);
    assert_eq!(
        [3, 4, 64, 65, 255, 9999].map(p_value_sample_size),
        [None, Some(4), Some(64), Some(64), Some(240), Some(256)]
    );
}

/// Checks the definition point by point: whether a distribution function that is convex before point `mode` and concave
/// from there on is within `d` of the step function. `x` ascends; F_n steps from `below` to `upto`.
fn is_within(x: &[f64], below: &[f64], upto: &[f64], mode: usize, d: f64) -> bool {
    // Bounds of F at the mode from both sides; the right side is the left side rotated by 180°.
    let turned = |values: &[f64]| values.iter().rev().map(|v| 1.0 - v).collect::<Vec<f64>>();
    let left = least_end(&x[..=mode], &below[..=mode], &upto[..=mode], d);
    let right = least_end(&turned(&x[mode..]), &turned(&upto[mode..]), &turned(&below[mode..]), d);
    matches!((left, right), (Some(left), Some(right)) if left <= 1.0 - right)
}

/// Returns the least end value of a convex, ascending function that at each other point is at most `d` above `below`
/// and at most `d` below `upto`, and at the last point at most `d` above `below`; `None` if there is none.
fn least_end(x: &[f64], below: &[f64], upto: &[f64], d: f64) -> Option<f64> {
    let last = x.len() - 1;
    let fits = |end: f64| {
        let upper = |i: usize| if i == last { end } else { (below[i] + d).min(end) };
        // If every chord of the upper bounds is above the lower bounds, the minorant of the upper bounds is such a
        // function.
        (0..last).all(|i| {
            let chord = |j: usize, k: usize| upper(j) + (upper(k) - upper(j)) * (x[i] - x[j]) / (x[k] - x[j]);
            let least = upto[i] - d - 1e-12;
            upper(i) >= least && (0..i).all(|j| (i + 1..=last).all(|k| chord(j, k) >= least))
        })
    };
    let (mut low, mut high) = (0.0, (below[last] + d).min(1.0));
    if !fits(high) {
        return None;
    }
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        *(if fits(middle) { &mut high } else { &mut low }) = middle;
    }
    Some(high)
}

/// Dip by its definition, to 1e-9, with the mode at any value or between two.
fn by_definition(sorted: &[f64]) -> f64 {
    let (mut steps, n) = (Vec::<(f64, f64, f64)>::new(), sorted.len() as f64);
    for same in sorted.chunk_by(|a, b| a == b) {
        let (last, _, count) = steps.last().copied().unwrap_or((same[0], 0.0, 0.0));
        if !steps.is_empty() {
            steps.push(((last + same[0]) / 2.0, count, count));
        }
        steps.push((same[0], count, count + same.len() as f64 / n));
    }
    let [x, below, upto] = [0, 1, 2].map(|c| steps.iter().map(|s| [s.0, s.1, s.2][c]).collect::<Vec<f64>>());
    let (mut low, mut high) = (0.0, 0.5);
    for _ in 0..30 {
        let d = 0.5 * (low + high);
        let any = (0..x.len()).any(|mode| is_within(&x, &below, &upto, mode, d));
        *(if any { &mut high } else { &mut low }) = d;
    }
    high
}

#[test]
fn dips_are_what_the_definition_says() {
    for draw in 0..150 {
        let n = 2 + draw % 7;
        let values = Resampler::new(draw as u64).uniform(n);
        // Every other sample has ties.
        let values = if draw % 2 == 0 { values } else { values.iter().map(|v| (v * 5.0).floor()).collect() };
        let values = sorted(values);
        let (found, expected) = (dip(&values), by_definition(&values));
        assert!((found - expected).abs() < 1e-8, "{values:?}: {found} {expected}");
    }
}

#[test]
fn turning_moving_and_stretching_change_nothing() {
    for values in [two_heaps(97), heap(64), two_heaps(200).iter().map(|v| (v * 20.0).floor()).collect()] {
        let values = sorted(values);
        let changed: Vec<f64> = values.iter().rev().map(|v| 3.0 - 1024.0 * v).collect();
        assert!((dip(&values) - dip(&changed)).abs() < 1e-12);
    }
}
