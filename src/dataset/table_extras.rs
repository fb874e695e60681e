//! What is said about a table: what was detected, left out or changed.

use super::column_summary::ColumnSummary;
use super::columns::encode::{Encoder, TableColumn};
use super::columns::plan::ColumnPlan;
use super::csv_table::CsvTable;
use super::prepare::RowUse;
use super::table_rows::TableRows;
use crate::error::{listed, quoted};
use crate::plural::plural;
use std::io::Read;

/// Fewest rows for which different whole numbers are pointed out as an id.
const FEWEST_IDS: usize = 50;
/// Most names or words in a note.
const NOTED: usize = 8;

/// What a table says beside its rows, and what became of its columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableExtras {
    /// Lines about what was detected, left out or changed.
    pub notes: Vec<String>,
    /// Columns that became features, in their order.
    pub columns: Vec<TableColumn>,
    /// All columns of the table, in its order.
    pub summaries: Vec<ColumnSummary>,
    /// Set of each row, if a column of the table says it.
    pub uses: Option<Vec<RowUse>>,
}

impl TableExtras {
    /// Notes what becomes of columns.
    pub(super) fn note_columns(
        &mut self,
        rows: &TableRows,
        names: &[String],
        (plans, ids): (&[ColumnPlan], &[Option<&str>]),
        encoders: &[Encoder],
    ) {
        let notes = &mut self.notes;
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
        for kind in ["whole number", "word"] {
            for (field, n) in rows.selection.features.iter().enumerate() {
                if ids[field] == Some(kind) && !matches!(plans[field], ColumnPlan::LeftOut(_)) {
                    let name = quoted(&names[*n]);
                    notes.push(format!(
                        "{name} looks like an id, a different {kind} in each row; --drop {name} leaves it out"
                    ));
                }
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

/// Joins texts, of which only the first are shown.
fn shortened(texts: &[String]) -> String {
    let first = texts[..texts.len().min(NOTED)].join(", ");
    match texts.len().saturating_sub(NOTED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

impl TableRows {
    /// Returns for each feature column what is different in each row, as in a column of ids: a `whole number` or a
    /// `word`. Sorts the columns that may be ids.
    pub(super) fn ids(&self) -> Vec<Option<&'static str>> {
        let id = |(field, n): (usize, &usize)| {
            let stats = &self.survey.columns[*n];
            let words = || stats.texts > 2 && stats.has_different_texts();
            if self.is_id(field) { Some("whole number") } else { words().then_some("word") }
        };
        self.selection.features.iter().enumerate().map(id).collect()
    }

    /// Whether a column has a different whole number in each of many rows.
    fn is_id(&self, field: usize) -> bool {
        let stats = &self.survey.columns[self.selection.features[field]];
        if self.len() < FEWEST_IDS || !stats.are_whole || stats.different() < 3 || stats.missing > 0 {
            return false;
        }
        let mut numbers: Vec<f64> = self.column(field).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.windows(2).all(|pair| pair[0] < pair[1])
    }
}
