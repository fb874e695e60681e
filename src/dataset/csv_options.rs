//! Options for reading a table.

use super::delimiter::Delimiter;
use crate::math::choice_enum::choice_enum;

choice_enum! {
    /// What becomes of columns of words.
    pub enum Categorical {
        /// A feature of 0 and 1 for each of up to 32 words.
        #[strum(to_string = "one-hot", serialize = "onehot", serialize = "dummies")]
        OneHot,
        /// They are left out.
        #[strum(to_string = "drop", serialize = "ignore")]
        Drop,
        /// They are an error.
        #[strum(to_string = "refuse", serialize = "error")]
        Refuse,
    }
}

choice_enum! {
    /// What is learnt of the target column.
    pub enum Task {
        /// Which of two classes: a network has one logit.
        Binary,
        /// Which of several classes: a network has a logit for each, also of two.
        #[strum(to_string = "classes", serialize = "class", serialize = "multiclass", serialize = "classification")]
        Classes,
        /// Numbers.
        #[strum(to_string = "regression", serialize = "numbers", serialize = "real")]
        Regression,
    }
}

choice_enum! {
    /// What becomes of missing values.
    pub enum Missing {
        /// They are an error.
        #[strum(to_string = "refuse", serialize = "error")]
        Refuse,
        /// Their rows are left out.
        #[strum(to_string = "drop", serialize = "dropna", serialize = "drop-rows")]
        Drop,
        /// The mean of the column's training rows; of words the most frequent one.
        Mean,
        /// Their median; of words the most frequent one.
        #[strum(to_string = "median", serialize = "impute")]
        Median,
    }
}

/// Maximum number of values, rows times features, of a data set.
pub const MAX_VALUES: usize = 10_000_000;

/// Options for reading a table.
#[derive(Debug, Clone, Copy)]
pub struct CsvOptions<'a> {
    /// Label column: its name, its number from 1, or from the end as -1, -2, ...; None: the last column.
    pub label: Option<&'a str>,
    /// Target columns in place of `label`, separated by commas; several are numbers.
    pub target: Option<&'a str>,
    /// What is learnt; None: two values are two classes, up to [`MAX_CLASSES`](super::MAX_CLASSES) words or whole
    /// numbers as many classes.
    pub task: Option<Task>,
    /// Class that becomes label 1; None: the greater number, or the later word in sort order.
    pub positive: Option<&'a str>,
    /// Whether the first line is data; columns are then named `x1`, `x2`, ...
    pub no_header: bool,
    /// What separates the columns; None: as in the first lines.
    pub delimiter: Option<Delimiter>,
    /// Names of the features, separated by commas, with `*` and `?`; None: every column but the label.
    pub features: Option<&'a str>,
    /// Names of columns that are no features, in the same form.
    pub drop: Option<&'a str>,
    /// What becomes of columns of words; None: one-hot, but numbers mixed with words are an error.
    pub categorical: Option<Categorical>,
    /// What becomes of missing values.
    pub missing: Missing,
    /// Size of a random sample of the rows; None: all rows.
    pub max_rows: Option<usize>,
    /// Seed of that sample.
    pub seed: u64,
    /// Column that says to which set a row belongs: train, validation or test.
    pub split_column: Option<&'a str>,
}

impl CsvOptions<'_> {
    /// A table with a header line, taken as it is: its last column is the label.
    pub const PLAIN: Self = Self {
        label: None,
        target: None,
        task: None,
        positive: None,
        no_header: false,
        delimiter: None,
        features: None,
        drop: None,
        categorical: None,
        missing: Missing::Refuse,
        max_rows: None,
        seed: 0,
        split_column: None,
    };
}

impl Default for CsvOptions<'_> {
    fn default() -> Self {
        Self::PLAIN
    }
}
