//! Modular addition, the task of grokking.

use super::{BuiltInSettings, Points, Targets};
use crate::dataset::Dataset;

/// Returns all p² pairs (a, b) of numbers below the modulus p as two one-hot vectors, with the class (a + b) mod p: the
/// first task of Power et al. (2022, arXiv 2201.02177), who train on a share of the rows and test on the others.
pub(in crate::dataset) fn modular_addition(name: String, making: &BuiltInSettings) -> Dataset {
    let modulus = making.modulus;
    let pairs = || (0..modulus).flat_map(|a| (0..modulus).map(move |b| (a, b)));
    let one_hot = |n: usize| (0..modulus).map(move |digit| f64::from(u8::from(digit == n)));
    let x = pairs().flat_map(|(a, b)| one_hot(a).chain(one_hot(b))).collect();
    let labels = pairs().map(|(a, b)| ((a + b) % modulus) as u32).collect();
    let points = Points { features: 2 * modulus, x, targets: Targets::of_classes(modulus, labels) };
    let names = |letter: char| (0..modulus).map(move |n| format!("{letter}{n}"));
    let feature_names = names('a').chain(names('b')).collect();
    Dataset { feature_names, target_names: vec!["sum".into()], ..Dataset::of(name, points) }
}
