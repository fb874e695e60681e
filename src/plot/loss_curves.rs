//! The picture of a study's losses: of all models by the value on the x axis, or of the best models of each curve
//! compared.

use super::Picture;
use super::facets::Facets;
use super::loss_comparison::{ComparedLosses, LossComparison};
use super::losses::LossPlot;
use super::study_picture::{Availability, StudyData, StudyPicture};
use super::theme::{count, models, number};
use crate::results::ModelCurve;
use crate::statistics::{Group, OutcomeClass};

/// Maximum number of curves compared.
const CONTENDERS: usize = 8;

/// The picture of a study's losses, a [`LossPlot`] or a [`LossComparison`].
pub struct LossCurves;

impl StudyPicture for LossCurves {
    fn availability(study: &StudyData) -> Availability {
        match study.jobs.iter().map(|job| job.record.curves_below).max() {
            None | Some(0) => Availability::LeftOut("none of the losses: no curves are kept".to_owned()),
            Some(_) => Availability::Drawn,
        }
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        if study.facets.view.has_several_curves() {
            Some(Box::new(compared(study)))
        } else {
            Some(Box::new(all(study)))
        }
    }
}

/// Returns the picture of all models.
fn all<'a>(study: &'a StudyData) -> LossPlot<'a> {
    let x = study.facets.hyperparameters[study.facets.axis];
    let value = |curve: &ModelCurve| curve.trial.hyperparameters.get(x).unwrap_or(f64::NAN);
    let joined = |curves: &[ModelCurve]| curves.iter().flat_map(|curve| curve.values.iter().copied()).collect();
    LossPlot {
        epochs: study.job().record.epochs.clone(),
        x: x.words(),
        values: study.curves.iter().map(value).collect(),
        loss: study.loss(),
        losses: joined(study.curves),
        test: joined(study.test_curves),
        models: study.facets.spec.models(),
        settings: &study.settings,
        caption: caption(study),
    }
}

/// Returns the picture of the best models of the best curves.
fn compared<'a>(study: &'a StudyData) -> LossComparison<'a> {
    let (facets, view) = (study.facets, &study.facets.view);
    let contenders = view.best(CONTENDERS).into_iter().filter_map(|k| {
        let (name, group) = (&view.names[k], view.representative(k)?);
        let own = |curves: &[ModelCurve]| -> Vec<Vec<f32>> {
            curves.iter().filter(|curve| belongs(facets, group, curve)).map(|curve| curve.values.clone()).collect()
        };
        let (curves, test) = (own(study.curves), own(study.test_curves));
        Some(ComparedLosses { name: name.clone(), at: group.x, curves, test, style: view.style(k) })
    });
    LossComparison {
        epochs: study.job().record.epochs.clone(),
        loss: study.loss(),
        x: facets.hyperparameters[facets.axis].words(),
        contenders: contenders.collect(),
        settings: &study.settings,
        caption: caption(study),
    }
}

/// Whether a model belongs to the group, on any of its data sets.
fn belongs(facets: &Facets, group: &Group, curve: &ModelCurve) -> bool {
    let value = |hyperparameter| curve.trial.hyperparameters.get(hyperparameter);
    facets.kinds[curve.cell] == facets.kinds[group.cell]
        && facets.hyperparameters.iter().zip(&group.values).all(|(hyperparameter, own)| value(*hyperparameter) == *own)
}

/// Describes the losses at the start and at the end of the training, and the models without one.
fn caption(study: &StudyData) -> String {
    let (cells, total) = (&study.facets.spec.cells, study.facets.summary.total());
    let kept: u64 = cells.iter().map(|cell_spec| cell_spec.record.curves_below.min(cell_spec.trials.len())).sum();
    let points = cells[0].record.epochs.len() as u64;
    let of_models = if kept == total.n { String::new() } else { format!(" of {} of {}", count(kept), models(total.n)) };
    let mut text = format!("Losses{of_models} at {} times during the training", count(points));
    if let Some([first, last]) = study.ends
        && let Some((before, after)) = first.quantile(0.5).zip(last.quantile(0.5))
    {
        let [before, after] = [before, after].map(|loss| number(loss, 2));
        text += &match last.between(0.25, 0.75) {
            None => format!(": from {before} to {after}"),
            Some(middle) => format!(": the median goes from {before} to {after}, {middle}"),
        };
    }
    // An exploded model has a loss; a diverged one has none.
    match (total.diverged(), total.of_class(OutcomeClass::Exploded)) {
        (0, 0) => text + ".",
        (diverged, 0) => format!("{text}. Without the {} that diverged.", models(diverged)),
        (0, exploded) => format!("{text}. With the {} that exploded.", models(exploded)),
        (diverged, exploded) => {
            let exploded = format!("with the {} that exploded", models(exploded));
            format!("{text}. Without the {} that diverged, {exploded}.", models(diverged))
        }
    }
}
