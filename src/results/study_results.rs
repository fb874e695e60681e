//! Uniform access to the results of a study, whether they are on disk or in memory.

use super::{CellSpec, CurveKind, KeptModel, ModelColumns, ModelCurve, StudySpec};
use crate::error::{Error, Result};
use crate::statistics::evenly;
use std::borrow::Cow;
use std::ops::Range;

/// Results of a study's finished models.
pub trait StudyResults: Sync {
    /// Returns the study spec.
    fn spec(&self) -> &StudySpec;

    /// Returns an error about these results, which `what` says.
    fn refuse(&self, what: String) -> Error;

    /// Returns the number of finished models.
    fn finished_models(&self) -> u64;

    /// Returns the results in the order of the models, part by part; each is opened when it is reached.
    fn parts(&self) -> Box<dyn Iterator<Item = Result<Box<dyn ResultsPart + '_>>> + '_>;

    /// Reads the curves of about `count` models, ordered by model: equally many from each cell (at least one), spread
    /// evenly over combinations and seeds. None if that kind is not kept.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    fn some_curves(&self, kind: CurveKind, count: usize) -> Result<Vec<ModelCurve>>;

    /// Reads the results of trial `index` of a cell; `None` if it is not trained yet.
    ///
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Damaged`].
    ///
    /// # Panics
    /// If there is no such trial.
    fn kept_model(&self, cell: usize, index: u64) -> Result<Option<KeptModel>>;
}

/// Results of consecutive trials of one cell. The errors of its functions are [`crate::Error::Io`] and
/// [`crate::Error::Damaged`].
#[allow(clippy::missing_errors_doc)]
pub trait ResultsPart {
    /// Returns the index of the cell.
    fn cell(&self) -> usize;

    /// Returns the trials, as indices within the cell.
    fn trials(&self) -> Range<u64>;

    /// Returns every trial's outcome.
    fn models(&self) -> Result<ModelColumns>;

    /// Returns one kind of curve, row-major `[trials that keep curves, recorded epochs]`; NaN from the divergence on.
    fn curves(&self, kind: CurveKind) -> Result<Vec<f32>>;

    /// Returns the loss histograms of all its models, `[combinations in the part, recorded epochs, bins]`: first the
    /// combination of the first trial, then that of the next one, and so on.
    fn loss_counts(&self) -> Result<Cow<'_, [u32]>>;
}

/// Returns the trials of each cell whose curves are shown, see [`StudyResults::some_curves`].
pub(crate) fn chosen_curves(spec: &StudySpec, kind: CurveKind, count: usize) -> Vec<Vec<u64>> {
    let of_cell = |part: &CellSpec| {
        let kept = if kind.is_kept(&part.record) { part.record.curves_below.min(part.trials.len()) } else { 0 };
        spread(kept, part.trials.combinations(), (count / spec.cells.len()).max(1) as u64)
    };
    spec.cells.iter().map(of_cell).collect()
}

/// Chooses at most `count` of the first `kept` trials, ascending: all combinations of evenly spaced seeds, or, if a
/// seed has more than `count` combinations, evenly spaced combinations, each of another seed. (A plain stride over
/// trials could select the same few learning rates again and again.)
fn spread(kept: u64, combinations: u64, count: u64) -> Vec<u64> {
    let seeds = kept.div_ceil(combinations);
    let mut chosen: Vec<u64> = if kept <= count {
        (0..kept).collect()
    } else if combinations <= count {
        let some = (count / combinations).min(seeds);
        evenly(seeds, some).flat_map(|seed| (0..combinations).map(move |c| seed * combinations + c)).collect()
    } else {
        let width = combinations.min(kept);
        evenly(width, count).enumerate().map(|(j, c)| c + j as u64 % seeds * combinations).collect()
    };
    // The last seed may be incomplete.
    chosen.retain(|i| *i < kept);
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::spread;
    use std::collections::BTreeSet;

    #[test]
    fn chosen_models_are_few_distinct_and_spread_over_learning_rates_and_seeds() {
        for (kept, combinations, count) in
            [(1000, 40, 200), (1000, 40, 10), (5, 40, 10), (95, 40, 90), (3, 1, 2), (1_000_000, 1, 500), (41, 40, 40)]
        {
            let chosen = spread(kept, combinations, count);
            let distinct: BTreeSet<_> = chosen.iter().collect();
            assert_eq!(distinct.len(), chosen.len(), "{kept} {combinations} {count}");
            assert!(chosen.len() as u64 <= count && chosen.iter().all(|i| *i < kept) && !chosen.is_empty());
            let rates: BTreeSet<_> = chosen.iter().map(|i| i % combinations).collect();
            assert!(rates.len() as u64 * 2 >= combinations.min(count).min(kept), "{rates:?}");
        }
        assert_eq!(spread(1000, 40, 80).last(), Some(&999));
        assert!(spread(0, 40, 10).is_empty() && spread(10, 40, 0).is_empty());
    }
}
