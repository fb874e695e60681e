//! Reads tables for trained models, by the rules of the table that they learned from: the same columns by name, the
//! same words, and the numbers that its training rows gave for missing values and for scaling.

use super::columns::encode::TableColumn;
use super::csv_options::{MAX_VALUES, Missing};
use super::csv_table::CsvTable;
use super::delimiter::Delimiter;
use super::new_rows::{NewRows, NewTargets};
use super::number::NumberParser;
use super::preprocessing::{Preprocessing, TargetEncoding};
use super::table_stats::{FieldContent, is_missing};
use crate::error::{Result, did_you_mean, listed, one_of, quoted};
use crate::plural::plural;
use std::io::Read;
use std::path::Path;

/// Most names in a note or a message.
const NAMED: usize = 8;
const NUMBER: &str = "a finite number, at most 1e30 in magnitude";

impl Preprocessing {
    /// Reads a table of any format as inputs of a trained network. Its columns are found by their names; others are
    /// ignored, with a note. A column of the targets may be missing.
    ///
    /// # Errors
    /// [`crate::Error::File`] for columns that are missing, and for fields that the training data would not have had.
    #[cfg(feature = "native")]
    pub fn read(&self, path: &Path) -> Result<NewRows> {
        let source = super::read::open_text(path)?;
        let (is_named, delimiter) = match source.format {
            Some(_) => (true, Some(Delimiter::Comma)),
            None => (!self.rules.no_header, self.rules.delimiter),
        };
        let mut rows = self.parse(path, source.text, is_named, delimiter)?;
        rows.notes.splice(0..0, source.format.map(|format| format!("read as {format}")));
        Ok(rows)
    }

    /// As [`Preprocessing::read`], of text from `input`; `path` is for messages. `is_named`: the first line names the
    /// columns. `delimiter`: None: as in the first lines.
    ///
    /// # Errors
    /// As for [`Preprocessing::read`].
    pub fn parse(
        &self,
        path: &Path,
        input: impl Read,
        is_named: bool,
        delimiter: Option<Delimiter>,
    ) -> Result<NewRows> {
        let mut table = CsvTable::begin(path, input, delimiter)?;
        if is_named {
            table.take_names()?;
            table.check_names()?;
        } else {
            table.number_columns()?;
        }
        let places = self.places(&table)?;
        let mut reader = RowReader::new(self, &table, places);
        while table.next_row()? {
            reader.add(&table)?;
        }
        reader.finish(&table)
    }

    /// Returns the place of each column in the table.
    fn places<R: Read>(&self, table: &CsvTable<R>) -> Result<Vec<usize>> {
        let names = table.columns();
        let find = |column: &TableColumn| names.iter().position(|name| *name == column.name);
        let missing: Vec<&str> =
            self.columns.iter().filter(|column| find(column).is_none()).map(|column| column.name.as_str()).collect();
        if let Some(first) = missing.first() {
            let hint = did_you_mean(first, names.iter().map(String::as_str));
            let word = if missing.len() == 1 { "column" } else { "columns" };
            let lacking = listed(missing.iter().copied(), NAMED);
            let what = format!("no {word} {lacking}, which the model learned from");
            return Err(table.refuse_header(format!("{what}; the table has {}{hint}", table.listed_columns())));
        }
        Ok(self.columns.iter().filter_map(find).collect())
    }
}

/// Reads the rows of one table.
struct RowReader<'a> {
    rules: &'a Preprocessing,
    /// Place of each column in the table.
    places: Vec<usize>,
    /// Places of the columns of the targets.
    targets: Vec<usize>,
    parser: NumberParser,
    /// Targets may have another decimal mark.
    target_parser: NumberParser,
    rows: NewRows,
    seen: u64,
    unlabelled: u64,
    /// Features of the row in work.
    row: Vec<f64>,
}

