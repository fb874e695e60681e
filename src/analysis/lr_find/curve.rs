//! Suggestions from the losses of one model's range test.

/// A curve ends above this multiple of its minimum.
const RISEN: f64 = 4.0;
/// A smaller fall, as a share of the loss, is rounding error: the loss of a dead network stays the same.
const ROUNDING: f64 = 1e-12;
/// Number of values ignored at the end of a curve.
const LAST: usize = 5;

/// Reason for the end of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CurveEnd {
    /// The last step.
    Whole,
    /// A loss above four times the minimum.
    Risen,
    /// A loss that is not finite.
    Diverged,
}

/// Reason why a suggestion is at an edge of the evaluated range, so that a rate beyond may be better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AtEdge {
    /// The loss falls most steeply at the first rate: a smaller `start` would show more.
    Start,
    /// The loss still falls at the last steps: a larger `stop` would show more.
    Stop,
    /// The loss rises within the last steps, which are ignored: more steps would show more.
    Steps,
}

/// Range test of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeTestCurve {
    /// Smoothed losses before each step, up to the end of the curve; finite.
    pub losses: Vec<f64>,
    /// Reason for the end of the curve.
    pub end: CurveEnd,
    /// Rate from which the loss falls most steeply against the logarithm of the rate, before the minimum; `None` if it
    /// never falls.
    pub steepest: Option<f64>,
    /// Rate at which the loss is lowest; `None` if that is the first rate evaluated.
    pub lowest: Option<f64>,
    /// Edges of the evaluated range at which `steepest` and `lowest` are, if any.
    pub edges: [Option<AtEdge>; 2],
}

impl RangeTestCurve {
    /// Evaluates a model's `losses` before each step, `[steps]`, NaN from a divergence on, at `rates`, `[steps]`.
    pub fn of(rates: &[f64], losses: &[f64], smoothing: f64) -> Self {
        let (losses, end) = smoothed(losses, smoothing);
        // After a divergence losses are missing up to the last step; the last five are among them.
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
    /// Whether the loss never falls because it rises from the first rates on: even those are too high.
    pub fn rises_at_once(&self) -> bool {
        let ends = self.losses.first().zip(self.losses.last());
        let rose = ends.is_none_or(|(first, last)| *last > first * (1.0 + ROUNDING));
        self.steepest.is_none() && (self.end != CurveEnd::Whole || rose)
    }
}

/// Returns the exponentially weighted mean of the losses so far, divided by the sum of its weights, up to the end of
/// the curve.
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

/// Returns the position of the smallest value, the first of several, and that value.
fn first_least(values: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    values.enumerate().reduce(|a, b| if b.1 < a.1 { b } else { a })
}
