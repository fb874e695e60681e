use super::*;

/// An arm whose seeds 0, 1, ... have these accuracies.
fn arm(lr: f64, accuracies: &[f64]) -> Arm {
    let models = accuracies.len() as u64;
    let successes = accuracies.iter().filter(|a| **a > 0.7).count() as u64;
    Arm { lr, accuracies: (0..).zip(accuracies.iter().copied()).collect(), models, diverged: 0, successes }
}

/// Rounding variance for a hundred rows.
const ROUNDING: f64 = 1.0 / 12.0 / 100.0 / 100.0;

fn arms(all: Vec<Arm>) -> Arms {
    Arms {
        cell: 0,
        others: Vec::new(),
        tested: false,
        measure: crate::statistics::Measure::Accuracy,
        baseline: 0.5,
        rounding: ROUNDING,
        best: None,
        all,
    }
}

/// Bimodal accuracies, 50 % and 98 %: `low` of 100 seeds have the lower one.
fn heaps(lr: f64, low: usize) -> Arm {
    // Failing seeds are spread evenly; those for a smaller `low` are among those for a larger one.
    arm(lr, &(0..100).map(|i| if (i * 37) % 100 < low { 0.5 } else { 0.98 }).collect::<Vec<_>>())
}

#[test]
fn numbers_are_those_of_the_formulas_and_drawing_again_confirms_them() {
    let found =
        seeds_needed(arms(vec![heaps(0.01, 60), heaps(0.03, 40), heaps(0.1, 30)]), &SeedsQuery::default()).unwrap();
    assert_eq!((found.pair, found.arms.all[2].lr), ([2, 1], 0.1));
    assert!((found.difference - 0.048).abs() < 1e-12, "{}", found.difference);
    // Variances 0.48² p (1 - p) 100 / 99 with p = 0.3 and 0.4.
    let variance = |p: f64| 0.48 * 0.48 * p * (1.0 - p) * 100.0 / 99.0;
    assert_eq!(found.unpaired.seeds, TestPlan::USUAL.unpaired(0.048, [variance(0.3), variance(0.4)]));
    // The same 30 seeds fail at both rates, ten more at one of them: differences of 0.48 in a tenth of the seeds.
    let paired = found.paired.unwrap();
    assert_eq!(paired.seeds, TestPlan::USUAL.paired(0.048, variance(0.1)));
    assert!(paired.seeds.unwrap() * 4 < found.unpaired.seeds.unwrap(), "{paired:?} {:?}", found.unpaired);
    assert_eq!(found.shares, TestPlan::USUAL.shares(0.7, 0.6));
    // Experiments are drawn from the sample, whose variance is 99/100 of its estimate, so the power is a little above
    // 0.8. The paired t test rejects from 4 differences among 74 on, as 4.17 is above 1.993²: the binomial probability
    // of that is 0.946, far above the formula's 0.8.
    assert_eq!(paired.seeds, Some(74));
    let few: f64 = [1.0, 74.0, 2701.0, 64_824.0]
        .iter()
        .zip(0..)
        .map(|(ways, k)| ways * 0.1f64.powi(k) * 0.9f64.powi(74 - k))
        .sum();
    let errors = [found.unpaired.power.unwrap() - 0.8, paired.power.unwrap() - (1.0 - few)];
    // Three standard errors of 2000 draws: 0.027 and 0.015.
    assert!(errors[0].abs() < 0.035 && errors[1].abs() < 0.015, "{errors:?}");
}

#[test]
fn an_asked_difference_takes_the_place_of_the_one_seen() {
    let all = || arms(vec![heaps(0.03, 40), heaps(0.1, 30)]);
    let of = |difference| {
        let query = SeedsQuery { between: Some([0.03, 0.1]), difference: Some(difference) };
        seeds_needed(all(), &query).unwrap()
    };
    let (small, large) = (of(0.02), of(0.2));
    assert!(small.unpaired.seeds > large.unpaired.seeds && small.paired.unwrap().seeds > large.paired.unwrap().seeds);
    assert_eq!((small.difference, large.difference), (0.02, 0.2));
    for found in [small, large] {
        assert!((found.unpaired.power.unwrap() - 0.8).abs() < 0.05, "{:?}", found.unpaired);
    }
}

