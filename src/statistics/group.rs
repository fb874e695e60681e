//! Counts of the models of one combination of settings.

use super::{
    AccuracyCounts, ClassSums, CorrectRows, FinalLosses, GroupScores, Measure, OutcomeClass, RowCounts, RowSet, Select,
    wilson_95,
};
use crate::math::{Loss, LossParams};
use std::borrow::Borrow;
use std::sync::Arc;

/// Outcome of one model, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelResult {
    /// Number of the model in the study.
    pub id: u64,
    /// Outcome class.
    pub class: OutcomeClass,
    /// Correct rows of each [`RowSet`]; `None`: the model diverged, or there are no such rows.
    pub hits: [Option<CorrectRows>; 3],
    /// Mean training loss; ignored if it is not finite.
    pub loss: Option<f64>,
}

impl ModelResult {
    /// Creates the result of a model scored on training rows alone, `correct` of them right; `None`: diverged.
    pub fn of_training(id: u64, class: OutcomeClass, correct: Option<u32>, loss: Option<f64>) -> Self {
        Self { id, class, hits: [correct.map(CorrectRows::of_negatives), None, None], loss }
    }
}

/// The models of one cell with the same hyper-parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Index of the cell.
    pub cell: usize,
    /// Hyper-parameters, the learning rate first; `None`: not applicable in this cell.
    pub values: Vec<Option<f64>>,
    /// Value on the x axis: the learning rate, or another hyper-parameter in a [`Series`](super::Series).
    pub x: f64,
    /// Number of all models, including diverged and exploded ones.
    pub n: u64,
    /// Number of models in each [`OutcomeClass`].
    pub classes: [u64; OutcomeClass::ALL.len()],
    /// Training accuracies of the models that neither diverged nor exploded.
    pub train: AccuracyCounts,
    /// Validation accuracies, if there are validation rows.
    pub validation: AccuracyCounts,
    /// Test accuracies, if there are test rows.
    pub test: AccuracyCounts,
    /// Correct rows of the same models by class, for each [`RowSet`].
    pub by_class: [ClassSums; 3],
    /// Training losses of the models that have one; shared between clones, of which pictures make many.
    pub losses: Arc<FinalLosses>,
    /// Scores by which the best value is chosen; shared between clones.
    pub scores: Arc<GroupScores>,
    /// What is measured in these counts.
    pub measure: Measure,
    /// Score, by the same measure, of a model that ignores the inputs ([`Select::baseline`]). For models of several
    /// data sets the mean; `None`: unknown.
    pub baseline: Option<f64>,
    /// Whether other groups have models of the same seeds.
    pub shares_seeds: bool,
    /// Whether several such groups are merged in it, so that it has fewer independent trials than models.
    pub is_dependent: bool,
}

impl Group {
    /// Creates a group without models.
    pub(super) fn empty(cell: usize, values: Vec<Option<f64>>, beginning: &GroupStart) -> Self {
        let x = values.first().copied().flatten().unwrap_or(f64::NAN);
        let rows = beginning.rows.get(cell).copied().unwrap_or_default();
        let [train, validation, test] = rows.map(|rows| AccuracyCounts::new(rows.steps()));
        // The best value is chosen on validation rows if there are any.
        let rates = beginning.loss_params(&values);
        let selected_on = rows[if validation.points > 0 { RowSet::Validation } else { RowSet::Train } as usize];
        Self {
            cell,
            values,
            x,
            n: 0,
            classes: [0; _],
            train,
            validation,
            test,
            by_class: Default::default(),
            losses: Arc::new(beginning.losses.clone()),
            scores: Arc::new(GroupScores::new(beginning.select.step(selected_on))),
            measure: rows[RowSet::Train as usize].measure(),
            baseline: beginning
                .select
                .baseline(selected_on, beginning.loss, rates)
                .filter(|_| beginning.select != Select::Loss || !beginning.weighs_classes),
            shares_seeds: beginning.shares_seeds,
            is_dependent: false,
        }
    }

    /// Adds the models of `other`.
    pub fn merge(&mut self, other: &Self) {
        let both = self.n > 0 && other.n > 0;
        self.is_dependent |= other.is_dependent || (both && (self.shares_seeds || other.shares_seeds));
        self.baseline = mean_baseline(self, other);
        self.n += other.n;
        self.classes.iter_mut().zip(other.classes).for_each(|(all, more)| *all += more);
        self.train.merge(&other.train);
        self.validation.merge(&other.validation);
        self.test.merge(&other.test);
        self.by_class.iter_mut().zip(&other.by_class).for_each(|(all, more)| all.merge(more));
        Arc::make_mut(&mut self.losses).merge(&other.losses);
        Arc::make_mut(&mut self.scores).merge(&other.scores);
    }

    /// Merges neighbouring groups into one, which gets the values of the middle group.
    ///
    /// # Panics
    /// If `groups` is empty.
    pub fn merged<G: Borrow<Self>>(groups: &[G]) -> Self {
        let mut all = groups[0].borrow().clone();
        groups[1..].iter().for_each(|group| all.merge(group.borrow()));
        let middle = groups[groups.len() / 2].borrow();
        Self { x: middle.x, values: middle.values.clone(), ..all }
    }

