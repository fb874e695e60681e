//! The values of one hyper-parameter: `0.01`, `0.01,0.1`, `linspace:0.001:0.1:40` or `logspace:-4:-1:20`.

use super::Scalar;
use crate::error::{Error, Result, shown};
use serde::{Deserialize, Deserializer, Serialize};

/// The values of one hyper-parameter over a sweep, with the text that they came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Axis {
    text: String,
    values: Vec<f64>,
}

const ALLOWED: &str = "a number from 0, a list a,b,c, linspace:START:STOP:COUNT or logspace:EXP0:EXP1:COUNT (powers of 10), \
                       of up to 1000000 values";
/// Most values of one axis.
const MAX_VALUES: usize = 1_000_000;

impl Axis {
    /// Reads an axis; `name` is the flag, for messages. `linspace` and `logspace` include both ends, as numpy's do.
    ///
    /// # Errors
    /// [`Error::Setting`] for anything that is no list of finite numbers from 0; of a scalar's flag that takes others, too, of these.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let signed = Scalar::ALL.iter().any(|scalar| scalar.flag() == name && scalar.allows(-1.0));
        let allowed = if signed { ALLOWED.replacen(" from 0", "", 1) } else { ALLOWED.to_owned() };
        Self::read(text, signed).ok_or_else(|| Error::setting(name, shown(text), allowed))
    }

    /// The axis of finite numbers that `text` stands for, from 0 unless they may be `signed`.
    fn read(text: &str, signed: bool) -> Option<Self> {
        let values = expand(text)?;
        // Spaces make no other question.
        let text: String = text.split_whitespace().collect();
        // -0.0 would be a second zero: a learning rate of its own in every table.
        let values: Vec<f64> = values.into_iter().map(|v| v + 0.0).collect();
        let fits = |v: &f64| v.is_finite() && (signed || *v >= 0.0);
        (!values.is_empty() && values.iter().all(fits)).then_some(Self { text, values })
    }

    /// A range of this kind and number of values, `factor` times smaller, around `centre`, but for a `rest` of the way there; none for a
    /// list, and for a place that a logarithmic range can't have.
    pub(super) fn window(&self, centre: f64, factor: f64, rest: f64) -> Option<Self> {
        let (kind, [start, stop], count) = self.range()?;
        let centre = if kind == "logspace" { centre.log10() } else { centre };
        let centre = centre + rest * ((start + stop) / 2.0 - centre);
        let half = (stop - start) / 2.0 / factor;
        Self::read(&format!("{kind}:{}:{}:{count}", centre - half, centre + half), true)
    }

    /// The same range with another number of values; none for a list.
    pub(super) fn of_count(&self, count: u32) -> Option<Self> {
        let (kind, [start, stop], _) = self.range()?;
        Self::read(&format!("{kind}:{start}:{stop}:{count}"), true)
    }

    /// Kind, ends and number of values of a range.
    fn range(&self) -> Option<(&str, [f64; 2], usize)> {
        let mut parts = self.text.split(':');
        let kind = parts.next()?;
        let mut end = || parts.next()?.parse().ok();
        Some((kind, [end()?, end()?], self.values.len()))
    }

    /// The values in the order given; at least one.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// The numbers that `text` stands for, or `None` where it is malformed.
fn expand(text: &str) -> Option<Vec<f64>> {
    let number = |t: &str| t.trim().parse::<f64>().ok();
    let Some((kind, rest)) = text.split_once(':') else {
        let few = text.split(',').nth(MAX_VALUES).is_none();
        return if few { text.split(',').map(number).collect() } else { None };
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let [start, stop, count] = parts[..] else { return None };
    let (start, stop) = (number(start)?, number(stop)?);
    let count = count.trim().parse().ok().filter(|n| (1..=MAX_VALUES).contains(n))?;
    match kind.trim() {
        "linspace" => Some(linspace(start, stop, count)),
        "logspace" => Some(linspace(start, stop, count).into_iter().map(|e| 10f64.powf(e)).collect()),
        _ => None,
    }
}

/// `count` evenly spaced numbers with both ends exact, by numpy's formula `start + i * step`.
fn linspace(start: f64, stop: f64, count: usize) -> Vec<f64> {
    let step = (stop - start) / (count.max(2) - 1) as f64;
    (0..count).map(|i| if i > 0 && i + 1 == count { stop } else { start + i as f64 * step }).collect()
}

/// Reads values that may be below 0.
pub(super) fn signed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Axis>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Axis::parse(&Scalar::OffsetA.flag(), &text).map(Some).map_err(serde::de::Error::custom)
}

impl TryFrom<String> for Axis {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse("values", &text)
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
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        Axis::parse("--lr", text).unwrap().values().to_vec()
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(values("0.05"), [0.05]);
        assert_eq!(values("0.01, 0.1"), [0.01, 0.1]);
        assert_eq!(values("linspace:0:1:5"), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(values("linspace:0.3:9:1"), [0.3]);
        assert_eq!(values("logspace:-2:0:3"), [0.01, 0.1, 1.0]);
        let course = values("linspace:0.001:0.1:40");
        assert_eq!((course.len(), course[0], course[39]), (40, 0.001, 0.1));
    }

    #[test]
    fn nonsense_is_refused_with_the_flag_and_what_is_allowed() {
        for text in [
            "",
            ",",
            "a",
            "0.1,",
            "-0.1",
            "nan",
            "inf",
            "linspace:0:1",
            "linspace:0:1:0",
            "linspace:0:1:2.5",
            "geomspace:1:2:3",
            "linspace:0:1:3:4",
            "logspace:0:999:2",
            "linspace:-1:1:3",
            "linspace:0:1:99999999999",
        ] {
            let message = Axis::parse("--lr", text).unwrap_err().to_string();
            assert!(
                message.starts_with("--lr: ") && message.contains("linspace:START:STOP:COUNT"),
                "{text}: {message}"
            );
        }
    }
}
