//! The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks", arXiv 1506.01186): one short
//! training in which the learning rate grows from step to step, and what the curve of its losses suggests. By fastai's
//! definitions (`fastai/callback/schedule.py` and `AvgSmoothLoss` in `fastai/learner.py`, version 2.8), for many seeds at once.
//!
//! What is peculiar to them, and kept:
//! - step i of n has the rate start · (stop / start)^(i / n), so that `stop` itself is never reached;
//! - its loss is the one before its update: it tells what the rates before it did;
//! - losses are smoothed by an exponentially weighted mean, which lags behind them: by up to fifty steps, so that the suggested
//!   rates come out higher. Mini-batches need that; with all rows at once there is no noise, and a smoothing of 0 does without;
//! - of the curve the first n / 10 values and the last five are left out, the five even where it was cut short.
//!
//! Other than there, losses are f64, and a loss that never falls suggests nothing: fastai names its flattest place, or a tenth of
//! the first rate it looks at.

use crate::engine::{Collect, Engine, Job, Record};
use crate::error::{Error, Result, number};
use crate::statistics::quantile;
use crate::sweep::{CellInputs, Recipe, Schedule, ScheduleKind};

/// fastai's weight of what was before, in the mean of the losses.
pub const SMOOTHING: f64 = 0.98;
/// A curve ends where it is so many times as high as at its lowest.
const RISEN: f64 = 4.0;
/// A smaller fall, as a share of the loss, is rounding: the loss of a dead network stays the same.
const ROUNDING: f64 = 1e-12;
/// Values left out at its end.
const LAST: usize = 5;
/// Most losses of all models, which are in memory at once.
const MOST_LOSSES: u64 = 10_000_000;

/// The learning rates of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeTest {
    start: f64,
    stop: f64,
    steps: u32,
    smoothing: f64,
}

impl RangeTest {
    /// From `start` towards `stop`, even steps of the logarithm; `smoothing` as [`SMOOTHING`], 0 for none.
    ///
    /// # Errors
    /// [`Error::Setting`] where that is no rising range, too few steps for anything to be left of the curve, or no weight.
    pub fn new(start: f64, stop: f64, steps: u32, smoothing: f64) -> Result<Self> {
        if !(start.is_finite() && start > 0.0) {
            return Err(Error::setting("--start", number(start), "a number above 0"));
        }
        if !(stop.is_finite() && stop > start) {
            return Err(Error::setting("--stop", number(stop), format!("a number above --start {start}")));
        }
        if !(10..=100_000).contains(&steps) {
            return Err(Error::setting("--steps", steps, "a whole number from 10 to 100000"));
        }
        if !(0.0..1.0).contains(&smoothing) {
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

    /// The test of a cell whose trials have the learning rate `start`: an epoch, which is an update, for each step.
    ///
    /// # Errors
    /// [`Error::Setting`] for mini-batches, whose epochs are many updates, and for more losses than memory holds; otherwise
    /// as for [`Engine::choose_mapping`].
    pub fn job(&self, inputs: &CellInputs, mapping: Option<&str>, engine: &dyn Engine) -> Result<Job> {
        let CellInputs { data, trials, initial, shape, recipe, .. } = inputs.clone();
        let (rows, models) = (data.train.len(), trials.len());
        if !recipe.batches.is_full(rows) {
            return Err(Error::setting("--batch-size", recipe.batches.size, "full: the rate grows by the epoch"));
        }
        if models.saturating_mul(u64::from(self.steps) + 1) > MOST_LOSSES {
            let allowed = format!("up to {} with {} steps", MOST_LOSSES / (u64::from(self.steps) + 1), self.steps);
            return Err(Error::setting("--seeds", models, allowed));
        }
        let schedule = Schedule::new(ScheduleKind::Exponential, self.steps, None, Some(self.factor()), None)?;
        let recipe = Recipe { schedule, ..recipe };
        let record = Record { epochs: (0..=self.steps).collect(), curves_below: models, ..Record::default() };
        let mapping = match mapping {
            Some(mapping) => mapping.to_owned(),
            None => engine.choose_mapping(&shape, &recipe, rows, models)?,
        };
        Ok(Job { shape, data, trials, initial, recipe, epochs: self.steps, record, mapping })
    }
}

/// How a curve ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// With the last step.
    Whole,
    /// Where it had risen to four times its lowest value.
    Risen,
    /// Where a loss was not finite.
    Diverged,
}

/// One model's test.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Losses before each step, smoothed, as far as the curve goes; finite.
    pub losses: Vec<f64>,
    /// Why it goes no further.
    pub end: End,
    /// The rate from which on the loss falls most steeply against the logarithm of the rate; none where it never falls.
    pub steepest: Option<f64>,
    /// A tenth of the rate at which the loss is lowest; none where that is the first rate looked at.
    pub tenth: Option<f64>,
    /// Whether the loss is lowest at the last rate looked at of a whole curve: a larger `stop` would say more.
    pub still_falls: bool,
}

