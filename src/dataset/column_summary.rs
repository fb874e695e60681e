//! What a column of a table holds, and what becomes of it.

use super::Dataset;
use super::columns::encode::Encoder;
use super::columns::plan::ColumnPlan;
use super::table_rows::TableRows;
use super::table_stats::ColumnStats;
use crate::plural::plural;

/// Most words of a column that are kept.
const MOST_WORDS: usize = 5;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ColumnSummary {
    /// Its name.
    pub name: String,
    /// What it holds: `numbers`, `whole numbers`, `words`, `booleans`, `numbers and words`, `nothing` or `not read`;
    /// and whether it is constant or looks like an id.
    pub values: String,
    /// Rows without a value.
    pub missing: u64,
    /// Smallest and largest number.
    pub range: Option<[f64; 2]>,
    /// Its first words in order of appearance.
    pub words: Vec<String>,
    /// What becomes of it: `feature`, `3 features, one-hot`, `left out: constant`, `label`, `target`, `set of the row`.
    pub becomes: String,
}

impl ColumnSummary {
    /// Describes the features and targets of a data set that comes from no table.
    pub fn of_data(data: &Dataset) -> Vec<Self> {
        let (points, targets) = (&data.train, data.target_names.iter().enumerate());
        let features = data.feature_names.iter().enumerate().map(|(n, name)| {
            let values = (0..points.len()).map(move |row| points.row(row)[n]);
            Self::of_numbers(name, values, "feature")
        });
        let target = |(k, name): (usize, &String)| match points.has_numbers() {
            true => Self::of_numbers(name, points.target_column(k).into_iter(), "target"),
            false => Self { words: first(&data.class_names), ..Self::new(name, "words", "label") },
        };
        features.chain(targets.map(target)).collect()
    }

    fn of_numbers(name: &str, values: impl Iterator<Item = f64> + Clone, becomes: &str) -> Self {
        let whole = values.clone().all(|x| x.fract() == 0.0);
        let range = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], x| [least.min(x), most.max(x)]);
        let constant = if range[0] == range[1] { ", constant" } else { "" };
        let values = format!("{}numbers{constant}", if whole { "whole " } else { "" });
        Self { range: Some(range), ..Self::new(name, &values, becomes) }
    }

    fn new(name: &str, values: &str, becomes: &str) -> Self {
        let (name, values, becomes) = (name.to_owned(), values.to_owned(), becomes.to_owned());
        Self { name, values, missing: 0, range: None, words: Vec::new(), becomes }
    }

    fn of(name: &str, stats: &ColumnStats, is_id: bool, becomes: &str) -> Self {
        let kind = match (stats.numbers, stats.texts) {
            (0, 0) => "nothing",
            (_, 0) if stats.are_whole => "whole numbers",
            (_, 0) => "numbers",
            (0, _) if stats.words.iter().all(|word| is_boolean(word)) => "booleans",
            (0, _) => "words",
            _ => "numbers and words",
        };
        let more = match () {
            () if stats.different() == 1 => ", constant",
            () if is_id => ", all different: an id?",
            () => "",
        };
        Self {
            missing: stats.missing,
            range: stats.range(),
            words: first(&stats.words),
            ..Self::new(name, &format!("{kind}{more}"), becomes)
        }
    }
}

fn first(words: &[String]) -> Vec<String> {
    words[..words.len().min(MOST_WORDS)].to_vec()
}

fn is_boolean(word: &str) -> bool {
    ["true", "false", "yes", "no", "t", "f", "y", "n"].iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Describes all columns of a table after its features were chosen.
pub(super) fn of_table(
    rows: &TableRows,
    names: &[String],
    (plans, ids): (&[ColumnPlan], &[Option<&str>]),
    encoders: &[Encoder],
) -> Vec<ColumnSummary> {
    let selection = &rows.selection;
    let one = |(n, name): (usize, &String)| {
        let stats = &rows.survey.columns[n];
        if let Some(field) = selection.features.iter().position(|one| *one == n) {
            return ColumnSummary::of(name, stats, ids[field].is_some(), &becomes(&plans[field], name, encoders));
        }
        match () {
            () if selection.targets.contains(&n) && rows.targets.are_numbers() => {
                ColumnSummary::of(name, stats, false, "target")
            }
            () if selection.targets.contains(&n) => {
                ColumnSummary { missing: stats.missing, ..ColumnSummary::new(name, "classes", "label") }
            }
            () if selection.split == Some(n) => ColumnSummary::new(name, "words", "set of the row"),
            () if selection.row_numbers.contains(&n) => ColumnSummary::new(name, "not read", "left out: row numbers"),
            () => ColumnSummary::new(name, "not read", "left out: not asked for"),
        }
    };
    names.iter().enumerate().map(one).collect()
}

/// Returns what becomes of a feature column.
fn becomes(plan: &ColumnPlan, name: &str, encoders: &[Encoder]) -> String {
    let made = encoders.iter().find(|encoder| encoder.column.name == name);
    match (plan, made) {
        (ColumnPlan::LeftOut(why), _) => format!("left out: {why}"),
        (ColumnPlan::Words, Some(encoder)) => {
            let features = encoder.column.features.len() as u64;
            format!("{}, one-hot", plural(features, "feature"))
        }
        _ => "feature".into(),
    }
}
