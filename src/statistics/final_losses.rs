//! The final losses of many models in bounded memory: all of them while they are few, then counted in narrow bins, and a fair
//! sample beside. Adding in any order, in any parts, comes to the same.
//!
//! Bins are a number's first bits, as those of HdrHistogram are: sign, exponent and eight bits of the mantissa at first, one less
//! whenever there are too many (Epicoco et al., "UDDSketch", IEEE Access 8, 2020). How fine they end up depends on the losses alone.
//! No logarithm is taken, which machines round differently.

use crate::math::rng::{Stream, philox4x32_10};
use std::collections::BTreeMap;

/// Most losses of a group that are kept as they are.
const MOST: u32 = 2048;
/// The least, however many groups there are.
const LEAST: u32 = 32;
/// Losses that all groups keep together, if that leaves each [`LEAST`].
const TOGETHER: u64 = 1 << 18;
/// Bins for each loss that may be kept: 16,384, where few groups are, hold 64 octaves at the finest and 128 at the next.
const BINS: usize = 8;
/// Bits of a loss that the finest bins leave out.
const FINEST: u32 = 44;

/// The final training losses of one group of models.
///
/// To [`FinalLosses::room`] models (2048 of each of up to 128 groups, 1024 of up to 256, and so on down to 32) everything is exact.
/// Beyond, the sample is as large as the room, and quantiles are within 0.2 % where the losses lie within 64 octaves (of half the
/// room, 32), within 0.4 % in twice as many, and so on. A group takes at most about 176 bytes × its room: 46 MB all together, or 6 kB
/// each from 8192 groups on; one of a single model takes about 100 bytes.
#[derive(Debug, Clone)]
pub struct FinalLosses {
    room: u32,
    /// Random number of the model, loss: all models', or those of the least random numbers, fewer than twice the room.
    kept: Vec<(u64, f64)>,
    /// All models' losses, once there are more than room for.
    bins: Option<Box<Bins>>,
}

/// Losses counted.
#[derive(Debug, Clone, PartialEq)]
struct Bins {
    /// Bits that are left out.
    coarse: u32,
    models: BTreeMap<i32, u64>,
    least: f64,
    greatest: f64,
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
        Self { room: 1 << fair.ilog2(), kept: Vec::new(), bins: None }
    }

    /// To how many models everything is exact, and how large the sample is beyond.
    pub fn room(&self) -> usize {
        self.room as usize
    }

    /// Adds the loss, a finite number, of model number `id` of the study.
    pub fn add(&mut self, id: u64, loss: f64) {
        self.bins.iter_mut().for_each(|bins| bins.add(loss));
        self.kept.push((random(id), loss));
        self.fit();
    }

    /// Adds another's losses, of other models. Where it has less room, both have from now on.
    pub fn merge(&mut self, other: &Self) {
        self.room = self.room.min(other.room);
        match (&mut self.bins, &other.bins) {
            (Some(bins), Some(more)) => bins.merge(more),
            (Some(bins), None) => other.kept.iter().for_each(|(_, loss)| bins.add(*loss)),
            (None, Some(more)) => {
                let mut bins = more.clone();
                self.kept.iter().for_each(|(_, loss)| bins.add(*loss));
                self.bins = Some(bins);
            }
            (None, None) => {}
        }
        self.kept.extend(&other.kept);
        self.fit();
    }

    /// Keeps to the room.
    fn fit(&mut self) {
        let room = self.room();
        if self.bins.is_none() && self.kept.len() > room {
            let mut bins = Bins::new();
            self.kept.iter().for_each(|(_, loss)| bins.add(*loss));
            self.bins = Some(Box::new(bins));
        }
        self.bins.iter_mut().for_each(|bins| bins.fit(BINS * room));
        if self.kept.len() >= 2 * room {
            self.kept.select_nth_unstable_by(room, order);
            self.kept.truncate(room);
        }
    }

    /// Number of models.
    pub fn len(&self) -> u64 {
        self.bins.as_ref().map_or(self.kept.len() as u64, |bins| bins.models.values().sum())
    }

    /// Whether no loss was added.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The `q`-quantile (0 to 1), interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, numpy's
    /// default); `None` of none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.quantiles(&[q])[0]
    }

    /// Several of them, in one go.
    pub fn quantiles<const N: usize>(&self, qs: &[f64; N]) -> [Option<f64>; N] {
        let all = if self.bins.is_none() { self.sample() } else { Vec::new() };
        let at = |rank: u64| match &self.bins {
            Some(bins) => bins.order_statistic(rank),
            None => all.get(rank as usize).copied(),
        };
        let last = self.len().checked_sub(1);
        qs.map(|q| {
            let position = q * last? as f64;
            let (low, high) = (at(position.floor() as u64)?, at(position.ceil() as u64)?);
            Some(low + (high - low) * position.fract())
        })
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

impl PartialEq for FinalLosses {
    fn eq(&self, other: &Self) -> bool {
        self.room == other.room && self.bins == other.bins && self.fair() == other.fair()
    }
}

impl Bins {
    fn new() -> Self {
        Self { coarse: FINEST, models: BTreeMap::new(), least: f64::INFINITY, greatest: f64::NEG_INFINITY }
    }

    fn add(&mut self, loss: f64) {
        *self.models.entry((ordered(loss) >> self.coarse) as i32).or_default() += 1;
        (self.least, self.greatest) = (self.least.min(loss), self.greatest.max(loss));
    }

    fn merge(&mut self, other: &Self) {
        let coarse = self.coarse.max(other.coarse);
        self.coarsen(coarse);
        let by = coarse - other.coarse;
        other.models.iter().for_each(|(bin, n)| *self.models.entry(bin >> by).or_default() += n);
        (self.least, self.greatest) = (self.least.min(other.least), self.greatest.max(other.greatest));
    }

    /// Leaves at most so many bins.
    fn fit(&mut self, most: usize) {
        while self.models.len() > most {
            self.coarsen(self.coarse + 1);
        }
    }

    fn coarsen(&mut self, coarse: u32) {
        let by = coarse - self.coarse;
        if by > 0 {
            let mut models = BTreeMap::new();
            self.models.iter().for_each(|(bin, n)| *models.entry(bin >> by).or_default() += n);
            (self.models, self.coarse) = (models, coarse);
        }
    }

    /// About the `rank`-th smallest loss, from 0: the middle of its bin, as far as there are losses.
    fn order_statistic(&self, rank: u64) -> Option<f64> {
        let mut below = 0;
        let bin = self.models.iter().find_map(|(bin, n)| {
            below += n;
            (rank < below).then_some(*bin)
        })?;
        let middle = number(i64::from(bin) << self.coarse | 1 << (self.coarse - 1));
        Some(middle.clamp(self.least, self.greatest))
    }
}

/// A whole number that is greater for a greater `value`, bit by bit.
fn ordered(value: f64) -> i64 {
    // 0 is in one bin, not in two.
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ (bits >> 63 & i64::MAX)
}

/// The number that [`ordered`] made this of.
fn number(ordered: i64) -> f64 {
    f64::from_bits((ordered ^ (ordered >> 63 & i64::MAX)).cast_unsigned())
}

/// A random number for a model, always the same.
fn random(id: u64) -> u64 {
    let [high, low, ..] = philox4x32_10([id as u32, (id >> 32) as u32, Stream::Sample as u32, 0], [0; 2]);
    u64::from(high) << 32 | u64::from(low)
}

/// By random number; by loss where two are the same.
fn order(a: &(u64, f64), b: &(u64, f64)) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests;
