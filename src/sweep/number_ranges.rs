//! Ranges of numeric settings.

use super::{typing_hints, whole};
use crate::dataset::MAX_NUMBER;
use crate::error::{Error, Result, number, quoted};

/// The range of a numeric setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberRange {
    /// Whole numbers between two bounds, both included.
    Whole(u64, u64),
    /// Numbers between two bounds, both included, and a description of the range.
    Number(f64, f64, &'static str),
    /// Numbers from the first bound to below the second, and a description of the range.
    Below(f64, f64, &'static str),
}

/// Returns the range of whole numbers from `least` to `most`.
pub(super) const fn whole_from(least: u64, most: u64) -> NumberRange {
    NumberRange::Whole(least, most)
}

impl NumberRange {
    /// Any seed.
    pub(super) const ANY_SEED: Self = Self::Whole(0, u64::MAX);
    /// Finite numbers.
    pub(super) const FINITE: Self = Self::Number(f64::MIN, f64::MAX, "a finite number");
    /// Finite numbers from 0.
    pub(super) const FINITE_FROM_0: Self = Self::Number(0.0, f64::MAX, "a finite number from 0");
    /// Standard deviations of noise and clusters in generated data.
    pub(super) const STANDARD_DEVIATION: Self = Self::Number(0.0, MAX_NUMBER, "a number from 0 to 1e30");
    /// Decay rates of moving averages.
    pub(super) const BELOW_1: Self = Self::Below(0.0, 1.0, "a number from 0 to below 1");
    /// Decay rates of moving averages, including 1.
    pub(super) const FROM_0_TO_1: Self = Self::Number(0.0, 1.0, "a number from 0 to 1");
    /// Fractions of held-out rows.
    pub(super) const HELD_OUT_FRACTION: Self = Self::Number(0.0, 0.9, "a share from 0 (no such rows) to 0.9");
    /// Fractions of the rows.
    pub(super) const SHARE_OF_ROWS: Self = Self::Number(0.0, 1.0, "a share of the rows from 0 to 1");

    /// Returns a description that follows "must be".
    pub fn words(self) -> String {
        match self {
            Self::Whole(least, u64::MAX) => format!("a whole number from {least} to 2^64 - 1"),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Number(_, _, words) | Self::Below(_, _, words) => words.to_owned(),
        }
    }

    /// Whether the range contains `value`.
    pub fn contains(self, value: f64) -> bool {
        match self {
            Self::Whole(least, most) => value >= least as f64 && value <= most as f64,
            Self::Number(least, most, _) => value >= least && value <= most,
            Self::Below(least, end, _) => value >= least && value < end,
        }
    }

    /// Parses a whole number in the range. The error quotes `text`; the caller adds the setting's name.
    pub(super) fn whole<T: TryFrom<u64>>(self, text: &str) -> Result<T> {
        let fits = |number: &u64| matches!(self, Self::Whole(least, most) if (least..=most).contains(number));
        let number = whole(text).filter(fits).and_then(|number| number.try_into().ok());
        number.ok_or_else(|| Error::setting("", quoted(text), self.words()).with_hint(&typing_hints::of_number(text)))
    }

    /// Parses a number in the range; errors as in [`NumberRange::whole`].
    pub(super) fn number(self, text: &str) -> Result<f64> {
        let number = text.trim().parse().ok().filter(|number| self.contains(*number));
        number.ok_or_else(|| Error::setting("", quoted(text), self.words()).with_hint(&typing_hints::of_number(text)))
    }

    /// Refuses a `value` outside the range.
    pub(super) fn check(self, flag: &str, value: f64) -> Result<()> {
        if self.contains(value) { Ok(()) } else { Err(Error::setting(flag, number(value), self.words())) }
    }

    /// Refuses a whole number outside the range, compared exactly.
    pub(super) fn check_whole(self, flag: &str, value: u64) -> Result<()> {
        match self {
            Self::Whole(least, most) if !(least..=most).contains(&value) => {
                Err(Error::setting(flag, value, self.words()))
            }
            _ => Ok(()),
        }
    }
}

/// Parses a finite number.
///
/// # Errors
/// [`Error::Setting`], which quotes `text`; the caller adds the setting's name.
pub fn finite(text: &str) -> Result<f64> {
    let number = text.trim().parse().ok().filter(|number| NumberRange::FINITE.contains(*number));
    // The hint for a percent sign suggests a fraction, but a number of any range may not be one.
    let hint = || if text.contains('%') { String::new() } else { typing_hints::of_number(text) };
    number.ok_or_else(|| Error::setting("", quoted(text), NumberRange::FINITE.words()).with_hint(&hint()))
}
