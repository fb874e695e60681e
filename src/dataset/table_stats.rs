//! Column statistics, collected during reading, so that a message about one cell can sum up the whole file.

use super::csv_table::MAX_NUMBER;
use super::number::{NumberParser, has_decimal_comma};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Most different words of a column that is taken as words.
pub(super) const MAX_WORDS: usize = 32;
/// Most different words counted per column.
const MOST_COUNTED: usize = 1000;
/// Most different numbers noted per column: enough to tell whether there are one, two or more.
const MOST_NUMBERS: usize = 3;
/// Spellings of a missing value, in lower case: those of pandas, and UCI's `?`.
const MISSING: [&str; 11] = ["", "?", "na", "n/a", "nan", "-nan", "null", "none", "#n/a", "#na", "<na>"];

/// Whether a field is a missing value.
pub(super) fn is_missing(text: &str) -> bool {
    text.len() <= 4 && MISSING.iter().any(|word| word.eq_ignore_ascii_case(text))
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
    pub(super) fn of(text: &str, parser: &mut NumberParser) -> Self {
        if is_missing(text) {
            return Self::Missing;
        }
        match parser.parse(text) {
            Some(number) if number.abs() <= MAX_NUMBER => Self::Number(number),
            Some(_) => Self::Beyond,
            None => Self::Text,
        }
    }
}

/// A field and its line.
#[derive(Debug, Clone)]
pub(super) struct SeenField {
    pub(super) text: String,
    pub(super) line: u64,
}

/// Statistics of one column.
#[derive(Debug, Clone)]
pub(super) struct ColumnStats {
    /// Rows without a value, with text and with a number.
    pub(super) missing: u64,
    pub(super) texts: u64,
    pub(super) numbers: u64,
    /// Rows with text that is a number with a decimal comma.
    pub(super) decimal_commas: u64,
    pub(super) first_missing: Option<SeenField>,
    pub(super) first_text: Option<SeenField>,
    /// Different words in order of appearance, at most one more than [`MAX_WORDS`].
    pub(super) words: Vec<String>,
    /// Whether all numbers are whole.
    pub(super) are_whole: bool,
    /// Different numbers, at most [`MOST_NUMBERS`].
    few: Vec<f64>,
    least: f64,
    most: f64,
    /// Hashes of different words, at most [`MOST_COUNTED`].
    hashes: HashSet<u64>,
}

impl Default for ColumnStats {
    fn default() -> Self {
        Self {
            missing: 0,
            texts: 0,
            numbers: 0,
            decimal_commas: 0,
            first_missing: None,
            first_text: None,
            words: Vec::new(),
            are_whole: true,
            few: Vec::new(),
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            hashes: HashSet::new(),
        }
    }
}

impl ColumnStats {
    pub(super) fn add_number(&mut self, number: f64) {
        self.numbers += 1;
        self.are_whole &= number.fract() == 0.0;
        (self.least, self.most) = (self.least.min(number), self.most.max(number));
        if self.few.len() < MOST_NUMBERS && !self.few.contains(&number) {
            self.few.push(number);
        }
    }

    pub(super) fn add_missing(&mut self, text: &str, line: u64) {
        self.missing += 1;
        self.first_missing.get_or_insert_with(|| SeenField { text: text.to_owned(), line });
    }

    /// Counts a text; returns its index in [`ColumnStats::words`], which is beyond its end for one word too many.
    pub(super) fn add_text(&mut self, text: &str, line: u64) -> usize {
        self.texts += 1;
        self.decimal_commas += u64::from(has_decimal_comma(text));
        self.first_text.get_or_insert_with(|| SeenField { text: text.to_owned(), line });
        if let Some(n) = self.words.iter().position(|word| word == text) {
            return n;
        }
        if self.hashes.len() < MOST_COUNTED {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.hashes.insert(hasher.finish());
        }
        if self.words.len() <= MAX_WORDS {
            self.words.push(text.to_owned());
        }
        self.words.len() - usize::from(self.words.last().is_some_and(|last| last == text))
    }

    /// Returns the smallest and the largest number.
    pub(super) fn range(&self) -> Option<[f64; 2]> {
        (self.numbers > 0).then_some([self.least, self.most])
    }

    /// Returns the number of different values, at most [`MOST_NUMBERS`] numbers and [`MOST_COUNTED`] words.
    pub(super) fn different(&self) -> usize {
        self.few.len() + self.hashes.len()
    }

    /// Whether it has exactly two distinct values.
    pub(super) fn has_two_values(&self) -> bool {
        self.different() == 2
    }

    /// Whether all texts differ, as far as they were counted.
    pub(super) fn has_different_texts(&self) -> bool {
        self.numbers == 0 && self.hashes.len() as u64 == self.texts.min(MOST_COUNTED as u64)
    }
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

    /// Returns the columns with exactly two distinct values, except column `other`.
    pub(super) fn two_valued(&self, other: usize) -> impl Iterator<Item = usize> {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(n, column)| *n != other && column.has_two_values())
            .map(|(n, _)| n)
    }
}
