//! Positions and labels of a map's ticks, for ranges from many decades down to a millionth.

use super::super::plot_axis::logarithmic_ticks;
use super::super::theme::number;
use super::MapAxis;

/// Ratio from which on geometric values get ticks at powers of ten.
const DECADES: f64 = 20.0;
/// Maximum number of digits in a tick label; beyond, the common part moves to the title.
const DIGITS: usize = 5;

/// Ticks and title of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct MapTicks {
    /// Positions, in networks from the first one's outer edge (its middle is at 1/2), and labels.
    pub marks: Vec<(f64, String)>,
    /// Name of the axis, and how to read its ticks.
    pub title: String,
}

impl MapTicks {
    /// About `most` ticks or fewer, for an axis with ascending values.
    pub fn of(axis: &MapAxis, most: usize) -> Self {
        let (words, values) = (axis.words, axis.values);
        let (low, high) = (values[0], values[values.len() - 1]);
        if low == high {
            return Self { marks: vec![(0.5, number(low, 9))], title: words.into() };
        }
        let geometric = is_geometric(values);
        let (ticks, title) = if geometric && high / low >= DECADES {
            (logarithmic_ticks(low, high), words.to_owned())
        } else {
            linear_ticks(low, high, most, words)
        };
        let placed = |(value, text)| (place(values, value, geometric), text);
        Self { marks: ticks.into_iter().map(placed).collect(), title }
    }
}

/// Whether the middle value is nearer to geometric than to linear interpolation.
fn is_geometric(values: &[f64]) -> bool {
    let (low, high, middle) = (values[0], values[values.len() - 1], values.len() / 2);
    let share = middle as f64 / (values.len() - 1) as f64;
    let off = |expected: f64| (values[middle] - expected).abs();
    low > 0.0 && off(low * (high / low).powf(share)) < off(low + (high - low) * share)
}

/// Position of a value, in networks from the first one's outer edge.
fn place(values: &[f64], value: f64, geometric: bool) -> f64 {
    let next = values.partition_point(|other| *other <= value).clamp(1, values.len() - 1);
    let (a, b) = (values[next - 1], values[next]);
    // Uses the difference, because the ratio of neighbours in a small window is almost 1.
    let ratio = |value: f64| ((value - a) / a).ln_1p();
    let share = if geometric { ratio(value) / ratio(b) } else { (value - a) / (b - a) };
    next as f64 - 0.5 + share
}

/// Ticks at multiples of 1, 2 or 5 × 10ⁿ, and the title. Counts in whole numbers, so that neighbours a millionth apart
/// have different labels.
fn linear_ticks(low: f64, high: f64, most: usize, words: &str) -> (Vec<(f64, String)>, String) {
    let rough = (high - low) / most.max(2) as f64;
    let power = rough.log10().floor() as i32;
    let enough = |m: &i64| *m as f64 * ten(power) >= 0.999 * rough;
    let (step, power) = match [1, 2, 5].into_iter().find(enough) {
        Some(step) => (step, power),
        None => (1, power + 1),
    };
    let unit = step as f64 * ten(power);
    let (first, last) = ((low / unit - 1e-6).ceil() as i64, (high / unit + 1e-6).floor() as i64);
    let counted: Vec<i64> = (first..=last).map(|i| i * step).collect();
    let writing = TickFormat::of(low, high, &counted, power);
    let ticks = counted.iter().map(|t| (decimal(*t, power), writing.write(*t))).collect();
    (ticks, writing.title(words))
}

/// Format of an axis's tick labels: difference from `base`, in units of 10^`exponent`.
struct TickFormat {
    /// Power of ten of the unit in which ticks are counted.
    power: i32,
    /// Common part of all ticks, in the same unit; 0 for none.
    base: i64,
    exponent: Option<i32>,
    digits: usize,
}

impl TickFormat {
    fn of(low: f64, high: f64, counted: &[i64], power: i32) -> Self {
        let digits = counted.iter().map(|t| t.unsigned_abs().to_string().len()).max().unwrap_or(1);
        let magnitude = |value: f64| value.abs().log10().floor() as i32;
        let largest = magnitude(low.abs().max(high.abs()));
        if digits <= DIGITS {
            // Avoids many zeros, or a power of ten at each tick.
            let units = digits > 1 && (!(-4..6).contains(&largest) || digits as i32 - largest > DIGITS as i32 + 2);
            return Self { power, base: 0, exponent: units.then_some(largest), digits };
        }
        let exponent = magnitude(high - low);
        let common = (low / ten(exponent + 1)).floor() as i64;
        let base = common * 10i64.pow((exponent + 1 - power).max(0) as u32);
        Self { power, base, exponent: Some(exponent), digits }
    }

