use super::*;
use crate::dataset::CsvOptions;
use crate::dataset::Targets;
use crate::dataset::{qwerties, read_csv};
use std::path::Path;

fn breast_cancer() -> Dataset {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/breast_cancer.csv");
    read_csv(&path, &CsvOptions::default()).unwrap().data
}

/// Returns a data set whose only feature is the row number.
fn rows(labels: &[bool]) -> Dataset {
    let x = (0..labels.len()).map(|n| n as f64).collect();
    Dataset { train: Points { features: 1, x, targets: Targets::Binary(labels.to_vec()) }, ..qwerties(1.0, 0) }
}

fn ones(points: &Points) -> usize {
    points.labels().iter().filter(|y| **y).count()
}

#[test]
fn a_split_keeps_every_row_once_and_the_classes_shares() {
    let whole = breast_cancer();
    let split = whole.clone().split(0.0, 0.25, 0);
    let test = split.test.unwrap();
    // 0.25 of 212 and of 357 rows: 53 and 89.25.
    assert_eq!((test.len(), ones(&test), split.train.len(), ones(&split.train)), (142, 53, 427, 159));
    let mut next = [0, 0];
    for n in 0..whole.train.len() {
        let is_next = |(part, at): (&Points, usize)| {
            at < part.len() && part.row(at) == whole.train.row(n) && part.label(at) == whole.train.label(n)
        };
        let part = [&split.train, &test].into_iter().zip(next).position(is_next);
        next[part.expect("each row is the next one of either part")] += 1;
    }
    assert_eq!(next, [427, 142]);
}

#[test]
fn a_split_depends_on_the_seed_alone() {
    let split = |seed| breast_cancer().split(0.0, 0.25, seed);
    assert_eq!(split(3), split(3));
    assert_ne!(split(3).test, split(4).test);
    assert_eq!(breast_cancer().split(0.0, 0.0, 3), breast_cancer());
}

#[test]
fn validation_rows_leave_the_test_rows_as_they_are() {
    let whole = breast_cancer();
    let (both, tests) = (whole.clone().split(0.2, 0.25, 7), whole.clone().split(0.0, 0.25, 7));
    let validation = both.validation.as_ref().unwrap();
    // 0.2 of 212 and of 357 rows: 42.4 and 71.4.
    assert_eq!((validation.len(), ones(validation)), (113, 42));
    assert_eq!((&both.test, both.train.len()), (&tests.test, 569 - 142 - 113));
    // Each row is in exactly one set: the sums of all features agree.
    let sum = |data: &Dataset| data.sets().flat_map(|points| &points.x).sum::<f64>();
    assert!((sum(&both) - sum(&whole)).abs() < 1e-6);
    let alone = whole.clone().split(0.25, 0.0, 7);
    assert_eq!((&alone.validation, &alone.test), (&tests.test, &None));
    // Validation rows are scaled with the moments of the training rows.
    let scaled = both.clone().standardize();
    let (scaling, x) = (scaled.scaling.unwrap(), validation.row(3)[5]);
    assert_eq!(scaled.validation.unwrap().row(3)[5], (x - scaling.mean[5]) / scaling.std[5]);
}

#[test]
fn small_classes_train_then_test_then_validate() {
    let rows_of = |class: usize| {
        let split = rows(&[vec![true; class], vec![false; 20]].concat()).split(0.4, 0.5, 1);
        [Some(&split.train), split.validation.as_ref(), split.test.as_ref()].map(|part| part.map_or(0, ones))
    };
    assert_eq!([1, 2, 3, 4, 10].map(rows_of), [[1, 0, 0], [1, 0, 1], [1, 0, 2], [1, 1, 2], [1, 4, 5]]);
}

#[test]
fn every_row_is_as_likely_to_be_tested() {
    let data = rows(&[true; 20]);
    let mut tested = [0; 20];
    for seed in 0..2000 {
        let test = data.clone().split(0.0, 0.25, seed).test.unwrap();
        assert_eq!(test.len(), 5);
        test.x.iter().for_each(|n| tested[*n as usize] += 1);
    }
    // 500 expected, standard deviation sqrt(2000 / 4 * 3 / 4) = 19.4; the bounds are five of them.
    assert!(tested.iter().all(|n| (403..=597).contains(n)), "{tested:?}");
}

#[test]
fn small_classes_keep_a_row_on_both_sides() {
    for (class, fraction, expected) in
        [(1, 0.5, 0), (2, 0.01, 1), (2, 0.9, 1), (3, 0.5, 2), (10, 0.25, 3), (10, 0.9, 9), (10, 0.01, 1), (10, 0.0, 0)]
    {
        assert_eq!(set_apart(class, class, fraction), expected, "{fraction} of {class}");
    }
    let lone = rows(&[false, true, true, true]).split(0.0, 0.3, 0);
    assert_eq!((ones(&lone.train), lone.train.len(), lone.test.map(|t| ones(&t))), (2, 3, Some(1)));
    assert_eq!(rows(&[false, true]).split(0.0, 0.5, 0).test, None);
}

