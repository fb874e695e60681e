//! Detects whether the first line of a table is a header or data, and selects the label column.

use super::cell_error::TableFacts;
use super::csv_table::CsvTable;
use super::number::NumberParser;
use crate::error::{Result, did_you_mean, quoted};
use std::io::Read;

/// Common names of label columns, in lower case.
const LABELS: [&str; 10] =
    ["label", "labels", "class", "classes", "target", "targets", "y", "outcome", "output", "response"];

/// Advice for a first line that is data.
const NO_HEADER: &str = "it must have a name for each column; if it is a row of data, add --no-header";

/// Rejects a header that looks like data: only numbers, or several numbers and no common label name. Numbers that
/// increase from column to column may be names, such as wavelengths.
pub(super) fn refuse_numbers<R: Read>(table: &CsvTable<R>) -> Result<()> {
    let names = table.columns();
    let mut parser = NumberParser::new(table.has_commas());
    let numbers: Vec<f64> = names.iter().filter_map(|name| parser.parse(name)).collect();
    let rise = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    if numbers.len() < names.len() && (numbers.len() < 2 || rise || names.iter().any(|name| is_label_name(name))) {
        return Ok(());
    }
    let what = match numbers.len() == names.len() {
        true => "the first line holds numbers only".to_owned(),
        false => format!("the first line looks like a row of data: {}", table.listed_columns()),
    };
    Err(table.refuse_header(format!("{what}; {NO_HEADER}")))
}

/// Rejects a header like `1.5,yes`: the label column is named like one of its classes, and another name is a number.
pub(super) fn refuse_class<R: Read>(table: &CsvTable<R>, label: &str, classes: &[String]) -> Result<()> {
    let number = |text: &str| NumberParser::new(table.has_commas()).parse(text);
    let is_label = |class: &String| class == label || number(class).is_some_and(|class| number(label) == Some(class));
    let others = table.columns().iter().filter(|name| *name != label);
    match classes.iter().any(is_label) && others.filter_map(|name| number(name)).next().is_some() {
        true => {
            let what = format!("the first line looks like a row of data: its {} is one of the classes", quoted(label));
            Err(table.refuse_header(format!("{what}; {NO_HEADER}")))
        }
        false => Ok(()),
    }
}

/// Returns the index of the label column, given with `flag` by name, by number from 1 or from the end as -1; else the
/// last that `is_other` leaves.
pub(super) fn label_column<R: Read>(
    table: &CsvTable<R>,
    flag: &str,
    label: Option<&str>,
    is_other: impl Fn(usize) -> bool,
) -> Result<usize> {
    let columns = table.columns();
    let by_name = |label: &str| columns.iter().position(|name| name == label);
    let column = match label.map(str::trim) {
        None => Some((0..columns.len()).rev().find(|n| !is_other(*n)).unwrap_or(columns.len() - 1)),
        Some(label) => by_name(label).or_else(|| by_number(label, columns.len())),
    };
    column.ok_or_else(|| {
        let typed = label.unwrap_or_default();
        let (names, last) = (table.listed_columns(), columns.len());
        let hint = did_you_mean(typed, columns.iter().map(String::as_str));
        let kind = flag.trim_start_matches('-');
        let what = format!("no {kind} column {}; {flag} must be one of {names}", quoted(typed));
        table.refuse_header(format!("{what}, or its number, 1 to {last}, or -1 for the last{hint}"))
    })
}

/// Returns a column's index from its number: from 1, or from the end as -1, -2, ...
fn by_number(label: &str, columns: usize) -> Option<usize> {
    let from_end = |number: i64| columns.checked_sub(usize::try_from(number.unsigned_abs()).ok()?);
    match label.parse::<i64>().ok()? {
        number @ 1.. => usize::try_from(number - 1).ok().filter(|n| *n < columns),
        0 => None,
        number => from_end(number),
    }
}

/// Rejects the last column as the default label if only another column has a common label name, and has two values or
/// the targets are numbers.
pub(super) fn refuse_ambiguous_label<R: Read>(
    table: &CsvTable<R>,
    context: &TableFacts<'_>,
    are_numbers: bool,
) -> Result<()> {
    let is_label = |n: &usize| is_label_name(&context.names[*n]);
    let other = match are_numbers {
        true => context.features.iter().copied().find(is_label),
        false => context.survey.two_valued(context.label).find(is_label),
    };
    let Some(other) = other.filter(|_| !is_label(&context.label)) else { return Ok(()) };
    let [other, last] = [other, context.label].map(|n| quoted(&context.names[n]));
    let has = if are_numbers { "is" } else { "has two values and is" };
    let what = format!("without --label, the last column {last} is the label, but {other} {has} called like one");
    Err(table.refuse_header(format!("{what}; one must be chosen: --label {other} or --label {last}")))
}

/// Whether a column has a common label name.
fn is_label_name(name: &str) -> bool {
    LABELS.contains(&name.to_lowercase().as_str())
}