impl<'a> RowReader<'a> {
    fn new<R: Read>(rules: &'a Preprocessing, table: &CsvTable<R>, places: Vec<usize>) -> Self {
        let names = table.columns();
        let wanted = rules.target_names();
        let targets: Vec<usize> =
            wanted.iter().filter_map(|target| names.iter().position(|name| name == target)).collect();
        // Some of several targets do not make a score.
        let targets = if targets.len() == wanted.len() { targets } else { Vec::new() };
        let there = (!targets.is_empty()).then(|| match &rules.target {
            TargetEncoding::Classes { .. } => NewTargets::Classes(Vec::new()),
            TargetEncoding::Numbers { .. } => NewTargets::Numbers(Vec::new()),
        });
        let parser = NumberParser::new(table.has_commas());
        let is_extra = |n: &usize| !places.contains(n) && !targets.contains(n);
        let extra: Vec<&str> = (0..names.len()).filter(is_extra).map(|n| names[n].as_str()).collect();
        let mut notes = Vec::new();
        if !extra.is_empty() {
            notes.push(format!("ignored, since the model did not learn from them: {}", listed(extra, NAMED)));
        }
        let rows = NewRows { x: Vec::new(), numbers: Vec::new(), targets: there, notes };
        let (seen, unlabelled, row) = (0, 0, Vec::new());
        Self { rules, places, targets, parser, target_parser: parser, rows, seen, unlabelled, row }
    }

    /// Adds the table's current row.
    fn add<R: Read>(&mut self, table: &CsvTable<R>) -> Result<()> {
        self.seen += 1;
        self.row.clear();
        for (column, place) in self.rules.columns.iter().zip(&self.places) {
            let text = table.text(*place)?;
            match FieldContent::of(text, &mut self.parser) {
                FieldContent::Missing => match &column.filling {
                    Some(filling) => self.row.extend_from_slice(filling),
                    None if self.rules.rules.missing == Missing::Drop => return Ok(()),
                    None => return Err(table.refuse(*place, missing(column, text))),
                },
                FieldContent::Number(number) if column.words.is_empty() => self.row.push(number),
                content => match place_of(column, content, text) {
                    Some(word) => column.encode_word(word, &mut self.row),
                    None => return Err(table.refuse(*place, unknown(column, text))),
                },
            }
        }
        self.rules.scale(&mut self.row);
        self.check(table)?;
        self.add_targets(table)?;
        self.rows.x.extend_from_slice(&self.row);
        self.rows.numbers.push(self.seen);
        Ok(())
    }

    /// Refuses inputs beyond the range of f32, and too many of them.
    fn check<R: Read>(&self, table: &CsvTable<R>) -> Result<()> {
        let is_beyond = |x: &f64| !(0.0..=f64::from(f32::MAX)).contains(&x.abs());
        if let Some(n) = self.row.iter().position(is_beyond) {
            let column = self.rules.columns.iter().position(|column| column.features.contains(&n)).unwrap_or(0);
            let what = format!("{:e} standard deviations from the mean, more than f32 can hold", self.row[n]);
            let name = quoted(&self.rules.columns[column].name);
            return Err(table.refuse(self.places[column], format!("{name} is {what}; leave the row out")));
        }
        if self.rows.x.len() + self.row.len() > MAX_VALUES {
            let rows = MAX_VALUES / self.row.len();
            let what = format!("more than {MAX_VALUES} values, rows times features; predict {rows} rows at a time");
            return Err(table.refuse(0, what));
        }
        Ok(())
    }

