//! The reference engine update by update, where PyTorch saved batch losses, gradient norms or logits; and the inputs of
//! training: schedules and standardised features.

use crate::case::{Case, pick};
use crate::common::{relative, worst};
use gpu_sweep::engine::reference::Network;
use gpu_sweep::sweep::RowOrder;

/// As in `trainings`: rounding at 1e-16 over 200 epochs.
const TOLERANCE: f64 = 1e-10;

pub fn compare(case: &Case) {
    if let Some(multipliers) = &case.extra.multipliers {
        let ours: Vec<f64> = (0..case.epochs).map(|epoch| case.train_spec.schedule.multiplier(epoch)).collect();
        // Absolute, because the cosines cancel at their ends; PyTorch computes recursively and accumulates 200
        // roundings.
        let error = worst(ours.iter().zip(multipliers).map(|(ours, theirs)| (ours - theirs).abs()));
        assert!(ours.len() == multipliers.len() && error <= 1e-13, "multipliers {error}");
    }
    if let Some([mean, std]) = &case.extra.scaling {
        let ours = case.data.scaling.as_ref().unwrap();
        // Sums of 569 terms, each rounded at 1e-16.
        let error = worst([relative(&ours.mean, mean), relative(&ours.std, std)].concat());
        assert!(error <= 1e-13, "mean and standard deviation {error}");
    }
    for model in 0..case.models() {
        outputs(case, model);
        updates(case, model);
    }
}

/// The forward pass alone, with PyTorch's final weights.
fn outputs(case: &Case, model: usize) {
    let Some(outputs) = &case.extra.outputs else { return };
    let (network, outputs) = (network(case, &case.last, model), case.of(outputs, model));
    let ours: Vec<f64> = (0..case.points().len()).flat_map(|n| network.outputs(case.points().row(n))).collect();
    assert_eq!(ours.len(), outputs.len());
    // Sums of a few terms of the size of the largest output, which may cancel.
    let largest = worst(outputs.iter().map(|z| z.abs()));
    let error = worst(ours.iter().zip(outputs).map(|(ours, theirs)| (ours - theirs).abs() / largest));
    assert!(error <= 1e-13, "model {model}: outputs {error}");
}

fn network(case: &Case, parameters: &[f64], model: usize) -> Network {
    let train_spec = case.train_spec.with_loss_of(&case.trials[model]);
    Network::new(&case.shape, &train_spec, case.of(parameters, model).to_vec())
}

/// The loss of each batch before its update, and the gradient norm before clipping.
fn updates(case: &Case, model: usize) {
    let (losses, norms) =
        (per_update(&case.extra.batch_losses, case, model), per_update(&case.extra.norms, case, model));
    let (mut own_losses, mut own_norms) = (Vec::new(), Vec::new());
    let (mut network, rates) =
        (network(case, &case.initial, model), case.trials[model].rates(case.train_spec.optimizer));
    for epoch in 0..if losses.is_some() || norms.is_some() { case.epochs } else { 0 } {
        for rows in batches(case, epoch) {
            let points = pick(case.points(), &rows);
            own_losses.push(network.measure(&points).loss);
            let gradient = network.gradient(&points, &(0..rows.len()).collect::<Vec<_>>()).unwrap();
            own_norms.push(gradient.iter().map(|g| g * g).sum::<f64>().sqrt());
            assert!(network.update(gradient, &rates.scheduled(case.train_spec.schedule.multiplier(epoch))));
        }
    }
    for (what, ours, theirs) in [("batch losses", own_losses, losses), ("norms", own_norms, norms)] {
        let Some(theirs) = theirs else { continue };
        let error = worst(relative(&ours, &theirs));
        assert!(error <= TOLERANCE, "model {model}: {what} {error}");
    }
}

/// One model's part of an array `[updates, models]`.
fn per_update(array: &Option<Vec<f64>>, case: &Case, model: usize) -> Option<Vec<f64>> {
    array.as_ref().map(|array| array.iter().skip(model).step_by(case.models()).copied().collect())
}

/// The rows of each update of an epoch.
fn batches(case: &Case, epoch: u32) -> Vec<Vec<u32>> {
    let rows = case.points().len();
    match &case.train_spec.batches.order {
        RowOrder::Given(order) => {
            order[epoch as usize * rows..][..rows].chunks(case.train_spec.batches.size).map(<[u32]>::to_vec).collect()
        }
        _ => vec![(0..rows as u32).collect()],
    }
}
