//! The two classes of a label column, found row by row: numbers by value (`1` is `1.0`), words by spelling.

use super::table::Table;
use crate::error::{Result, shown};
use std::cmp::Ordering;
use std::io::Read;

/// A label as it first appeared.
#[derive(Debug, Clone)]
struct First {
    text: String,
    line: u64,
}

/// Labels seen so far. They count as numbers while all of them are.
#[derive(Debug)]
pub(super) struct Classes {
    /// The first three spellings.
    texts: Vec<First>,
    /// The first three numbers.
    numbers: Vec<(f64, First)>,
    all_numbers: bool,
    /// Per row: index into `texts` and into `numbers`, 2 for any that is not among the first two.
    rows: Vec<[u8; 2]>,
}

impl Classes {
    pub(super) fn new() -> Self {
        Self { texts: Vec::new(), numbers: Vec::new(), all_numbers: true, rows: Vec::new() }
    }

    /// Takes the label in column `n` of the table's row; an error where it is missing or makes a third class.
    pub(super) fn add<R: Read>(&mut self, table: &Table<R>, n: usize) -> Result<()> {
        let text = table.text(n)?;
        let number = text.parse::<f64>().ok();
        if text.is_empty() || number.is_some_and(|number| !number.is_finite()) {
            let value = if text.is_empty() { "empty".into() } else { shown(text) };
            let what = format!("label {} is {value}", shown(&table.columns()[n]));
            return Err(table.refuse(n, what, "one of two classes in each row"));
        }
        let first = || First { text: text.to_owned(), line: table.line(n) };
        let by_text = index_of(&mut self.texts, |seen| seen.text == text, first);
        let by_number =
            number.map_or(2, |number| index_of(&mut self.numbers, |(seen, _)| *seen == number, || (number, first())));
        self.all_numbers &= number.is_some();
        self.rows.push([by_text, by_number]);
        let found = self.found();
        let [a, b, third] = &found[..] else { return Ok(()) };
        let classes = format!("{}, {} and {}", shown(&a.text), shown(&b.text), shown(&third.text));
        let what = format!("a third class in label {}: {classes}", shown(&table.columns()[n]));
        let what = format!("{what} (first in lines {}, {} and {})", a.line, b.line, third.line);
        Err(table.refuse(n, what, "two classes"))
    }

    /// The classes in order of appearance, as they were first spelled.
    fn found(&self) -> Vec<&First> {
        match self.all_numbers {
            true => self.numbers.iter().map(|(_, first)| first).collect(),
            false => self.texts.iter().collect(),
        }
    }

    /// What label 0 and label 1 are called, and for each row whether it has label 1.
    pub(super) fn decide<R: Read>(
        self,
        table: &Table<R>,
        label: &str,
        positive: Option<&str>,
    ) -> Result<([String; 2], Vec<bool>)> {
        let found = self.found();
        let [a, b] = found[..] else {
            let allowed = "two classes, and rows of each";
            return Err(match found.first() {
                None => table.refuse_no_rows(allowed),
                Some(only) => {
                    let what = format!("label {} has one class, {}", shown(label), shown(&only.text));
                    table.refuse_column(label, what, allowed)
                }
            });
        };
        let one = match positive {
            None => usize::from(self.order() == Ordering::Less),
            Some(text) => self.chosen(text).ok_or_else(|| {
                let what = format!("--positive {} is no class of label {}", shown(text), shown(label));
                table.refuse_column(label, what, format!("{} or {}", shown(&a.text), shown(&b.text)))
            })?,
        };
        let names = [found[1 - one].text.clone(), found[one].text.clone()];
        let by = usize::from(self.all_numbers);
        Ok((names, self.rows.iter().map(|row| usize::from(row[by]) == one).collect()))
    }

    /// How the first class compares with the second: as numbers, or in the sort order of words.
    fn order(&self) -> Ordering {
        match self.all_numbers {
            true => self.numbers[0].0.total_cmp(&self.numbers[1].0),
            false => self.texts[0].text.cmp(&self.texts[1].text),
        }
    }

    /// Which class `text` means.
    fn chosen(&self, text: &str) -> Option<usize> {
        match self.all_numbers {
            true => text.trim().parse().ok().and_then(|n: f64| self.numbers.iter().position(|(seen, _)| *seen == n)),
            false => self.texts.iter().position(|seen| seen.text == text.trim()),
        }
    }
}

/// The index of the thing that `is` it, added as `new` while there are fewer than three; 2 where it is none of them.
fn index_of<T>(things: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> u8 {
    let index = things.iter().position(is).unwrap_or(things.len());
    if index == things.len() && index < 3 {
        things.push(new());
    }
    index.min(2) as u8
}
