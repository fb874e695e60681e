//! Tables of measurements that are compiled in; `tables/README.md` names their sources and licences.

use super::{Dataset, Points, Targets};

/// Returns the table of Fisher's irises.
pub(super) fn iris(name: String) -> Dataset {
    table(name, include_str!("tables/iris.csv"), &["setosa", "versicolor", "virginica"])
}

/// Returns the table of wines.
pub(super) fn wine(name: String) -> Dataset {
    table(name, include_str!("tables/wine.csv"), &["barolo", "grignolino", "barbera"])
}

/// Returns the table that is also an example of a file, with the classes' names in place of 0 and 1.
pub(super) fn breast_cancer(name: String) -> Dataset {
    let data = table(name, include_str!("../../examples/breast_cancer.csv"), &["0", "1"]);
    let class_names = ["benign", "malignant"].map(str::to_owned).into();
    Dataset { class_names, target_names: vec!["diagnosis".into()], ..data }
}

/// Returns the table of diabetes patients, in the units of the clinic.
pub(super) fn diabetes(name: String) -> Dataset {
    table(name, include_str!("tables/diabetes.csv"), &[])
}

/// Side of a digit's picture.
const SIDE: usize = 8;
/// Number of grey levels of a pixel, 0 to 16, each a character: `0` to `9`, then `a` to `g`.
const LEVELS: u32 = 17;

/// Returns the table of digits. A line has a picture's 64 pixels row by row, a blank and the digit.
pub(super) fn digits(name: String) -> Dataset {
    let lines = || include_str!("tables/digits.txt").lines().filter_map(|line| line.split_once(' '));
    let pixels = lines().flat_map(|(pixels, _)| pixels.chars());
    let x = pixels.filter_map(|level| level.to_digit(LEVELS)).map(f64::from).collect();
    let labels = lines().filter_map(|(_, digit)| digit.parse().ok()).collect();
    let points = Points { features: SIDE * SIDE, x, targets: Targets::of_classes(10, labels) };
    let feature_names = (0..SIDE * SIDE).map(|n| format!("pixel_{}_{}", n / SIDE, n % SIDE)).collect();
    Dataset { feature_names, target_names: vec!["digit".into()], ..Dataset::of(name, points) }
}

/// Returns a table with the names of the columns in the first line and the target in the last column: one of `classes`,
/// or a number if there are none. The tests show that every cell is read.
fn table(name: String, text: &str, classes: &[&str]) -> Dataset {
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let mut feature_names: Vec<String> = rows.next().into_iter().flatten().map(str::to_owned).collect();
    let target_names = feature_names.split_off(feature_names.len().saturating_sub(1));
    let (mut x, mut labels, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let (features, target) = row.split_at(feature_names.len());
        x.extend(features.iter().filter_map(|cell| cell.parse::<f64>().ok()));
        labels.extend(classes.iter().position(|class| [*class] == *target).map(|class| class as u32));
        values.extend(target.iter().filter_map(|cell| cell.parse::<f64>().ok()));
    }
    let targets = match classes {
        [] => Targets::Real { outputs: 1, values },
        _ => Targets::of_classes(classes.len(), labels),
    };
    let points = Points { features: feature_names.len(), x, targets };
    let class_names = classes.iter().map(|class| (*class).to_owned()).collect();
    Dataset { feature_names, class_names, target_names, ..Dataset::of(name, points) }
}

#[cfg(test)]
mod tests;
