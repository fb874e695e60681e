use crate::dataset::{BuiltIn, BuiltInSettings, Points, qwerties};
use std::f64::consts::PI;

const ALL: [BuiltIn; 6] =
    [BuiltIn::Qwerties, BuiltIn::Blobs, BuiltIn::Moons, BuiltIn::Circles, BuiltIn::Xor, BuiltIn::Spirals];

fn made(source: BuiltIn, points: usize, noise: f64, seed: u64) -> Points {
    source.make(&BuiltInSettings { points, noise, seed, ..BuiltInSettings::default() }).train
}

/// Returns the rows with this label.
fn rows(points: &Points, label: bool) -> Vec<[f64; 2]> {
    let own = (0..points.len()).filter(|n| points.label(*n) == label);
    own.map(|n| points.row(n).try_into().unwrap()).collect()
}

/// Returns mean and variance.
fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|v| (v - mean).powi(2)).sum::<f64>() / n)
}

/// Whether a row equals `expected` up to rounding to f32, 6e-8 of a value.
fn near(row: &[f64; 2], expected: [f64; 2]) -> bool {
    row.iter().zip(expected).all(|(x, e)| (x - e).abs() <= 6e-8 * e.abs() + 1e-15)
}

#[test]
fn counts_names_and_order() {
    for source in ALL {
        for (points, ones) in [(2, 1), (3, 2), (7, 4), (200, 100), (1001, 501)] {
            let data = source.make(&BuiltInSettings { points, noise: 0.1, seed: 3, ..BuiltInSettings::default() });
            let train = &data.train;
            assert_eq!((train.len(), train.x.len(), train.features), (points, 2 * points, 2), "{source}");
            assert_eq!(data.feature_names, ["x1", "x2"]);
            assert_eq!((data.class_names, data.name), (vec!["0".into(), "1".into()], source.to_string()));
            // make_blobs gives the odd point to the first class; xor's labels are mixed, but never all equal.
            let zeros = match source {
                BuiltIn::Blobs => ones,
                BuiltIn::Xor => continue,
                _ => points - ones,
            };
            assert!((0..points).all(|n| train.label(n) == (n >= zeros)), "{source} {points}");
        }
    }
    assert_eq!(ALL.map(|source| source.to_string()), ["qwerties", "blobs", "moons", "circles", "xor", "spirals"]);
}

#[test]
fn every_value_is_an_f32_and_hangs_on_the_seed_alone() {
    for source in ALL {
        let points = made(source, 99, 0.3, 1);
        assert!(points.x.iter().all(|v| f64::from(*v as f32) == *v), "{source}");
        assert_eq!(points, made(source, 99, 0.3, 1), "{source}");
        assert_ne!(points.x, made(source, 99, 0.3, 2).x, "{source}");
    }
}

#[test]
fn qwerties_are_two_gaussian_clusters() {
    let points = made(BuiltIn::Qwerties, 20_000, 0.0, 0);
    for (label, centre) in [(false, [1.0, 1.0]), (true, [5.0, 1.0])] {
        let rows = rows(&points, label);
        for (feature, centre) in centre.iter().enumerate() {
            let (mean, variance) = moments(rows.iter().map(|row| row[feature]));
            // Four standard errors of 10,000 draws; one is 1/100 for a mean and √2/100 for a variance.
            assert!((mean - centre).abs() < 0.04 && (variance - 1.0).abs() < 0.057, "{mean} {variance}");
        }
    }
}