    fn write(&self, tick: i64) -> String {
        let Some(exponent) = self.exponent else { return number(decimal(tick, self.power), self.digits) };
        let decimals = (exponent - self.power).max(0);
        let text = format!("{:.*}", decimals as usize, decimal(tick - self.base, -decimals));
        text.replace('-', "−")
    }

    fn title(&self, words: &str) -> String {
        let base = decimal(self.base, self.power);
        let common = match self.base {
            0 => String::new(),
            _ => format!(" {} {}", if base < 0.0 { '+' } else { '−' }, number(base.abs(), 15)),
        };
        let unit = self.exponent.filter(|exponent| *exponent != 0).map(|exponent| number(ten(exponent), 1));
        format!("{words}{common}{}", unit.map_or(String::new(), |unit| format!(", in units of {unit}")))
    }
}

/// `whole` · 10^`power`, rounded once.
fn decimal(whole: i64, power: i32) -> f64 {
    format!("{whole}e{power}").parse().unwrap_or(f64::NAN)
}

fn ten(power: i32) -> f64 {
    decimal(1, power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn geometric(low: f64, high: f64, n: usize) -> Vec<f64> {
        (0..n).map(|i| low * (high / low).powf(i as f64 / (n - 1) as f64)).collect()
    }

    fn linear(low: f64, high: f64, n: usize) -> Vec<f64> {
        (0..n).map(|i| low + (high - low) * i as f64 / (n - 1) as f64).collect()
    }

    fn ticks(values: &[f64]) -> MapTicks {
        MapTicks::of(&MapAxis { words: "lr", values }, 6)
    }

    fn written(ticks: &MapTicks) -> Vec<&str> {
        ticks.marks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn decades_get_powers_of_ten_in_the_middle_of_their_pixels() {
        let found = ticks(&geometric(1e-3, 1e3, 601));
        assert_eq!(written(&found), ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]);
        let off = |i: usize| (found.marks[i].0 - (100.0 * i as f64 + 0.5)).abs();
        assert!((0..7).all(|i| off(i) < 1e-6), "{found:?}");
        assert_eq!(found.title, "lr");
    }

    #[test]
    fn small_windows_are_written_as_differences() {
        let found = ticks(&linear(1.23456712, 1.23456891, 400));
        assert_eq!(written(&found), ["7.5", "8.0", "8.5"]);
        assert_eq!(found.title, "lr − 1.23456, in units of 10⁻⁶");
        // The second tick, 1.234568, is 0.88 of 1.79 from the left, over 399 steps.
        assert!((found.marks[1].0 - (0.5 + 399.0 * 0.88 / 1.79)).abs() < 0.01, "{found:?}");
        let found = ticks(&geometric(12.0, 12.6, 400));
        assert_eq!(
            (written(&found), found.title.as_str()),
            (vec!["12", "12.1", "12.2", "12.3", "12.4", "12.5", "12.6"], "lr")
        );
        let found = ticks(&linear(1.234e-7, 1.2349e-7, 400));
        assert_eq!((written(&found)[0], found.title.as_str()), ("1.2340", "lr, in units of 10⁻⁷"));
        let found = ticks(&linear(-1.0000009, -1.0000001, 100));
        assert_eq!((written(&found)[0], found.title.as_str()), ("2", "lr + 1.000001, in units of 10⁻⁷"));
    }

    #[test]
    fn ticks_differ_ascend_and_stay_inside_at_every_depth() {
        for centre in [3.7e-4, 0.0316227766, 0.99999999, 1.0, 7.3, 512.3, 4.2e7] {
            for depth in 0..13 {
                let half = centre * 10f64.powi(-depth) * 0.4;
                for values in [linear(centre - half, centre + half, 300), geometric(centre - half, centre + half, 300)]
                {
                    let found = ticks(&values);
                    let words: BTreeSet<&str> = written(&found).into_iter().collect();
                    assert!((2..=9).contains(&found.marks.len()), "{centre} {depth} {found:?}");
                    assert_eq!(words.len(), found.marks.len(), "{centre} {depth} {found:?}");
                    assert!(words.iter().all(|word| word.chars().count() <= 8), "{centre} {depth} {found:?}");
                    assert!(found.marks.windows(2).all(|pair| pair[0].0 < pair[1].0), "{centre} {depth} {found:?}");
                    assert!(found.marks.iter().all(|(at, _)| (0.4..=299.6).contains(at)), "{centre} {depth} {found:?}");
                }
            }
        }
    }

    #[test]
    fn one_value_and_two_have_ticks_too() {
        assert_eq!(ticks(&[0.25]).marks, [(0.5, "0.25".to_owned())]);
        assert!(ticks(&[0.1, 0.2]).marks.len() >= 2);
        assert_eq!(written(&ticks(&linear(-3.0, 3.0, 7))), ["−3", "−2", "−1", "0", "1", "2", "3"]);
    }
}
