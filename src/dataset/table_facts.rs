//! Facts about a table for messages about it.

use super::table_stats::TableStats;
use crate::error::{listed, quoted};
use std::path::Path;

/// Maximum number of columns named in a message.
pub(super) const NAMED: usize = 6;

/// Facts about a table from which messages are built.
pub(super) struct TableFacts<'a> {
    pub(super) path: &'a Path,
    pub(super) names: &'a [String],
    /// Whether the first line is data, not column names.
    pub(super) no_header: bool,
    /// Index of the label column.
    pub(super) label: usize,
    /// Whether the label column is the last one by default, without `--label`.
    pub(super) by_default: bool,
    pub(super) survey: &'a TableStats,
    /// Indices of the features.
    pub(super) features: &'a [usize],
}

impl TableFacts<'_> {
    /// Returns a note that the label column was chosen by default; empty if it was not.
    pub(super) fn taken(&self) -> &'static str {
        if self.by_default { "; without --label, the last column is the label" } else { "" }
    }

    /// Returns a hint naming the other columns with two values, with the `--label` option to type.
    pub(super) fn other_labels(&self) -> String {
        let two: Vec<&str> = self.survey.two_valued(self.label).map(|n| self.names[n].as_str()).collect();
        match &two[..] {
            [] => "; no other column has two values".into(),
            [only] => format!("; {} has two values: --label {}", quoted(only), quoted(only)),
            [first, ..] => format!(
                "; with two values: {}: --label {} or another",
                listed(two.iter().copied(), NAMED),
                quoted(first)
            ),
        }
    }
}

/// Returns `empty` for an empty field, else its quoted text, such as `"NA"`.
pub(super) fn found(text: &str) -> String {
    if text.is_empty() { "empty".into() } else { quoted(text) }
}
