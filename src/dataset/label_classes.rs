//! Collects the classes of a label column, row by row: numbers equal by value (`1` and `1.0`), words by spelling.

use super::cell_error::TableFacts;
use super::csv_options::Task;
use super::csv_table::CsvTable;
use super::label_fault::{FirstSeen, LabelFault};
use super::number::NumberParser;
use super::points::{MAX_CLASSES, Targets};
use crate::error::{Result, did_you_mean, listed, quoted};
use std::collections::HashMap;
use std::hash::Hash;
use std::io::Read;

/// Most classes that a message names.
const NAMED: usize = 6;

/// Labels seen so far. They compare as numbers as long as all of them are numbers.
#[derive(Debug)]
pub(super) struct LabelClasses {
    texts: DistinctLabels<String>,
    /// By the bits of the numbers.
    numbers: DistinctLabels<u64>,
    all_numbers: bool,
    all_whole: bool,
    task: Option<Task>,
}

/// Distinct labels, by a key that is equal for equal ones.
#[derive(Debug)]
struct DistinctLabels<K> {
    indices: HashMap<K, u8>,
    /// The first [`MAX_CLASSES`] and one more.
    first: Vec<FirstSeen>,
    /// Per row: index into `first`; after too many labels, that of the last.
    rows: Vec<u8>,
}

impl<K: Hash + Eq> DistinctLabels<K> {
    fn new() -> Self {
        Self { indices: HashMap::new(), first: Vec::new(), rows: Vec::new() }
    }

    fn add(&mut self, key: K, seen: impl FnOnce() -> FirstSeen) {
        let next = self.first.len();
        let index = match self.indices.get(&key) {
            Some(index) => *index,
            None if next > MAX_CLASSES => MAX_CLASSES as u8,
            None => {
                self.first.push(seen());
                self.indices.insert(key, next as u8);
                next as u8
            }
        };
        self.rows.push(index);
    }
}

impl LabelClasses {
    pub(super) fn new(task: Option<Task>) -> Self {
        let (texts, numbers) = (DistinctLabels::new(), DistinctLabels::new());
        Self { texts, numbers, all_numbers: true, all_whole: true, task }
    }

    /// Adds the label of a row; it starts in `line` and has the value `number` if it is one. Returns what is wrong with
    /// the labels so far, if anything.
    pub(super) fn add(&mut self, text: &str, line: u64, number: Option<f64>) -> Option<LabelFault> {
        let first = || FirstSeen { text: text.to_owned(), line };
        self.texts.add(text.to_owned(), first);
        self.all_numbers &= number.is_some();
        self.all_whole &= number.is_some_and(|number| number.fract() == 0.0);
        if self.all_numbers {
            // Adding 0 makes 0 of -0.
            self.numbers.add((number.unwrap_or_default() + 0.0).to_bits(), first);
        }
        match self.found() {
            [a, b, third, ..] if self.all_numbers && !self.all_whole && self.task != Some(Task::Classes) => {
                Some(LabelFault::Numbers([a, b, third].map(FirstSeen::clone)))
            }
            found if found.len() > MAX_CLASSES => {
                found.last().cloned().map(|last| LabelFault::TooMany(last, self.all_numbers))
            }
            _ => None,
        }
    }

    /// Returns the number of classes if they are three or more whole numbers, which might as well be meant as numbers.
    pub(super) fn whole_numbers(&self) -> Option<usize> {
        let classes = self.found().len();
        (self.task.is_none() && self.all_whole && classes > 2).then_some(classes)
    }

    /// Returns the classes in order of appearance, with their first spelling.
    fn found(&self) -> &[FirstSeen] {
        if self.all_numbers { &self.numbers.first } else { &self.texts.first }
    }

