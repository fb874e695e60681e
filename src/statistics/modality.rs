//! Hartigan's dip: distance of a sample from unimodality (J. A. Hartigan and P. M. Hartigan, "The dip test of
//! unimodality", Annals of Statistics 13, 1985).

use super::FinalLosses;
use super::resample::Resampler;
use crate::parallel::*;
use std::collections::BTreeMap;

/// Number of uniform samples that a dip is compared with.
const DRAWS: usize = 2000;
/// Largest sample for a p-value: with thousands of values, any deviation is significant.
const MOST: usize = 256;

/// Returns the least sup |F_n - F| over all unimodal distributions F, which are convex up to some point and concave
/// beyond: 0 if all values are equal or there are none, else from 1 / 2n to 1/4. Takes nearly linear time.
///
/// Values ascend. The algorithm is the paper's: the interval that must contain the mode is at first everything. The
/// largest gap between the greatest convex minorant and the least concave majorant of F_n gives a smaller such
/// interval; outside of it the two curves must fit F_n. It stops once the gap is no larger than a misfit already found.
pub fn dip(sorted: &[f64]) -> f64 {
    let steps = EmpiricalCdf::of(sorted);
    if steps.x.len() < 2 {
        return 0.0;
    }
    let (mut low, mut high, mut misfit) = (0, steps.x.len() - 1, 0.0f64);
    while low < high {
        let (under, over) = (steps.minorant(low, high), steps.majorant(low, high));
        let (gap, left, right) = steps.widest(&under, &over);
        if gap <= misfit {
            break;
        }
        let convex = (low..left).map(|i| steps.upto[i] - steps.along(&under, &steps.below, i));
        let concave = (right + 1..=high).map(|i| steps.along(&over, &steps.upto, i) - steps.below[i]);
        misfit = convex.chain(concave).fold(misfit, f64::max);
        (low, high) = (left, right);
    }
    misfit / 2.0 / sorted.len() as f64
}

/// n F_n: distinct values, each with the number of values below it (`below`) and not above it (`upto`).
struct EmpiricalCdf {
    x: Vec<f64>,
    below: Vec<f64>,
    upto: Vec<f64>,
    /// The preceding vertex on the convex minorant of the points (x, below) up to this point.
    before: Vec<usize>,
    /// The following vertex on the concave majorant of the points (x, upto) from this point on.
    after: Vec<usize>,
}

impl EmpiricalCdf {
    fn of(sorted: &[f64]) -> Self {
        let (mut x, mut below, mut upto, mut count) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
        for same in sorted.chunk_by(|a, b| a == b) {
            x.push(same[0]);
            below.push(count);
            count += same.len() as f64;
            upto.push(count);
        }
        let before = convex(&x, &below);
        // Rotated by 180°, the majorant is a minorant.
        let turned = |values: &[f64]| values.iter().rev().map(|v| -v).collect::<Vec<f64>>();
        let after = convex(&turned(&x), &turned(&upto)).into_iter().rev().map(|i| x.len() - 1 - i).collect();
        Self { x, below, upto, before, after }
    }

    /// Returns the vertices of the convex minorant from vertex `low` to vertex `high`, ascending.
    fn minorant(&self, low: usize, high: usize) -> Vec<usize> {
        let mut vertices = vec![high];
        while vertices[vertices.len() - 1] > low {
            vertices.push(self.before[vertices[vertices.len() - 1]]);
        }
        vertices.reverse();
        vertices
    }

    /// Returns the vertices of the concave majorant from `low` to `high`, ascending.
    fn majorant(&self, low: usize, high: usize) -> Vec<usize> {
        let mut vertices = vec![low];
        while vertices[vertices.len() - 1] < high {
            vertices.push(self.after[vertices[vertices.len() - 1]]);
        }
        vertices
    }

