//! Chooses the columns of a table: the label, the features, and those left out by name.

use super::super::csv_options::CsvOptions;
use super::super::csv_table::CsvTable;
use super::super::header::label_column;
use super::super::points::MAX_OUTPUTS;
use crate::error::{Result, did_you_mean, quoted};
use std::io::Read;

/// Uses of a table's columns, by index.
#[derive(Debug)]
pub(in super::super) struct Selection {
    /// The label, or the target columns.
    pub(in super::super) targets: Vec<usize>,
    /// Column that says to which set a row belongs.
    pub(in super::super) split: Option<usize>,
    pub(in super::super) features: Vec<usize>,
    /// Columns that are row numbers by their names.
    pub(in super::super) row_numbers: Vec<usize>,
}

impl Selection {
    /// Chooses by `--label` or `--target`, `--features`, `--drop` and `--split-column`.
    pub(in super::super) fn of<R: Read>(table: &CsvTable<R>, options: &CsvOptions<'_>) -> Result<Self> {
        let names = table.columns();
        let wanted = options.features.map(|list| columns(table, "--features", list)).transpose()?;
        let dropped = options.drop.map(|list| columns(table, "--drop", list)).transpose()?.unwrap_or_default();
        let split = options.split_column.map(|name| split_column(table, name)).transpose()?;
        let is_wanted = |n: usize| wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|(one, _)| *one == n));
        let is_row_number =
            |n: usize| matches!((n, names[n].as_str()), (0, "" | "Unnamed: 0") | (_, "__index_level_0__"));
        let is_dropped = |n: usize| dropped.iter().any(|(one, _)| *one == n);
        let no_label = |n: usize| Some(n) == split || is_dropped(n) || is_row_number(n);
        let targets = target_columns(table, options, no_label)?;
        let (label, is_target) = (targets[0], |n: usize| targets.contains(&n));
        let word = if options.target.is_some() { "a target" } else { "the label" };
        for (list, flag) in [(wanted.as_deref(), "--features"), (Some(&dropped[..]), "--drop")] {
            let mut by_name = list.into_iter().flatten().filter(|(_, by_name)| *by_name).map(|(n, _)| *n);
            if let Some(n) = by_name.find(|n| is_target(*n) || Some(*n) == split) {
                let what = if is_target(n) { word } else { "the --split-column" };
                let what = format!("{} is {what}, and no feature; leave it out of {flag}", quoted(&names[n]));
                return Err(table.refuse_header(what));
            }
        }
        if let Some(n) = split.filter(|n| is_target(*n)) {
            let name = quoted(&names[n]);
            return Err(table.refuse_header(format!("{name} is {word}; --split-column must be another column")));
        }
        let others = || (0..names.len()).filter(|n| !is_target(*n) && Some(*n) != split && !is_dropped(*n));
        let row_numbers = others().filter(|n| wanted.is_none() && is_row_number(*n)).collect::<Vec<_>>();
        let features: Vec<usize> = others().filter(|n| is_wanted(*n) && !row_numbers.contains(n)).collect();
        if features.is_empty() {
            let what = format!("no features beside label {}", quoted(&names[label]));
            let list = if wanted.is_some() { "--features" } else { "--drop" };
            let what = match names.len() {
                1 => format!("{what}; there must be two or more columns, with commas between them or --delimiter"),
                _ => format!("{what}; {list} must leave one of {}", table.listed_columns()),
            };
            return Err(table.refuse_header(what));
        }
        Ok(Self { targets, split, features, row_numbers })
    }
}

/// Returns the columns that `--target` names, or the label.
fn target_columns<R: Read>(
    table: &CsvTable<R>,
    options: &CsvOptions<'_>,
    is_other: impl Fn(usize) -> bool,
) -> Result<Vec<usize>> {
    let Some(list) = options.target else { return Ok(vec![label_column(table, "--label", options.label, is_other)?]) };
    let mut targets = Vec::new();
    for name in list.split(',') {
        let n = label_column(table, "--target", Some(name), &is_other)?;
        if targets.contains(&n) {
            let what = format!("--target names {} twice; each target must be named once", quoted(&table.columns()[n]));
            return Err(table.refuse_header(what));
        }
        targets.push(n);
    }
    match targets.len() {
        0..=MAX_OUTPUTS => Ok(targets),
        more => Err(table.refuse_header(format!("--target names {more} columns; there may be up to {MAX_OUTPUTS}"))),
    }
}

/// Returns the columns that a list of names and patterns means, and for each whether it is meant by name.
fn columns<R: Read>(table: &CsvTable<R>, flag: &str, list: &str) -> Result<Vec<(usize, bool)>> {
    let names = table.columns();
    let mut found = Vec::new();
    for pattern in list.split(',').map(str::trim) {
        let by_name = names.iter().position(|name| name == pattern);
        let of: Vec<usize> = match by_name {
            Some(n) => vec![n],
            None => (0..names.len()).filter(|n| is_like(pattern, &names[*n])).collect(),
        };
        if of.is_empty() {
            let hint = did_you_mean(pattern, names.iter().map(String::as_str));
            let what = format!("no column {}; {flag} must name some of {}", quoted(pattern), table.listed_columns());
            return Err(table.refuse_header(format!("{what}, or match them as x* does{hint}")));
        }
        found.extend(of.into_iter().map(|n| (n, by_name.is_some())));
    }
    Ok(found)
}

fn split_column<R: Read>(table: &CsvTable<R>, name: &str) -> Result<usize> {
    let names = table.columns();
    names.iter().position(|one| one == name.trim()).ok_or_else(|| {
        let hint = did_you_mean(name, names.iter().map(String::as_str));
        let what = format!("no column {}; --split-column must be one of {}", quoted(name), table.listed_columns());
        table.refuse_header(what + &hint)
    })
}

/// Whether a name matches a pattern, in which `*` stands for any text and `?` for any letter.
fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where to go on if the text after the last star does not fit.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                (p, n) = (at + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, expected) in [
            ("x*", "x12", true),
            ("x*", "ax", false),
            ("*_id", "user_id", true),
            ("*_id", "user_id2", false),
            ("x?", "x1", true),
            ("x?", "x", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXcYb", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("**ä", "ßä", true),
        ] {
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }
}
