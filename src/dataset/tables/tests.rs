use super::*;

/// Mean of a column.
fn mean(points: &Points, column: usize) -> f64 {
    (0..points.len()).map(|n| points.row(n)[column]).sum::<f64>() / points.len() as f64
}

/// Rows and means are those of scikit-learn 1.9: `load_iris()` and so on, diabetes with `scaled=False`.
#[test]
fn tables_are_scikit_learns() {
    let data = iris(String::new());
    let points = &data.train;
    assert_eq!((points.len(), points.features, points.strata_sizes()), (150, 4, vec![50; 3]));
    assert_eq!(data.class_names, ["setosa", "versicolor", "virginica"]);
    assert_eq!((data.feature_names[0].as_str(), &*data.target_names), ("sepal_length", &["species".to_owned()][..]));
    assert_eq!((points.row(0), points.row(149)), (&[5.1, 3.5, 1.4, 0.2][..], &[5.9, 3.0, 5.1, 1.8][..]));
    assert_eq!([0, 50, 149].map(|n| points.target(n)), [0.0, 1.0, 2.0]);
    means(points, &[5.843333333333335, 3.057333333333334, 3.7580000000000027, 1.199333333333334]);

    let data = wine(String::new());
    let points = &data.train;
    assert_eq!((points.len(), points.features, points.strata_sizes()), (178, 13, vec![59, 71, 48]));
    assert_eq!(data.class_names, ["barolo", "grignolino", "barbera"]);
    let last = [14.13, 4.1, 2.74, 24.5, 96.0, 2.05, 0.76, 0.56, 1.35, 9.2, 0.61, 1.6, 560.0];
    assert_eq!((points.row(177), points.target(177)), (&last[..], 2.0));
    means(points, &[13.000617977528083, 2.336348314606741, 2.3665168539325854, 19.49494382022472, 99.74157303370787]);
    assert!((mean(points, 12) - 746.8932584269663).abs() < 1e-9);

    let data = diabetes(String::new());
    let points = &data.train;
    assert_eq!((points.len(), points.features, points.targets.outputs()), (442, 10, 1));
    assert_eq!((data.target_names[0].as_str(), data.class_names.len()), ("progression", 0));
    assert_eq!(points.row(441), [36.0, 1.0, 19.6, 71.0, 250.0, 133.2, 97.0, 3.0, 4.5951, 92.0]);
    assert_eq!((points.target(0), points.target(441)), (151.0, 57.0));
    means(points, &[48.51809954751131, 1.4683257918552035, 26.37579185520364, 94.64701357466065, 189.14027149321268]);
    let targets: f64 = (0..442).map(|n| points.target(n)).sum();
    assert!((targets / 442.0 - 152.13348416289594).abs() < 1e-9);
}

fn means(points: &Points, expected: &[f64]) {
    for (column, expected) in expected.iter().enumerate() {
        // Sums of up to 442 numbers in another order.
        assert!((mean(points, column) / expected - 1.0).abs() < 1e-12, "{column}: {}", mean(points, column));
    }
}

#[test]
fn digits_are_the_1797_of_scikit_learn() {
    let data = digits(String::new());
    let points = &data.train;
    assert_eq!((points.len(), points.features), (1797, 64));
    assert_eq!(points.strata_sizes(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    assert_eq!(data.feature_names[63], "pixel_7_7");
    let last = [
        [0, 0, 10, 14, 8, 1, 0, 0],
        [0, 2, 16, 14, 6, 1, 0, 0],
        [0, 0, 15, 15, 8, 15, 0, 0],
        [0, 0, 5, 16, 16, 10, 0, 0],
        [0, 0, 12, 15, 15, 12, 0, 0],
        [0, 4, 16, 6, 4, 16, 6, 0],
        [0, 8, 16, 10, 8, 16, 8, 0],
        [0, 1, 8, 12, 14, 12, 1, 0],
    ];
    assert_eq!(points.row(1796), last.concat().into_iter().map(f64::from).collect::<Vec<_>>());
    assert_eq!([1794, 1795, 1796].map(|n| points.target(n)), [8.0, 9.0, 8.0]);
    assert_eq!(points.x.iter().sum::<f64>(), 561_718.0);
}

#[cfg(feature = "native")]
#[test]
fn breast_cancer_is_the_example_file() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/breast_cancer.csv");
    let file = crate::dataset::read_csv(&path, &crate::dataset::CsvOptions::default()).unwrap().data;
    let data = breast_cancer(String::new());
    assert_eq!((&data.train, &data.feature_names), (&file.train, &file.feature_names));
    assert_eq!(data.describe(), "1 = \"malignant\" (212 of 569 rows), 0 = \"benign\" (357)");
}