    /// Evaluates the curve through the points (x, y) of these vertices at point `i`.
    fn along(&self, vertices: &[usize], y: &[f64], i: usize) -> f64 {
        let next = vertices.partition_point(|v| *v < i);
        let to = vertices[next];
        if to == i {
            return y[i];
        }
        let from = vertices[next - 1];
        y[from] + (y[to] - y[from]) * ((self.x[i] - self.x[from]) / (self.x[to] - self.x[from]))
    }

    /// Returns the largest gap between the two curves, which is at a vertex, and the vertices of the lower and the
    /// upper curve that then enclose the mode.
    fn widest(&self, under: &[usize], over: &[usize]) -> (f64, usize, usize) {
        let lower = under.iter().map(|v| {
            let next = over[over.partition_point(|w| w < v)];
            (self.along(over, &self.upto, *v) - self.below[*v], *v, next)
        });
        let upper = over.iter().map(|w| {
            let last = under[under.partition_point(|v| v <= w) - 1];
            (self.upto[*w] - self.along(under, &self.below, *w), last, *w)
        });
        lower.chain(upper).fold((f64::NEG_INFINITY, 0, 0), |a, b| if b.0 > a.0 { b } else { a })
    }
}

/// Returns for each point the preceding vertex on the greatest convex minorant of the points up to it; `x` ascends.
fn convex(x: &[f64], y: &[f64]) -> Vec<usize> {
    let mut before = vec![0usize; x.len()];
    let slope = |i: usize, j: usize| (y[j] - y[i]) / (x[j] - x[i]);
    for j in 1..x.len() {
        let mut i = j - 1;
        while i > 0 && slope(i, j) <= slope(before[i], i) {
            i = before[i];
        }
        before[j] = i;
    }
    before
}

/// Returns how many of `values` values a p-value is computed from: `None` below 4, all up to 64, then a multiple of 16
/// up to 256.
pub fn p_value_sample_size(values: usize) -> Option<usize> {
    match values {
        0..4 => None,
        4..=64 => Some(values),
        _ => Some(values.min(MOST) / 16 * 16),
    }
}

/// Result of the dip test of final losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModalityTest {
    /// Dip, 0 to 1/4: the distance from unimodality.
    pub dip: f64,
    /// Number of losses behind the dip: all, or a sample.
    pub of: usize,
    /// p-value and the number of losses behind it; `None` with fewer than 4.
    pub p: Option<(f64, usize)>,
}

impl ModalityTest {
    /// Tests a group's final losses; `None` if there are none.
    pub fn of(losses: &FinalLosses, uniform: &mut UniformDips) -> Option<Self> {
        let sample = losses.sample();
        let p = p_value_sample_size(sample.len()).map(|n| (uniform.p(&losses.subsample(n)), n));
        (!sample.is_empty()).then(|| Self { dip: dip(&sample), of: sample.len(), p })
    }
}

/// Dips of uniform samples by sample size, each size drawn once.
#[derive(Default)]
pub struct UniformDips(BTreeMap<usize, Vec<f64>>);

impl UniformDips {
    /// Returns the p-value of the dip: (1 + k) / (1 + 2000), where k of 2000 fixed uniform samples of the same size dip
    /// at least as much (Davison and Hinkley, "Bootstrap methods", 1997, 4.2.1). The uniform distribution is the
    /// paper's null hypothesis, the unimodal one that is hardest to distinguish from two modes.
    pub fn p(&mut self, sorted: &[f64]) -> f64 {
        let (n, found) = (sorted.len(), dip(sorted));
        let dips = self.0.entry(n).or_insert_with(|| (0..DRAWS).into_par_iter().map(|draw| uniform(n, draw)).collect());
        // A dip that is equal up to rounding counts.
        let further = dips.iter().filter(|dip| **dip > found - 1e-12).count();
        (1 + further) as f64 / (1 + DRAWS) as f64
    }
}

/// Returns the dip of a uniform sample.
fn uniform(n: usize, draw: usize) -> f64 {
    let mut values = Resampler::new((n as u64) << 32 | draw as u64).uniform(n);
    values.sort_by(f64::total_cmp);
    dip(&values)
}

#[cfg(test)]
mod tests;