#[test]
fn blur_stretches_clusters() {
    for source in [BuiltIn::Qwerties, BuiltIn::Blobs] {
        let [none, narrow, wide] = [0.0, 1.0, 4.0].map(|blur| {
            source.make(&BuiltInSettings { points: 60, blur, seed: 7, ..BuiltInSettings::default() }).train
        });
        let centre = |n: usize| none.row(if n < 30 { 0 } else { 30 });
        for n in 0..60 {
            assert_eq!(none.row(n), centre(n), "{source}");
            for ((centre, narrow), wide) in centre(n).iter().zip(narrow.row(n)).zip(wide.row(n)) {
                // Rounding to f32: half an ulp of values up to 32, times four for the narrow cluster.
                assert!((wide - centre - 4.0 * (narrow - centre)).abs() < 1e-5, "{source}");
            }
        }
    }
    assert_eq!(qwerties(0.0, 7).train.row(0), [1.0, 1.0]);
    assert_eq!(qwerties(0.0, 7).train.row(199), [5.0, 1.0]);
}

#[test]
fn blobs_have_their_centres_in_a_square() {
    let centre = |seed| {
        BuiltIn::Blobs.make(&BuiltInSettings { points: 2, blur: 0.0, seed, ..BuiltInSettings::default() }).train.x
    };
    let centres: Vec<f64> = (0..2000).flat_map(centre).collect();
    let (mean, variance) = moments(centres.iter().copied());
    // Uniform on ±10: variance 100/3; four standard errors of 8000 draws.
    assert!(centres.iter().all(|x| x.abs() <= 10.0));
    assert!(mean.abs() < 0.26 && (variance / (100.0 / 3.0) - 1.0).abs() < 0.04, "{mean} {variance}");
}

#[test]
fn moons_are_two_half_circles() {
    let points = made(BuiltIn::Moons, 41, 0.0, 0);
    let [upper, lower] = [false, true].map(|label| rows(&points, label));
    assert_eq!((upper.len(), lower.len()), (20, 21));
    for (n, row) in upper.iter().enumerate() {
        let t = PI * n as f64 / 19.0;
        assert!(near(row, [t.cos(), t.sin()]), "{row:?}");
    }
    for (n, row) in lower.iter().enumerate() {
        let t = PI * n as f64 / 20.0;
        assert!(near(row, [1.0 - t.cos(), 0.5 - t.sin()]), "{row:?}");
    }
    // A single point is at the start of its curve.
    assert_eq!(made(BuiltIn::Moons, 2, 0.0, 0).x, [1.0, 0.0, 0.0, 0.5]);
}

#[test]
fn circles_have_radii_1_and_four_fifths() {
    let points = made(BuiltIn::Circles, 41, 0.0, 0);
    for (label, count, radius) in [(false, 20, 1.0), (true, 21, 0.8)] {
        let rows = rows(&points, label);
        assert_eq!(rows.len(), count);
        for (n, row) in rows.iter().enumerate() {
            let t = 2.0 * PI * n as f64 / count as f64;
            assert!(near(row, [radius * t.cos(), radius * t.sin()]), "{row:?}");
        }
    }
}

#[test]
fn spirals_wind_outwards_opposite_each_other() {
    let points = made(BuiltIn::Spirals, 81, 0.0, 0);
    for (label, count, turned) in [(false, 40, PI), (true, 41, 0.0)] {
        let rows = rows(&points, label);
        assert_eq!(rows.len(), count);
        for (n, row) in rows.iter().enumerate() {
            let (r, t) = (n as f64 / 40.5 * 5.0, 1.75 * n as f64 / 40.5 * 2.0 * PI + turned);
            // The angle reaches 14, with a rounding error of 2e-15.
            let error = (row[0] - r * t.sin()).abs().max((row[1] - r * t.cos()).abs());
            assert!(error <= 3e-7, "{row:?}");
        }
    }
}

/// Returns the noise that was added to each value.
fn noise_of(source: BuiltIn, noise: f64) -> Vec<f64> {
    let [clean, noisy] = [0.0, noise].map(|noise| made(source, 10_000, noise, 5).x);
    clean.iter().zip(noisy).map(|(clean, noisy)| noisy - clean).collect()
}

