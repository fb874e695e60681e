//! The values of one hyper-parameter: `0.01`, `0.01,0.1`, `linspace:0.001:0.1:40`, `geomspace:1e-4:1:20` or
//! `logspace:-4:0:20`.

mod range;

use super::typing_hints;
use crate::error::{Error, Result, number, quoted};
use range::{AxisRange, MAX_VALUES, Spacing};

/// The values of one hyper-parameter over a sweep, with the rule that made them.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    values: Vec<f64>,
    rule: AxisRule,
}

/// Where the values of an axis come from.
#[derive(Debug, Clone, PartialEq)]
enum AxisRule {
    /// A list; its numbers as typed, which settings and digests keep.
    List(Vec<String>),
    Range(AxisRange),
}

const ALLOWED: &str = "a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, geomspace:START:STOP:COUNT, \
                       logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal factors)";

impl Axis {
    /// Parses an axis like [`Axis::parse`]; its numbers must be at least 0 unless `signed`.
    pub(super) fn parse_signed(name: &str, text: &str, signed: bool) -> Result<Self> {
        let axis = Self::read(text, signed).map_err(|error| error.of(name))?;
        match axis.repeated() {
            Some(value) => Err(Error::usage(
                name,
                format!("has {} more than once; {}", number(value), axis.advice_on_equal_values()),
            )),
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
        match AxisRange::find(&text)? {
            Some(range) => Self::of_range(range, fits).ok_or_else(|| refuse(&text)),
            None => {
                let values = list(&text, fits).map_err(refuse)?;
                Ok(Self::new(values, AxisRule::List(text.split(',').map(str::to_owned).collect())))
            }
        }
    }

    fn new(mut values: Vec<f64>, rule: AxisRule) -> Self {
        // Turns -0.0 into 0.0, which would otherwise appear as another learning rate in every table.
        values.iter_mut().for_each(|value| *value += 0.0);
        Self { values, rule }
    }

    /// Returns the values of a range; `None` if one of them is not allowed.
    fn of_range(range: AxisRange, fits: impl Fn(&f64) -> bool) -> Option<Self> {
        let values = range.values();
        values.iter().all(fits).then(|| Self::new(values, AxisRule::Range(range)))
    }

    /// Returns the smallest value that occurs more than once.
    fn repeated(&self) -> Option<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    /// Returns advice for an axis with equal values.
    fn advice_on_equal_values(&self) -> &'static str {
        match &self.rule {
            AxisRule::List(parts) if looks_like_decimal_comma(parts) => "a fraction is typed with a point: 0.01",
            AxisRule::List(_) | AxisRule::Range(_) => "give each value only once (--seeds N trains each value N times)",
        }
    }

    /// Returns a warning about the setting `name` if its values are probably not those meant; `None` otherwise.
    pub fn warning(&self, name: &str) -> Option<String> {
        let short = |value: f64| number(format!("{value:.11e}").parse().unwrap_or(value));
        let (first, last) = (short(self.values[0]), short(*self.values.last()?));
        match &self.rule {
            AxisRule::Range(range) if range.looks_like_values(name) => {
                let ([start, stop], count) = (&range.typed, range.count);
                Some(format!(
                    "{name} {range} runs from {first} to {last}: the ends of logspace are powers of 10; for values from {start} to \
                     {stop} type {name} geomspace:{start}:{stop}:{count}"
                ))
            }
            AxisRule::List(parts) if looks_like_decimal_comma(parts) => Some(format!(
                "{name} {self} is read as the values {}; for a fraction type a point: {name} {}.{}",
                self.values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(" and "),
                parts[0],
                parts[1..].join(",")
            )),
            AxisRule::List(_) | AxisRule::Range(_) => None,
        }
    }

    /// Returns a range of as many values on the same scale, `factor` times smaller. Its middle moves towards `centre`,
    /// leaving the fraction `rest` of the distance: 0 moves it onto `centre`. `None` for a list, and for a `centre`
    /// that a logarithmic range can't have.
    pub(super) fn window(&self, centre: f64, factor: f64, rest: f64) -> Option<Self> {
        let AxisRule::Range(range) = &self.rule else { return None };
        Self::of_range(range.window(centre, factor, rest)?, |value| value.is_finite())
    }

    /// Returns the same range with another number of values; `None` for a list.
    pub(super) fn of_count(&self, count: u32) -> Option<Self> {
        let AxisRule::Range(range) = &self.rule else { return None };
        Self::of_range(range.of_count(count as usize)?, |value| value.is_finite())
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
        typing_hints::of_range(text, &Spacing::NAMES),
        typing_hints::of_list(text, ','),
        typing_hints::of_number(text),
    ];
    let bad = || if part == text.trim() { String::new() } else { format!("{} is no such number", quoted(part)) };
    clauses.into_iter().find(|clause| !clause.is_empty()).unwrap_or_else(bad)
}

/// Whether a list such as `0,01`, which has two values, was probably meant as decimal fractions.
fn looks_like_decimal_comma(parts: &[String]) -> bool {
    let digits = |part: &String| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() > 1 && parts.len().is_multiple_of(2) && parts[0] == "0" && parts.iter().all(digits)
}

impl std::fmt::Display for Axis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.rule {
            AxisRule::List(parts) => f.write_str(&parts.join(",")),
            AxisRule::Range(range) => write!(f, "{range}"),
        }
    }
}

#[cfg(test)]
mod tests;
