//! From which side a sweep is shown: along one hyper-parameter, a curve for each combination of everything else.

use super::theme::number;
use crate::statistics::{Group, Series, Summary, best};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why models have no intervals where those that share seeds are put together.
pub const NO_INTERVALS: &str = "no intervals: models with the same seeds are put together";

/// What the pictures of accuracies are drawn of; a copy shares the curves.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// What became of every model.
    pub summary: &'a Summary,
    /// The hyper-parameter on the horizontal axis, in words: `learning rate`.
    pub x: &'a str,
    /// The curves along it, as [`Summary::along`] gives them.
    pub series: Arc<[Series]>,
    /// What each curve is called; a lone one needs no name.
    pub names: Vec<String>,
}

impl<'a> View<'a> {
    /// Along the learning rate, with nothing else that differs.
    pub fn plain(summary: &'a Summary) -> Self {
        Self { summary, x: "learning rate", series: summary.along(0).into(), names: vec![String::new()] }
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
        // For numbers from 0 the order of the bits is the order of the values.
        for group in self.series.iter().flat_map(|series| &series.groups).filter(|group| group.x.is_finite()) {
            groups.entry(group.x.to_bits()).and_modify(|all| all.merge(group)).or_insert_with(|| group.clone());
        }
        let series = Series { cell: 0, others: Vec::new(), groups: groups.into_values().collect() };
        Self { summary: self.summary, x: self.x, series: [series].into(), names: vec![String::new()] }
    }

    /// Name and groups of at most `most` curves, those with the best accuracies, in their order.
    pub fn best(&self, most: usize) -> Vec<(&str, &[Group])> {
        let score = |series: &Series| best(series.groups.iter()).and_then(Group::score).unwrap_or(-1.0);
        let mut ranked: Vec<usize> = (0..self.series.len()).collect();
        ranked.sort_by(|a, b| score(&self.series[*b]).total_cmp(&score(&self.series[*a])));
        ranked.truncate(most);
        ranked.sort_unstable();
        ranked.into_iter().map(|k| (self.names[k].as_str(), self.series[k].groups.as_slice())).collect()
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
