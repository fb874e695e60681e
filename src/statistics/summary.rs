//! Counts by combination of settings, updated model by model, in fixed memory and in any order.

use super::group::GroupStart;
use super::{FinalLosses, Group, Measure, ModelResult, RowCounts, RowSet, Select, SelectionScore};
use crate::math::LossParams;
use crate::math::loss::Loss;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;

/// A curve: groups that differ in one hyper-parameter alone, ascending by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Index of the cell.
    pub cell: usize,
    /// Values of the other hyper-parameters; `None` for the one that differs.
    pub others: Vec<Option<f64>>,
    /// Points of the curve.
    pub groups: Vec<Group>,
}

/// All combinations of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    beginning: GroupStart,
    groups: BTreeMap<Vec<u64>, Group>,
    total: LazyTotal,
}

/// All groups merged into one, computed on first use because a million groups take a while. Derived from the groups, so
/// comparisons ignore it.
#[derive(Debug, Clone, Default)]
struct LazyTotal(OnceLock<Box<Group>>);

impl PartialEq for LazyTotal {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Summary {
    /// Creates a summary without models, for cells with these rows, by [`RowSet`].
    pub fn new(rows: Vec<[RowCounts; 3]>) -> Self {
        let (losses, select, loss) = (FinalLosses::default(), Select::default(), Loss::Bce);
        let beginning =
            GroupStart { rows, losses, shares_seeds: false, select, loss, axes: Vec::new(), weighs_classes: false };
        Self { beginning, groups: BTreeMap::new(), total: LazyTotal::default() }
    }

    /// Creates a summary for cells with these numbers of training and test points, half of each in either class.
    pub fn of_points(points: Vec<[u32; 2]>) -> Self {
        let rows = |points| RowCounts::binary(points, points / 2);
        Self::new(points.into_iter().map(|[train, test]| [rows(train), RowCounts::default(), rows(test)]).collect())
    }

    /// Sets whether groups have models of the same seeds; the default is no.
    pub fn sharing_seeds(self, shares_seeds: bool) -> Self {
        Self { beginning: GroupStart { shares_seeds, ..self.beginning }, ..self }
    }

    /// Sets the expected number of groups, which share the room for losses.
    pub fn of_groups(self, groups: u64) -> Self {
        Self { beginning: GroupStart { losses: FinalLosses::with_group_count(groups), ..self.beginning }, ..self }
    }

    /// Sets the criterion of the best value, for models trained on `loss`; each model comes with its score.
    pub fn selecting(self, select: Select, loss: Loss) -> Self {
        Self { beginning: GroupStart { select, loss, ..self.beginning }, ..self }
    }

    /// Sets whether the loss weighs the classes: that of predicting their shares is then unknown.
    pub fn weighing_classes(self, weighs_classes: bool) -> Self {
        Self { beginning: GroupStart { weighs_classes, ..self.beginning }, ..self }
    }

    /// Returns the numbers of the loss of a group's models; `None` if it reads none.
    pub fn loss_params(&self, group: &Group) -> Option<LossParams<f64>> {
        self.beginning.loss_params(&group.values)
    }

    /// Sets the names of the hyper-parameters in the values of every model: those that the loss reads change the
    /// baseline.
    pub fn of_axes(self, axes: Vec<&'static str>) -> Self {
        Self { beginning: GroupStart { axes, ..self.beginning }, ..self }
    }

    /// Counts one model, scored by its training accuracy and without a shared seed; see [`Summary::add_chosen`].
    pub fn add(&mut self, cell: usize, values: &[Option<f64>], model: ModelResult) {
        let rows = self.beginning.rows.get(cell).map(|rows| rows[RowSet::Train as usize]).unwrap_or_default();
        let score = model.hits[RowSet::Train as usize].and_then(|hits| rows.accuracy(hits));
        self.add_chosen(cell, values, model, SelectionScore { score, seed: None });
    }

