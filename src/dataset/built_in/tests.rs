use super::*;
use strum::VariantArray;

const SMALL: BuiltInSettings = BuiltInSettings {
    points: 60,
    noise: 0.5,
    blur: 1.0,
    features: 7,
    classes: 5,
    relevant_features: 2,
    modulus: 5,
    seed: 3,
};

#[test]
fn every_data_set_is_whole_and_called_by_its_name() {
    for source in BuiltIn::VARIANTS {
        let data = source.make(&SMALL);
        let train = &data.train;
        assert_eq!(data.name, source.to_string());
        assert_eq!(train.x.len(), train.len() * train.features, "{source}");
        assert_eq!(data.feature_names.len(), train.features, "{source}");
        assert_eq!(data.target_names.len(), train.targets.numbers(), "{source}");
        assert!(train.x.iter().all(|x| x.is_finite()), "{source}");
        assert_eq!(train.has_numbers(), source.is_regression(), "{source}");
        match &train.targets {
            Targets::Real { values, .. } => {
                assert!(data.class_names.is_empty() && values.iter().all(|y| y.is_finite()), "{source}");
            }
            Targets::Binary(_) | Targets::Thresholded(_) | Targets::Classes { .. } => {
                let sizes = train.strata_sizes();
                assert_eq!(data.class_names.len(), sizes.len(), "{source}");
                assert!(sizes.iter().all(|rows| *rows > 0), "{source}: {sizes:?}");
            }
        }
    }
}

#[test]
fn drawn_data_hang_on_the_seed_and_are_held_by_f32() {
    for source in BuiltIn::VARIANTS {
        let [one, again, other] = [3, 3, 4].map(|seed| source.make(&BuiltInSettings { seed, ..SMALL }).train);
        assert_eq!(one, again);
        assert_eq!(one != other, source.is_drawn(), "{source}");
        let targets = (0..one.len()).map(|n| one.target(n));
        let exact = one.x.iter().copied().chain(targets).all(|x| f64::from(x as f32) == x);
        assert!(exact || source.is_table(), "{source}");
    }
}

/// A setting counts as read if another value of it makes other data.
#[test]
fn a_data_set_reads_the_settings_that_it_names() {
    type Edit = fn(&mut BuiltInSettings);
    let edits: [(&str, Edit); 7] = [
        ("points", |s| s.points = 61),
        ("noise", |s| s.noise = 1.5),
        ("blur", |s| s.blur = 1.5),
        ("features", |s| s.features = 8),
        ("classes", |s| s.classes = 6),
        ("relevant_features", |s| s.relevant_features = 1),
        ("modulus", |s| s.modulus = 7),
    ];
    for source in BuiltIn::VARIANTS {
        for (name, edit) in edits {
            let mut edited = SMALL;
            edit(&mut edited);
            assert_eq!(source.make(&SMALL) != source.make(&edited), source.reads(name), "{source} {name}");
        }
        assert!(source.settings().iter().all(|name| edits.iter().any(|(edited, _)| edited == name)), "{source}");
    }
}

fn made(source: BuiltIn, edit: impl FnOnce(&mut BuiltInSettings)) -> Points {
    let mut making = SMALL;
    edit(&mut making);
    source.make(&making).train
}

#[test]
fn gaussians_are_blobs_of_any_number_in_any_space() {
    let plane = |source, points| made(source, |s| (s.points, s.features, s.classes) = (points, 2, 2));
    assert_eq!(plane(BuiltIn::Gaussians, 61), plane(BuiltIn::Blobs, 61));
    let sizes = |points| made(BuiltIn::Gaussians, |s| s.points = points).strata_sizes();
    assert_eq!((sizes(60), sizes(62)), (vec![12; 5], vec![13, 13, 12, 12, 12]));
    let many = made(BuiltIn::Gaussians, |s| (s.points, s.blur) = (50_000, 2.0));
    let centres = made(BuiltIn::Gaussians, |s| s.blur = 0.0);
    assert!(centres.x.iter().all(|x| x.abs() <= 10.0));
    for (class, rows) in many.strata().iter().enumerate() {
        let centre = centres.row(12 * class);
        for (feature, centre) in centre.iter().enumerate() {
            let n = rows.len() as f64;
            let off = |row: &usize| many.row(*row)[feature] - centre;
            let mean = rows.iter().map(off).sum::<f64>() / n;
            let variance = rows.iter().map(|row| off(row).powi(2)).sum::<f64>() / n;
            // Four standard errors of 10,000 draws: 2/100 of the mean, √2/100 of a variance of 4.
            assert!(mean.abs() < 0.08 && (variance / 4.0 - 1.0).abs() < 0.057, "{class} {feature}: {mean} {variance}");
        }
    }
}

