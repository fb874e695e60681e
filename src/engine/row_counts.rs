//! Sizes and targets of a job's rows, for scores and statistics.

use super::Job;
use crate::dataset::{Dataset, Points, Targets};
use crate::statistics::{NumberTargets, RowCounts, RowSet};

impl Job {
    /// Describes the rows of each [`RowSet`]. Takes a pass over the targets.
    pub fn row_counts(&self) -> [RowCounts; 3] {
        row_counts(&self.data)
    }
}

/// Describes the rows of each [`RowSet`] of a data set.
pub fn row_counts(data: &Dataset) -> [RowCounts; 3] {
    let unit = match &data.target_scaling {
        Some(scaling) if scaling.std.len() == 1 => scaling.std[0],
        _ => 1.0,
    };
    RowSet::ALL.map(|set| {
        let points = match set {
            RowSet::Train => Some(&data.train),
            RowSet::Validation => data.validation.as_ref(),
            RowSet::Test => data.test.as_ref(),
        };
        points.map_or(RowCounts::default(), |points| of(points, unit))
    })
}

fn of(points: &Points, unit: f64) -> RowCounts {
    match &points.targets {
        Targets::Classes { .. } => RowCounts::of_classes(&points.strata_sizes()),
        Targets::Binary(_) | Targets::Thresholded(_) => RowCounts::of(&points.labels()),
        Targets::Real { outputs, values } => {
            RowCounts::of_numbers(points.len(), NumberTargets::new(mean_variance(values, *outputs), unit))
        }
    }
}

/// Returns the mean over the targets of their population variance; `values`: `[rows * outputs]`.
fn mean_variance(values: &[f64], outputs: usize) -> f64 {
    let rows = values.len() / outputs;
    let variance = |output: usize| {
        let column = || values.iter().skip(output).step_by(outputs);
        let mean = column().sum::<f64>() / rows as f64;
        column().map(|value| (value - mean).powi(2)).sum::<f64>() / rows as f64
    };
    (0..outputs).map(variance).sum::<f64>() / outputs as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_squared_is_scikit_learns() {
        // r2_score([3, -0.5, 2, 7], [2.5, 0, 2, 8]) = 0.948608..., from scikit-learn's documentation.
        let targets = Targets::Real { outputs: 1, values: vec![3.0, -0.5, 2.0, 7.0] };
        let data = Dataset::of("few", Points { features: 1, x: vec![0.0; 4], targets });
        let [train, validation, test] = row_counts(&data);
        let squared = (0.25 + 0.25 + 0.0 + 1.0) / 4.0;
        assert!((train.numbers().unwrap().r_squared(squared) - 0.948_608_137).abs() < 1e-9);
        assert_eq!((validation.points, test.points), (0, 0));
        // r2_score([[0.5, 1], [-1, 1], [7, -6]], [[0, 2], [-1, 2], [8, -5]]) with multioutput="variance_weighted" is
        // 0.938...
        let values = vec![0.5, 1.0, -1.0, 1.0, 7.0, -6.0];
        let two =
            Dataset::of("two", Points { features: 1, x: vec![0.0; 3], targets: Targets::Real { outputs: 2, values } });
        let squared = (0.25 + 0.0 + 1.0 + 1.0 + 1.0 + 1.0) / 6.0;
        assert!((row_counts(&two)[0].numbers().unwrap().r_squared(squared) - 0.938_256_658).abs() < 1e-9);
        let constant = NumberTargets::new(0.0, 1.0);
        assert_eq!([constant.r_squared(0.0), constant.r_squared(0.1)], [1.0, 0.0]);
    }
}
