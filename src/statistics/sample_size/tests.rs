use super::*;
use crate::math::rng::{Philox, Stream};
use rand_distr::{Distribution, StandardNormal};

/// Known sizes for α = 0.05 two-sided and power 0.8 (Cohen 1988): 394, 64, 26 per group for d = 0.2, 0.5, 0.8; in pairs
/// 199, 34, 15.
#[test]
fn sample_sizes_are_those_of_the_textbooks() {
    let plan = TestPlan::USUAL;
    let unpaired = [0.2, 0.5, 0.8].map(|d| plan.unpaired(d, [1.0, 1.0]));
    assert_eq!(unpaired, [Some(394), Some(64), Some(26)]);
    let paired = [0.2, 0.5, 0.8].map(|d| plan.paired(d, 1.0));
    assert_eq!(paired, [Some(199), Some(34), Some(15)]);
    // Power 0.9 at d = 0.5: 86 and, in pairs, 44, for which the central t distribution gives one more. Fleiss: 1/2
    // against 7/10 needs 93.
    let strict = TestPlan { power: 0.9, ..plan };
    assert_eq!((strict.unpaired(0.5, [1.0, 1.0]), strict.paired(0.5, 1.0)), (Some(86), Some(45)));
    assert_eq!((plan.shares(0.5, 0.7), plan.shares(0.7, 0.5)), (Some(93), Some(93)));
}

#[test]
fn no_difference_takes_no_number_and_no_spread_takes_two() {
    let plan = TestPlan::USUAL;
    assert_eq!((plan.unpaired(0.0, [1.0, 1.0]), plan.paired(0.0, 0.0), plan.shares(0.3, 0.3)), (None, None, None));
    assert_eq!((plan.unpaired(0.1, [0.0, 0.0]), plan.paired(-0.1, 0.0)), (Some(2), Some(2)));
    assert_eq!((plan.shares(0.0, 1.0), plan.unpaired(1e-12, [1.0, 1.0])), (Some(2), None));
    // Only one of the groups varies.
    assert!(plan.unpaired(0.5, [2.0, 0.0]).unwrap() > plan.unpaired(0.5, [1.0, 1.0]).unwrap());
}

#[test]
fn p_values_follow_their_definition() {
    let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0, 6.0, 8.0, 10.5]);
    let p = welch_p(&a, &b).unwrap();
    let (sa, sb): (f64, f64) = (2.5 / 5.0, 11.05 / 5.0);
    let freedom = (sa + sb).powi(2) / (sa * sa / 4.0 + sb * sb / 4.0);
    assert!((p - 2.0 * t_tail(3.1 / (sa + sb).sqrt(), freedom)).abs() < 1e-14, "{p}");
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    // Differences -1, -2, -3, -4, -5.5: mean -3.1, variance 3.05.
    let expected = 2.0 * t_tail(3.1 / (3.05f64 / 5.0).sqrt(), 4.0);
    assert!((paired_p(&differences).unwrap() - expected).abs() < 1e-14);
    assert_eq!((welch_p(&[1.0], &a), paired_p(&[2.0])), (None, None));
    assert_eq!((welch_p(&[1.0; 3], &[1.0; 3]), welch_p(&[1.0; 3], &[2.0; 3])), (Some(1.0), Some(0.0)));
}

/// Simulates 4000 experiments of the computed size with normal numbers. The share that finds the difference is 0.8
/// within three standard errors (0.019) plus the error of the central t distribution (0.005); without a difference it
/// is 0.05 (± 0.0105).
#[test]
fn experiments_of_that_size_find_what_is_there() {
    let (plan, mut random) = (TestPlan::USUAL, Philox::new(7, Stream::Data));
    let mut normal = move |mean: f64, deviation: f64, n: u64| -> Vec<f64> {
        let draw = |_| {
            let z: f64 = StandardNormal.sample(&mut random);
            mean + deviation * z
        };
        (0..n).map(draw).collect()
    };
    let n = plan.unpaired(0.6, [1.0, 2.25]).unwrap();
    let pairs = plan.paired(0.4, 0.81).unwrap();
    let share = |found: usize| found as f64 / 4000.0;
    let welch = (0..4000).filter(|_| welch_p(&normal(0.6, 1.0, n), &normal(0.0, 1.5, n)).unwrap() < plan.alpha);
    let power = share(welch.count());
    let paired = share((0..4000).filter(|_| paired_p(&normal(0.4, 0.9, pairs)).unwrap() < plan.alpha).count());
    let nothing =
        share((0..4000).filter(|_| welch_p(&normal(0.0, 1.0, 8), &normal(0.0, 3.0, 8)).unwrap() < plan.alpha).count());
    assert!((power - 0.8).abs() < 0.024 && (paired - 0.8).abs() < 0.024, "{power} {paired} with {n} and {pairs}");
    assert!((nothing - 0.05).abs() < 0.0105, "{nothing}");
}
