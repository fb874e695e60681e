//! CPU engine: f32, one model per SIMD lane, threads over blocks of models. A model's bits depend neither on its
//! neighbours nor on the number of threads or the batches. All instruction sets with fused multiply-add give the same
//! bits, and so do all sets without; the two groups differ, at first only in the last digits.

mod block;
mod block_queue;
mod evaluation;
mod fused_small;
mod instruction_sets;
mod linear;
mod logits;
mod narrow_layers;
mod network;
mod pass_sums;
mod peak;
mod row_orders;
mod tile_values;
mod tiles;
mod update;

use super::{DeviceCeiling, Engine, EngineInfo, EngineKind, Job, Mapping, Phase, Score, Sink};
use crate::clock::Instant;
use crate::dataset::Points;
use crate::engine::cost::epoch_flop;
use crate::error::Result;
use crate::model::NetworkShape;
use crate::parallel::{self, *};
use crate::sweep::{CpuMapping, Rounding, RowOrder, TrainSpec};
use block::{MiniBatches, TrainingContext};
use instruction_sets::Instructions;
use row_orders::SharedOrders;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tiles::{PointRows, Tiles};

/// Floating-point operations of a block between two progress reports: a few milliseconds.
const PROGRESS_FLOP: f64 = 1e8;
/// Bytes of a tile's hidden values in 16 lanes; they fit in a core's private cache together with all other data.
const TILE_BYTES: usize = 1 << 15;
/// Fewest points per tile: smaller tiles would read the weights too often.
const SMALLEST_TILE: usize = 16;
/// Bytes of a thread's stack: without optimisation a kernel keeps all its registers there. Unused pages take no memory.
const STACK: usize = 1 << 26;

/// How long each thread measures its peak rate.
const PEAK_TIME: Duration = Duration::from_millis(50);

/// Trains in f32 on the processor's cores.
#[derive(Debug)]
pub struct CpuEngine {
    info: EngineInfo,
    pool: Pool,
    /// Usable instruction sets, best first.
    sets: Vec<Instructions>,
    training: Duration,
    evaluating: Duration,
}

/// Limits on a [`CpuEngine`]'s use of the processor; by default none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CpuOptions {
    /// Number of threads; 0 means one per core. Fewer if the system starts no more.
    pub threads: usize,
    /// Name of the instruction set; `None` means the best that the processor has.
    pub isa: Option<String>,
}

impl CpuEngine {
    /// Opens the engine with every core and the best instruction set.
    ///
    /// # Errors
    /// If the system starts no threads.
    pub fn new() -> Result<Self> {
        Self::with_options(&CpuOptions::default())
    }

    /// Opens the engine within `limits`.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if the processor lacks the instruction set, [`crate::Error::Device`] if the system
    /// starts no threads.
    pub fn with_options(limits: &CpuOptions) -> Result<Self> {
        let sets = match &limits.isa {
            Some(name) => vec![Instructions::named(name)?],
            None => Instructions::here(),
        };
        let pool = parallel::pool("the cpu engine", limits.threads, STACK)?;
        let info = EngineInfo {
            engine: EngineKind::Cpu,
            device: parallel::processor(),
            driver: sets[0].title().into(),
            threads: Some(pool.current_num_threads()),
            software: false,
        };
        Ok(Self { info, pool, sets, training: Duration::ZERO, evaluating: Duration::ZERO })
    }

    /// Returns the names of this processor's instruction sets, best first.
    pub fn instruction_sets() -> Vec<&'static str> {
        Instructions::here().into_iter().map(Instructions::name).collect()
    }

    /// Measures the ceiling for any training: multiplications plus additions per second of all threads together, in
    /// registers alone. Each thread runs for `time`.
    pub fn peak_flops(&self, time: Duration) -> f64 {
        self.pool.broadcast(|_| self.sets[0].peak_flops(time)).into_iter().sum()
    }

    /// Returns the instruction set and the tile size of the job's mapping.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] for another engine's mapping or a rounding that none of the usable sets has.
    fn set_and_tile(&self, job: &Job) -> Result<(Instructions, usize)> {
        let found = match job.mapping {
            Some(Mapping::Cpu(CpuMapping { rounding, tile })) => {
                self.sets.iter().find(|set| set.rounding() == rounding).map(|set| (*set, tile))
            }
            Some(Mapping::Gpu(_) | Mapping::Reference) | None => None,
        };
        let mut roundings: Vec<Rounding> = self.sets.iter().map(|set| set.rounding()).collect();
        roundings.dedup();
        found.ok_or_else(|| job.refuse_mapping(CpuMapping::forms_with(&roundings)))
    }
}

