//! Trained batch whose results are being read back.

use super::batch_buffers::rows_of;
use super::batch_results::{BatchResults, BatchScores, scores};
use super::buffers::PendingRead;
use super::convergence::ConvergenceSums;
use super::kernels::Kernels;
use super::layout;
use crate::engine::{Batch, Job, Score, Weights};
use crate::error::Result;

/// Results of a batch, on their way to the host; the device is free for the next batch.
pub struct PendingBatch {
    /// Index of the first trial.
    pub first: u64,
    /// Whether its models keep curves.
    pub curves: bool,
    /// Rows of the training, validation and test points.
    pub rows: [usize; 3],
    pub diverged: PendingRead<u32>,
    /// Training losses recorded by the kernels, `[slots, models]`.
    pub losses: PendingRead<f32>,
    /// Histograms of those losses; empty if the device counted none.
    pub counted: PendingRead<u32>,
    /// Convergence of the losses; empty if not requested.
    pub convergence: PendingRead<ConvergenceSums>,
    /// Scores before each recorded epoch; empty if not needed.
    pub snapshots: Vec<BatchScores>,
    /// Final sums over the training, validation and test points.
    pub train: PendingRead<layout::ScoreSums>,
    pub validation: Option<PendingRead<layout::ScoreSums>>,
    pub test: Option<PendingRead<layout::ScoreSums>>,
    /// Sums over the training points before the first update and before the last tenth of the training; None without
    /// updates.
    pub before: [Option<PendingRead<layout::ScoreSums>>; 2],
    /// Initial parameters, if requested.
    pub initial: Option<Vec<f64>>,
    /// Final parameters, in the device's layout.
    pub last: PendingRead<f32>,
}

impl PendingBatch {
    /// Waits for all results and builds the batch.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] if the device fails.
    pub async fn finish(self, kernels: &Kernels<'_>, job: &Job) -> Result<Batch> {
        let (device, spec) = (kernels.device, &kernels.kernel_spec);
        let diverged = self.diverged.finish(device).await?;
        let train = scores(&self.train.finish(device).await?, self.rows[0], spec);
        let validation = read(self.validation, self.rows[1], kernels).await?;
        let test = read(self.test, self.rows[2], kernels).await?;
        let [first, late] = self.before;
        let (first, late) = (read(first, self.rows[0], kernels).await?, read(late, self.rows[0], kernels).await?);
        let last = rows_of(kernels, diverged.len(), &self.last.finish(device).await?);
        let losses = self.losses.finish(device).await?;
        let mut results =
            BatchResults::new(job, losses, self.snapshots, BatchScores { train, validation, test }, &diverged);
        results.explain(first, late, &last);
        results.converge(&self.convergence.finish(device).await?);
        let weights = self.initial.map(|initial| Weights { initial, last });
        Ok(results.batch(self.first, self.curves, self.counted.finish(device).await?, weights))
    }
}

/// Waits for the sums of scores over `rows` points; None if none were requested.
async fn read(
    sums: Option<PendingRead<layout::ScoreSums>>,
    rows: usize,
    kernels: &Kernels<'_>,
) -> Result<Option<Vec<Option<Score>>>> {
    Ok(match sums {
        Some(sums) => Some(scores(&sums.finish(kernels.device).await?, rows, &kernels.kernel_spec)),
        None => None,
    })
}
