//! The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks", arXiv 1506.01186):
//! one short training in which the learning rate grows with every step, and the rates that its loss curve suggests, for
//! many seeds at once.
//!
//! Follows fastai (`fastai/callback/schedule.py` and `AvgSmoothLoss` in `fastai/learner.py`, version 2.8):
//! - step i of n has the rate start · (stop / start)^(i / n), so that `stop` itself is never reached;
//! - the loss of a step is taken before its update and reflects the rates before it;
//! - losses may be smoothed by an exponentially weighted mean, which lags by up to fifty steps and shifts the
//!   suggestions to higher rates;
//! - the first n / 10 values and the last five are ignored, the five even if the curve was cut short.
//!
//! Differs from fastai:
//! - the steepest fall is searched only before the curve's minimum: a fall after it is an oscillation;
//! - a step is an epoch: one update with full batches, without noise and therefore without smoothing; as many updates
//!   as there are batches with mini-batches, smoothed as in fastai;
//! - a loss that never falls gives no suggestion;
//! - the result is a range of rates to train with, not one rate ([`SuggestedGrid`]). A range test is short, and its
//!   best rate may diverge in a long training or oscillate (Adam). Good rates for training range from the rate of the
//!   steepest fall or a tenth of the minimum's rate, whichever is lower, to the minimum's rate. `tests/lr_find.rs`
//!   checks that by training.

mod curve;
mod range_test_run;

pub use curve::{AtEdge, CurveEnd, RangeTestCurve};
pub use range_test_run::{LoadedTest, LrFindOptions, LrFindReport, PlannedTest, ReadyTest};

use crate::engine::{Engine, Job, Mapping, ProgressCallback, Record, train_reporting};
use crate::error::{Error, Result, number};
use crate::statistics::quantile;
use crate::sweep::{Schedule, ScheduleKind, TrainSpec};

/// fastai's weight of the previous mean when it smooths losses.
pub const SMOOTHING: f64 = 0.98;
/// Rates of a [`SuggestedGrid`] for each factor of ten: the best rate is at most 12 % from one of them.
const PER_DECADE: f64 = 10.0;
/// Maximum number of losses of all models, which are in memory at once.
const MOST_LOSSES: u64 = 10_000_000;

/// Learning rates of a range test, and how to smooth its losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeTest {
    start: f64,
    stop: f64,
    steps: u32,
    smoothing: Option<f64>,
}

impl RangeTest {
    /// Allowed numbers of steps; with fewer, the five values ignored at the end cover too much of the range.
    pub const STEPS: std::ops::RangeInclusive<u32> = 50..=100_000;

    /// Creates a test from `start` towards `stop` in even logarithmic steps. `smoothing` is a weight such as
    /// [`SMOOTHING`], 0 for none; `None` selects the default of [`RangeTest::smoothing`].
    ///
    /// # Errors
    /// [`Error::Setting`] if the range does not rise, or `steps` or `smoothing` is out of range.
    pub fn new(start: f64, stop: f64, steps: u32, smoothing: Option<f64>) -> Result<Self> {
        if !(start.is_finite() && start > 0.0) {
            return Err(Error::setting("--start", number(start), "a number above 0"));
        }
        if !(stop.is_finite() && stop > start) {
            return Err(Error::setting("--stop", number(stop), format!("a number above --start {start}")));
        }
        if !Self::STEPS.contains(&steps) {
            return Err(Error::setting(
                "--steps",
                steps,
                format!("a whole number from {} to {}", Self::STEPS.start(), Self::STEPS.end()),
            ));
        }
        if let Some(smoothing) = smoothing.filter(|smoothing| !(0.0..1.0).contains(smoothing)) {
            return Err(Error::setting("--smoothing", number(smoothing), "a number from 0 (none) to below 1"));
        }
        let this = Self { start, stop, steps, smoothing };
        // Narrower steps would vanish in rounding; wider ones would overflow.
        if !(1.0 + 1e-9..=f64::MAX).contains(&this.factor()) {
            let allowed = "a range in which each learning rate is a number above the one before";
            return Err(Error::setting("--start, --stop", format!("{start:e} to {stop:e}"), allowed));
        }
        Ok(this)
    }

    /// Returns the learning rate of each step, `[steps]`.
    pub fn rates(&self) -> Vec<f64> {
        (0..self.steps).map(|step| self.start * self.factor().powf(step.into())).collect()
    }

    fn factor(&self) -> f64 {
        (self.stop / self.start).powf(1.0 / f64::from(self.steps))
    }

