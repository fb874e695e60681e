//! Reads the rows of a table: fields of features, labels and sets, with statistics of every column.

use super::cell_error::{CellError, CellErrorKind};
use super::columns::encode;
use super::columns::selection::Selection;
use super::csv_options::{CsvOptions, MAX_VALUES, Missing};
use super::csv_table::{CsvTable, MAX_NUMBER};
use super::number::{DecimalMark, NumberParser};
use super::prepare::RowUse;
use super::row_sample::{RowSample, retain, retain_rows};
use super::table_stats::{FieldContent, TableStats, is_missing};
use super::target_reader::TargetReader;
use crate::error::Result;
use std::io::Read;

/// Rows read so far.
pub(super) struct TableRows {
    pub(super) selection: Selection,
    /// Fields of the features, `[rows * features]`, as [`encode`] has them.
    pub(super) fields: Vec<f64>,
    pub(super) targets: TargetReader,
    /// Set of each row, if a column names it.
    pub(super) uses: Vec<RowUse>,
    pub(super) survey: TableStats,
    /// The first invalid cell; from its row on, rows are only counted.
    pub(super) fault: Option<CellError>,
    pub(super) sample: Option<RowSample>,
    /// Rows left out because they have no label.
    pub(super) unlabelled: u64,
    parser: NumberParser,
    labels: NumberParser,
    skips_missing: bool,
}

impl TableRows {
    pub(super) fn new<R: Read>(table: &CsvTable<R>, selection: Selection, options: &CsvOptions<'_>) -> Self {
        let parser = NumberParser::new(table.has_commas());
        Self {
            targets: TargetReader::new(selection.targets.len(), options.task),
            selection,
            fields: Vec::new(),
            uses: Vec::new(),
            survey: TableStats::new(table.columns().len()),
            fault: None,
            sample: options.max_rows.map(|rows| RowSample::new(rows, options.seed)),
            unlabelled: 0,
            parser,
            labels: parser,
            skips_missing: options.missing == Missing::Drop,
        }
    }

    /// Whether numbers have decimal commas, in features or targets.
    pub(super) fn has_decimal_commas(&self) -> bool {
        [self.parser, self.labels].iter().any(|parser| parser.mark == DecimalMark::Comma)
    }

    /// Whether features and targets have different decimal marks: then 1,234 might be a thousand.
    pub(super) fn mixes_marks(&self) -> bool {
        let [a, b] = [self.parser.mark, self.labels.mark];
        a != DecimalMark::Unknown && b != DecimalMark::Unknown && a != b
    }

    /// Returns the fields of a column.
    pub(super) fn column(&self, field: usize) -> impl Iterator<Item = f64> {
        self.fields.iter().skip(field).step_by(self.selection.features.len()).copied()
    }

    /// Returns the number of rows held.
    pub(super) fn len(&self) -> usize {
        self.fields.len() / self.selection.features.len()
    }

    /// Reads the rows, up to [`MAX_VALUES`] values; returns whether there are more. After an invalid cell, the
    /// following rows are only counted, up to the first unreadable one.
    pub(super) fn read<R: Read>(&mut self, table: &mut CsvTable<R>) -> Result<bool> {
        // A sample holds a bounded number of rows by itself.
        let most = if self.sample.is_some() { usize::MAX } else { MAX_VALUES - self.selection.features.len() };
        // Rows beyond an invalid cell are counted only as long as valid ones would be read.
        let most_rows = (MAX_VALUES / self.selection.features.len()) as u64;
        while self.fields.len() <= most && (self.fault.is_none() || self.survey.rows < most_rows) {
            let more = match table.next_row() {
                Ok(true) => self.add(table).map(|()| true),
                end => end,
            };
            match more {
                Ok(true) => {}
                Err(error) if self.fault.is_none() => return Err(error),
                Ok(false) | Err(_) => return Ok(false),
            }
        }
        if self.fault.is_some() { Ok(false) } else { table.next_row() }
    }

