//! Trains the models of a landscape, finds its planes and evaluates them.

use super::extent::range;
use super::{Directions, Landscape, LandscapeRequest, PanelTrials, evaluate};
use crate::analysis::parameter_paths::{ParameterPath, paths};
use crate::clock::Instant;
use crate::engine::{Engine, Job, Outcome, ProgressCallback, begin_step};
use crate::error::Result;
use crate::statistics::{OutcomeClass, quantile};
use std::collections::HashMap;

/// Landscape at one learning rate.
#[derive(Debug, Clone, PartialEq)]
pub struct LandscapePanel {
    /// Learning rate.
    pub lr: f64,
    /// Trajectories, never empty; the plane goes through the end point of the first.
    pub seed_paths: Vec<TrajectoryPath>,
    /// `None` if that model diverged and has no end point.
    pub view: Option<PlaneLosses>,
}

impl LandscapePanel {
    /// Returns the number of models of this class.
    pub fn ended(&self, class: OutcomeClass) -> usize {
        self.seed_paths.iter().filter(|seed_path| seed_path.class == class).count()
    }

    /// Returns minimum and median of the plane's finite losses; `None` if there are none.
    pub fn least_and_median_loss(&self) -> [Option<f64>; 2] {
        let all = self.view.iter().flat_map(|view| &view.landscape.losses);
        let mut finite: Vec<f64> = all.copied().filter(|loss| loss.is_finite()).collect();
        finite.sort_by(f64::total_cmp);
        [0.0, 0.5].map(|q| quantile(&finite, q))
    }
}

/// One model's trajectory and outcome class.
#[derive(Debug, Clone, PartialEq)]
pub struct TrajectoryPath {
    /// Parameters at some epochs.
    pub path: ParameterPath,
    /// Seed of the initial weights.
    pub seed: u64,
    /// Outcome class.
    pub class: OutcomeClass,
}

impl TrajectoryPath {
    /// Returns the parameters after the last epoch; `None` if the model diverged.
    pub fn end(&self) -> Option<&[f64]> {
        let last = self.path.states.last().filter(|_| self.path.outcome.diverged.is_none());
        last.map(|(_, parameters)| parameters.as_slice())
    }
}

/// A plane with its losses.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneLosses {
    /// Losses on a grid over the plane.
    pub landscape: Landscape,
    /// See [`super::PlaneDirections::shares`].
    pub shares: Option<[f64; 2]>,
}

/// Landscapes of all panels.
#[derive(Debug, Clone, PartialEq)]
pub struct LandscapeSurvey {
    /// Panels by learning rate, ascending.
    pub panels: Vec<LandscapePanel>,
    /// Number of networks evaluated.
    pub networks: u64,
    /// Seconds to find the planes and evaluate the networks.
    pub seconds: f64,
}

impl LandscapeSurvey {
    /// Returns the panels that have a plane.
    pub fn views(&self) -> impl Iterator<Item = (&LandscapePanel, &PlaneLosses)> {
        self.panels.iter().filter_map(|panel| Some((panel, panel.view.as_ref()?)))
    }
}

/// Trains the models of all `shown` panels up to each of `epochs` (ascending, to the job's last one) and evaluates for
/// each panel a plane through the end point of its first model. `class` classifies an outcome.
///
/// # Errors
/// As for [`Engine::train`] and [`Directions::plane`]; [`crate::Error::Stopped`] by the callback.
pub fn survey(
    engine: &mut dyn Engine,
    job: &Job,
    shown: &[PanelTrials],
    epochs: &[u32],
    (directions, request): (&Directions, &LandscapeRequest),
    class: &dyn Fn(&Outcome) -> OutcomeClass,
    callback: &mut ProgressCallback<'_>,
) -> Result<LandscapeSurvey> {
    let all: Vec<u64> = shown.iter().flat_map(|panel| panel.trials.iter().copied()).collect();
    let found = paths(engine, job, &all, epochs, callback)?;
    let mut found: HashMap<u64, ParameterPath> = found.into_iter().map(|path| (path.index, path)).collect();
    let mut seed_path = |index: &u64| {
        let path = found.remove(index)?;
        let class = class(&path.outcome);
        Some(TrajectoryPath { path, seed: job.trials.get(*index).seed, class })
    };
    let mut survey = LandscapeSurvey { panels: Vec::new(), networks: 0, seconds: 0.0 };
    for panel in shown {
        begin_step(callback, &format!("losses at learning rate {}", panel.lr))?;
        let seed_paths: Vec<TrajectoryPath> = panel.trials.iter().filter_map(&mut seed_path).collect();
        let begun = Instant::now();
        let view = view(engine, job, &seed_paths, directions, request)?;
        survey.seconds += begun.elapsed().as_secs_f64();
        survey.networks += view.as_ref().map_or(0, |view| view.landscape.losses.len() as u64);
        survey.panels.push(LandscapePanel { lr: panel.lr, seed_paths, view });
    }
    Ok(survey)
}

/// Finds the plane through the first model's end point and evaluates its losses; `None` if that model diverged.
fn view(
    engine: &mut dyn Engine,
    job: &Job,
    seed_paths: &[TrajectoryPath],
    directions: &Directions,
    request: &LandscapeRequest,
) -> Result<Option<PlaneLosses>> {
    let Some((first, origin)) = seed_paths.first().and_then(|seed_path| seed_path.end().map(|end| (seed_path, end)))
    else {
        return Ok(None);
    };
    // The states of a diverged model would stretch the range until nothing else is visible.
    let sound = || seed_paths.iter().filter(|seed_path| seed_path.end().is_some());
    let states: Vec<&[f64]> =
        sound().flat_map(|seed_path| seed_path.path.states.iter().map(|(_, p)| p.as_slice())).collect();
    let found = directions.plane(&job.shape, origin, &states)?;
    let reach = |seed_path: &TrajectoryPath| {
        let places = seed_path.path.states.iter().map(|(_, parameters)| found.plane.project(parameters));
        let none = [(f64::INFINITY, f64::NEG_INFINITY); 2];
        places.fold(none, |[x, y], (a, b)| [(x.0.min(a), x.1.max(a)), (y.0.min(b), y.1.max(b))])
    };
    let reaches: Vec<_> = sound().map(reach).collect();
    // A filter-normalised direction is as long as the weights themselves, so that 1 is the scale of interest.
    let least = matches!(directions, Directions::Filter { .. }).then_some((-1.0, 1.0));
    let along = |axis: usize| match request.span {
        Some(span) => (-span, span),
        None => range(&reaches.iter().map(|reach| reach[axis]).collect::<Vec<_>>(), least),
    };
    let train_spec = job.train_spec.with_loss_of(&job.trials.get(first.path.index).hyperparameters);
    let job = &Job { train_spec, ..job.clone() };
    let landscape = evaluate(engine, job, found.plane, [along(0), along(1)], request.grid)?;
    Ok(Some(PlaneLosses { landscape, shares: found.shares }))
}
