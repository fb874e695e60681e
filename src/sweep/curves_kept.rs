//! Number of models whose curves are kept.

use super::whole;
use crate::error::{Error, quoted};
use std::str::FromStr;

/// Number of models whose curves are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurvesKept {
    /// Curves of all models if they fit in about 100 MB, else of the first seeds
    Auto,
    /// Curves of all models
    All,
    /// No curves
    None,
    /// Curves of the first N models
    First(u64),
}

impl FromStr for CurvesKept {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "all" => Ok(Self::All),
            "none" => Ok(Self::None),
            other => whole(other).map(Self::First).ok_or_else(|| {
                let allowed = "auto, all, none or a whole number of models";
                Error::setting("", quoted(text), allowed).or_closest(text, ["auto", "all", "none"])
            }),
        }
    }
}
