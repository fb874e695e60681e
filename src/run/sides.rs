//! From which side a sweep is shown: along the hyper-parameter of which there are several values, by default the
//! learning rate, with a curve for each combination of everything else.

use super::words::short;
use crate::plot::View;
use crate::statistics::{Group, Series, Summary};
use crate::study::{Part, Question};
use crate::sweep::{COLUMNS, Scalar, Trials};

/// Most points of a curve in a random search over several cells.
const BINS: usize = 40;

/// A sweep's results and how they are shown.
pub struct Sides<'a> {
    pub question: &'a Question,
    pub summary: &'a Summary,
    /// The hyper-parameters that the summary's groups have values for, in its order.
    pub scalars: Vec<Scalar>,
    /// Index of the one that is shown along.
    pub axis: usize,
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
        let series = if listed { pooled(summary.along(axis)) } else { summary.along(axis) };
        let named: Vec<usize> = (0..scalars.len()).filter(|k| several[*k] && *k != axis && !listed).collect();
        let names = series.iter().map(|series| name(question, &scalars, &named, series)).collect();
        let view = View { summary, x: scalars[axis].words(), series, names };
        Self { question, summary, scalars, axis, view, listed }
    }

    /// What sets a group's cell apart from the others: `adam, batches of 32`; nothing where there is but one.
    pub fn cell_name(&self, cell: usize) -> String {
        let texts = &self.question.cells[cell].texts;
        let choices = self.question.varying().into_iter().map(|n| choice(COLUMNS[n], &texts[n]));
        choices.collect::<Vec<_>>().join(", ")
    }

    /// The cell that a group belongs to.
    pub fn part(&self, group: &Group) -> &Part {
        &self.question.cells[group.cell]
    }
}

/// How many values hyper-parameter number `axis` has.
fn values(summary: &Summary, axis: usize) -> usize {
    let mut bits: Vec<u64> = summary.groups().filter_map(|group| group.values[axis]).map(f64::to_bits).collect();
    bits.sort_unstable();
    bits.dedup();
    bits.len()
}

/// One curve for each cell.
fn pooled(all: Vec<Series>) -> Vec<Series> {
    let mut cells: Vec<Series> = Vec::new();
    for mut series in all {
        match cells.iter_mut().find(|cell| cell.cell == series.cell) {
            Some(cell) => cell.groups.append(&mut series.groups),
            None => cells.push(series),
        }
    }
    for cell in &mut cells {
        cell.groups.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut merged: Vec<Group> = Vec::new();
        for group in std::mem::take(&mut cell.groups) {
            match merged.last_mut() {
                Some(last) if last.x == group.x => last.merge(&group),
                _ => merged.push(group),
            }
        }
        cell.groups = merged;
    }
    // Beside other curves there is no room for so many points; a lone curve's picture bins them itself, and says so.
    if cells.len() > 1 {
        cells.iter_mut().filter(|cell| cell.groups.len() > BINS).for_each(binned);
    }
    cells
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
    let cell = question.varying().into_iter().filter(|n| !repeated(&texts[*n])).map(|n| choice(COLUMNS[n], &texts[n]));
    let values = values.iter().map(|(words, value)| format!("{words} {}", short(*value)));
    cell.chain(values).collect::<Vec<_>>().join(", ")
}

/// A choice in words.
fn choice(column: &str, text: &str) -> String {
    match (column, text) {
        ("hidden", "none") => "no hidden layer".to_owned(),
        ("hidden", widths) => widths.replace(',', "-"),
        ("batch_size", "full") => "full batch".to_owned(),
        ("batch_size", size) => format!("batches of {size}"),
        _ => text.to_owned(),
    }
}
