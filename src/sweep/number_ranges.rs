//! Which numbers each setting takes: one table for flags, `sweep.toml` and the library.

use super::{Sweep, typing_hints, whole};
use crate::dataset::MAX_NUMBER;
use crate::error::{Error, Result, number, shown};
use crate::model::MAX_FEATURES;
use std::ops::RangeInclusive;

/// Most data sets of a sweep, and most of its cells.
pub(super) const MOST_CELLS: usize = 10_000;

/// The numbers that a setting takes.
#[derive(Debug, Clone, PartialEq)]
pub enum NumberRange {
    /// Whole ones.
    Whole(RangeInclusive<u64>),
    /// Any, with what they are in words.
    Number(RangeInclusive<f64>, &'static str),
}

impl NumberRange {
    /// Those of a setting, by its key in `sweep.toml` or its flag; `None` for one that is no single number.
    pub fn of(setting: &str) -> Option<Self> {
        let (u32_max, share) = (u64::from(u32::MAX), "a share from 0 (no such rows) to 0.9");
        Some(match setting.trim_start_matches('-') {
            "models" | "seeds" => Self::Whole(1..=Sweep::MAX_MODELS),
            "seed" | "data-seed" => Self::Whole(0..=u64::MAX),
            "points" => Self::Whole(2..=100_000),
            "features" => Self::Whole(1..=MAX_FEATURES as u64),
            "data-seeds" => Self::Whole(1..=MOST_CELLS as u64),
            "epochs" => Self::Whole(0..=100_000_000),
            "record-every" | "step-size" => Self::Whole(1..=u32_max),
            "warmup" => Self::Whole(0..=u32_max),
            "chunk-models" => Self::Whole(1..=Sweep::MOST_CHUNK_MODELS),
            "blur" | "noise" => Self::Number(0.0..=MAX_NUMBER, "a number from 0 to 1e30"),
            "gamma" => Self::Number(0.0..=f64::MAX, "a finite number from 0"),
            "validation-fraction" | "test-fraction" => Self::Number(0.0..=0.9, share),
            "success-threshold" => Self::Number(0.0..=1.0, "a share of the rows from 0 to 1"),
            _ => return None,
        })
    }

    /// In words that follow "must be".
    pub fn words(&self) -> String {
        match self {
            Self::Whole(range) => match (range.start(), range.end()) {
                (least, &u64::MAX) => format!("a whole number from {least} to 2^64 - 1"),
                (least, most) => format!("a whole number from {least} to {most}"),
            },
            Self::Number(_, words) => (*words).to_owned(),
        }
    }
}

/// A whole number within the limits of `setting`; the error, which lacks the setting's name, shows it as it was typed.
///
/// # Errors
/// [`Error::Setting`].
pub fn whole_of<T: TryFrom<u64>>(setting: &str, text: &str) -> Result<T> {
    let limits = NumberRange::of(setting).unwrap_or(NumberRange::Whole(0..=u64::MAX));
    let fits = |number: &u64| matches!(&limits, NumberRange::Whole(range) if range.contains(number));
    let number = whole(text).filter(fits).and_then(|number| number.try_into().ok());
    number.ok_or_else(|| Error::setting("", shown(text), limits.words()).hinted(&typing_hints::of_number(text)))
}

/// The same for any number.
///
/// # Errors
/// [`Error::Setting`].
pub fn number_of(setting: &str, text: &str) -> Result<f64> {
    let limits = NumberRange::of(setting).unwrap_or(NumberRange::Number(f64::MIN..=f64::MAX, "a finite number"));
    let fits = |number: &f64| matches!(&limits, NumberRange::Number(range, _) if range.contains(number));
    let number = text.trim().parse().ok().filter(fits);
    // Percent are a share of what is known to be one.
    let hint = || if setting.is_empty() && text.contains('%') { String::new() } else { typing_hints::of_number(text) };
    number.ok_or_else(|| Error::setting("", shown(text), limits.words()).hinted(&hint()))
}

/// An error where a setting that is there is not within its limits.
pub(super) fn counted(flag: &str, count: impl Into<u64>) -> Result<()> {
    let count = count.into();
    match NumberRange::of(flag) {
        Some(NumberRange::Whole(range)) if !range.contains(&count) => {
            Err(Error::setting(flag, count, NumberRange::Whole(range).words()))
        }
        _ => Ok(()),
    }
}

/// The same for any number.
pub(super) fn measured(flag: &str, value: f64) -> Result<()> {
    match NumberRange::of(flag) {
        Some(NumberRange::Number(range, words)) if !range.contains(&value) => {
            Err(Error::setting(flag, number(value), words))
        }
        _ => Ok(()),
    }
}
