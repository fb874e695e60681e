//! Sparse parity: the label hangs on a few of many features, and on no smaller number of them.

use super::{BuiltInSettings, Points, Targets};
use crate::math::rng::Philox;
use rand::Rng;

/// Draws Barak et al.'s (n, k)-sparse parity (2022, arXiv 2207.08799): n features, each uniform on ±1, and label 1
/// where the product of k of them is 1. These are the first ones; networks with initial weights that favour no feature
/// learn any others alike. If all rows get the same label, all are drawn again; a single row is kept.
pub(in crate::dataset) fn parity(making: &BuiltInSettings, generator: &mut Philox) -> Points {
    let features = making.features;
    loop {
        let mut sign = || if generator.next_u32() & 1 == 1 { 1.0 } else { -1.0 };
        let x: Vec<f64> = (0..making.points * features).map(|_| sign()).collect();
        let product = |row: &[f64]| row[..making.relevant_features].iter().product::<f64>();
        let labels: Vec<bool> = x.chunks_exact(features).map(|row| product(row) > 0.0).collect();
        if labels.len() < 2 || labels.iter().any(|label| *label != labels[0]) {
            return Points { features, x, targets: Targets::Binary(labels) };
        }
    }
}