    /// Adds the targets of the row, if the table has them.
    fn add_targets<R: Read>(&mut self, table: &CsvTable<R>) -> Result<()> {
        let Some(targets) = &mut self.rows.targets else { return Ok(()) };
        let (mut class, mut numbers) = (None, Vec::new());
        for place in &self.targets {
            let text = table.text(*place)?;
            if is_missing(text) {
                numbers.push(f64::NAN);
                continue;
            }
            let name = quoted(&table.columns()[*place]);
            match &self.rules.target {
                TargetEncoding::Classes { classes, .. } => {
                    let found = class_of(classes, text, self.target_parser.parse(text));
                    let refuse = || {
                        let names = listed(classes.iter().map(String::as_str), NAMED);
                        let hint = did_you_mean(text, classes.iter().map(String::as_str));
                        let what =
                            format!("{name} must be a class that the model knows, {names}, not {}", quoted(text));
                        table.refuse(*place, format!("{what}; without its label, leave the field empty{hint}"))
                    };
                    class = Some(found.ok_or_else(refuse)?);
                }
                TargetEncoding::Numbers { .. } => {
                    let number = self.target_parser.parse(text).filter(|number| number.is_finite());
                    let refuse = || {
                        let what = format!("{name} must be {NUMBER}, not {}", quoted(text));
                        table.refuse(*place, format!("{what}; without its target, leave the field empty"))
                    };
                    numbers.push(number.ok_or_else(refuse)?);
                }
            }
        }
        self.unlabelled += u64::from(class.is_none() && numbers.iter().any(|number| number.is_nan()));
        targets.extend(class, &numbers);
        Ok(())
    }

    /// Returns the rows.
    fn finish<R: Read>(mut self, table: &CsvTable<R>) -> Result<NewRows> {
        let (kept, notes) = (self.rows.numbers.len() as u64, &mut self.rows.notes);
        let text = table.notes();
        if !text.is_empty() {
            notes.insert(0, format!("read as text: {}", text.join(", ")));
        }
        if self.seen == 0 {
            return Err(table.refuse_no_rows("one or more"));
        }
        if kept == 0 {
            let what = "a value is missing in each row; fill one in, or train with --missing median";
            return Err(table.refuse_header(what));
        }
        if kept < self.seen {
            notes.push(format!("{} of {} rows left out, where a value is missing", self.seen - kept, self.seen));
        }
        if self.unlabelled > 0 {
            notes.push(format!("{} without a label, not counted in the score", plural(self.unlabelled, "row")));
        }
        Ok(self.rows)
    }
}

/// Returns the place of a field in the column's words: numbers by their value, words by their letters.
fn place_of(column: &TableColumn, content: FieldContent, text: &str) -> Option<usize> {
    match content {
        FieldContent::Number(number) => column.words.iter().position(|word| word.parse() == Ok(number)),
        FieldContent::Text => column.words.iter().position(|word| word == text),
        FieldContent::Missing | FieldContent::Beyond => None,
    }
}

/// Returns the index of the class that a label names: by its value if all classes are numbers.
fn class_of(classes: &[String], text: &str, number: Option<f64>) -> Option<u32> {
    let value = |class: &String| NumberParser::default().parse(class);
    let found = match classes.iter().map(value).collect::<Option<Vec<f64>>>() {
        Some(values) => values.iter().position(|value| Some(*value) == number),
        None => classes.iter().position(|class| class == text),
    };
    found.map(|class| class as u32)
}

/// Returns the sentence about a missing value that nothing stands in for.
fn missing(column: &TableColumn, text: &str) -> String {
    let (name, kind) = (quoted(&column.name), if column.words.is_empty() { "number" } else { "word" });
    let seen = if text.is_empty() { "empty".to_owned() } else { quoted(text) };
    let what = format!("{name} must be a {kind}, not {seen}: the study knows nothing to put in its place");
    format!("{what}; fill it in, leave the row out, or train with --missing median")
}

/// Returns the sentence about a field that the column did not have in training.
fn unknown(column: &TableColumn, text: &str) -> String {
    let (name, seen) = (quoted(&column.name), quoted(text));
    if column.words.is_empty() {
        return format!("{name} must be {NUMBER}, not {seen}");
    }
    let words = column.words.iter().map(String::as_str);
    let hint = did_you_mean(text, words.clone());
    let allowed = match column.words.len() {
        0..=NAMED => one_of(&words.map(quoted).collect::<Vec<_>>()),
        _ => format!("one of {}", listed(words, NAMED)),
    };
    format!("{name} must be {allowed}, the words that the model learned from, not {seen}{hint}")
}

#[cfg(test)]
mod tests;
