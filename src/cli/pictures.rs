//! Which pictures a run gets, and what goes into them.

use super::summary::{percent, short};
use super::train::Session;
use super::words;
use gpu_sweep::Result;
use gpu_sweep::analysis::replay::{Examples, Replayed, replay};
use gpu_sweep::engine::reference::Network;
use gpu_sweep::plot::{AccuracyPlot, Boundary, DataPlot, HistogramPlot, LossPlot, Picture, SuccessPlot, write_all};
use gpu_sweep::statistics::Summary;
use gpu_sweep::study::CurveKind;
use rayon::prelude::*;
use std::path::PathBuf;

/// Curves read for the picture of losses.
const CURVES: usize = 4000;
/// Models whose boundaries are drawn.
const BOUNDARIES: usize = 5;

/// Pictures drawn, and reasons for those that were not.
#[derive(Debug, Default)]
pub struct Drawn {
    pub files: Vec<PathBuf>,
    pub left_out: Vec<String>,
}

/// Draws all pictures that the results allow; those that are there already only if `anew`.
pub fn draw(session: &mut Session, summary: &Summary, anew: bool) -> Result<Drawn> {
    let folder = session.study.pictures()?;
    let (names, left_out) = possible(session);
    let is_there = |name: &&str| ["png", "svg"].iter().all(|end| folder.join(format!("{name}.{end}")).is_file());
    if !anew && names.iter().all(is_there) {
        return Ok(Drawn { files: Vec::new(), left_out });
    }
    let boundaries = if names.contains(&"data") { boundaries(session, summary)? } else { Vec::new() };
    let curves = session.study.curves(CurveKind::TrainLoss, CURVES)?;
    let rates: Vec<f64> = curves.iter().map(|curve| curve.lr).collect();
    let losses: Vec<f32> = curves.iter().flat_map(|curve| curve.values.iter().copied()).collect();
    let (job, threshold, settings) = (&session.job, session.sweep.success_threshold, &words::settings(&session.job));
    let (epochs, models, axes) = (&job.record.epochs, job.trials.len(), axes(session));
    let data = DataPlot {
        name: &job.data.name,
        points: &job.data.train,
        features: [0, 1].map(|axis| axes.get(axis).map_or("", String::as_str)),
        classes: [&job.data.class_names[0], &job.data.class_names[1]],
        boundaries: &boundaries,
        settings,
    };
    let accuracy = AccuracyPlot { summary, settings, reference: None };
    let success = SuccessPlot { summary, threshold, settings };
    let losses = LossPlot { epochs, rates: &rates, losses: &losses, models, settings };
    let histogram = HistogramPlot { summary, threshold, settings };
    let all: [&dyn Picture; 5] = [&data, &accuracy, &success, &losses, &histogram];
    let all: Vec<&dyn Picture> = all.into_iter().filter(|picture| names.contains(&picture.name())).collect();
    Ok(Drawn { files: write_all(&all, &folder)?, left_out })
}

/// Names of the pictures that can be drawn, and why the others can't.
fn possible(session: &Session) -> (Vec<&'static str>, Vec<String>) {
    let (mut names, mut left_out) = (vec!["accuracy", "success", "histogram"], Vec::new());
    match session.job.shape.features() {
        2 => names.push("data"),
        n => left_out.push(format!("none of the data: that would need 2 features, not {n}")),
    }
    match session.job.record.curves_below {
        0 => left_out.push("none of the losses: no curves are kept".to_owned()),
        _ => names.push("losses"),
    }
    (names, left_out)
}

/// Names for the axes, which show the features as the models see them.
fn axes(session: &Session) -> Vec<String> {
    let data = &session.job.data;
    let note = if data.scaling.is_some() { " (standard deviations from the mean)" } else { "" };
    data.feature_names.iter().map(|name| format!("{name}{note}")).collect()
}

/// Best, quartiles and worst at the best learning rate; where those are few outcomes, the same of the whole sweep beside
/// them. Trials by points right, the best first.
fn chosen(session: &Session, best: f64) -> Result<Vec<u64>> {
    let (mut of_best, mut of_all) = (Examples::default(), Examples::default());
    for chunk in session.study.chunks() {
        let models = chunk?.models()?;
        for ((index, lr), outcome) in models.range().zip(&models.lr).zip(&models.outcomes) {
            let Some(score) = outcome.train else { continue };
            of_all.add(index, score.correct);
            if *lr == best {
                of_best.add(index, score.correct);
            }
        }
    }
    let mut chosen = of_best.spread();
    for more in of_all.spread() {
        if chosen.len() < BOUNDARIES && chosen.iter().all(|(correct, _)| *correct != more.0) {
            chosen.push(more);
        }
    }
    chosen.sort_unstable_by_key(|(correct, index)| (std::cmp::Reverse(*correct), *index));
    Ok(chosen.into_iter().map(|(_, index)| index).collect())
}

/// What a few models say on the picture's grid.
fn boundaries(session: &mut Session, summary: &Summary) -> Result<Vec<Boundary>> {
    let Some(best) = summary.best() else { return Ok(Vec::new()) };
    let chosen = chosen(session, best.lr)?;
    session.study.use_engine(session.engine.info(), &session.job.mapping)?;
    let replayed = replay(session.engine.as_mut(), &session.job, &chosen)?;
    let grid = DataPlot::grid(&session.job.data.train).points();
    let boundary = |model: Replayed| {
        let points = session.job.data.train.len() as f64;
        let accuracy = percent(model.correct.map(|correct| f64::from(correct) / points), 1);
        let network = Network::new(&session.job.shape, &session.job.recipe, model.weights);
        let logits = (0..grid.len()).into_par_iter().map(|n| network.logit(grid.row(n))).collect();
        let lr = short(model.trial.lr());
        Boundary { label: format!("lr {lr}, seed {}: {accuracy}", model.trial.seed), logits }
    };
    Ok(replayed.into_iter().map(boundary).collect())
}
