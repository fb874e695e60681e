//! View of a sweep: along a hyper-parameter with several values, by default the learning rate, with a curve for each
//! combination of everything else, over all data sets that are generated alike.

use super::facet::Facet;
use crate::results::settings_text::{cell_name, choice};
use crate::results::{CellSpec, StudyCurves, StudySpec};
use crate::statistics::number_format::short;
use crate::statistics::{Group, Series, Summary};
use crate::sweep::{CellColumn, Hyperparameter, Trials};

/// Results of a sweep, and the view of them.
pub struct Facets<'a> {
    /// Study spec.
    pub spec: &'a StudySpec,
    /// Outcomes of the models, counted by combination.
    pub summary: &'a Summary,
    /// Hyper-parameters for which the summary's groups have values, in its order.
    pub hyperparameters: Vec<Hyperparameter>,
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
    pub fn of(spec: &'a StudySpec, summary: &'a Summary) -> Self {
        let StudyCurves { hyperparameters, several, axis, kinds, listed, series } = StudyCurves::of(spec, summary);
        let named: Vec<usize> = (0..hyperparameters.len()).filter(|k| several[*k] && *k != axis && !listed).collect();
        let names = series.iter().map(|series| name(spec, &hyperparameters, &named, series)).collect();
        let view = Facet::of(summary, hyperparameters[axis].words(), series, names);
        Self { spec, summary, hyperparameters, axis, kinds, view, listed }
    }

    /// Returns what distinguishes a cell from the others: `adam, batches of 32`; empty if there is only one.
    pub fn cell_name(&self, cell: usize) -> String {
        cell_name(self.spec, cell)
    }

    /// Whether all models of a seed have the same initial weights and data, regardless of their other settings.
    pub fn paired(&self) -> bool {
        let shared = |cell_spec: &CellSpec| matches!(cell_spec.trials, Trials::Grid { independent_seeds: false, .. });
        self.spec.cells.iter().all(shared)
    }

    /// Returns the cell of a group.
    pub fn cell_spec(&self, group: &Group) -> &CellSpec {
        &self.spec.cells[group.cell]
    }
}

/// Returns a curve's name: `tanh, batches of 32`; among several optimizers `momentum 0.9`, not `momentum, momentum
/// 0.9`.
fn name(spec: &StudySpec, hyperparameters: &[Hyperparameter], named: &[usize], series: &Series) -> String {
    let choices = &spec.cells[series.cell].choices;
    let values = named.iter().filter_map(|k| Some((hyperparameters[*k].words(), series.others[*k]?)));
    let values: Vec<(&str, f64)> = values.collect();
    let repeated = |column| values.iter().any(|(words, _)| *words == choices.text(column));
    let varying = spec.varying().into_iter().filter(|column| *column != CellColumn::DataSeed);
    let cell = varying.filter(|column| !repeated(*column)).map(|column| choice(choices, column));
    let values = values.iter().map(|(words, value)| format!("{words} {}", short(*value)));
    cell.chain(values).collect::<Vec<_>>().join(", ")
}
