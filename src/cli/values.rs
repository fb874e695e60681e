//! Readers of flag values. Each error says what is allowed; the flag and the value are added in `errors`.

use gpu_sweep::sweep::{Axis, CurvesKept};
use std::str::FromStr;

/// A whole number; `1_000_000` is as good as `1000000`.
pub fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    let allowed = || format!("a whole number from 0 to {}", largest::<T>());
    text.replace('_', "").parse().map_err(|_| allowed())
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

/// Widths of hidden layers: `16`, `16,16`, `none`.
#[derive(Debug, Clone)]
pub struct Hidden(pub Vec<usize>);

/// Reads `--hidden`.
pub fn hidden(text: &str) -> Result<Hidden, String> {
    let widths = match text {
        "none" => Some(Vec::new()),
        _ => text.split(',').map(|width| width.trim().parse().ok()).collect(),
    };
    let possible = |widths: &Vec<usize>| gpu_sweep::model::Shape::new(1, widths).is_ok();
    let allowed = "none, or up to 4 widths of 1 to 64, as in 16,16";
    widths.filter(possible).map(Hidden).ok_or(allowed.to_owned())
}

/// Reads `--lr`.
pub fn axis(text: &str) -> Result<Axis, String> {
    Axis::parse("--lr", text).map_err(|error| match error {
        gpu_sweep::Error::Setting { allowed, .. } => allowed,
        other => other.to_string(),
    })
}

/// Reads `--curves`.
pub fn curves(text: &str) -> Result<CurvesKept, String> {
    match text {
        "auto" => Ok(CurvesKept::Auto),
        "all" => Ok(CurvesKept::All),
        "none" => Ok(CurvesKept::None),
        _ => whole(text).map(CurvesKept::First).map_err(|_| "auto, all, none or a whole number".to_owned()),
    }
}
