//! The CPU engine: f32, models side by side in SIMD lanes, threads over blocks of them. Every model's numbers are the
//! same whatever its neighbours, the number of threads, the instruction set and the batches.

mod block;
mod instructions;
mod linear;
mod network;
mod tiles;

use super::collect::{Trained, batch};
use super::{Engine, EngineInfo, Job, Phase, Score, Sink};
use crate::dataset::Points;
use crate::error::{Error, Result};
use crate::model::Shape;
use crate::sweep::Recipe;
use block::Context;
use instructions::Instructions;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tiles::{LARGEST_TILE, Tiles};

/// A batch should take about so long, so that results and progress come a few times a second.
const BATCH_TIME: Duration = Duration::from_millis(400);
const LARGEST_BATCH: usize = 4096;
/// Progress is told so often.
const PROGRESS_TIME: Duration = Duration::from_millis(100);
/// Floating-point operations of a block between two steps of its progress: a few milliseconds.
const PROGRESS_FLOPS: f64 = 1e8;
/// Bytes of a tile's hidden values in 8 lanes that the caches next to a core hold with all else.
const TILE_BYTES: usize = 1 << 17;

/// Trains in f32 on all cores.
#[derive(Debug)]
pub struct CpuEngine {
    info: EngineInfo,
    pool: rayon::ThreadPool,
    instructions: Instructions,
    training: Duration,
    evaluating: Duration,
}

impl CpuEngine {
    /// Uses every core.
    ///
    /// # Errors
    /// Where the system grants no threads.
    pub fn new() -> Result<Self> {
        Self::with_threads(0)
    }

