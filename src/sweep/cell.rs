//! Cells: the combinations of everything that is not a number. Each has kernels of its own.

use super::Sweep;
use super::choices::{BatchSize, Choice, Widths};
use super::schedule::ScheduleKind;
use crate::dataset::Source;
use crate::math::init::Scheme;
use crate::math::{Activation, Optimizer};

/// One combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The data set that is made, where none is read.
    pub dataset: Source,
    pub hidden: Widths,
    pub activation: Activation,
    pub init: Scheme,
    pub optimizer: Optimizer,
    pub schedule: ScheduleKind,
    pub batch_size: BatchSize,
}

/// The shape-like settings by their columns, the first one slowest in the order of the cells.
pub const COLUMNS: [&str; 7] = ["dataset", "hidden", "activation", "init", "optimizer", "schedule", "batch_size"];

impl Cell {
    /// What it chose, by [`COLUMNS`].
    pub fn texts(&self) -> [String; 7] {
        [
            self.dataset.text(),
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
    /// All combinations, in the order of [`COLUMNS`], the last one fastest.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for dataset in self.dataset.all() {
            for hidden in self.hidden.all() {
                for activation in self.activation.all() {
                    for init in self.init.all() {
                        for optimizer in self.optimizer.all() {
                            for schedule in self.schedule.all() {
                                cells.extend(self.batch_size.all().iter().map(|batch_size| Cell {
                                    dataset: *dataset,
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

    /// Which of [`COLUMNS`] differ from cell to cell.
    pub fn varying(&self) -> [bool; 7] {
        [
            self.dataset.vary(),
            self.hidden.vary(),
            self.activation.vary(),
            self.init.vary(),
            self.optimizer.vary(),
            self.schedule.vary(),
            self.batch_size.vary(),
        ]
    }
}
