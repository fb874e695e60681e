//! Histograms of losses over the epochs: whole numbers, which add up over batches and machines in any order.

use crate::math::tally::{BINS, loss_bin};

/// How many models of each combination had a loss in which bin before each recorded epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LossCounts {
    pub combinations: usize,
    /// Recorded epochs.
    pub slots: usize,
    /// `[combinations, slots, bins]`.
    pub models: Vec<u32>,
}

impl LossCounts {
    /// No models yet.
    pub fn new(combinations: usize, slots: usize) -> Self {
        Self { combinations, slots, models: vec![0; combinations * slots * BINS as usize] }
    }

    /// Counts one model's loss, NaN where it is not known any more.
    ///
    /// # Panics
    /// Where there is no such combination or slot.
    pub fn add(&mut self, combination: usize, slot: usize, loss: f64) {
        assert!(slot < self.slots);
        let bin = loss_bin((loss as f32).to_bits()) as usize;
        self.models[(combination * self.slots + slot) * BINS as usize + bin] += 1;
    }

    /// Adds another's models.
    ///
    /// # Panics
    /// Where it counts other combinations or slots.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!((self.combinations, self.slots), (other.combinations, other.slots));
        self.models.iter_mut().zip(&other.models).for_each(|(to, from)| *to += from);
    }

    /// The counts of one combination, `[slots, bins]`.
    pub fn of(&self, combination: usize) -> &[u32] {
        let size = self.slots * BINS as usize;
        &self.models[combination * size..][..size]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::tally::MISSING;

    #[test]
    fn counts_add_up() {
        let mut one = LossCounts::new(2, 3);
        one.add(1, 2, 0.5);
        one.add(1, 2, 0.51);
        one.add(0, 0, f64::NAN);
        let mut both = one.clone();
        both.merge(&one);
        let bin = 1 + 15 * 8;
        assert_eq!(one.of(1)[2 * BINS as usize + bin], 2);
        assert_eq!(both.of(1)[2 * BINS as usize + bin], 4);
        assert_eq!((both.of(0)[MISSING as usize], both.models.iter().sum::<u32>()), (2, 6));
    }
}
