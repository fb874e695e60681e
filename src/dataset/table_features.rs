//! From the rows of a table to features: what becomes of each column, and what is said about it.

use super::cell_error::{CellError, CellErrorKind};
use super::column_summary;
use super::columns::encode::Encoder;
use super::columns::plan::ColumnPlan;
use super::columns::selection::Selection;
use super::csv_options::{CsvOptions, MAX_VALUES, Missing};
use super::csv_table::CsvTable;
use super::row_sample::retain;
use super::table_extras::TableExtras;
use super::table_rows::TableRows;
use super::table_stats::MAX_WORDS;
use crate::error::{Result, quoted};
use crate::model::MAX_FEATURES;
use crate::plural::plural;
use std::collections::HashSet;
use std::io::Read;

/// Features of the rows.
pub(super) struct TableFeatures {
    /// The first invalid cell; then there are no features.
    pub(super) fault: Option<CellError>,
    pub(super) names: Vec<String>,
    /// `[rows * features]`; NaN for a missing value that is to be filled.
    pub(super) x: Vec<f64>,
    /// Of each row that was held, whether it is kept; None: all are.
    pub(super) kept: Option<Vec<bool>>,
    pub(super) extras: TableExtras,
    /// Whether there would be too many values or too many features.
    too_many: bool,
}

impl TableFeatures {
    /// Takes the fields from `rows` and makes features of them.
    pub(super) fn of(rows: &mut TableRows, names: &[String], options: &CsvOptions<'_>) -> Self {
        let mut made = Self {
            fault: rows.fault.take(),
            names: Vec::new(),
            x: Vec::new(),
            kept: None,
            extras: TableExtras::default(),
            too_many: false,
        };
        let mut plans = made.plans(rows, options);
        keep_constants(rows, &mut plans);
        if made.fault.is_some() {
            return made;
        }
        let encoders = made.encoders(rows, names, &plans);
        let ids = rows.ids();
        made.extras.note_columns(rows, names, (&plans, &ids), &encoders);
        made.extras.summaries = column_summary::of_table(rows, names, (&plans, &ids), &encoders);
        made.names = encoders.iter().flat_map(Encoder::names).collect();
        made.too_many = made.names.len() > MAX_FEATURES || rows.len() > MAX_VALUES / made.names.len().max(1);
        if made.too_many || made.names.is_empty() {
            return made;
        }
        made.encode(rows, &encoders, options.missing);
        made.extras.columns = encoders.into_iter().map(|encoder| encoder.column).collect();
        made.extras.uses = options.split_column.map(|_| std::mem::take(&mut rows.uses));
        if let (Some(uses), Some(kept)) = (&mut made.extras.uses, &made.kept) {
            retain(uses, kept);
        }
        made
    }

    /// Decides on each column; the first cell in the file that does not fit becomes the fault.
    fn plans(&mut self, rows: &TableRows, options: &CsvOptions<'_>) -> Vec<ColumnPlan> {
        let plan = |n: &usize| {
            ColumnPlan::of(&rows.survey.columns[*n], rows.survey.rows, options).unwrap_or_else(|(what, first)| {
                let place = (first.line, *n as u64 + 1);
                if self.fault.as_ref().is_none_or(|fault| place < fault.place) {
                    self.fault = Some(CellError { place, what: CellErrorKind::Column(what, first.text.clone()) });
                }
                ColumnPlan::LeftOut("")
            })
        };
        rows.selection.features.iter().map(plan).collect()
    }

    fn encoders(&mut self, rows: &TableRows, names: &[String], plans: &[ColumnPlan]) -> Vec<Encoder> {
        let (mut encoders, mut next) = (Vec::new(), 0);
        for (field, (n, plan)) in rows.selection.features.iter().zip(plans).enumerate() {
            let stats = &rows.survey.columns[*n];
            let numbers = match plan {
                ColumnPlan::Words if stats.numbers > 0 => rows.different_numbers(field, MAX_WORDS + 1),
                _ => Vec::new(),
            };
            match Encoder::new(plan, &names[*n], field, next, (&stats.words, numbers), MAX_WORDS) {
                Some(encoder) => {
                    next = encoder.column.features.end;
                    encoders.push(encoder);
                }
                None if *plan == ColumnPlan::Words => {
                    let first = stats.first_text.clone();
                    let what = CellErrorKind::Column(
                        super::columns::plan::ColumnFault::ManyWords,
                        first.clone().map_or_else(String::new, |seen| seen.text),
                    );
                    let place = (first.map_or(0, |seen| seen.line), *n as u64 + 1);
                    self.fault = Some(CellError { place, what });
                    return Vec::new();
                }
                None => {}
            }
        }
        encoders
    }

