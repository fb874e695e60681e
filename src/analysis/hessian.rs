//! Full Hessian of small networks: curvature of the loss in every direction at the end points of successful and failed
//! models.

#[cfg(feature = "native")]
mod hessian_csv;

#[cfg(feature = "native")]
pub use hessian_csv::write;

use crate::analysis::landscape::{LandscapePanel, LandscapeSurvey, TrajectoryPath};
use crate::analysis::trajectory::sharpness::gradient_norm;
use crate::dataset::Points;
use crate::engine::Job;
use crate::engine::reference::Network;
use crate::parallel::*;
use crate::statistics::{OutcomeClass, quantile};
use nalgebra::DMatrix;

/// Maximum number of parameters for which the Hessian is computed.
pub const MOST_PARAMETERS: usize = 64;
/// Maximum number of models of each class at each learning rate.
const MOST_OF_A_CLASS: usize = 20;
/// An eigenvalue counts as flat below this share of the largest in magnitude: rounding of the end points to f32 and
/// incomplete convergence keep it from being exactly 0.
pub const FLAT: f64 = 1e-3;

/// Returns the eigenvalues of the Hessian of the mean loss over all `points`, descending; the first is the sharpness.
/// Unit: nats (for squared errors, squared outputs) per squared parameter unit. Uses exact Hessian-vector products with
/// the unit vectors in f64, averaged with the transpose. `None` if a logit or a product is not finite.
pub fn eigenvalues(network: &Network, points: &Points) -> Option<Vec<f64>> {
    let n = network.parameters.len();
    let column = |p: usize| {
        let unit: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == p))).collect();
        network.hessian_times(points, &unit)
    };
    let columns: Vec<Vec<f64>> = (0..n).map(column).collect::<Option<_>>()?;
    let hessian = DMatrix::from_fn(n, n, |i, j| (columns[i][j] + columns[j][i]) / 2.0);
    // The eigensolver would not terminate.
    if hessian.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut values = hessian.symmetric_eigenvalues().as_slice().to_vec();
    values.sort_by(|a, b| b.total_cmp(a));
    Some(values)
}

/// Curvature of the loss at one model's end point.
#[derive(Debug, Clone, PartialEq)]
pub struct HessianSummary {
    /// Trial index.
    pub index: u64,
    /// Learning rate.
    pub lr: f64,
    /// Seed of the initial weights.
    pub seed: u64,
    /// Outcome class.
    pub class: OutcomeClass,
    /// Mean training loss; `None`, here and below, if the model diverged.
    pub loss: Option<f64>,
    /// Gradient norm of that loss.
    pub gradient_norm: Option<f64>,
    /// Eigenvalues, descending, `[parameters]`.
    pub eigenvalues: Option<Vec<f64>>,
}

impl HessianSummary {
    fn of(job: &Job, lr: f64, seed_path: &TrajectoryPath) -> Self {
        let train_spec = job.train_spec.with_loss_of(&job.trials.get(seed_path.path.index).hyperparameters);
        let network = |end: &[f64]| Network::new(&job.shape, &train_spec, end.to_vec());
        let network = seed_path.end().map(network);
        Self {
            index: seed_path.path.index,
            lr,
            seed: seed_path.seed,
            class: seed_path.class,
            loss: seed_path.path.outcome.train.map(|score| score.loss),
            gradient_norm: network.as_ref().and_then(|network| gradient_norm(network, &job.data.train)),
            eigenvalues: network.as_ref().and_then(|network| eigenvalues(network, &job.data.train)),
        }
    }

    /// Returns the number of flat eigenvalues and the number of negative ones that are not flat.
    fn counts(&self) -> Option<(usize, usize)> {
        let values = self.eigenvalues.as_ref()?;
        let flat = FLAT * values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let counted = |is: &dyn Fn(f64) -> bool| values.iter().filter(|value| is(**value)).count();
        Some((counted(&|value| value.abs() <= flat), counted(&|value| value < -flat)))
    }
}

/// Returns the curvature at the end points of each panel's models: the first of each class, up to 20. Empty for
/// networks of more than 64 parameters.
pub fn curvatures(job: &Job, survey: &LandscapeSurvey) -> Vec<HessianSummary> {
    if job.shape.parameters() > MOST_PARAMETERS {
        return Vec::new();
    }
    let chosen = |panel| few_of_each_class(panel).into_iter().map(|seed_path| (panel.lr, seed_path));
    let seed_paths: Vec<(f64, &TrajectoryPath)> = survey.panels.iter().flat_map(chosen).collect();
    seed_paths.par_iter().map(|(lr, seed_path)| HessianSummary::of(job, *lr, seed_path)).collect()
}

fn few_of_each_class(panel: &LandscapePanel) -> Vec<&TrajectoryPath> {
    let mut taken = [0; OutcomeClass::ALL.len()];
    let take = |seed_path: &&TrajectoryPath| {
        taken[seed_path.class as usize] += 1;
        taken[seed_path.class as usize] <= MOST_OF_A_CLASS
    };
    panel.seed_paths.iter().filter(take).collect()
}

/// Median Hessian spectrum of several models.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Spectrum {
    /// Number of models.
    pub models: usize,
    /// Median norm of the gradient; near 0 for converged models.
    pub gradient_norm: f64,
    /// Medians of the largest eigenvalue, of the second, ..., `[parameters]`.
    pub eigenvalues: Vec<f64>,
    /// Median number of flat eigenvalues: at most [`FLAT`] times the model's largest in magnitude.
    pub flat: f64,
    /// Median number of negative eigenvalues that are not flat.
    pub negative: f64,
}

impl Spectrum {
    /// Summarises those of `all` for which `is` holds; `None` if none of them has eigenvalues.
    pub fn of(all: &[HessianSummary], is: impl Fn(&HessianSummary) -> bool) -> Option<Self> {
        let chosen: Vec<&HessianSummary> = all.iter().filter(|one| one.eigenvalues.is_some() && is(one)).collect();
        let median = |of: &dyn Fn(&HessianSummary) -> Option<f64>| {
            let mut values: Vec<f64> = chosen.iter().filter_map(|one| of(one)).collect();
            values.sort_by(f64::total_cmp);
            quantile(&values, 0.5)
        };
        let parameters = chosen.first().and_then(|one| one.eigenvalues.as_ref()).map_or(0, Vec::len);
        let nth = |n: usize| median(&|one| one.eigenvalues.as_ref()?.get(n).copied());
        Some(Self {
            models: chosen.len(),
            gradient_norm: median(&|one| one.gradient_norm)?,
            eigenvalues: (0..parameters).map(nth).collect::<Option<_>>()?,
            flat: median(&|one| Some(one.counts()?.0 as f64))?,
            negative: median(&|one| Some(one.counts()?.1 as f64))?,
        })
    }
}

#[cfg(test)]
mod tests;
