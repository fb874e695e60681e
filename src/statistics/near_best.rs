//! Where a curve is best, as far as its seeds can tell: a range of values, of which the middle one stands for all. Everything that names a
//! best value asks here.

use super::{Group, GroupScores, Summary};
use std::borrow::Borrow;
use std::ops::Range;

/// Share of studies whose range may miss the best value, and in which chance passes for learning.
const ALPHA: f64 = 0.05;
/// A curve of more values is looked at in bins of neighbours.
const MOST_VALUES: usize = 100;
const BINS: usize = 40;

/// What can be said of the best value of a curve.
#[derive(Debug, Clone, PartialEq)]
pub enum BestClaim {
    /// There are models with accuracies.
    Best(Box<NearBest>),
    /// No value's mean score is above the baseline.
    NothingLearned,
    /// Some are, but not by more than chance explains.
    Unclear,
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

impl BestClaim {
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
/// not diverge (if there are such: one survivor of a thousand says little), with all neighbours that are indistinguishable from it. Two values are
/// told apart by Student's paired test over the seeds that both have, two-sided at 5 % divided by the number of comparisons (Bonferroni);
/// so the truly best value is told from the one that came out best in at most 5 % of studies.
pub fn near_best<G: Borrow<Group>>(groups: &[G]) -> BestClaim {
    let bins = bins(groups.len());
    let binned: Vec<Group> = bins.iter().map(|bin| Group::together(&groups[bin.clone()])).collect();
    let steady = binned.iter().any(is_steady);
    let can = |group: &Group| !group.scores.is_empty() && (!steady || is_steady(group));
    let candidates: Vec<usize> = (0..binned.len()).filter(|k| can(&binned[*k])).collect();
    let score = |k: usize| binned[k].scores.mean().unwrap_or(f64::NEG_INFINITY);
    let Some(top) = candidates.iter().copied().reduce(|a, b| if score(b) > score(a) { b } else { a }) else {
        return BestClaim::NoScore;
    };
    let candidate_groups: Vec<&Group> = candidates.iter().map(|k| &binned[*k]).collect();
    match learned(&candidate_groups) {
        Some(true) => {}
        Some(false) => return BestClaim::NothingLearned,
        None => return BestClaim::Unclear,
    }
    let comparisons = candidates.len() - 1;
    let alike = |k: usize| k == top || (can(&binned[k]) && is_alike(&binned[top], &binned[k], comparisons));
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

/// Whether two values are indistinguishable, at 5 % divided by the number of comparisons; with too few seeds to compare, whether
/// their means are equal.
pub fn is_alike(a: &Group, b: &Group, comparisons: usize) -> bool {
    let p = a.scores.p_of_equal(&b.scores);
    p.map_or(a.scores.mean() == b.scores.mean(), |p| p >= ALPHA / comparisons.max(1) as f64)
}

impl Summary {
    /// The models of the best value, see [`near_best`]: of the curve with the highest mean score along the first hyper-parameter that has
    /// several values. `None` where nothing learned.
    pub fn best(&self) -> Option<Group> {
        let axis = self.several().iter().position(|several| *several).unwrap_or(0);
        let claims = self.along(axis).into_iter().map(|series| near_best(&series.groups));
        let found = claims.filter_map(|claim| if let BestClaim::Best(best) = claim { Some(best) } else { None });
        found.reduce(|a, b| if b.group.scores.mean() > a.group.scores.mean() { b } else { a }).map(|best| best.group)
    }
}

/// Whether most models did not diverge.
fn is_steady(group: &Group) -> bool {
    !group.scores.is_empty() && 2 * group.lost() <= group.n
}

/// Means are sums that are rounded; accuracies are never so close.
const ROUNDING: f64 = 1e-9;
/// Fewest seeds for a test of whether a mean is above the baseline.
const FEWEST_SEEDS: usize = 5;

/// Whether any of these values of a curve has models that are better than the baseline; `None` where chance may explain it.
///
/// With few seeds it takes a value at which all of them are better. With more, one value's mean is tested by Student's one-sided test, with
/// Bonferroni's correction for the number of values, and the mean over all values, each at half of 5 %. Seeds count once: models that
/// share one begin alike. `Some(true)` where the baseline is not known.
fn learned(groups: &[&Group]) -> Option<bool> {
    let baseline = |group: &Group| group.baseline.map_or(f64::NEG_INFINITY, |baseline| baseline + ROUNDING);
    if groups.iter().all(|group| group.scores.mean().is_none_or(|mean| mean <= baseline(group))) {
        return Some(false);
    }
    let is_above = |score: Option<f64>, group: &Group| score.is_some_and(|score| score > baseline(group));
    let blocks = groups.iter().map(|group| group.scores.blocks()).max().unwrap_or(0);
    if blocks < FEWEST_SEEDS {
        // Models without seeds are compared with no others: their means decide.
        let all_better = |group: &&&Group| is_above(group.scores.least().or(group.scores.mean()), group);
        return groups.iter().any(|group| all_better(&group)).then_some(true);
    }
    let p = |group: &Group| group.scores.p_of_no_more(baseline(group)).unwrap_or(1.0);
    let best = groups.iter().map(|group| p(group)).fold(1.0, f64::min) * groups.len() as f64;
    let (mut together, mut highest) = (GroupScores::default(), f64::NEG_INFINITY);
    for group in groups {
        together.merge(&group.scores);
        highest = highest.max(baseline(group));
    }
    let together = together.p_of_no_more(highest).unwrap_or(1.0);
    (best.min(together) < ALPHA / 2.0).then_some(true)
}

#[cfg(test)]
mod tests;
