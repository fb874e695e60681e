//! How a sweep is cut into chunks: a function of the question alone, so that every run and every shard cuts alike.

use super::question::Question;
use crate::error::{Error, Result};
use std::ops::Range;

/// Work in a chunk: a few seconds on an average GPU or CPU. Floating-point operations.
const CHUNK_FLOPS: f64 = 2e11;
/// Logistic loss and its gradient of one point, above all one exponential and one reciprocal; rough.
const LOSS_FLOPS: f64 = 25.0;
/// Bias, activation and its derivative of one hidden unit; rough.
const UNIT_FLOPS: f64 = 5.0;
/// Fewest models of a chunk by work alone: less would drown in files.
const FEWEST: f64 = 64.0;
/// Most models of a chunk chosen by work.
const MOST: f64 = 65_536.0;
/// Bytes of curves and weights in a chunk chosen by work.
const CHUNK_BYTES: f64 = 32e6;
/// Most models of a chunk chosen by the user: it is held in memory while it fills.
const MOST_GIVEN: u64 = 1 << 20;

/// Most chunks of a study: file systems and people give up beyond.
const MOST_CHUNKS: u64 = 10_000_000;

/// Chunk `n` holds the trials from `n × per_chunk` on; the last may be ragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub models: u64,
    pub per_chunk: u64,
}

impl Plan {
    /// # Errors
    /// [`Error::Setting`] for more models in a chunk than memory is kept for, or for too many chunks.
    pub fn of(question: &Question) -> Result<Self> {
        let per_chunk = match question.sweep.chunk_models {
            Some(n) if !(1..=MOST_GIVEN).contains(&n) => {
                return Err(Error::setting("--chunk-models", n, format!("1 to {MOST_GIVEN}")));
            }
            Some(n) => n,
            None => automatic(question),
        };
        let plan = Self { models: question.trials.len(), per_chunk };
        if plan.chunks() > MOST_CHUNKS {
            let (chunks, least) = (plan.chunks(), plan.models.div_ceil(MOST_CHUNKS));
            let allowed = format!("at most {MOST_CHUNKS} files, so --chunk-models from {least}");
            return Err(Error::setting("--models", format!("{} in {chunks} files in chunks/", plan.models), allowed));
        }
        Ok(plan)
    }

    /// Number of chunks.
    pub fn chunks(&self) -> u64 {
        self.models.div_ceil(self.per_chunk)
    }

    /// The trials of chunk `n`.
    pub fn range(&self, n: u64) -> Range<u64> {
        n * self.per_chunk..((n + 1) * self.per_chunk).min(self.models)
    }

    /// The chunk that holds `trial`.
    pub fn chunk_of(&self, trial: u64) -> u64 {
        trial / self.per_chunk
    }
}

/// By work, then by bytes, then down to whole seeds.
fn automatic(question: &Question) -> u64 {
    let shape = &question.shape;
    let flops = shape.flops_per_sample_step() + LOSS_FLOPS + UNIT_FLOPS * shape.hidden_units() as f64;
    let model_flops = flops * f64::from(question.train_points) * f64::from(question.sweep.epochs);
    let by_work = (CHUNK_FLOPS / model_flops).clamp(FEWEST, MOST);
    let by_bytes = CHUNK_BYTES / bytes_per_model(question);
    let models = by_work.min(by_bytes).max(1.0) as u64;
    let combinations = question.trials.combinations();
    if models >= combinations { models / combinations * combinations } else { models }
}

/// Bytes of curves and weights of one model.
fn bytes_per_model(question: &Question) -> f64 {
    let record = &question.record;
    let curves = super::CurveKind::ALL.iter().filter(|kind| kind.is_kept(record)).count();
    let weights = if record.weights { 2 * question.shape.parameters() } else { 0 };
    (curves * record.epochs.len() * size_of::<f32>() + weights * size_of::<f64>()) as f64
}

#[cfg(test)]
mod tests {
    use super::super::question::tests::question;
    use super::*;
    use crate::sweep::{Choices, CurvesKept, Sweep};

    fn per_chunk(edit: impl FnOnce(&mut Sweep)) -> u64 {
        Plan::of(&question(edit)).unwrap().per_chunk
    }

    #[test]
    fn chunks_cover_every_trial_once_and_the_last_is_ragged() {
        let plan = Plan { models: 10, per_chunk: 4 };
        let ranges: Vec<_> = (0..plan.chunks()).map(|n| plan.range(n)).collect();
        assert_eq!(ranges, [0..4, 4..8, 8..10]);
        assert!((0..10).all(|trial| plan.range(plan.chunk_of(trial)).contains(&trial)));
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
    fn the_users_number_is_obeyed_or_refused() {
        assert_eq!(per_chunk(|s| s.chunk_models = Some(7)), 7);
        assert!(Plan::of(&question(|s| s.chunk_models = Some(MOST_GIVEN + 1))).is_err());
    }
}
