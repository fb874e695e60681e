//! `preprocessing.json`: how each cell's data were prepared, and its network, so that weights can be used without this
//! program.

use super::StudySpec;
use super::output_reading::OutputReading;
use crate::dataset::{Preprocessing, TableRules};
use crate::math::{Activation, Loss};
use crate::sweep::{Job, Sweep};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Network of a cell's models, and which preparation their inputs have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellNetwork {
    /// Id of its first model; the others follow.
    pub first_model: u64,
    /// Number of its models.
    pub models: u64,
    /// Index in [`StudyPreprocessing::data`].
    pub data: usize,
    /// Seed of the data set or of its split.
    pub data_seed: u64,
    /// Widths from the features to the outputs.
    pub sizes: Vec<usize>,
    /// Whether layers have biases.
    pub bias: bool,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Loss that was minimised.
    pub loss: Loss,
    /// What outputs say.
    pub output: OutputReading,
}

/// Preparations and networks of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyPreprocessing {
    /// Version of the program.
    pub version: String,
    /// Distinct preparations of data.
    pub data: Vec<Preprocessing>,
    /// Cells, in their order.
    pub cells: Vec<CellNetwork>,
}

/// Returns the rules by which a sweep reads its table.
pub fn table_rules(sweep: &Sweep) -> TableRules {
    TableRules { no_header: sweep.no_header, delimiter: sweep.delimiter, missing: sweep.missing }
}

impl CellNetwork {
    /// Describes a cell of a study; `data` is the index of its preparation.
    pub fn of(spec: &StudySpec, cell: usize, job: &Job, data: usize) -> Self {
        let (part, outputs) = (&spec.cells[cell], job.shape.outputs());
        Self {
            first_model: part.first,
            models: part.trials.len(),
            data,
            data_seed: part.choices.data_seed,
            sizes: job.shape.sizes(),
            bias: job.shape.bias(),
            activation: job.train_spec.activation,
            loss: job.train_spec.loss,
            output: OutputReading::of(job.train_spec.loss, outputs, job.data.train.is_regression()),
        }
    }
}

impl StudyPreprocessing {
    /// Collects the preparations of a study with these jobs, one per cell.
    pub fn of(spec: &StudySpec, jobs: &[Job]) -> Self {
        let rules = table_rules(&spec.sweep);
        let (mut data, mut cells): (Vec<Preprocessing>, Vec<CellNetwork>) = (Vec::new(), Vec::new());
        for (cell, job) in jobs.iter().enumerate() {
            let before = cell.checked_sub(1).filter(|before| Arc::ptr_eq(&jobs[*before].data, &job.data));
            let index = match before {
                Some(before) => cells[before].data,
                None => {
                    let own = Preprocessing::of(&job.data, rules);
                    data.iter().position(|known| *known == own).unwrap_or_else(|| {
                        data.push(own);
                        data.len() - 1
                    })
                }
            };
            cells.push(CellNetwork::of(spec, cell, job, index));
        }
        Self { version: env!("CARGO_PKG_VERSION").into(), data, cells }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Choices, Inputs};

    #[test]
    fn cells_with_the_same_data_share_a_preparation() {
        let sweep = Sweep {
            hidden: Choices::parse("", "2/3,2").unwrap(),
            data_seeds: Some(2),
            test_fraction: 0.25,
            standardize: Some(true),
            models: Some(8),
            ..Sweep::default()
        };
        let inputs = Inputs::load(&sweep).unwrap();
        let found = StudyPreprocessing::of(&crate::results::StudySpec::of(&sweep, &inputs), &inputs.jobs);
        let cells = |of: fn(&CellNetwork) -> usize| found.cells.iter().map(of).collect::<Vec<_>>();
        assert_eq!((found.data.len(), cells(|cell| cell.data)), (2, vec![0, 0, 1, 1]));
        assert_eq!(cells(|cell| cell.sizes.len()), [3, 4, 3, 4]);
        assert_eq!(cells(|cell| cell.first_model as usize), [0, 2, 4, 6]);
        assert_ne!(found.data[0].scaling, found.data[1].scaling);
        assert_eq!(found.data[1].scaling, inputs.jobs[2].data.scaling);
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<StudyPreprocessing>(&text).unwrap(), found);
    }
}
