//! Friedman's first regression problem.

use super::{BuiltInSettings, Points, Targets};
use crate::math::rng::Philox;
use rand_distr::{Distribution, StandardNormal, Uniform};
use std::f64::consts::PI;

/// Features that the target hangs on; others are irrelevant.
pub(in crate::dataset) const RELEVANT: usize = 5;

/// Draws `sklearn.datasets.make_friedman1` (Friedman 1991; Breiman 1996): features uniform on 0 to 1, and the target
/// 10 sin(π x1 x2) + 20 (x3 - 1/2)² + 10 x4 + 5 x5 plus Gaussian noise.
pub(in crate::dataset) fn friedman1(making: &BuiltInSettings, generator: &mut Philox) -> Points {
    let features = making.features;
    let side = Uniform::new(0.0, 1.0).expect("an interval");
    let x: Vec<f64> =
        (0..making.points * features).map(|_| side.sample(generator)).map(|x: f64| f64::from(x as f32)).collect();
    let mut noise = || -> f64 { StandardNormal.sample(generator) };
    let target = |row: &[f64]| f64::from((clean(row) + making.noise * noise()) as f32);
    let values = x.chunks_exact(features).map(target).collect();
    Points { features, x, targets: Targets::Real { outputs: 1, values } }
}

fn clean(row: &[f64]) -> f64 {
    10.0 * (PI * row[0] * row[1]).sin() + 20.0 * (row[2] - 0.5).powi(2) + 10.0 * row[3] + 5.0 * row[4]
}
