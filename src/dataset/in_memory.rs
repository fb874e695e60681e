//! Data sets from values in memory.

use super::{Dataset, MAX_NUMBER, MAX_VALUES, Points, Targets};
use crate::error::{Error, Result};
use crate::model::MAX_FEATURES;

impl Dataset {
    /// Creates a data set from rows of features and their classes, 0 (false) or 1 (true); features are named `x1`,
    /// `x2`, ...
    ///
    /// # Errors
    /// [`Error::Setting`] for rows of different lengths, for 0 or more than 1024 features, for numbers beyond ±1e30,
    /// for more than 10 million values, for another number of classes than rows, and for a class without rows.
    pub fn new(name: impl Into<String>, rows: &[impl AsRef<[f64]>], classes: &[bool]) -> Result<Self> {
        let features = rows.first().map_or(0, |row| row.as_ref().len());
        let refuse = |what: String, allowed: String| Err(Error::setting("data", what, allowed));
        if !(1..=MAX_FEATURES).contains(&features) {
            return refuse(format!("{features} features"), format!("1 to {MAX_FEATURES}"));
        }
        if rows.len() != classes.len() || rows.len() > MAX_VALUES / features {
            let what = format!("{} rows with {} classes", rows.len(), classes.len());
            return refuse(what, format!("a class for each of up to {} rows", MAX_VALUES / features));
        }
        if classes.iter().all(|class| *class) || !classes.contains(&true) {
            return refuse("rows of one class alone".into(), "both".into());
        }
        for (n, row) in rows.iter().map(AsRef::as_ref).enumerate() {
            if row.len() != features || !row.iter().all(|x| x.abs() <= MAX_NUMBER) {
                let what = format!("row {n} (from 0), {row:?}");
                return refuse(
                    what,
                    format!("{features} numbers of up to {MAX_NUMBER:e}, as many as in the first row"),
                );
            }
        }
        let x = rows.iter().flat_map(|row| row.as_ref().iter().copied()).collect();
        let targets = Targets::Binary(classes.to_vec());
        Ok(Self::of(name, Points { features, x, targets }))
    }

    /// Leaves out the features that are the same in all rows, unless all are, as reading a table does: data in memory
    /// thus stay those of the file that a study keeps of them.
    pub(crate) fn without_constants(mut self) -> Self {
        let (points, features) = (&self.train, self.train.features);
        let differs = |k: &usize| (1..points.len()).any(|n| points.row(n)[*k] != points.row(0)[*k]);
        let kept: Vec<usize> = (0..features).filter(differs).collect();
        if kept.is_empty() || kept.len() == features {
            return self;
        }
        self.train.x = (0..points.len()).flat_map(|n| kept.iter().map(move |k| points.row(n)[*k])).collect();
        self.train.features = kept.len();
        self.feature_names = kept.iter().map(|k| self.feature_names[*k].clone()).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Points {
        /// Rows of both classes for tests.
        pub(crate) fn made_up(rows: usize, features: usize) -> Self {
            let x = (0..rows * features).map(|i| ((i * 37 + 11) % 101) as f64 / 25.0 - 2.0).collect();
            Self { features, x, targets: Targets::Binary((0..rows).map(|n| n * 7 % 3 == 0).collect()) }
        }
    }

    #[test]
    fn constant_features_are_left_out_unless_all_are() {
        let of = |rows: &[[f64; 3]]| Dataset::new("few", rows, &[false, true, true]).unwrap().without_constants();
        let data = of(&[[1.0, 5.0, 2.0], [3.0, 5.0, 4.0], [1.0, 5.0, 0.0]]);
        assert_eq!((data.train.features, data.train.row(1)), (2, &[3.0, 4.0][..]));
        assert_eq!(data.feature_names, ["x1", "x3"]);
        assert_eq!(of(&[[1.0; 3]; 3]).train.features, 3);
    }

    #[test]
    fn rows_that_make_no_data_set_are_refused() {
        let new = |rows: &[&[f64]], classes: &[bool]| Dataset::new("few", rows, classes);
        let data = new(&[&[1.0, 2.0], &[3.0, 4.0]], &[false, true]).unwrap();
        assert_eq!(
            (data.train.row(1), data.feature_names.as_slice()),
            (&[3.0, 4.0][..], &["x1".into(), "x2".into()][..])
        );
        for (rows, classes, expected) in [
            (&[][..], &[][..], "0 features"),
            (&[&[1.0][..], &[2.0]], &[false], "2 rows with 1 classes"),
            (&[&[1.0], &[2.0]], &[true, true], "one class"),
            (&[&[1.0], &[2.0, 3.0]], &[true, false], "row 1"),
            (&[&[1.0], &[f64::NAN]], &[true, false], "row 1"),
        ] {
            let error = new(rows, classes).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
