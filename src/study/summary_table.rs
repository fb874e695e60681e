//! `summary.csv`: a row per combination of settings.

use super::Study;
use super::question::Question;
use super::tables::{group_table, text};
use crate::error::Result;
use crate::statistics::{Class, Group, RowSet, Summary};
use std::path::PathBuf;

impl Study {
    pub(super) fn write_summary(&self, summary: &Summary) -> Result<PathBuf> {
        let question = &self.question;
        let columns = summary_columns(question).join(",");
        let csv = group_table(question, summary, &columns, |group| summary_row(question, group).join(","));
        self.write_text("summary.csv", &csv)
    }
}

/// The sets of rows that any cell has: those of tables.
pub(super) fn tabled(question: &Question) -> impl Iterator<Item = RowSet> {
    RowSet::ALL.into_iter().filter(|set| question.has(*set))
}

/// The columns of `summary.csv` after the trials' own.
fn summary_columns(question: &Question) -> Vec<String> {
    let mut columns = vec!["n".to_owned()];
    for set in tabled(question) {
        let prefix = set.prefix();
        let spread = ["mean", "median", "q25", "q75"].map(|what| format!("{what}_{prefix}acc"));
        columns.extend(spread.into_iter().chain([format!("mean_{prefix}balanced_acc")]));
    }
    columns.extend(["success_rate", "success_ci_low", "success_ci_high"].map(String::from));
    columns.extend(counted_classes().map(|class| class.name().replace('-', "_")));
    columns
}

/// The classes that have a column: successes are there as a rate.
fn counted_classes() -> impl Iterator<Item = Class> {
    Class::ALL.into_iter().filter(|class| *class != Class::Success)
}

/// What a row of `summary.csv` says of a group.
fn summary_row(question: &Question, group: &Group) -> Vec<String> {
    let mut fields = vec![group.n.to_string()];
    for set in tabled(question) {
        let counts = group.counts(set);
        fields.push(text(counts.mean()));
        fields.extend([0.5, 0.25, 0.75].map(|q| text(counts.quantile(q))));
        fields.push(text(group.mean_balanced_accuracy(set)));
    }
    let (low, high) = group.success_interval().unzip();
    fields.extend([group.success_rate(), low, high].map(text));
    fields.extend(counted_classes().map(|class| group.of_class(class).to_string()));
    fields
}