    /// Returns the accuracies on a set of rows.
    pub fn counts(&self, set: RowSet) -> &AccuracyCounts {
        match set {
            RowSet::Train => &self.train,
            RowSet::Validation => &self.validation,
            RowSet::Test => &self.test,
        }
    }

    pub(super) fn counts_mut(&mut self, set: RowSet) -> &mut AccuracyCounts {
        match set {
            RowSet::Train => &mut self.train,
            RowSet::Validation => &mut self.validation,
            RowSet::Test => &mut self.test,
        }
    }

    /// Returns the mean balanced accuracy, a fraction, of the models that neither diverged nor exploded, see
    /// [`ClassSums::balanced_accuracy`].
    pub fn mean_balanced_accuracy(&self, set: RowSet) -> Option<f64> {
        self.by_class[set as usize].balanced_accuracy()
    }

    /// Returns the mean area under the ROC curve of the same models, if it was requested.
    pub fn mean_auc(&self, set: RowSet) -> Option<f64> {
        self.by_class[set as usize].auc()
    }

    /// Returns the number of models of a class.
    pub fn of_class(&self, class: OutcomeClass) -> u64 {
        self.classes[class as usize]
    }

    /// Returns the number of models that diverged.
    pub fn diverged(&self) -> u64 {
        self.of_class(OutcomeClass::Diverged)
    }

    /// Returns the number of models that diverged or exploded: they count in `n` and as failures, but in no mean,
    /// quantile or range of accuracies and losses.
    pub fn lost(&self) -> u64 {
        OutcomeClass::ALL.into_iter().filter(|class| class.is_lost()).map(|class| self.of_class(class)).sum()
    }

    /// Describes the lost models in words such as `3 diverged, 1 exploded`; `None` if there are none.
    pub fn lost_words(&self) -> Option<String> {
        let lost = OutcomeClass::ALL.into_iter().filter(|class| class.is_lost() && self.of_class(*class) > 0);
        let words: Vec<String> = lost.map(|class| format!("{} {}", self.of_class(class), class.name())).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Returns the number of successful models.
    pub fn successes(&self) -> u64 {
        self.of_class(OutcomeClass::Success)
    }

    /// Returns the share of successes among all `n` models; a lost model is a failure.
    pub fn success_rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.successes() as f64 / self.n as f64)
    }

    /// Returns Wilson's 95 % confidence interval of [`Group::success_rate`]; `None` also if the models are not
    /// independent, because the interval would be too narrow.
    pub fn success_interval(&self) -> Option<(f64, f64)> {
        if self.is_dependent { None } else { wilson_95(self.successes(), self.n) }
    }

    /// Returns the rows on which the best value is chosen: validation rows if there are any, else training rows; never
    /// test rows.
    pub fn selection_rows(&self) -> RowSet {
        if self.validation.points > 0 { RowSet::Validation } else { RowSet::Train }
    }

    /// Returns the rows whose accuracy is reported: test rows if there are any, else those of
    /// [`Group::selection_rows`].
    pub fn reported_rows(&self) -> RowSet {
        if self.test.points > 0 { RowSet::Test } else { self.selection_rows() }
    }

    /// Returns the accuracies on these rows.
    pub fn reported_counts(&self) -> &AccuracyCounts {
        self.counts(self.reported_rows())
    }

    /// Returns the 95 % confidence interval of [`Group::score`] by Student's t, see [`AccuracyCounts::mean_interval`];
    /// `None` also if the models are not independent.
    pub fn score_interval(&self) -> Option<(f64, f64)> {
        if self.is_dependent { None } else { self.reported_counts().mean_interval() }
    }

    /// Returns the mean accuracy on the rows of [`Group::reported_rows`].
    pub fn score(&self) -> Option<f64> {
        self.reported_counts().mean()
    }
}

/// Initial state and settings of a group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GroupStart {
    /// Row counts of each cell, by [`RowSet`].
    pub rows: Vec<[RowCounts; 3]>,
    pub losses: FinalLosses,
    pub shares_seeds: bool,
    pub select: Select,
    pub loss: Loss,
    /// Whether the loss weighs the classes.
    pub weighs_classes: bool,
    /// Names of the hyper-parameters with values in `values` of a group.
    pub axes: Vec<&'static str>,
}

impl GroupStart {
    /// Returns the numbers of the loss of models with these values; `None` if none is known.
    pub(super) fn loss_params(&self, values: &[Option<f64>]) -> Option<LossParams<f64>> {
        LossParams::of(|name| {
            self.axes.iter().zip(values).find(|(axis, _)| **axis == name).and_then(|(_, value)| *value)
        })
    }
}

/// Returns the mean baseline, weighted by number of models.
fn mean_baseline(a: &Group, b: &Group) -> Option<f64> {
    match (a.n, b.n) {
        (0, _) => b.baseline,
        (_, 0) => a.baseline,
        _ if a.baseline == b.baseline => a.baseline,
        (n, m) => a.baseline.zip(b.baseline).map(|(own, other)| (own * n as f64 + other * m as f64) / (n + m) as f64),
    }
}
