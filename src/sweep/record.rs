//! Which results of a training to keep.

use super::{CurvesKept, ExtraCurve, Metric, Sweep, Trials};
use crate::math::loss_bins::BINS;
use std::ops::Range;

/// Most histogram values of a cell: several copies are in memory at once.
const MOST_HISTOGRAM_NUMBERS: u64 = 10_000_000;

/// Results to keep of each training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Epochs before which curves are recorded, ascending, ending with the number of epochs (the end point), see
    /// [`Sweep::recorded_epochs`].
    pub epochs: Vec<u32>,
    /// Trials with an index below this keep their curves.
    pub curves_below: u64,
    /// Whether to count histograms of all models' training losses, by combination and recorded epoch.
    pub histograms: bool,
    /// Whether to record the training accuracy.
    pub accuracy: bool,
    /// Whether to record the test loss and, with `accuracy`, the test accuracy.
    pub test: bool,
    /// Whether to rank the points by logit, see [`Outcome::ordered_pairs`](crate::engine::Outcome::ordered_pairs).
    pub auc: bool,
    /// Whether to keep initial and final weights.
    pub weights: bool,
    /// Whether to compute convergence statistics of all models' losses; every epoch is then recorded.
    pub convergence: bool,
}

impl Record {
    /// Returns what `sweep` records of one of its cells, with these `trials`. `first` is the index of the cell's first
    /// trial in the sweep, and `share` is the cell's fraction of all models.
    pub fn of(sweep: &Sweep, trials: &Trials, first: u64, share: f64) -> Self {
        let (epochs, curves_below) = (sweep.recorded_epochs(), sweep.curves_kept(trials, first, share));
        let numbers = trials.histograms().map(|n| n.saturating_mul(epochs.len() as u64 * u64::from(BINS)));
        let some_curves = sweep.curves != CurvesKept::None && sweep.map.is_none() && curves_below < trials.len();
        Self {
            epochs,
            curves_below,
            histograms: some_curves && numbers.is_some_and(|n| n <= MOST_HISTOGRAM_NUMBERS),
            accuracy: sweep.record.contains(&ExtraCurve::Accuracy),
            test: sweep.record.contains(&ExtraCurve::Test),
            auc: sweep.metrics.contains(&Metric::Auc),
            weights: sweep.save_weights,
            convergence: sweep.map.is_some(),
        }
    }

    /// Returns the number of combinations with separate histograms; trial i counts in histogram i modulo this number.
    ///
    /// # Panics
    /// Without [`Record::histograms`].
    pub fn combinations(&self, trials: &Trials) -> u64 {
        assert!(self.histograms);
        trials.histograms().unwrap_or(1)
    }

    /// Whether the losses of the trial with this index are recorded.
    pub fn records(&self, index: u64) -> bool {
        self.histograms || self.convergence || index < self.curves_below
    }

    /// Returns how many of the trials in `range` keep curves.
    pub fn curves_in(&self, range: &Range<u64>) -> usize {
        (self.curves_below.clamp(range.start, range.end) - range.start) as usize
    }
}
