//! What to keep of trainings.

use crate::math::loss_bins::BINS;
use crate::sweep::{CurvesKept, Metric, Sweep, Trials};
use std::ops::Range;

/// Most numbers of the histograms of a cell: they are held in memory several times over.
const MOST_HISTOGRAM_NUMBERS: u64 = 10_000_000;

/// What to keep of each training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Epochs before which curves are recorded, ascending, ending with the number of epochs itself (the end point):
    /// [`Sweep::recorded_epochs`].
    pub epochs: Vec<u32>,
    /// Trials with an index below this keep their curves.
    pub curves_below: u64,
    /// Also histograms of all models' training losses, by combination and recorded epoch.
    pub histograms: bool,
    /// Also the training accuracy.
    pub accuracy: bool,
    /// Also the test loss (and, with `accuracy`, the test accuracy).
    pub test: bool,
    /// How well models order the points: [`super::Outcome::ordered_pairs`].
    pub auc: bool,
    /// Initial and final weights.
    pub weights: bool,
    /// What all models' losses say of their convergence; then every epoch is recorded.
    pub convergence: bool,
}

impl Record {
    /// What `sweep` asks for of one of its cells, with `trials` in it, of which the first has number `first` in the sweep
    /// and which hold `share` of all models.
    pub fn of(sweep: &Sweep, trials: &Trials, first: u64, share: f64) -> Self {
        let (epochs, curves_below) = (sweep.recorded_epochs(), sweep.curves_kept(trials, first, share));
        let numbers = trials.histograms().map(|n| n.saturating_mul(epochs.len() as u64 * u64::from(BINS)));
        let some_curves = sweep.curves != CurvesKept::None && sweep.map.is_none() && curves_below < trials.len();
        Self {
            epochs,
            curves_below,
            histograms: some_curves && numbers.is_some_and(|n| n <= MOST_HISTOGRAM_NUMBERS),
            accuracy: sweep.record.contains(&crate::sweep::ExtraCurve::Accuracy),
            test: sweep.record.contains(&crate::sweep::ExtraCurve::Test),
            auc: sweep.metrics.contains(&Metric::Auc),
            weights: sweep.save_weights,
            convergence: sweep.map.is_some(),
        }
    }

    /// Combinations of `trials` that have histograms of their own: trial i is counted in number i modulo that.
    ///
    /// # Panics
    /// Without [`Record::histograms`].
    pub fn combinations(&self, trials: &Trials) -> u64 {
        assert!(self.histograms);
        trials.histograms().unwrap_or(1)
    }

    /// Whether the trial with this index has its losses recorded.
    pub fn records(&self, index: u64) -> bool {
        self.histograms || self.convergence || index < self.curves_below
    }

    /// How many of the trials in `range` keep curves.
    pub fn curves_in(&self, range: &Range<u64>) -> usize {
        (self.curves_below.clamp(range.start, range.end) - range.start) as usize
    }
}
