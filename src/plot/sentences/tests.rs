//! Tests every number in the sentences against counts over random models.

use super::random::{RandomNumbers, RandomStudy, matched, plain, succeeds};
use super::*;
use crate::plot::{ClassesPlot, EcdfPlot, HistogramPlot, LossHistogramPlot, Picture, SuccessPlot};
use crate::statistics::{ModelResult, OutcomeClass, RowCounts, SelectionScore, Summary};

/// Title of a picture, without punctuation.
fn title(picture: &dyn Picture) -> String {
    plain(&picture.scene().unwrap().title)
}

#[test]
fn what_titles_count_is_counted() {
    let (mut lots, mut seen, settings) = (RandomNumbers(0), [0; 6], "");
    for _ in 0..600 {
        let study = RandomStudy::draw(&mut lots);
        let (summary, threshold) = (study.summary(), study.threshold);
        let (view, all) = (Facet::plain(&summary), study.own(""));
        let ecdf = title(&EcdfPlot { view: view.clone(), loss: "", settings });
        seen[0] += study.check(&ecdf, &study.own(&ecdf));
        let histogram = title(&HistogramPlot { summary: &summary, threshold, settings });
        let success = title(&SuccessPlot { view: view.clone(), threshold, settings });
        for text in [&histogram, &success] {
            if let Some(found) = matched(text, "# of # models get") {
                let about = study.own(text);
                let good = about.iter().filter(|model| model.class == OutcomeClass::Success).count();
                assert_eq!(found, [good as f64, about.len() as f64], "{text}: {study:?}");
                let above = about.iter().filter(|model| succeeds(&study, model)).count();
                assert!(good <= above, "a success is above the threshold");
                seen[1] += 1;
            }
        }
        let classes = title(&ClassesPlot { view: view.clone(), threshold, settings });
        if let Some(found) = matched(&classes, "# of # models succeed") {
            let good = all.iter().filter(|model| model.class == OutcomeClass::Success).count();
            assert_eq!(found, [good as f64, all.len() as f64], "{classes}");
            seen[2] += 1;
        }
        let losses = title(&LossHistogramPlot { summary: &summary, loss: "", guess: None, settings });
        seen[3] += study.check(&losses, &all);
        let best = plain(&best(&view).unwrap_or_default());
        if let (Some(found), Some((_, near))) = (matched(&best, "accuracy # %"), view.top()) {
            let right = study.models.iter().filter(|model| model.x == near.group.x).filter_map(|m| study.share(m));
            let right: Vec<f64> = right.collect();
            assert!((right.iter().sum::<f64>() / right.len() as f64 - found[0]).abs() < 0.0501, "{best}: {study:?}");
            seen[4] += 1;
        }
        // `100 %` and `0 %` appear only if a share is exactly that.
        for text in [&ecdf, &histogram, &success, &best] {
            let wholes = [" 100 %", " 0 %"].map(|whole| text.contains(whole));
            let extreme = all.iter().filter_map(|m| study.share(m)).any(|share| share == 100.0 || share == 0.0);
            let bound = study.rows.baseline() == 1.0 || threshold == 1.0;
            assert!(wholes == [false; 2] || extreme || bound, "{text}: {study:?}");
            seen[5] += 1;
        }
    }
    assert!(seen.iter().all(|n| *n > 100), "sentences that were held against the counts: {seen:?}");
}

/// Curves of 20 seeds at one learning rate each, with about this many of 200 rows correct.
fn curves(of: &[u32]) -> Summary {
    let mut summary = Summary::new(vec![[RowCounts::binary(200, 100), RowCounts::default(), RowCounts::default()]; 3]);
    for (cell, right) in of.iter().enumerate() {
        for seed in 0..20 {
            let right = right + (seed as u32 * 7 + cell as u32) % 3;
            let choice = SelectionScore { score: Some(f64::from(right) / 200.0), seed: Some(seed) };
            summary.add_chosen(
                cell,
                &[Some(0.1)],
                ModelResult::of_training(0, OutcomeClass::Other, Some(right), None),
                choice,
            );
        }
    }
    summary
}

#[test]
fn curves_that_can_not_be_told_from_the_best_are_named() {
    let said = |of: &[u32]| {
        let summary = curves(of);
        let names = ["sgd", "adam", "adamw"].map(String::from).to_vec();
        let view = Facet::of(&summary, "learning rate", summary.along(0), names[..of.len()].to_vec());
        best(&view).unwrap().replace('\u{a0}', " ")
    };
    assert!(said(&[180, 150]).ends_with("%"), "{}", said(&[180, 150]));
    assert!(said(&[180, 180, 150]).ends_with("; sgd is indistinguishable from it"), "{}", said(&[180, 180, 150]));
    assert!(said(&[180, 180, 180]).contains(" and adamw are indistinguishable from it"), "{}", said(&[180; 3]));
}

