//! The exclusive-or data set.

use super::{BuiltInSettings, Labelled};
use crate::math::rng::Philox;
use rand_distr::{Distribution, Uniform};

/// Draws TensorFlow Playground's `classifyXORData`: uniform on a square of ±5 whose quarters are moved outwards by 0.3
/// in both directions. Label 1 is x1 x2 ≥ 0 after noise uniform on ±5 `noise`, which the returned points lack. If all
/// points get the same label, all are drawn again with the following random numbers; a single point is kept.
pub(in crate::dataset) fn xor(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
    loop {
        let points: Vec<Labelled> = (0..making.points).map(|_| point(making.noise, generator)).collect();
        let ones = points.iter().filter(|(_, label)| *label).count();
        if points.len() < 2 || (1..points.len()).contains(&ones) {
            return points;
        }
    }
}

fn point(noise: f64, generator: &mut Philox) -> Labelled {
    let side = Uniform::new(-5.0, 5.0).expect("an interval");
    let mut draw = || side.sample(generator);
    let x = [(); 2].map(|()| draw()).map(|x| x + if x > 0.0 { 0.3 } else { -0.3 });
    let [seen1, seen2] = x.map(|x| x + noise * draw());
    (x, seen1 * seen2 >= 0.0)
}
