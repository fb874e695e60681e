//! The final losses of many models in bounded memory: all of them while they are few, then a sketch of their quantiles (Masson, Rim
//! and Lee, "DDSketch", VLDB 2019), and a fair sample beside. Adding in any order, in any parts, comes to the same.

use super::quantile;
use crate::math::rng::lot;
use sketches_ddsketch::{Config, DDSketch};

/// Most losses of a group that are kept as they are.
const MOST: u32 = 2048;
/// The least, however many groups there are.
const LEAST: u32 = 32;
/// Losses that all groups keep together, if that leaves each [`LEAST`].
const TOGETHER: u64 = 1 << 18;
/// Relative error of the sketch's quantiles.
const ERROR: f64 = 0.005;
/// Smaller losses count as 0.
const SMALLEST: f64 = 1e-30;
/// Bins of a sketch at most, of [`ERROR`] each: from [`SMALLEST`] on to more than f32 holds. None is ever put together with
/// another, which would make the order matter; losses beyond, of the f64 reference engine alone, push the smallest together.
const BINS: u32 = 16_384;

/// The final training losses of one group of models.
///
/// To [`FinalLosses::room`] models (2048 of each of up to 128 groups, 1024 of up to 256, and so on down to 32) everything is exact.
/// Beyond, the sample is as large as the room, and quantiles are within 0.5 % of an order statistic. A group takes at most
/// 32 bytes × its room, and 8 bytes for each hundredth between its least and its greatest loss: some 10 kB for four decades, never more than 131 kB; one of a single
/// model takes about 100 bytes.
#[derive(Clone)]
pub struct FinalLosses {
    room: u32,
    /// Random number of the model, loss: all models', or those of the least random numbers, fewer than twice the room.
    kept: Vec<(u64, f64)>,
    /// Of all models, once there are more than room for.
    sketch: Option<Box<DDSketch>>,
}

impl Default for FinalLosses {
    /// None yet, of one of few groups.
    fn default() -> Self {
        Self::of_one_in(1)
    }
}

impl FinalLosses {
    /// None yet, of one of so many groups.
    pub fn of_one_in(groups: u64) -> Self {
        let fair = (TOGETHER / groups.max(1)).clamp(LEAST.into(), MOST.into());
        // A power of two, as the capacities of a growing vector are.
        Self { room: 1 << fair.ilog2(), kept: Vec::new(), sketch: None }
    }

    /// To how many models everything is exact, and how large the sample is beyond.
    pub fn room(&self) -> usize {
        self.room as usize
    }

    /// Adds the loss, a finite number, of model number `id` of the study.
    pub fn add(&mut self, id: u64, loss: f64) {
        self.sketch.iter_mut().for_each(|sketch| sketch.add(loss));
        self.kept.push((lot(id), loss));
        self.fit();
    }

    /// Adds another's losses, of other models. Where it has less room, both have from now on.
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

    /// Keeps to the room.
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

    /// Number of models.
    pub fn len(&self) -> u64 {
        self.sketch.as_ref().map_or(self.kept.len() as u64, |sketch| sketch.count() as u64)
    }

    /// Whether no loss was added.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The `q`-quantile (0 to 1): of few models interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996,
    /// numpy's default); `None` of none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.quantiles(&[q])[0]
    }

    /// Several of them, in one go.
    ///
    /// # Panics
    /// Where one is not from 0 to 1.
    pub fn quantiles<const N: usize>(&self, qs: &[f64; N]) -> [Option<f64>; N] {
        if let Some(sketch) = &self.sketch {
            // A bin's middle may lie beyond all that is in it.
            let at = |q: f64| Some(sketch.quantile(q).expect("from 0 to 1")?.clamp(sketch.min()?, sketch.max()?));
            return qs.map(at);
        }
        let all = self.sample();
        qs.map(|q| quantile(&all, q))
    }

    /// The losses of as many models as there is room for, ascending: those whose ids' random numbers are the least, which is each
    /// subset with the same chance.
    pub fn sample(&self) -> Vec<f64> {
        self.subsample(self.room())
    }

    /// The same of at most so many models.
    pub fn subsample(&self, most: usize) -> Vec<f64> {
        let mut losses: Vec<f64> = self.fair().into_iter().take(most).map(|(_, loss)| loss).collect();
        losses.sort_by(f64::total_cmp);
        losses
    }

    /// The kept ones without those that are one too many, by random number.
    fn fair(&self) -> Vec<(u64, f64)> {
        let mut kept = self.kept.clone();
        kept.sort_by(order);
        kept.truncate(self.room());
        kept
    }
}

/// As far as anyone can tell: number, sample, and every percentile.
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

/// By random number; by loss where two are the same.
fn order(a: &(u64, f64), b: &(u64, f64)) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests;
