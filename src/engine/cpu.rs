//! The CPU engine: f32, models side by side in SIMD lanes, threads over blocks of them. Every model's numbers are the
//! same whatever its neighbours, the number of threads and the batches, and on all instruction sets that fuse a
//! multiplication with an addition; on those that don't they are others, in the last digits at first.

mod block;
mod instructions;
mod linear;
mod narrow;
mod network;
mod orders;
mod tiles;
mod update;

use super::collect::{Trained, batch};
use super::{Engine, EngineInfo, Job, Phase, Score, Sink};
use crate::dataset::Points;
use crate::error::{Error, Result};
use crate::model::Shape;
use crate::sweep::{Order, Recipe};
use block::{Context, MiniBatches};
use instructions::Instructions;
use orders::Shared;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tiles::{LARGEST_TILE, Rows, Tiles};

/// A batch should take about so long, so that results and progress come a few times a second.
const BATCH_TIME: Duration = Duration::from_millis(400);
const LARGEST_BATCH: usize = 4096;
/// Progress is told so often.
const PROGRESS_TIME: Duration = Duration::from_millis(100);
/// Floating-point operations of a block between two steps of its progress: a few milliseconds.
const PROGRESS_FLOPS: f64 = 1e8;
/// Bytes of a tile's hidden values in 16 lanes that the cache next to a core holds with all else.
const TILE_BYTES: usize = 1 << 15;
/// Points per tile at least: fewer would read the weights too often.
const SMALLEST_TILE: usize = 16;

/// Trains in f32 on the processor's cores.
#[derive(Debug)]
pub struct CpuEngine {
    info: EngineInfo,
    pool: rayon::ThreadPool,
    /// Instruction sets that may be used, the best first.
    sets: Vec<Instructions>,
    training: Duration,
    evaluating: Duration,
}

/// What a [`CpuEngine`] may use of the processor; by default all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Threads; 0: one for each core.
    pub threads: usize,
    /// The instruction set, by its name; None: the best that the processor has.
    pub isa: Option<String>,
}

impl CpuEngine {
    /// Uses every core, and the best instructions that it has.
    ///
    /// # Errors
    /// Where the system grants no threads.
    pub fn new() -> Result<Self> {
        Self::within(&Limits::default())
    }

    /// Uses no more than is allowed.
    ///
    /// # Errors
    /// [`Error::Setting`] where the processor has no such instruction set, [`Error::Device`] where the system grants no
    /// threads.
    pub fn within(limits: &Limits) -> Result<Self> {
        let sets = match &limits.isa {
            Some(name) => vec![Instructions::named(name)?],
            None => Instructions::here(),
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(limits.threads).build();
        let pool = pool.map_err(|e| Error::Device(format!("cpu engine: {e}")))?;
        let info = EngineInfo {
            engine: "cpu".into(),
            device: processor(),
            driver: format!("{}, threads: {}", sets[0], pool.current_num_threads()),
            software: false,
        };
        Ok(Self { info, pool, sets, training: Duration::ZERO, evaluating: Duration::ZERO })
    }

    /// Names of the instruction sets that this processor has, the best first.
    pub fn instruction_sets() -> Vec<&'static str> {
        Instructions::here().into_iter().map(Instructions::name).collect()
    }

    /// The instruction set and the tile size of a mapping such as `fused-tile64`. The bits of the results hang on the size
    /// and on whether a multiplication and an addition are rounded together, and on nothing else of the processor.
    fn parse_mapping(&self, mapping: &str) -> Result<(Instructions, usize)> {
        let parsed = || {
            let (rounding, size) = mapping.split_once("-tile")?;
            let set = self.sets.iter().find(|set| rounding_of(**set) == rounding)?;
            let size = size.parse().ok().filter(|size| (1..=LARGEST_TILE).contains(size))?;
            Some((*set, size))
        };
        let mut roundings: Vec<&str> = self.sets.iter().map(|set| rounding_of(*set)).collect();
        roundings.dedup();
        let allowed = || format!("{}-tileN, N from 1 to {LARGEST_TILE}", roundings.join("-tileN or "));
        parsed().ok_or_else(|| Error::setting("mapping of the cpu engine", mapping, allowed()))
    }

    /// Trains one batch, a block of lanes after the other on every thread.
    fn train_batch(
        &self,
        set: Instructions,
        context: &Context,
        range: Range<u64>,
        sink: &mut dyn Sink,
        done: &AtomicU64,
    ) -> Vec<Trained> {
        let lanes = set.lanes();
        let blocks = ((range.end - range.start) as usize).div_ceil(lanes);
        let (sender, receiver) = mpsc::channel();
        self.pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                (0..blocks).into_par_iter().with_max_len(1).for_each_with(sender, |sender, block| {
                    let first = range.start + (block * lanes) as u64;
                    let trained = set.train(context, first..range.end.min(first + lanes as u64));
                    sender.send((block, trained)).expect("the receiver outlives the scope");
                });
            });
            receive(&receiver, || sink.progress(done.swap(0, Ordering::Relaxed)))
        })
    }
}

