//! The exclusive or.

use super::{GeneratorSettings, Labelled};
use crate::math::rng::Philox;
use rand_distr::{Distribution, Uniform};

/// TensorFlow Playground's `classifyXORData`: uniform on a square of ±5 whose quarters are moved 0.3 apart in both
/// directions; label 1 where x1 x2 is not below 0 after a noise that the points themselves do not show, uniform on
/// ±5 `noise`. Where all points happen to have one label, all are drawn again, with the numbers that follow; a single one
/// is left as it is.
pub(super) fn xor(making: &GeneratorSettings, generator: &mut Philox) -> Vec<Labelled> {
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
