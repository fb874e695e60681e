//! Collects the two classes of a label column, row by row: numbers equal by value (`1` and `1.0`), words by spelling.

use super::cell_error::TableFacts;
use super::csv_table::CsvTable;
use super::third_label::{FirstSeen, ThirdLabel};
use crate::error::{Result, did_you_mean, quoted};
use std::cmp::Ordering;
use std::io::Read;

/// Labels seen so far. They compare as numbers as long as all of them are numbers.
#[derive(Debug)]
pub(super) struct LabelClasses {
    /// The first three distinct spellings.
    texts: Vec<FirstSeen>,
    /// The first three distinct numbers.
    numbers: Vec<(f64, FirstSeen)>,
    all_numbers: bool,
    /// Per row: index into `texts` and into `numbers`; 2 if it is not among the first two.
    rows: Vec<[u8; 2]>,
}

impl LabelClasses {
    pub(super) fn new() -> Self {
        Self { texts: Vec::new(), numbers: Vec::new(), all_numbers: true, rows: Vec::new() }
    }

    /// Adds the label of a row; it starts in `line` and has the value `number` if it is one. Returns the three classes
    /// if there are now three.
    pub(super) fn add(&mut self, text: &str, line: u64, number: Option<f64>) -> Option<ThirdLabel> {
        let first = || FirstSeen { text: text.to_owned(), line };
        let by_text = index_of(&mut self.texts, |seen| seen.text == text, first);
        let by_number =
            number.map_or(2, |number| index_of(&mut self.numbers, |(seen, _)| *seen == number, || (number, first())));
        self.all_numbers &= number.is_some();
        self.rows.push([by_text, by_number]);
        match self.found()[..] {
            [a, b, third] => Some(ThirdLabel([a, b, third].map(FirstSeen::clone))),
            _ => None,
        }
    }

    /// Returns the classes in order of appearance, with their first spelling.
    fn found(&self) -> Vec<&FirstSeen> {
        match self.all_numbers {
            true => self.numbers.iter().map(|(_, first)| first).collect(),
            false => self.texts.iter().collect(),
        }
    }

    /// Returns the names of label 0 and label 1, and for each row whether it has label 1.
    pub(super) fn decide<R: Read>(
        self,
        table: &CsvTable<R>,
        context: &TableFacts<'_>,
        positive: Option<&str>,
    ) -> Result<([String; 2], Vec<bool>)> {
        let (found, label) = (self.found(), &context.names[context.label]);
        let [a, b] = found[..] else {
            let allowed = "two classes, and rows of each";
            return Err(match found.first() {
                None => table.refuse_no_rows(allowed),
                Some(only) => {
                    let what = format!("label {} has one class, {}", quoted(label), quoted(&only.text));
                    let what = format!("{what}{}", context.taken());
                    table.refuse_column(label, format!("{what}; there must be {allowed}{}", context.other_labels()))
                }
            });
        };
        let one = match positive {
            None => usize::from(self.order() == Ordering::Less),
            Some(text) => self.chosen(text).ok_or_else(|| {
                let what = format!("--positive {} is no class of label {}", quoted(text), quoted(label));
                let hint = did_you_mean(text, [a.text.as_str(), b.text.as_str()]);
                let what = format!("{what}; it must be {} or {}{hint}", quoted(&a.text), quoted(&b.text));
                table.refuse_column(label, what)
            })?,
        };
        let names = [found[1 - one].text.clone(), found[one].text.clone()];
        let by = usize::from(self.all_numbers);
        Ok((names, self.rows.iter().map(|row| usize::from(row[by]) == one).collect()))
    }

    /// Compares the first class with the second: as numbers, or in the sort order of words.
    fn order(&self) -> Ordering {
        match self.all_numbers {
            true => self.numbers[0].0.total_cmp(&self.numbers[1].0),
            false => self.texts[0].text.cmp(&self.texts[1].text),
        }
    }

    /// Returns the index of the class that `text` names.
    fn chosen(&self, text: &str) -> Option<usize> {
        match self.all_numbers {
            true => text.trim().parse().ok().and_then(|n: f64| self.numbers.iter().position(|(seen, _)| *seen == n)),
            false => self.texts.iter().position(|seen| seen.text == text.trim()),
        }
    }
}

/// Returns the index of the element that `is` accepts. If there is none, adds `new` while there are fewer than three
/// elements, and returns 2 at most.
fn index_of<T>(things: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> u8 {
    let index = things.iter().position(is).unwrap_or(things.len());
    if index == things.len() && index < 3 {
        things.push(new());
    }
    index.min(2) as u8
}
