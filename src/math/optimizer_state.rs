//! Slots by the array: what a CPU engine hands an optimizer.

use super::Real;
use super::optimizer::ParameterState;

/// Many parameters and what their optimizer remembers of them; `first` and `second` are empty where it remembers less.
#[derive(Debug)]
pub struct ParameterStates<'a, R> {
    /// Weights and biases, `[parameters]`.
    pub parameters: &'a mut [R],
    /// [`ParameterState::first`] of each, `[parameters]` or empty.
    pub first: &'a mut [R],
    /// [`ParameterState::second`] of each, `[parameters]` or empty.
    pub second: &'a mut [R],
}

/// How far an update goes.
#[derive(Debug, Clone, Copy)]
pub struct StepOptions<R> {
    /// Learning rate of these parameters in this epoch.
    pub lr: R,
    /// From the sum of the gradients to their mean, or less.
    pub scale: R,
    /// Above 0 where parameters move, 0 where they stay as they are.
    pub moving: R,
}

impl<R: Real> ParameterStates<'_, R> {
    /// Slot `n`, of an optimizer that remembers `NUMBERS` numbers.
    #[inline(always)]
    pub(super) fn get<const NUMBERS: usize>(&self, n: usize) -> ParameterState<R> {
        let first = if NUMBERS > 0 { self.first[n] } else { R::default() };
        let second = if NUMBERS > 1 { self.second[n] } else { R::default() };
        ParameterState { parameter: self.parameters[n], first, second }
    }

    /// Puts slot `n` back.
    #[inline(always)]
    pub(super) fn set<const NUMBERS: usize>(&mut self, n: usize, slot: ParameterState<R>) {
        self.parameters[n] = slot.parameter;
        if NUMBERS > 0 {
            self.first[n] = slot.first;
        }
        if NUMBERS > 1 {
            self.second[n] = slot.second;
        }
    }
}