#[test]
fn paritys_label_is_the_product_of_the_relevant_signs() {
    let points = made(BuiltIn::Parity, |s| (s.points, s.relevant_features) = (20_000, 3));
    for n in 0..points.len() {
        let row = points.row(n);
        assert!(row.iter().all(|x| x.abs() == 1.0), "{row:?}");
        let negative = row[..3].iter().filter(|x| **x < 0.0).count();
        assert_eq!(points.label(n), negative % 2 == 0, "{row:?}");
    }
    // No feature tells anything by itself: four standard errors of 20,000 signs are 0.028.
    let sign = |n: usize| if points.label(n) { 1.0 } else { -1.0 };
    for feature in 0..7 {
        let mean = |weight: &dyn Fn(usize) -> f64| {
            (0..points.len()).map(|n| points.row(n)[feature] * weight(n)).sum::<f64>() / points.len() as f64
        };
        let (mean, correlation) = (mean(&|_| 1.0), mean(&sign));
        assert!(mean.abs() < 0.029 && correlation.abs() < 0.029, "{feature}: {mean} {correlation}");
    }
    for seed in 0..50 {
        let few = made(BuiltIn::Parity, |s| (s.points, s.seed) = (2, seed));
        assert_ne!(few.label(0), few.label(1), "{seed}");
    }
}

#[test]
fn modular_addition_has_every_pair_once() {
    let data = BuiltIn::ModularAddition.make(&BuiltInSettings { modulus: 97, ..SMALL });
    let points = &data.train;
    assert_eq!((points.len(), points.features, points.targets.outputs()), (9409, 194, 97));
    assert_eq!(points.strata_sizes(), vec![97; 97]);
    let (a, b, n) = (35, 80, 35 * 97 + 80);
    let ones: Vec<usize> = (0..194).filter(|i| points.row(n)[*i] == 1.0).collect();
    assert_eq!((ones, points.target(n)), (vec![a, 97 + b], 18.0));
    assert_eq!(points.x.iter().sum::<f64>(), 2.0 * 9409.0);
    assert_eq!((data.feature_names[a].as_str(), data.feature_names[97 + b].as_str()), ("a35", "b80"));
    assert_eq!(made(BuiltIn::ModularAddition, |s| s.modulus = 2).labels(), [false, true, true, false]);
}

#[test]
fn friedman1_follows_scikit_learns_formula() {
    let target = |x: &[f64]| {
        10.0 * (std::f64::consts::PI * x[0] * x[1]).sin()
            + 20.0 * (x[2] - 0.5) * (x[2] - 0.5)
            + 10.0 * x[3]
            + 5.0 * x[4]
    };
    // A row of make_friedman1(3, random_state=0).
    let row = [0.5488135, 0.71518937, 0.60276338, 0.54488318, 0.4236548];
    assert!((target(&row) - 17.2134918).abs() < 1e-6);
    let [clean, noisy] = [0.0, 0.5].map(|noise| made(BuiltIn::Friedman1, |s| (s.points, s.noise) = (20_000, noise)));
    assert_eq!((clean.features, &clean.x), (7, &noisy.x));
    assert!(clean.x.iter().all(|x| (0.0..=1.0).contains(x)));
    let mean = clean.x.iter().sum::<f64>() / clean.x.len() as f64;
    // Four standard errors of 140,000 draws with deviation √(1/12).
    assert!((mean - 0.5).abs() < 0.0031, "{mean}");
    let (mut sum, n) = (0.0, clean.len());
    for row in 0..n {
        // Half an ulp of targets of up to 32.
        assert!((clean.target(row) - target(clean.row(row))).abs() <= 1e-6, "{row}");
        sum += (noisy.target(row) - clean.target(row)).powi(2);
    }
    // Four standard errors of a variance of 20,000 draws: 4 √(2/20,000).
    assert!((sum / n as f64 / 0.25 - 1.0).abs() < 0.04, "{sum}");
}
