//! Oracle: singular values and traces of a Hessian from finite differences of gradients.

use super::*;
use crate::dataset::Targets;
use crate::engine::{Outcome, Score};
use crate::math::init::Init;
use crate::math::{Activation, Loss};
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;

/// Hessian from central differences of gradients.
fn dense(network: &Network, points: &Points) -> DMatrix<f64> {
    let rows: Vec<usize> = (0..points.len()).collect();
    let gradient = |p: usize, step: f64| {
        let mut moved = network.clone();
        moved.parameters[p] += step;
        moved.gradient(points, &rows).unwrap()
    };
    let n = network.parameters.len();
    let columns: Vec<_> = (0..n).map(|p| (gradient(p, 1e-5), gradient(p, -1e-5))).collect();
    DMatrix::from_fn(n, n, |i, j| (columns[j].0[i] - columns[j].1[i]) / 2e-5)
}

/// Every eigenvalue λ makes H - λI nearly singular, and together they match the traces of H and H², so that none is
/// missing.
#[test]
fn eigenvalues_are_those_of_differences_of_gradients() {
    for (features, hidden) in [(2, &[1][..]), (2, &[]), (3, &[3, 2])] {
        for (activation, loss) in
            [(Activation::Tanh, Loss::Bce), (Activation::Relu, Loss::Mse), (Activation::Gelu, Loss::Bce)]
        {
            let shape = NetworkShape::new(features, hidden).unwrap();
            let train_spec = TrainSpec { activation, loss, ..TrainSpec::plain() };
            let parameters = Init::TORCH.parameters(&shape, 3, 2.0).into_iter().map(f64::from).collect();
            let (network, points) = (Network::new(&shape, &train_spec, parameters), Points::made_up(40, features));
            let (found, hessian) = (eigenvalues(&network, &points).unwrap(), dense(&network, &points));
            let what = format!("{shape} {activation} {loss}: {found:?}");
            assert!(found.len() == shape.parameters() && found.windows(2).all(|pair| pair[0] >= pair[1]), "{what}");
            let size = found.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
            let n = found.len();
            for value in &found {
                let shifted = &hessian - DMatrix::identity(n, n) * *value;
                let least = shifted.singular_values().min();
                // Differences of gradients have errors of about 1e-9.
                assert!(least <= 1e-7 * size, "{value}: {least:e} {what}");
            }
            let (sum, squares): (f64, f64) = (found.iter().sum(), found.iter().map(|value| value * value).sum());
            assert!((sum - hessian.trace()).abs() <= 1e-7 * size, "{what}");
            assert!((squares - hessian.norm_squared()).abs() <= 1e-6 * size * size, "{what}");
        }
    }
}

/// All logits are 0, so the Hessian is the mean of s (1 - s) x xᵀ = x xᵀ / 4 over two points.
#[test]
fn logistic_regression_by_hand() {
    let points = Points { features: 2, x: vec![3.0, 0.0, 0.0, 1.0], targets: Targets::Binary(vec![true, false]) };
    let shape = NetworkShape::new(2, &[]).unwrap().without_bias();
    let found = eigenvalues(&Network::new(&shape, &TrainSpec::plain(), vec![0.0, 0.0]), &points).unwrap();
    assert!((found[0] - 9.0 / 8.0).abs() < 1e-14 && (found[1] - 1.0 / 8.0).abs() < 1e-14, "{found:?}");
    let huge = Network::new(&shape, &TrainSpec::plain(), vec![1e308, 0.0]);
    assert!(eigenvalues(&huge, &points).is_none());
}

fn curvature(class: OutcomeClass, eigenvalues: Option<Vec<f64>>) -> HessianSummary {
    HessianSummary { index: 1, lr: 0.1, seed: 2, class, loss: Some(0.5), gradient_norm: Some(0.25), eigenvalues }
}

#[test]
fn spectra_are_medians_and_count_what_is_flat() {
    let all = [
        curvature(OutcomeClass::Success, Some(vec![1.0, 0.5, 0.0])),
        curvature(OutcomeClass::Success, Some(vec![3.0, 0.7, -0.5])),
        curvature(OutcomeClass::Success, Some(vec![2.0, 0.001, -0.001])),
        curvature(OutcomeClass::Chance, Some(vec![0.25, 0.0, 0.0])),
        curvature(OutcomeClass::Diverged, None),
    ];
    let good = Spectrum::of(&all, |one| one.class == OutcomeClass::Success).unwrap();
    let expected =
        Spectrum { models: 3, gradient_norm: 0.25, eigenvalues: vec![2.0, 0.5, -0.001], flat: 1.0, negative: 0.0 };
    assert_eq!(good, expected);
    let bad = Spectrum::of(&all, |one| one.class != OutcomeClass::Success).unwrap();
    assert_eq!((bad.models, bad.flat), (1, 2.0));
    assert!(Spectrum::of(&all, |one| one.class == OutcomeClass::Slow).is_none());
}

#[test]
fn the_table_has_a_row_a_model_and_nothing_where_one_diverged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hessian.csv");
    let all = [
        curvature(OutcomeClass::Success, Some(vec![2.0, 1e-3, 0.0, -0.002, -0.0021, -1.0])),
        curvature(OutcomeClass::Diverged, None),
    ];
    write(&path, 100, 6, &all).unwrap();
    let expected = "model_id,lr,seed,class,loss,gradient_norm,eig_1,eig_2,eig_3,eig_4,eig_5,eig_6,flat,negative\n\
                    101,0.1,2,success,0.5,0.25,2,0.001,0,-0.002,-0.0021,-1,3,2\n\
                    101,0.1,2,diverged,0.5,0.25,,,,,,,,\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_panels_models_are_the_first_and_up_to_twenty_of_each_class() {
    let outcome = Outcome {
        train: Some(Score { loss: 0.5, correct: 9, correct_positive: 4, errors: None }),
        ..Outcome::default()
    };
    let seed_path = |index: u64| TrajectoryPath {
        path: crate::analysis::parameter_paths::ParameterPath { index, outcome, states: Vec::new() },
        seed: index,
        class: if index.is_multiple_of(5) { OutcomeClass::Slow } else { OutcomeClass::Success },
    };
    let panel = LandscapePanel { lr: 0.1, seed_paths: (0..60).map(seed_path).collect(), view: None };
    let chosen = few_of_each_class(&panel);
    let of = |class| chosen.iter().filter(|seed_path| seed_path.class == class).count();
    assert_eq!((of(OutcomeClass::Success), of(OutcomeClass::Slow), chosen[0].path.index), (20, 12, 0));
}
