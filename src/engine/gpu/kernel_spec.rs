//! Work of one study cell's kernels in numbers (batches, tiles, optimizer state): pure arithmetic.

use crate::math::Loss;
use crate::math::loss::points_per_logarithm;
use crate::model::NetworkShape;
use crate::sweep::{Hyperparameter, Job, RowOrder, ScheduleKind, TrainSpec};

/// Network, training spec and number of training rows.
#[derive(Debug, Clone, Copy)]
pub struct KernelSpec<'a> {
    pub shape: &'a NetworkShape,
    pub train_spec: &'a TrainSpec,
    pub rows: usize,
    /// Whether outputs predict numbers: their errors are added up instead of the correct points.
    pub regression: bool,
}

impl<'a> KernelSpec<'a> {
    /// Returns the work of training the job.
    pub fn of(job: &'a Job) -> Self {
        let (train, train_spec) = (&job.data.train, &job.train_spec);
        Self { shape: &job.shape, train_spec, rows: train.len(), regression: train.is_regression() }
    }
}

impl KernelSpec<'_> {
    /// Whether each output is the logit of one of several classes.
    pub fn is_softmax(&self) -> bool {
        self.shape.outputs() > 1 && self.train_spec.loss == Loss::Softmax
    }

    /// Number of features and target numbers of a point.
    pub fn point_numbers(&self) -> usize {
        self.shape.features() + if self.is_softmax() { 1 } else { self.shape.outputs() }
    }

    /// Points of an invocation whose losses share one logarithm.
    pub fn loss_terms(&self) -> u64 {
        points_per_logarithm(self.shape.outputs()) as u64
    }

    /// Layers that the tile mappings compute in blocks of four outputs: not the output layer if it has one output.
    pub fn block_layers(&self) -> usize {
        self.shape.hidden().len() + usize::from(self.shape.outputs() > 1)
    }

    /// Whether an epoch is one update with all rows.
    pub fn is_full(&self) -> bool {
        self.train_spec.batches.is_full(self.rows)
    }

    /// Rows of a batch; the last batch of an epoch may have fewer.
    pub fn batch_rows(&self) -> usize {
        self.train_spec.batches.size.min(self.rows).max(1)
    }

    /// Batches in an epoch.
    pub fn batches(&self) -> usize {
        self.rows.div_ceil(self.batch_rows())
    }

    /// Tiles of a batch.
    pub fn batch_tiles(&self, tile: u32) -> u32 {
        (self.batch_rows() as u32).div_ceil(tile)
    }

    /// Tiles in an epoch; no tile crosses the end of a batch.
    pub fn tiles(&self, tile: u32) -> u32 {
        let whole = self.rows / self.batch_rows();
        let rest = self.rows - whole * self.batch_rows();
        whole as u32 * self.batch_tiles(tile) + (rest as u32).div_ceil(tile)
    }

    /// Whether the row order depends on the model's seed.
    pub fn order_per_seed(&self) -> bool {
        !self.is_full() && self.train_spec.batches.order == RowOrder::PerSeed
    }

    /// Whether the host provides the row order.
    pub fn order_from_host(&self) -> bool {
        !self.is_full() && self.train_spec.batches.order != RowOrder::PerSeed
    }

    /// Whether learning rates change from epoch to epoch.
    pub fn is_scheduled(&self) -> bool {
        self.train_spec.schedule.kind != ScheduleKind::Constant
    }

    /// Factor of each layer's gradient; `None` if all are 1.
    pub fn gradient_factors(&self) -> Option<Vec<f64>> {
        self.train_spec.init.scaling.gradient_factors(self.shape)
    }

    /// Whether gradients are clipped.
    pub fn clips(&self) -> bool {
        self.train_spec.has(Hyperparameter::Clip)
    }

    /// Numbers of optimizer state per model.
    pub fn state_numbers(&self) -> usize {
        self.shape.parameters() * self.train_spec.optimizer.state_numbers()
    }

    /// Numbers kept per model between updates: parameters and optimizer state.
    pub fn numbers(&self) -> usize {
        self.shape.parameters() + self.state_numbers()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::BatchSpec;

    #[test]
    fn batches_and_tiles_cover_the_rows() {
        let shape = NetworkShape::new(2, &[1]).unwrap();
        let of = |size: usize, rows: usize, tile: u32| {
            let train_spec = TrainSpec { batches: BatchSpec { size, order: RowOrder::PerSeed }, ..TrainSpec::plain() };
            let kernel_spec = KernelSpec { shape: &shape, train_spec: &train_spec, rows, regression: false };
            (
                kernel_spec.batches(),
                kernel_spec.batch_tiles(tile),
                kernel_spec.tiles(tile),
                kernel_spec.order_per_seed(),
            )
        };
        assert_eq!(of(usize::MAX, 37, 16), (1, 3, 3, false));
        assert_eq!(of(37, 37, 16), (1, 3, 3, false));
        assert_eq!(of(36, 37, 16), (2, 3, 4, true));
        assert_eq!(of(32, 200, 16), (7, 2, 13, true));
        assert_eq!(of(32, 200, 64), (7, 1, 7, true));
        assert_eq!(of(1, 5, 1), (5, 1, 5, true));
    }
}
