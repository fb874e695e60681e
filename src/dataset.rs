//! Data sets: points with two classes, split into training and test rows, ready for every engine.

/// Rows of features with a class each. `x` is row-major `[rows, features]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub features: usize,
    /// `[rows * features]`; finite. f32 engines round each value once.
    pub x: Vec<f64>,
    /// `[rows]`; true is the positive class, label 1.
    pub y: Vec<bool>,
}

impl Points {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// The features of row `n`.
    pub fn row(&self, n: usize) -> &[f64] {
        &self.x[n * self.features..(n + 1) * self.features]
    }
}

/// What was done to each feature before training: `x' = (x - mean) / std`, from the training rows alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    pub mean: Vec<f64>,
    /// Population standard deviation (divided by n, not n - 1); 1 for a constant feature.
    pub std: Vec<f64>,
}

/// Training rows, perhaps test rows, and what to call things.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// For titles and summaries: `qwerties` or the file's name.
    pub name: String,
    pub train: Points,
    pub test: Option<Points>,
    /// Column names, one per feature.
    pub feature_names: Vec<String>,
    /// What label 0 and label 1 were called in the source.
    pub class_names: [String; 2],
    pub scaling: Option<Scaling>,
}
