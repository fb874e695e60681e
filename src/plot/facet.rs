//! View of a sweep along one hyper-parameter: one curve for each combination of all others.

use super::series_style::SeriesStyle;
use super::theme::number;
use crate::statistics::{BestClaim, Group, NearBest, Series, Summary, is_indistinguishable, near_best, ordered};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Subtitle's note if pooled models share seeds: intervals that assume independence would be too narrow.
pub const NO_INTERVALS: &str = "no intervals: models share seeds";

/// Data of the accuracy plots; clones share the curves.
#[derive(Debug, Clone)]
pub struct Facet<'a> {
    /// Outcomes of all models.
    pub summary: &'a Summary,
    /// Name of the hyper-parameter on the horizontal axis: `learning rate`.
    pub x: &'a str,
    /// Curves along this hyper-parameter, from [`Summary::along`].
    pub series: Arc<[Series]>,
    /// Name of each curve; may be empty for a single one.
    pub names: Vec<String>,
    /// Index of each curve in the whole sweep, which determines its style.
    pub numbers: Vec<usize>,
    /// Best range of each curve, as far as its seeds distinguish values; shown as a bar under the axis.
    pub claims: Arc<[BestClaim]>,
    /// Accuracy of always predicting the most common class, a fraction; `None` if unknown or different between data
    /// sets.
    pub baseline: Option<f64>,
}

impl<'a> Facet<'a> {
    /// Returns the view along the learning rate of a sweep that varies nothing else.
    pub fn plain(summary: &'a Summary) -> Self {
        Self::of(summary, "learning rate", summary.along(0), vec![String::new()])
    }

    /// Returns the view of these named curves along `x`.
    pub fn of(summary: &'a Summary, x: &'a str, series: Vec<Series>, names: Vec<String>) -> Self {
        let claims = series.iter().map(|series| near_best(&series.groups)).collect();
        let numbers = (0..series.len()).collect();
        Self { summary, x, series: series.into(), names, numbers, claims, baseline: summary.baseline() }
    }

    /// Keeps only the curves whose names `keep` accepts.
    pub fn only(self, keep: impl Fn(&str) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.series.len()).filter(|k| keep(&self.names[*k])).collect();
        let series: Vec<Series> = kept.iter().map(|k| self.series[*k].clone()).collect();
        let claims: Vec<BestClaim> = kept.iter().map(|k| self.claims[*k].clone()).collect();
        let names = kept.iter().map(|k| self.names[*k].clone()).collect();
        let numbers = kept.iter().map(|k| self.numbers[*k]).collect();
        Self { series: series.into(), names, numbers, claims: claims.into(), ..self }
    }

    /// Returns the best range of curve `k`; `None` if it did not clearly learn or has no accuracy.
    pub fn near_best(&self, k: usize) -> Option<&NearBest> {
        self.claims.get(k)?.best()
    }

    /// Returns the curve with the highest mean score at its representative value, and its best range; `None` if none
    /// learned.
    pub fn top(&self) -> Option<(usize, &NearBest)> {
        let found = (0..self.series.len()).filter_map(|k| Some((k, self.near_best(k)?)));
        found.reduce(|a, b| if b.1.group.scores.mean() > a.1.group.scores.mean() { b } else { a })
    }

    /// Whether there are accuracies, but none significantly above the baseline.
    pub fn learned_nothing(&self) -> bool {
        self.top().is_none()
            && self.claims.iter().any(|claim| matches!(claim, BestClaim::NothingLearned | BestClaim::Unclear))
    }

    /// Returns the indices of the curves that are indistinguishable from the best one, by their representative groups.
    pub fn indistinguishable_from_best(&self) -> Vec<usize> {
        let Some((top, best)) = self.top() else { return Vec::new() };
        let others = (0..self.series.len()).filter(|k| *k != top);
        let others: Vec<(usize, &Group)> = others.filter_map(|k| Some((k, self.representative(k)?))).collect();
        let alike = |(_, group): &(usize, &Group)| is_indistinguishable(&best.group, group, others.len());
        others.iter().filter(|other| alike(other)).map(|(k, _)| *k).collect()
    }

    /// Returns the representative group of curve `k`: that of its best range or, if it did not learn, the one with the
    /// highest mean score.
    pub fn representative(&self, k: usize) -> Option<&Group> {
        let mean = |group: &&Group| group.scores.mean();
        let highest = || {
            let groups = self.series.get(k).map_or(&[][..], |series| &series.groups);
            let scored = groups.iter().filter(|group| mean(group).is_some());
            scored.reduce(|a, b| if mean(&b) > mean(&a) { b } else { a })
        };
        self.near_best(k).map(|best| &best.group).or_else(highest)
    }

    /// Returns the colour and dashes of curve `k`.
    pub fn style(&self, k: usize) -> SeriesStyle {
        SeriesStyle::of(self.numbers[k])
    }

    /// Whether there is more than one curve.
    pub fn has_several_curves(&self) -> bool {
        self.series.len() > 1
    }

    /// Whether any group pools models that share seeds, so that no intervals are drawn.
    pub fn is_dependent(&self) -> bool {
        self.series.iter().flat_map(|series| &series.groups).any(|group| group.is_dependent)
    }

    /// Returns the groups of the only (or first) curve.
    pub fn groups(&self) -> &[Group] {
        self.series.first().map_or(&[], |series| &series.groups)
    }

    /// Returns all values on the horizontal axis, curve by curve.
    pub fn values(&self) -> Vec<f64> {
        self.series.iter().flat_map(|series| series.groups.iter().map(|group| group.x)).collect()
    }

    /// Returns a view in which all curves are pooled, value by value.
    pub fn pooled(&self) -> Self {
        let mut groups: BTreeMap<u64, Group> = BTreeMap::new();
        for group in self.series.iter().flat_map(|series| &series.groups).filter(|group| group.x.is_finite()) {
            groups.entry(ordered(group.x)).and_modify(|all| all.merge(group)).or_insert_with(|| group.clone());
        }
        let series = Series { cell: 0, others: Vec::new(), groups: groups.into_values().collect() };
        Self::of(self.summary, self.x, vec![series], vec![String::new()])
    }

    /// Returns the indices of all curves by descending mean score of their representative groups.
    pub fn ranked(&self) -> Vec<usize> {
        let score =
            |k: usize| self.representative(k).and_then(|group| group.scores.mean()).unwrap_or(f64::NEG_INFINITY);
        let mut ranked: Vec<usize> = (0..self.series.len()).collect();
        ranked.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
        ranked
    }

    /// Returns the indices of the first `most` curves of [`Facet::ranked`], ascending.
    pub fn best(&self, most: usize) -> Vec<usize> {
        let mut ranked = self.ranked();
        ranked.truncate(most);
        ranked.sort_unstable();
        ranked
    }

    /// Returns a group's value as ` at learning rate 0.1`; empty if the hyper-parameter does not apply to it (NaN).
    pub fn at(&self, group: &Group) -> String {
        if group.x.is_nan() { String::new() } else { format!(" at {} {}", self.x, number(group.x, 3)) }
    }

    /// Returns the title of the horizontal axis.
    pub fn x_title(&self) -> String {
        super::theme::titled(self.x)
    }
}
