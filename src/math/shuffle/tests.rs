use super::*;

/// Rows of an epoch in their order.
fn order(seed: u32, epoch: u32, rows: u32) -> Vec<u32> {
    let (key, half) = (order_key([seed, 0], epoch), half_bits(rows));
    (0..rows).map(|place| shuffled(key, place, rows, half)).collect()
}

/// Distance of χ² of `counts`, all with equal expectation, from its `freedom` degrees of freedom, in standard
/// deviations.
fn unevenness(counts: &[u32], freedom: f64) -> f64 {
    let expected = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
    assert!(expected > 0.0);
    let chi2: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    (chi2 - freedom) / (2.0 * freedom).sqrt()
}

/// Bound that a normal or similar statistic exceeds in fewer than one of 10,000 tests. Eight rounds exceed it by 10 and
/// more.
const LIMIT: f64 = 4.0;

#[test]
fn every_row_comes_once() {
    for rows in [1, 2, 3, 4, 5, 16, 17, 200, 255, 257, 1000] {
        for epoch in 0..20 {
            let mut order = order(rows, epoch, rows);
            order.sort_unstable();
            assert_eq!(order, (0..rows).collect::<Vec<_>>());
        }
    }
}

#[test]
fn every_order_of_few_rows_is_as_likely() {
    for (rows, orders) in [(2u32, 2usize), (3, 6), (4, 24), (5, 120)] {
        let mut counts = std::collections::HashMap::new();
        (0..2000 * orders as u32).for_each(|epoch| *counts.entry(order(1, epoch, rows)).or_insert(0) += 1);
        let counts: Vec<u32> = counts.into_values().collect();
        assert_eq!(counts.len(), orders);
        let error = unevenness(&counts, (orders - 1) as f64);
        assert!(error <= LIMIT, "{rows} rows: {error}");
    }
}

#[test]
fn rows_are_as_likely_at_each_place_and_after_each_other() {
    for (rows, epochs) in [(5usize, 50_000), (10, 20_000), (16, 20_000), (17, 10_000), (200, 3_000)] {
        let (mut places, mut successors) = (vec![0; rows * rows], vec![0; rows * rows]);
        // Counts by a xor b of the rows at places 2k and 2k + 1, which the network separates last.
        let mut pairs = vec![0; rows.next_power_of_two()];
        for epoch in 0..epochs {
            let order = order(3, epoch, rows as u32);
            for (place, row) in order.iter().enumerate() {
                places[place * rows + *row as usize] += 1;
                successors[*row as usize * rows + order[(place + 1) % rows] as usize] += 1;
            }
            order.chunks_exact(2).for_each(|pair| pairs[(pair[0] ^ pair[1]) as usize] += 1);
        }
        // Sums over rows and over columns are fixed: (n - 1)² degrees of freedom, and n fewer without the diagonal. An
        // order is one draw, not n, which multiplies χ² by n / (n - 1).
        let n = rows as f64;
        let error = unevenness(&places, (n - 1.0).powi(2) * n / (n - 1.0)) * (n - 1.0) / n;
        assert!(error <= LIMIT, "{rows} rows, places: {error}");
        let apart: Vec<u32> = (0..rows * rows).filter(|p| p / rows != p % rows).map(|p| successors[p]).collect();
        let error = unevenness(&apart, n * n - 3.0 * n + 1.0);
        assert!(error <= LIMIT, "{rows} rows, successors: {error}");
        if rows.is_power_of_two() {
            let error = unevenness(&pairs[1..], n - 2.0);
            assert!(error <= LIMIT, "{rows} rows, pairs: {error}");
        }
    }
}

#[test]
fn epochs_and_seeds_have_orders_of_their_own() {
    // Two independent orders agree at one place on average: 2000 ± 45 in 2000 pairs.
    let same = |a: Vec<u32>, b: Vec<u32>| a.iter().zip(&b).filter(|(a, b)| a == b).count();
    let epochs: usize = (0..2000).map(|epoch| same(order(1, epoch, 50), order(1, epoch + 1, 50))).sum();
    let seeds: usize = (0..2000).map(|epoch| same(order(1, epoch, 50), order(2, epoch, 50))).sum();
    assert!((1820..2180).contains(&epochs) && (1820..2180).contains(&seeds), "{epochs} {seeds}");
}

#[test]
fn the_first_order_of_seed_0_stays_what_it_is() {
    // Order of the first implementation: old results must stay reproducible.
    assert_eq!(order(0, 0, 8), [2, 3, 1, 0, 4, 6, 5, 7]);
}
