//! View of a sweep: along a hyper-parameter with several values, by default the learning rate, with a curve for each
//! combination of everything else, over all data sets that are generated alike.

use super::summary_text::short;
use crate::plot::Facet;
use crate::results::{CellSpec, StudyCurves, StudySpec};
use crate::statistics::{Group, Series, Summary};
use crate::sweep::{COLUMNS, DATA_SEED, Hyperparameter};

/// Results of a sweep, and the view of them.
pub struct Facets<'a> {
    /// Study spec.
    pub question: &'a StudySpec,
    /// Outcomes of the models, counted by combination.
    pub summary: &'a Summary,
    /// Hyper-parameters for which the summary's groups have values, in its order.
    pub scalars: Vec<Hyperparameter>,
    /// Index of the hyper-parameter on the x axis.
    pub axis: usize,
    /// For each cell, the first of those that are shown together with it.
    pub kinds: Vec<usize>,
    /// Curves to draw.
    pub view: Facet<'a>,
    /// Whether the models are a list of trials, which may have no repeats.
    pub listed: bool,
}

impl<'a> Facets<'a> {
    /// Creates the default view of these results.
    pub fn of(question: &'a StudySpec, summary: &'a Summary) -> Self {
        let StudyCurves { scalars, several, axis, kinds, listed, series } = StudyCurves::of(question, summary);
        let named: Vec<usize> = (0..scalars.len()).filter(|k| several[*k] && *k != axis && !listed).collect();
        let names = series.iter().map(|series| name(question, &scalars, &named, series)).collect();
        let view = Facet::of(summary, scalars[axis].words(), series, names);
        Self { question, summary, scalars, axis, kinds, view, listed }
    }

    /// Returns what distinguishes a cell from the others: `adam, batches of 32`; empty if there is only one.
    pub fn cell_name(&self, cell: usize) -> String {
        cell_name(self.question, cell)
    }

    /// Returns the cell of a group.
    pub fn part(&self, group: &Group) -> &CellSpec {
        &self.question.cells[group.cell]
    }
}

/// Returns what distinguishes a cell from the others: `adam, batches of 32`; empty if there is only one.
pub fn cell_name(question: &StudySpec, cell: usize) -> String {
    let texts = &question.cells[cell].texts;
    let choices = question.varying().into_iter().map(|n| choice(COLUMNS[n], &texts[n]));
    choices.collect::<Vec<_>>().join(", ")
}

/// Returns a curve's name: `tanh, batches of 32`; among several optimizers `momentum 0.9`, not `momentum, momentum
/// 0.9`.
fn name(question: &StudySpec, scalars: &[Hyperparameter], named: &[usize], series: &Series) -> String {
    let texts = &question.cells[series.cell].texts;
    let values = named.iter().filter_map(|k| Some((scalars[*k].words(), series.others[*k]?)));
    let values: Vec<(&str, f64)> = values.collect();
    let repeated = |text: &String| values.iter().any(|(words, _)| words == text);
    let varying = question.varying().into_iter().filter(|n| COLUMNS[*n] != DATA_SEED);
    let cell = varying.filter(|n| !repeated(&texts[*n])).map(|n| choice(COLUMNS[n], &texts[n]));
    let values = values.iter().map(|(words, value)| format!("{words} {}", short(*value)));
    cell.chain(values).collect::<Vec<_>>().join(", ")
}

/// Returns the human-readable form of a choice.
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
