//! How an engine distributes models over its hardware, in a type of all engines.

mod cpu_mapping;
mod gpu_mapping;

pub use cpu_mapping::{CpuMapping, Rounding};
pub use gpu_mapping::GpuMapping;

use crate::error::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// The reference engine's only mapping.
const SCALAR: &str = "scalar";

/// Mapping of models to one engine's hardware: chosen by the engine, or read from its text, which files and reports
/// show. Every such text can be read on every machine; the engine refuses what its hardware can't run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// Of the gpu engine: `thread-64`.
    Gpu(GpuMapping),
    /// Of the cpu engine: `fused-tile64`.
    Cpu(CpuMapping),
    /// Of the reference engine, one model after the other: `scalar`.
    Reference,
}

impl Mapping {
    /// Lists the distinct texts, sorted.
    pub fn distinct(mappings: &[Self]) -> String {
        let mut texts: Vec<String> = mappings.iter().map(Self::to_string).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.join(", ")
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gpu(mapping) => mapping.fmt(f),
            Self::Cpu(mapping) => mapping.fmt(f),
            Self::Reference => f.pad(SCALAR),
        }
    }
}

impl FromStr for Mapping {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let engines = || GpuMapping::read(text).map(Self::Gpu).or_else(|| CpuMapping::read(text).map(Self::Cpu));
        let found = if text == SCALAR { Some(Self::Reference) } else { engines() };
        // Canonical spelling only, so that a mapping has one text form.
        let found = found.filter(|mapping| mapping.to_string() == text);
        let allowed = || {
            let (cpu, gpu) = (CpuMapping::forms(), GpuMapping::FORMS);
            format!("{SCALAR} on the reference engine; {cpu}; or, on the gpu engine, {gpu}")
        };
        found.ok_or_else(|| Error::setting("", text, allowed()))
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> Deserialize<'a> for Mapping {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| de::Error::custom(error.of("a mapping")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_of_all_engines_are_read_back_from_their_text_and_from_json() {
        for text in ["thread-64", "subgroup-8-64", "streamed-256-4", "fused-tile64", "plain-tile7", "scalar"] {
            let mapping: Mapping = text.parse().unwrap();
            assert_eq!((mapping.to_string(), serde_json::to_value(mapping).unwrap()), (text.to_owned(), text.into()));
            assert_eq!(serde_json::from_value::<Mapping>(text.into()).unwrap(), mapping);
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_forms_of_all_engines() {
        for text in [
            "",
            "sideways",
            "thread-63",
            "fused-tile65",
            "plain-tile0",
            "plain-tile+8",
            "tiled-64-040",
            "thread-+64",
            "Scalar",
        ] {
            let error = text.parse::<Mapping>().unwrap_err().of("--mapping").to_string();
            let forms = ["must be scalar on the reference engine", "fused-tileN or plain-tileN on the cpu", "thread-W"];
            assert!(
                forms.iter().all(|form| error.contains(form)) && error.ends_with(&format!("not {text}")),
                "{error}"
            );
            assert!(serde_json::from_value::<Mapping>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn distinct_texts_are_sorted() {
        let all = ["thread-64", "scalar", "thread-64"].map(|text| text.parse().unwrap());
        assert_eq!(Mapping::distinct(&all), "scalar, thread-64");
    }
}
