//! Heat map of seeds by learning rates, for the best curve of a grid.

use super::Picture;
use super::facets::Facets;
use super::heatmap::{HeatmapCell, HeatmapPlot, SeedRow};
use super::study_picture::{Availability, StudyData, StudyPicture};
use crate::results::{CellSpec, ModelColumns, StudySpec, class};
use crate::statistics::{Group, OutcomeClass, evenly};
use std::ops::Range;

/// Maximum numbers of columns, rows and cells, for readability and file size.
const COLUMNS: u64 = 100;
const ROWS: u64 = 100;
const CELLS: u64 = 4000;

/// Collects the models of a cell by seed and value.
pub struct SeedGrid<'a> {
    spec: &'a StudySpec,
    cell_spec: &'a CellSpec,
    cell: usize,
    /// Index of the value by combination; `None` if it is not on the curve shown.
    values: Vec<Option<usize>>,
    /// Column by value; `None` if the value is not shown.
    columns: Vec<Option<usize>>,
    /// Indices of the seeds shown, ascending, one for each row of the plot.
    seeds: Vec<u64>,
    plot: HeatmapPlot,
}

impl<'a> SeedGrid<'a> {
    /// Creates a grid without models; the error is the reason why there are no seeds by values to show.
    pub fn of(facets: &'a Facets) -> Result<Self, String> {
        let x = facets.view.x;
        if facets.listed || !facets.paired() {
            return Err("no two models share a seed".to_owned());
        }
        let best = facets.view.best(1);
        let Some(k) = best.first() else { return Err("there is no model".to_owned()) };
        let (name, groups) = (&facets.view.names[*k], &facets.view.series[*k].groups);
        let groups: Vec<&Group> = groups.iter().filter(|group| group.x.is_finite()).collect();
        let Some(first) = groups.first().filter(|_| groups.len() > 1) else {
            return Err(format!("there is only one {x}"));
        };
        let cell_spec = facets.cell_spec(first);
        let (per_seed, all) = (cell_spec.trials.combinations(), groups.len() as u64);
        let all_seeds = cell_spec.trials.len().div_ceil(per_seed);
        if all_seeds < 2 {
            return Err("there is only one seed".to_owned());
        }
        let others = |k: &usize| *k != facets.axis;
        let value = |c: u64| {
            let own = cell_spec.trials.get(c).hyperparameters;
            let alike = (0..facets.hyperparameters.len())
                .filter(others)
                .all(|k| own.get(facets.hyperparameters[k]) == first.values[k]);
            let x = own.get(facets.hyperparameters[facets.axis]).filter(|_| alike)?;
            groups.binary_search_by(|group| group.x.total_cmp(&x)).ok()
        };
        let shown: Vec<usize> = evenly(all, COLUMNS).map(|k| k as usize).collect();
        let mut columns = vec![None; groups.len()];
        shown.iter().enumerate().for_each(|(column, k)| columns[*k] = Some(column));
        let seeds: Vec<u64> = evenly(all_seeds, ROWS.min(CELLS / shown.len() as u64).max(2)).collect();
        let row = |seed: &u64| SeedRow {
            seed: cell_spec.trials.get(seed * per_seed).seed,
            spots: vec![HeatmapCell::Missing; shown.len()],
            models: 0,
            successes: 0,
            accuracies: 0.0,
        };
        let plot = HeatmapPlot {
            x: x.to_owned(),
            values: shown.iter().map(|k| groups[*k].x).collect(),
            all_values: all,
            rows: seeds.iter().map(row).collect(),
            all_seeds,
            data_sets: facets.kinds.iter().filter(|kind| **kind == facets.kinds[first.cell]).count(),
            tested: cell_spec.test.points > 0,
            measure: cell_spec.train.measure(),
            baseline: Some(cell_spec.rows(cell_spec.reported_rows()).baseline()),
            curve: name.clone(),
            settings: String::new(),
        };
        let values = (0..per_seed.min(cell_spec.trials.len())).map(value).collect();
        Ok(Self { spec: facets.spec, cell_spec, cell: first.cell, values, columns, seeds, plot })
    }

    /// Whether any of these trials of a cell is shown.
    pub fn shows(&self, cell: usize, trials: &Range<u64>) -> bool {
        let per_seed = self.cell_spec.trials.combinations();
        let shown = |seed: &u64| seed * per_seed < trials.end && (seed + 1) * per_seed > trials.start;
        cell == self.cell && self.seeds.iter().any(shown)
    }

    /// Adds models of the cell shown.
    pub fn add(&mut self, models: &ModelColumns) {
        let (set, per_seed) = (self.cell_spec.reported_rows(), self.cell_spec.trials.combinations());
        let rows = self.cell_spec.rows(set);
        for (index, outcome) in models.range().zip(&models.outcomes) {
            let Ok(row) = self.seeds.binary_search(&(index / per_seed)) else { continue };
            let Some(value) = self.values[(index % per_seed) as usize] else { continue };
            let row = &mut self.plot.rows[row];
            let accuracy = outcome.score_in_statistics(set).and_then(|score| rows.accuracy(score.hits(rows)));
            row.models += 1;
            row.accuracies += accuracy.unwrap_or(0.0);
            let class = class(self.spec, self.cell_spec, outcome);
            row.successes += u64::from(class == OutcomeClass::Success);
            if let Some(column) = self.columns[value] {
                row.spots[column] = accuracy.map_or(
                    if class == OutcomeClass::Exploded { HeatmapCell::Exploded } else { HeatmapCell::Diverged },
                    HeatmapCell::Accuracy,
                );
            }
        }
    }

    /// Returns the picture.
    pub fn into_plot(self, mut settings: String) -> HeatmapPlot {
        if self.plot.data_sets > 1 {
            settings += &format!(" · here: the first of {} data sets", self.plot.data_sets);
        }
        HeatmapPlot { settings, ..self.plot }
    }
}

impl StudyPicture for HeatmapPlot {
    fn availability(study: &StudyData) -> Availability {
        match SeedGrid::of(study.facets) {
            Ok(_) => Availability::Drawn,
            Err(reason) => Availability::LeftOut(format!("no heat map of seeds: {reason}")),
        }
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        study.heatmap.map(|plot| Box::new(plot) as _)
    }
}
