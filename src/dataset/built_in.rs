//! Data sets that need no file: drawn by a seed, made by a rule, or tables that are compiled in.

use super::generate::{clusters, curves, friedman1, modular_addition, parity, random, xor};
use super::{BuiltInSettings, Dataset, Points, Targets, tables};
use crate::math::choice_enum::choice_enum;
use crate::math::rng::{Philox, Stream};

choice_enum! {
    /// Data sets that need no file.
    pub enum BuiltIn {
        /// The course's two Gaussian clusters.
        Qwerties,
        /// scikit-learn's `make_blobs` with two centres.
        Blobs,
        /// scikit-learn's `make_moons`.
        Moons,
        /// scikit-learn's `make_circles`.
        Circles,
        /// TensorFlow Playground's exclusive or.
        Xor,
        /// TensorFlow Playground's two spirals.
        Spirals,
        /// Normal features with normal targets: numbers without a pattern.
        Random,
        /// scikit-learn's `make_blobs` with any number of classes and features.
        Gaussians,
        /// The product of some of many signs.
        Parity,
        /// All sums of two numbers modulo a third.
        ModularAddition,
        /// scikit-learn's `make_friedman1`: numbers.
        Friedman1,
        /// Handwritten digits of 8 × 8 pixels.
        Digits,
        /// Fisher's irises.
        Iris,
        /// Wines of three cultivars.
        Wine,
        /// Breast Cancer Wisconsin (Diagnostic).
        BreastCancer,
        /// The progression of diabetes: numbers.
        Diabetes,
    }
}

impl BuiltIn {
    /// Returns the names of the settings that it reads.
    pub fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Qwerties | Self::Blobs => &["points", "blur"],
            Self::Moons | Self::Circles | Self::Xor | Self::Spirals => &["points", "noise"],
            Self::Random => &["points", "features"],
            Self::Gaussians => &["points", "blur", "features", "classes"],
            Self::Parity => &["points", "features", "relevant_features"],
            Self::ModularAddition => &["modulus"],
            Self::Friedman1 => &["points", "noise", "features"],
            Self::Digits | Self::Iris | Self::Wine | Self::BreastCancer | Self::Diabetes => &[],
        }
    }

    /// Whether it reads the setting of this name.
    pub fn reads(self, setting: &str) -> bool {
        self.settings().contains(&setting)
    }

    /// Whether it is a table of measurements.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Digits | Self::Iris | Self::Wine | Self::BreastCancer | Self::Diabetes)
    }

    /// Whether its rows are drawn by [`BuiltInSettings::seed`].
    pub fn is_drawn(self) -> bool {
        !self.is_table() && self != Self::ModularAddition
    }

    /// Whether its targets are numbers.
    pub fn is_regression(self) -> bool {
        matches!(self, Self::Random | Self::Friedman1 | Self::Diabetes)
    }

    /// Returns the smallest number of features that it can have.
    pub fn least_features(self, making: &BuiltInSettings) -> usize {
        match self {
            Self::Friedman1 => friedman1::RELEVANT,
            Self::Parity => making.relevant_features,
            _ => 1,
        }
    }

    /// Returns the data set, all rows for training. Drawn points come class by class (`xor`, `parity` and regression:
    /// mixed). f32 can hold every value that is drawn, so that all engines start from the same points.
    pub fn make(self, making: &BuiltInSettings) -> Dataset {
        let generator = &mut Philox::new(making.seed, Stream::Data);
        let name = self.to_string();
        let points = match self {
            Self::Digits => return tables::digits(name),
            Self::Iris => return tables::iris(name),
            Self::Wine => return tables::wine(name),
            Self::BreastCancer => return tables::breast_cancer(name),
            Self::Diabetes => return tables::diabetes(name),
            Self::ModularAddition => return modular_addition::modular_addition(name, making),
            Self::Random => random::random(making, generator),
            Self::Gaussians => clusters::gaussians(making, generator),
            Self::Parity => parity::parity(making, generator),
            Self::Friedman1 => friedman1::friedman1(making, generator),
            Self::Qwerties => plane(&clusters::qwerties(making, generator)),
            Self::Blobs => plane(&clusters::blobs(making, generator)),
            Self::Moons => plane(&curves::moons(making, generator)),
            Self::Circles => plane(&curves::circles(making, generator)),
            Self::Xor => plane(&xor::xor(making, generator)),
            Self::Spirals => plane(&curves::spirals(making, generator)),
        };
        Dataset::of(name, points)
    }
}

/// Returns points of the plane, rounded to f32.
fn plane(labelled: &[([f64; 2], bool)]) -> Points {
    let x = labelled.iter().flat_map(|(x, _)| x.map(|x| f64::from(x as f32))).collect();
    let y = labelled.iter().map(|(_, label)| *label).collect();
    Points { features: 2, x, targets: Targets::Binary(y) }
}

/// Draws the course's *qwerties*: 100 points of label 0 around (1, 1), then 100 of label 1 around (5, 1), Gaussian with
/// standard deviation `blur`.
pub fn qwerties(blur: f64, data_seed: u64) -> Dataset {
    BuiltIn::Qwerties.make(&BuiltInSettings { blur, seed: data_seed, ..BuiltInSettings::default() })
}

#[cfg(test)]
mod tests;