impl Engine for CpuEngine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn choose_mapping(&self, job: &Job, _models: u64) -> Result<Mapping> {
        let (shape, batches) = (&job.shape, &job.train_spec.batches);
        let own = matches!(batches.order, RowOrder::PerSeed) && !batches.is_full(job.data.train.len());
        let size = tile_size(shape, if own { shape.features() } else { 0 });
        Ok(Mapping::Cpu(CpuMapping { rounding: self.sets[0].rounding(), tile: size }))
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        let (set, size) = self.set_and_tile(job)?;
        let done = AtomicU64::new(0);
        let threads = self.pool.current_num_threads();
        let blocks = block_queue::BlockQueue::new(&range, set.lanes(), threads);
        let report = |models: &Range<u64>, epochs: u32| {
            done.fetch_add((models.end - models.start) * u64::from(epochs), Ordering::Relaxed);
            !blocks.stopped()
        };
        let context = TrainingContext {
            job,
            train: Tiles::new(&job.data.train, size),
            validation: job.data.validation.as_ref().map(|points| Tiles::new(points, size)),
            test: job.data.test.as_ref().map(|points| Tiles::new(points, size)),
            rows: job.row_counts(),
            batches: mini_batches(job),
            progress: &report,
            stride: progress_stride(job, set.lanes()),
        };
        let begun = Instant::now();
        let ended = block_queue::run(&self.pool, set, &context, &blocks, &done, sink)?;
        self.training += ended - begun;
        Ok(())
    }

    fn evaluate(
        &mut self,
        shape: &NetworkShape,
        train_spec: &TrainSpec,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let begun = Instant::now();
        let tiles = Tiles::new(points, tile_size(shape, 0));
        let models: Vec<&[f64]> = parameters.chunks_exact(shape.parameters()).collect();
        let set = self.sets[0];
        let score = |models: &[&[f64]]| set.evaluate(shape, train_spec, models, &tiles);
        let scores = self.pool.install(|| models.par_chunks(set.lanes()).flat_map_iter(score).collect());
        self.evaluating += begun.elapsed();
        Ok(scores)
    }

    fn logits(&mut self, job: &Job, parameters: &[f64], points: &Points) -> Result<Vec<f64>> {
        let begun = Instant::now();
        let (set, _) = self.set_and_tile(job)?;
        let tiles = Tiles::new(points, tile_size(&job.shape, 0));
        let models: Vec<&[f64]> = parameters.chunks_exact(job.shape.parameters()).collect();
        let logits = |models: &[&[f64]]| set.logits(&job.shape, &job.train_spec, models, &tiles);
        let logits = self.pool.install(|| models.par_chunks(set.lanes()).flat_map_iter(logits).collect());
        self.evaluating += begun.elapsed();
        Ok(logits)
    }

    fn ceiling(&mut self) -> Result<Option<DeviceCeiling>> {
        Ok(Some(DeviceCeiling {
            flop_per_second: self.peak_flops(PEAK_TIME),
            copied_bytes_per_second: self.pool.install(peak::copied_bytes_per_second),
        }))
    }

    fn phases(&self) -> Vec<Phase> {
        vec![
            Phase { name: "train", seconds: self.training.as_secs_f64() },
            Phase { name: "evaluate", seconds: self.evaluating.as_secs_f64() },
        ]
    }
}

/// Returns the number of points per tile for which a tile's hidden values and `own_features` features per model stay in
/// the cache.
fn tile_size(shape: &NetworkShape, own_features: usize) -> usize {
    let outputs = if shape.outputs() > 1 { shape.outputs() } else { 0 };
    let bytes_per_point = (shape.hidden_units().max(1) + outputs + own_features) * 16 * size_of::<f32>();
    (TILE_BYTES / bytes_per_point).next_power_of_two().clamp(SMALLEST_TILE, CpuMapping::LARGEST_TILE)
}

/// Prepares the mini-batches; `None` if one batch holds all rows.
fn mini_batches(job: &Job) -> Option<MiniBatches<'_>> {
    let (batches, rows) = (&job.train_spec.batches, job.data.train.len());
    (!batches.is_full(rows)).then(|| MiniBatches {
        size: batches.size,
        rows: PointRows::new(&job.data.train),
        orders: SharedOrders::new(&batches.order, rows, job.epochs),
    })
}

/// Returns the number of epochs of a block between two progress reports.
fn progress_stride(job: &Job, lanes: usize) -> u32 {
    let epoch = epoch_flop(&job.shape, &job.train_spec, job.data.train.len());
    ((PROGRESS_FLOP / (epoch * lanes as f64)) as u32).max(1)
}

#[cfg(test)]
mod tests;
