//! Tests the captions on generated models.

use super::class_layers::words;
use super::sentences::random::{RandomModel, RandomNumbers, RandomStudy, all_matched, matched, plain, succeeds};
use super::{AccuracyPlot, ClassesPlot, ComparisonPlot, EcdfPlot, Facet, HistogramPlot};
use super::{LossHistogramPlot, Picture, SuccessPlot};
use crate::statistics::{Ending, ModelResult, OutcomeClass, Summary};

fn classes(view: &Facet) -> String {
    ClassesPlot { view: view.clone(), threshold: 0.7, settings: "" }.caption()
}

fn histogram(summary: &Summary, threshold: f64) -> String {
    HistogramPlot { summary, threshold, settings: "" }.caption()
}

/// Models with 100 points: learning rate, correct points (`None`: diverged), and whether all units are dead.
fn summary(models: &[(f64, Option<u32>, bool)]) -> Summary {
    let mut summary = Summary::of_points(vec![[100, 0]]);
    for (lr, correct, dead) in models {
        let (diverged, dead) = (correct.is_none(), *dead);
        let ending = Ending { diverged, dead, correct: correct.unwrap_or(0), ..Ending::default() };
        let class = OutcomeClass::of(&ending, 100, 50, 0.7);
        summary.add(0, &[Some(*lr)], ModelResult::of_training(0, class, *correct, None));
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
    let said = classes(&Facet::plain(&summary)).replace('\u{a0}', " ");
    let failures = "Of the 4 failures 2 (50 %) end as dead ReLU, 1 (25 %) as diverged, 1 (25 %) as chance.";
    let meaning = " Dead ReLU: no hidden unit answers to any point any more.";
    let ends = " At learning rate 0.01 0 % of all models end as dead ReLU, at 0.1 50 %.";
    assert_eq!(said, [failures, meaning, ends].concat());
}

#[test]
fn one_failure_and_none_are_not_many() {
    let one = summary(&[(0.1, Some(95), false), (0.1, None, false)]);
    let said = classes(&Facet::plain(&one));
    assert_eq!(said, "The only failure ends as diverged. Diverged: a number grew beyond all bounds.");
    let none = summary(&[(0.1, Some(95), false)]);
    assert_eq!(classes(&Facet::plain(&none)), "No model failed.");
}

#[test]
fn heaps_on_both_sides_of_the_threshold_are_told_apart() {
    let models = [50, 50, 50, 60, 90, 94, 98].map(|correct| (0.1, Some(correct), false));
    let said = histogram(&summary(&models), 0.7).replace('\u{a0}', " ");
    let above = "3 models above 70 %: median 94 %, 3 of 3 between 90 % and 98 %; ";
    let below = "4 models not above 70 %: median 50 %, 3 of 4 at 50 %.";
    assert_eq!(said, [above, below].concat());
    let diverged = summary(&[(0.1, None, false), (0.1, None, false)]);
    assert_eq!(histogram(&diverged, 0.7), "No model has an accuracy: all 2 models diverged.");
}

/// Returns the models at one value.
fn at(study: &RandomStudy, x: f64) -> Vec<&RandomModel> {
    study.models.iter().filter(|model| (model.x - x).abs() < 1e-9).collect()
}

fn successes(models: &[&RandomModel]) -> f64 {
    models.iter().filter(|model| model.class == OutcomeClass::Success).count() as f64
}

#[test]
fn what_captions_count_is_counted() {
    let (mut lots, mut seen) = (RandomNumbers(7_000_000), [0; 7]);
    for _ in 0..600 {
        let study = RandomStudy::draw(&mut lots);
        let (summary, all) = (study.summary(), study.own(""));
        let (view, threshold, settings) = (Facet::plain(&summary), study.threshold, "");
        // The best value, then both ends.
        let text = plain(&AccuracyPlot { view: view.clone(), settings, reference: None }.caption());
        let (first, ends) = text.split_once(" At ").unwrap_or((&text, ""));
        let (first, _) = first.split_once(" Always").unwrap_or((first, ""));
        let about = matched(first, "at learning rate #").map_or(all.clone(), |found| at(&study, found[0]));
        seen[0] += study.check(first, &about);
        for found in all_matched(&format!("At {ends}"), "At # the mean is # %") {
            study.check(&format!("mean {} %", found[1]), &at(&study, found[0]));
        }
        // Successes at the best value and at both ends.
        let text = plain(&SuccessPlot { view: view.clone(), threshold, settings }.caption());
        let best = matched(&text, "at learning rate # # of # models succeed");
        for found in best.into_iter().chain(all_matched(&text, "At # it is # of #")) {
            let about = at(&study, found[0]);
            assert_eq!(found[1..], [successes(&about), about.len() as f64], "{text}");
            seen[1] += 1;
        }
        if let Some(found) = matched(&text, "In all # of # models succeed") {
            assert_eq!(found, [successes(&all), all.len() as f64], "{text}");
        }
        // Failures by class.
        let text = plain(&classes(&view));
        for class in OutcomeClass::ALL.into_iter().filter(|class| *class != OutcomeClass::Success) {
            let n = all.iter().filter(|model| model.class == class).count() as f64;
            for form in ["# # % end as", "# # % as"] {
                for found in all_matched(&text, &format!("{form} {}", words(class))) {
                    let failures = all.len() as f64 - successes(&all);
                    assert!(found[0] == n && (100.0 * n / failures - found[1]).abs() < 0.0501, "{text}");
                    seen[2] += 1;
                }
            }
        }
        // Distributions.
        let text = plain(&EcdfPlot { view: view.clone(), loss: "", settings }.caption());
        let about = matched(&text, "At learning rate #").map_or(all.clone(), |found| at(&study, found[0]));
        seen[3] += study.check(&text, &about);
        seen[4] +=
            study.check(&LossHistogramPlot { summary: &summary, loss: "", guess: None, settings }.caption(), &all);
        // Each side of the threshold separately.
        for part in histogram(&summary, threshold).split(';') {
            let text = plain(part);
            let (known, above) = (all.iter().filter(|m| m.right.is_some()), !text.contains("not above"));
            let side: Vec<&RandomModel> = match text.starts_with("No model") {
                true => all.clone(),
                false => known.copied().filter(|model| succeeds(&study, model) == above).collect(),
            };
            if let Some(found) = matched(&text, "# models").filter(|_| text.contains("above")) {
                assert_eq!(found[0], side.len() as f64, "{text}");
            }
            seen[5] += study.check(&text, &side);
        }
        let view = Facet { names: vec!["adam".into()], ..view };
        let text = plain(&ComparisonPlot { view, threshold, paired: true, settings }.caption());
        if let (Some(lr), Some(found)) = (matched(&text, "learning rate #"), matched(&text, "# of # succeed")) {
            let about = at(&study, lr[0]);
            assert_eq!(found, [successes(&about), about.len() as f64], "{text}");
            seen[6] += 1;
        }
    }
    assert!(seen.iter().all(|n| *n > 150), "captions that were held against the counts: {seen:?}");
}
