//! Cells: the combinations of everything that is not a number. All that are no mere data sets have kernels of their own.

use super::Sweep;
use super::choices::{BatchSize, Choice, Widths};
use super::schedule::ScheduleKind;
use crate::dataset::Generator;
use crate::math::init::Scheme;
use crate::math::{Activation, Optimizer};

/// One combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The data set that is made, where none is read.
    pub dataset: Generator,
    /// Seed of that data set, of the train/test split and of a shared order of mini-batches.
    pub data_seed: u64,
    /// Widths of the hidden layers.
    pub hidden: Widths,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// How initial weights are drawn.
    pub init: Scheme,
    /// How parameters follow their gradients.
    pub optimizer: Optimizer,
    /// How the learning rate changes over the epochs.
    pub schedule: ScheduleKind,
    /// Rows of an update.
    pub batch_size: BatchSize,
}

/// The column of data sets that are drawn alike: some of many.
pub const DATA_SEED: &str = "data_seed";
/// The shape-like settings by their columns, the first one slowest in the order of the cells.
pub const COLUMNS: [&str; 8] =
    ["dataset", DATA_SEED, "hidden", "activation", "init", "optimizer", "schedule", "batch_size"];

impl Cell {
    /// What it chose, by [`COLUMNS`].
    pub fn texts(&self) -> [String; COLUMNS.len()] {
        [
            self.dataset.text(),
            self.data_seed.to_string(),
            self.hidden.text(),
            self.activation.text(),
            self.init.text(),
            self.optimizer.text(),
            self.schedule.text(),
            self.batch_size.text(),
        ]
    }
}

impl Sweep {
    /// Seeds of the data sets, ascending.
    pub(super) fn data_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.data_seed..=self.data_seed.saturating_add(u64::from(self.data_seeds.unwrap_or(1).max(1)) - 1)
    }

    /// All combinations, in the order of [`COLUMNS`], the last one fastest.
    pub fn cells(&self) -> Vec<Cell> {
        let sets = self.dataset.all().iter().flat_map(|dataset| self.data_seeds().map(move |seed| (*dataset, seed)));
        let mut cells = Vec::new();
        for (dataset, data_seed) in sets {
            for hidden in self.hidden.all() {
                for activation in self.activation.all() {
                    for init in self.init.all() {
                        for optimizer in self.optimizer.all() {
                            for schedule in self.schedule.all() {
                                cells.extend(self.batch_size.all().iter().map(|batch_size| Cell {
                                    dataset,
                                    data_seed,
                                    hidden: hidden.clone(),
                                    activation: *activation,
                                    init: *init,
                                    optimizer: *optimizer,
                                    schedule: *schedule,
                                    batch_size: *batch_size,
                                }));
                            }
                        }
                    }
                }
            }
        }
        cells
    }
}
