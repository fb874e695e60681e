//! Decides what becomes of each column that was read as a feature.

use super::super::csv_options::{Categorical, CsvOptions, Missing};
use super::super::number::is_date;
use super::super::table_stats::{ColumnStats, MAX_WORDS, SeenField};

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum ColumnPlan {
    /// A feature.
    Numbers,
    /// A feature for each of its values.
    Words,
    /// Nothing, for this reason.
    LeftOut(&'static str),
}

/// Why a column can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum ColumnFault {
    /// Some values are missing.
    Missing,
    /// Its values are words, which `--categorical refuse` refuses.
    Words,
    /// Some values are numbers and others are words.
    Mixed,
    /// Its values are dates.
    Dates,
    /// It has more than [`MAX_WORDS`] words.
    ManyWords,
}

impl ColumnPlan {
    /// Decides on a column by its statistics over all `rows`; an error is at the field that is returned.
    pub(in super::super) fn of<'a>(
        stats: &'a ColumnStats,
        rows: u64,
        options: &CsvOptions<'_>,
    ) -> Result<Self, (ColumnFault, &'a SeenField)> {
        let plan = match &stats.first_text {
            None if stats.numbers == 0 => return Ok(Self::LeftOut("no value in any row")),
            Some(_) if options.categorical == Some(Categorical::Drop) => return Ok(Self::LeftOut("text")),
            _ if rows > 1 && stats.different() == 1 => Self::LeftOut("constant"),
            None => Self::Numbers,
            Some(first) => match words_fault(stats, &first.text, options.categorical) {
                Some(fault) => return Err((fault, first)),
                None => Self::Words,
            },
        };
        match &stats.first_missing {
            Some(first) if options.missing == Missing::Refuse => Err((ColumnFault::Missing, first)),
            _ => Ok(plan),
        }
    }
}

/// Returns why a column with words can't be one-hot; `first` is its first word.
fn words_fault(stats: &ColumnStats, first: &str, categorical: Option<Categorical>) -> Option<ColumnFault> {
    if is_date(first) {
        return Some(ColumnFault::Dates);
    }
    match categorical {
        Some(Categorical::Refuse) => Some(ColumnFault::Words),
        // Numbers with a few words are more often numbers with mistakes than words, so it has to be typed.
        None if stats.numbers > 0 => Some(ColumnFault::Mixed),
        _ if stats.words.len() > MAX_WORDS => Some(ColumnFault::ManyWords),
        _ => None,
    }
}
