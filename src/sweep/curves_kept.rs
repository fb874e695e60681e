//! At which epochs losses are recorded, and how many models' curves are kept.

use super::{Sweep, Trials, whole};
use crate::error::{Error, shown};
use std::str::FromStr;

/// How many models' curves to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurvesKept {
    /// All while they fit in about 100 MB; else those of the first seeds.
    Auto,
    /// Every model's.
    All,
    /// None.
    None,
    /// Those of the first models, of this number.
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
                Error::setting("", shown(text), allowed).or_closest(text, ["auto", "all", "none"])
            }),
        }
    }
}

impl Sweep {
    /// Epochs between records: as given; each for a map; else the smallest of 1, 2, 5, 10, 20, ... with at most 200 points a curve.
    pub fn record_stride(&self) -> u32 {
        let nice = (0..9).flat_map(|power| [1, 2, 5].map(|k: u32| k * 10u32.pow(power)));
        let fits = |k: &u32| self.epochs.div_ceil(*k) < 200;
        let of_map = self.map.is_some().then_some(1);
        of_map.or(self.record_every).unwrap_or_else(|| nice.into_iter().find(fits).unwrap_or(u32::MAX))
    }

    /// Epochs after which the loss is recorded: 0 (before any update), k, 2k, ... below `epochs`, then `epochs` itself.
    pub fn recorded_epochs(&self) -> Vec<u32> {
        (0..self.epochs).step_by(self.record_stride() as usize).chain([self.epochs]).collect()
    }

    /// How many of a cell's `trials` keep their curves: the first so many, by [`Sweep::curves`]. The cell's first model is
    /// number `first` of the sweep, and the cell has `share` of all models. The automatic choice ends with a whole seed.
    pub fn curves_kept(&self, trials: &Trials, first: u64, share: f64) -> u64 {
        let (models, combinations) = (trials.len(), trials.combinations());
        match self.curves {
            CurvesKept::All => models,
            CurvesKept::None => 0,
            // A map is of so many models, each for a pixel, that one would hardly look at their curves.
            CurvesKept::Auto if self.map.is_some() => 0,
            CurvesKept::First(n) => n.saturating_sub(first).min(models),
            CurvesKept::Auto => {
                let columns = 1 + 3 * self.record.len() as u64;
                let room = (Self::AUTO_CURVE_VALUES as f64 * share) as u64;
                let fit = room / (self.recorded_epochs().len() as u64 * columns);
                if models <= fit { models } else { (fit / combinations * combinations).max(fit.min(combinations)) }
            }
        }
    }
}
