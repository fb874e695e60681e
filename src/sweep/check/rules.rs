//! What is checked of many settings, each with its sentence.

use super::Choice;
use crate::error::{Error, Result, number, one_of};
use crate::statistics::Select;
use crate::sweep::Metric;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// An error where a number is not as it should be.
pub(super) fn within(name: &str, value: f64, ok: bool, allowed: &str) -> Result<()> {
    if ok { Ok(()) } else { Err(Error::setting(name, number(value), allowed)) }
}

/// An error where a count is not in `range`.
pub(super) fn counted<T: Into<u64> + Copy>(name: &str, count: T, range: RangeInclusive<u64>) -> Result<()> {
    let (count, start, end): (u64, _, _) = (count.into(), range.start(), range.end());
    let allowed = || format!("a whole number from {start} to {end}");
    if range.contains(&count) { Ok(()) } else { Err(Error::setting(name, count, allowed())) }
}

/// An error where a setting was given and has no effect; `advice` says what to add.
pub(super) fn effective(name: &str, given: bool, has_effect: bool, advice: impl FnOnce() -> String) -> Result<()> {
    if given && !has_effect { Err(Error::usage(name, format!("has no effect {}", advice()))) } else { Ok(()) }
}

/// `with --optimizer sgd; use --optimizer adam or adamw`.
pub(super) fn among<T: Choice, D: Display>(flag: &str, chosen: D, choices: &[T]) -> String {
    let names: Vec<String> = choices.iter().map(Choice::text).collect();
    format!("with {flag} {chosen}; use {flag} {}", one_of(&names))
}

/// An error where the best is chosen by what is not computed.
pub(super) fn selectable(select: Select, metrics: &[Metric]) -> Result<()> {
    if select == Select::Auc && !metrics.contains(&Metric::Auc) {
        return Err(Error::usage("--select auc", "needs the areas; add --metrics auc"));
    }
    Ok(())
}

/// An error about two settings of which only one can be given.
pub(super) fn either(name: &str, other: &str) -> Error {
    Error::usage(name, format!("can't be used together with {other}; leave one of them out"))
}