    /// Returns the names of the classes by index, and the class of each row. Classes are in the order of the numbers or
    /// of the sorted words; of two, `positive` becomes class 1.
    pub(super) fn decide<R: Read>(
        self,
        table: &CsvTable<R>,
        context: &TableFacts<'_>,
        positive: Option<&str>,
    ) -> Result<(Vec<String>, Targets)> {
        let (found, label) = (self.found(), &context.names[context.label]);
        if found.len() < 2 {
            let allowed = "two classes, and rows of each";
            return Err(match found.first() {
                None => table.refuse_no_rows(allowed),
                Some(only) => {
                    let what = format!("label {} has one class, {}", quoted(label), quoted(&only.text));
                    let what = format!("{what}{}", context.taken());
                    table.refuse_column(label, format!("{what}; there must be {allowed}{}", context.other_labels()))
                }
            });
        }
        if found.len() > 2 && found.len() == self.texts.rows.len() {
            let what = format!("label {} has another value in each of its {} rows", quoted(label), found.len());
            let hint = context.other_labels();
            let numbers = if self.all_numbers { "; --task regression learns numbers" } else { "" };
            return Err(table.refuse_column(label, format!("{what}; classes must repeat{numbers}{hint}")));
        }
        if self.task == Some(Task::Binary) && found.len() > 2 {
            let classes = listed(found.iter().map(|seen| seen.text.as_str()), NAMED);
            let what = format!("--task binary is for two classes; label {} has {}", quoted(label), found.len());
            return Err(table.refuse_column(label, format!("{what}: {classes}; use --task classes{}", context.taken())));
        }
        let mut order = self.order();
        if let Some(text) = positive {
            let names = || found.iter().map(|seen| seen.text.as_str());
            if found.len() > 2 {
                let what = format!("--positive is for two classes; label {} has {}", quoted(label), found.len());
                let classes = listed(names(), NAMED);
                return Err(table.refuse_column(label, format!("{what}: {classes}; leave it out")));
            }
            let one = self.chosen(text).ok_or_else(|| {
                let what = format!("--positive {} is no class of label {}", quoted(text), quoted(label));
                let hint = did_you_mean(text, names());
                let what = format!("{what}; it must be {} or {}{hint}", quoted(&found[0].text), quoted(&found[1].text));
                table.refuse_column(label, what)
            })?;
            order = vec![1 - one, one];
        }
        let names = order.iter().map(|index| found[*index].text.clone()).collect();
        let mut class_of = vec![0; found.len()];
        order.iter().enumerate().for_each(|(class, index)| class_of[*index] = class as u32);
        let rows = if self.all_numbers { &self.numbers.rows } else { &self.texts.rows };
        let labels = rows.iter().map(|index| class_of[usize::from(*index)]);
        let targets = match found.len() {
            2 if self.task != Some(Task::Classes) => Targets::Binary(labels.map(|label| label == 1).collect()),
            classes => Targets::Classes { classes, labels: labels.collect() },
        };
        Ok((names, targets))
    }

    /// Returns the indices of the classes in the order of their numbers or words.
    fn order(&self) -> Vec<usize> {
        let found = self.found();
        let mut order: Vec<usize> = (0..found.len()).collect();
        match self.all_numbers {
            true => {
                let mut numbers = vec![f64::NAN; found.len()];
                let known = self.numbers.indices.iter().filter(|(_, index)| usize::from(**index) < found.len());
                known.for_each(|(bits, index)| numbers[usize::from(*index)] = f64::from_bits(*bits));
                order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
            }
            false => order.sort_by(|a, b| found[*a].text.cmp(&found[*b].text)),
        }
        order
    }

    /// Returns the index of the class that `text` names.
    fn chosen(&self, text: &str) -> Option<usize> {
        match self.all_numbers {
            true => {
                let number = NumberParser::default().parse(text.trim())?;
                self.numbers.indices.get(&(number + 0.0).to_bits()).map(|index| usize::from(*index))
            }
            false => self.texts.indices.get(text.trim()).map(|index| usize::from(*index)),
        }
    }
}
