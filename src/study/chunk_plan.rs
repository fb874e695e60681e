//! How a study is divided into chunks: decided once, when its folder is created, and saved there. Shards depend only on
//! the study spec and the kind of engine, so that machines without a shared disk divide alike.

use crate::engine::EngineKind;
use crate::error::{Error, Result};
use crate::results::{CellSpec, StudySpec};
use std::ops::Range;

/// Target training time of a chunk, in seconds: a stop loses no more.
const CHUNK_TIME: f64 = 4.0;
/// Maximum models per chunk, if chosen automatically.
const MOST: f64 = 65_536.0;
/// Maximum bytes of curves and weights per chunk, if chosen automatically.
const CHUNK_BYTES: f64 = 32e6;
/// Maximum models per chunk, if chosen by the user: a chunk is held in memory while it is filled.
const MOST_GIVEN: u64 = crate::sweep::Sweep::MOST_CHUNK_MODELS;

/// Maximum number of chunks of a study: file systems and users can't handle more files.
const MOST_CHUNKS: u64 = 10_000_000;

/// Training speed of an engine, from which chunk sizes are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingSpeed {
    /// FLOPs per second, counted as by [`CellSpec::model_flops`].
    pub flops: f64,
    /// Minimum models per chunk: the engine trains this many at the same time anyway.
    pub fewest: u64,
}

impl TrainingSpeed {
    /// Returns a speed for an engine that is not measured: an average GPU or CPU, or the slow reference.
    pub fn nominal(engine: EngineKind) -> Self {
        match engine {
            EngineKind::Reference => Self { flops: 2e8, fewest: 1 },
            EngineKind::Cpu => Self { flops: 5e10, fewest: 16 },
            EngineKind::Gpu => Self { flops: 5e10, fewest: 64 },
        }
    }
}

/// Division of a study into chunks, which are numbered across all cells. No chunk spans two cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChunkPlan {
    cells: Vec<CellChunks>,
}

/// Chunks of one cell: its chunk `n` starts at trial `n × per_chunk`; the last one may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CellChunks {
    models: u64,
    per_chunk: u64,
    /// Number of its first chunk.
    chunk: u64,
}

/// Consecutive trials of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRange {
    /// Index of the cell.
    pub cell: usize,
    /// Indices of the trials within the cell.
    pub trials: Range<u64>,
}

impl TrialRange {
    /// Returns the number of trials.
    pub fn len(&self) -> u64 {
        self.trials.end - self.trials.start
    }

    /// Whether there are no trials.
    pub fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }
}

impl ChunkPlan {
    /// Plans chunks of the size that the user set, or else of a size that fits the training speed of each cell.
    ///
    /// # Errors
    /// [`Error::Setting`] for a chunk size out of range, [`Error::Usage`] for too many chunks.
    pub fn of(spec: &StudySpec, speeds: &[TrainingSpeed]) -> Result<Self> {
        let per_chunk = |(cell_spec, speed): (&CellSpec, &TrainingSpeed)| match spec.sweep.chunk_models {
            Some(n) if !(1..=MOST_GIVEN).contains(&n) => {
                Err(Error::setting("--chunk-models", n, format!("a whole number from 1 to {MOST_GIVEN}")))
            }
            Some(n) => Ok(n),
            None => Ok(automatic(spec, cell_spec, speed)),
        };
        let cells = spec.cells.iter().zip(speeds);
        let plan = Self::cut(spec, cells.map(per_chunk).collect::<Result<_>>()?);
        if plan.chunks() > MOST_CHUNKS {
            let (chunks, least) = (plan.chunks(), plan.models().div_ceil(MOST_CHUNKS));
            let (models, given) = (plan.models(), spec.sweep.chunk_models);
            let most = format!("{chunks} files; up to {MOST_CHUNKS} are possible");
            return Err(match given {
                Some(n) => Error::usage(
                    format!("--chunk-models {n}"),
                    format!("cuts {models} models into {most}; use --chunk-models {least} or more"),
                ),
                None => Error::usage(
                    format!("the {models} models"),
                    format!("would fill {most}; ask for fewer models, or add --chunk-models {least}"),
                ),
            });
        }
        Ok(plan)
    }

