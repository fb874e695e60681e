//! Generated data sets.

mod clusters;
mod curves;
mod random;
mod xor;

use super::{Dataset, Points, Targets};
use crate::math::choice_enum::choice_enum;
use crate::math::rng::{Philox, Stream};

choice_enum! {
    /// Data sets that are made.
    pub enum Generator {
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
        /// Normal features with normal targets, for the squared error.
        Random,
    }
}

/// Settings of a generator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneratorSettings {
    /// Total number of points of both classes.
    pub points: usize,
    /// Noise of `moons`, `circles`, `xor` and `spirals`, as scikit-learn or TensorFlow Playground defines it.
    pub noise: f64,
    /// Standard deviation of the clusters of `qwerties` and `blobs`.
    pub blur: f64,
    /// Number of features of `random`; the others have two.
    pub features: usize,
    /// Seed of all random draws.
    pub seed: u64,
}

/// A point and its label.
type Labelled = ([f64; 2], bool);

impl Generator {
    /// Whether it uses [`GeneratorSettings::noise`].
    pub fn is_noisy(self) -> bool {
        matches!(self, Self::Moons | Self::Circles | Self::Xor | Self::Spirals)
    }

    /// Whether it uses [`GeneratorSettings::blur`].
    pub fn is_blurred(self) -> bool {
        matches!(self, Self::Qwerties | Self::Blobs)
    }

    /// Whether its points have regression targets, and as many features as [`GeneratorSettings::features`] says.
    pub fn is_random(self) -> bool {
        self == Self::Random
    }

    /// Draws the points: first label 0, then label 1 (`xor` and `random`: mixed). f32 can hold every value, so that all
    /// engines start from the same points.
    pub fn make(self, making: &GeneratorSettings) -> Dataset {
        let generator = &mut Philox::new(making.seed, Stream::Data);
        let labelled = match self {
            Self::Random => return self.dataset(random::random(making, generator)),
            Self::Qwerties => clusters::qwerties(making, generator),
            Self::Blobs => clusters::blobs(making, generator),
            Self::Moons => curves::moons(making, generator),
            Self::Circles => curves::circles(making, generator),
            Self::Xor => xor::xor(making, generator),
            Self::Spirals => curves::spirals(making, generator),
        };
        let x = labelled.iter().flat_map(|(x, _)| x.map(|x| f64::from(x as f32))).collect();
        let y = labelled.iter().map(|(_, label)| *label).collect();
        self.dataset(Points { features: 2, x, targets: Targets::Binary(y) })
    }

    fn dataset(self, points: Points) -> Dataset {
        Dataset::of(self.to_string(), points)
    }
}

/// Draws the course's *qwerties*: 100 points of label 0 around (1, 1), then 100 of label 1 around (5, 1), Gaussian with
/// standard deviation `blur`.
pub fn qwerties(blur: f64, data_seed: u64) -> Dataset {
    Generator::Qwerties.make(&GeneratorSettings { points: 200, noise: 0.0, blur, features: 2, seed: data_seed })
}

/// Returns the number of points with label 0 and with label 1: half each; label 1 gets an odd one.
fn halves(points: usize) -> [usize; 2] {
    [points / 2, points - points / 2]
}

#[cfg(test)]
mod tests;
