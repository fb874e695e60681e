//! Turns the fields of a table into features: numbers as they are, a feature of 0 and 1 for each word.
//!
//! While a table is read, each field is one f64: a number; NaN for a missing value; or a NaN with a word's index in its
//! lower bits. So no column is read twice, whatever comes last in it.

use super::plan::ColumnPlan;
use std::ops::Range;

/// Bits of a quiet NaN: a missing value.
const NAN: u64 = 0x7ff8_0000_0000_0000;

/// Returns the field of a missing value.
pub(in super::super) fn missing() -> f64 {
    f64::from_bits(NAN)
}

/// Returns the field of word `n`.
pub(in super::super) fn word(n: usize) -> f64 {
    f64::from_bits(NAN | (n as u64 + 1))
}

/// Returns the index of the word that a field is, if it is one.
fn word_of(field: f64) -> Option<usize> {
    let bits = field.to_bits();
    (field.is_nan() && bits > NAN).then(|| (bits - NAN - 1) as usize)
}

/// A column of the table that became features.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TableColumn {
    /// Its name in the table.
    pub name: String,
    /// Indices of its features.
    pub features: Range<usize>,
    /// Its different values in sort order, if they are words; of two words only the second has a feature.
    pub words: Vec<String>,
    /// Features of a row where the value is missing, by the training rows; None: such a row can't be used.
    pub filling: Option<Vec<f64>>,
}

impl TableColumn {
    /// Returns a column of numbers, which is feature `feature`.
    pub fn of_numbers(name: &str, feature: usize) -> Self {
        Self { name: name.to_owned(), features: feature..feature + 1, words: Vec::new(), filling: None }
    }

    /// Returns the names of the features: the column's name, or names such as `colour=red`.
    pub fn feature_names(&self) -> Vec<String> {
        match self.words.len() {
            0 => vec![self.name.clone()],
            count => self.words[count - self.features.len()..].iter().map(|w| format!("{}={w}", self.name)).collect(),
        }
    }

    /// Appends the features of the word at `place` in [`TableColumn::words`] to `x`.
    pub fn encode_word(&self, place: usize, x: &mut Vec<f64>) {
        let skipped = self.words.len() - self.features.len();
        x.extend((0..self.features.len()).map(|n| f64::from(u8::from(n + skipped == place))));
    }
}

/// How the fields of a column become features.
pub(in super::super) struct Encoder {
    pub(in super::super) column: TableColumn,
    /// Index of the column among the fields of a row.
    field: usize,
    /// Of each word by its index, the place in sort order; and those of numbers among words.
    places: Vec<usize>,
    numbers: Vec<(f64, usize)>,
}

impl Encoder {
    /// Creates the encoder of the column that is number `field` of a row; its first feature is `first`. None for a
    /// column that is left out, or has numbers among its words and then more than `most` different values.
    pub(in super::super) fn new(
        plan: &ColumnPlan,
        name: &str,
        field: usize,
        first: usize,
        (words, numbers): (&[String], Vec<f64>),
        most: usize,
    ) -> Option<Self> {
        let mut encoder =
            Self { column: TableColumn::of_numbers(name, first), field, places: Vec::new(), numbers: Vec::new() };
        match plan {
            ColumnPlan::LeftOut(_) => return None,
            ColumnPlan::Numbers => return Some(encoder),
            ColumnPlan::Words => {}
        }
        let mut numbers = numbers;
        numbers.sort_by(f64::total_cmp);
        let mut sorted = words.to_vec();
        sorted.sort();
        if sorted.len() + numbers.len() > most {
            return None;
        }
        // Numbers stand before words; two values need one feature only.
        let features = match numbers.len() + sorted.len() {
            2 => 1,
            count => count,
        };
        encoder.column.features = first..first + features;
        encoder.places = words.iter().map(|word| numbers.len() + sorted.binary_search(word).unwrap_or(0)).collect();
        encoder.numbers = numbers.iter().copied().zip(0..).collect();
        encoder.column.words = numbers.iter().map(f64::to_string).chain(sorted).collect();
        Some(encoder)
    }

    /// Returns the names of the features: the column's name, or names such as `colour=red`.
    pub(in super::super) fn names(&self) -> Vec<String> {
        self.column.feature_names()
    }

    /// Appends the features of a row to `x`.
    pub(in super::super) fn encode(&self, row: &[f64], x: &mut Vec<f64>) {
        let field = row[self.field];
        if self.column.words.is_empty() {
            x.push(field);
            return;
        }
        let number = || self.numbers.iter().find(|(number, _)| *number == field).map(|(_, place)| *place);
        let place = word_of(field).and_then(|n| self.places.get(n).copied()).or_else(number);
        match place {
            None => x.extend(std::iter::repeat_n(missing(), self.column.features.len())),
            Some(place) => self.column.encode_word(place, x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_columns_in_sort_order() {
        let words = ["red", "blue", "green"].map(String::from);
        let encoder = |words: &[String], numbers: Vec<f64>, most| {
            Encoder::new(&ColumnPlan::Words, "c", 0, 4, (words, numbers), most)
        };
        let encode = |encoder: &Encoder, field: f64| {
            let mut x = Vec::new();
            encoder.encode(&[field], &mut x);
            x
        };
        let three = encoder(&words, Vec::new(), 3).unwrap();
        assert_eq!(
            (three.names(), &three.column.features),
            (["c=blue", "c=green", "c=red"].map(String::from).into(), &(4..7))
        );
        assert_eq!((encode(&three, word(0)), encode(&three, word(1))), (vec![0.0, 0.0, 1.0], vec![1.0, 0.0, 0.0]));
        assert!(encode(&three, missing()).iter().all(|x| x.is_nan()));
        let two = encoder(&words[..2], Vec::new(), 3).unwrap();
        assert_eq!(
            (two.names(), encode(&two, word(0)), encode(&two, word(1))),
            (vec!["c=red".into()], vec![1.0], vec![0.0])
        );
        let mixed = encoder(&words[..1], vec![2.0, 1.5], 3).unwrap();
        assert_eq!(
            (mixed.names(), encode(&mixed, 2.0)),
            (["c=1.5", "c=2", "c=red"].map(String::from).into(), vec![0.0, 1.0, 0.0])
        );
        assert!(encoder(&words, vec![1.0], 3).is_none());
    }
}