    /// Returns the smoothing of `job`'s losses: the given one, else none for full batches and [`SMOOTHING`] for
    /// mini-batches.
    pub fn smoothing(&self, job: &Job) -> f64 {
        let usual = if job.train_spec.batches.is_full(job.data.train.len()) { 0.0 } else { SMOOTHING };
        self.smoothing.unwrap_or(usual)
    }

    /// Returns the test's job: `cell`, with trials at the learning rate `start`, and an epoch for each step.
    ///
    /// # Errors
    /// [`Error::Setting`] if the losses would not fit into memory; otherwise as for [`Engine::choose_mapping`].
    pub fn job(&self, cell: &Job, mapping: Option<Mapping>, engine: &dyn Engine) -> Result<Job> {
        let models = cell.trials.len();
        if models.saturating_mul(u64::from(self.steps) + 1) > MOST_LOSSES {
            let allowed = format!("up to {} with {} steps", MOST_LOSSES / (u64::from(self.steps) + 1), self.steps);
            return Err(Error::setting("--seeds", models, allowed));
        }
        let schedule = Schedule::new(ScheduleKind::Exponential, self.steps, None, Some(self.factor()), None)?;
        let train_spec = TrainSpec { schedule, ..cell.train_spec.clone() };
        let record = Record { epochs: (0..=self.steps).collect(), curves_below: models, ..Record::default() };
        let job = Job { train_spec, epochs: self.steps, record, ..cell.clone() };
        let mapping = mapping.map_or_else(|| engine.choose_mapping(&job, models), Ok)?;
        Ok(Job { mapping: Some(mapping), ..job })
    }
}

/// Quantiles of a suggested rate over all seeds that have one.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SuggestedRate {
    /// The 50 % quantile, a learning rate like the other two.
    pub median: f64,
    /// The 10 % quantile.
    pub low: f64,
    /// The 90 % quantile.
    pub high: f64,
    /// Number of models with a suggestion.
    pub models: usize,
}

impl SuggestedRate {
    /// Computes quantiles of rates above 0 on a logarithmic scale; `None` if there are no rates.
    fn of(rates: impl Iterator<Item = f64>) -> Option<Self> {
        let mut logarithms: Vec<f64> = rates.map(f64::ln).collect();
        logarithms.sort_by(f64::total_cmp);
        let [low, median, high] = QUANTILES.map(|q| quantile(&logarithms, q).map(f64::exp));
        Some(Self { median: median?, low: low?, high: high?, models: logarithms.len() })
    }
}

/// Quantiles of the band's lower edge, its middle and its upper edge.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// Learning rates to train with: a geometric sequence from `start` to `stop`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SuggestedGrid {
    /// Lowest rate: the lower of the steepest fall's rate and a tenth of the minimum's, each at the seeds' 10 %
    /// quantile, rounded down; not below the rates of the test.
    pub start: f64,
    /// Highest rate: the minimum's at the seeds' 90 % quantile, rounded up; not above the rates of the test.
    pub stop: f64,
    /// Number of rates: ten for each factor of ten.
    pub count: usize,
}

impl SuggestedGrid {
    fn of(steepest: SuggestedRate, lowest: SuggestedRate, [first, last]: [f64; 2]) -> Self {
        let start = rounded(steepest.low.min(lowest.low / 10.0), f64::floor).max(first);
        let stop = rounded(lowest.high, f64::ceil).min(last);
        Self { start, stop, count: ((stop / start).log10() * PER_DECADE).ceil() as usize + 1 }
    }
}

/// Formats the grid as `--lr` takes it: `geomspace:0.018:0.74:18`.
impl std::fmt::Display for SuggestedGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "geomspace:{}:{}:{}", text(self.start), text(self.stop), self.count)
    }
}

/// Rounds a number above 0 to two digits.
fn rounded(number: f64, round: impl Fn(f64) -> f64) -> f64 {
    let exponent = number.log10().floor() as i32 - 1;
    let digits = number / 10f64.powi(exponent);
    // A number of two digits stays unchanged despite rounding in the division.
    let near = digits.round();
    let digits = if (digits - near).abs() < 1e-9 { near } else { round(digits) };
    format!("{digits}e{exponent}").parse().unwrap_or(number)
}

/// Formats a number without an exponent unless that would be long.
fn text(number: f64) -> String {
    if (1e-4..1e5).contains(&number) { number.to_string() } else { format!("{number:e}") }
}

