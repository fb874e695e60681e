//! Axis ranges that leave out the few values which would squeeze all others.

use super::plot_axis::PlotAxis;
use crate::statistics::AccuracyCounts;

/// Number of values from which on at least one may be outside.
const SOME: u64 = 20;
/// Losses above this multiple of the initial losses (their 95 % quantile) are beyond the axis.
const RISE: f64 = 4.0;
/// Losses within a smaller ratio get a linear axis from 0.
const LINEAR_RATIO: f64 = 20.0;
/// Minimum factor by which a logarithmic axis must spread the losses more than a linear one.
const GAIN: f64 = 1.2;

/// Ends of an axis, and how many values are beyond them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RobustRange {
    pub low: f64,
    pub high: f64,
    pub below: u64,
    pub above: u64,
}

/// Rule for outliers.
#[derive(Debug, Clone, Copy)]
pub struct OutlierRule {
    /// Maximum shares of values outside, at the lower and at the upper end.
    trimmed: [f64; 2],
    /// Maximum distance of an inside value from the others, as a multiple of their span.
    reach: f64,
    /// Minimum for that span.
    least: f64,
}

/// Rule for accuracies from 0 to 1.
pub const ACCURACIES: OutlierRule = OutlierRule { trimmed: [0.01; 2], reach: 0.5, least: 0.02 };
/// Rule for many accuracies: one in two hundred may be outside even if only a little below the others.
const TAIL: OutlierRule = OutlierRule { trimmed: [0.005, 0.0], reach: 0.1, least: 0.02 };
/// Number of values from which on `TAIL` applies.
const MANY: u64 = 200;
/// Rule for a few means, of which one in four may fail.
pub const MEANS: OutlierRule = OutlierRule { trimmed: [0.25, 0.0], reach: 1.0, least: 0.05 };
/// Rule for bounded losses, a few of which rise above the others for a moment.
const SPIKES: OutlierRule = OutlierRule { trimmed: [0.0, 0.01], reach: 0.5, least: 0.0 };
/// Rule for decimal logarithms of losses: up to a quarter of the models may have exploded.
pub const LOSSES: OutlierRule = OutlierRule { trimmed: [0.01, 0.25], reach: 1.0, least: 1.0 };

impl RobustRange {
    /// Range of values, each with its number of models; `None` if no value is finite.
    pub fn of(values: impl IntoIterator<Item = (f64, u64)>, rule: OutlierRule) -> Option<Self> {
        let mut values: Vec<(f64, u64)> = values.into_iter().filter(|(v, n)| v.is_finite() && *n > 0).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all: u64 = values.iter().map(|(_, n)| n).sum();
        let trim = |share: f64| ((share * all as f64) as u64).max(u64::from(share > 0.0 && all >= SOME));
        let low = beyond(values.iter(), trim(rule.trimmed[0]))?;
        let high = beyond(values.iter().rev(), trim(rule.trimmed[1]))?.max(low);
        let reach = rule.reach * (high - low).max(rule.least);
        let inside = |v: f64| (low - reach..=high + reach).contains(&v);
        let inner = || values.iter().map(|(v, _)| *v).filter(|v| inside(*v));
        let (low, high) = (inner().next()?, inner().next_back()?);
        let outside = |is: &dyn Fn(f64) -> bool| values.iter().filter(|(v, _)| is(*v)).map(|(_, n)| n).sum();
        Some(Self { low, high, below: outside(&|v| v < low), above: outside(&|v| v > high) })
    }

    /// The same for positive values on a logarithmic scale.
    pub fn of_logarithms(values: impl IntoIterator<Item = (f64, u64)>, rule: OutlierRule) -> Option<Self> {
        let values: Vec<(f64, u64)> = values.into_iter().filter(|(v, _)| *v > 0.0 && v.is_finite()).collect();
        let range = Self::of(values.iter().map(|(v, n)| (v.log10(), *n)), rule)?;
        // Uses the values themselves: a logarithm and back would add a rounding error.
        let inside = |v: f64| (range.low..=range.high).contains(&v.log10());
        let inner = || values.iter().map(|(v, _)| *v).filter(|v| inside(*v));
        Some(Self { low: inner().fold(f64::INFINITY, f64::min), high: inner().fold(0.0, f64::max), ..range })
    }

    /// Widens the range to include these values.
    pub fn with(self, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) =
            values.filter(|v| v.is_finite()).fold((self.low, self.high), |(a, b), v| (a.min(v), b.max(v)));
        Self { low, high, ..self }
    }
}

