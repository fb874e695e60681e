//! Column statistics, collected during reading, so that a message about one cell can sum up the whole file.

use super::csv_table::{CsvTable, MAX_NUMBER};
use super::delimiter::has_decimal_comma;
use crate::error::Result;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

/// Maximum number of distinct values counted per column.
const MOST_VALUES: usize = 11;
/// Spellings of a missing value, in lower case: those of pandas, and UCI's `?`.
const MISSING: [&str; 11] = ["", "?", "na", "n/a", "nan", "-nan", "null", "none", "#n/a", "#na", "<na>"];

/// Spellings that pandas recognizes by default.
const PANDAS: [&str; 14] =
    ["", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "#N/A", "#NA", "<NA>"];

/// Whether a field is a missing value.
pub(super) fn is_missing(text: &str) -> bool {
    text.len() <= 4 && MISSING.contains(&text.to_ascii_lowercase().as_str())
}

/// Content of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FieldContent {
    /// Number of at most [`MAX_NUMBER`] in magnitude.
    Number(f64),
    /// Missing value: empty, or a spelling of it.
    Missing,
    /// Number that is infinite or too large.
    Beyond,
    /// Anything else.
    Text,
}

impl FieldContent {
    pub(super) fn of(text: &str) -> Self {
        match text.parse::<f64>() {
            _ if is_missing(text) => Self::Missing,
            Ok(number) if number.abs() <= MAX_NUMBER => Self::Number(number),
            Ok(_) => Self::Beyond,
            Err(_) => Self::Text,
        }
    }
}

/// Statistics of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnStats {
    /// Hashes of distinct values, at most [`MOST_VALUES`].
    values: HashSet<u64>,
    /// Rows without a value.
    pub(super) missing: u64,
    /// Rows with text.
    pub(super) texts: u64,
    /// Rows with text that is a number with a decimal comma.
    pub(super) decimal_commas: u64,
    /// Spellings of missing values that pandas does not recognize by default.
    pub(super) own_words: BTreeSet<String>,
}

impl ColumnStats {
    /// Counts a field.
    fn add(&mut self, text: &str, field: FieldContent) {
        match field {
            FieldContent::Missing => {
                self.missing += 1;
                if !PANDAS.contains(&text) {
                    self.own_words.insert(text.to_owned());
                }
                return;
            }
            FieldContent::Text => {
                self.texts += 1;
                self.decimal_commas += u64::from(has_decimal_comma(text));
            }
            FieldContent::Number(_) | FieldContent::Beyond => {}
        }
        if self.values.len() < MOST_VALUES {
            self.values.insert(hash(text, field));
        }
    }

    /// Whether it has exactly two distinct values.
    pub(super) fn has_two_values(&self) -> bool {
        self.values.len() == 2
    }

    /// Whether it has few enough distinct values for one-hot encoding: at most one per two `rows`.
    pub(super) fn has_few_values(&self, rows: u64) -> bool {
        self.values.len() < MOST_VALUES && 2 * self.values.len() as u64 <= rows
    }
}

/// Hashes a value; equal numbers, such as `1` and `1.0`, have equal hashes.
fn hash(text: &str, field: FieldContent) -> u64 {
    let mut hasher = DefaultHasher::new();
    match field {
        // Turns -0 into 0.
        FieldContent::Number(number) => (number + 0.0).to_bits().hash(&mut hasher),
        _ => text.hash(&mut hasher),
    }
    hasher.finish()
}

/// Statistics of all columns.
#[derive(Debug)]
pub(super) struct TableStats {
    /// Number of rows.
    pub(super) rows: u64,
    /// Statistics by column index.
    pub(super) columns: Vec<ColumnStats>,
}

impl TableStats {
    pub(super) fn new(columns: usize) -> Self {
        Self { rows: 0, columns: vec![ColumnStats::default(); columns] }
    }

    /// Counts the table's current row and passes each of its fields to `each`.
    pub(super) fn add<R: Read>(
        &mut self,
        table: &CsvTable<R>,
        mut each: impl FnMut(usize, &str, FieldContent),
    ) -> Result<()> {
        for (n, column) in self.columns.iter_mut().enumerate() {
            let text = table.text(n)?;
            let field = FieldContent::of(text);
            column.add(text, field);
            each(n, text, field);
        }
        self.rows += 1;
        Ok(())
    }

    /// Returns the columns with exactly two distinct values, except column `other`.
    pub(super) fn two_valued(&self, other: usize) -> impl Iterator<Item = usize> {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(n, column)| *n != other && column.has_two_values())
            .map(|(n, _)| n)
    }
}
