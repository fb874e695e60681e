//! Axes: choice of scale, positions of values, and ticks.

use super::theme::number;

/// A scale from values to positions 0 (left, bottom) to 1 (right, top), with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotAxis {
    logarithmic: bool,
    /// Ends of the axis; decimal logarithms on a logarithmic axis.
    low: f64,
    high: f64,
    /// Position of 0 on a logarithmic axis that must show it, in the same unit.
    zero: Option<f64>,
    /// Values with a grid line, and their labels.
    pub ticks: Vec<(f64, String)>,
}

/// Desired maximum number of ticks.
const TICKS: usize = 8;
/// Ratio of learning rates above which a linear axis is unreadable.
const LINEAR_RATIO: f64 = 200.0;

impl PlotAxis {
    /// A linear axis from `low` to `high` exactly.
    pub fn linear(low: f64, high: f64) -> Self {
        let (low, high) = if high > low { (low, high) } else { around(low) };
        Self { logarithmic: false, low, high, zero: None, ticks: linear_ticks(low, high) }
    }

    /// A logarithmic axis over the positive values `low` to `high` with a margin; `zero` adds a separate position for
    /// 0.
    pub fn logarithmic(low: f64, high: f64, zero: bool) -> Self {
        let (ten_low, ten_high) = (low.log10(), high.log10());
        let slot = ((ten_high - ten_low) / 10.0).max(0.3);
        let mut ticks = logarithmic_ticks(low, high);
        let zero = zero.then_some(ten_low - slot);
        if zero.is_some() {
            ticks.insert(0, (0.0, "0".into()));
        }
        Self { logarithmic: true, low: ten_low, high: ten_high, zero, ticks }.widened()
    }

    /// Axis for learning rates: logarithmic if they span a large ratio or are spaced geometrically.
    pub fn learning_rate(rates: &[f64]) -> Self {
        let mut rates: Vec<f64> = rates.iter().copied().filter(|lr| lr.is_finite()).collect();
        rates.sort_by(f64::total_cmp);
        rates.dedup();
        let positive = &rates[rates.partition_point(|lr| *lr <= 0.0)..];
        match (rates.first(), rates.last(), positive.first()) {
            (Some(&first), Some(&last), Some(&least)) if first >= 0.0 && suits_logarithm(positive) => {
                Self::logarithmic(least, last, first == 0.0)
            }
            (Some(&first), Some(&last), _) => Self::linear(from_zero(first, last), last).widened(),
            _ => Self::linear(0.0, 1.0),
        }
    }

    /// Minimum and maximum of a linear axis.
    pub fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Adds a margin at both ends, so that nothing touches the frame.
    pub fn widened(self) -> Self {
        let low = self.zero.unwrap_or(self.low);
        let margin = ((self.high - low) * 0.03).max(if self.logarithmic { 0.02 } else { 0.0 });
        Self { low: low - margin, high: self.high + margin, ..self }
    }

    /// Position of `value`, clamped to 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        self.share(value).clamp(0.0, 1.0)
    }

    /// Position of `value`, below 0 or above 1 beyond the ends.
    pub fn share(&self, value: f64) -> f64 {
        let at = match (self.logarithmic, self.zero) {
            (true, Some(zero)) if value <= 0.0 => zero,
            (true, _) => value.log10(),
            (false, _) => value,
        };
        // Halves, because the difference of the ends may overflow.
        (at / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }

    /// Removes ticks between whole numbers, for counts.
    pub fn at_whole_numbers(mut self) -> Self {
        self.ticks.retain(|(value, _)| value.fract() == 0.0);
        self
    }

    /// Removes all ticks, for an axis labelled otherwise.
    pub fn without_ticks(self) -> Self {
        Self { ticks: Vec::new(), ..self }
    }

    /// Replaces the tick labels.
    pub fn written(mut self, write: impl Fn(f64) -> String) -> Self {
        self.ticks.iter_mut().for_each(|(value, text)| *text = write(*value));
        self
    }
}

/// Replaces a `low` near 0 by 0, so that the axis begins with a round number.
fn from_zero(low: f64, high: f64) -> f64 {
    if low > 0.0 && low < (high - low) / 5.0 { 0.0 } else { low }
}

/// A range around a single value.
fn around(value: f64) -> (f64, f64) {
    let half = if value == 0.0 { 1.0 } else { value.abs() / 2.0 };
    (value - half, value + half)
}

/// Whether sorted positive rates need a logarithmic axis.
fn suits_logarithm(rates: &[f64]) -> bool {
    let (Some(first), Some(last)) = (rates.first(), rates.last()) else { return false };
    let ratio = last / first;
    ratio > LINEAR_RATIO || (ratio > 4.0 && rates.len() >= 4 && is_geometric(rates))
}

