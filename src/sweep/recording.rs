//! Epochs at which losses are recorded, and number of models whose curves are kept.

use super::{CurvesKept, Sweep, Trials};

impl Sweep {
    /// Returns the epochs between records: 1 for a map, else the given number, else the smallest of 1, 2, 5, 10, 20,
    /// ... with at most 200 points per curve.
    pub fn record_stride(&self) -> u32 {
        let nice = (0..9).flat_map(|power| [1, 2, 5].map(|k: u32| k * 10u32.pow(power)));
        let fits = |k: &u32| self.epochs.div_ceil(*k) < 200;
        let of_map = self.map.is_some().then_some(1);
        of_map.or(self.record_every).unwrap_or_else(|| nice.into_iter().find(fits).unwrap_or(u32::MAX))
    }

    /// Returns the epochs after which the loss is recorded: 0 (before any update), k, 2k, ... below `epochs`, and
    /// `epochs`.
    pub fn recorded_epochs(&self) -> Vec<u32> {
        (0..self.epochs).step_by(self.record_stride() as usize).chain([self.epochs]).collect()
    }

    /// Returns how many of a cell's first `trials` keep their curves, from [`Sweep::curves`]. The cell's first model
    /// has index `first` in the sweep, and the cell has the fraction `share` of all models. The automatic choice keeps
    /// whole seeds if at least one fits.
    pub fn curves_kept(&self, trials: &Trials, first: u64, share: f64) -> u64 {
        let (models, combinations) = (trials.len(), trials.combinations());
        match self.curves {
            CurvesKept::All => models,
            CurvesKept::None => 0,
            // A map has one model per pixel: too many curves to look at.
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
