//! Tests of the distributions.

use super::*;
use crate::statistics::{ModelResult, OutcomeClass, Summary};

/// Models on ten points, each with its number of points right and its loss; `None`: diverged.
fn group(models: &[Option<(u32, f64)>]) -> Group {
    let mut summary = Summary::of_points(vec![[10, 0]]);
    for (id, model) in models.iter().enumerate() {
        let (train, loss) = model.unzip();
        let class = if train.is_none() { OutcomeClass::Diverged } else { OutcomeClass::Other };
        summary.add(0, &[Some(0.1)], ModelResult::of_training(id as u64, class, train, loss));
    }
    summary.total()
}

/// Frame of the unit square.
fn frame(x: PlotAxis) -> Frame {
    Frame { left: 0.0, right: 1.0, top: 0.0, bottom: 1.0, x, y: PlotAxis::linear(0.0, 1.0) }
}

fn heights(points: &[Position]) -> Vec<f64> {
    points.iter().map(|(_, y)| ((1.0 - y) * 1e9).round() / 1e9).collect()
}

#[test]
fn a_curve_steps_at_every_model_and_one_that_diverged_is_below_all() {
    let group = group(&[Some((5, 1.0)), None, Some((8, 0.1)), Some((5, 10.0))]);
    let points = accuracies(&frame(PlotAxis::linear(0.0, 1.0)), &group);
    assert_eq!(points.iter().map(|(x, _)| *x).collect::<Vec<_>>(), [0.0, 0.5, 0.5, 0.8, 0.8, 1.0]);
    assert_eq!(heights(&points), [0.25, 0.25, 0.75, 0.75, 1.0, 1.0]);
    let points = losses(&frame(PlotAxis::linear(0.0, 10.0)), &group);
    assert_eq!(points.iter().map(|(x, _)| *x).collect::<Vec<_>>(), [0.0, 0.01, 0.01, 0.1, 0.1, 1.0, 1.0, 1.0]);
    assert_eq!(heights(&points), [0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75], "it ends below 1");
}

#[test]
fn shares_are_of_all_models() {
    let group = group(&[Some((5, 1.0)), None, Some((8, 0.1)), Some((9, 0.1))]);
    assert_eq!(
        [0.1, 0.25, 0.26, 0.5, 0.51, 1.0].map(|q| accuracy_quantile(&group, q)),
        [None, None, Some(0.5), Some(0.5), Some(0.8), Some(0.9)]
    );
}

#[test]
fn of_very_many_losses_the_curve_goes_through_their_quantiles() {
    let all: Vec<_> = (0..9000).map(|k| (k % 3 > 0).then_some((5, 1.0 + f64::from(k) / 9000.0))).collect();
    let points = losses(&frame(PlotAxis::linear(1.0, 2.0)), &group(&all));
    // Evenly spaced losses of two thirds of all models: a straight line from 0 to 2/3.
    assert!(points.len() < 300 && points.iter().all(|(x, y)| (1.0 - y - x * 2.0 / 3.0).abs() < 0.01), "{points:?}");
    assert!((points[points.len() - 1].1 - 1.0 / 3.0).abs() < 1e-9);
}
