//! Where a curve is best, as far as its seeds can tell: a range of values, of which the middle one stands for all. Everything that names a
//! best value asks here.

use super::student::t_quantile;
use super::{Group, Summary};
use std::borrow::Borrow;
use std::ops::Range;

/// Share of studies whose range may miss the best value, and in which chance passes for learning.
const ALPHA: f64 = 0.05;
/// A curve of more values is looked at in bins of neighbours.
const MOST_VALUES: usize = 100;
const BINS: usize = 40;

/// What can be said of the best value of a curve.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// There are models with accuracies.
    Best(Box<NearBest>),
    /// No value's mean accuracy is above the baseline.
    NothingLearned,
    /// All models diverged, or there are none.
    NoScore,
}

/// The values around the best one that no comparison can tell from it.
#[derive(Debug, Clone, PartialEq)]
pub struct NearBest {
    /// First and last of the curve's groups.
    pub groups: [usize; 2],
    /// Their values, ascending.
    pub range: [f64; 2],
    /// The models in the middle of the range; of a curve in bins, those of a bin.
    pub group: Group,
    /// Least and greatest value of these.
    pub ends: [f64; 2],
    /// The highest mean score of the curve.
    pub score: f64,
    /// Whether values were compared; else only equal means are in the range: there are fewer than two seeds to compare.
    pub is_compared: bool,
    /// Values of the curve.
    pub values: usize,
}

impl NearBest {
    /// Whether the range is one value alone.
    pub fn is_one(&self) -> bool {
        self.groups[0] == self.groups[1]
    }

    /// Whether the range reaches the first and the last value of a curve of several: the best may lie beyond.
    pub fn at_ends(&self) -> [bool; 2] {
        let several = self.values > 1;
        [several && self.groups[0] == 0, several && self.groups[1] + 1 == self.values]
    }

    /// Whether the group with this value is in the range.
    pub fn holds(&self, x: f64) -> bool {
        (self.range[0]..=self.range[1]).contains(&x) || (x.is_nan() && self.range[0].is_nan())
    }
}

impl Claim {
    /// The range, if there is a best value.
    pub fn best(&self) -> Option<&NearBest> {
        if let Self::Best(best) = self { Some(best.as_ref()) } else { None }
    }
}

/// Neighbours to put together, by index: each group for itself, or about forty bins where there are very many.
pub fn bins(groups: usize) -> Vec<Range<usize>> {
    match groups <= MOST_VALUES {
        true => (0..groups).map(|k| k..k + 1).collect(),
        false => (0..BINS).map(|bin| bin * groups / BINS..(bin + 1) * groups / BINS).collect(),
    }
}

/// The best value of a curve, whose groups ascend: the one with the highest mean score among those where at least half of the models did
/// not diverge (if there are such: one survivor of a thousand says little), with all neighbours that it can't be told from. Two values are
/// told apart by Student's paired test over the seeds that both have, two-sided at 5 % divided by the number of comparisons (Bonferroni);
/// so the truly best value is told from the one that came out best in at most 5 % of studies.
pub fn near_best<G: Borrow<Group>>(groups: &[G]) -> Claim {
    let bins = bins(groups.len());
    let binned: Vec<Group> = bins.iter().map(|bin| Group::together(&groups[bin.clone()])).collect();
    let steady = binned.iter().any(is_steady);
    let can = |group: &Group| !group.scores.is_empty() && (!steady || is_steady(group));
    let candidates: Vec<usize> = (0..binned.len()).filter(|k| can(&binned[*k])).collect();
    let score = |k: usize| binned[k].scores.mean().unwrap_or(f64::NEG_INFINITY);
    let Some(top) = candidates.iter().copied().reduce(|a, b| if score(b) > score(a) { b } else { a }) else {
        return Claim::NoScore;
    };
    if candidates.iter().all(|k| !is_above_baseline(&binned[*k], candidates.len())) {
        return Claim::NothingLearned;
    }
    let level = ALPHA / (candidates.len() - 1).max(1) as f64;
    let p = |k: usize| binned[top].scores.p_of_equal(&binned[k].scores);
    let alike = |k: usize| k == top || (can(&binned[k]) && p(k).map_or(score(k) == score(top), |p| p >= level));
    let is_compared = candidates.len() < 2 || candidates.iter().any(|k| *k != top && p(*k).is_some());
    let first = (0..top).rev().take_while(|k| alike(*k)).last().unwrap_or(top);
    let last = (top..binned.len()).take_while(|k| alike(*k)).last().unwrap_or(top);
    let (middle, ends) = (first + (last - first) / 2, [bins[first].start, bins[last].end - 1]);
    let x = |k: usize| groups[k].borrow().x;
    Claim::Best(Box::new(NearBest {
        groups: ends,
        range: ends.map(x),
        ends: [x(bins[middle].start), x(bins[middle].end - 1)],
        group: binned[middle].clone(),
        score: score(top),
        is_compared,
        values: groups.len(),
    }))
}

impl Summary {
    /// The models of the best value, see [`near_best`]: of the curve with the highest mean score along the first hyper-parameter that has
    /// several values. `None` where nothing learned.
    pub fn best(&self) -> Option<Group> {
        let axis = self.several().iter().position(|several| *several).unwrap_or(0);
        let claims = self.along(axis).into_iter().map(|series| near_best(&series.groups));
        let found = claims.filter_map(|claim| if let Claim::Best(best) = claim { Some(best) } else { None });
        found.reduce(|a, b| if b.score > a.score { b } else { a }).map(|best| best.group)
    }
}

/// Whether most models did not diverge.
fn is_steady(group: &Group) -> bool {
    !group.scores.is_empty() && 2 * group.lost() <= group.n
}

/// Whether the interval of the mean accuracy, one of `values`, lies above always naming the larger class; of a single model, its accuracy.
/// Models that depend on each other count as one a block. `true` where the baseline is not known.
fn is_above_baseline(group: &Group, values: usize) -> bool {
    let (counts, Some(baseline)) = (group.counts(group.chosen_on()), group.baseline) else { return true };
    let Some(mean) = counts.mean() else { return false };
    let models = counts.len() as f64;
    let blocks = if group.is_dependent { group.scores.blocks() as f64 } else { models };
    let error = counts.standard_error().filter(|_| blocks > 1.0).map(|error| {
        let variance = (error * error * models).max(1.0 / (12.0 * f64::from(counts.points.max(1)).powi(2)));
        t_quantile(1.0 - ALPHA / 2.0 / values as f64, blocks - 1.0) * (variance / blocks).sqrt()
    });
    mean - error.unwrap_or(0.0) > baseline
}

#[cfg(test)]
mod tests;
