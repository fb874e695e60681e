//! The numbers that settings take.

use super::setting::Setting;
use super::{typing_hints, whole};
use crate::dataset::MAX_NUMBER;
use crate::error::{Error, Result, number, shown};

/// The numbers that a setting takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberRange {
    /// Whole ones from the first to the second.
    Whole(u64, u64),
    /// Any from the first to the second, with what they are in words.
    Number(f64, f64, &'static str),
    /// Any from the first to below the second.
    Below(f64, f64, &'static str),
}

/// Whole numbers from `least` to `most`.
pub(super) const fn whole_from(least: u64, most: u64) -> NumberRange {
    NumberRange::Whole(least, most)
}

impl NumberRange {
    /// Any seed.
    pub(super) const ANY_SEED: Self = Self::Whole(0, u64::MAX);
    /// Finite ones.
    pub(super) const FINITE: Self = Self::Number(f64::MIN, f64::MAX, "a finite number");
    /// Finite ones from 0.
    pub(super) const FINITE_FROM_0: Self = Self::Number(0.0, f64::MAX, "a finite number from 0");
    /// Standard deviations of data.
    pub(super) const SPREAD: Self = Self::Number(0.0, MAX_NUMBER, "a number from 0 to 1e30");
    /// Averages' decay rates.
    pub(super) const BELOW_1: Self = Self::Below(0.0, 1.0, "a number from 0 to below 1");
    /// The same where 1 is possible.
    pub(super) const FROM_0_TO_1: Self = Self::Number(0.0, 1.0, "a number from 0 to 1");
    /// The share of rows that are set apart.
    pub(super) const SHARE_APART: Self = Self::Number(0.0, 0.9, "a share from 0 (no such rows) to 0.9");
    /// A share of rows.
    pub(super) const SHARE_OF_ROWS: Self = Self::Number(0.0, 1.0, "a share of the rows from 0 to 1");

    /// Those of a setting, by its key in `sweep.toml` or its flag; `None` for one that is no single number.
    pub fn of(setting: &str) -> Option<Self> {
        Setting::named(setting).filter(|setting| setting.is_number()).map(|setting| setting.range)
    }

    /// In words that follow "must be".
    pub fn words(self) -> String {
        match self {
            Self::Whole(least, u64::MAX) => format!("a whole number from {least} to 2^64 - 1"),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Number(_, _, words) | Self::Below(_, _, words) => words.to_owned(),
        }
    }

    /// Whether `value` is one of them.
    pub fn contains(self, value: f64) -> bool {
        match self {
            Self::Whole(least, most) => value >= least as f64 && value <= most as f64,
            Self::Number(least, most, _) => value >= least && value <= most,
            Self::Below(least, end, _) => value >= least && value < end,
        }
    }

    /// One of them, read from text; the error, which lacks the setting's name, shows it as it was typed.
    pub(super) fn whole<T: TryFrom<u64>>(self, text: &str) -> Result<T> {
        let fits = |number: &u64| matches!(self, Self::Whole(least, most) if (least..=most).contains(number));
        let number = whole(text).filter(fits).and_then(|number| number.try_into().ok());
        number.ok_or_else(|| Error::setting("", shown(text), self.words()).hinted(&typing_hints::of_number(text)))
    }

    /// The same where it need not be whole.
    pub(super) fn number(self, text: &str) -> Result<f64> {
        let number = text.trim().parse().ok().filter(|number| self.contains(*number));
        number.ok_or_else(|| Error::setting("", shown(text), self.words()).hinted(&typing_hints::of_number(text)))
    }

    /// An error where `value` is none of them.
    pub(super) fn check(self, flag: &str, value: f64) -> Result<()> {
        if self.contains(value) { Ok(()) } else { Err(Error::setting(flag, number(value), self.words())) }
    }

    /// The same for a whole number.
    pub(super) fn check_whole(self, flag: &str, value: u64) -> Result<()> {
        match self {
            Self::Whole(least, most) if !(least..=most).contains(&value) => {
                Err(Error::setting(flag, value, self.words()))
            }
            _ => Ok(()),
        }
    }
}

/// A whole number as `setting` takes it; the error, which lacks the setting's name, shows it as it was typed.
///
/// # Errors
/// [`Error::Setting`].
pub fn whole_of<T: TryFrom<u64>>(setting: &str, text: &str) -> Result<T> {
    NumberRange::of(setting).unwrap_or(NumberRange::ANY_SEED).whole(text)
}

/// A finite number; the error, which lacks a name, shows it as it was typed.
///
/// # Errors
/// [`Error::Setting`].
pub fn finite(text: &str) -> Result<f64> {
    let number = text.trim().parse().ok().filter(|number| NumberRange::FINITE.contains(*number));
    // Percent are a share of what is known to be one.
    let hint = || if text.contains('%') { String::new() } else { typing_hints::of_number(text) };
    number.ok_or_else(|| Error::setting("", shown(text), NumberRange::FINITE.words()).hinted(&hint()))
}
