//! The network against finite differences and numbers computed by hand.

use super::*;
use crate::dataset::Targets;
use crate::math::init::Init;

pub fn network(shape: &NetworkShape, train_spec: &TrainSpec, seed: u64) -> Network {
    let parameters = Init::TORCH.parameters(shape, seed, 1.0).into_iter().map(f64::from).collect();
    Network::new(shape, train_spec, parameters)
}

/// A central difference is wrong if a pre-activation changes sign within the step (a kink). The agreement shows
/// that none does at these points.
#[test]
fn gradients_are_finite_differences() {
    let shapes: [(usize, &[usize]); 5] = [(2, &[]), (2, &[1]), (3, &[5]), (2, &[4, 3]), (4, &[3, 5, 2, 4])];
    for (features, hidden) in shapes {
        for activation in Activation::ALL {
            for (loss, bias, smoothing) in [
                (Loss::Bce, true, None),
                (Loss::Mse, true, None),
                (Loss::Mse, false, Some(0.3)),
                (Loss::Bce, true, Some(0.3)),
            ] {
                let shape = NetworkShape::new(features, hidden).unwrap();
                let shape = if bias { shape } else { shape.without_bias() };
                let loss_params = LossParams::of(|_| smoothing);
                let train_spec = TrainSpec { activation: *activation, loss, loss_params, ..TrainSpec::plain() };
                let what = format!("{shape} {activation} {loss} {smoothing:?}, biases: {bias}");
                differences(&network(&shape, &train_spec, 3), &Points::made_up(23, features), &what);
            }
        }
    }
}

fn differences(network: &Network, points: &Points, what: &str) {
    let gradient = network.gradient(points, &(0..points.len()).collect::<Vec<_>>()).unwrap();
    assert_eq!(gradient.len(), network.parameters.len());
    assert!(gradient.iter().any(|g| g.abs() > 1e-3), "{what}");
    for (p, gradient) in gradient.iter().enumerate() {
        let loss = |step: f64| {
            let mut moved = network.clone();
            moved.parameters[p] += step;
            moved.measure(points).loss
        };
        // Truncation h² f'''/6 ~ 1e-11, rounding 1e-16 / h ~ 1e-11.
        let difference = (loss(1e-5) - loss(-1e-5)) / 2e-5;
        assert!((difference - gradient).abs() <= 1e-9, "{what} {p}: {difference} {gradient}");
    }
}

#[test]
fn a_network_by_hand() {
    // x = (1, 2): hidden relu(0.5·1 + 0.25·2 − 0.5) = 0.5, logit 2·0.5 + 1 = 2.
    let shape = NetworkShape::new(2, &[1]).unwrap();
    let network = Network::new(&shape, &TrainSpec::plain(), vec![0.5, 0.25, -0.5, 2.0, 1.0]);
    let points = Points { features: 2, x: vec![1.0, 2.0], targets: Targets::Binary(vec![false]) };
    assert_eq!(network.logit(points.row(0)), 2.0);
    let sigmoid = 1.0 / (1.0 + (-2.0f64).exp());
    let expected = [2.0 * sigmoid, 4.0 * sigmoid, 2.0 * sigmoid, 0.5 * sigmoid, sigmoid];
    let gradient = network.gradient(&points, &[0]).unwrap();
    assert!(gradient.iter().zip(expected).all(|(g, e)| (g - e).abs() <= 1e-15), "{gradient:?}");
    let measure = network.measure(&points);
    assert!((measure.loss - (1.0 + 2.0f64.exp()).ln()).abs() <= 1e-15 && measure.correct == 0 && measure.finite);
}

#[test]
fn an_infinite_logit_has_no_gradient() {
    let network = Network::new(&NetworkShape::new(1, &[]).unwrap(), &TrainSpec::plain(), vec![1e300, 0.0]);
    let points = Points { features: 1, x: vec![1e300], targets: Targets::Binary(vec![true]) };
    assert!(network.gradient(&points, &[0]).is_none() && !network.measure(&points).finite);
}
