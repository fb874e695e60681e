//! From which side a sweep is shown: along one hyper-parameter, a curve for each combination of everything else.

use super::series_style::SeriesStyle;
use super::theme::number;
use crate::statistics::{BestClaim, Group, NearBest, Series, Summary, is_alike, near_best, ordered};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why models have no intervals where those that share seeds are put together.
pub const NO_INTERVALS: &str = "no intervals: models share seeds";

/// What the pictures of accuracies are drawn of; a copy shares the curves.
#[derive(Debug, Clone)]
pub struct Facet<'a> {
    /// What became of every model.
    pub summary: &'a Summary,
    /// The hyper-parameter on the horizontal axis, in words: `learning rate`.
    pub x: &'a str,
    /// The curves along it, as [`Summary::along`] gives them.
    pub series: Arc<[Series]>,
    /// What each curve is called; a lone one needs no name.
    pub names: Vec<String>,
    /// The place of each curve among all of the sweep, which gives it its look.
    pub numbers: Vec<usize>,
    /// Where each curve is best, as far as its seeds can tell; a bar under the axis shows the range.
    pub claims: Arc<[BestClaim]>,
    /// Accuracy of always naming the larger class, a fraction; `None` where it is not known, or differs between data sets.
    pub baseline: Option<f64>,
}

impl<'a> Facet<'a> {
    /// Along the learning rate, with nothing else that differs.
    pub fn plain(summary: &'a Summary) -> Self {
        Self::of(summary, "learning rate", summary.along(0), vec![String::new()])
    }

    /// These curves along `x`, with their names.
    pub fn of(summary: &'a Summary, x: &'a str, series: Vec<Series>, names: Vec<String>) -> Self {
        let claims = series.iter().map(|series| near_best(&series.groups)).collect();
        let numbers = (0..series.len()).collect();
        Self { summary, x, series: series.into(), names, numbers, claims, baseline: summary.baseline() }
    }

    /// Only those curves whose names `keep` accepts.
    pub fn only(self, keep: impl Fn(&str) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.series.len()).filter(|k| keep(&self.names[*k])).collect();
        let series: Vec<Series> = kept.iter().map(|k| self.series[*k].clone()).collect();
        let claims: Vec<BestClaim> = kept.iter().map(|k| self.claims[*k].clone()).collect();
        let names = kept.iter().map(|k| self.names[*k].clone()).collect();
        let numbers = kept.iter().map(|k| self.numbers[*k]).collect();
        Self { series: series.into(), names, numbers, claims: claims.into(), ..self }
    }

    /// Where curve number `k` is best; `None` where it did not learn, or has no accuracy.
    pub fn near_best(&self, k: usize) -> Option<&NearBest> {
        self.claims.get(k)?.best()
    }

    /// The best curve, the one with the highest mean at the value that stands for it, and where it is best; `None` where nothing learned.
    pub fn top(&self) -> Option<(usize, &NearBest)> {
        let found = (0..self.series.len()).filter_map(|k| Some((k, self.near_best(k)?)));
        found.reduce(|a, b| if b.1.group.scores.mean() > a.1.group.scores.mean() { b } else { a })
    }

    /// Whether there are accuracies, none of them surely above the baseline.
    pub fn learned_nothing(&self) -> bool {
        self.top().is_none()
            && self.claims.iter().any(|claim| matches!(claim, BestClaim::NothingLearned | BestClaim::Unclear))
    }

    /// Numbers of the curves that are indistinguishable from the best one, by the models that represent each.
    pub fn equals(&self) -> Vec<usize> {
        let Some((top, best)) = self.top() else { return Vec::new() };
        let others = (0..self.series.len()).filter(|k| *k != top);
        let others: Vec<(usize, &Group)> = others.filter_map(|k| Some((k, self.stand_in(k)?))).collect();
        let alike = |(_, group): &(usize, &Group)| is_alike(&best.group, group, others.len());
        others.iter().filter(|other| alike(other)).map(|(k, _)| *k).collect()
    }

    /// The models that stand for curve number `k`: those of its best value; where it did not learn, of the value with the highest mean.
    pub fn stand_in(&self, k: usize) -> Option<&Group> {
        let mean = |group: &&Group| group.scores.mean();
        let highest = || {
            let groups = self.series.get(k).map_or(&[][..], |series| &series.groups);
            let scored = groups.iter().filter(|group| mean(group).is_some());
            scored.reduce(|a, b| if mean(&b) > mean(&a) { b } else { a })
        };
        self.near_best(k).map(|best| &best.group).or_else(highest)
    }

    /// Colour and dashes of curve number `k`.
    pub fn style(&self, k: usize) -> SeriesStyle {
        SeriesStyle::of(self.numbers[k])
    }

    /// Whether there is more than one curve.
    pub fn compares(&self) -> bool {
        self.series.len() > 1
    }

    /// Whether models that share seeds are put together anywhere, which leaves them without intervals.
    pub fn is_dependent(&self) -> bool {
        self.series.iter().flat_map(|series| &series.groups).any(|group| group.is_dependent)
    }

    /// The groups of the only curve.
    pub fn groups(&self) -> &[Group] {
        self.series.first().map_or(&[], |series| &series.groups)
    }

    /// Every value on the horizontal axis.
    pub fn values(&self) -> Vec<f64> {
        self.series.iter().flat_map(|series| series.groups.iter().map(|group| group.x)).collect()
    }

    /// All curves counted together, value by value.
    pub fn pooled(&self) -> Self {
        let mut groups: BTreeMap<u64, Group> = BTreeMap::new();
        for group in self.series.iter().flat_map(|series| &series.groups).filter(|group| group.x.is_finite()) {
            groups.entry(ordered(group.x)).and_modify(|all| all.merge(group)).or_insert_with(|| group.clone());
        }
        let series = Series { cell: 0, others: Vec::new(), groups: groups.into_values().collect() };
        Self::of(self.summary, self.x, vec![series], vec![String::new()])
    }

    /// Numbers of all curves, by the mean score of the models that represent each, the highest first.
    pub fn ranked(&self) -> Vec<usize> {
        let score = |k: usize| self.stand_in(k).and_then(|group| group.scores.mean()).unwrap_or(f64::NEG_INFINITY);
        let mut ranked: Vec<usize> = (0..self.series.len()).collect();
        ranked.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
        ranked
    }

    /// Numbers of at most `most` curves, the first ones of [`Facet::ranked`], in their order.
    pub fn best(&self, most: usize) -> Vec<usize> {
        let mut ranked = self.ranked();
        ranked.truncate(most);
        ranked.sort_unstable();
        ranked
    }

    /// Where a group is: ` at learning rate 0.1`; nothing where the hyper-parameter means nothing to it.
    pub fn at(&self, group: &Group) -> String {
        if group.x.is_nan() { String::new() } else { format!(" at {} {}", self.x, number(group.x, 3)) }
    }

    /// The name of the horizontal axis.
    pub fn x_title(&self) -> String {
        super::theme::titled(self.x)
    }
}