/// The first value after `skipped` of them.
fn beyond<'a>(values: impl Iterator<Item = &'a (f64, u64)>, skipped: u64) -> Option<f64> {
    let mut seen = 0;
    let mut found = values.filter(|(_, n)| {
        seen += n;
        seen > skipped
    });
    found.next().map(|(value, _)| *value)
}

/// Range of the counted accuracies; `None` if there are none.
pub fn accuracy_range<'a>(counts: impl Iterator<Item = &'a AccuracyCounts>) -> Option<RobustRange> {
    let share = |correct: u32, points: u32| f64::from(correct) / f64::from(points.max(1));
    let values =
        counts.flat_map(|counts| counts.models.iter().map(|(correct, n)| (share(*correct, counts.points), *n)));
    range_of_shares(&values.collect::<Vec<_>>())
}

/// The same for shares, each with its number of models.
pub fn range_of_shares(values: &[(f64, u64)]) -> Option<RobustRange> {
    let range = RobustRange::of(values.iter().copied(), ACCURACIES)?;
    let tight = RobustRange::of(values.iter().copied(), TAIL)
        .filter(|tight| values.iter().map(|(_, n)| n).sum::<u64>() >= MANY && tight.low > range.low);
    Some(tight.unwrap_or(range))
}

/// Rounds down the smallest share on an axis up to 100 %, in steps that suit the remaining range.
pub fn round_below(low: f64) -> f64 {
    let step = match 1.0 - low {
        room if room > 0.3 => 0.1,
        room if room > 0.1 => 0.05,
        room if room > 0.03 => 0.01,
        _ => 0.005,
    };
    (((low / step - 1e-9).floor() * step * 1e6).round() / 1e6).clamp(0.0, 0.98)
}

/// Vertical axis of loss curves, and the largest loss on it. The initial losses set its upper end: losses above `RISE`
/// times these are outside of the picture. It is logarithmic if that shows more, see [`suits_logarithm`].
pub fn loss_axis(curves: &[Vec<f64>]) -> (PlotAxis, f64) {
    let mut starts: Vec<f64> =
        curves.iter().filter_map(|curve| curve.first().copied()).filter(|v| v.is_finite()).collect();
    starts.sort_by(f64::total_cmp);
    let start = crate::statistics::quantile(&starts, 0.95);
    let most = start.map_or(f64::INFINITY, |start| RISE * start);
    let stays = |curve: &Vec<f64>| curve.len() > 1 && curve.last().is_some_and(|end| *end <= most);
    let cap = if curves.iter().any(stays) { most } else { f64::INFINITY };
    let mut seen: Vec<f64> = curves.iter().flatten().copied().filter(|v| v.is_finite() && *v <= cap).collect();
    seen.sort_by(f64::total_cmp);
    let Some(range) = RobustRange::of_logarithms(seen.iter().map(|v| (*v, 1)), LOSSES) else {
        return (PlotAxis::linear(0.0, 1.0), 1.0);
    };
    let spikes = || RobustRange::of(seen.iter().map(|v| (*v, 1)), SPIKES).map_or(range.high, |range| range.high);
    let high = if cap.is_finite() { spikes().max(start.unwrap_or(0.0)) } else { range.high };
    match suits_logarithm(&seen, range.low, high) {
        true => (PlotAxis::logarithmic(range.low, high, false), high),
        false => (PlotAxis::linear(0.0, high * 1.04), high),
    }
}

