//! Curves and scores of all row sets, and the AUC.

use super::{shape, trials};
use crate::common::{Random, dataset, job, reference, train};
use gpu_sweep::dataset::Dataset;
use gpu_sweep::engine::{Engine, InMemorySink, Job, Outcome, Record, Score};
use gpu_sweep::statistics::{RowCounts, RowSet};

pub fn curves(engine: &mut dyn Engine) {
    let mut random = Random::new(6);
    let (points, test) = (random.points(90, 2), random.points(31, 2));
    let mut job = job(engine, &shape(2, &[4]), points.clone(), trials(20), 12);
    let dense = train(engine, &job);
    job.data = dataset(points.clone(), Some(test.clone()));
    (job.record.epochs, job.record.curves_below, job.record.test) = (vec![0, 5, 10, 12], 11, true);
    let batch = train(engine, &job);
    assert_eq!((batch.curves.models, batch.curves.train_loss.len()), (11, 44));
    let thinned = |curve: &[f64]| -> Vec<f64> {
        (0..11).flat_map(|m| [0, 5, 10, 12].map(|epoch| curve[m * 13 + epoch])).collect()
    };
    assert_eq!(batch.curves.train_loss, thinned(&dense.curves.train_loss));
    assert_eq!(batch.curves.train_accuracy.unwrap(), thinned(&dense.curves.train_accuracy.unwrap()));
    assert_eq!(dense.curves.test_loss, None);
    let (loss, accuracy) = (batch.curves.test_loss.unwrap(), batch.curves.test_accuracy.unwrap());
    for (model, outcome) in batch.outcomes.iter().enumerate().take(11) {
        let (end, score) = (4 * model + 3, outcome.test.unwrap());
        assert_eq!((loss[end], accuracy[end]), (score.loss, f64::from(score.correct) / 31.0));
        assert_eq!(batch.curves.train_loss[end], outcome.train.unwrap().loss);
    }
    // Neither test rows nor recording change the training.
    assert_eq!(batch.weights, dense.weights);
}

pub fn scores_are_evaluated(engine: &mut dyn Engine) {
    let mut random = Random::new(7);
    let (points, test) = (random.points(130, 5), random.points(40, 5));
    let mut job = job(engine, &shape(5, &[6, 3]), points.clone(), trials(21), 7);
    let validation = random.points(50, 5);
    let plain = dataset(points.clone(), Some(test.clone()));
    job.data = Dataset { validation: Some(validation.clone()), ..(*plain).clone() }.into();
    let batch = train(engine, &job);
    let last = batch.weights.unwrap().last;
    let exact = reference().evaluate(&job.shape, &job.train_spec, &last, &validation).unwrap();
    for (set, points) in RowSet::ALL.into_iter().zip([points, validation, test]) {
        let evaluated = engine.evaluate(&job.shape, &job.train_spec, &last, &points).unwrap();
        assert_eq!(evaluated.len(), 21);
        for (outcome, evaluated) in batch.outcomes.iter().zip(evaluated) {
            let (ours, evaluated) = (outcome.score(set).unwrap(), evaluated.unwrap());
            assert_eq!(ours.hits(RowCounts::default()), evaluated.hits(RowCounts::default()));
            // The same sums, perhaps in other tiles.
            assert!((ours.loss / evaluated.loss - 1.0).abs() <= 1e-6, "{} {}", ours.loss, evaluated.loss);
        }
    }
    let hits = |score: Option<Score>| score.unwrap().hits(RowCounts::default());
    let (mut same, mut positives) = (0, 0);
    for (outcome, exact) in batch.outcomes.iter().zip(exact) {
        // A logit close to the threshold may fall on either side.
        same += u32::from(hits(outcome.validation) == hits(exact));
        positives += hits(exact).correct_positive;
    }
    assert!(same >= 19 && positives > 100, "{same} of 21 alike, {positives} of label 1 right");
    let alone = Job { data: plain, ..job.clone() };
    let alone = train(engine, &alone);
    // Validation rows change neither the training nor the other scores.
    assert!(alone.outcomes.iter().zip(&batch.outcomes).all(|(a, b)| (a.train, a.test) == (b.train, b.test)));
}

/// AUC, from the engine's own logits, the same alone and in a batch.
pub fn rankings(engine: &mut dyn Engine) {
    let mut random = Random::new(17);
    let (points, test) = (random.points(70, 3), random.points(41, 3));
    let mut job = job(engine, &shape(3, &[5]), points.clone(), trials(21), 6);
    job.data = dataset(points.clone(), Some(test.clone()));
    (job.record.auc, job.record.weights) = (true, false);
    let batch = train(engine, &job);
    assert_eq!(batch.weights, None);
    let weighed = Job { record: Record { weights: true, auc: false, ..job.record.clone() }, ..job.clone() };
    let plain = train(engine, &weighed);
    assert!(plain.outcomes.iter().all(|outcome| outcome.ordered_pairs == [None; 3]));
    let last = plain.weights.unwrap().last;
    let size = job.shape.parameters();
    for (set, points) in [(RowSet::Train, &points), (RowSet::Test, &test)] {
        let logits = engine.logits(&job, &last, points).unwrap();
        let exact = reference().logits(&job, &last, points).unwrap();
        assert_eq!(logits.len(), 21 * points.len());
        assert!(logits.iter().zip(&exact).all(|(ours, exact)| (ours - exact).abs() <= 1e-5 * (1.0 + exact.abs())));
        for (model, (outcome, logits)) in batch.outcomes.iter().zip(logits.chunks(points.len())).enumerate() {
            let twice = |a: f64, b: f64| if a > b { 2 } else { u64::from(a == b) };
            let of =
                |label: bool| logits.iter().zip(points.labels()).filter(move |(_, y)| *y == label).map(|(z, _)| *z);
            let counted: u64 = of(true).map(|a| of(false).map(|b| twice(a, b)).sum::<u64>()).sum();
            assert_eq!(outcome.ordered_pairs[set as usize], Some(counted), "model {model}");
            assert_eq!(outcome.ordered_pairs[RowSet::Validation as usize], None);
            let alone = engine.logits(&job, &last[model * size..][..size], points).unwrap();
            assert_eq!(alone, logits);
        }
    }
    let bare = |outcome: &Outcome| Outcome { ordered_pairs: [None; 3], ..*outcome };
    assert!(batch.outcomes.iter().map(bare).eq(plain.outcomes.iter().copied()), "ranking has no say in the training");
    let alone = InMemorySink::train(engine, &job, 4..5).unwrap();
    assert_eq!(alone.outcomes[0], batch.outcomes[4]);
}