#[test]
fn intervals_shrink_and_the_courses_error_is_the_spread_over_the_root_of_fifty() {
    let found = seeds_needed(arms(vec![heaps(0.1, 30), heaps(0.2, 50)]), &SeedsQuery::default()).unwrap();
    assert_eq!(found.widths.iter().map(|w| w.seeds).collect::<Vec<_>>(), SIZES);
    assert!(found.widths.windows(2).all(|w| w[1].formula < w[0].formula && w[1].drawn < w[0].drawn));
    let at = |n: usize| found.widths.iter().find(|w| w.seeds == n).unwrap();
    // t = 2.0096 for 49 degrees of freedom, s = 0.48 √(0.21 · 100 / 99).
    let expected = 2.0096 * 0.48 * (0.21f64 * 100.0 / 99.0).sqrt() / 50f64.sqrt();
    assert!((at(50).formula - expected).abs() < 1e-5);
    assert!((at(1000).drawn / at(1000).formula - 1.0).abs() < 0.05, "{:?}", at(1000));
    let error = 0.48 * ((0.21f64 + 0.25) / 2.0 * 100.0 / 99.0 / 50.0).sqrt();
    assert!((found.course_error - error).abs() < 1e-12);
    assert_eq!((found.resampled_curves.len(), found.resampled_curves[0].len()), (WIGGLES, 2));
    assert!(found.resampled_curves.iter().flatten().all(|mean| (0.5..=0.98).contains(mean)));
    assert_ne!(found.resampled_curves[0], found.resampled_curves[1]);
}

#[test]
fn without_shared_seeds_nothing_is_paired() {
    let mut other = heaps(0.2, 50);
    other.accuracies = other.accuracies.into_iter().map(|(seed, accuracy)| (seed + 1000, accuracy)).collect();
    let found = seeds_needed(arms(vec![heaps(0.1, 30), other]), &SeedsQuery::default()).unwrap();
    assert!(found.paired.is_none() && found.deviation.is_none() && found.unpaired.seeds.is_some());
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let all = || arms(vec![heaps(0.0238, 40), heaps(0.1, 30)]);
    let error = |between| all().pair(Some(between)).unwrap_err().to_string();
    assert!(error([0.05, 0.1]).contains("0.0238 or 0.1"), "{}", error([0.05, 0.1]));
    assert!(error([0.1, 0.1]).contains("twice"));
    // Within 1 %, as users type it.
    assert_eq!(all().pair(Some([0.0239, 0.1])).unwrap(), [1, 0]);
}

#[test]
fn the_best_is_compared_with_the_next_that_is_worth_it() {
    let pair = |lows: &[usize]| {
        let all = lows.iter().enumerate().map(|(k, low)| heaps(0.1 * (k + 1) as f64, *low)).collect();
        arms(all).pair(None).unwrap()
    };
    // One more failure among a hundred is half a percentage point.
    assert_eq!([pair(&[33, 30, 31, 50]), pair(&[30, 30, 31]), pair(&[31, 30])], [[1, 0], [0, 2], [1, 0]]);
}

#[test]
fn no_difference_at_all_needs_no_number() {
    let found = seeds_needed(arms(vec![heaps(0.1, 30), heaps(0.2, 30)]), &SeedsQuery::default()).unwrap();
    assert_eq!((found.unpaired.seeds, found.paired.unwrap().seeds, found.shares), (None, None, None));
}

#[test]
fn equal_outcomes_are_believed_as_far_as_rows_can_tell() {
    let of = |a: &[f64], b: &[f64]| seeds_needed(arms(vec![arm(0.1, a), arm(0.2, b)]), &SeedsQuery::default()).unwrap();
    // Ten seeds at 97 %, ten at 96 %: the difference is real, and the spread is what rounding may hide.
    let found = of(&[0.97; 10], &[0.96; 10]);
    assert_eq!((found.no_answer, found.unpaired.power, found.paired.unwrap().power), (None, None, None));
    assert_eq!(found.unpaired.seeds, TestPlan::USUAL.unpaired(0.01, [ROUNDING; 2]));
    assert_eq!(found.paired.unwrap().seeds, TestPlan::USUAL.paired(0.01, 2.0 * ROUNDING));
    assert!((found.course_error - (ROUNDING / 50.0).sqrt()).abs() < 1e-15);
    let rounded = |seeds: usize| (ROUNDING / seeds as f64).sqrt();
    assert!(found.widths.iter().all(|w| w.formula >= 1.9 * rounded(w.seeds) && w.drawn >= 1.9 * rounded(w.seeds)));
    assert_eq!(of(&[0.5; 10], &[0.5; 10]).no_answer, Some(NoAnswer::NoDifference));
    assert_eq!(of(&[0.9, 0.8], &[0.6, 0.7]).no_answer, Some(NoAnswer::TooFew));
    assert_eq!(of(&[0.9, 0.8, 0.7], &[0.6, 0.7, 0.5]).no_answer, None);
}

#[test]
fn an_asked_difference_of_equal_rates_is_answered() {
    let query = SeedsQuery { difference: Some(0.02), ..SeedsQuery::default() };
    let found = seeds_needed(arms(vec![heaps(0.1, 30), heaps(0.2, 30)]), &query).unwrap();
    assert!(found.no_answer.is_none() && found.unpaired.seeds.is_some(), "{found:?}");
}
