//! Best value of a curve, as far as its seeds can distinguish values: a range, represented by its middle value. All
//! code that names a best value uses this module.

use super::{Group, GroupScores, Summary};
use std::borrow::Borrow;
use std::ops::Range;

/// Error rate: the share of studies whose range may miss the best value, and of those in which chance may pass for
/// learning.
const ALPHA: f64 = 0.05;
/// Curves of more values are divided into bins of neighbours.
const MOST_VALUES: usize = 100;
const BINS: usize = 40;

/// Result of the search for the best value of a curve.
#[derive(Debug, Clone, PartialEq)]
pub enum BestClaim {
    /// The range of the best value.
    Best(Box<NearBest>),
    /// No value's mean score is above the baseline.
    NothingLearned,
    /// Some mean scores are above the baseline, but not by more than chance explains.
    Unclear,
    /// All models diverged, or there are none.
    NoScore,
}

/// Values around the best one that no comparison distinguishes from it.
#[derive(Debug, Clone, PartialEq)]
pub struct NearBest {
    /// Indices of the first and last group of the range in the curve.
    pub groups: [usize; 2],
    /// Values of these groups, ascending.
    pub range: [f64; 2],
    /// Models in the middle of the range; on a binned curve, those of one bin.
    pub group: Group,
    /// Smallest and largest value of these models.
    pub ends: [f64; 2],
    /// Whether values were compared. If not, because there are fewer than two seeds, the range has only equal means.
    pub is_compared: bool,
    /// Number of values of the curve.
    pub values: usize,
}

impl NearBest {
    /// Whether the range is a single value.
    pub fn is_one(&self) -> bool {
        self.groups[0] == self.groups[1]
    }

    /// Whether the range reaches the first and the last value of a curve of several values: the best may be beyond.
    pub fn at_ends(&self) -> [bool; 2] {
        let several = self.values > 1;
        [several && self.groups[0] == 0, several && self.groups[1] + 1 == self.values]
    }

    /// Whether the group with this value is in the range.
    pub fn holds(&self, x: f64) -> bool {
        (self.range[0]..=self.range[1]).contains(&x) || (x.is_nan() && self.range[0].is_nan())
    }
}

impl BestClaim {
    /// Returns the range, if there is a best value.
    pub fn best(&self) -> Option<&NearBest> {
        if let Self::Best(best) = self { Some(best.as_ref()) } else { None }
    }
}

/// Divides the indices of `groups` groups into ranges: each group by itself, or 40 bins of neighbours if there are more
/// than 100.
pub fn bins(groups: usize) -> Vec<Range<usize>> {
    match groups <= MOST_VALUES {
        true => (0..groups).map(|k| k..k + 1).collect(),
        false => (0..BINS).map(|bin| bin * groups / BINS..(bin + 1) * groups / BINS).collect(),
    }
}

/// Finds the best value of a curve, whose groups ascend: the one with the highest mean score, with all neighbours that
/// are indistinguishable from it. Values at which more than half of the models are lost are considered only if there
/// are no others, because one survivor of a thousand is weak evidence. Two values are distinguished by Student's paired
/// test over the seeds that both have, two-sided at 5 % divided by the number of comparisons (Bonferroni). The truly
/// best value is therefore outside the range in at most 5 % of studies.
pub fn near_best<G: Borrow<Group>>(groups: &[G]) -> BestClaim {
    let bins = bins(groups.len());
    let binned: Vec<Group> = bins.iter().map(|bin| Group::merged(&groups[bin.clone()])).collect();
    let steady = binned.iter().any(mostly_trained);
    let can = |group: &Group| !group.scores.is_empty() && (!steady || mostly_trained(group));
    let candidates: Vec<usize> = (0..binned.len()).filter(|k| can(&binned[*k])).collect();
    let score = |k: usize| binned[k].scores.mean().unwrap_or(f64::NEG_INFINITY);
    let Some(top) = candidates.iter().copied().reduce(|a, b| if score(b) > score(a) { b } else { a }) else {
        return BestClaim::NoScore;
    };
    let candidate_groups: Vec<&Group> = candidates.iter().map(|k| &binned[*k]).collect();
    match beats_baseline(&candidate_groups) {
        Some(true) => {}
        Some(false) => return BestClaim::NothingLearned,
        None => return BestClaim::Unclear,
    }
    let comparisons = candidates.len() - 1;
    let alike = |k: usize| k == top || (can(&binned[k]) && is_indistinguishable(&binned[top], &binned[k], comparisons));
    let can_compare = |k: usize| binned[top].scores.p_of_equal(&binned[k].scores).is_some();
    let is_compared = candidates.len() < 2 || candidates.iter().any(|k| *k != top && can_compare(*k));
    let first = (0..top).rev().take_while(|k| alike(*k)).last().unwrap_or(top);
    let last = (top..binned.len()).take_while(|k| alike(*k)).last().unwrap_or(top);
    let (middle, ends) = (first + (last - first) / 2, [bins[first].start, bins[last].end - 1]);
    let x = |k: usize| groups[k].borrow().x;
    BestClaim::Best(Box::new(NearBest {
        groups: ends,
        range: ends.map(x),
        ends: [x(bins[middle].start), x(bins[middle].end - 1)],
        group: binned[middle].clone(),
        is_compared,
        values: groups.len(),
    }))
}