impl Curve {
    /// What a model's losses before each step, `[steps]`, NaN from a divergence on, say of the rates, `[steps]`.
    pub fn of(rates: &[f64], losses: &[f64], smoothing: f64) -> Self {
        let (losses, end) = smoothed(losses, smoothing);
        // A divergence leaves gaps up to the last step, and the last five are among those.
        let whole = if end == End::Risen { losses.len() } else { rates.len() };
        let last = losses.len().min(whole.saturating_sub(LAST));
        let first = (rates.len() / 10).min(last);
        let (rates, seen) = (&rates[first..last], &losses[first..last]);
        let slope = |n: usize| (seen[n + 1] - seen[n]) / (rates[n + 1].ln() - rates[n].ln());
        let falls = |from: usize, to: usize| seen[to] < seen[from] * (1.0 - ROUNDING);
        let steepest = first_least((1..seen.len()).map(|n| slope(n - 1))).filter(|(n, _)| falls(*n, n + 1));
        let lowest = first_least(seen.iter().copied()).map(|(n, _)| n).filter(|n| falls(0, *n));
        let still_falls = end == End::Whole && lowest.is_some_and(|n| n + 1 == seen.len());
        let (steepest, tenth) = (steepest.map(|(n, _)| rates[n]), lowest.map(|n| rates[n] / 10.0));
        Self { losses, end, steepest, tenth, still_falls }
    }
}

/// The mean of the losses so far, exponentially weighted and divided by the sum of its weights, up to where a curve ends.
fn smoothed(losses: &[f64], smoothing: f64) -> (Vec<f64>, End) {
    let (mut mean, mut weight, mut least) = (0.0, 1.0, f64::INFINITY);
    let mut curve = Vec::with_capacity(losses.len());
    for loss in losses {
        mean = smoothing * mean + (1.0 - smoothing) * loss;
        weight *= smoothing;
        let value = mean / (1.0 - weight);
        if !value.is_finite() {
            return (curve, End::Diverged);
        }
        curve.push(value);
        least = value.min(least);
        if value > RISEN * least {
            return (curve, End::Risen);
        }
    }
    (curve, End::Whole)
}

/// The least number and its place, the first one of several.
fn first_least(values: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    values.enumerate().reduce(|a, b| if b.1 < a.1 { b } else { a })
}

/// A suggestion over all seeds that have one.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spread {
    /// The 50 % quantile, a learning rate as the other two.
    pub median: f64,
    /// The 10 % quantile.
    pub low: f64,
    /// The 90 % quantile.
    pub high: f64,
    /// Models that have one.
    pub models: usize,
}

impl Spread {
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

/// The tests of all seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct LrFound {
    /// `[steps]`
    pub rates: Vec<f64>,
    /// By seed.
    pub curves: Vec<Curve>,
    /// None where no curve has one.
    pub steepest: Option<Spread>,
    /// The same for [`Curve::tenth`].
    pub tenth: Option<Spread>,
}

impl LrFound {
    /// Sums up.
    pub fn of(rates: Vec<f64>, curves: Vec<Curve>) -> Self {
        let steepest = Spread::of(curves.iter().filter_map(|curve| curve.steepest));
        let tenth = Spread::of(curves.iter().filter_map(|curve| curve.tenth));
        Self { rates, curves, steepest, tenth }
    }

    /// Models whose curves end so.
    pub fn ended(&self, end: End) -> usize {
        self.curves.iter().filter(|curve| curve.end == end).count()
    }

    /// Models whose loss still falls at the end.
    pub fn still_fall(&self) -> usize {
        self.curves.iter().filter(|curve| curve.still_falls).count()
    }

    /// The 10 %, 50 % and 90 % quantiles of the losses before each step, each `[steps]`; a curve that has ended counts
    /// as infinite.
    ///
    /// # Panics
    /// Without any curve.
    pub fn band(&self) -> [Vec<f64>; 3] {
        let at = |step: usize| {
            let loss = |curve: &Curve| curve.losses.get(step).copied().unwrap_or(f64::INFINITY);
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
    let (rates, batch) = (test.rates(), Collect::train(engine, job, 0..job.trials.len())?);
    // The last loss, after all updates, has no step.
    let losses = batch.curves.train_loss.chunks_exact(rates.len() + 1).map(|losses| &losses[..rates.len()]);
    let curves = losses.map(|losses| Curve::of(&rates, losses, test.smoothing)).collect();
    Ok(LrFound::of(rates, curves))
}

#[cfg(test)]
mod tests;
