//! What the losses of one model's range test suggest.

/// A curve ends where it is so many times as high as at its lowest.
const RISEN: f64 = 4.0;
/// A smaller fall, as a share of the loss, is rounding: the loss of a dead network stays the same.
const ROUNDING: f64 = 1e-12;
/// Values left out at its end.
const LAST: usize = 5;

/// How a curve ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CurveEnd {
    /// With the last step.
    Whole,
    /// Where it had risen to four times its lowest value.
    Risen,
    /// Where a loss was not finite.
    Diverged,
}

/// Why a suggestion lies at an edge of what was looked at, so that the rate beyond may be the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AtEdge {
    /// The loss falls most steeply at once: a smaller `start` would say more.
    Start,
    /// The loss still falls with the last steps: a larger `stop` would say more.
    Stop,
    /// The loss rises within the last steps, which are left out: more steps would say more.
    Steps,
}

/// One model's test.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeTestCurve {
    /// Losses before each step, smoothed, as far as the curve goes; finite.
    pub losses: Vec<f64>,
    /// Why it goes no further.
    pub end: CurveEnd,
    /// The rate from which on the loss falls most steeply against the logarithm of the rate, before it is lowest; none where it
    /// never falls.
    pub steepest: Option<f64>,
    /// The rate at which the loss is lowest; none where that is the first rate looked at.
    pub lowest: Option<f64>,
    /// At which edge of what was looked at `steepest` and `lowest` lie, if at any.
    pub edges: [Option<AtEdge>; 2],
}

impl RangeTestCurve {
    /// What a model's losses before each step, `[steps]`, NaN from a divergence on, say of the rates, `[steps]`.
    pub fn of(rates: &[f64], losses: &[f64], smoothing: f64) -> Self {
        let (losses, end) = smoothed(losses, smoothing);
        // A divergence leaves gaps up to the last step, and the last five are among those.
        let whole = if end == CurveEnd::Risen { losses.len() } else { rates.len() };
        let last = losses.len().min(whole.saturating_sub(LAST));
        let first = (rates.len() / 10).min(last);
        let (rates, seen) = (&rates[first..last], &losses[first..last]);
        let slope = |n: usize| (seen[n + 1] - seen[n]) / (rates[n + 1].ln() - rates[n].ln());
        let falls = |from: usize, to: usize| seen[to] < seen[from] * (1.0 - ROUNDING);
        let lowest = first_least(seen.iter().copied()).map(|(n, _)| n).filter(|n| falls(0, *n));
        let steepest = first_least((0..lowest.unwrap_or(0)).map(slope)).map(|(n, _)| n);
        let cut = if end == CurveEnd::Whole { AtEdge::Stop } else { AtEdge::Steps };
        let edges =
            [steepest.filter(|n| *n == 0).map(|_| AtEdge::Start), lowest.filter(|n| n + 1 == seen.len()).map(|_| cut)];
        let [steepest, lowest] = [steepest, lowest].map(|n| n.map(|n| rates[n]));
        Self { losses, end, steepest, lowest, edges }
    }
}

impl RangeTestCurve {
    /// Whether the loss never falls because it rises from the first rates looked at on: those are too high already.
    pub fn rises_at_once(&self) -> bool {
        let ends = self.losses.first().zip(self.losses.last());
        let rose = ends.is_none_or(|(first, last)| *last > first * (1.0 + ROUNDING));
        self.steepest.is_none() && (self.end != CurveEnd::Whole || rose)
    }
}

/// The mean of the losses so far, exponentially weighted and divided by the sum of its weights, up to where a curve ends.
pub(super) fn smoothed(losses: &[f64], smoothing: f64) -> (Vec<f64>, CurveEnd) {
    let (mut mean, mut weight, mut least) = (0.0, 1.0, f64::INFINITY);
    let mut curve = Vec::with_capacity(losses.len());
    for loss in losses {
        mean = smoothing * mean + (1.0 - smoothing) * loss;
        weight *= smoothing;
        let value = mean / (1.0 - weight);
        if !value.is_finite() {
            return (curve, CurveEnd::Diverged);
        }
        curve.push(value);
        least = value.min(least);
        if value > RISEN * least {
            return (curve, CurveEnd::Risen);
        }
    }
    (curve, CurveEnd::Whole)
}

/// The least number and its place, the first one of several.
fn first_least(values: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    values.enumerate().reduce(|a, b| if b.1 < a.1 { b } else { a })
}
