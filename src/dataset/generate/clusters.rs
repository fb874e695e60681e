//! Two Gaussian clusters.

use super::{GeneratorSettings, Labelled, halves};
use crate::math::rng::Philox;
use rand_distr::{Distribution, StandardNormal, Uniform};

/// Draws half the points around (1, 1) and the others around (5, 1), with standard deviation `blur`.
pub(super) fn qwerties(making: &GeneratorSettings, generator: &mut Philox) -> Vec<Labelled> {
    clusters([[1.0, 1.0], [5.0, 1.0]], halves(making.points), making.blur, generator)
}

/// Draws `sklearn.datasets.make_blobs(centers=2, cluster_std=blur)`: the centres are uniform on ±10 in both dimensions.
/// As in scikit-learn, an odd point belongs to the first cluster.
pub(super) fn blobs(making: &GeneratorSettings, generator: &mut Philox) -> Vec<Labelled> {
    let place = Uniform::new(-10.0, 10.0).expect("an interval");
    let centres = [(); 2].map(|()| [(); 2].map(|()| place.sample(generator)));
    let [fewer, more] = halves(making.points);
    clusters(centres, [more, fewer], making.blur, generator)
}

/// Draws `counts` points around the centres, one cluster after the other.
fn clusters(centres: [[f64; 2]; 2], counts: [usize; 2], blur: f64, generator: &mut Philox) -> Vec<Labelled> {
    let each = centres.into_iter().zip(counts).zip([false, true]);
    let owners = each.flat_map(|((centre, count), label)| std::iter::repeat_n((centre, label), count));
    let mut normal = || -> f64 { StandardNormal.sample(generator) };
    owners.map(|(centre, label)| (centre.map(|x| x + blur * normal()), label)).collect()
}
