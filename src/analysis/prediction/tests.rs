//! Predictions against numbers computed by hand.

use super::*;
use crate::dataset::{Dataset, Missing, Standardization, TableRules};
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Mapping, Record};
use crate::math::Loss;
use crate::model::NetworkShape;
use crate::sweep::{InitialWeights, TrainSpec, Trials};

/// A linear model without hidden layers, y = w x + b per output.
fn job(data: Dataset, loss: Loss) -> Job {
    let shape = NetworkShape::new(1, &[]).unwrap().with_outputs(data.train.targets.outputs());
    let (trials, initial) = (Trials::pairs(vec![(0.1, 0)]), InitialWeights::Drawn);
    let train_spec = TrainSpec { loss, ..TrainSpec::plain() };
    let (data, record, mapping) = (data.into(), Record::default(), Some(Mapping::Reference));
    Job { shape, data, trials, initial, train_spec, epochs: 0, record, mapping }
}

fn predict(data: Dataset, loss: Loss, parameters: &[f64], x: &[f64]) -> (Predictions, Preprocessing) {
    let rules = TableRules { no_header: false, delimiter: None, missing: Missing::Refuse };
    let (prepared, job) = (Preprocessing::of(&data, rules), job(data, loss));
    let ids: Vec<u64> = (0..(parameters.len() / job.shape.parameters()) as u64).collect();
    let rows = NewRows { x: x.to_vec(), numbers: (1..=x.len() as u64).collect(), targets: None, notes: Vec::new() };
    let mut engine = ReferenceEngine::default();
    (Predictions::of(&mut engine, &job, parameters, &ids, &prepared, &rows).unwrap(), prepared)
}

fn data(targets: Targets) -> Dataset {
    let x = vec![0.0; targets.len()];
    Dataset::of("some", Points { features: 1, x, targets })
}

#[test]
fn an_ensemble_is_the_mean_of_its_probabilities_with_their_spread() {
    let two = data(Targets::Binary(vec![false, true]));
    let (found, prepared) = predict(two.clone(), Loss::Bce, &[1.0, 0.0, 0.0, -2.0], &[3.0, -1.0]);
    let p = |z: f64| 1.0 / (1.0 + (-z).exp());
    for (row, x) in [(0, 3.0), (1, -1.0)] {
        let (a, b) = (p(x), p(-2.0));
        let numbers: Vec<f64> = found.numbers(row).collect();
        let expected = [(a + b) / 2.0, (a - b).abs() / 2.0];
        assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-15), "{numbers:?} {expected:?}");
    }
    assert_eq!(
        (found.classes.clone(), found.columns(&prepared)),
        (vec![1, 0], ["class", "p_1", "p_1_std"].map(String::from).into())
    );
    assert_eq!(
        found.score(&NewTargets::Classes(vec![Some(1), None])),
        Some(PredictionScore::Accuracy { correct: 1, rows: 1 })
    );
    assert_eq!(found.score(&NewTargets::Classes(vec![None, None])), None);
    let (hinge, prepared) = predict(two, Loss::Hinge, &[1.0, -0.5], &[0.25, 1.0]);
    assert_eq!((hinge.classes.clone(), hinge.means.clone()), (vec![0, 1], vec![-0.25, 0.5]));
    assert_eq!(hinge.columns(&prepared), ["class", "output"]);
}

#[test]
fn values_are_in_the_units_of_the_targets() {
    let mut pairs = data(Targets::Real { outputs: 2, values: vec![0.0; 4] });
    pairs.target_scaling = Some(Standardization { mean: vec![10.0, 0.0], std: vec![2.0, 5.0] });
    let (found, prepared) = predict(pairs, Loss::Mse, &[1.0, -1.0, 0.0, 1.0], &[1.0, 3.0]);
    assert_eq!(
        (&found.means[..], found.columns(&prepared)),
        (&[12.0, 0.0, 16.0, -10.0][..], vec!["y1".into(), "y2".into()])
    );
    let right = NewTargets::Numbers(vec![12.0, 0.0, 16.0, -10.0]);
    assert_eq!(found.score(&right), Some(PredictionScore::R2(Some(1.0))));
    // In the outputs' units: of the first target Σ (y - ŷ)² = 1/4 and Σ (y - ȳ)² = 12.5/4, of the second 0 and 50/25.
    let off = NewTargets::Numbers(vec![12.0, 0.0, 17.0, -10.0]);
    let Some(PredictionScore::R2(Some(r2))) = found.score(&off) else { panic!() };
    assert!((r2 - (1.0 - 0.25 / 5.125)).abs() <= 1e-15, "{r2}");
    assert_eq!(found.score(&NewTargets::Numbers(vec![f64::NAN; 4])), None);
}

#[test]
fn each_of_several_classes_has_a_probability() {
    let three = data(Targets::Classes { classes: 3, labels: vec![0, 1, 2] });
    let (found, prepared) = predict(three, Loss::Softmax, &[1.0, 0.0, 0.0, 0.0, 0.0, 2f64.ln()], &[0.0]);
    assert!(found.means.iter().zip([0.25, 0.25, 0.5]).all(|(a, b)| (a - b).abs() <= 1e-15), "{:?}", found.means);
    assert_eq!(
        (found.classes.clone(), found.columns(&prepared)),
        (vec![2], ["class", "p_0", "p_1", "p_2"].map(String::from).into())
    );
}