    /// Plans chunks of `per_chunk` models in each cell, as read from a file. None for sizes that [`ChunkPlan::of`]
    /// never chooses.
    pub fn new(spec: &StudySpec, per_chunk: Vec<u64>) -> Option<Self> {
        let sound = per_chunk.len() == spec.cells.len() && per_chunk.iter().all(|n| (1..=MOST_GIVEN).contains(n));
        let plan = sound.then(|| Self::cut(spec, per_chunk))?;
        (plan.chunks() <= MOST_CHUNKS).then_some(plan)
    }

    fn cut(spec: &StudySpec, per_chunk: Vec<u64>) -> Self {
        let mut chunk = 0;
        let cut = |(cell_spec, per_chunk): (&CellSpec, u64)| {
            let cut = CellChunks { models: cell_spec.trials.len(), per_chunk: per_chunk.max(1), chunk };
            chunk = cut.end();
            cut
        };
        Self { cells: spec.cells.iter().zip(per_chunk).map(cut).collect() }
    }

    /// Returns the models per chunk of each cell.
    pub fn per_chunk(&self) -> Vec<u64> {
        self.cells.iter().map(|cut| cut.per_chunk).collect()
    }

    /// Returns the number of models.
    pub fn models(&self) -> u64 {
        self.cells.iter().map(|cut| cut.models).sum()
    }

    /// Returns the number of chunks.
    pub fn chunks(&self) -> u64 {
        self.cells.last().map_or(0, CellChunks::end)
    }

    /// Returns the trials of chunk `n`.
    pub fn span(&self, n: u64) -> TrialRange {
        let cell = self.cells.partition_point(|cut| cut.end() <= n);
        let CellChunks { models, per_chunk, chunk } = self.cells[cell];
        let start = (n - chunk) * per_chunk;
        TrialRange { cell, trials: start..(start + per_chunk).min(models) }
    }

    /// Returns the chunk that holds trial `trial` of a cell.
    pub fn chunk_of(&self, cell: usize, trial: u64) -> u64 {
        self.cells[cell].chunk + trial / self.cells[cell].per_chunk
    }
}

impl CellChunks {
    /// Returns the number of the first chunk after this cell.
    fn end(&self) -> u64 {
        self.chunk + self.models.div_ceil(self.per_chunk)
    }
}

impl CellSpec {
    /// Returns the approximate FLOPs of one model's training.
    pub fn model_flops(&self, epochs: u32) -> f64 {
        self.epoch_flop * f64::from(epochs)
    }

    /// Whether this speed suffices to train the whole cell in a chunk's time; then it need not be measured.
    pub fn is_short(&self, epochs: u32, speed: &TrainingSpeed) -> bool {
        self.trials.len() as f64 * self.model_flops(epochs) <= speed.flops * CHUNK_TIME
    }
}

/// Chooses a chunk size by FLOPs, limits it by bytes, and rounds it down to whole seeds.
fn automatic(spec: &StudySpec, cell_spec: &CellSpec, speed: &TrainingSpeed) -> u64 {
    let by_work = speed.flops * CHUNK_TIME / cell_spec.model_flops(spec.sweep.epochs);
    let by_work = by_work.clamp(speed.fewest as f64, MOST);
    let by_bytes = CHUNK_BYTES / bytes_per_model(cell_spec);
    let models = by_work.min(by_bytes).max(1.0) as u64;
    let combinations = cell_spec.trials.combinations();
    if models >= combinations { models / combinations * combinations } else { models }
}

