//! Wilson's score interval for a share (E. B. Wilson, "Probable inference, the law of succession, and statistical
//! inference", J. Am. Stat. Assoc. 22, 1927).

/// The 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959963984540054;

/// Returns the 95 % confidence interval of a share, from `successes` of `n`; `None` if `n` is 0.
pub fn wilson_95(successes: u64, n: u64) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (n, p) = (n as f64, successes as f64 / n as f64);
    let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At the ends the bounds are exactly 0 and 1; rounding must not change that.
    let low = if successes == 0 { 0.0 } else { centre - half };
    let high = if p == 1.0 { 1.0 } else { centre + half };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_values() {
        // statsmodels.stats.proportion.proportion_confint(k, n, method="wilson")
        let expected = [(0, 10, 0.0, 0.27753279), (7, 10, 0.39677815, 0.89220866), (50, 50, 0.92865242, 1.0)];
        for (k, n, low, high) in expected {
            let (a, b) = wilson_95(k, n).unwrap();
            assert!((a - low).abs() < 1e-7 && (b - high).abs() < 1e-7, "{k} of {n}: {a} {b}");
        }
        assert_eq!((wilson_95(0, 7).unwrap().0, wilson_95(10, 10).unwrap().1), (0.0, 1.0));
        assert_eq!(wilson_95(0, 0), None);
    }
}