    /// Counts one model of cell number `cell` with these hyper-parameters, the learning rate first. A lost model is in
    /// no mean, see [`OutcomeClass::is_lost`](super::OutcomeClass::is_lost).
    pub fn add_chosen(&mut self, cell: usize, values: &[Option<f64>], model: ModelResult, choice: SelectionScore) {
        // A missing value sorts first.
        let bits = values.iter().map(|value| value.map_or(0, |value| ordered(value).saturating_add(1)));
        let key: Vec<u64> = std::iter::once(cell as u64).chain(bits).collect();
        let new = || Group::empty(cell, values.to_vec(), &self.beginning);
        let rows = self.beginning.rows.get(cell).copied().unwrap_or_default();
        let group = self.groups.entry(key).or_insert_with(new);
        self.total = LazyTotal::default();
        group.n += 1;
        group.classes[model.class as usize] += 1;
        if model.class.is_lost() {
            return;
        }
        Arc::make_mut(&mut group.scores).add(cell, choice);
        for (set, hits) in RowSet::ALL.into_iter().zip(model.hits) {
            let Some(hits) = hits else { continue };
            group.counts_mut(set).add(hits.correct);
            group.by_class[set as usize].add(rows[set as usize], hits);
        }
        if let Some(loss) = model.loss.filter(|loss| loss.is_finite()) {
            Arc::make_mut(&mut group.losses).add(model.id, loss);
        }
    }

    /// Returns the groups by cell, then by ascending hyper-parameters.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &Group> + Clone {
        self.groups.values()
    }

    /// Returns all models as one group; its `x` is NaN.
    pub fn total(&self) -> Group {
        let all = || {
            let mut total = Group::empty(0, Vec::new(), &self.beginning);
            self.groups().for_each(|group| total.merge(group));
            Box::new(total)
        };
        Group::clone(self.total.0.get_or_init(all))
    }

    /// Returns for each hyper-parameter whether it has several values.
    pub fn several(&self) -> Vec<bool> {
        let axes = self.groups().map(|group| group.values.len()).max().unwrap_or(0);
        let several = |axis: usize| {
            let mut values =
                self.groups().filter_map(|group| group.values.get(axis).copied().flatten()).map(f64::to_bits);
            values.next().is_some_and(|first| values.any(|other| other != first))
        };
        (0..axes).map(several).collect()
    }

    /// Returns what is measured of the models.
    pub fn measure(&self) -> Measure {
        self.beginning.rows.first().map_or(Measure::default(), |rows| rows[RowSet::Train as usize].measure())
    }

    /// Returns the criterion of the best value.
    pub fn select(&self) -> Select {
        self.beginning.select
    }

    /// Returns the accuracy of always predicting the most common class, on the rows that groups are graded on; `None`
    /// if it differs between data sets by more than one percentage point.
    pub fn baseline(&self) -> Option<f64> {
        let graded = |rows: &[RowCounts; 3]| rows.iter().rev().find(|rows| rows.points > 0).map(|rows| rows.baseline());
        self.same_baseline(graded)
    }

    /// Returns the same for a given set of rows.
    pub fn baseline_on(&self, set: RowSet) -> Option<f64> {
        self.same_baseline(|rows| Some(rows[set as usize]).filter(|rows| rows.points > 0).map(RowCounts::baseline))
    }

    fn same_baseline(&self, of: impl Fn(&[RowCounts; 3]) -> Option<f64>) -> Option<f64> {
        let shares: Vec<f64> = self.beginning.rows.iter().filter_map(of).collect();
        let (low, high) =
            shares.iter().fold((1.0_f64, 0.0_f64), |(low, high), share| (low.min(*share), high.max(*share)));
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        (high >= low && high - low <= 0.01 + 1e-9).then(|| mean.clamp(low, high))
    }

    /// Returns the curves along hyper-parameter number `axis`, by cell, then by the other hyper-parameters.
    pub fn along(&self, axis: usize) -> Vec<Series> {
        let (mut series, mut places) = (Vec::<Series>::new(), BTreeMap::new());
        for (key, group) in &self.groups {
            let mut key = key.clone();
            key.iter_mut().skip(axis + 1).take(1).for_each(|bits| *bits = 0);
            let mut others = group.values.clone();
            let x = others.get_mut(axis).and_then(Option::take);
            let group = Group { x: x.unwrap_or(f64::NAN), ..group.clone() };
            let place = *places.entry(key).or_insert(series.len());
            match series.get_mut(place) {
                Some(series) => series.groups.push(group),
                None => series.push(Series { cell: group.cell, others, groups: vec![group] }),
            }
        }
        series.iter_mut().for_each(|series| series.groups.sort_by(|a, b| a.x.total_cmp(&b.x)));
        series
    }
}

/// Maps a number to an integer that sorts in the same order, also for negative numbers.
pub(crate) fn ordered(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

#[cfg(test)]
mod tests;
