//! Parsers of flag values. Each error says what is allowed and what was typed; `errors` adds the flag.

use crate::error::{Error, Result, quoted};
use crate::sweep::{self, Choice, Choices};
use std::ops::RangeInclusive;

/// Parses a whole number: `1000000`, `1_000_000`, `1e6` or `1000k`.
pub fn whole<T: TryFrom<u64>>(text: &str) -> Result<T> {
    let allowed = || match size_of::<T>() {
        4 => format!("a whole number from 0 to {}", u32::MAX),
        _ => "a whole number from 0 to 2^64 - 1".to_owned(),
    };
    let number = sweep::whole(text).and_then(|number| number.try_into().ok());
    number.ok_or_else(|| Error::setting("", quoted(text), allowed()))
}

/// Parses a whole number in a range.
pub fn between(text: &str, range: RangeInclusive<u32>) -> Result<u32> {
    let allowed = || format!("a whole number from {} to {}", range.start(), range.end());
    let number = sweep::whole(text).and_then(|number| number.try_into().ok()).filter(|number| range.contains(number));
    number.ok_or_else(|| Error::setting("", quoted(text), allowed()))
}

/// Parses a finite number.
pub fn number(text: &str) -> Result<f64> {
    sweep::finite(text)
}

/// Returns a parser for a whole-number setting that checks the setting's range.
pub fn count<T: TryFrom<u64>>(setting: &'static str) -> impl Fn(&str) -> Result<T> + Clone + Send + Sync {
    move |text| sweep::parse_whole_for(setting, text)
}

/// Parses exactly `N` finite numbers, separated by commas.
pub fn finite_numbers<const N: usize>(text: &str) -> Result<[f64; N]> {
    let numbers: Vec<f64> = text.split(',').map_while(|one| number(one).ok()).collect();
    let count = text.split(',').count();
    let allowed = || format!("{N} finite numbers with commas between them");
    numbers.try_into().ok().filter(|_| count == N).ok_or_else(|| Error::setting("", quoted(text), allowed()))
}

/// Parses a list of choices.
pub fn choices<T: Choice>(text: &str) -> Result<Choices<T>> {
    Choices::parse("", text)
}
