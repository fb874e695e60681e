//! Sums over a pass: loss, accuracy, and whether all logits are finite.

use super::tile_values::{TileValue, unrolled};
use crate::engine::{MeanErrors, Score};
use crate::math::divergence::{bad_logit, magnitude_bits};
use crate::math::loss::{Loss, LossKernel, LossSum, LossTerms, loss_flush, loss_gather, points_per_logarithm};
use crate::math::outputs::OutputLoss;
use crate::math::vector::four_vectors::FourVectors;
use crate::math::vector::{Isa, MOST_LANES, Vector};
use crate::math::{LossParams, Real};

/// Scores to compute, besides whether all logits are finite.
#[derive(Debug, Clone, Copy)]
pub enum ScoreOptions {
    Nothing,
    Loss,
    /// Loss and number of correct points.
    All,
}

/// Calls a function with the wanted scores as constants `LOSS` and `RIGHT`, its last generic parameters: its loops then
/// have no branches on them.
macro_rules! with_wanted {
    ($wanted:expr, $function:ident::<$($type:ident),*>($($value:expr),*)) => {
        match $wanted {
            ScoreOptions::Nothing => $function::<$($type,)* false, false>($($value),*),
            ScoreOptions::Loss => $function::<$($type,)* true, false>($($value),*),
            ScoreOptions::All => $function::<$($type,)* true, true>($($value),*),
        }
    };
}
pub(super) use with_wanted;

/// Sums of each model in a pass over a set of points.
#[derive(Debug, Clone, Copy)]
pub struct PassSums<I: Isa> {
    loss: LossSum<Vector<I>>,
    correct: [u32; MOST_LANES],
    /// Of `correct`, those with label 1.
    correct_positive: [u32; MOST_LANES],
    /// Sums of squared errors and of the errors' magnitudes, over all targets.
    errors: [Vector<I>; 2],
    /// Number of errors in `errors`; 0: not a regression.
    error_count: usize,
    /// Largest magnitude of an output; NaN counts as the largest.
    worst: Vector<I>,
}

/// Calls [`apply_loss_all`] for a loss that reads no numbers, with the loss and the wanted scores as constants.
pub struct ApplyLoss<'a, I: Isa, V> {
    pub logits: &'a mut [Vector<I>],
    pub labels: &'a [V],
    pub pass_sums: &'a mut PassSums<I>,
    pub wanted: ScoreOptions,
}

impl<I: Isa, V: TileValue<I>> LossKernel for ApplyLoss<'_, I, V> {
    type Output = ();

    #[inline(always)]
    fn run(self, loss: Loss) {
        with_wanted!(self.wanted, apply_loss_all::<I, V>(loss, self.logits, self.labels, self.pass_sums));
    }
}

/// Replaces the logits by derivatives of the loss and adds the points to the tally.
#[inline(always)]
pub fn apply_loss_all<I: Isa, V: TileValue<I>, const LOSS: bool, const RIGHT: bool>(
    loss: Loss,
    logits: &mut [Vector<I>],
    labels: &[V],
    pass_sums: &mut PassSums<I>,
) {
    let (quads, rest) = Vector::quads(logits);
    let (labels, last) = labels.split_at(4 * quads.len());
    let mut scores = TileSums::of(pass_sums);
    for (z, y) in quads.iter_mut().zip(labels.chunks_exact(4)) {
        let (logit, y) = (*z, V::four(y));
        let terms = loss.terms(logit, y);
        *z = terms.gradient;
        scores.add_four::<LOSS, RIGHT>(loss, logit, y, terms);
    }
    apply_loss_each::<I, V, LOSS, RIGHT>((loss, None), rest, last, &mut scores);
    scores.put::<LOSS, RIGHT>(pass_sums);
}

