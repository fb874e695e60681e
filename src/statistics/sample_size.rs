//! Sample sizes of comparisons: Student's and Welch's t tests (Welch, Biometrika 34, 1947), two-sided, and the seeds
//! they need (Cohen, "Statistical power analysis", 1988). Uses the central t distribution instead of the non-central
//! one, which gave a size within one of the exact one in all cases compared.

use super::student::{normal_quantile, t_quantile, t_tail};

/// A two-sided test: its significance level and the power wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestPlan {
    /// Probability of finding a difference where there is none.
    pub alpha: f64,
    /// Probability of finding the difference where there is one.
    pub power: f64,
}

impl TestPlan {
    /// α = 0.05, power 0.8.
    pub const USUAL: Self = Self { alpha: 0.05, power: 0.8 };
    /// Bound of useful sample sizes. Beyond it, the result is `None`, as without a difference.
    const MOST: f64 = 1e15;

    /// Returns the seeds per group with which Welch's test distinguishes means that differ by `difference`, in groups
    /// with these variances: the least n with n ≥ (t₁₋α/₂ + t_power)² (s₁² + s₂²) / δ², with Welch's degrees of
    /// freedom. At least 2; `None` without a difference.
    pub fn unpaired(self, difference: f64, [a, b]: [f64; 2]) -> Option<u64> {
        let freedom =
            |n: f64| if a + b > 0.0 { (n - 1.0) * (a + b).powi(2) / (a * a + b * b) } else { 2.0 * (n - 1.0) };
        self.least(difference, a + b, freedom)
    }

    /// Returns the seeds, each in both groups, for the paired test, where `variance` is that of the differences by
    /// seed.
    pub fn paired(self, difference: f64, variance: f64) -> Option<u64> {
        self.least(difference, variance, |n| n - 1.0)
    }

    /// Returns the seeds per group that distinguish the shares `p` and `q` (Fleiss, "Statistical methods for rates and
    /// proportions", 1981, without his correction). `None` for equal shares.
    pub fn shares(self, p: f64, q: f64) -> Option<u64> {
        let (mean, [alpha, power]) = ((p + q) / 2.0, [1.0 - self.alpha / 2.0, self.power].map(normal_quantile));
        let root = alpha * (2.0 * mean * (1.0 - mean)).sqrt() + power * (p * (1.0 - p) + q * (1.0 - q)).sqrt();
        let n = (root / (p - q)).powi(2);
        (p != q && n < Self::MOST).then(|| n.ceil().max(2.0) as u64)
    }

    /// Returns the least n of a test with `freedom(n)` degrees of freedom.
    fn least(self, difference: f64, variance: f64, freedom: impl Fn(f64) -> f64) -> Option<u64> {
        let enough = |n: f64| {
            let t = |p: f64| t_quantile(p, freedom(n).max(1e-3));
            n * difference * difference >= (t(1.0 - self.alpha / 2.0) + t(self.power)).powi(2) * variance
        };
        let (mut low, mut high) = (1.0, 2.0);
        while !enough(high) {
            (low, high) = (high, 2.0 * high);
            if high > Self::MOST {
                return None;
            }
        }
        while high - low > 1.0 {
            let middle = ((low + high) / 2.0_f64).floor();
            *(if enough(middle) { &mut high } else { &mut low }) = middle;
        }
        (difference != 0.0).then_some(high as u64)
    }
}

/// Returns mean and variance (with n - 1) of some numbers; `None` for fewer than two.
pub fn mean_variance(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (values.len() > 1).then(|| (mean, squares / (n - 1.0)))
}

/// Returns the two-sided p-value of Welch's test that two groups have equal means; `None` with fewer than two values in
/// either. If neither varies, it is 1 for equal means, else 0.
pub fn welch_p(a: &[f64], b: &[f64]) -> Option<f64> {
    welch_from(mean_variance(a)?, a.len(), mean_variance(b)?, b.len(), 0.0)
}

/// Does the same from (mean, variance) and size of each group; variances below `floor` are raised to it.
pub(super) fn welch_from(a: (f64, f64), n: usize, b: (f64, f64), m: usize, floor: f64) -> Option<f64> {
    let (n, m) = (n as f64, m as f64);
    let (share_a, share_b) = (a.1.max(floor) / n, b.1.max(floor) / m);
    let freedom = (share_a + share_b).powi(2) / (share_a * share_a / (n - 1.0) + share_b * share_b / (m - 1.0));
    Some(two_sided(a.0 - b.0, share_a + share_b, freedom))
}

/// Returns the two-sided p-value of the paired test that `differences` have mean 0; `None` for fewer than two.
pub fn paired_p(differences: &[f64]) -> Option<f64> {
    let (mean, variance) = mean_variance(differences)?;
    let n = differences.len() as f64;
    Some(two_sided(mean, variance / n, n - 1.0))
}

/// Returns the two-sided p-value of a difference with this squared standard error.
fn two_sided(difference: f64, squared_error: f64, freedom: f64) -> f64 {
    match squared_error > 0.0 {
        true => 2.0 * t_tail(difference.abs() / squared_error.sqrt(), freedom),
        false => f64::from(u8::from(difference == 0.0)),
    }
}

#[cfg(test)]
mod tests;
