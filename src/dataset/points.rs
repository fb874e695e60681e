//! Rows of features and what a network learns to predict for each.

/// Largest number of classes.
pub const MAX_CLASSES: usize = 128;
/// Largest number of regression targets per row.
pub const MAX_OUTPUTS: usize = 128;

/// Rows of features with their targets. `x` is row-major `[rows, features]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Features per row.
    pub features: usize,
    /// Feature values, `[rows * features]`, all finite. Engines that compute in f32 round each value once.
    pub x: Vec<f64>,
    /// Target of each row.
    pub targets: Targets,
}

/// What a network learns to predict for each row; decides its number of outputs and its loss.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// One of two classes, `[rows]`; true is the positive class, label 1. The network has one output, the logit.
    Binary(Vec<bool>),
    /// One of several classes. The network has a logit for each.
    Classes {
        /// Number of classes, 2 to [`MAX_CLASSES`].
        classes: usize,
        /// Index of each row's class, `[rows]`, below `classes`.
        labels: Vec<u32>,
    },
    /// A number per row; it counts as class 1 above 1/2. For maps of the squared error, whose data have no classes.
    Thresholded(Vec<f64>),
    /// Numbers. The network has as many outputs.
    Real {
        /// Numbers per row, 1 to [`MAX_OUTPUTS`].
        outputs: usize,
        /// Row-major, `[rows * outputs]`, all finite.
        values: Vec<f64>,
    },
}

impl Targets {
    /// Returns targets of this many classes by their index; of two classes a network has a single logit.
    pub fn of_classes(classes: usize, labels: Vec<u32>) -> Self {
        if classes == 2 {
            return Self::Binary(labels.into_iter().map(|label| label == 1).collect());
        }
        Self::Classes { classes, labels }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Binary(labels) => labels.len(),
            Self::Thresholded(values) => values.len(),
            Self::Classes { labels, .. } => labels.len(),
            Self::Real { outputs, values } => values.len() / outputs,
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of outputs of a network that predicts them.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Binary(_) | Self::Thresholded(_) => 1,
            Self::Classes { classes, .. } => *classes,
            Self::Real { outputs, .. } => *outputs,
        }
    }

    /// Returns the number of numbers that describe a row's target: a label, or each regression target.
    pub fn numbers(&self) -> usize {
        match self {
            Self::Binary(_) | Self::Thresholded(_) | Self::Classes { .. } => 1,
            Self::Real { outputs, .. } => *outputs,
        }
    }

    /// Returns the same targets of the given rows only, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Binary(labels) => Self::Binary(rows.iter().map(|n| labels[*n]).collect()),
            Self::Thresholded(values) => Self::Thresholded(rows.iter().map(|n| values[*n]).collect()),
            Self::Classes { classes, labels } => {
                Self::Classes { classes: *classes, labels: rows.iter().map(|n| labels[*n]).collect() }
            }
            Self::Real { outputs, values } => {
                let row = |n: &usize| values[n * outputs..(n + 1) * outputs].iter().copied();
                Self::Real { outputs: *outputs, values: rows.iter().flat_map(row).collect() }
            }
        }
    }
}

impl Points {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Returns the first number of row `n`'s target: a label 0 or 1, a class index, or a number.
    pub fn target(&self, n: usize) -> f64 {
        self.target_number(n, 0)
    }

    /// Returns number `k` of row `n`'s target, see [`Targets::numbers`].
    pub fn target_number(&self, n: usize, k: usize) -> f64 {
        match &self.targets {
            Targets::Binary(labels) => f64::from(u8::from(labels[n])),
            Targets::Thresholded(values) => values[n],
            Targets::Classes { labels, .. } => f64::from(labels[n]),
            Targets::Real { outputs, values } => values[n * outputs + k],
        }
    }

    /// Returns [`Points::target_number`] `k` of every row.
    pub fn target_column(&self, k: usize) -> Vec<f64> {
        (0..self.len()).map(|n| self.target_number(n, k)).collect()
    }

