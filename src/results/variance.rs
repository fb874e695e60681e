//! `variance.csv`: the shares of learning rate, seed and data in the variance of outcomes, if these are crossed.

use super::csv_text::text;
use super::{ModelColumns, StudyResults, StudySpec, class};
use crate::dataset::text_cell;
use crate::engine::Outcome;
use crate::error::Result;
use crate::statistics::variance::{CrossedTable, Factor, FactorKind, VarianceComponent};
use crate::statistics::{Measure, OutcomeClass, RowSet};
use crate::sweep::{CellColumn, Hyperparameter, Trials};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Maximum models per table, and of all tables together as long as each has [`FEW_SEEDS`].
const MOST_MODELS: usize = 100_000;
const FEW_SEEDS: usize = 25;
/// Maximum factors: more would give more than 255 terms.
const MOST_FACTORS: usize = 8;

/// Returns the names of the outcomes that are split.
fn outcome_names(measure: Measure) -> [&'static str; 3] {
    match measure {
        Measure::Accuracy => ["success", "train_acc", "test_acc"],
        Measure::RSquared => ["success", "train_r2", "test_r2"],
    }
}

/// The complete tables of a study, one for each combination of the cells' choices, with the outcomes of their models.
pub struct CrossedTables {
    columns: Vec<CellColumn>,
    tables: Vec<SeedTable>,
    /// For each cell, the index of its table and its index in that table.
    places: BTreeMap<usize, (usize, usize)>,
}

/// Whole seeds of a grid, with the same trials in several cells.
struct SeedTable {
    /// Choices that its cells share.
    labels: Vec<String>,
    /// Cells, one per data seed.
    cells: Vec<usize>,
    /// Axes with several values and their number of values, the one that changes fastest first.
    axes: Vec<(Hyperparameter, usize)>,
    seeds: usize,
    outcomes: [&'static str; 3],
    /// Largest possible value of each outcome, per cell.
    wholes: Vec<[u32; 3]>,
    /// Values of the outcomes, `[cells, seeds, combinations]`.
    models: Vec<[Option<u32>; 3]>,
}

impl CrossedTables {
    /// Creates tables without models. Each has two to eight factors of two or more levels; there may be no table.
    pub fn of(spec: &StudySpec) -> Self {
        Self::with_random(spec, Some(CellColumn::DataSeed))
    }

    /// Creates tables in which cells that differ only in the column `random` are levels of a random factor.
    fn with_random(spec: &StudySpec, random: Option<CellColumn>) -> Self {
        let columns: Vec<CellColumn> = spec.varying().into_iter().filter(|column| Some(*column) != random).collect();
        let mut groups = BTreeMap::<Vec<String>, Vec<usize>>::new();
        for (cell, part) in spec.cells.iter().enumerate() {
            groups.entry(columns.iter().map(|column| part.choices.text(*column)).collect()).or_default().push(cell);
        }
        let room = MOST_MODELS / groups.len().max(1);
        let of = |(labels, cells)| SeedTable::of(spec, labels, cells, room);
        let mut tables: Vec<SeedTable> = groups.into_iter().filter_map(of).collect();
        tables.sort_by_key(|table| table.cells[0]);
        let cells = |(t, table): (usize, &SeedTable)| {
            table.cells.iter().enumerate().map(|(level, cell)| (*cell, (t, level))).collect::<Vec<_>>()
        };
        let places = tables.iter().enumerate().flat_map(cells).collect();
        Self { columns, tables, places }
    }

    /// Adds models to the tables.
    pub fn add(&mut self, spec: &StudySpec, models: &ModelColumns) {
        let Some((table, level)) = self.places.get(&models.cell) else { return };
        let table = &mut self.tables[*table];
        let per_cell = table.models.len() / table.cells.len();
        for (index, outcome) in models.range().zip(&models.outcomes).take_while(|(index, _)| *index < per_cell as u64) {
            table.models[level * per_cell + index as usize] = outcomes(spec, models.cell, outcome);
        }
    }

