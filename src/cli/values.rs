//! Readers of flag values. Each error says what is allowed and what was typed; the flag is added in `errors`.

use gpu_sweep::error::{Error, Result, shown};
use gpu_sweep::sweep::{self, Axis, Choice, Choices, ExtraCurve, Hyperparameter};
use std::ops::RangeInclusive;

/// A whole number as people type it: `1000000`, `1_000_000`, `1e6` or `1000k`.
pub fn whole<T: TryFrom<u64>>(text: &str) -> Result<T> {
    let allowed = || match size_of::<T>() {
        4 => format!("a whole number from 0 to {}", u32::MAX),
        _ => "a whole number from 0 to 2^64 - 1".to_owned(),
    };
    let number = sweep::whole(text).and_then(|number| number.try_into().ok());
    number.ok_or_else(|| Error::setting("", shown(text), allowed()))
}

/// A whole number in a range.
pub fn between(text: &str, range: RangeInclusive<u32>) -> Result<u32> {
    let allowed = || format!("a whole number from {} to {}", range.start(), range.end());
    let number = sweep::whole(text).and_then(|number| number.try_into().ok()).filter(|number| range.contains(number));
    number.ok_or_else(|| Error::setting("", shown(text), allowed()))
}

/// A finite number.
pub fn number(text: &str) -> Result<f64> {
    sweep::number_of("", text)
}

/// The reader of a setting that is a whole number, with its own limits.
pub fn count<T: TryFrom<u64>>(setting: &'static str) -> impl Fn(&str) -> Result<T> + Clone + Send + Sync {
    move |text| sweep::whole_of(setting, text)
}

/// The same for any number.
pub fn measure(setting: &'static str) -> impl Fn(&str) -> Result<f64> + Clone + Send + Sync {
    move |text| sweep::number_of(setting, text)
}

/// Several finite numbers with commas between them.
pub fn finite_numbers<const N: usize>(text: &str) -> Result<[f64; N]> {
    let numbers: Vec<f64> = text.split(',').map_while(|one| number(one).ok()).collect();
    let count = text.split(',').count();
    let allowed = || format!("{N} finite numbers with commas between them");
    numbers.try_into().ok().filter(|_| count == N).ok_or_else(|| Error::setting("", shown(text), allowed()))
}

/// Reads a list of choices.
pub fn choices<T: Choice>(text: &str) -> Result<Choices<T>> {
    Choices::parse("", text)
}

/// Reads a single choice.
pub fn word<T: Choice>(text: &str) -> Result<T> {
    sweep::word("", text)
}

/// Reads the names of curves; a list of its own type, since clap takes `Vec` for a flag that is given several times.
pub fn curves(text: &str) -> Result<RecordedCurves> {
    ExtraCurve::several("", text).map(RecordedCurves)
}

/// Curves to record.
#[derive(Debug, Clone)]
pub struct RecordedCurves(pub Vec<ExtraCurve>);

/// Reads the values of a hyper-parameter.
pub fn axis(text: &str) -> Result<Axis> {
    Axis::parse("", text)
}

/// Reads values that may be below 0.
pub fn signed_axis(text: &str) -> Result<Axis> {
    Axis::parse(&Hyperparameter::OffsetA.flag(), text).map_err(|error| error.of(""))
}

/// Reads yes or no.
pub fn yes_or_no(text: &str) -> Result<bool> {
    text.trim().to_lowercase().parse().map_err(|_| Error::setting("", shown(text), "true or false"))
}
