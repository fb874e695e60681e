//! What is to be predicted for a set of rows: two classes, several, or numbers.

/// Targets of a set of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RowTargets {
    /// Two classes.
    #[default]
    Binary,
    /// A logit for each class.
    Classes(SeveralClasses),
    /// Numbers.
    Numbers(NumberTargets),
}

/// Spread of regression targets, as bits of f64 so that it compares exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NumberTargets {
    variance: u64,
    unit: u64,
}

impl NumberTargets {
    /// Describes targets as the networks see them. `variance`: mean over the targets of their population variance over
    /// these rows. `unit`: user's units per unit of a network's output, the standard deviation by which the targets
    /// were divided; 1 if they were not, and for several targets, which have no common unit.
    pub fn new(variance: f64, unit: f64) -> Self {
        Self { variance: variance.to_bits(), unit: unit.to_bits() }
    }

    /// Returns the mean variance.
    pub fn variance(self) -> f64 {
        f64::from_bits(self.variance)
    }

    /// Returns the coefficient of determination R² = 1 - squared / variance of outputs with this mean squared error:
    /// at most 1; 0 for always predicting the mean, and negative for less. Of constant targets as scikit-learn's
    /// `r2_score` has it: 1 without error, else 0.
    pub fn r_squared(self, squared: f64) -> f64 {
        match self.variance() {
            0.0 => f64::from(u8::from(squared == 0.0)),
            variance => 1.0 - squared / variance,
        }
    }

    /// Converts the size of an error to the user's units.
    pub fn in_units(self, error: f64) -> f64 {
        error * f64::from_bits(self.unit)
    }
}

/// Sizes of more than two classes, in numbers that compare exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SeveralClasses {
    /// Number of classes.
    pub classes: u32,
    /// Number of rows of the most common class.
    pub largest: u32,
    /// Entropy of the shares of the classes, in units of 10⁻⁹ nats.
    pub entropy: u64,
}

impl SeveralClasses {
    /// Describes classes with these numbers of rows.
    pub fn of(sizes: &[usize]) -> Self {
        let points: usize = sizes.iter().sum();
        let share = |size: &usize| *size as f64 / points.max(1) as f64;
        let entropy: f64 = sizes.iter().filter(|size| **size > 0).map(|size| -share(size) * share(size).ln()).sum();
        let largest = sizes.iter().copied().max().unwrap_or(0) as u32;
        Self { classes: sizes.len() as u32, largest, entropy: (1e9 * entropy).round() as u64 }
    }
}