/// The same for a loss that reads `rates`. One loop, a point at a time, for all losses and scores: more would take
/// longer to compile than they save.
#[inline(always)]
pub fn apply_loss_with_params<I: Isa, V: TileValue<I>>(
    (loss, rates): (Loss, LossParams<Vector<I>>),
    logits: &mut [Vector<I>],
    labels: &[V],
    pass_sums: &mut PassSums<I>,
) {
    let mut scores = TileSums::of(pass_sums);
    apply_loss_each::<I, V, true, true>((loss, Some(rates)), logits, labels, &mut scores);
    scores.put::<true, true>(pass_sums);
}

#[inline(always)]
fn apply_loss_each<I: Isa, V: TileValue<I>, const LOSS: bool, const RIGHT: bool>(
    (loss, rates): (Loss, Option<LossParams<Vector<I>>>),
    logits: &mut [Vector<I>],
    labels: &[V],
    scores: &mut TileSums<I>,
) {
    for (z, y) in logits.iter_mut().zip(labels) {
        let (logit, y) = (*z, y.vector());
        let terms = loss.terms_with(logit, y, rates);
        *z = terms.gradient;
        scores.add::<LOSS, RIGHT>(loss, logit, y, terms);
    }
}

/// The same for several outputs, `[outputs, count]`, or weighted classes: replaces them by derivatives of the loss and
/// adds all scores. `labels` is `[numbers, count]`.
#[inline(always)]
pub fn apply_output_loss<I: Isa, V: TileValue<I>>(
    loss: &OutputLoss<'_>,
    params: Option<LossParams<Vector<I>>>,
    outputs: &mut [Vector<I>],
    (labels, count): (&[V], usize),
    pass_sums: &mut PassSums<I>,
) {
    let (mut sum, mut correct, mut positive) = (pass_sums.loss, Vector::default(), Vector::default());
    let together = points_per_logarithm(loss.outputs);
    for n in 0..count {
        let z = &mut outputs[n..];
        let target = |k: usize| labels[k * count + n].vector();
        for k in 0..loss.outputs {
            pass_sums.worst = Vector::larger(pass_sums.worst, magnitude_bits(z[k * count]));
        }
        if loss.outputs == 1 {
            let [right, right_positive] = right(loss.loss, z[0], target(0));
            (correct, positive) = (correct + right, positive + right_positive);
        }
        let (terms, score) = loss.replace(z, count, target, params);
        correct = correct + score.correct;
        sum = loss_gather(sum, terms);
        if (n + 1).is_multiple_of(together) || n + 1 == count {
            sum = loss_flush(sum);
        }
    }
    pass_sums.loss = sum;
    pass_sums.count(correct, positive);
}

/// Returns, as 1 or 0 each, whether the logit predicts the right class and whether it does so for a point of class 1. A
/// point is of class 1 if its target is above 1/2.
#[inline(always)]
fn right<R: Real>(loss: Loss, logit: R, y: R) -> [R; 2] {
    let (one, zero) = (R::splat(1.0), R::default());
    let label = (y - R::splat(0.5)).if_positive(one, zero);
    let above = logit - R::splat(loss.threshold());
    [above.if_positive(label, one - label), above.if_positive(label, zero)]
}

/// Sums of a tile so far: copies of a tally's values that can stay in registers.
pub struct TileSums<I: Isa> {
    sum: LossSum<Vector<I>>,
    correct: Vector<I>,
    correct_positive: Vector<I>,
    worst: Vector<I>,
}

impl<I: Isa> TileSums<I> {
    #[inline(always)]
    pub fn of(pass_sums: &PassSums<I>) -> Self {
        let (correct, correct_positive) = (Vector::default(), Vector::default());
        Self { sum: pass_sums.loss, correct, correct_positive, worst: pass_sums.worst }
    }

