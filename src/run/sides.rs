//! From which side a sweep is shown: along the hyper-parameter of which there are several values, by default the
//! learning rate, with a curve for each combination of everything else, over all data sets that are drawn alike.

use super::words::short;
use crate::plot::View;
use crate::statistics::{Group, Series, Summary};
use crate::study::{Part, Question};
use crate::sweep::{COLUMNS, DATA_SEED, Scalar, Trials};
use std::collections::BTreeMap;

/// Most points of a curve in a random search over several cells.
const BINS: usize = 40;

/// A sweep's results and how they are shown.
pub struct Sides<'a> {
    /// What was asked.
    pub question: &'a Question,
    /// What became of the models, counted by combination.
    pub summary: &'a Summary,
    /// The hyper-parameters that the summary's groups have values for, in its order.
    pub scalars: Vec<Scalar>,
    /// Index of the one that is shown along.
    pub axis: usize,
    /// For each cell the first of those that are shown together with it.
    pub kinds: Vec<usize>,
    /// The curves to draw.
    pub view: View<'a>,
    /// Whether the models are a list of trials, of which none need repeat another.
    pub listed: bool,
}

impl<'a> Sides<'a> {
    /// The natural side of these results.
    pub fn of(question: &'a Question, summary: &'a Summary) -> Self {
        let scalars = question.scalars();
        let several: Vec<bool> = (0..scalars.len()).map(|axis| values(summary, axis) > 1).collect();
        let axis = several.iter().position(|several| *several).unwrap_or(0);
        // In a random search nothing is repeated: all else is lumped together.
        let listed = question.cells.iter().any(|part| matches!(part.trials, Trials::List(_)));
        let kinds = kinds(question);
        let others =
            |series: &Series| -> Vec<_> { series.others.iter().map(|value| value.map(f64::to_bits)).collect() };
        let key = |series: &Series| (kinds[series.cell], if listed { Vec::new() } else { others(series) });
        let mut series = pooled(summary.along(axis), key);
        // Beside other curves there is no room for so many points; a lone curve's picture bins them itself, and says so.
        if listed && series.len() > 1 {
            series.iter_mut().filter(|series| series.groups.len() > BINS).for_each(binned);
        }
        let named: Vec<usize> = (0..scalars.len()).filter(|k| several[*k] && *k != axis && !listed).collect();
        let names = series.iter().map(|series| name(question, &scalars, &named, series)).collect();
        let view = View::of(summary, scalars[axis].words(), series, names);
        Self { question, summary, scalars, axis, kinds, view, listed }
    }

    /// What sets a group's cell apart from the others: `adam, batches of 32`; nothing where there is but one.
    pub fn cell_name(&self, cell: usize) -> String {
        cell_name(self.question, cell)
    }

    /// The cell that a group belongs to.
    pub fn part(&self, group: &Group) -> &Part {
        &self.question.cells[group.cell]
    }
}

/// What sets a cell apart from the others: `adam, batches of 32`; nothing where there is but one.
pub fn cell_name(question: &Question, cell: usize) -> String {
    let texts = &question.cells[cell].texts;
    let choices = question.varying().into_iter().map(|n| choice(COLUMNS[n], &texts[n]));
    choices.collect::<Vec<_>>().join(", ")
}

/// How many values hyper-parameter number `axis` has.
fn values(summary: &Summary, axis: usize) -> usize {
    let mut bits: Vec<u64> = summary.groups().filter_map(|group| group.values[axis]).map(f64::to_bits).collect();
    bits.sort_unstable();
    bits.dedup();
    bits.len()
}

/// For each cell the first one that differs from it in nothing but the seed of the data: they are shown as one.
fn kinds(question: &Question) -> Vec<usize> {
    let mut firsts = BTreeMap::new();
    let kind = |(cell, part): (usize, &Part)| {
        let mut texts = part.texts.clone();
        texts.iter_mut().zip(COLUMNS).filter(|(_, column)| *column == DATA_SEED).for_each(|(text, _)| text.clear());
        *firsts.entry(texts).or_insert(cell)
    };
    question.cells.iter().enumerate().map(kind).collect()
}

/// One curve for all series of the same key, with the models of all of them at each value.
fn pooled<Key: Ord>(all: Vec<Series>, key: impl Fn(&Series) -> Key) -> Vec<Series> {
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
                // NaN, where the axis means nothing, is a value like any other.
                Some(last) if last.x.to_bits() == group.x.to_bits() => last.merge(&group),
                _ => merged.push(group),
            }
        }
        curve.groups = merged;
    }
    curves
}

/// Puts neighbours together, so that about [`BINS`] groups are left, each at its middle value.
fn binned(series: &mut Series) {
    series.groups = series.groups.chunks(series.groups.len().div_ceil(BINS)).map(Group::together).collect();
}

/// What sets a curve apart: `tanh, batches of 32`; of several optimizers `momentum 0.9`, not `momentum, momentum 0.9`.
fn name(question: &Question, scalars: &[Scalar], named: &[usize], series: &Series) -> String {
    let texts = &question.cells[series.cell].texts;
    let values = named.iter().filter_map(|k| Some((scalars[*k].words(), series.others[*k]?)));
    let values: Vec<(&str, f64)> = values.collect();
    let repeated = |text: &String| values.iter().any(|(words, _)| words == text);
    let varying = question.varying().into_iter().filter(|n| COLUMNS[*n] != DATA_SEED);
    let cell = varying.filter(|n| !repeated(&texts[*n])).map(|n| choice(COLUMNS[n], &texts[n]));
    let values = values.iter().map(|(words, value)| format!("{words} {}", short(*value)));
    cell.chain(values).collect::<Vec<_>>().join(", ")
}

/// A choice in words.
fn choice(column: &str, text: &str) -> String {
    match (column, text) {
        ("hidden", "none") => "no hidden layer".to_owned(),
        ("hidden", widths) => widths.replace(',', "-"),
        ("batch_size", "full") => "full batch".to_owned(),
        (DATA_SEED, seed) => format!("data seed {seed}"),
        ("batch_size", size) => format!("batches of {size}"),
        _ => text.to_owned(),
    }
}