    /// Returns the variance shares of all results.
    ///
    /// # Errors
    /// As for [`super::ResultsPart::models`].
    pub fn splits_of(results: &dyn StudyResults) -> Result<Vec<VarianceShare>> {
        let mut crossed = Self::of(results.spec());
        for part in results.parts() {
            crossed.add(results.spec(), &part?.models()?);
        }
        Ok(crossed.splits())
    }

    /// Returns the variance shares of all tables.
    pub fn splits(&self) -> Vec<VarianceShare> {
        let outcomes = |table: &SeedTable| {
            let there = |outcome: &usize| table.wholes.iter().all(|wholes| wholes[*outcome] > 0);
            (0..table.outcomes.len()).filter(there).collect::<Vec<_>>()
        };
        let of = |table: &SeedTable| {
            outcomes(table).into_iter().flat_map(|outcome| table.splits(outcome)).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(of).collect()
    }

    /// Returns `variance.csv`, with these shares; `None` if there are none.
    pub fn csv(&self, splits: &[VarianceShare]) -> Option<String> {
        let names = self.columns.iter().map(|column| text_cell(column.name()));
        let rest = "outcome,component,variance,share,ci_low,ci_high,seeds,levels".to_owned();
        let names = names.chain([rest]).collect::<Vec<_>>().join(",");
        let rows: String = splits.iter().map(VarianceShare::row).collect();
        (!splits.is_empty()).then(|| format!("{names}\n{rows}"))
    }
}

/// Contribution of one term, a factor or an interaction of several, to the variance of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct VarianceShare {
    /// Choices of the table's cells, for the settings in which cells differ.
    pub labels: Vec<String>,
    /// `success`, `train_acc` or `test_acc`.
    pub outcome: &'static str,
    /// `lr`, `seed`, `data_seed`, `lr:seed`, ...
    pub component: String,
    /// Estimate; None if models diverged at all levels but one, or at all.
    pub estimate: Option<VarianceComponent>,
    /// Number of seeds in the table.
    pub seeds: usize,
    /// Number of levels of the first axis at which every model has the outcome.
    pub levels: usize,
}

impl SeedTable {
    /// Creates a table without models; `None` if it would be incomplete or too large.
    fn of(spec: &StudySpec, labels: Vec<String>, cells: Vec<usize>, room: usize) -> Option<Self> {
        let parts: Vec<_> = cells.iter().map(|cell| &spec.cells[*cell]).collect();
        let Trials::Grid { axes, independent_seeds: false, .. } = &parts[0].trials else { return None };
        let (models, combinations) = (parts[0].trials.len(), parts[0].trials.combinations());
        let same = parts.iter().all(|part| part.trials == parts[0].trials);
        // With given initial weights, a seed has different weights at each learning rate.
        if models % combinations != 0 || !same || spec.sweep.init_from.is_some() {
            return None;
        }
        let (all, per_seed) = ((models / combinations) as usize, combinations as usize * cells.len());
        let seeds = all.min((room / per_seed).max(FEW_SEEDS)).min(MOST_MODELS / per_seed);
        let axes: Vec<_> =
            axes.iter().map(|(s, values)| (*s, values.len())).filter(|(_, levels)| *levels > 1).collect();
        let factors = axes.len() + usize::from(seeds > 1) + usize::from(cells.len() > 1);
        let whole = seeds > 0 && (seeds > 1 || all == 1) && (2..=MOST_FACTORS).contains(&factors);
        let wholes = parts.iter().map(|part| [1, part.train.steps(), part.test.steps()]).collect();
        let outcomes = outcome_names(spec.measure());
        whole.then(|| Self { labels, outcomes, cells, axes, seeds, wholes, models: vec![[None; 3]; seeds * per_seed] })
    }

