//! Settings that depend on what the data's targets are.

use super::Sweep;
use crate::dataset::{Dataset, Targets};
use crate::error::{Error, Result, one_of, quoted};
use crate::math::Loss;
use crate::statistics::Select;
use crate::sweep::{ClassWeight, Job, Metric};
use std::sync::Arc;

/// Returns the loss of models on this data: for several classes the cross-entropy is that of softmax, and numbers are
/// learnt with the squared error in its place.
pub(super) fn loss(sweep: &Sweep, data: &Dataset) -> Result<Loss> {
    let (given, classes) = (sweep.loss, data.class_names.len());
    let refuse = |what: &str, losses: &[Loss]| {
        let names: Vec<String> = losses.iter().map(Loss::to_string).collect();
        Err(Error::setting("--loss", given, format!("{} for {what}", one_of(&names))))
    };
    match (&data.train.targets, given) {
        (Targets::Classes { .. }, Loss::Bce | Loss::Softmax) => {
            let why = format!("is for two classes with one logit; there are {classes} logits: leave it out");
            logit_measures(sweep, &why).map(|()| Loss::Softmax)
        }
        (Targets::Classes { .. }, _) => refuse(&format!("{classes} classes"), &[Loss::Softmax]),
        (Targets::Binary(_), Loss::Mae | Loss::Huber) => {
            refuse("two classes", &[Loss::Bce, Loss::Mse, Loss::Hinge, Loss::Softmax])
        }
        (Targets::Real { .. }, Loss::Bce | Loss::Mse | Loss::Mae | Loss::Huber) => {
            numbers(sweep, data).map(|()| if given == Loss::Bce { Loss::Mse } else { given })
        }
        (Targets::Thresholded(_), Loss::Softmax) | (Targets::Real { .. }, _) => {
            refuse("numbers as targets", &[Loss::Mse, Loss::Mae, Loss::Huber])
        }
        (Targets::Binary(_) | Targets::Thresholded(_), loss) => Ok(loss),
    }
}

/// Refuses measures that are defined for two classes with one logit, for this reason.
fn logit_measures(sweep: &Sweep, why: &str) -> Result<()> {
    if sweep.metrics.contains(&Metric::Auc) {
        return Err(Error::usage("--metrics auc", why));
    }
    if sweep.select == Select::Balanced {
        return Err(Error::usage("--select balanced", why));
    }
    Ok(())
}

/// Refuses what is for classes alone where targets are numbers.
fn numbers(sweep: &Sweep, data: &Dataset) -> Result<()> {
    let why = format!("is for classes, but the targets of {} are numbers: leave it out", quoted(&data.name));
    logit_measures(sweep, &why)?;
    if sweep.class_weight != ClassWeight::None {
        return Err(Error::usage("--class-weight balanced", why));
    }
    if sweep.label_smoothing.is_some() {
        return Err(Error::usage("--label-smoothing", why));
    }
    Ok(())
}

/// Refuses data with classes beside data with numbers as targets: an accuracy and an R² have no mean.
pub(super) fn one_measure(jobs: &[Job]) -> Result<()> {
    let (numbers, classes): (Vec<&Job>, Vec<&Job>) = jobs.iter().partition(|job| job.data.train.is_regression());
    let (Some(numbers), Some(classes)) = (numbers.first(), classes.first()) else { return Ok(()) };
    let what = format!(
        "lists {} with numbers as targets and {} with classes: an accuracy and an R² have no common mean; train \
         them apart",
        numbers.data.name, classes.data.name
    );
    Err(Error::usage("--dataset", what))
}

/// Returns the weights of the classes in the loss, if they are weighted.
pub(super) fn class_weights(sweep: &Sweep, data: &Dataset) -> Result<Option<Arc<[f64]>>> {
    match sweep.class_weight {
        ClassWeight::None => Ok(None),
        ClassWeight::Balanced => match data.train.balanced_weights().filter(|_| !data.train.has_numbers()) {
            Some(weights) => Ok(Some(weights.into())),
            None => {
                let what = "needs training rows of every class; leave it out, give more rows for training, or leave out --label-noise";
                Err(Error::usage("--class-weight balanced", what))
            }
        },
    }
}