/// Returns the bytes of one model's curves and weights.
fn bytes_per_model(cell_spec: &CellSpec) -> f64 {
    let record = &cell_spec.record;
    let curves = crate::results::CurveKind::ALL.iter().filter(|kind| kind.is_kept(record)).count();
    let weights = if record.weights { 2 * cell_spec.shape.parameters() } else { 0 };
    (curves * record.epochs.len() * size_of::<f32>() + weights * size_of::<f64>()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::spec::tests::spec;
    use crate::sweep::{Choices, CurvesKept, Sweep};

    fn per_chunk(edit: impl FnOnce(&mut Sweep)) -> u64 {
        per_chunk_at(TrainingSpeed::nominal(EngineKind::Gpu), edit)
    }

    fn per_chunk_at(speed: TrainingSpeed, edit: impl FnOnce(&mut Sweep)) -> u64 {
        ChunkPlan::of(&spec(edit), &[speed]).unwrap().cells[0].per_chunk
    }

    #[test]
    fn a_chunk_takes_a_few_seconds_at_any_speed() {
        // A model of the course's study takes 1.1e7 FLOPs; a seed has 40 models.
        let at = |flops: f64| per_chunk_at(TrainingSpeed { flops, fewest: 1 }, |_| ());
        let model = spec(|_| ()).cells[0].model_flops(1000);
        for flops in [1e6, 1e7, 1e8, 1e9, 1e10] {
            let seconds = at(flops) as f64 * model / flops;
            assert!((1.0..=5.0).contains(&seconds) || at(flops) == 1, "{flops}: {seconds} s");
        }
        assert_eq!((at(1e3), at(1e30)), (1, 65_536 / 40 * 40));
        let slow = per_chunk_at(TrainingSpeed::nominal(EngineKind::Reference), |s| s.epochs = 1_000_000);
        assert_eq!(slow, 1, "a model that takes longer than a chunk should is a chunk");
    }

    #[test]
    fn chunks_cover_every_trial_once_and_the_last_of_a_cell_is_ragged() {
        let optimizers = Choices::parse("--optimizer", "sgd,adam").unwrap();
        let spec = spec(|s| (s.optimizer, s.models) = (optimizers, Some(20)));
        let plan = ChunkPlan::new(&spec, vec![4, 7]).unwrap();
        let spans: Vec<_> = (0..plan.chunks()).map(|n| (plan.span(n).cell, plan.span(n).trials)).collect();
        assert_eq!(spans, [(0, 0..4), (0, 4..8), (0, 8..10), (1, 0..7), (1, 7..10)]);
        for (cell, trial) in (0..2).flat_map(|cell| (0..10).map(move |trial| (cell, trial))) {
            let span = plan.span(plan.chunk_of(cell, trial));
            assert!(span.cell == cell && span.trials.contains(&trial));
        }
    }

    #[test]
    fn the_courses_sweep_has_some_twenty_thousand_models_a_chunk_in_whole_seeds() {
        let chosen = per_chunk(|_| ());
        assert!((20_000..25_000).contains(&chosen) && chosen.is_multiple_of(40), "{chosen}");
    }

    #[test]
    fn little_work_much_work_and_many_bytes_have_their_bounds() {
        assert_eq!(per_chunk(|s| (s.epochs, s.curves) = (0, CurvesKept::None)), 65_536 / 40 * 40);
        assert_eq!(per_chunk(|s| s.epochs = 100_000_000), 40);
        let wide = per_chunk(|s| {
            (s.hidden, s.save_weights, s.epochs) = (Choices::parse("--hidden", "64,64,64,64").unwrap(), true, 0)
        });
        assert!((wide * 12_738 * 16) as f64 <= CHUNK_BYTES && wide > 100, "{wide}");
    }

    #[test]
    fn a_files_cut_is_taken_only_if_the_program_could_have_made_it() {
        let spec = spec(|s| s.models = Some(100_000_000));
        let cut = |per_chunk: &[u64]| ChunkPlan::new(&spec, per_chunk.to_vec()).map(|plan| plan.chunks());
        assert_eq!([cut(&[10]), cut(&[MOST_GIVEN])], [Some(10_000_000), Some(96)]);
        assert_eq!([cut(&[9]), cut(&[0]), cut(&[MOST_GIVEN + 1]), cut(&[]), cut(&[10, 10])], [None; 5]);
    }

    #[test]
    fn the_users_number_is_obeyed_or_refused() {
        assert_eq!(per_chunk(|s| s.chunk_models = Some(7)), 7);
        let nominal = [TrainingSpeed::nominal(EngineKind::Cpu)];
        let mut larger = spec(|_| ());
        larger.sweep.chunk_models = Some(MOST_GIVEN + 1);
        assert!(ChunkPlan::of(&larger, &nominal).is_err());
    }
}
