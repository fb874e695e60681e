//! Settings that depend on what the data's targets are.

use super::Sweep;
use crate::dataset::{Dataset, Targets};
use crate::error::{Error, Result, one_of};
use crate::math::Loss;
use crate::statistics::Select;
use crate::sweep::{ClassWeight, Job, Metric};
use std::sync::Arc;

/// Returns the loss of models on this data: for several classes the cross-entropy is that of softmax.
pub(super) fn loss(sweep: &Sweep, data: &Dataset) -> Result<Loss> {
    let (given, classes) = (sweep.loss, data.class_names.len());
    let refuse = |what: &str, losses: &[Loss]| {
        let names: Vec<String> = losses.iter().map(Loss::to_string).collect();
        Err(Error::setting("--loss", given, format!("{} for {what}", one_of(&names))))
    };
    match (&data.train.targets, given) {
        (Targets::Classes { .. }, Loss::Bce | Loss::Softmax) => several_classes(sweep, classes).map(|()| Loss::Softmax),
        (Targets::Classes { .. }, _) => refuse(&format!("{classes} classes"), &[Loss::Softmax]),
        (Targets::Binary(_), Loss::Mae | Loss::Huber) => {
            refuse("two classes", &[Loss::Bce, Loss::Mse, Loss::Hinge, Loss::Softmax])
        }
        (Targets::Thresholded(_), Loss::Softmax) | (Targets::Real { .. }, Loss::Bce | Loss::Hinge | Loss::Softmax) => {
            refuse("numbers as targets", &[Loss::Mse, Loss::Mae, Loss::Huber])
        }
        (Targets::Binary(_) | Targets::Thresholded(_) | Targets::Real { .. }, loss) => Ok(loss),
    }
}

/// Refuses measures that are defined for two classes with one logit.
fn several_classes(sweep: &Sweep, classes: usize) -> Result<()> {
    let what = format!("is for two classes with one logit; there are {classes} logits: leave it out");
    if sweep.metrics.contains(&Metric::Auc) {
        return Err(Error::usage("--metrics auc", what));
    }
    if sweep.select == Select::Balanced {
        return Err(Error::usage("--select balanced", what));
    }
    Ok(())
}

/// Refuses data with classes beside data with numbers as targets: an accuracy and an R² have no mean.
pub(super) fn one_measure(jobs: &[Job]) -> Result<()> {
    let (numbers, classes): (Vec<&Job>, Vec<&Job>) = jobs.iter().partition(|job| job.data.train.is_regression());
    let (Some(numbers), Some(classes)) = (numbers.first(), classes.first()) else { return Ok(()) };
    let what = format!(
        "lists {}, whose targets are numbers, beside {}, which has classes: accuracies and R² do not compare; train \
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
                let what = "needs training rows of every class; leave it out, or give more rows for training";
                Err(Error::usage("--class-weight balanced", what))
            }
        },
    }
}