    /// Uses `threads` threads; 0: one for each core.
    ///
    /// # Errors
    /// Where the system grants no threads.
    pub fn with_threads(threads: usize) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| Error::Device(format!("cpu engine: {e}")))?;
        let instructions = Instructions::detect();
        let info = EngineInfo {
            engine: "cpu".into(),
            device: processor(),
            driver: format!("{instructions}, threads: {}", pool.current_num_threads()),
            software: false,
        };
        Ok(Self { info, pool, instructions, training: Duration::ZERO, evaluating: Duration::ZERO })
    }

    /// Trains one batch, a block of lanes after the other on every thread.
    fn train_batch(&self, context: &Context, range: Range<u64>, sink: &mut dyn Sink, done: &AtomicU64) -> Vec<Trained> {
        let lanes = self.instructions.lanes();
        let blocks = ((range.end - range.start) as usize).div_ceil(lanes);
        let (sender, receiver) = mpsc::channel();
        let instructions = self.instructions;
        self.pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                (0..blocks).into_par_iter().with_max_len(1).for_each_with(sender, |sender, block| {
                    let first = range.start + (block * lanes) as u64;
                    let trained = instructions.train(context, first..range.end.min(first + lanes as u64));
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

    fn choose_mapping(&self, shape: &Shape, _recipe: &Recipe, _rows: usize) -> Result<String> {
        Ok(format!("tile{}", tile_size(shape)))
    }

    fn train(&mut self, job: &Job, range: Range<u64>, sink: &mut dyn Sink) -> Result<()> {
        let size = parse_mapping(&job.mapping)?;
        let done = AtomicU64::new(0);
        let tell = |models: &Range<u64>, epochs: u32| {
            done.fetch_add((models.end - models.start) * u64::from(epochs), Ordering::Relaxed);
        };
        let context = Context {
            job,
            train: Tiles::new(&job.data.train, size),
            test: job.data.test.as_ref().map(|points| Tiles::new(points, size)),
            progress: &tell,
            stride: progress_stride(job, self.instructions.lanes()),
        };
        let smallest = self.instructions.lanes() * self.pool.current_num_threads();
        let (mut first, mut models) = (range.start, smallest);
        while first < range.end {
            let begun = Instant::now();
            let end = range.end.min(first + models as u64);
            let trained = self.train_batch(&context, first..end, sink, &done);
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
        _recipe: &Recipe,
        parameters: &[f64],
        points: &Points,
    ) -> Result<Vec<Option<Score>>> {
        let begun = Instant::now();
        let tiles = Tiles::new(points, tile_size(shape));
        let models: Vec<&[f64]> = parameters.chunks_exact(shape.parameters()).collect();
        let instructions = self.instructions;
        let score = |models: &[&[f64]]| instructions.evaluate(shape, models, &tiles);
        let scores = self.pool.install(|| models.par_chunks(instructions.lanes()).flat_map_iter(score).collect());
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

/// Points per tile for which the hidden values stay in the caches.
fn tile_size(shape: &Shape) -> usize {
    let bytes_per_point = 2 * shape.hidden_units().max(1) * 8 * size_of::<f32>();
    (TILE_BYTES / bytes_per_point).next_power_of_two().clamp(8, LARGEST_TILE)
}

fn parse_mapping(mapping: &str) -> Result<usize> {
    let size = mapping.strip_prefix("tile").and_then(|size| size.parse().ok());
    let refuse = || Error::setting("mapping of the cpu engine", mapping, format!("tile1 to tile{LARGEST_TILE}"));
    size.filter(|size| (1..=LARGEST_TILE).contains(size)).ok_or_else(refuse)
}

/// Epochs of a block between two steps of its progress.
fn progress_stride(job: &Job, lanes: usize) -> u32 {
    let flops = (job.shape.flops_per_sample_step() + 30.0) * job.data.train.len() as f64 * lanes as f64;
    ((PROGRESS_FLOPS / flops) as u32).max(1)
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
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::engine::{Batch, Collect, Record};
    use crate::sweep::{Initial, Trials};

    fn job(shape: &Shape) -> Job {
        let x = (0..150 * shape.features()).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
        let train = Points { features: shape.features(), x, y: (0..150).map(|n| n * 7 % 3 == 0).collect() };
        let (feature_names, class_names) = (vec![String::new(); shape.features()], Default::default());
        let data = Dataset { name: String::new(), train, test: None, feature_names, class_names, scaling: None };
        let trials = Trials::pairs((0..37).map(|i| (if i % 10 == 3 { 1e34 } else { 0.02 * i as f64 }, i)).collect());
        let record = Record { epochs: vec![0, 5, 10], curves_below: 40, weights: true, ..Record::default() };
        let mapping = "tile32".into();
        let (data, recipe) = (data.into(), Recipe::plain());
        Job { shape: shape.clone(), data, trials, initial: Initial::Drawn, recipe, epochs: 10, record, mapping }
    }

    fn shapes() -> [Shape; 3] {
        [(2, vec![1]), (3, vec![]), (19, vec![17, 9])].map(|(features, hidden)| Shape::new(features, &hidden).unwrap())
    }

    /// All results as text, NaNs included; floats print with all their digits.
    fn text(batch: &Batch) -> String {
        format!("{batch:?}")
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for shape in shapes() {
            let mut best = CpuEngine::new().unwrap();
            let mut baseline = CpuEngine { instructions: Instructions::Baseline, ..CpuEngine::new().unwrap() };
            let train = |engine| text(&Collect::train(engine, &job(&shape), 0..37).unwrap());
            assert_eq!(train(&mut best), train(&mut baseline), "{shape}");
            let parameters = vec![0.1; 20 * shape.parameters()];
            let score = |engine: &mut CpuEngine| {
                engine.evaluate(&shape, &Recipe::plain(), &parameters, &job(&shape).data.train).unwrap()
            };
            assert_eq!(score(&mut best), score(&mut baseline));
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        for shape in shapes() {
            let train = |threads| {
                let mut engine = CpuEngine::with_threads(threads).unwrap();
                text(&Collect::train(&mut engine, &job(&shape), 0..37).unwrap())
            };
            assert_eq!(train(1), train(3), "{shape}");
        }
    }

    #[test]
    fn tiles_fit_the_caches() {
        let size = |hidden: &[usize]| tile_size(&Shape::new(2, hidden).unwrap());
        assert_eq!([size(&[]), size(&[1]), size(&[16, 16]), size(&[64, 64]), size(&[64; 4])], [64, 64, 64, 16, 8]);
        for (mapping, tile) in [("tile64", Some(64)), ("tile0", None), ("tile65", None), ("", None), ("scalar", None)] {
            assert_eq!(parse_mapping(mapping).ok(), tile, "{mapping}");
        }
    }

    #[test]
    fn batches_grow_slowly_in_whole_blocks() {
        assert_eq!(next_batch(16, Duration::from_millis(1), 16), 64);
        assert_eq!(next_batch(1600, Duration::from_millis(800), 16), 800);
        assert_eq!(next_batch(4096, Duration::from_millis(1), 16), 4096);
        assert_eq!(next_batch(16, Duration::from_secs(100), 16), 16);
    }
}