/// Range tests of all seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct LrFound {
    /// Learning rates, `[steps]`.
    pub rates: Vec<f64>,
    /// Curves by seed.
    pub curves: Vec<RangeTestCurve>,
    /// Rates of the steepest fall; `None` if no curve has one.
    pub steepest: Option<SuggestedRate>,
    /// Rates of the minimum, see [`RangeTestCurve::lowest`]; `None` if no curve has one.
    pub lowest: Option<SuggestedRate>,
    /// Rates to train with; `None` if no loss falls.
    pub grid: Option<SuggestedGrid>,
}

impl LrFound {
    /// Summarises the curves.
    pub fn of(rates: Vec<f64>, curves: Vec<RangeTestCurve>) -> Self {
        let steepest = SuggestedRate::of(curves.iter().filter_map(|curve| curve.steepest));
        let lowest = SuggestedRate::of(curves.iter().filter_map(|curve| curve.lowest));
        let ends = rates.first().copied().zip(rates.last().copied());
        let grid = steepest.zip(lowest).zip(ends).map(|((steep, low), (a, b))| SuggestedGrid::of(steep, low, [a, b]));
        Self { rates, curves, steepest, lowest, grid }
    }

    /// Returns a tenth of the minimum's rate.
    pub fn tenth(&self) -> Option<SuggestedRate> {
        let SuggestedRate { median, low, high, models } = self.lowest?;
        Some(SuggestedRate { median: median / 10.0, low: low / 10.0, high: high / 10.0, models })
    }

    /// Returns the number of models whose curves have this `end`.
    pub fn ended(&self, end: CurveEnd) -> usize {
        self.curves.iter().filter(|curve| curve.end == end).count()
    }

    /// Returns the numbers of models whose steepest fall, and whose minimum, is at an edge of the evaluated range.
    pub fn at_edges(&self) -> [usize; 2] {
        [0, 1].map(|n| self.curves.iter().filter(|curve| curve.edges[n].is_some()).count())
    }

    /// Whether the test's range limits the grid's start, and its stop, since at least a tenth of the models fall most
    /// steeply at the first rates, or still fall at the last: better rates may be outside. [`AtEdge::Steps`] does not
    /// count, because more steps do not extend the range.
    pub fn is_cut(&self) -> [bool; 2] {
        let models = [self.steepest, self.lowest].map(|spread| spread.map_or(0, |spread| spread.models));
        let edges = [AtEdge::Start, AtEdge::Stop].map(|edge| self.at(edge));
        [0, 1].map(|n| edges[n] > 0 && edges[n] as f64 >= QUANTILES[0] * models[n] as f64)
    }

    /// Returns the number of models whose loss rises from the first rates on.
    pub fn too_high(&self) -> usize {
        self.curves.iter().filter(|curve| curve.rises_at_once()).count()
    }

    /// Returns the number of models with a suggestion at this edge of the evaluated range.
    pub fn at(&self, edge: AtEdge) -> usize {
        self.curves.iter().filter(|curve| curve.edges.contains(&Some(edge))).count()
    }

    /// Returns the 10 %, 50 % and 90 % quantiles of the losses before each step, each `[steps]`; a curve that has ended
    /// counts as infinite.
    ///
    /// # Panics
    /// If there is no curve.
    pub fn band(&self) -> [Vec<f64>; 3] {
        let at = |step: usize| {
            let loss = |curve: &RangeTestCurve| curve.losses.get(step).copied().unwrap_or(f64::INFINITY);
            let mut losses: Vec<f64> = self.curves.iter().map(loss).collect();
            losses.sort_by(f64::total_cmp);
            QUANTILES.map(|q| quantile(&losses, q).expect("a test has curves"))
        };
        let all: Vec<[f64; 3]> = (0..self.rates.len()).map(at).collect();
        [0, 1, 2].map(|n| all.iter().map(|step| step[n]).collect())
    }
}

/// Trains `job`, which [`RangeTest::job`] of `test` returned, and evaluates each curve.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Stopped`] by the callback.
pub fn lr_find(
    engine: &mut dyn Engine,
    job: &Job,
    test: &RangeTest,
    callback: &mut ProgressCallback<'_>,
) -> Result<LrFound> {
    let (rates, batch) = (test.rates(), train_reporting(engine, job, 0..job.trials.len(), callback)?);
    // The last loss, after all updates, belongs to no step.
    let losses = batch.curves.train_loss.chunks_exact(rates.len() + 1).map(|losses| &losses[..rates.len()]);
    let curves = losses.map(|losses| RangeTestCurve::of(&rates, losses, test.smoothing(job))).collect();
    Ok(LrFound::of(rates, curves))
}

#[cfg(test)]
mod tests;