/// Whether logarithmic steps between neighbours agree within 5 %, far more than rounded inputs differ.
fn is_geometric(rates: &[f64]) -> bool {
    let steps: Vec<f64> = rates.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    let (least, most) = steps.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), s| (a.min(*s), b.max(*s)));
    most <= 1.05 * least
}

/// Ticks at multiples of 1, 2 or 5 × 10ⁿ between the ends.
fn linear_ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let rough = (high / TICKS as f64 - low / TICKS as f64).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let steps = last - first;
    if !steps.is_finite() || steps > 2.0 * TICKS as f64 {
        return vec![(low, number(low, 6))];
    }
    // Multiplies the step, because adding it up would turn 0.3 into 0.30000000000000004.
    let written = |i: usize| {
        let value = (first + i as f64) * step;
        let value = format!("{value:.12e}").parse().unwrap_or(value);
        (value, number(value, 6))
    };
    (0..=steps as usize).map(written).collect()
}

/// Ticks at powers of ten: every n-th if there are many; if there are few, at multiples of them too.
pub fn logarithmic_ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let (first, last) = ((low.log10() - 1e-9).ceil() as i32, (high.log10() + 1e-9).floor() as i32);
    let stride = (last - first) / TICKS as i32 + 1;
    let tens = |multiples: &[f64]| -> Vec<(f64, String)> {
        let exponents = (first - 1..=last).filter(|e| stride == 1 || (*e >= first && e % stride == 0));
        let values = exponents.flat_map(|e| multiples.iter().map(move |m| m * 10f64.powi(e)));
        let inside = values.filter(|v| *v >= low * (1.0 - 1e-9) && *v <= high * (1.0 + 1e-9));
        inside.map(|v| (v, number(v, 3))).collect()
    };
    let choices = [&[1.0][..], &[1.0, 3.0], &[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 5.0, 7.0]];
    let enough = choices.into_iter().map(tens).find(|ticks| ticks.len() >= 4);
    enough.unwrap_or_else(|| linear_ticks(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(axis: &PlotAxis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn even_rates_are_linear_and_geometric_or_wide_ones_logarithmic() {
        let even: Vec<f64> = (0..40).map(|i| 0.001 + 0.099 * f64::from(i) / 39.0).collect();
        let geometric: Vec<f64> = (0..20).map(|i| 10f64.powf(-2.0 + f64::from(i) / 19.0)).collect();
        let is_log = |rates: &[f64]| PlotAxis::learning_rate(rates).logarithmic;
        assert!(!is_log(&even) && is_log(&geometric) && is_log(&[1e-4, 0.5, 0.6]));
        assert!(!is_log(&[]) && !is_log(&[0.1]) && !is_log(&[0.0]) && !is_log(&[-1.0, 1e9]));
        assert_eq!(written(&PlotAxis::learning_rate(&even)), ["0", "0.02", "0.04", "0.06", "0.08", "0.1"]);
        assert_eq!(written(&PlotAxis::logarithmic(1e-4, 1.0, false)), ["0.0001", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(written(&PlotAxis::linear(0.0, 100.0)), ["0", "20", "40", "60", "80", "100"]);
    }

    #[test]
    fn any_axis_has_some_ticks_but_not_too_many_and_all_lie_inside() {
        let ranges =
            [(1e-30, 1e30), (0.05, 0.06), (1e-3, 0.1), (1e-308, 1e308), (3.0, 3.0), (1e-30, 1e-30), (2.0, 9.0)];
        for (low, high) in ranges {
            for axis in [
                PlotAxis::linear(low, high),
                PlotAxis::logarithmic(low, high, false),
                PlotAxis::learning_rate(&[low, high]),
            ] {
                assert!((1..=2 * TICKS).contains(&axis.ticks.len()), "{low} {high} {axis:?}");
                let places: Vec<f64> = axis.ticks.iter().map(|(value, _)| axis.place(*value)).collect();
                assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{low} {high} {places:?}");
                assert!([low, high].iter().all(|v| axis.place(*v).is_finite()), "{low} {high}");
            }
        }
    }

    #[test]
    fn zero_has_a_place_on_a_logarithmic_axis() {
        let axis = PlotAxis::learning_rate(&[0.0, 1e-4, 1e-2, 1.0]);
        assert!(axis.logarithmic && axis.place(0.0) < axis.place(1e-4) - 0.05 && axis.place(0.0) > 0.0);
        assert_eq!(written(&axis)[..2], ["0", "0.0001"]);
    }
}