    /// Adds a point.
    #[inline(always)]
    pub fn add<const LOSS: bool, const RIGHT: bool>(
        &mut self,
        loss: Loss,
        logit: Vector<I>,
        y: Vector<I>,
        terms: LossTerms<Vector<I>>,
    ) {
        self.worst = Vector::larger(self.worst, magnitude_bits(logit));
        if LOSS {
            self.sum = loss_gather(self.sum, terms);
        }
        if RIGHT {
            let [correct, positive] = right(loss, logit, y);
            self.correct = self.correct + correct;
            self.correct_positive = self.correct_positive + positive;
        }
    }

    /// Adds four points in order.
    #[inline(always)]
    pub fn add_four<const LOSS: bool, const RIGHT: bool>(
        &mut self,
        loss: Loss,
        logit: Vector<FourVectors<I>>,
        y: Vector<FourVectors<I>>,
        terms: LossTerms<Vector<FourVectors<I>>>,
    ) {
        let (logit, y, gradient) = (logit.parts(), y.parts(), terms.gradient.parts());
        let (linear, e) = (terms.linear.parts(), terms.e.parts());
        unrolled!(n < 4, {
            let terms = LossTerms { gradient: gradient[n], linear: linear[n], e: e[n] };
            self.add::<LOSS, RIGHT>(loss, logit[n], y[n], terms);
        });
    }

    /// Writes the sums back to the tally; one logarithm for all points.
    #[inline(always)]
    pub fn put<const LOSS: bool, const RIGHT: bool>(self, pass_sums: &mut PassSums<I>) {
        pass_sums.worst = self.worst;
        if LOSS {
            pass_sums.loss = loss_flush(self.sum);
        }
        if RIGHT {
            pass_sums.count(self.correct, self.correct_positive);
        }
    }
}

impl<I: Isa> Default for PassSums<I> {
    fn default() -> Self {
        let (correct, correct_positive) = ([0; MOST_LANES], [0; MOST_LANES]);
        let (errors, worst) = ([Vector::default(); 2], Vector::default());
        Self { loss: LossSum::default(), correct, correct_positive, errors, error_count: 0, worst }
    }
}

impl<I: Isa> PassSums<I> {
    /// Returns the models that had a non-finite logit; bit n is lane n.
    pub fn bad(&self) -> u32 {
        bad_logit::<Vector<I>>(self.worst)
    }

    /// Adds the errors of a tile's outputs, which are as many as the targets. Summing over each tile first limits
    /// rounding error over many points.
    #[inline(always)]
    pub fn add_errors<V: TileValue<I>>(&mut self, outputs: &[Vector<I>], targets: &[V]) {
        let [mut squared, mut absolute] = [Vector::default(); 2];
        for (output, target) in outputs.iter().zip(targets) {
            let error = *output - target.vector();
            (squared, absolute) = (error.fma(error, squared), absolute + error.abs());
        }
        self.errors = [self.errors[0] + squared, self.errors[1] + absolute];
        self.error_count += outputs.len();
    }

    /// Adds a tile's numbers of correct points.
    #[inline(always)]
    fn count(&mut self, correct: Vector<I>, correct_positive: Vector<I>) {
        for (all, tile) in [(&mut self.correct, correct), (&mut self.correct_positive, correct_positive)] {
            all.iter_mut().zip(tile.lanes()).for_each(|(all, tile)| *all += *tile as u32);
        }
    }

    /// Returns the mean loss over `rows` points and the numbers of correct points, or the errors of a regression.
    pub fn score(&self, lane: usize, rows: usize) -> Score {
        let loss = f64::from(self.loss.total.lanes()[lane]) / rows as f64;
        if self.error_count == 0 {
            let (correct, correct_positive) = (self.correct[lane], self.correct_positive[lane]);
            return Score { loss, correct, correct_positive, errors: None };
        }
        let [squared, absolute] = self.errors.map(|sum| f64::from(sum.lanes()[lane]));
        let errors = MeanErrors { squared, absolute }.over(self.error_count);
        Score { loss, errors: Some(errors), ..Score::default() }
    }
}
