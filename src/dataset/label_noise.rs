//! Label noise: wrong labels among the training rows.

use super::{Dataset, Targets};
use crate::math::rng::{Philox, Stream};
use rand::Rng;
use rand_distr::{Distribution, Uniform};

impl Dataset {
    /// Draws labels of training rows anew, each with probability `share` and uniformly over all classes, as Zhang et
    /// al. (2017, arXiv 1611.03530) do; a row may get its own label again. The rows of a smaller share are among those
    /// of a larger one, with the same new labels. If all labels became alike, all are drawn again. Targets that are
    /// numbers stay.
    pub fn with_label_noise(mut self, share: f64, seed: u64) -> Self {
        let generator = &mut Philox::new(seed, Stream::LabelNoise);
        match &mut self.train.targets {
            Targets::Binary(labels) => *labels = noisy(labels, &[false, true], share, generator),
            Targets::Classes { classes, labels } => {
                let all: Vec<u32> = (0..*classes as u32).collect();
                *labels = noisy(labels, &all, share, generator);
            }
            Targets::Thresholded(_) | Targets::Real { .. } => {}
        }
        self
    }
}

/// Returns `labels` with noise; `classes` are all labels there are.
fn noisy<T: Copy + PartialEq>(labels: &[T], classes: &[T], share: f64, generator: &mut Philox) -> Vec<T> {
    let class = Uniform::new(0, classes.len() as u32).expect("at least one class");
    let differ = |labels: &[T]| labels.iter().any(|label| *label != labels[0]);
    loop {
        let mut one = |label: &T| {
            // Both are drawn for every row, so that a row's numbers do not depend on the share.
            let (lot, new) = (generator.next_u64(), class.sample(generator));
            if unit(lot) < share { classes[new as usize] } else { *label }
        };
        let made: Vec<T> = labels.iter().map(&mut one).collect();
        if differ(&made) || !differ(labels) {
            return made;
        }
    }
}

/// Returns a number from 0 to below 1 with 53 random bits.
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{BuiltIn, BuiltInSettings, Points};

    fn data(classes: usize, points: usize) -> Dataset {
        BuiltIn::Gaussians.make(&BuiltInSettings { classes, points, ..BuiltInSettings::default() })
    }

    fn labels(points: &Points) -> Vec<f64> {
        (0..points.len()).map(|n| points.target(n)).collect()
    }

    #[test]
    fn the_share_is_drawn_over_all_classes_alike() {
        for classes in [2, 10] {
            let clean = data(classes, 20_000);
            for share in [0.3, 1.0] {
                let noisy = clean.clone().with_label_noise(share, 1).train;
                let changed: Vec<usize> =
                    (0..noisy.len()).filter(|n| noisy.target(*n) != clean.train.target(*n)).collect();
                // A redrawn row keeps its label with probability 1/k; four standard errors of 20,000 draws.
                let expected = share * (1.0 - 1.0 / classes as f64);
                let error = 4.0 * (expected * (1.0 - expected) / 20_000.0).sqrt();
                let seen = changed.len() as f64 / 20_000.0;
                assert!((seen - expected).abs() < error, "{classes} {share}: {seen}");
                let new = noisy.select(&changed).strata_sizes();
                let each = changed.len() as f64 / classes as f64;
                assert!(new.iter().all(|n| (*n as f64 - each).abs() < 5.0 * each.sqrt()), "{classes} {share}: {new:?}");
                assert_eq!(noisy.x, clean.train.x);
            }
        }
    }

    #[test]
    fn a_larger_share_keeps_the_noise_of_a_smaller_one() {
        let clean = data(4, 1000);
        let [none, some, more, other] =
            [(0.0, 7), (0.2, 7), (0.5, 7), (0.5, 8)].map(|(share, seed)| clean.clone().with_label_noise(share, seed));
        assert_eq!(none, clean);
        assert_eq!(more, clean.clone().with_label_noise(0.5, 7));
        assert_ne!(more, other);
        let [clean, some, more] = [&clean, &some, &more].map(|data| labels(&data.train));
        let noisy: Vec<usize> = (0..1000).filter(|n| some[*n] != clean[*n]).collect();
        assert!(noisy.len() > 100 && noisy.iter().all(|n| more[*n] == some[*n]));
    }

    #[test]
    fn held_out_rows_and_numbers_keep_their_targets() {
        let split = data(3, 300).split(0.2, 0.2, 5);
        let noisy = split.clone().with_label_noise(1.0, 5);
        assert_eq!((&noisy.validation, &noisy.test), (&split.validation, &split.test));
        assert_ne!(noisy.train, split.train);
        let numbers = BuiltIn::Friedman1.make(&BuiltInSettings::default());
        assert_eq!(numbers.clone().with_label_noise(1.0, 5), numbers);
    }

    #[test]
    fn labels_never_become_all_alike() {
        for seed in 0..50 {
            let noisy = data(2, 2).with_label_noise(1.0, seed).train;
            assert_ne!(noisy.label(0), noisy.label(1), "{seed}");
        }
    }
}
