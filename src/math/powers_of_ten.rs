//! Powers of 10 and decimal logarithms, rounded as exact results would be. The functions of a system's library differ
//! in the last digit from those of another system or of a browser; the values of a sweep must not.
//!
//! Computed with pairs of f64 (T. J. Dekker, "A floating-point technique for extending the available precision",
//! Numerische Mathematik 18, 1971): some 100 bits, of which 53 are kept.

use std::f64::consts::{LN_2, LN_10, LOG10_E};

/// The sum of two numbers, the second at most half a unit in the last place of the first.
#[derive(Debug, Clone, Copy)]
struct Pair(f64, f64);

/// ln 10, ln 2 and log10 e to 106 bits.
const LN10: Pair = Pair(LN_10, -2.170_756_223_382_249_4e-16);
const LN2: Pair = Pair(LN_2, 2.319_046_813_846_299_6e-17);
const DECIMAL_E: Pair = Pair(LOG10_E, 1.098_319_650_216_765e-17);

/// Halvings of the argument before the series, and terms of the series: the next one is below 2^-110.
const HALVINGS: i32 = 8;
const TERMS: u32 = 12;

impl Pair {
    /// Returns a + b, of any sizes.
    fn sum(a: f64, b: f64) -> Self {
        let sum = a + b;
        let rest = sum - a;
        Self(sum, (a - (sum - rest)) + (b - rest))
    }

    /// Returns a b; each factor is split into halves whose products are exact.
    fn product(a: f64, b: f64) -> Self {
        let halves = |x: f64| {
            let high = x * 134_217_729.0;
            let high = high - (high - x);
            (high, x - high)
        };
        let (product, (a1, a2), (b1, b2)) = (a * b, halves(a), halves(b));
        Self(product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2)
    }

    fn plus(self, other: Self) -> Self {
        let Self(sum, rest) = Self::sum(self.0, other.0);
        Self::sum(sum, rest + (self.1 + other.1))
    }

    fn times(self, other: Self) -> Self {
        let Self(product, rest) = Self::product(self.0, other.0);
        Self::sum(product, rest + (self.0 * other.1 + self.1 * other.0))
    }

    fn scaled(self, factor: f64) -> Self {
        self.times(Self(factor, 0.0))
    }

    /// Returns exp of this, as a number and the power of 2 that multiplies it.
    fn exp(self) -> (Self, i32) {
        let twos = (self.0 / LN_2).round();
        // Dividing by a power of 2 is exact.
        let rest = self.plus(LN2.scaled(-twos)).scaled(0.5f64.powi(HALVINGS));
        let mut power = Self(1.0, 0.0);
        for term in (1..=TERMS).rev() {
            let Self(inverse, error) = Self::product(1.0 / f64::from(term), f64::from(term));
            // 1 / term to both parts: one step of Newton's method.
            let inverse = Self(1.0 / f64::from(term), (1.0 - inverse - error) / f64::from(term));
            power = Self(1.0, 0.0).plus(power.times(rest).times(inverse));
        }
        for _ in 0..HALVINGS {
            power = power.times(power);
        }
        (power, twos as i32)
    }
}

/// Returns 10^x.
pub fn power_of_ten(x: f64) -> f64 {
    if !(-307.0..=308.0).contains(&x) {
        return 10f64.powf(x);
    }
    let (power, twos) = LN10.scaled(x).exp();
    // In two steps, since 2^1023 is the largest power of 2.
    (power.0 + power.1) * 2f64.powi(twos / 2) * 2f64.powi(twos - twos / 2)
}

/// Returns log10(x).
pub fn decimal_logarithm(x: f64) -> f64 {
    if !(f64::MIN_POSITIVE..=f64::MAX).contains(&x) || x == 1.0 {
        return x.log10();
    }
    let (mantissa, twos) = libm::frexp(x);
    // Around 1, so that a logarithm near 0 keeps its digits.
    let (mantissa, twos) =
        if mantissa < std::f64::consts::FRAC_1_SQRT_2 { (2.0 * mantissa, twos - 1) } else { (mantissa, twos) };
    let rough = libm::log(mantissa);
    // One step of Newton's method: the error is squared.
    let (inverse, power) = Pair(-rough, 0.0).exp();
    let step = inverse.scaled(mantissa * 2f64.powi(power)).plus(Pair(-1.0, 0.0));
    let natural = LN2.scaled(f64::from(twos)).plus(Pair(rough, 0.0).plus(step));
    let Pair(high, low) = natural.times(DECIMAL_E);
    high + low
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, clippy::excessive_precision)]
mod tests {
    use super::*;

    #[test]
    fn whole_exponents_give_the_nearest_numbers() {
        for exponent in -307..=308 {
            let exact: f64 = format!("1e{exponent}").parse().unwrap();
            assert_eq!(power_of_ten(f64::from(exponent)), exact, "{exponent}");
            assert_eq!(decimal_logarithm(exact), f64::from(exponent), "{exponent}");
        }
    }

    /// Powers that glibc 2.36 rounds to the other side, and logarithms; the right ones by Python's decimal module with
    /// 60 digits.
    #[test]
    fn results_are_rounded_as_exact_ones_are() {
        for (x, exact) in POWERS {
            assert_eq!(power_of_ten(x), exact, "10^{x}");
        }
        for (x, exact) in LOGARITHMS {
            assert_eq!(decimal_logarithm(x), exact, "log10 {x}");
        }
    }

    #[test]
    fn nothing_is_far_from_the_systems_functions() {
        for n in -3000..3000 {
            let x = f64::from(n) * 0.1017;
            let (own, system) = (power_of_ten(x), 10f64.powf(x));
            assert!((own / system - 1.0).abs() < 4e-16, "10^{x}");
            let (own, system) = (decimal_logarithm(own), own.log10());
            assert!((own - system).abs() <= system.abs() * 3e-16, "{own} {system}");
        }
        for odd in [0.0, -1.0, f64::INFINITY, f64::NAN, 5e-324, 1.0] {
            assert_eq!(decimal_logarithm(odd).to_bits(), odd.log10().to_bits());
        }
        assert_eq!((power_of_ten(400.0), power_of_ten(-400.0), power_of_ten(0.0)), (f64::INFINITY, 0.0, 1.0));
    }

    const POWERS: [(f64, f64); 10] = [
        (0.8176492453369022, 6.571268993956559),
        (-6.668162677805155, 2.147026091550851e-07),
        (-2.703458613424374, 0.001979435644770965),
        (2.97699561743395, 948.4088926391463),
        (-6.059413271202331, 8.721410508462946e-07),
        (-5.637039308555332, 2.306538411496651e-06),
        (0.5, 3.1622776601683795),
        (-2.5, 0.0031622776601683794),
        (-1.507638, 0.031071484284953464),
        (1.0000000000009095, 10.000000000020941),
    ];
    const LOGARITHMS: [(f64, f64); 12] = [
        (2.775274513122028, 0.4433059473281293),
        (0.7789862715504846, -0.10847019604040933),
        (0.8527152245584355, -0.06919598296170729),
        (0.5797365485132234, -0.23676931940278936),
        (1.1314112026579066, 0.05362047458860889),
        (0.3, -0.5228787452803376),
        (0.003, -2.5228787452803374),
        (2.0, std::f64::consts::LOG10_2),
        (1.0000001, 4.3429446044209946e-08),
        (0.99999, -4.342966533881614e-06),
        (123456.789, 5.09151497716927),
        (5e-300, -299.30102999566395),
    ];
}