    /// Makes the features, in place if they are no more than the fields.
    fn encode(&mut self, rows: &mut TableRows, encoders: &[Encoder], missing: Missing) {
        let (width, all) = (rows.selection.features.len(), rows.len());
        let mut fields = std::mem::take(&mut rows.fields);
        let is_same = encoders.len() == width && encoders.iter().all(|encoder| encoder.column.words.is_empty());
        let mut kept = vec![true; all];
        if !is_same || (missing == Missing::Drop && rows.survey.columns.iter().any(|column| column.missing > 0)) {
            let mut row = Vec::with_capacity(self.names.len());
            let (mut x, in_place) = (Vec::new(), self.names.len() <= width);
            let mut to = 0;
            for n in 0..all {
                row.clear();
                encoders.iter().for_each(|one| one.encode(&fields[n * width..(n + 1) * width], &mut row));
                if missing == Missing::Drop && row.iter().any(|x| x.is_nan()) {
                    kept[n] = false;
                } else if in_place {
                    fields[to..to + row.len()].copy_from_slice(&row);
                    to += row.len();
                } else {
                    x.extend_from_slice(&row);
                }
            }
            if in_place {
                fields.truncate(to);
            } else {
                fields = x;
            }
        }
        fields.shrink_to_fit();
        let dropped = kept.iter().filter(|kept| !**kept).count() as u64;
        if dropped > 0 {
            self.extras.notes.push(format!("{} of {all} rows left out, where a value is missing", dropped));
            self.kept = Some(kept);
        }
        self.x = fields;
    }

    /// Refuses a table without features, without rows, or with too many features.
    pub(super) fn check<R: Read>(&self, table: &CsvTable<R>, label: &str) -> Result<()> {
        let what = match self.names.len() {
            0 => format!("no features beside label {}; {}", quoted(label), self.extras.notes.join("; ")),
            features if self.too_many => format!(
                "{} with a feature for each word; there may be {MAX_FEATURES}, and {MAX_VALUES} values in all; leave \
                 columns out with --drop, or rows with --max-rows",
                plural(features as u64, "feature")
            ),
            _ if self.x.is_empty() => "a value is missing in each row; leave the columns with few values out with --drop, or use --missing median".into(),
            _ => match repeated(&self.names) {
                Some(name) => format!("two features would be called {}; leave one out with --drop", quoted(name)),
                None => return Ok(()),
            },
        };
        Err(table.refuse_header(what))
    }
}

/// Refuses a sample with more values than may be.
pub(super) fn check_sample<R: Read>(
    table: &CsvTable<R>,
    selection: &Selection,
    options: &CsvOptions<'_>,
) -> Result<()> {
    let most = MAX_VALUES / selection.features.len();
    match options.max_rows {
        Some(rows) if rows > most => {
            let features = plural(selection.features.len() as u64, "feature");
            let what = format!("--max-rows {rows} with {features} is more than {MAX_VALUES} values; use up to {most}");
            Err(table.refuse_header(what))
        }
        _ => Ok(()),
    }
}

/// Keeps constant features if there are no others: a table of few rows may have no better ones.
fn keep_constants(rows: &TableRows, plans: &mut [ColumnPlan]) {
    if plans.iter().all(|plan| matches!(plan, ColumnPlan::LeftOut(_))) {
        for (n, plan) in rows.selection.features.iter().zip(plans) {
            let stats = &rows.survey.columns[*n];
            if *plan == ColumnPlan::LeftOut("constant") && stats.texts == 0 && stats.missing == 0 {
                *plan = ColumnPlan::Numbers;
            }
        }
    }
}

/// Returns a name that is there twice.
fn repeated(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

impl TableRows {
    /// Returns up to `most` different numbers among the fields of a column.
    fn different_numbers(&self, field: usize, most: usize) -> Vec<f64> {
        let mut found: Vec<f64> = Vec::new();
        for number in self.column(field).filter(|number| !number.is_nan()) {
            if found.len() < most && !found.contains(&number) {
                found.push(number);
            }
        }
        found
    }
}
