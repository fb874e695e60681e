//! The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks", arXiv 1506.01186): one short
//! training in which the learning rate grows from step to step, and what the curve of its losses suggests, for many seeds at once.
//!
//! By fastai's definitions (`fastai/callback/schedule.py` and `AvgSmoothLoss` in `fastai/learner.py`, version 2.8):
//! - step i of n has the rate start · (stop / start)^(i / n), so that `stop` itself is never reached;
//! - its loss is the one before its update and shows what the rates before it did;
//! - losses may be smoothed by an exponentially weighted mean, which lags by up to fifty steps and makes the rates higher;
//! - of the curve the first n / 10 values and the last five are left out, the five even where it was cut short.
//!
//! Other than there:
//! - the steepest fall is sought before the curve's minimum only: a fall behind it is an oscillation;
//! - a step is an epoch: one update with all rows at once, without noise and therefore without smoothing; with mini-batches as
//!   many updates as there are batches, smoothed as fastai does;
//! - a loss that never falls suggests nothing;
//! - the outcome is a range of rates to train with, not one rate ([`SuggestedGrid`]). A range test is short, and what it likes best may
//!   diverge in a long training or oscillate (Adam): the good rates of trainings lie between the steepest fall or a tenth of
//!   the minimum's rate, whichever is lower, and the minimum's rate. `tests/lr_find.rs` holds that by training.

mod curve;

pub use curve::{AtEdge, CurveEnd, RangeTestCurve};

use crate::engine::{Engine, InMemorySink, Job, Record};
use crate::error::{Error, Result, number};
use crate::statistics::quantile;
use crate::sweep::{CellInputs, Schedule, ScheduleKind, TrainSpec};

/// fastai's weight of what was before, in the mean of the losses.
pub const SMOOTHING: f64 = 0.98;
/// Rates of a [`Grid`] for each factor of ten: the best rate is at most 12 % from one of them.
const PER_DECADE: f64 = 10.0;
/// Most losses of all models, which are in memory at once.
const MOST_LOSSES: u64 = 10_000_000;

/// The learning rates of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeTest {
    start: f64,
    stop: f64,
    steps: u32,
    smoothing: Option<f64>,
}

impl RangeTest {
    /// How many steps there may be: with fewer, the five values left out at the end are too large a part of the range.
    pub const STEPS: std::ops::RangeInclusive<u32> = 50..=100_000;

    /// From `start` towards `stop`, even steps of the logarithm; `smoothing` such as [`SMOOTHING`], 0 for none; without it, that of
    /// [`RangeTest::smoothing`].
    ///
    /// # Errors
    /// [`Error::Setting`] where that is no rising range, too few steps for anything to be left of the curve, or no weight.
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
        // Narrower steps would be lost in rounding, and wider ones in infinity.
        if !(1.0 + 1e-9..=f64::MAX).contains(&this.factor()) {
            let allowed = "a range in which each learning rate is a number above the one before";
            return Err(Error::setting("--start, --stop", format!("{start:e} to {stop:e}"), allowed));
        }
        Ok(this)
    }

    /// The learning rate of each step, `[steps]`.
    pub fn rates(&self) -> Vec<f64> {
        (0..self.steps).map(|step| self.start * self.factor().powf(step.into())).collect()
    }

    fn factor(&self) -> f64 {
        (self.stop / self.start).powf(1.0 / f64::from(self.steps))
    }

    /// The smoothing of `job`'s losses: what was given; else none for all rows at once, and [`SMOOTHING`] for mini-batches.
    pub fn smoothing(&self, job: &Job) -> f64 {
        let usual = if job.recipe.batches.is_full(job.data.train.len()) { 0.0 } else { SMOOTHING };
        self.smoothing.unwrap_or(usual)
    }

    /// The test of a cell whose trials have the learning rate `start`: an epoch for each step.
    ///
    /// # Errors
    /// [`Error::Setting`] for more losses than memory holds; otherwise as for [`Engine::choose_mapping`].
    pub fn job(&self, inputs: &CellInputs, mapping: Option<&str>, engine: &dyn Engine) -> Result<Job> {
        let CellInputs { data, trials, initial, shape, recipe, .. } = inputs.clone();
        let (rows, models) = (data.train.len(), trials.len());
        if models.saturating_mul(u64::from(self.steps) + 1) > MOST_LOSSES {
            let allowed = format!("up to {} with {} steps", MOST_LOSSES / (u64::from(self.steps) + 1), self.steps);
            return Err(Error::setting("--seeds", models, allowed));
        }
        let schedule = Schedule::new(ScheduleKind::Exponential, self.steps, None, Some(self.factor()), None)?;
        let recipe = TrainSpec { schedule, ..recipe };
        let record = Record { epochs: (0..=self.steps).collect(), curves_below: models, ..Record::default() };
        let mapping = match mapping {
            Some(mapping) => mapping.to_owned(),
            None => engine.choose_mapping(&shape, &recipe, rows, models)?,
        };
        Ok(Job { shape, data, trials, initial, recipe, epochs: self.steps, record, mapping })
    }
}

/// A suggestion over all seeds that have one.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SuggestedRate {
    /// The 50 % quantile, a learning rate as the other two.
    pub median: f64,
    /// The 10 % quantile.
    pub low: f64,
    /// The 90 % quantile.
    pub high: f64,
    /// Models that have one.
    pub models: usize,
}

impl SuggestedRate {
    /// Of rates above 0, on the scale of their logarithms; none of none.
    fn of(rates: impl Iterator<Item = f64>) -> Option<Self> {
        let mut logarithms: Vec<f64> = rates.map(f64::ln).collect();
        logarithms.sort_by(f64::total_cmp);
        let [low, median, high] = QUANTILES.map(|q| quantile(&logarithms, q).map(f64::exp));
        Some(Self { median: median?, low: low?, high: high?, models: logarithms.len() })
    }
}