/// Whether two values are indistinguishable at 5 % divided by the number of comparisons; with too few seeds to compare,
/// whether their means are equal.
pub fn is_indistinguishable(a: &Group, b: &Group, comparisons: usize) -> bool {
    let p = a.scores.p_of_equal(&b.scores);
    p.map_or(a.scores.mean() == b.scores.mean(), |p| p >= ALPHA / comparisons.max(1) as f64)
}

impl Summary {
    /// Returns the models of the best value, see [`near_best`], on the curve with the highest mean score along the
    /// first hyper-parameter that has several values. `None` if no curve has a best value.
    pub fn best(&self) -> Option<Group> {
        let axis = self.several().iter().position(|several| *several).unwrap_or(0);
        let claims = self.along(axis).into_iter().map(|series| near_best(&series.groups));
        let found = claims.filter_map(|claim| if let BestClaim::Best(best) = claim { Some(best) } else { None });
        found.reduce(|a, b| if b.group.scores.mean() > a.group.scores.mean() { b } else { a }).map(|best| best.group)
    }
}

/// Whether at least half of the models neither diverged nor exploded, and some have a score.
fn mostly_trained(group: &Group) -> bool {
    !group.scores.is_empty() && 2 * group.lost() <= group.n
}

/// Tolerance for rounding in means, which are sums; accuracies never differ by so little.
const ROUNDING: f64 = 1e-9;
/// Fewest seeds for a test of whether a mean is above the baseline.
const FEWEST_SEEDS: usize = 5;

/// Whether any of these values of a curve has models that are better than the baseline; `None` if chance may explain
/// it.
///
/// With few seeds, this takes a value at which all models are better. With more, two hypotheses are tested by Student's
/// one-sided test, each at half of 5 %: the mean of one value, with Bonferroni's correction for the number of values,
/// and the mean over all values. Each seed counts once, because models that share one start alike. `Some(true)` if the
/// baseline is unknown.
fn beats_baseline(groups: &[&Group]) -> Option<bool> {
    let baseline = |group: &Group| group.baseline.map_or(f64::NEG_INFINITY, |baseline| baseline + ROUNDING);
    if groups.iter().all(|group| group.scores.mean().is_none_or(|mean| mean <= baseline(group))) {
        return Some(false);
    }
    let is_above = |score: Option<f64>, group: &Group| score.is_some_and(|score| score > baseline(group));
    let blocks = groups.iter().map(|group| group.scores.blocks()).max().unwrap_or(0);
    if blocks < FEWEST_SEEDS {
        // Models without seeds cannot be compared one by one: their means decide.
        let all_better = |group: &&&Group| is_above(group.scores.least().or(group.scores.mean()), group);
        return groups.iter().any(|group| all_better(&group)).then_some(true);
    }
    let p = |group: &Group| group.scores.p_not_above(baseline(group)).unwrap_or(1.0);
    let best = groups.iter().map(|group| p(group)).fold(1.0, f64::min) * groups.len() as f64;
    let (mut together, mut highest) = (GroupScores::default(), f64::NEG_INFINITY);
    for group in groups {
        together.merge(&group.scores);
        highest = highest.max(baseline(group));
    }
    let together = together.p_not_above(highest).unwrap_or(1.0);
    (best.min(together) < ALPHA / 2.0).then_some(true)
}

#[cfg(test)]
mod tests;
