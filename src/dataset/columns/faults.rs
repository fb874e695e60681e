//! Sentences about columns that can't be features: what is wrong over all rows, and what to type.

use super::super::number::has_decimal_comma;
use super::super::table_facts::{NAMED, TableFacts, found};
use super::super::table_stats::{ColumnStats, MAX_WORDS};
use super::plan::ColumnFault;
use crate::error::quoted;

const NUMBER: &str = "a finite number, at most 1e30 in magnitude";

/// Returns the sentence about a number that is infinite or too large.
pub(in super::super) fn beyond(facts: &TableFacts<'_>, column: usize, text: &str) -> String {
    format!("{} must be {NUMBER}, not {}", quoted(&facts.names[column]), found(text))
}

/// Returns the sentence about a column; its first field that does not fit is `text`, in `line`.
pub(in super::super) fn sentence(
    facts: &TableFacts<'_>,
    fault: ColumnFault,
    column: usize,
    line: u64,
    text: &str,
) -> String {
    let name = quoted(&facts.names[column]);
    let stats = &facts.survey.columns[column];
    let no_number = format!("{name} must be {NUMBER}, not {}", found(text));
    if facts.no_header && line == 1 && fault != ColumnFault::Missing {
        return format!("{no_number}; if the first line names the columns, leave out --no-header");
    }
    match fault {
        ColumnFault::Missing => {
            let what = if stats.texts > 0 { format!("{name} must be a word, not {}", found(text)) } else { no_number };
            let missing = counts(facts, |stats| (stats.missing > 0).then(|| format!("no value in {}", stats.missing)));
            format!(
                "{what}{missing}; to go on: --missing drop leaves out such rows, --missing mean or median fills them"
            )
        }
        ColumnFault::Mixed => {
            let texts = counts(facts, |stats| {
                (stats.texts > 0 && stats.numbers > 0).then(|| format!("text in {}", stats.texts))
            });
            let marks = match (has_decimal_comma(text), text.parse::<f64>().is_ok()) {
                (true, _) => "; a number here has a decimal point, such as 1.5",
                (_, true) => "; the numbers before have decimal commas",
                _ => "",
            };
            format!(
                "{no_number}{texts}{marks}; to go on: --drop {name}, or --categorical one-hot to take all its values as \
                 words"
            )
        }
        ColumnFault::Dates => format!(
            "{name} must be {NUMBER}, not the date {}, of which neither size nor sameness says much; to go on: --drop \
             {name}, or put a number in its place, such as days since the first",
            found(text)
        ),
        ColumnFault::ManyWords => {
            let id = if stats.has_different_texts() { ", all different, as in an id" } else { "" };
            format!(
                "{name} must be {NUMBER}, or one of up to {MAX_WORDS} words, not {} and more than {MAX_WORDS} \
                 others{id}; to go on: --drop {name}, or --categorical drop for all columns of text",
                found(text)
            )
        }
        ColumnFault::Words => {
            let texts = counts(facts, |stats| (stats.texts > 0).then(|| format!("text in {}", stats.texts)));
            format!("{no_number}{texts}; to go on: --categorical one-hot or drop, or --drop {name}")
        }
    }
}

/// Returns how many rows are affected, by column: ` (of 7 rows, "a" has no value in 1)`.
fn counts(facts: &TableFacts<'_>, of: impl Fn(&ColumnStats) -> Option<String>) -> String {
    let features = facts.features.iter().filter_map(|n| Some((n, of(&facts.survey.columns[*n])?)));
    let all: Vec<String> = features.map(|(n, count)| format!("{} has {count}", quoted(&facts.names[*n]))).collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} columns more"),
    };
    let first: Vec<String> = all.into_iter().take(NAMED).collect();
    format!(" (of {} rows, {}{more})", facts.survey.rows, first.join(", "))
}
