//! Histograms of losses by epoch: integer counts, which can be merged over batches and machines in any order.

use crate::math::loss_bins::{BINS, MISSING, edges, loss_bin};

/// Number of models by combination of hyper-parameters, recorded epoch and bin of the loss before that epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LossCounts {
    /// Number of combinations of hyper-parameters.
    pub combinations: usize,
    /// Number of recorded epochs.
    pub slots: usize,
    /// Counts, `[combinations, slots, bins]`.
    pub models: Vec<u32>,
}

impl LossCounts {
    /// Creates counts without models.
    pub fn new(combinations: usize, slots: usize) -> Self {
        Self { combinations, slots, models: vec![0; combinations * slots * BINS as usize] }
    }

    /// Counts one model's loss; NaN if it is no longer known.
    ///
    /// # Panics
    /// If there is no such combination or slot.
    pub fn add(&mut self, combination: usize, slot: usize, loss: f64) {
        assert!(slot < self.slots);
        let bin = loss_bin((loss as f32).to_bits()) as usize;
        self.models[(combination * self.slots + slot) * BINS as usize + bin] += 1;
    }

    /// Adds the counts of `other`.
    ///
    /// # Panics
    /// If `other` has different numbers of combinations or slots.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!((self.combinations, self.slots), (other.combinations, other.slots));
        self.models.iter_mut().zip(&other.models).for_each(|(to, from)| *to += from);
    }

    /// Returns the counts of one combination, `[slots, bins]`.
    pub fn of(&self, combination: usize) -> &[u32] {
        let size = self.slots * BINS as usize;
        &self.models[combination * size..][..size]
    }

    /// Returns quantiles of a combination's losses: for each recorded epoch, the loss that each of `shares` (0 to 1) of
    /// the models does not exceed. It is interpolated logarithmically within a bin, the inner edge in the first and
    /// last bin, and infinite where the loss is no longer known. Empty without models.
    pub fn quantiles<const N: usize>(&self, combination: usize, shares: [f64; N]) -> Vec<[f64; N]> {
        let edges = edges();
        let slots = self.of(combination).chunks_exact(BINS as usize);
        let slots: Option<Vec<_>> = slots.map(|models| at_shares(models, &edges, shares)).collect();
        slots.unwrap_or_default()
    }
}

/// Returns the quantiles of one epoch.
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
            // Losses and interpolation are both geometric: the error is within one or two of a thousand losses.
            assert!((found / losses[k]).ln().abs() < 0.012, "{found} {}", losses[k]);
        }
        assert_eq!(last, [0.5f64.powi(16), f64::INFINITY, f64::INFINITY]);
        assert!(counts.quantiles(1, [0.5]).is_empty(), "no models, no quantile");
        counts.add(1, 0, 1e9);
        counts.add(1, 1, 256.0);
        assert_eq!(counts.quantiles(1, [0.5]), [[256.0]; 2]);
    }
}
