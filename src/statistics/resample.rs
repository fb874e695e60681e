//! Bootstrap: resampling of observed values with replacement (Efron, "Bootstrap methods", Annals of Statistics 7,
//! 1979), which simulates further experiments of any size without assuming a distribution. The same seed gives the same
//! draws.

use super::sample_size::{paired_p, welch_p};
use crate::math::rng::{Philox, Stream};
use rand::Rng;

/// Source of random draws.
pub struct Resampler(Philox);

impl Resampler {
    /// Creates a source from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Philox::new(seed, Stream::Resample))
    }

    /// Draws `n` numbers from the uniform distribution on 0 to 1.
    pub fn uniform(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64).collect()
    }

    /// Draws `n` times from `n` levels and returns the share of draws of each level.
    pub fn weights(&mut self, n: usize) -> Vec<f64> {
        let (levels, mut weights) = ((0..n).collect::<Vec<usize>>(), vec![0.0; n]);
        (0..n).for_each(|_| weights[self.one(&levels)] += 1.0);
        weights.iter_mut().for_each(|weight| *weight /= n as f64);
        weights
    }

    /// Draws one of `values`; their probabilities differ by a relative error of at most their number / 2^32.
    fn one<T: Copy>(&mut self, values: &[T]) -> T {
        values[((u64::from(self.0.next_u32()) * values.len() as u64) >> 32) as usize]
    }

    /// Draws `n` of `values`, which must not be empty.
    pub fn draw<T: Copy>(&mut self, values: &[T], n: usize) -> Vec<T> {
        (0..n).map(|_| self.one(values)).collect()
    }

    /// Returns the mean of `n` draws from `values`, which must not be empty.
    pub fn mean(&mut self, values: &[f64], n: usize) -> f64 {
        (0..n).map(|_| self.one(values)).sum::<f64>() / n as f64
    }

    /// Returns half the distance between the 2.5 % and the 97.5 % quantile of the mean of `n` values, from `draws`
    /// means.
    pub fn half_width(&mut self, values: &[f64], n: usize, draws: usize) -> f64 {
        let mut means: Vec<f64> = (0..draws).map(|_| self.mean(values, n)).collect();
        means.sort_by(f64::total_cmp);
        let at = |q: f64| means[(q * (draws - 1) as f64).round() as usize];
        (at(0.975) - at(0.025)) / 2.0
    }

    /// Returns the share of `draws` experiments with `n` values of each group in which Welch's test rejects at level
    /// `alpha`.
    pub fn welch_power(&mut self, [a, b]: [&[f64]; 2], n: usize, alpha: f64, draws: usize) -> f64 {
        let rejects = |_: &usize| welch_p(&self.draw(a, n), &self.draw(b, n)).is_some_and(|p| p < alpha);
        (0..draws).filter(rejects).count() as f64 / draws as f64
    }

    /// Returns the same for the paired test with `n` of these `differences`.
    pub fn paired_power(&mut self, differences: &[f64], n: usize, alpha: f64, draws: usize) -> f64 {
        let rejects = |_: &usize| paired_p(&self.draw(differences, n)).is_some_and(|p| p < alpha);
        (0..draws).filter(rejects).count() as f64 / draws as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_size::{TestPlan, mean_variance};
    use super::*;

    /// Seven of ten values are 0, the others 1: the mean of n draws is a binomial share, normal for large n.
    fn shares() -> Vec<f64> {
        (0..10).map(|i| f64::from(u8::from(i >= 7))).collect()
    }

    #[test]
    fn widths_shrink_as_the_root_and_are_those_of_the_binomial() {
        let mut resampler = Resampler::new(1);
        for n in [100, 1600] {
            let exact = 1.959_964 * (0.21 / n as f64).sqrt();
            let found = resampler.half_width(&shares(), n, 4000);
            // Quantiles of 4000 draws err by about 2.5 %; steps of 1 / n are a fifth of the width at n = 100.
            assert!((found / exact - 1.0).abs() < 0.1, "{n}: {found} {exact}");
        }
        assert_eq!(resampler.half_width(&[0.5; 3], 7, 100), 0.0);
    }

    #[test]
    fn power_is_what_the_plan_says_even_of_two_heaps() {
        let (a, mut b) = (shares(), shares());
        b[0] = 1.0;
        let mut resampler = Resampler::new(2);
        let variance = |v: &[f64]| mean_variance(v).unwrap().1 * 0.9;
        let n = TestPlan::USUAL.unpaired(0.1, [variance(&a), variance(&b)]).unwrap() as usize;
        let power = resampler.welch_power([&a, &b], n, 0.05, 2000);
        let nothing = resampler.welch_power([&a, &a], 200, 0.05, 2000);
        let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
        // Three standard errors of 2000 draws: 0.027 and 0.015.
        assert!((power - 0.8).abs() < 0.03 && (nothing - 0.05).abs() < 0.017, "{power} {nothing}");
        assert!(resampler.paired_power(&differences, 100, 0.05, 500) > 0.9);
        assert_eq!(resampler.paired_power(&[0.0; 5], 10, 0.05, 50), 0.0);
    }

    #[test]
    fn the_same_seed_draws_the_same_and_everything_is_drawn() {
        let values: Vec<u32> = (0..10).collect();
        let drawn = Resampler::new(3).draw(&values, 1000);
        assert_eq!(drawn, Resampler::new(3).draw(&values, 1000));
        assert_ne!(drawn, Resampler::new(4).draw(&values, 1000));
        // Expects 100 ± 9.5 of each of ten; none is beyond four standard deviations.
        assert!(values.iter().all(|v| (62..=138).contains(&drawn.iter().filter(|d| *d == v).count())));
    }
}
