//! The text of `gpu-sweep data`.

use super::super::verbosity::{bold, labelled};
use crate::dataset::ColumnSummary;
use crate::error::{listed, number, quoted};
use crate::run::summary_text::{percent, plural};
use crate::sweep::{DataSummary, SetSummary};

/// Most columns and classes that are shown.
const MOST: usize = 40;

/// Returns the description for the terminal.
pub fn text(data: &DataSummary) -> String {
    let mut lines = vec![labelled("data", &format!("{}: {}", quoted(&data.name), data.target))];
    lines.extend(data.notes.iter().map(|note| labelled("note", note)));
    let [rows, columns, features] = [data.rows, data.columns.len(), data.features].map(|count| count as u64);
    let size = [plural(rows, "row"), plural(columns, "column"), plural(features, "feature")].join(", ");
    lines.push(labelled("size", &size));
    lines.push(String::new());
    lines.extend(table(["column", "values", "missing", "range", "becomes"], data.columns.iter().map(column)));
    if !data.classes.is_empty() {
        lines.push(String::new());
        let class = |(n, class): (usize, &crate::sweep::ClassSummary)| {
            [n.to_string(), quoted(&class.name), class.rows.to_string(), percent(Some(class.share), 1), String::new()]
        };
        lines.extend(table(["class", "name", "rows", "share", ""], data.classes.iter().enumerate().map(class)));
    }
    lines.push(String::new());
    lines.extend(data.sets.iter().map(|set| labelled(set.set, &of_set(data, set))));
    if data.data_sets > 1 {
        lines.push(labelled("sets", &format!("the first of {}", data.data_sets)));
    }
    lines.join("\n") + "\n"
}

fn column(column: &ColumnSummary) -> [String; 5] {
    let range = match (column.range, column.words.len()) {
        (Some([least, most]), _) if least == most => number(least),
        (Some([least, most]), _) => format!("{} to {}", number(least), number(most)),
        (None, 0) => String::new(),
        (None, _) => listed(column.words.iter().map(String::as_str), column.words.len()),
    };
    let missing = if column.missing == 0 { String::new() } else { column.missing.to_string() };
    [quoted(&column.name), column.values.clone(), missing, range, column.becomes.clone()]
}

/// Returns a set's rows and its baseline.
fn of_set(data: &DataSummary, set: &SetSummary) -> String {
    let rows = plural(set.rows as u64, "row");
    if set.baseline_accuracy.is_some() {
        return format!(
            "{rows}; always the most common class of the training rows: {} right",
            percent(set.baseline_accuracy, 1)
        );
    }
    let errors: Vec<String> = set.baseline_rmse.iter().map(|rmse| format!("{rmse:.4}")).collect();
    let of = if data.sets[0].set == set.set { ", R² 0" } else { "" };
    format!("{rows}; always the mean of the training rows: RMSE {}{of}", errors.join(", "))
}

/// Returns the lines of a table, the first ones if there are many.
fn table(head: [&str; 5], rows: impl Iterator<Item = [String; 5]>) -> Vec<String> {
    let mut rows: Vec<[String; 5]> = rows.collect();
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    let length = |text: &str| text.chars().count();
    let width = |n: usize| rows.iter().map(|row| length(&row[n])).max().unwrap_or(0).max(length(head[n]));
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |cells: [&str; 5]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![bold(&line(head))];
    lines.extend(rows.iter().map(|row| line(row.each_ref().map(String::as_str))));
    lines.extend((more > 0).then(|| format!("... and {more} more; --json has all")));
    lines
}
