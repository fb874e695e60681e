//! How many models' curves to keep.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How many models' curves to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CurvesKept {
    /// All while they fit in about 100 MB; else those of the first seeds.
    Auto,
    /// Every model's.
    All,
    /// None.
    None,
    /// Those of the first so many models.
    First(u64),
}

impl FromStr for CurvesKept {
    /// What is allowed.
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "all" => Ok(Self::All),
            "none" => Ok(Self::None),
            _ => text.replace('_', "").parse().map(Self::First).map_err(|_| "auto, all, none or a whole number".into()),
        }
    }
}