/// Whether ascending losses are better seen on a logarithmic axis: they span a ratio above 20, and of the positions of
/// their 10, 50 and 90 % quantiles, the closer two are over a fifth farther apart than on a linear axis from 0.
pub fn suits_logarithm(losses: &[f64], low: f64, high: f64) -> bool {
    let at = |q: f64| crate::statistics::quantile(losses, q).unwrap_or(0.0).clamp(low, high);
    let nearest = |place: &dyn Fn(f64) -> f64| {
        let [a, b, c] = [0.1, 0.5, 0.9].map(|q| place(at(q)));
        (b - a).min(c - b)
    };
    let (linear, logarithm) = (nearest(&|v| v / high), nearest(&|v| (v / low).ln() / (high / low).ln()));
    low > 0.0 && high / low > LINEAR_RATIO && logarithm > GAIN * linear
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(values: &[f64], rule: OutlierRule) -> RobustRange {
        RobustRange::of(values.iter().map(|v| (*v, 1)), rule).unwrap()
    }

    #[test]
    fn one_outlier_lies_outside_and_a_camp_does_not() {
        let mut values: Vec<f64> = (0..300).map(|k| 0.95 + 0.0001 * f64::from(k)).collect();
        let plain = range(&values, ACCURACIES);
        assert_eq!((plain.low, plain.below, plain.above), (0.95, 0, 0), "without outliers nothing is cut off");
        values.push(0.396);
        let found = range(&values, ACCURACIES);
        assert_eq!((found.low, found.below, found.above), (0.95, 1, 0));
        values.extend([0.5; 20]);
        let found = range(&values, ACCURACIES);
        assert_eq!((found.low, found.below), (0.396, 0), "one in twenty is no outlier");
        assert_eq!(range(&[0.4, 0.95, 0.96], ACCURACIES).low, 0.4, "of few values none is");
        assert_eq!(range(&[0.4, 0.95, 0.96, 0.97], MEANS).low, 0.95);
        assert!(RobustRange::of([(f64::NAN, 3), (0.5, 0)], ACCURACIES).is_none());
    }

    #[test]
    fn one_in_two_hundred_does_not_stretch_two_camps() {
        let low = |outliers: &[u32]| {
            let mut counts = AccuracyCounts::new(200);
            (0..1000).for_each(|k| counts.add(if k % 3 == 0 { 98 + k % 5 } else { 180 + k % 15 }));
            outliers.iter().for_each(|correct| counts.add(*correct));
            accuracy_range(std::iter::once(&counts)).map(|range| (range.low, range.below)).unwrap()
        };
        assert_eq!(low(&[]), (0.49, 0));
        assert_eq!(low(&[60]), (0.49, 1));
        assert_eq!(low(&[60, 61, 70, 72, 60]), (0.49, 5), "five of a thousand");
        assert_eq!(low(&[60; 6]), (0.3, 0), "six are too many");
        assert_eq!(low(&[90]), (0.45, 0), "a little below is no outlier");
    }

    #[test]
    fn exploded_losses_do_not_set_the_axis_and_small_ones_stay() {
        let losses = (0..80).map(|k| (10f64.powf(-6.0 + 0.07 * f64::from(k)), 1));
        let found = RobustRange::of_logarithms(losses.chain([(1e29, 20), (0.0, 1)]), LOSSES).unwrap();
        assert!(found.low == 1e-6 && found.high < 1.0 && found.above == 20, "{found:?}");
    }

    #[test]
    fn the_beginning_bounds_loss_curves_and_what_explodes_leaves() {
        let steady = |end: f64| vec![0.25, 0.2, end];
        let curves = vec![steady(0.05), steady(0.06), vec![0.25, 1e7, 1e29], vec![0.25, f64::NAN, f64::NAN]];
        let (axis, high) = loss_axis(&curves);
        assert_eq!(high, 0.25);
        assert!(axis.place(0.05) > 0.1 && axis.place(0.05) < 0.3, "{axis:?}");
        let (_, high) = loss_axis(&curves[2..]);
        assert!(high >= 1e7, "where all explode, all is shown: {high}");
        assert_eq!(loss_axis(&[]).1, 1.0);
        assert_eq!(loss_axis(&[vec![0.0, 0.0]]).1, 1.0);
    }

    #[test]
    fn an_axis_is_logarithmic_where_it_shows_more() {
        let decay: Vec<f64> = (0..100).map(|k| 0.7 * 0.93f64.powi(k)).rev().collect();
        assert!(suits_logarithm(&decay, decay[0], 0.7), "decay by three decades");
        let even: Vec<f64> = (1..=100).map(|k| 0.007 * f64::from(k)).collect();
        assert!(!suits_logarithm(&even, even[0], 0.7), "evenly spread");
        let camps: Vec<f64> = [0.001; 60].into_iter().chain([0.69; 40]).collect();
        assert!(!suits_logarithm(&camps, 0.001, 0.69), "two camps");
        let near: Vec<f64> = decay.iter().map(|v| 0.1 + v).collect();
        assert!(!suits_logarithm(&near, 0.1, 0.8), "within a ratio of 20");
    }

    #[test]
    fn percents_begin_at_a_round_number() {
        let found = [0.396, 0.5, 0.72, 0.95, 0.951, 0.985, 0.999, 1.0, 0.0].map(round_below);
        assert_eq!(found, [0.3, 0.4, 0.7, 0.94, 0.95, 0.98, 0.98, 0.98, 0.0]);
    }
}