    /// Whether row `n` counts as label 1 where there are two classes: its label, or its number above 1/2.
    pub fn label(&self, n: usize) -> bool {
        self.target(n) > 0.5
    }

    /// Returns the class of row `n`; 0 for regression.
    pub fn class(&self, n: usize) -> usize {
        match &self.targets {
            Targets::Binary(_) | Targets::Thresholded(_) => usize::from(self.label(n)),
            Targets::Classes { labels, .. } => labels[n] as usize,
            Targets::Real { .. } => 0,
        }
    }

    /// Returns [`Points::label`] of every row.
    pub fn labels(&self) -> Vec<bool> {
        (0..self.len()).map(|n| self.label(n)).collect()
    }

    /// Whether the targets are numbers without classes.
    pub fn is_regression(&self) -> bool {
        matches!(self.targets, Targets::Real { .. })
    }

    /// Returns the rows of each class in order; of regression targets all rows together.
    pub fn strata(&self) -> Vec<Vec<usize>> {
        let classes = match &self.targets {
            Targets::Binary(_) | Targets::Thresholded(_) => 2,
            Targets::Classes { classes, .. } => *classes,
            Targets::Real { .. } => return vec![(0..self.len()).collect()],
        };
        let mut strata = vec![Vec::new(); classes];
        (0..self.len()).for_each(|n| strata[self.class(n)].push(n));
        strata
    }

    /// Returns the number of rows of each class; of regression targets that of all rows.
    pub fn strata_sizes(&self) -> Vec<usize> {
        self.strata().iter().map(Vec::len).collect()
    }

    /// Returns the index of the most common class, the first of equally common ones; None for numbers as targets.
    pub fn largest_class(&self) -> Option<usize> {
        let sizes = if self.has_numbers() { return None } else { self.strata_sizes() };
        let most = sizes.iter().max()?;
        sizes.iter().position(|rows| rows == most)
    }

    /// Returns the weight of each class's rows with which all classes weigh the same and the mean weight over the rows
    /// is 1: rows / (classes · rows of the class), as scikit-learn's `balanced`. `None` for numbers as targets, or if a
    /// class has no row.
    pub fn balanced_weights(&self) -> Option<Vec<f64>> {
        let strata = if self.is_regression() { return None } else { self.strata() };
        let share = self.len() as f64 / strata.len() as f64;
        strata.iter().map(|rows| (!rows.is_empty()).then(|| share / rows.len() as f64)).collect()
    }

    /// Whether each target is a number that a network should output.
    pub fn has_numbers(&self) -> bool {
        matches!(self.targets, Targets::Real { .. } | Targets::Thresholded(_))
    }

    /// Returns the features of row `n`.
    pub fn row(&self, n: usize) -> &[f64] {
        &self.x[n * self.features..(n + 1) * self.features]
    }

    /// Returns the given rows only, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let x = rows.iter().flat_map(|n| self.row(*n)).copied().collect();
        Self { features: self.features, x, targets: self.targets.select(rows) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_rows_keep_features_and_targets_together() {
        for targets in [
            Targets::Binary(vec![false, true, true]),
            Targets::Classes { classes: 3, labels: vec![2, 0, 1] },
            Targets::Real { outputs: 2, values: vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0] },
        ] {
            let points = Points { features: 2, x: (0..6).map(f64::from).collect(), targets };
            let numbers = |points: &Points, n: usize| -> Vec<f64> {
                let targets = (0..points.targets.numbers()).map(|k| points.target_number(n, k));
                points.row(n).iter().copied().chain(targets).collect()
            };
            let some = points.select(&[2, 0]);
            assert_eq!((some.len(), points.len(), some.targets.outputs()), (2, 3, points.targets.outputs()));
            assert_eq!([0, 1].map(|n| numbers(&some, n)), [2, 0].map(|n| numbers(&points, n)));
        }
    }
}
