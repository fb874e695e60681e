//! The models of one combination of settings, counted.

use super::{
    AccuracyCounts, ClassSums, CorrectRows, FinalLosses, GroupScores, OutcomeClass, RowCounts, RowSet, Select,
    wilson_95,
};
use crate::math::loss::Loss;
use std::borrow::Borrow;
use std::sync::Arc;

/// How one model ended, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelResult {
    /// Its number in the study.
    pub id: u64,
    /// How it ended.
    pub class: OutcomeClass,
    /// What it had right of each [`RowSet`]; `None`: diverged, or there are no such rows.
    pub hits: [Option<CorrectRows>; 3],
    /// Mean training loss; one that is not finite is no loss.
    pub loss: Option<f64>,
}

impl ModelResult {
    /// Of a model that was scored on training rows alone and had `correct` of them right; `None`: diverged.
    pub fn of_training(id: u64, class: OutcomeClass, correct: Option<u32>, loss: Option<f64>) -> Self {
        Self { id, class, hits: [correct.map(CorrectRows::of_negatives), None, None], loss }
    }
}

/// The models of one cell with the same hyper-parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Index of the cell.
    pub cell: usize,
    /// Hyper-parameters, the learning rate first; `None`: means nothing in this cell.
    pub values: Vec<Option<f64>>,
    /// The value that it is shown by: the learning rate, or another one in a [`Series`](super::Series).
    pub x: f64,
    /// All models, diverged and exploded ones among them.
    pub n: u64,
    /// Models of each [`OutcomeClass`].
    pub classes: [u64; OutcomeClass::ALL.len()],
    /// Training accuracies of the models that neither diverged nor exploded.
    pub train: AccuracyCounts,
    /// Validation accuracies, where there are validation rows.
    pub validation: AccuracyCounts,
    /// Test accuracies, where there are test rows.
    pub test: AccuracyCounts,
    /// What the same models had right by class, of each [`RowSet`].
    pub by_class: [ClassSums; 3],
    /// Training losses of the models that have one; shared with its copies, of which pictures make many.
    pub losses: Arc<FinalLosses>,
    /// What its value is chosen by; shared with its copies.
    pub scores: Arc<GroupScores>,
    /// The score, as values are chosen by it, of a model that knows nothing of the inputs ([`Select::baseline`]); of several data sets
    /// their mean; `None`: not known.
    pub baseline: Option<f64>,
    /// Whether other groups have models of the same seeds.
    pub shares_seeds: bool,
    /// Whether several such groups are in it: its models are fewer independent trials than there are models.
    pub is_dependent: bool,
}

impl Group {
    /// No models yet.
    pub(super) fn empty(cell: usize, values: Vec<Option<f64>>, beginning: &GroupStart) -> Self {
        let x = values.first().copied().flatten().unwrap_or(f64::NAN);
        let rows = beginning.rows.get(cell).copied().unwrap_or_default();
        let [train, validation, test] = rows.map(|rows| AccuracyCounts::new(rows.points));
        // The rows that choose: validation rows where there are any.
        let chosen_on = rows[if validation.points > 0 { RowSet::Validation } else { RowSet::Train } as usize];
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
            scores: Arc::new(GroupScores::new(beginning.select.step(chosen_on))),
            baseline: Some(beginning.select.baseline(chosen_on, beginning.loss)),
            shares_seeds: beginning.shares_seeds,
            is_dependent: false,
        }
    }

    /// Adds another's models.
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

    /// All models of neighbours as one group, shown by the middle one's values.
    ///
    /// # Panics
    /// Without any group.
    pub fn together<G: Borrow<Self>>(groups: &[G]) -> Self {
        let mut all = groups[0].borrow().clone();
        groups[1..].iter().for_each(|group| all.merge(group.borrow()));
        let middle = groups[groups.len() / 2].borrow();
        Self { x: middle.x, values: middle.values.clone(), ..all }
    }

    /// Accuracies on a set of rows.
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

    /// Mean balanced accuracy of the models that neither diverged nor exploded, a fraction, see [`ClassSums::balanced_accuracy`].
    pub fn mean_balanced_accuracy(&self, set: RowSet) -> Option<f64> {
        self.by_class[set as usize].balanced_accuracy()
    }

    /// Mean area under the ROC curve of the same models, where it was asked for.
    pub fn mean_auc(&self, set: RowSet) -> Option<f64> {
        self.by_class[set as usize].auc()
    }

    /// Models of a class.
    pub fn of_class(&self, class: OutcomeClass) -> u64 {
        self.classes[class as usize]
    }

    /// Models that diverged.
    pub fn diverged(&self) -> u64 {
        self.of_class(OutcomeClass::Diverged)
    }

    /// Models that diverged or exploded: they count in `n` and as failures, but in no mean, quantile or range of accuracies and
    /// losses.
    pub fn lost(&self) -> u64 {
        OutcomeClass::ALL.into_iter().filter(|class| class.is_lost()).map(|class| self.of_class(class)).sum()
    }

    /// How many diverged and exploded, in words such as `3 diverged, 1 exploded`; `None` where neither did.
    pub fn lost_words(&self) -> Option<String> {
        let lost = OutcomeClass::ALL.into_iter().filter(|class| class.is_lost() && self.of_class(*class) > 0);
        let words: Vec<String> = lost.map(|class| format!("{} {}", self.of_class(class), class.name())).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Models that succeed.
    pub fn successes(&self) -> u64 {
        self.of_class(OutcomeClass::Success)
    }

    /// Share of successes among all `n` models: a lost one is a failure.
    pub fn success_rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.successes() as f64 / self.n as f64)
    }

    /// Wilson's 95 % interval of [`Group::success_rate`]; `None` also where the models are not independent, and the interval would
    /// be too narrow.
    pub fn success_interval(&self) -> Option<(f64, f64)> {
        if self.is_dependent { None } else { wilson_95(self.successes(), self.n) }
    }

    /// The rows that the best value is chosen on: validation rows where there are any, else training rows; never test rows.
    pub fn chosen_on(&self) -> RowSet {
        if self.validation.points > 0 { RowSet::Validation } else { RowSet::Train }
    }

    /// The rows whose accuracy stands for the group: test rows where there are any, else those that choose.
    pub fn graded_on(&self) -> RowSet {
        if self.test.points > 0 { RowSet::Test } else { self.chosen_on() }
    }

    /// Accuracies on these rows.
    pub fn graded(&self) -> &AccuracyCounts {
        self.counts(self.graded_on())
    }

    /// 95 % interval of [`Group::score`] by Student's t, see [`AccuracyCounts::mean_interval`]; `None` also where the models are not
    /// independent.
    pub fn score_interval(&self) -> Option<(f64, f64)> {
        if self.is_dependent { None } else { self.graded().mean_interval() }
    }

    /// Mean accuracy on the rows that the group is graded on.
    pub fn score(&self) -> Option<f64> {
        self.graded().mean()
    }
}

/// What a group begins with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GroupStart {
    /// Rows of each cell, by [`RowSet`].
    pub rows: Vec<[RowCounts; 3]>,
    pub losses: FinalLosses,
    pub shares_seeds: bool,
    pub select: Select,
    pub loss: Loss,
}

/// The baseline of all models of both.
fn mean_baseline(a: &Group, b: &Group) -> Option<f64> {
    match (a.n, b.n) {
        (0, _) => b.baseline,
        (_, 0) => a.baseline,
        _ if a.baseline == b.baseline => a.baseline,
        (n, m) => a.baseline.zip(b.baseline).map(|(own, other)| (own * n as f64 + other * m as f64) / (n + m) as f64),
    }
}
