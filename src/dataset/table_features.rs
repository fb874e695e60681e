//! From the rows of a table to features: what becomes of each column, and what is said about it.

use super::cell_error::{CellError, CellErrorKind};
use super::columns::encode::{Encoder, TableColumn};
use super::columns::plan::ColumnPlan;
use super::columns::selection::Selection;
use super::csv_options::{CsvOptions, MAX_VALUES, Missing};
use super::csv_table::CsvTable;
use super::prepare::RowUse;
use super::row_sample::retain;
use super::table_rows::TableRows;
use super::table_stats::MAX_WORDS;
use crate::error::{Result, listed, quoted};
use crate::model::MAX_FEATURES;
use crate::plural::plural;
use std::collections::HashSet;
use std::io::Read;

/// Most names or words in a note.
const NOTED: usize = 8;

/// What a table says beside its rows, and what became of its columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableExtras {
    /// Lines about what was detected, left out or changed.
    pub notes: Vec<String>,
    /// Columns that became features, in their order.
    pub columns: Vec<TableColumn>,
    /// Set of each row, if a column of the table says it.
    pub uses: Option<Vec<RowUse>>,
}

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
        made.note_columns(rows, names, &plans, &encoders);
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

    /// Notes what becomes of columns.
    fn note_columns(&mut self, rows: &TableRows, names: &[String], plans: &[ColumnPlan], encoders: &[Encoder]) {
        let notes = &mut self.extras.notes;
        let row_numbers = rows.selection.row_numbers.iter().map(|n| (*n, "row numbers"));
        let left_out = rows.selection.features.iter().zip(plans).filter_map(|(n, plan)| match plan {
            ColumnPlan::LeftOut(why) => Some((*n, *why)),
            _ => None,
        });
        let texts: Vec<String> =
            row_numbers.chain(left_out).map(|(n, why)| format!("{} ({why})", quoted(&names[n]))).collect();
        if !texts.is_empty() {
            notes.push(format!("left out: {}", shortened(&texts)));
        }
        let words = encoders.iter().filter(|encoder| !encoder.column.words.is_empty()).map(|encoder| {
            let TableColumn { name, words, .. } = &encoder.column;
            format!("{} ({})", quoted(name), listed(words.iter().map(String::as_str), NOTED))
        });
        let words: Vec<String> = words.collect();
        if !words.is_empty() {
            notes.push(format!("one-hot: {}", shortened(&words)));
        }
        for (field, n) in rows.selection.features.iter().enumerate() {
            if plans[field] == ColumnPlan::Numbers && rows.is_id(field) {
                let name = quoted(&names[*n]);
                notes.push(format!(
                    "{name} looks like an id, a different whole number in each row; --drop {name} leaves it out"
                ));
            }
        }
        for (n, plan) in rows.selection.features.iter().zip(plans) {
            let stats = &rows.survey.columns[*n];
            if *plan == ColumnPlan::Words && stats.texts > 2 && stats.has_different_texts() {
                let name = quoted(&names[*n]);
                notes.push(format!(
                    "{name} looks like an id, a different word in each row; --drop {name} leaves it out"
                ));
            }
        }
        let filled = |n: &usize, plan: &ColumnPlan| {
            let missing = rows.survey.columns[*n].missing;
            (missing > 0 && !matches!(plan, ColumnPlan::LeftOut(_)))
                .then(|| format!("{} in {missing}", quoted(&names[*n])))
        };
        let missing: Vec<String> =
            rows.selection.features.iter().zip(plans).filter_map(|(n, plan)| filled(n, plan)).collect();
        if !missing.is_empty() {
            notes.push(format!("missing, of {} rows: {}", rows.survey.rows, shortened(&missing)));
        }
        if let Some(sample) = &rows.sample
            && sample.rows().0 > rows.len()
        {
            notes.push(format!("{} of {} rows, drawn with --data-seed, class by class", rows.len(), sample.rows().0));
        }
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

impl TableExtras {
    /// Puts what was found out about the text first.
    pub(super) fn add_notes<R: Read>(&mut self, table: &CsvTable<R>, decimal_commas: bool, unlabelled: u64) {
        let mut text = table.notes();
        if decimal_commas {
            text.push("commas in numbers".into());
        }
        if !text.is_empty() {
            self.notes.insert(0, format!("read as text: {}", text.join(", ")));
        }
        if unlabelled > 0 {
            self.notes.push(format!("{} without a label left out", plural(unlabelled, "row")));
        }
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

/// Joins texts, of which only the first are shown.
fn shortened(texts: &[String]) -> String {
    let first = texts[..texts.len().min(NOTED)].join(", ");
    match texts.len().saturating_sub(NOTED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
