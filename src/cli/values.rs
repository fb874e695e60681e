//! Readers of flag values. Each error says what is allowed; the flag and the value are added in `errors`.

use gpu_sweep::sweep::{Axis, Choice, Choices};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A whole number; `1_000_000` is as good as `1000000`.
pub fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    let allowed = || format!("a whole number from 0 to {}", largest::<T>());
    text.replace('_', "").parse().map_err(|_| allowed())
}

/// A whole number in a range.
pub fn between(text: &str, range: RangeInclusive<u32>) -> Result<u32, String> {
    let allowed = || format!("a whole number from {} to {}", range.start(), range.end());
    whole(text).ok().filter(|n| range.contains(n)).ok_or_else(allowed)
}

/// The largest value of a whole-number type, for messages.
fn largest<T>() -> String {
    match size_of::<T>() {
        4 => u32::MAX.to_string(),
        _ => "2^64 - 1".to_owned(),
    }
}

/// A finite number.
pub fn number(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or("a finite number".to_owned())
}

/// So many finite numbers with commas between them.
pub fn finite_numbers<const N: usize>(text: &str) -> Result<[f64; N], String> {
    let numbers: Vec<f64> = text.split(',').map_while(|one| number(one.trim()).ok()).collect();
    let count = text.split(',').count();
    numbers.try_into().ok().filter(|_| count == N).ok_or_else(|| format!("{N} numbers with commas between them"))
}

/// Reads a list of choices.
pub fn choices<T: Choice>(text: &str) -> Result<Choices<T>, String> {
    Choices::parse("", text).map_err(allowed)
}

/// Reads the values of a hyper-parameter.
pub fn axis(text: &str) -> Result<Axis, String> {
    Axis::parse("", text).map_err(allowed)
}

/// Reads values that may be below 0.
pub fn signed_axis(text: &str) -> Result<Axis, String> {
    Axis::parse("--offset-a", text).map_err(allowed)
}

/// What the error says is allowed.
fn allowed(error: gpu_sweep::Error) -> String {
    match error {
        gpu_sweep::Error::Setting { allowed, .. } => allowed,
        other => other.to_string(),
    }
}
