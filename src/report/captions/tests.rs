//! The sentences, for made-up models.

use super::*;
use crate::statistics::{Ending, Summary, Verdict};

/// Models of 100 points: learning rate, points right (None: diverged), and whether all units are silent.
fn summary(models: &[(f64, Option<u32>, bool)]) -> Summary {
    let mut summary = Summary::of_points(vec![[100, 0]]);
    for (lr, correct, silent) in models {
        let (diverged, silent) = (correct.is_none(), *silent);
        let ending = Ending { diverged, silent, correct: correct.unwrap_or(0), ..Ending::default() };
        let class = Class::of(&ending, 100, 50, 0.7);
        summary.add(0, &[Some(*lr)], Verdict::of_training(0, class, *correct, None));
    }
    summary
}

#[test]
fn failures_are_counted_by_class_and_at_both_ends() {
    let summary = summary(&[
        (0.1, Some(95), false),
        (0.1, Some(50), true),
        (0.1, Some(51), true),
        (0.1, None, false),
        (0.01, Some(96), false),
        (0.01, Some(50), false),
    ]);
    let said = classes(&View::plain(&summary), &summary.total()).replace('\u{a0}', " ");
    let failures = "Of the 4 failures 2 (50 %) end as dead ReLU, 1 (25 %) as diverged, 1 (25 %) as chance.";
    let meaning = " Dead ReLU: no hidden unit answers to any point any more.";
    let ends = " At learning rate 0.01 0 % of all models end as dead ReLU, at 0.1 50 %.";
    assert_eq!(said, [failures, meaning, ends].concat());
}

#[test]
fn one_failure_and_none_are_not_many() {
    let one = summary(&[(0.1, Some(95), false), (0.1, None, false)]);
    let said = classes(&View::plain(&one), &one.total());
    assert_eq!(said, "The only failure ends as diverged. Diverged: a number grew beyond all bounds.");
    let none = summary(&[(0.1, Some(95), false)]);
    assert_eq!(classes(&View::plain(&none), &none.total()), "No model failed.");
}

#[test]
fn heaps_on_both_sides_of_the_threshold_are_told_apart() {
    let models = [50, 50, 50, 60, 90, 94, 98].map(|correct| (0.1, Some(correct), false));
    let said = histogram(&summary(&models).total(), 0.7).replace('\u{a0}', " ");
    let above = "3 models above 70 %: median 94 %, 3 of 3 between 90 % and 98 %; ";
    let below = "4 models not above 70 %: median 50 %, 3 of 4 at 50 %.";
    assert_eq!(said, [above, below].concat());
    let diverged = summary(&[(0.1, None, false), (0.1, None, false)]);
    assert_eq!(histogram(&diverged.total(), 0.7), ALL_DIVERGED);
}
