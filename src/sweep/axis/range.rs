//! Ranges of values, with numpy's formulas and exact ends.

use super::super::whole;
use crate::error::{Error, Result};
use std::ops::RangeInclusive;

/// Maximum number of values of one axis
pub(super) const MAX_VALUES: usize = 1_000_000;
/// Possible numbers of values of a range
const COUNTS: RangeInclusive<usize> = 1..=MAX_VALUES;
/// Number of values of a range START..STOP
const USUAL_COUNT: usize = 20;

/// Spacing of the values of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Equal steps
    Linear,
    /// Equal factors; the ends are exponents of 10
    Log,
    /// Equal factors; the ends are values
    Geometric,
}

impl Spacing {
    /// Names on the command line, in the order of the variants
    pub const NAMES: [&str; 3] = ["linspace", "logspace", "geomspace"];

    fn named(text: &str) -> Option<Self> {
        let at = Self::NAMES.iter().position(|name| name.eq_ignore_ascii_case(text))?;
        Some([Self::Linear, Self::Log, Self::Geometric][at])
    }
}

/// A parsed range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AxisRange {
    pub spacing: Spacing,
    pub start: f64,
    pub stop: f64,
    pub count: usize,
    /// Text of both ends as typed, which settings and digests keep
    pub typed: [String; 2],
}

impl AxisRange {
    /// Parses `text`, which has no spaces; `None` if it is not a range.
    ///
    /// # Errors
    /// [`Error::Usage`], without the setting's name, for an invalid number of values or invalid ends.
    pub fn find(text: &str) -> Result<Option<Self>> {
        let parts: Vec<&str> = text.split(':').collect();
        let (spacing, ends, count) = match parts[..] {
            [name, start, stop, count] => (Spacing::named(name), [start, stop], Some(count)),
            [text] => match text.split_once("..") {
                Some((start, stop)) => (Some(Spacing::Geometric), [start, stop], None),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let end = |text: &str| text.parse().ok().filter(|end: &f64| end.is_finite());
        let (Some(spacing), [Some(start), Some(stop)]) = (spacing, ends.map(end)) else { return Ok(None) };
        let count = count.map_or(Ok(USUAL_COUNT), |count| checked_count(text, count))?;
        let range = Self { spacing, start, stop, count, typed: ends.map(str::to_owned) };
        range.check_ends()?;
        Ok(Some(range))
    }

    /// Refuses a geometric range with an end at 0 or with ends of different signs, which equal factors can't connect.
    fn check_ends(&self) -> Result<()> {
        let has_zero = self.start == 0.0 || self.stop == 0.0;
        if self.spacing != Spacing::Geometric || (!has_zero && self.start.signum() == self.stop.signum()) {
            return Ok(());
        }
        let [start, stop] = &self.typed;
        let what = format!(
            "goes from {start} to {stop} by equal factors, which needs two ends above 0; for equal steps type \
             linspace:{start}:{stop}:{}",
            self.count
        );
        Err(Error::usage("", what))
    }

    /// Returns all values; at least one.
    pub fn values(&self) -> Vec<f64> {
        match self.spacing {
            Spacing::Linear => linspace(self.start, self.stop, self.count),
            Spacing::Log => powers(self.start, self.stop, self.count),
            Spacing::Geometric => {
                let [start, stop] = [self.start, self.stop].map(|end| end.abs().log10());
                let mut values: Vec<f64> =
                    powers(start, stop, self.count).into_iter().map(|value| value.copysign(self.start)).collect();
                values[self.count - 1] = self.stop;
                values[0] = self.start;
                values
            }
        }
    }

    /// Returns a range of the same count, `factor` times smaller on the scale on which the values are evenly spaced.
    /// Its middle moves towards `centre`, leaving the fraction `rest` of the distance. `None` if its ends are not
    /// finite.
    pub fn window(&self, centre: f64, factor: f64, rest: f64) -> Option<Self> {
        let (spacing, [start, stop], centre) = match self.spacing {
            Spacing::Linear => (Spacing::Linear, [self.start, self.stop], centre),
            Spacing::Log => (Spacing::Log, [self.start, self.stop], centre.log10()),
            Spacing::Geometric => (Spacing::Log, [self.start.log10(), self.stop.log10()], centre.log10()),
        };
        let centre = centre + rest * ((start + stop) / 2.0 - centre);
        let half = (stop - start) / 2.0 / factor;
        let (start, stop) = (centre - half, centre + half);
        let range = Self { spacing, start, stop, count: self.count, typed: [start, stop].map(|end| end.to_string()) };
        (start.is_finite() && stop.is_finite()).then_some(range)
    }

    /// Returns the range with another number of values; `None` for a number that no range can have.
    pub fn of_count(&self, count: usize) -> Option<Self> {
        COUNTS.contains(&count).then(|| Self { count, ..self.clone() })
    }

    /// Whether the ends of a logspace look like values instead of exponents: both are above 0, and one is a fraction or
    /// the axis is a learning rate, which would then be above 1.
    pub fn looks_like_values(&self, name: &str) -> bool {
        let above = self.spacing == Spacing::Log && self.start > 0.0 && self.stop > 0.0;
        above && (self.start.fract() != 0.0 || self.stop.fract() != 0.0 || name.starts_with("--lr"))
    }
}

impl std::fmt::Display for AxisRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [start, stop] = &self.typed;
        write!(f, "{}:{start}:{stop}:{}", Spacing::NAMES[self.spacing as usize], self.count)
    }
}

fn checked_count(range: &str, count: &str) -> Result<usize> {
    let number = whole(count).and_then(|count| count.try_into().ok()).filter(|n| COUNTS.contains(n));
    let refuse = || {
        let what =
            format!("has COUNT {count} in {range}; the number of values must be a whole number from 1 to {MAX_VALUES}");
        Error::usage("", what)
    };
    number.ok_or_else(refuse)
}

/// Returns `count` evenly spaced numbers, with numpy's formula `start + i * step`.
fn linspace(start: f64, stop: f64, count: usize) -> Vec<f64> {
    let step = (stop - start) / (count.max(2) - 1) as f64;
    (0..count).map(|i| if i > 0 && i + 1 == count { stop } else { start + i as f64 * step }).collect()
}

/// Returns powers of 10 with evenly spaced exponents.
fn powers(start: f64, stop: f64, count: usize) -> Vec<f64> {
    linspace(start, stop, count).into_iter().map(|exponent| 10f64.powf(exponent)).collect()
}