/// Blocks of models in order, as they come from the threads; `tell` is called now and then, and at the end.
fn receive(receiver: &mpsc::Receiver<(usize, Vec<Trained>)>, mut tell: impl FnMut()) -> Vec<Trained> {
    let mut finished = Vec::new();
    let mut told = Instant::now();
    loop {
        let message = receiver.recv_timeout(PROGRESS_TIME);
        if told.elapsed() >= PROGRESS_TIME {
            tell();
            told = Instant::now();
        }
        match message {
            Ok(block) => finished.push(block),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    tell();
    finished.sort_unstable_by_key(|(block, _)| *block);
    finished.into_iter().flat_map(|(_, trained)| trained).collect()
}

impl Engine for CpuEngine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn choose_mapping(&self, shape: &Shape, recipe: &Recipe, rows: usize) -> Result<String> {
        let own = matches!(recipe.batches.order, Order::PerSeed) && !recipe.batches.is_full(rows);
        let size = tile_size(shape, if own { shape.features() } else { 0 });
        Ok(format!("{}-tile{size}", rounding_of(self.sets[0])))
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        let (set, size) = self.parse_mapping(&job.mapping)?;
        let done = AtomicU64::new(0);
        let tell = |models: &Range<u64>, epochs: u32| {
            done.fetch_add((models.end - models.start) * u64::from(epochs), Ordering::Relaxed);
        };
        let context = Context {
            job,
            train: Tiles::new(&job.data.train, size),
            test: job.data.test.as_ref().map(|points| Tiles::new(points, size)),
            batches: mini_batches(job),
            progress: &tell,
            stride: progress_stride(job, set.lanes()),
        };
        let smallest = set.lanes() * self.pool.current_num_threads();
        let (mut first, mut models) = (range.start, smallest);
        while first < range.end {
            let begun = Instant::now();
            let end = range.end.min(first + models as u64);
            let trained = self.train_batch(set, &context, first..end, sink, &done);
            self.training += begun.elapsed();
            if sink.accept(batch(job, first, trained))? == ControlFlow::Break(()) {
                break;
            }
            first = end;
            models = next_batch(models, begun.elapsed(), smallest);
        }
        Ok(())
    }

    fn evaluate(
        &mut self,
        shape: &Shape,
        recipe: &Recipe,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let begun = Instant::now();
        let tiles = Tiles::new(points, tile_size(shape, 0));
        let models: Vec<&[f64]> = parameters.chunks_exact(shape.parameters()).collect();
        let set = self.sets[0];
        let score = |models: &[&[f64]]| set.evaluate(shape, recipe, models, &tiles);
        let scores = self.pool.install(|| models.par_chunks(set.lanes()).flat_map_iter(score).collect());
        self.evaluating += begun.elapsed();
        Ok(scores)
    }

    fn phases(&self) -> Vec<Phase> {
        vec![
            Phase { name: "train", seconds: self.training.as_secs_f64() },
            Phase { name: "evaluate", seconds: self.evaluating.as_secs_f64() },
        ]
    }
}

/// Points per tile for which the hidden values stay in the caches, and those features that are each model's own.
fn tile_size(shape: &Shape, own_features: usize) -> usize {
    let bytes_per_point = (shape.hidden_units().max(1) + own_features) * 16 * size_of::<f32>();
    (TILE_BYTES / bytes_per_point).next_power_of_two().clamp(SMALLEST_TILE, LARGEST_TILE)
}

/// How a set rounds a multiplication and an addition: once, or each.
fn rounding_of(set: Instructions) -> &'static str {
    if set.fused() { "fused" } else { "plain" }
}

/// What mini-batches are made of; none where all rows are one.
fn mini_batches(job: &Job) -> Option<MiniBatches<'_>> {
    let (batches, rows) = (&job.recipe.batches, job.data.train.len());
    (!batches.is_full(rows)).then(|| MiniBatches {
        size: batches.size,
        rows: Rows::new(&job.data.train),
        orders: Shared::new(&batches.order, rows, job.epochs),
    })
}

/// Epochs of a block between two steps of its progress. A loss and a hidden unit's activation count as 30 operations, a
/// parameter's update as 10, all else that an update takes as 100.
fn progress_stride(job: &Job, lanes: usize) -> u32 {
    let (shape, rows) = (&job.shape, job.data.train.len());
    let updates = rows.div_ceil(job.recipe.batches.size.clamp(1, rows.max(1)));
    let row = shape.flops_per_sample_step() + 30.0 * (1 + shape.hidden_units()) as f64;
    let flops = row * rows as f64 + (10 * shape.parameters() + 100) as f64 * updates as f64;
    ((PROGRESS_FLOPS / (flops * lanes as f64)) as u32).max(1)
}

/// So many models that the next batch takes about [`BATCH_TIME`]: whole blocks for every thread, growing slowly.
fn next_batch(models: usize, took: Duration, smallest: usize) -> usize {
    let wanted = models as f64 * BATCH_TIME.as_secs_f64() / took.as_secs_f64().max(1e-6);
    let largest = LARGEST_BATCH.min(4 * models).max(smallest);
    (wanted as usize / smallest * smallest).clamp(smallest, largest)
}

/// The processor's name where the system tells, else its architecture.
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or(std::env::consts::ARCH, |(_, name)| name.trim()).into()
}

#[cfg(test)]
mod tests;
