//! Histograms of losses over the epochs: whole numbers, which add up over batches and machines in any order.

use crate::math::loss_bins::{BINS, MISSING, edges, loss_bin};

/// How many models of each combination had a loss in which bin before each recorded epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LossCounts {
    /// Combinations of hyper-parameters, each counted by itself.
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

    /// For each recorded epoch and each of `shares` (0 to 1) the loss that so many of a combination's models do not exceed:
    /// interpolated in the logarithm within a bin, at its inner edge in the first and last bin, infinite where it is not known
    /// any more. Nothing without models.
    pub fn quantiles<const N: usize>(&self, combination: usize, shares: [f64; N]) -> Vec<[f64; N]> {
        let edges = edges();
        let slots = self.of(combination).chunks_exact(BINS as usize);
        let slots: Option<Vec<_>> = slots.map(|models| at_shares(models, &edges, shares)).collect();
        slots.unwrap_or_default()
    }
}

/// The same for one epoch.
fn at_shares<const N: usize>(models: &[u32], edges: &[f64], shares: [f64; N]) -> Option<[f64; N]> {
    let all: u64 = models.iter().map(|n| u64::from(*n)).sum();
    let at = |share: f64| {
        let (wanted, mut below) = (share * all as f64, 0.0);
        for (bin, n) in models.iter().map(|n| f64::from(*n)).enumerate().filter(|(_, n)| *n > 0.0) {
            if below + n >= wanted {
                return match bin.checked_sub(1) {
                    None => edges[0],
                    Some(_) if bin == MISSING as usize => f64::INFINITY,
                    Some(k) if k + 1 == edges.len() => edges[k],
                    Some(k) => edges[k] * (edges[k + 1] / edges[k]).powf((wanted - below) / n),
                };
            }
            below += n;
        }
        f64::INFINITY
    };
    (all > 0).then(|| shares.map(at))
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn quantiles_lie_within_their_bins() {
        let mut counts = LossCounts::new(2, 2);
        let losses: Vec<f64> = (0..1000).map(|k| 0.01 * 1.005f64.powi(k)).collect();
        losses.iter().for_each(|loss| counts.add(0, 0, *loss));
        (0..3).for_each(|_| counts.add(0, 1, f64::NAN));
        counts.add(0, 1, 0.0);
        let [first, last] = counts.quantiles(0, [0.1, 0.5, 0.9])[..] else { panic!("two epochs") };
        for (found, k) in first.iter().zip([99, 499, 899]) {
            // The losses are geometric, and so is the interpolation: within one or two of them of a thousand.
            assert!((found / losses[k]).ln().abs() < 0.012, "{found} {}", losses[k]);
        }
        assert_eq!(last, [0.5f64.powi(16), f64::INFINITY, f64::INFINITY]);
        assert!(counts.quantiles(1, [0.5]).is_empty(), "no models, no quantile");
        counts.add(1, 0, 1e9);
        counts.add(1, 1, 256.0);
        assert_eq!(counts.quantiles(1, [0.5]), [[256.0]; 2]);
    }
}
