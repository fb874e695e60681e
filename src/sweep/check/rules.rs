//! What is checked of many settings, each with its sentence.

use super::Choice;
use crate::error::{Error, Result, one_of};
use crate::statistics::Select;
use crate::sweep::Metric;
use std::fmt::Display;

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
