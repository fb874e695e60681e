//! Loss and accuracy of points, and whether their logits are finite.

use super::linear::Value;
use crate::engine::Score;
use crate::math::Real;
use crate::math::divergence::{bad_logit, magnitude_bits};
use crate::math::loss::{Loss, LossSum, Terms, loss_flush, loss_gather};
use crate::math::vector::quad::Quad;
use crate::math::vector::{Isa, MOST_LANES, Vector};

/// What a pass over a set of points finds out.
#[derive(Debug, Clone, Copy)]
pub struct Tally<I: Isa> {
    loss: LossSum<Vector<I>>,
    correct: [u32; MOST_LANES],
    /// The largest magnitude among the logits.
    worst: Vector<I>,
}

/// Derivatives in the place of the logits, and what these show.
#[inline(always)]
pub fn judge_all<I: Isa, V: Value<I>, const SCORE: bool>(
    loss: Loss,
    logits: &mut [Vector<I>],
    labels: &[V],
    tally: &mut Tally<I>,
) {
    let (quads, rest) = Vector::quads(logits);
    let (labels, last) = labels.split_at(4 * quads.len());
    let mut scores = Scores::of(tally);
    for (z, y) in quads.iter_mut().zip(labels.chunks_exact(4)) {
        let (logit, y) = (*z, V::four(y));
        let terms = loss.terms(logit, y);
        *z = terms.gradient;
        if SCORE {
            scores.add_four(loss, logit, y, terms.linear, terms.e);
        } else {
            scores.look_at_four(logit);
        }
    }
    for (z, y) in rest.iter_mut().zip(last) {
        let (logit, y) = (*z, y.vector());
        let terms = loss.terms(logit, y);
        *z = terms.gradient;
        if SCORE {
            scores.add(loss, logit, y, terms.linear, terms.e);
        } else {
            scores.look_at(logit);
        }
    }
    scores.put::<SCORE>(tally);
}

/// 1 where the label is on the logit's side of the threshold, else 0.
#[inline(always)]
fn right<R: Real>(loss: Loss, logit: R, y: R) -> R {
    (logit - R::splat(loss.threshold())).if_positive(y, R::splat(1.0) - y)
}

/// What the points of a tile have shown so far: copies of a tally's numbers, which can stay in registers.
pub struct Scores<I: Isa> {
    sum: LossSum<Vector<I>>,
    correct: Vector<I>,
    worst: Vector<I>,
}

impl<I: Isa> Scores<I> {
    #[inline(always)]
    pub fn of(tally: &Tally<I>) -> Self {
        Self { sum: tally.loss, correct: Vector::default(), worst: tally.worst }
    }

    /// Counts a point whose loss is `linear` + log(1 + `e`).
    #[inline(always)]
    pub fn add(&mut self, loss: Loss, logit: Vector<I>, y: Vector<I>, linear: Vector<I>, e: Vector<I>) {
        self.add_known(logit, right(loss, logit, y), linear, e);
    }

    #[inline(always)]
    fn add_known(&mut self, logit: Vector<I>, right: Vector<I>, linear: Vector<I>, e: Vector<I>) {
        self.look_at(logit);
        self.sum = loss_gather(self.sum, Terms { gradient: Vector::default(), linear, e });
        self.correct = self.correct + right;
    }

    /// Counts four points, one after the other.
    #[inline(always)]
    pub fn add_four(
        &mut self,
        loss: Loss,
        logit: Vector<Quad<I>>,
        y: Vector<Quad<I>>,
        linear: Vector<Quad<I>>,
        e: Vector<Quad<I>>,
    ) {
        let (right, logit, linear, e) = (right(loss, logit, y).parts(), logit.parts(), linear.parts(), e.parts());
        self.add_known(logit[0], right[0], linear[0], e[0]);
        self.add_known(logit[1], right[1], linear[1], e[1]);
        self.add_known(logit[2], right[2], linear[2], e[2]);
        self.add_known(logit[3], right[3], linear[3], e[3]);
    }

    /// Only looks whether a logit is bad.
    #[inline(always)]
    pub fn look_at(&mut self, logit: Vector<I>) {
        self.worst = Vector::larger(self.worst, magnitude_bits(logit));
    }

    #[inline(always)]
    pub fn look_at_four(&mut self, logit: Vector<Quad<I>>) {
        let [a, b, c, d] = magnitude_bits(logit).parts();
        self.worst = Vector::larger(self.worst, Vector::larger(Vector::larger(a, b), Vector::larger(c, d)));
    }

    /// Back to the tally; one logarithm for all.
    #[inline(always)]
    pub fn put<const SCORE: bool>(self, tally: &mut Tally<I>) {
        tally.worst = self.worst;
        if SCORE {
            tally.loss = loss_flush(self.sum);
            for (all, tile) in tally.correct.iter_mut().zip(self.correct.lanes()) {
                *all += *tile as u32;
            }
        }
    }
}

impl<I: Isa> Default for Tally<I> {
    fn default() -> Self {
        Self { loss: LossSum::default(), correct: [0; MOST_LANES], worst: Vector::default() }
    }
}

impl<I: Isa> Tally<I> {
    /// Which models had a logit that is not finite; bit n: lane n.
    pub fn bad(&self) -> u32 {
        bad_logit::<Vector<I>>(self.worst)
    }

    /// Mean loss over `rows` points, and points right.
    pub fn score(&self, lane: usize, rows: usize) -> Score {
        Score { loss: f64::from(self.loss.total.lanes()[lane]) / rows as f64, correct: self.correct[lane] }
    }
}
