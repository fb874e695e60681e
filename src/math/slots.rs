//! Slots by the array: what a CPU engine hands an optimizer.

use super::Real;
use super::optimizer::Slot;

/// Many parameters and what their optimizer remembers of them; `first` and `second` are empty where it remembers less.
#[derive(Debug)]
pub struct Slots<'a, R> {
    /// Weights and biases, `[parameters]`.
    pub parameters: &'a mut [R],
    /// [`Slot::first`] of each, `[parameters]` or empty.
    pub first: &'a mut [R],
    /// [`Slot::second`] of each, `[parameters]` or empty.
    pub second: &'a mut [R],
}

/// How far an update goes.
#[derive(Debug, Clone, Copy)]
pub struct Stride<R> {
    /// Learning rate of these parameters in this epoch.
    pub lr: R,
    /// From the sum of the gradients to their mean, or less.
    pub scale: R,
    /// Above 0 where parameters move, 0 where they stay as they are.
    pub moving: R,
}

impl<R: Real> Slots<'_, R> {
    /// Slot `n`, of an optimizer that remembers `MEMORY` numbers.
    #[inline(always)]
    pub(super) fn get<const MEMORY: usize>(&self, n: usize) -> Slot<R> {
        let first = if MEMORY > 0 { self.first[n] } else { R::default() };
        let second = if MEMORY > 1 { self.second[n] } else { R::default() };
        Slot { parameter: self.parameters[n], first, second }
    }

    /// Puts slot `n` back.
    #[inline(always)]
    pub(super) fn set<const MEMORY: usize>(&mut self, n: usize, slot: Slot<R>) {
        self.parameters[n] = slot.parameter;
        if MEMORY > 0 {
            self.first[n] = slot.first;
        }
        if MEMORY > 1 {
            self.second[n] = slot.second;
        }
    }
}
