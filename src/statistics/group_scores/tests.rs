use super::*;
use crate::statistics::sample_size::{paired_p, welch_p};

/// Scores of models of one cell, by seed.
fn of(step: f64, models: &[(u64, f64)]) -> GroupScores {
    let mut scores = GroupScores::new(step);
    models.iter().for_each(|(seed, score)| scores.add(0, SelectionScore { score: Some(*score), seed: Some(*seed) }));
    scores
}

#[test]
fn the_mean_is_the_same_in_any_order_and_without_what_has_no_score() {
    let values: Vec<(u64, f64)> = (0..1000).map(|k| (k, f64::from(k as u32 * 7919 % 1000) / 997.0)).collect();
    let (forwards, backwards) = (of(0.0, &values), of(0.0, &values.iter().rev().copied().collect::<Vec<_>>()));
    assert_eq!(forwards, backwards);
    let exact = values.iter().map(|v| v.1).sum::<f64>() / 1000.0;
    assert!((forwards.mean().unwrap() - exact).abs() < 1e-12);
    let mut parts = of(0.0, &values[..400]);
    parts.merge(&of(0.0, &values[400..]));
    assert_eq!(parts, forwards);
    parts.add(0, SelectionScore { score: None, seed: Some(1) });
    parts.add(0, SelectionScore { score: Some(f64::INFINITY), seed: Some(2) });
    assert_eq!((parts.len(), GroupScores::new(0.0).mean()), (1000, None));
}

#[test]
fn shared_seeds_are_paired_and_others_compared_by_welchs_test() {
    let (a, b) = ([0.9, 0.8, 0.7, 0.95], [0.88, 0.79, 0.66, 0.9]);
    let by_seed = |values: [f64; 4], first: u64| {
        of(0.0, &values.iter().enumerate().map(|(k, v)| (first + k as u64, *v)).collect::<Vec<_>>())
    };
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let close = |found: Option<f64>, wanted: Option<f64>| (found.unwrap() - wanted.unwrap()).abs() < 1e-12;
    assert!(close(by_seed(a, 0).p_of_equal(&by_seed(b, 0)), paired_p(&differences)));
    assert!(close(by_seed(a, 0).p_of_equal(&by_seed(b, 4)), welch_p(&a, &b)));
    // With two seeds in common only those count, though each side has four.
    assert!(close(by_seed(a, 0).p_of_equal(&by_seed(b, 2)), paired_p(&[0.7 - 0.88, 0.95 - 0.79])));
    assert_eq!(by_seed(a, 0).p_of_equal(&by_seed(b, 3)), None);
    assert_eq!(by_seed(a, 0).p_of_equal(&of(0.0, &[(9, 0.5)])), None);
}

#[test]
fn equal_differences_are_not_believed_beyond_rounding() {
    // Two seeds, each with a difference of one row of 200: the variance is 0, but uninformative.
    let step = 1.0 / 200.0;
    let pair = |n: u64, difference: f64| {
        let base: Vec<(u64, f64)> = (0..n).map(|k| (k, 0.5)).collect();
        let other: Vec<(u64, f64)> = (0..n).map(|k| (k, 0.5 + difference)).collect();
        of(step, &other).p_of_equal(&of(step, &base)).unwrap()
    };
    assert!(pair(2, step) > 0.1 && pair(3, step) > 0.01, "{} {}", pair(2, step), pair(3, step));
    assert!(pair(25, step) < 1e-6 && pair(5, 0.4) < 1e-6, "{} {}", pair(25, step), pair(5, 0.4));
    assert_eq!((pair(2, 0.0), pair(25, 0.0)), (1.0, 1.0));
}

#[test]
fn data_sets_and_seeds_make_no_more_blocks_than_the_larger_number_of_them() {
    let crossed = |shift: f64| {
        let mut scores = GroupScores::new(0.0);
        for (cell, seed) in (0..3).flat_map(|cell| (0..2).map(move |seed| (cell, seed))) {
            let score = Some(0.5 + shift * (1.0 + cell as f64));
            scores.add(cell, SelectionScore { score, seed: Some(seed) });
        }
        scores
    };
    let (a, b) = (crossed(0.1), crossed(0.0));
    assert_eq!(a.blocks(), 3);
    // By data set, averaged over the seeds: 0.1, 0.2, 0.3.
    let wanted = paired_p(&[0.1, 0.2, 0.3]).unwrap();
    assert!((a.p_of_equal(&b).unwrap() - wanted).abs() < 1e-9);
}