    /// Returns the named factors in the order of [`CrossedTable`]: data seeds, seeds, then the axes, the fastest last.
    fn factors(&self) -> Vec<(&'static str, Factor)> {
        let random = [(CellColumn::DataSeed.name(), self.cells.len()), ("seed", self.seeds)];
        let random = random.map(|(name, levels)| (name, Factor { levels, kind: FactorKind::Random }));
        let axes =
            self.axes.iter().rev().map(|(s, levels)| (s.name(), Factor { levels: *levels, kind: FactorKind::Fixed }));
        random.into_iter().chain(axes).filter(|(_, factor)| factor.levels > 1).collect()
    }

    /// Returns the variance shares of an outcome: factors first, then their interactions.
    fn splits(&self, outcome: usize) -> Vec<VarianceShare> {
        let mut factors = self.factors();
        let (levels, values) = self.values(outcome);
        if let Some((_, first)) = factors.last_mut().filter(|_| !self.axes.is_empty()) {
            first.levels = levels;
        }
        let crossed = factors.iter().all(|(_, factor)| factor.levels > 1) && !values.is_empty();
        let components = crossed.then(|| CrossedTable::new(factors.iter().map(|f| f.1).collect(), values).components());
        let mut terms: Vec<usize> = (1..1 << factors.len()).collect();
        terms.sort_by_key(|term| (term.count_ones(), Reverse(*term)));
        let split = |term: usize| {
            let named = factors.iter().enumerate().rev().filter(|(f, _)| term >> f & 1 == 1);
            let component = named.map(|(_, (name, _))| *name).collect::<Vec<_>>().join(":");
            let (labels, estimate) = (self.labels.clone(), components.as_ref().map(|components| components[term - 1]));
            VarianceShare { labels, outcome: self.outcomes[outcome], component, estimate, seeds: self.seeds, levels }
        };
        terms.into_iter().map(split).collect()
    }

    /// Returns the number of levels of the first axis at which every model has this outcome, and the outcomes of all
    /// models at these levels. Without axes there is one level.
    fn values(&self, outcome: usize) -> (usize, Vec<f64>) {
        let levels = self.axes.first().map_or(1, |(_, levels)| *levels);
        let mut whole = vec![true; levels];
        self.models.iter().enumerate().for_each(|(i, model)| whole[i % levels] &= model[outcome].is_some());
        let per_cell = self.models.len() / self.cells.len();
        let value = |(i, model): (usize, &[Option<u32>; 3])| {
            model[outcome]
                .filter(|_| whole[i % levels])
                .map(|part| part as f64 / self.wholes[i / per_cell][outcome] as f64)
        };
        let values = self.models.iter().enumerate().filter_map(value).collect();
        (whole.iter().filter(|whole| **whole).count(), values)
    }
}

impl VarianceShare {
    /// Formats its CSV row; unknown numbers are empty.
    fn row(&self) -> String {
        let (estimate, interval) = (self.estimate, self.estimate.and_then(|estimate| estimate.interval));
        let share = estimate.and_then(|estimate| estimate.share);
        let numbers = [estimate.map(|estimate| estimate.variance), share, interval.map(|i| i.0), interval.map(|i| i.1)];
        let labels: String = self.labels.iter().map(|label| text_cell(label) + ",").collect();
        let numbers = numbers.map(text).join(",");
        format!("{labels}{},{},{numbers},{},{}\n", self.outcome, self.component, self.seeds, self.levels)
    }
}

/// Returns the values of [`outcome_names`]; a diverged or exploded model is a failure without accuracies.
fn outcomes(spec: &StudySpec, cell: usize, outcome: &Outcome) -> [Option<u32>; 3] {
    let cell_spec = &spec.cells[cell];
    let success = class(spec, cell_spec, outcome) == OutcomeClass::Success;
    let correct = |set: RowSet| outcome.score_in_statistics(set).map(|score| score.hits(cell_spec.rows(set)).correct);
    [Some(success.into()), correct(RowSet::Train), correct(RowSet::Test)]
}

#[cfg(test)]
mod tests;
