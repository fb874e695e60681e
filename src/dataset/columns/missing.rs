//! Missing values: refused, left out with their rows, or filled by statistics of the training rows.

use super::super::Dataset;
use super::super::csv_options::Missing;
use super::encode::TableColumn;
use crate::error::{Result, quoted};
use std::ops::Range;

impl Dataset {
    /// Fills missing values, which are NaN in `x`, with the mean or the median of their columns over the training rows;
    /// of words with the most frequent one, the first of equally frequent ones. Notes in [`Dataset::columns`] what each
    /// column of `columns` is filled with, since rows to come may lack other values.
    ///
    /// # Errors
    /// A column that has no value in any training row, as a sentence.
    pub fn fill_missing(&mut self, by: Missing, columns: &[TableColumn]) -> Result<(), String> {
        self.columns = columns.to_vec();
        for (n, column) in columns.iter().enumerate() {
            let features = column.features.clone();
            let is_missing = |row: &[f64]| row[features.start].is_nan();
            let rows = self.train.x.chunks_exact(self.train.features).filter(|row| !is_missing(row));
            let values: Vec<&[f64]> = rows.map(|row| &row[features.clone()]).collect();
            if values.is_empty() {
                let name = quoted(&column.name);
                return Err(format!("column {name} has no value in any training row; leave it out: --drop {name}"));
            }
            let filling = match (column.words.is_empty(), by) {
                (false, _) => most_frequent(&values),
                (true, Missing::Median) => vec![median(values.iter().map(|value| value[0]).collect())],
                (true, _) => vec![mean(values.iter().map(|value| value[0]).collect())],
            };
            self.fill(&features, &filling);
            self.columns[n].filling = Some(filling);
        }
        Ok(())
    }

    fn fill(&mut self, features: &Range<usize>, filling: &[f64]) {
        for points in [Some(&mut self.train), self.validation.as_mut(), self.test.as_mut()].into_iter().flatten() {
            for row in points.x.chunks_exact_mut(points.features).filter(|row| row[features.start].is_nan()) {
                row[features.clone()].copy_from_slice(filling);
            }
        }
    }
}

/// Returns the most frequent of encoded words.
fn most_frequent(values: &[&[f64]]) -> Vec<f64> {
    let mut counts: Vec<(usize, &[f64])> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(_, one)| one == value) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, value)),
        }
    }
    let most = counts.iter().map(|(count, _)| *count).max();
    counts.into_iter().find(|(count, _)| Some(*count) == most).map(|(_, value)| value.to_vec()).unwrap_or_default()
}

fn mean(values: Vec<f64>) -> f64 {
    let rough = values.iter().sum::<f64>() / values.len() as f64;
    rough + values.iter().map(|value| value - rough).sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (half, odd) = (values.len() / 2, values.len() % 2 == 1);
    if odd { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}
