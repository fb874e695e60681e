//! Random points with random targets: there is no pattern, so a model can only memorize them.

use super::{BuiltInSettings, Points, Targets};
use crate::math::rng::Philox;
use rand_distr::{Distribution, StandardNormal};

/// Draws `making.features` standard normal features per point, then a standard normal target per point, as in
/// Sohl-Dickstein (2024, arXiv 2402.06184). Label 1 is a target above 1/2, the squared error's threshold.
pub(in crate::dataset) fn random(making: &BuiltInSettings, generator: &mut Philox) -> Points {
    let mut draw = |count: usize| -> Vec<f64> {
        let mut normal = || -> f64 { StandardNormal.sample(generator) };
        (0..count).map(|_| f64::from(normal() as f32)).collect()
    };
    let x = draw(making.points * making.features);
    let targets = draw(making.points);
    Points { features: making.features, x, targets: Targets::Thresholded(targets) }
}
