//! Loss over planes in parameter space: good and bad basins, and the trajectories through them.

mod directions;
mod extent;
#[cfg(feature = "native")]
mod landscape_npz;
mod panels;
mod survey;

pub use directions::{Directions, ParameterPair, PlaneDirections};
pub use panels::{LandscapeRequest, MOST_PANELS, PanelTrials, shown_trials};
pub use survey::{LandscapePanel, LandscapeSurvey, PlaneLosses, TrajectoryPath, survey};

use crate::engine::{Engine, Job};
use crate::error::{Error, Result};

/// Bytes of parameters evaluated at a time.
const SLAB: usize = 32 << 20;

/// Plane of the points `origin + a u + b v`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// `[parameters]` in the order of [`crate::model::NetworkShape`], as are `u` and `v`.
    pub origin: Vec<f64>,
    /// Horizontal direction.
    pub u: Vec<f64>,
    /// Vertical direction; not a multiple of `u`.
    pub v: Vec<f64>,
}

impl Plane {
    /// Returns the parameters at `(a, b)`.
    pub fn at(&self, a: f64, b: f64) -> impl Iterator<Item = f64> + '_ {
        self.origin.iter().zip(&self.u).zip(&self.v).map(move |((origin, u), v)| origin + a * u + b * v)
    }

    /// Returns `(a, b)` of the plane's point nearest to `parameters`, by least squares, since `u` and `v` need not be
    /// orthogonal.
    pub fn project(&self, parameters: &[f64]) -> (f64, f64) {
        let away: Vec<f64> = parameters.iter().zip(&self.origin).map(|(p, origin)| p - origin).collect();
        let [uu, uv, vv] = [dot(&self.u, &self.u), dot(&self.u, &self.v), dot(&self.v, &self.v)];
        let (pu, pv, determinant) = (dot(&self.u, &away), dot(&self.v, &away), uu * vv - uv * uv);
        ((vv * pu - uv * pv) / determinant, (uu * pv - uv * pu) / determinant)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Losses on a grid over a plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Landscape {
    /// Plane of the grid.
    pub plane: Plane,
    /// First and last coordinate along `u`.
    pub a: (f64, f64),
    /// First and last coordinate along `v`.
    pub b: (f64, f64),
    /// Grid points along each direction.
    pub n: usize,
    /// Mean loss over the training points, without weight decay, `[n, n]`: `a` varies fastest, `b` ascends by row; NaN
    /// if a logit is not finite.
    pub losses: Vec<f64>,
}

/// Returns `n` evenly spaced coordinates, both ends included.
pub fn places((first, last): (f64, f64), n: usize) -> impl Iterator<Item = f64> {
    let steps = (n.max(2) - 1) as f64;
    (0..n).map(move |i| first + (last - first) * (i as f64 / steps))
}

/// Evaluates `n` × `n` networks of `job` over `plane`, in slabs that limit memory use.
///
/// # Errors
/// As for [`Engine::evaluate`]; [`Error::Setting`] if `n` is below 2.
pub fn evaluate(
    engine: &mut dyn Engine,
    job: &Job,
    plane: Plane,
    ranges: [(f64, f64); 2],
    n: usize,
) -> Result<Landscape> {
    if n < 2 {
        return Err(Error::setting("--grid", n, "at least 2"));
    }
    let rows = (SLAB / (8 * plane.origin.len() * n)).max(1);
    evaluate_rows(engine, job, plane, ranges, n, rows)
}

/// Does the same with `rows_at_once` rows of the grid at a time.
fn evaluate_rows(
    engine: &mut dyn Engine,
    job: &Job,
    plane: Plane,
    [a, b]: [(f64, f64); 2],
    n: usize,
    rows_at_once: usize,
) -> Result<Landscape> {
    let (across, up): (Vec<f64>, Vec<f64>) = (places(a, n).collect(), places(b, n).collect());
    let mut losses = Vec::with_capacity(n * n);
    for rows in up.chunks(rows_at_once) {
        let places = rows.iter().flat_map(|b| across.iter().map(|a| (*a, *b)));
        let parameters: Vec<f64> = places.flat_map(|(a, b)| plane.at(a, b)).collect();
        let scores = engine.evaluate(&job.shape, &job.train_spec, &parameters, &job.data.train)?;
        losses.extend(scores.into_iter().map(|score| score.map_or(f64::NAN, |score| score.loss)));
    }
    match losses.len() == n * n {
        true => Ok(Landscape { plane, a, b, n, losses }),
        false => Err(Error::Device(format!("the engine returned {} of {} losses", losses.len(), n * n))),
    }
}

#[cfg(test)]
mod tests;