#[test]
fn noise_is_gaussian_or_uniform() {
    // Four standard errors of 20,000 draws: 0.028 standard deviations for a mean; for a variance, a relative 0.04
    // (Gaussian) or 0.026 (uniform).
    for source in [BuiltIn::Moons, BuiltIn::Circles] {
        let noise = noise_of(source, 0.2);
        let (mean, variance) = moments(noise.iter().copied());
        assert!(mean.abs() < 0.0057 && (variance / 0.04 - 1.0).abs() < 0.04, "{source}: {mean} {variance}");
        let beyond = noise.iter().filter(|x| x.abs() > 0.4).count();
        // 4.55 % are more than two standard deviations off.
        assert!((790..1030).contains(&beyond), "{source}: {beyond}");
    }
    let noise = noise_of(BuiltIn::Spirals, 0.6);
    let (mean, variance) = moments(noise.iter().copied());
    assert!(mean.abs() < 0.01 && (variance / 0.12 - 1.0).abs() < 0.026, "{mean} {variance}");
    assert!(noise.iter().all(|x| x.abs() <= 0.600_001));
}

#[test]
fn xor_is_by_the_signs_of_both() {
    let points = made(BuiltIn::Xor, 10_000, 0.0, 0);
    for n in 0..points.len() {
        let row = points.row(n);
        assert_eq!(points.label(n), row[0] * row[1] >= 0.0, "{row:?}");
        assert!(row.iter().all(|x| (0.3..=5.3).contains(&x.abs())), "{row:?}");
    }
    let (mean, variance) = moments(points.x.iter().map(|x| x.abs()));
    // Uniform from 0.3 to 5.3; four standard errors of 20,000 draws.
    assert!((mean - 2.8).abs() < 0.041 && (variance / (25.0 / 12.0) - 1.0).abs() < 0.026, "{mean} {variance}");
    let ones = points.labels().iter().filter(|label| **label).count();
    assert!((4800..5200).contains(&ones), "{ones}");
}

#[test]
fn xors_noise_is_in_its_labels_only() {
    let [clean, noisy] = [0.0, 0.5].map(|noise| made(BuiltIn::Xor, 10_000, noise, 4));
    assert_eq!(clean.x, noisy.x);
    let flipped = (0..clean.len()).filter(|n| clean.label(*n) != noisy.label(*n)).count();
    // Noise uniform on ±2.5 flips the sign of |x|, uniform on 0.3 to 5.3, with probability p = ∫ (2.5 - x) / 5 dx / 5
    // from 0.3 to 2.5 = 0.0968, and the label with 2 p (1 - p) = 0.175; the bounds are four standard errors.
    assert!((0.160..0.190).contains(&(flipped as f64 / clean.len() as f64)), "{flipped}");
}

#[test]
fn xor_has_both_labels() {
    for (points, seed) in (2..6).flat_map(|points| (0..200).map(move |seed| (points, seed))) {
        let ones = made(BuiltIn::Xor, points, 0.2, seed).labels().iter().filter(|label| **label).count();
        assert!((1..points).contains(&ones), "{points} {seed}");
    }
    assert_eq!(made(BuiltIn::Xor, 1, 0.2, 0).len(), 1);
}

#[test]
fn data_sets_stay_what_they_are() {
    // Values of the first release: a new release of the distributions' crate must not change the data of old results.
    let first = ALL.map(|source| made(source, 200, 0.1, 0).x[..4].to_vec());
    let expected = [
        [1.7160329818725586, 1.0577596426010132, 1.935737133026123, 0.7305411696434021],
        [9.47830867767334, 0.6371402144432068, 9.151948928833008, -0.30626925826072693],
        [1.0716032981872559, 0.005775963421911001, 1.0930702686309814, 0.0047820513136684895],
        [1.0716032981872559, 0.005775963421911001, 1.0916004180908203, 0.03584463894367218],
        [4.69658088684082, 0.45509958267211914, 2.7334320545196533, 1.9293988943099976],
        [0.08793161809444427, 0.003101991955190897, 0.06465333700180054, -0.06423186510801315],
    ];
    assert_eq!(first, expected);
}