#[test]
fn the_most_common_class_is_named_with_its_rows() {
    let [train, test] = [100, 20].map(|points| RowCounts::binary(points, points / 4));
    let rows = [train, RowCounts::default(), RowCounts { positives: 2, ..test }];
    let mut summary = Summary::new(vec![rows]);
    summary.add(0, &[Some(0.1)], ModelResult::of_training(0, OutcomeClass::Other, Some(80), None));
    let view = Facet::plain(&summary);
    let plain = |text: Option<String>| text.unwrap().replace('\u{a0}', " ");
    assert_eq!(plain(baseline(&view)), "always the most common class: 90 % of the test rows");
    assert_eq!(plain(training_baseline(&view)), "always the most common class: 75 % of the training rows");
}

#[test]
fn what_was_lost_is_named_by_how() {
    let of = |classes: &[OutcomeClass]| {
        let mut summary = Summary::of_points(vec![[10, 0]]);
        classes.iter().for_each(|class| summary.add(0, &[Some(0.1)], ModelResult::of_training(0, *class, None, None)));
        all_lost(&summary.total())
    };
    assert_eq!(of(&[OutcomeClass::Exploded]), "the only model exploded");
    assert_eq!(of(&[OutcomeClass::Diverged; 2]), "all 2 models diverged");
    assert_eq!(of(&[OutcomeClass::Diverged, OutcomeClass::Exploded]), "of 2 models 1 diverged, 1 exploded");
}

#[test]
fn the_best_is_a_range_and_says_why() {
    let models = |of: &[(f64, u32)], seeds: u32| -> Vec<(f64, Option<u32>)> {
        let one = |(x, right): &(f64, u32)| (0..seeds).map(|s| (*x, Some(right + s % 3))).collect::<Vec<_>>();
        of.iter().flat_map(one).collect()
    };
    let said = |of: &[(f64, u32)], seeds: u32| {
        let mut summary = Summary::of_points(vec![[200, 0]]);
        for (id, (x, train)) in models(of, seeds).into_iter().enumerate() {
            let model = ModelResult::of_training(id as u64, OutcomeClass::Other, train, None);
            let seed = Some(id as u64 % u64::from(seeds));
            summary.add_chosen(
                0,
                &[Some(x)],
                model,
                SelectionScore { score: train.map(f64::from).map(|n| n / 200.0), seed },
            );
        }
        let view = Facet::plain(&summary);
        (best(&view).unwrap().replace('\u{a0}', " "), beyond(&view, Hyperparameter::Lr))
    };
    let (text, next) = said(&[(0.01, 150), (0.03, 180), (0.1, 180)], 6);
    assert_eq!(text, "Best learning rate 0.03 to 0.1, indistinguishable: mean accuracy 90.5 % at 0.03");
    assert_eq!(next.unwrap(), "the best may lie above the greatest learning rate: try --lr logspace:-1:1:20");
    let (text, next) = said(&[(0.01, 150), (0.03, 180), (0.1, 170)], 6);
    assert_eq!((text.as_str(), next), ("Best learning rate 0.03: mean accuracy 90.5 %", None));
    let (text, next) = said(&[(0.01, 190), (0.03, 180), (0.1, 170)], 6);
    assert_eq!(text, "Best learning rate 0.01: mean accuracy 95.5 %");
    assert_eq!(next.unwrap(), "the best may lie below the least learning rate: try --lr logspace:-4:-2:20");
    let (text, _) = said(&[(0.01, 150), (0.03, 180), (0.1, 170)], 1);
    assert_eq!(text, "Best learning rate 0.03, too few seeds to compare: mean accuracy 90 %");
    let (text, next) = said(&[(0.01, 98), (0.03, 97), (0.1, 98)], 6);
    assert_eq!(
        (next, text.as_str()),
        (None, "Nothing learned: no mean accuracy is above always predicting the most common class (50 %)")
    );
    let (text, next) = said(&[(0.01, 180), (0.03, 180)], 6);
    assert_eq!(text, "Best learning rate 0.01 to 0.03, indistinguishable: mean accuracy 90.5 % at 0.01");
    assert_eq!(next.unwrap(), "no learning rate is distinguishable from the best: train more seeds");
    let (text, _) = said(&[(0.01, 98), (0.03, 100), (0.1, 99)], 2);
    assert_eq!(
        text,
        "No mean accuracy is distinguishable from always predicting the most common class (50 %): too few seeds, or \
         nothing learned"
    );
    assert_eq!(said(&[(0.1, 180)], 6).0, "Mean accuracy 90.5 % at learning rate 0.1");
}