    /// Adds the table's current row.
    fn add<R: Read>(&mut self, table: &CsvTable<R>) -> Result<()> {
        if self.skips_missing {
            for n in &self.selection.targets {
                if is_missing(table.text(*n)?) {
                    self.unlabelled += 1;
                    return Ok(());
                }
            }
        }
        let before = self.fields.len();
        self.survey.rows += 1;
        for at in 0..self.selection.features.len() {
            let n = self.selection.features[at];
            let field = match self.parser.plain(table.bytes(n)) {
                Some(number) => {
                    self.survey.columns[n].add_number(number);
                    number
                }
                None => self.field(table, n)?,
            };
            if self.fault.is_none() {
                self.fields.push(field);
            }
        }
        for at in 0..self.selection.targets.len() {
            self.add_target(table, self.selection.targets[at])?;
        }
        if self.fault.is_none() {
            self.add_use(table)?;
        }
        if self.fault.is_some() {
            self.fields.truncate(before);
        }
        Ok(())
    }

    /// Returns the field in column `n`.
    fn field<R: Read>(&mut self, table: &CsvTable<R>, n: usize) -> Result<f64> {
        let (text, line) = (table.text(n)?, table.line(n));
        let column = &mut self.survey.columns[n];
        Ok(match FieldContent::of(text, &mut self.parser) {
            FieldContent::Number(number) => {
                column.add_number(number);
                number
            }
            FieldContent::Missing => {
                column.add_missing(text, line);
                encode::missing()
            }
            FieldContent::Text => encode::word(column.add_text(text, line)),
            FieldContent::Beyond => {
                let what = CellErrorKind::Beyond(text.to_owned());
                self.fault.get_or_insert(CellError { place: (line, n as u64 + 1), what });
                MAX_NUMBER
            }
        })
    }

    /// Counts the row's target in column `n`, and adds it unless something was invalid before.
    fn add_target<R: Read>(&mut self, table: &CsvTable<R>, n: usize) -> Result<()> {
        let (column, line, text) = (&mut self.survey.columns[n], table.line(n), table.text(n)?);
        let number = match FieldContent::of(text, &mut self.labels) {
            FieldContent::Missing => {
                column.add_missing(text, line);
                None
            }
            _ => self.labels.parse(text),
        };
        if self.fault.is_none() {
            let what = self.targets.add(text, line, number);
            self.fault = what.map(|what| CellError { place: (line, n as u64 + 1), what });
        }
        // The numbers of labels count as classes alone.
        if let Some(number) = number.filter(|_| self.targets.are_numbers()) {
            self.survey.columns[n].add_number(number);
        }
        Ok(())
    }

    /// Adds the row's set, and draws its lot for the sample.
    fn add_use<R: Read>(&mut self, table: &CsvTable<R>) -> Result<()> {
        let mut set = None;
        if let Some(n) = self.selection.split {
            let text = table.text(n)?;
            match RowUse::read(text) {
                Some(found) => {
                    self.uses.push(found);
                    set = Some(found);
                }
                None => {
                    let what = CellErrorKind::Split(text.to_owned());
                    self.fault = Some(CellError { place: (table.line(n), n as u64 + 1), what });
                    return Ok(());
                }
            }
        }
        let Some(sample) = &mut self.sample else { return Ok(()) };
        let label = if self.targets.are_numbers() { "" } else { table.text(self.selection.targets[0])? };
        let kept = match set {
            None => sample.add(label),
            Some(set) => sample.add(&format!("{set:?} {label}")),
        };
        if let Some(kept) = kept {
            self.keep(&kept);
        }
        Ok(())
    }

    /// Keeps only the rows of the sample, and returns the flags of all rows that were read: whether they are kept.
    pub(super) fn finish_sample(&mut self) -> Option<Vec<bool>> {
        let kept = self.sample.as_mut()?.finish();
        self.keep(&kept);
        let (seen, rows) = self.sample.as_ref()?.rows();
        let mut flags = vec![false; seen];
        rows.iter().for_each(|n| flags[*n] = true);
        Some(flags)
    }

    fn keep(&mut self, kept: &[bool]) {
        retain_rows(&mut self.fields, self.selection.features.len(), kept);
        if !self.uses.is_empty() {
            retain(&mut self.uses, kept);
        }
    }
}

impl RowUse {
    /// Reads the name of a set.
    fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "train" | "training" => Some(Self::Train),
            "validation" | "valid" | "val" | "dev" => Some(Self::Validation),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        }
    }
}
