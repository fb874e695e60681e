//! A study's results as curves along the first hyper-parameter with several values, by default the learning rate: one
//! curve for each combination of everything else, pooled over data sets that differ only in their seed.

use super::{CellSpec, StudySpec};
use crate::statistics::{BestClaim, Group, Series, Summary, near_best};
use crate::sweep::{CellColumn, Hyperparameter, Trials};
use std::collections::BTreeMap;

/// Maximum points per curve, if a random search has several curves.
const BINS: usize = 40;

/// The curves of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyCurves {
    /// Hyper-parameters of the summary's groups, in the same order.
    pub hyperparameters: Vec<Hyperparameter>,
    /// Whether each of these has several values.
    pub several: Vec<bool>,
    /// Index of the hyper-parameter along which curves run.
    pub axis: usize,
    /// For each cell, the first cell that is pooled with it.
    pub kinds: Vec<usize>,
    /// Whether the trials are a list, in which no combination need occur twice.
    pub listed: bool,
    /// The curves.
    pub series: Vec<Series>,
}

impl StudyCurves {
    /// Computes the curves of these results.
    pub fn of(spec: &StudySpec, summary: &Summary) -> Self {
        let hyperparameters = spec.hyperparameters();
        let mut several = summary.several();
        several.resize(hyperparameters.len(), false);
        let axis = several.iter().position(|several| *several).unwrap_or(0);
        // In a random search no combination occurs twice: all other hyper-parameters are pooled.
        let listed = spec.cells.iter().any(|cell_spec| matches!(cell_spec.trials, Trials::List(_)));
        let kinds = kinds(spec);
        let mut series = pooled(summary.along(axis), |series| key(&kinds, listed, series.cell, &series.others));
        // Several curves have no room for so many points; the plot of a single curve bins them and says so.
        if listed && series.len() > 1 {
            series.iter_mut().filter(|series| series.groups.len() > BINS).for_each(binned);
        }
        Self { hyperparameters, several, axis, kinds, listed, series }
    }

    /// Returns, for each group of the summary in order, whether it is in its curve's range that is indistinguishable
    /// from the best (false if nothing learned); `None` if there is no such range, or too few seeds to compare.
    pub fn near_best(&self, summary: &Summary) -> Vec<Option<bool>> {
        let own = |series: &Series| key(&self.kinds, self.listed, series.cell, &series.others);
        let claims: BTreeMap<Key, BestClaim> = self.series.iter().map(|s| (own(s), near_best(&s.groups))).collect();
        let of = |group: &Group| {
            let mut others = group.values.clone();
            let x = others.get_mut(self.axis).and_then(Option::take).unwrap_or(f64::NAN);
            match claims.get(&key(&self.kinds, self.listed, group.cell, &others))? {
                BestClaim::Best(best) => best.is_compared.then(|| best.holds(x)),
                BestClaim::NothingLearned => Some(false),
                BestClaim::NoScore | BestClaim::Unclear => None,
            }
        };
        summary.groups().map(of).collect()
    }
}

/// Common properties of the groups of one curve: first pooled cell, and the bits of the other hyper-parameters.
type Key = (usize, Vec<Option<u64>>);

fn key(kinds: &[usize], listed: bool, cell: usize, others: &[Option<f64>]) -> Key {
    let others = others.iter().filter(|_| !listed).map(|value| value.map(f64::to_bits));
    (kinds[cell], others.collect())
}

/// Returns, for each cell, the first one that differs from it at most in the data seed: they are pooled.
fn kinds(spec: &StudySpec) -> Vec<usize> {
    let mut firsts = BTreeMap::new();
    let mut columns = spec.varying();
    columns.retain(|column| *column != CellColumn::DataSeed);
    let kind = |(cell, cell_spec): (usize, &CellSpec)| {
        let texts = columns.iter().map(|column| cell_spec.choices.text(*column));
        *firsts.entry(texts.collect::<Vec<_>>()).or_insert(cell)
    };
    spec.cells.iter().enumerate().map(kind).collect()
}

/// Pools all series of the same key into one curve, with all their models at each value.
fn pooled(all: Vec<Series>, key: impl Fn(&Series) -> Key) -> Vec<Series> {
    let (mut curves, mut places) = (Vec::<Series>::new(), BTreeMap::new());
    for mut series in all {
        let place = *places.entry(key(&series)).or_insert(curves.len());
        match curves.get_mut(place) {
            Some(curve) => curve.groups.append(&mut series.groups),
            None => curves.push(series),
        }
    }
    for curve in &mut curves {
        curve.groups.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut merged: Vec<Group> = Vec::new();
        for group in std::mem::take(&mut curve.groups) {
            match merged.last_mut() {
                // NaN, where the axis does not apply, is a value like any other.
                Some(last) if last.x.to_bits() == group.x.to_bits() => last.merge(&group),
                _ => merged.push(group),
            }
        }
        curve.groups = merged;
    }
    curves
}

/// Merges neighbouring groups to about [`BINS`], each at its middle value.
fn binned(series: &mut Series) {
    series.groups = series.groups.chunks(series.groups.len().div_ceil(BINS)).map(Group::merged).collect();
}
