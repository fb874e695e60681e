//! Two interleaved curves with noise.

use super::{BuiltInSettings, Labelled, halves};
use crate::math::rng::Philox;
use rand_distr::{Distribution, StandardNormal, Uniform};
use std::f64::consts::PI;

/// Draws `sklearn.datasets.make_moons(shuffle=False)`: the upper half of the unit circle around 0 and the lower half of
/// the one around (1, 1/2), both from end to end, with Gaussian noise.
pub(in crate::dataset) fn moons(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
    let counts = halves(making.points);
    let angle = |n: usize, count: usize| PI * n as f64 / (count.max(2) - 1) as f64;
    let upper = (0..counts[0]).map(|n| angle(n, counts[0])).map(|t| ([t.cos(), t.sin()], false));
    let lower = (0..counts[1]).map(|n| angle(n, counts[1])).map(|t| ([1.0 - t.cos(), 0.5 - t.sin()], true));
    with_normal_noise(upper.chain(lower), making.noise, generator)
}

/// Draws `sklearn.datasets.make_circles(shuffle=False, factor=0.8)`: circles of radius 1 and 0.8 around 0, starting at
/// angle 0, with Gaussian noise.
pub(in crate::dataset) fn circles(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
    let circle = |(count, radius, label)| {
        let angles = (0..count).map(move |n| 2.0 * PI * n as f64 / count as f64);
        angles.map(move |t| ([radius * t.cos(), radius * t.sin()], label))
    };
    let [outer, inner] = halves(making.points);
    let points = [(outer, 1.0, false), (inner, 0.8, true)].into_iter().flat_map(circle);
    with_normal_noise(points, making.noise, generator)
}

/// Draws TensorFlow Playground's `classifySpiralData`: radius 5 s and angle 3.5 π s, plus π for label 0, clockwise from
/// straight up, with s from 0 to just below 1 and noise uniform on ±`noise`. For an odd number of points, s takes the
/// same steps on both spirals.
pub(in crate::dataset) fn spirals(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
    let spiral = |(count, turned, label): (usize, f64, bool)| {
        let shares = (0..count).map(|n| n as f64 / (making.points as f64 / 2.0));
        shares.map(move |s| (5.0 * s, 3.5 * PI * s + turned)).map(move |(r, t)| ([r * t.sin(), r * t.cos()], label))
    };
    let [zeros, ones] = halves(making.points);
    let points = [(zeros, PI, false), (ones, 0.0, true)].into_iter().flat_map(spiral);
    let noise = Uniform::new(-1.0, 1.0).expect("an interval");
    with_noise(points, making.noise, || noise.sample(generator))
}

fn with_normal_noise(points: impl Iterator<Item = Labelled>, noise: f64, generator: &mut Philox) -> Vec<Labelled> {
    with_noise(points, noise, || StandardNormal.sample(generator))
}

fn with_noise(points: impl Iterator<Item = Labelled>, noise: f64, mut draw: impl FnMut() -> f64) -> Vec<Labelled> {
    points.map(|(x, label)| (x.map(|x| x + noise * draw()), label)).collect()
}
