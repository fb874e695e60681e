//! Gaussian clusters.

use super::{BuiltInSettings, Labelled, Points, Targets, halves};
use crate::math::rng::Philox;
use rand_distr::{Distribution, StandardNormal, Uniform};

/// Draws half the points around (1, 1) and the others around (5, 1), with standard deviation `blur`.
pub(in crate::dataset) fn qwerties(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
    clusters([[1.0, 1.0], [5.0, 1.0]], halves(making.points), making.blur, generator)
}

/// Draws `sklearn.datasets.make_blobs(centers=2, cluster_std=blur)`: the centres are uniform on ±10 in both dimensions.
/// As in scikit-learn, an odd point belongs to the first cluster.
pub(in crate::dataset) fn blobs(making: &BuiltInSettings, generator: &mut Philox) -> Vec<Labelled> {
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

/// Draws `sklearn.datasets.make_blobs(shuffle=False)` with as many centres and features as `making` says: the centres
/// are uniform on ±10 in each dimension, and the first classes get one point more if the number is odd.
pub(in crate::dataset) fn gaussians(making: &BuiltInSettings, generator: &mut Philox) -> Points {
    let BuiltInSettings { points, blur, features, classes, .. } = *making;
    let place = Uniform::new(-10.0, 10.0).expect("an interval");
    let centres: Vec<f64> = (0..classes * features).map(|_| place.sample(generator)).collect();
    let count = |class: usize| points / classes + usize::from(class < points % classes);
    let labels: Vec<u32> = (0..classes).flat_map(|class| std::iter::repeat_n(class as u32, count(class))).collect();
    let mut normal = || -> f64 { StandardNormal.sample(generator) };
    let owners = labels.iter().flat_map(|class| &centres[*class as usize * features..][..features]);
    let x = owners.map(|centre| f64::from((centre + blur * normal()) as f32)).collect();
    Points { features, x, targets: Targets::of_classes(classes, labels) }
}
