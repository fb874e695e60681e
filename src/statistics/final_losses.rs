//! Final losses of many models in bounded memory: all of them while they are few, then a sketch of their quantiles
//! (Masson, Rim and Lee, "DDSketch", VLDB 2019) plus a random sample. The result does not depend on the order of
//! additions and merges.

use super::quantile;
use crate::math::rng::sampling_key;
use sketches_ddsketch::{Config, DDSketch};

/// Largest number of losses that a group keeps individually.
const MOST: u32 = 2048;
/// Smallest such number, however many groups there are.
const LEAST: u32 = 32;
/// Losses that all groups together keep, unless that leaves each fewer than [`LEAST`].
const TOGETHER: u64 = 1 << 18;
/// Relative error of the sketch's quantiles.
const ERROR: f64 = 0.005;
/// Losses below this count as 0.
const SMALLEST: f64 = 1e-30;
/// Largest number of bins of a sketch, each with relative error [`ERROR`]: enough from [`SMALLEST`] to beyond the
/// largest f32, so that bins are never merged, which would make the order matter. Only the f64 reference engine has
/// larger losses, which merge the smallest bins.
const BINS: u32 = 16_384;

/// Final training losses of one group of models.
///
/// Up to [`FinalLosses::room`] models (2048 for each of up to 128 groups, 1024 for up to 256, and so on down to 32)
/// everything is exact. Beyond, the sample has as many losses, and quantiles are within 0.5 % of an order statistic. A
/// group takes at most 32 bytes × its room, plus 8 bytes for each step of 1 % between its smallest and its largest
/// loss: some 10 kB for four decades, never more than 131 kB. A group of a single model takes about 100 bytes.
#[derive(Clone)]
pub struct FinalLosses {
    room: u32,
    /// (Random number of the model, loss) of all models, or of those with the smallest random numbers, fewer than twice
    /// `room`.
    kept: Vec<(u64, f64)>,
    /// Sketch of all losses, once there are more than `room`.
    sketch: Option<Box<DDSketch>>,
}

impl Default for FinalLosses {
    /// Creates an empty collection with the largest room.
    fn default() -> Self {
        Self::with_group_count(1)
    }
}

impl FinalLosses {
    /// Creates an empty collection for one of `groups` groups.
    pub fn with_group_count(groups: u64) -> Self {
        let fair = (TOGETHER / groups.max(1)).clamp(LEAST.into(), MOST.into());
        // A power of two, like the capacities of a growing vector.
        Self { room: 1 << fair.ilog2(), kept: Vec::new(), sketch: None }
    }

    /// Returns the number of models up to which everything is exact, which is the size of the sample beyond.
    pub fn room(&self) -> usize {
        self.room as usize
    }

    /// Adds the finite loss of model number `id` of the study.
    pub fn add(&mut self, id: u64, loss: f64) {
        self.sketch.iter_mut().for_each(|sketch| sketch.add(loss));
        self.kept.push((sampling_key(id), loss));
        self.fit();
    }

    /// Adds the losses of `other`, which has other models. The smaller room of the two applies from then on.
    pub fn merge(&mut self, other: &Self) {
        self.room = self.room.min(other.room);
        match (&mut self.sketch, &other.sketch) {
            (Some(sketch), Some(more)) => sketch.merge(more).expect("all sketches are alike"),
            (Some(sketch), None) => other.kept.iter().for_each(|(_, loss)| sketch.add(*loss)),
            (None, Some(more)) => {
                let mut sketch = more.clone();
                self.kept.iter().for_each(|(_, loss)| sketch.add(*loss));
                self.sketch = Some(sketch);
            }
            (None, None) => {}
        }
        self.kept.extend(&other.kept);
        self.fit();
    }

    /// Enforces the room: starts the sketch and drops losses that are not in the sample.
    fn fit(&mut self) {
        let room = self.room();
        if self.sketch.is_none() && self.kept.len() > room {
            let mut sketch = DDSketch::new(Config::new(ERROR, BINS, SMALLEST));
            self.kept.iter().for_each(|(_, loss)| sketch.add(*loss));
            self.sketch = Some(Box::new(sketch));
        }
        if self.kept.len() >= 2 * room {
            self.kept.select_nth_unstable_by(room, order);
            self.kept.truncate(room);
        }
    }

    /// Returns the number of models.
    pub fn len(&self) -> u64 {
        self.sketch.as_ref().map_or(self.kept.len() as u64, |sketch| sketch.count() as u64)
    }

    /// Whether no loss was added.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns the `q`-quantile (0 to 1); `None` without losses. While all losses are kept, it is interpolated linearly
    /// between order statistics (type 7 of Hyndman and Fan 1996, numpy's default).
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.quantiles(&[q])[0]
    }

    /// Returns several quantiles at once.
    ///
    /// # Panics
    /// If one of `qs` is not from 0 to 1.
    pub fn quantiles<const N: usize>(&self, qs: &[f64; N]) -> [Option<f64>; N] {
        if let Some(sketch) = &self.sketch {
            // The middle of a bin may be outside the range of its losses.
            let at = |q: f64| Some(sketch.quantile(q).expect("from 0 to 1")?.clamp(sketch.min()?, sketch.max()?));
            return qs.map(at);
        }
        let all = self.sample();
        qs.map(|q| quantile(&all, q))
    }

    /// Returns the losses of at most `room` models, ascending: those whose ids have the smallest random numbers, so
    /// that each subset is equally likely.
    pub fn sample(&self) -> Vec<f64> {
        self.subsample(self.room())
    }

    /// Returns the losses of at most `most` of the sampled models, ascending.
    pub fn subsample(&self, most: usize) -> Vec<f64> {
        let mut losses: Vec<f64> = self.fair().into_iter().take(most).map(|(_, loss)| loss).collect();
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// Returns the sample in order of random numbers, without the excess of `kept` over the room.
    fn fair(&self) -> Vec<(u64, f64)> {
        let mut kept = self.kept.clone();
        kept.sort_by(order);
        kept.truncate(self.room());
        kept
    }
}

/// Compares what is observable: room, number of models, sample, and every percentile.
impl PartialEq for FinalLosses {
    fn eq(&self, other: &Self) -> bool {
        let percentiles = |losses: &Self| losses.quantiles(&std::array::from_fn::<_, 101, _>(|i| i as f64 / 100.0));
        self.room == other.room
            && self.len() == other.len()
            && self.fair() == other.fair()
            && percentiles(self) == percentiles(other)
    }
}

impl std::fmt::Debug for FinalLosses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FinalLosses").field("models", &self.len()).field("median", &self.quantile(0.5)).finish()
    }
}

/// Orders by random number, then by loss.
fn order(a: &(u64, f64), b: &(u64, f64)) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests;
