//! A parameter with its optimizer state, and arrays of them, as the CPU engine passes them to an optimizer.

use super::Real;

/// A parameter with its optimizer state, which starts at 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParameterState<R> {
    /// Weight or bias.
    pub parameter: R,
    /// Velocity, RMSprop's mean square or Adam's mean gradient.
    pub first: R,
    /// Adam's mean square.
    pub second: R,
}

/// Parameters with their optimizer state; `first` and `second` are empty if the optimizer has less state.
#[derive(Debug)]
pub struct ParameterStates<'a, R> {
    /// Weights and biases, `[parameters]`.
    pub parameters: &'a mut [R],
    /// [`ParameterState::first`] of each, `[parameters]` or empty.
    pub first: &'a mut [R],
    /// [`ParameterState::second`] of each, `[parameters]` or empty.
    pub second: &'a mut [R],
}

impl<R: Real> ParameterStates<'_, R> {
    /// Returns slot `n` of an optimizer with `NUMBERS` numbers of state per parameter.
    #[inline(always)]
    pub(super) fn get<const NUMBERS: usize>(&self, n: usize) -> ParameterState<R> {
        let first = if NUMBERS > 0 { self.first[n] } else { R::default() };
        let second = if NUMBERS > 1 { self.second[n] } else { R::default() };
        ParameterState { parameter: self.parameters[n], first, second }
    }

    /// Stores slot `n`.
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
