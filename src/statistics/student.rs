//! Tails and quantiles of Student's t and the normal distribution, for tests and sample sizes.

use crate::math::Real;
use statrs::function::beta::beta_reg;

/// Returns P(T > t) for Student's distribution with `freedom` degrees of freedom, positive but not necessarily an
/// integer. For t ≥ 0 it is half of I_x(ν/2, 1/2) at x = ν / (ν + t²) (Abramowitz and Stegun 26.7.1). Accurate to
/// 1e-12.
pub fn t_tail(t: f64, freedom: f64) -> f64 {
    let half = 0.5 * beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t));
    if t < 0.0 { 1.0 - half } else { half }
}

/// Returns the quantile of Student's distribution for a `probability` strictly between 0 and 1.
pub fn t_quantile(probability: f64, freedom: f64) -> f64 {
    if probability < 0.5 {
        return -t_quantile(1.0 - probability, freedom);
    }
    bisect(|t| t_tail(t, freedom) > 1.0 - probability)
}

/// Returns the quantile of the standard normal distribution for a `probability` strictly between 0 and 1.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability < 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    bisect(|z| z.normal_tail() > 1.0 - probability)
}

/// Returns the point, at least 0, where `below` becomes false, accurate to about the last bit.
fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while below(high) && high < 1e300 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        *(if below(middle) { &mut low } else { &mut high }) = middle;
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Fisher and Yates, "Statistical tables", III, to three decimals.
    #[test]
    fn quantiles_are_those_of_printed_tables() {
        for (freedom, p975, p80) in [
            (1.0, 12.706, 1.376),
            (2.0, 4.303, 1.061),
            (5.0, 2.571, 0.920),
            (10.0, 2.228, 0.879),
            (30.0, 2.042, 0.854),
            (120.0, 1.980, 0.845),
        ] {
            let found = [t_quantile(0.975, freedom), t_quantile(0.8, freedom)];
            assert!((found[0] - p975).abs() < 6e-4 && (found[1] - p80).abs() < 6e-4, "{freedom}: {found:?}");
            assert_eq!(t_quantile(0.025, freedom), -found[0]);
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.2) + 0.841_621_233_572_914).abs() < 1e-12);
    }

    /// Closed forms: one degree of freedom is the Cauchy distribution, two are algebraic, many approach the normal one.
    #[test]
    fn tails_have_their_closed_forms() {
        for t in [-3.0, -0.1, 0.0, 0.5, 2.0, 40.0f64] {
            let cauchy = 0.5 - t.atan() / std::f64::consts::PI;
            assert!((t_tail(t, 1.0) - cauchy).abs() < 1e-12, "{t}: {}", t_tail(t, 1.0));
            let two = 0.5 - t / (2.0 * (2.0 + t * t).sqrt());
            assert!((t_tail(t, 2.0) - two).abs() < 1e-12, "{t}: {}", t_tail(t, 2.0));
        }
        // The next term of the expansion in 1/ν is about t³ φ(t) / 4ν.
        assert!((t_tail(1.0, 1e8) - 0.158_655_253_931_457).abs() < 1e-8);
    }
}