/// The band's lower edge, its middle and its upper edge.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// Learning rates to train with: from `start` to `stop`, each the same factor above the one before.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SuggestedGrid {
    /// The lowest: the steepest fall or a tenth of the minimum's rate, the lower one, of the seeds' 10 % quantile, rounded down; no rate
    /// below those of the test.
    pub start: f64,
    /// The highest: the rate of the minimum, of the seeds' 90 % quantile, rounded up; no rate above those of the test.
    pub stop: f64,
    /// Ten for each factor of ten.
    pub count: usize,
}

impl SuggestedGrid {
    fn of(steepest: SuggestedRate, lowest: SuggestedRate, [first, last]: [f64; 2]) -> Self {
        let start = rounded(steepest.low.min(lowest.low / 10.0), f64::floor).max(first);
        let stop = rounded(lowest.high, f64::ceil).min(last);
        Self { start, stop, count: ((stop / start).log10() * PER_DECADE).ceil() as usize + 1 }
    }
}

/// As `--lr` takes it: `geomspace:0.018:0.74:18`.
impl std::fmt::Display for SuggestedGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "geomspace:{}:{}:{}", text(self.start), text(self.stop), self.count)
    }
}

/// A number above 0 to two digits.
fn rounded(number: f64, round: impl Fn(f64) -> f64) -> f64 {
    let exponent = number.log10().floor() as i32 - 1;
    let digits = number / 10f64.powi(exponent);
    // What is two digits long already stays, whatever the division rounds.
    let near = digits.round();
    let digits = if (digits - near).abs() < 1e-9 { near } else { round(digits) };
    format!("{digits}e{exponent}").parse().unwrap_or(number)
}

/// Plainly, or with an exponent where that would be long.
fn text(number: f64) -> String {
    if (1e-4..1e5).contains(&number) { number.to_string() } else { format!("{number:e}") }
}

/// The tests of all seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct LrFound {
    /// `[steps]`
    pub rates: Vec<f64>,
    /// By seed.
    pub curves: Vec<RangeTestCurve>,
    /// None where no curve has one.
    pub steepest: Option<SuggestedRate>,
    /// The same for [`RangeTestCurve::lowest`].
    pub lowest: Option<SuggestedRate>,
    /// What to train with; none where no loss falls.
    pub grid: Option<SuggestedGrid>,
}

impl LrFound {
    /// Sums up.
    pub fn of(rates: Vec<f64>, curves: Vec<RangeTestCurve>) -> Self {
        let steepest = SuggestedRate::of(curves.iter().filter_map(|curve| curve.steepest));
        let lowest = SuggestedRate::of(curves.iter().filter_map(|curve| curve.lowest));
        let ends = rates.first().copied().zip(rates.last().copied());
        let grid = steepest.zip(lowest).zip(ends).map(|((steep, low), (a, b))| SuggestedGrid::of(steep, low, [a, b]));
        Self { rates, curves, steepest, lowest, grid }
    }

    /// A tenth of the minimum's rate.
    pub fn tenth(&self) -> Option<SuggestedRate> {
        let SuggestedRate { median, low, high, models } = self.lowest?;
        Some(SuggestedRate { median: median / 10.0, low: low / 10.0, high: high / 10.0, models })
    }

    /// Models whose curves end so.
    pub fn ended(&self, end: CurveEnd) -> usize {
        self.curves.iter().filter(|curve| curve.end == end).count()
    }

    /// Models whose steepest fall, and whose minimum, lies at an edge of what was looked at.
    pub fn at_edges(&self) -> [usize; 2] {
        [0, 1].map(|n| self.curves.iter().filter(|curve| curve.edges[n].is_some()).count())
    }

    /// Whether that many models fall most steeply at once, and still fall in the end, that the grid's start, and its stop, is an edge of the test:
    /// rates that train better may lie beyond. More steps do not look beyond, so that [`AtEdge::Steps`] does not count.
    pub fn is_cut(&self) -> [bool; 2] {
        let models = [self.steepest, self.lowest].map(|spread| spread.map_or(0, |spread| spread.models));
        let edges = [AtEdge::Start, AtEdge::Stop].map(|edge| self.at(edge));
        [0, 1].map(|n| edges[n] > 0 && edges[n] as f64 >= QUANTILES[0] * models[n] as f64)
    }

    /// Models whose loss rises from the first rates on.
    pub fn too_high(&self) -> usize {
        self.curves.iter().filter(|curve| curve.rises_at_once()).count()
    }

    /// Models with a suggestion at this edge of what was looked at.
    pub fn at(&self, edge: AtEdge) -> usize {
        self.curves.iter().filter(|curve| curve.edges.contains(&Some(edge))).count()
    }

    /// The 10 %, 50 % and 90 % quantiles of the losses before each step, each `[steps]`; a curve that has ended counts
    /// as infinite.
    ///
    /// # Panics
    /// Without any curve.
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

/// Trains `job`, which is that of `test`, and judges each curve.
///
/// # Errors
/// As for [`Engine::train`].
pub fn lr_find(engine: &mut dyn Engine, job: &Job, test: &RangeTest) -> Result<LrFound> {
    let (rates, batch) = (test.rates(), InMemorySink::train(engine, job, 0..job.trials.len())?);
    // The last loss, after all updates, has no step.
    let losses = batch.curves.train_loss.chunks_exact(rates.len() + 1).map(|losses| &losses[..rates.len()]);
    let curves = losses.map(|losses| RangeTestCurve::of(&rates, losses, test.smoothing(job))).collect();
    Ok(LrFound::of(rates, curves))
}

#[cfg(test)]
mod tests;
