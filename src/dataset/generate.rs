//! Data sets that are made.

use super::{Dataset, Points};
use crate::math::rng::{Philox, Stream};
use rand_distr::{Distribution, StandardNormal};

/// Data sets that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
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
}

/// How to make one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Making {
    pub points: usize,
    pub noise: f64,
    /// Standard deviation of the clusters of `qwerties` and `blobs`.
    pub blur: f64,
    pub seed: u64,
}

impl Source {
    /// Draws the points.
    pub fn make(self, making: &Making) -> Dataset {
        qwerties(making.blur, making.seed)
    }
}

/// Where the two clusters lie; class by class.
const CENTRES: [[f64; 2]; 2] = [[1.0, 1.0], [5.0, 1.0]];
/// Points in each cluster.
const POINTS: usize = 100;

/// The course's *qwerties*: 100 points of label 0 around (1, 1), then 100 of label 1 around (5, 1), Gaussian with
/// standard deviation `blur`. Every value is one that f32 holds, so that all engines start from the same points.
pub fn qwerties(blur: f64, data_seed: u64) -> Dataset {
    let mut generator = Philox::new(data_seed, Stream::Data);
    let mut draw = |centre: f64| {
        let normal: f64 = StandardNormal.sample(&mut generator);
        f64::from((centre + blur * normal) as f32)
    };
    let centres = CENTRES.iter().flat_map(|centre| std::iter::repeat_n(centre, POINTS));
    let x = centres.flatten().map(|centre| draw(*centre)).collect();
    let y = [false, true].iter().flat_map(|label| [*label; POINTS]).collect();
    Dataset {
        name: "qwerties".into(),
        train: Points { features: 2, x, y },
        test: None,
        feature_names: vec!["x1".into(), "x2".into()],
        class_names: ["0".into(), "1".into()],
        scaling: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gaussian_clusters_class_after_class() {
        let data = qwerties(1.0, 0);
        assert_eq!((data.train.len(), data.train.x.len(), data.train.features), (200, 400, 2));
        assert!((0..200).all(|n| data.train.y[n] == (n >= 100)));
        for (label, centre) in CENTRES.iter().enumerate() {
            for (feature, centre) in centre.iter().enumerate() {
                let values: Vec<f64> = (0..100).map(|n| data.train.row(100 * label + n)[feature]).collect();
                let mean = values.iter().sum::<f64>() / 100.0;
                let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 100.0;
                // Four standard errors: 1/10 of a mean, about sqrt(2)/10 of a variance.
                assert!((mean - centre).abs() < 0.4 && (variance - 1.0).abs() < 0.57, "{mean} {variance}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_points_and_blur_stretches_them() {
        assert_eq!(qwerties(1.0, 7), qwerties(1.0, 7));
        assert_ne!(qwerties(1.0, 7).train.x, qwerties(1.0, 8).train.x);
        assert!(qwerties(0.0, 7).train.x.chunks(2).zip(0..).all(|(p, n)| p == CENTRES[n / 100]));
        let (narrow, wide) = (qwerties(1.0, 7), qwerties(4.0, 7));
        // Both rounded to f32: half an ulp of values up to 16, four times for the narrow one.
        let stretched = |n: usize| 5.0 + 4.0 * (narrow.train.row(n)[0] - 5.0);
        assert!((100..200).all(|n| (wide.train.row(n)[0] - stretched(n)).abs() < 4e-6));
    }

    #[test]
    fn the_default_data_set_stays_what_it_is() {
        // As first drawn; another release of the distribution's crate must not change what old results were trained on.
        let expected = [1.7160329818725586, 1.0577596426010132, 1.935737133026123, 0.7305411696434021];
        assert_eq!(qwerties(1.0, 0).train.x[..4], expected);
    }

    #[test]
    fn every_value_is_an_f32() {
        assert!(qwerties(0.7, 1).train.x.iter().all(|v| f64::from(*v as f32) == *v));
    }
}
