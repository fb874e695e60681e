//! The values of one hyper-parameter: `0.01`, `0.01,0.1`, `linspace:0.001:0.1:40`, `geomspace:1e-4:1:20` or
//! `logspace:-4:0:20`.

mod range;

use super::typing_hints;
use crate::error::{Error, Result, number, quoted};
use range::{AxisRange, MAX_VALUES, RangeRule};

/// The values of one hyper-parameter over a sweep, with the text that they were parsed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    text: String,
    values: Vec<f64>,
}

const ALLOWED: &str = "a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, geomspace:START:STOP:COUNT, \
                       logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal factors)";

impl Axis {
    /// Parses an axis like [`Axis::parse`]; its numbers must be at least 0 unless `signed`.
    pub(super) fn parse_signed(name: &str, text: &str, signed: bool) -> Result<Self> {
        let axis = Self::read(text, signed).map_err(|error| error.of(name))?;
        match axis.repeated() {
            Some(value) => Err(Error::usage(name, format!("has {} more than once; {}", number(value), advice(text)))),
            None => Ok(axis),
        }
    }

    /// Parses finite numbers, which must be at least 0 unless `signed`.
    fn read(text: &str, signed: bool) -> Result<Self> {
        let typed = text;
        let allowed = if signed { ALLOWED.replacen(" from 0", "", 1) } else { ALLOWED.to_owned() };
        let refuse =
            |part: &str| Error::setting("", quoted(typed), allowed.as_str()).with_hint(&mistake_in(typed, part));
        if typed.replace("..", ",").split([',', ':']).any(|part| part.split_whitespace().count() > 1) {
            return Err(refuse(typed));
        }
        // Spaces have no meaning; without them, equal settings have equal text.
        let text: String = typed.split_whitespace().collect();
        let fits = |v: &f64| v.is_finite() && (signed || *v >= 0.0);
        let (text, values) = match AxisRange::find(&text)? {
            Some(range) => {
                let values = range.values();
                values.iter().all(fits).then_some(()).ok_or_else(|| refuse(&text))?;
                (range.to_string(), values)
            }
            None => {
                let values = list(&text, fits).map_err(refuse)?;
                (text, values)
            }
        };
        // Turns -0.0 into 0.0, which would otherwise appear as another learning rate in every table.
        let values: Vec<f64> = values.into_iter().map(|v| v + 0.0).collect();
        Ok(Self { text, values })
    }

    /// Returns the smallest value that occurs more than once.
    fn repeated(&self) -> Option<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    /// Returns a warning about the setting `name` if the text probably means something else; `None` otherwise.
    pub fn warning(&self, name: &str) -> Option<String> {
        let short = |value: f64| number(format!("{value:.11e}").parse().unwrap_or(value));
        let (first, last) = (short(self.values[0]), short(*self.values.last()?));
        match AxisRange::find(&self.text).ok().flatten() {
            Some(range) if range.looks_like_values(name) => {
                let ([start, stop], count) = (&range.typed, range.count);
                Some(format!(
                    "{name} {range} runs from {first} to {last}: the ends of logspace are powers of 10; for values from {start} to \
                     {stop} type {name} geomspace:{start}:{stop}:{count}"
                ))
            }
            None if looks_like_decimal_comma(&self.text) => Some(format!(
                "{name} {} is read as the values {}; for a fraction type a point: {name} {}",
                self.text,
                self.values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(" and "),
                self.text.replacen(',', ".", 1)
            )),
            _ => None,
        }
    }

    /// Returns a range of the same kind and count, `factor` times smaller. Its middle moves towards `centre`, leaving
    /// the fraction `rest` of the distance: 0 moves it onto `centre`. `None` for a list, and for a `centre` that a
    /// logarithmic range can't have.
    pub(super) fn window(&self, centre: f64, factor: f64, rest: f64) -> Option<Self> {
        let range = AxisRange::find(&self.text).ok()??;
        let [start, stop] = range.even_ends();
        let centre = if range.kind == RangeRule::Linear { centre } else { centre.log10() };
        let centre = centre + rest * ((start + stop) / 2.0 - centre);
        let half = (stop - start) / 2.0 / factor;
        let kind = if range.kind == RangeRule::Linear { "linspace" } else { "logspace" };
        Self::read(&format!("{kind}:{}:{}:{}", centre - half, centre + half, range.count), true).ok()
    }

    /// Returns the same range with another number of values; `None` for a list.
    pub(super) fn of_count(&self, count: u32) -> Option<Self> {
        let range = AxisRange::find(&self.text).ok()??;
        Self::read(&AxisRange { count: count as usize, ..range }.to_string(), true).ok()
    }

    /// Returns the values in the order given; at least one.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Parses a list; the error is the first part that is not an allowed number.
fn list(text: &str, fits: impl Fn(&f64) -> bool) -> Result<Vec<f64>, &str> {
    if text.split(',').nth(MAX_VALUES).is_some() {
        return Err("the list, of more than 1000000 values,");
    }
    text.split(',').map(|part| part.parse().ok().filter(&fits).ok_or(part)).collect()
}

/// Returns a hint about the probable mistake in a text of which `part` is not a value.
fn mistake_in(text: &str, part: &str) -> String {
    let clauses = [
        typing_hints::of_range(text, &RangeRule::NAMES),
        typing_hints::of_list(text, ','),
        typing_hints::of_number(text),
    ];
    let bad = || if part == text.trim() { String::new() } else { format!("{} is no such number", quoted(part)) };
    clauses.into_iter().find(|clause| !clause.is_empty()).unwrap_or_else(bad)
}

/// Whether a list such as `0,01`, which has two values, was probably meant as decimal fractions.
fn looks_like_decimal_comma(text: &str) -> bool {
    let parts: Vec<&str> = text.split(',').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() > 1 && parts.len().is_multiple_of(2) && parts[0] == "0" && parts.iter().all(digits)
}

/// Returns advice for an axis with equal values.
fn advice(text: &str) -> &'static str {
    match looks_like_decimal_comma(&text.split_whitespace().collect::<String>()) {
        true => "a fraction is typed with a point: 0.01",
        false => "give each value only once (--seeds N trains each value N times)",
    }
}

impl From<Axis> for String {
    fn from(axis: Axis) -> Self {
        axis.text
    }
}

impl std::fmt::Display for Axis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