#[test]
fn training_rows_get_mean_0_and_standard_deviation_1() {
    let raw = breast_cancer().split(0.0, 0.25, 0);
    let data = raw.clone().standardize();
    let n = data.train.len() as f64;
    for feature in 0..30 {
        let values: Vec<f64> = (0..data.train.len()).map(|n| data.train.row(n)[feature]).collect();
        let mean = values.iter().sum::<f64>() / n;
        let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        assert!(mean.abs() <= 1e-12 && (std - 1.0).abs() <= 1e-12, "feature {feature}: {mean} {std}");
    }
    let (scaling, test) = (data.scaling.unwrap(), data.test.unwrap());
    let (first, raw) = (test.row(5)[7], raw.test.unwrap().row(5)[7]);
    assert_eq!(first, (raw - scaling.mean[7]) / scaling.std[7]);
}

#[test]
fn the_scaling_of_all_rows_is_pytorchs() {
    // feature_mean and feature_std of the reference training on these data (numpy, float64).
    let scaling = breast_cancer().standardize().scaling.unwrap();
    let expected = [
        (0, 14.127291739894563, 3.5209507607110626),
        (3, 654.8891036906857, 351.6047540632298),
        (29, 0.08394581722319855, 0.018045389308594995),
    ];
    for (feature, mean, std) in expected {
        // 569 additions in another order: the relative error is far below 1e-14.
        let close = |a: f64, b: f64| (a / b - 1.0).abs() <= 1e-14;
        assert!(close(scaling.mean[feature], mean) && close(scaling.std[feature], std), "feature {feature}");
    }
}

#[test]
fn a_constant_feature_becomes_0() {
    // In f64, the sum of 1000 times 0.1, divided by 1000, is not 0.1.
    let mut data = rows(&[true; 1000]);
    data.train.x.fill(0.1);
    let data = data.standardize();
    let scaling = data.scaling.unwrap();
    assert_eq!((scaling.mean[0], scaling.std[0]), (0.1, 1.0));
    assert!(data.train.x.iter().all(|x| *x == 0.0));
}

#[test]
fn a_constant_of_any_size_and_number_of_rows_is_told() {
    for value in [0.0, 0.1, -1.0 / 3.0, 1e30, 1e-300, 123_456.789] {
        for rows in [1, 3, 10, 999, 100_000] {
            assert_eq!(mean_and_std(&vec![value; rows]), (value, 1.0), "{rows} times {value}");
        }
    }
}

/// Two targets of each row; the second is 10 more than ten times the first.
fn numbers(first: &[f64]) -> Dataset {
    let values = first.iter().flat_map(|y| [*y, 10.0 + 10.0 * y]).collect();
    let x = (0..first.len()).map(|n| n as f64).collect();
    Dataset::of("few", Points { features: 1, x, targets: Targets::Real { outputs: 2, values } })
}

#[test]
fn targets_are_scaled_by_the_training_rows_alone() {
    let uses = [RowUse::Train, RowUse::Train, RowUse::Test, RowUse::Validation];
    let data = numbers(&[1.0, 5.0, 7.0, 3.0]).split_as(&uses).standardize_targets();
    let scaling = data.target_scaling.as_ref().unwrap();
    // The mean of 1 and 5 is 3, both are 2 away from it.
    assert_eq!((&scaling.mean[..], &scaling.std[..]), (&[3.0, 40.0][..], &[2.0, 20.0][..]));
    let of = |points: &Points| [points.target_column(0), points.target_column(1)];
    assert_eq!(of(&data.train), [[-1.0, 1.0], [-1.0, 1.0]]);
    assert_eq!(
        (of(data.test.as_ref().unwrap()), of(data.validation.as_ref().unwrap())),
        ([[2.0], [2.0]].map(Vec::from), [[0.0], [0.0]].map(Vec::from))
    );
    assert_eq!((data.constant_target(), data.scaling), (None, None));
    assert_eq!(rows(&[true, false]).standardize_targets(), rows(&[true, false]));
}

#[test]
fn a_target_that_is_the_same_in_all_training_rows_is_found() {
    let uses = [RowUse::Train, RowUse::Train, RowUse::Test];
    assert_eq!(numbers(&[2.0, 2.0, 3.0]).split_as(&uses).constant_target(), Some(0));
    assert_eq!(numbers(&[2.0, 3.0, 3.0]).constant_target(), None);
    assert_eq!(rows(&[true, true]).constant_target(), None);
}
