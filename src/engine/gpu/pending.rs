//! A trained batch whose results are on their way to the host.

use super::batch::Kernels;
use super::buffers::Reading;
use super::convergence::Sums;
use super::layout;
use super::results::{Results, Snapshot, scores};
use super::state::rows_of;
use crate::engine::{Batch, Job, Weights};
use crate::error::Result;

/// What a batch left on the device; the device is free for the next one.
pub struct Pending {
    /// Index of the first trial.
    pub first: u64,
    /// Whether its models keep curves.
    pub curves: bool,
    /// Rows of the training, the validation and the test points.
    pub rows: [usize; 3],
    pub diverged: Reading<u32>,
    /// Training losses that the kernels recorded, `[slots, models]`.
    pub losses: Reading<f32>,
    /// Histograms of those losses; empty where the device made none.
    pub counted: Reading<u32>,
    /// What the losses say of the convergence; empty where nobody asks.
    pub convergence: Reading<Sums>,
    /// Scores before each recorded epoch, if any are needed.
    pub snapshots: Vec<Snapshot>,
    /// Final sums over the training, the validation and the test points.
    pub train: Reading<layout::Score>,
    pub validation: Option<Reading<layout::Score>>,
    pub test: Option<Reading<layout::Score>>,
    /// Sums over the training points before the first update and before the last tenth of the training; none without an update.
    pub before: [Option<Reading<layout::Score>>; 2],
    /// Initial parameters, where they are asked for.
    pub initial: Option<Vec<f64>>,
    /// The final ones as they lie on the device.
    pub last: Reading<f32>,
}

impl Pending {
    /// Waits until everything is here, and makes a batch of it.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device fails.
    pub fn finish(self, kernels: &Kernels, job: &Job) -> Result<Batch> {
        let device = kernels.device;
        let diverged = self.diverged.finish(device)?;
        let train = scores(&self.train.finish(device)?, self.rows[0]);
        let read = |sums: Option<Reading<layout::Score>>, rows: usize| {
            Ok(sums.map(|sums| sums.finish(device)).transpose()?.map(|sums| scores(&sums, rows)))
        };
        let (validation, test) = (read(self.validation, self.rows[1])?, read(self.test, self.rows[2])?);
        let [first, late] = self.before.map(|sums| read(sums, self.rows[0]));
        let last = rows_of(kernels, diverged.len(), &self.last.finish(device)?);
        let losses = self.losses.finish(device)?;
        let mut results =
            Results::new(job, self.rows, losses, self.snapshots, Snapshot { train, validation, test }, &diverged);
        results.explain(first?, late?, &last);
        results.converge(&self.convergence.finish(device)?);
        let weights = self.initial.map(|initial| Weights { initial, last });
        Ok(results.batch(self.first, self.curves, self.counted.finish(device)?, weights))
    }
}
