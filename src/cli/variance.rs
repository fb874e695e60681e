//! Shares of the variance of success: lines of the summary.

use super::verbosity::bold;
use crate::plot::term;
use crate::results::VarianceShare;
use crate::run::summary_text::percent;
use crate::sweep::CellColumn;

/// Maximum number of combinations shown; `variance.csv` has all of them.
const MOST: usize = 4;

/// One paragraph on success for each of the first combinations if data sets are crossed with seeds; else empty.
pub fn text(splits: &[VarianceShare]) -> String {
    let of_success: Vec<&VarianceShare> = splits.iter().filter(|split| split.outcome == "success").collect();
    if of_success.iter().all(|split| split.component != CellColumn::DataSeed.name()) {
        return String::new();
    }
    let combinations: Vec<&[&VarianceShare]> = of_success.chunk_by(|a, b| a.labels == b.labels).collect();
    let paragraph = |splits: &&[&VarianceShare]| {
        let title = [vec!["variance of success by source (95 % interval)".to_owned()], splits[0].labels.clone()]
            .concat()
            .join(", ");
        let rows: String = match splits.iter().all(|split| split.estimate.is_none_or(|e| e.share.is_none())) {
            true => "  none: all models succeed, or none does\n".to_owned(),
            false => splits.iter().map(|split| row(split)).collect(),
        };
        format!("{}\n{rows}", bold(&title))
    };
    let mut text: String = combinations.iter().take(MOST).map(paragraph).collect();
    if let Some(more) = combinations.len().checked_sub(MOST).filter(|more| *more > 0) {
        text += &format!("  and {more} more in variance.csv\n");
    }
    text + "\n"
}

/// Table row: `   61.2 %  initial weights × data  (54.1 to 68.0 %)`.
fn row(split: &VarianceShare) -> String {
    let share = split.estimate.and_then(|estimate| estimate.share);
    let interval = split.estimate.and_then(|estimate| estimate.interval);
    let interval = interval.map_or("no interval".to_owned(), |(low, high)| {
        format!("{} to {}", percent(Some(low), 1), percent(Some(high), 1))
    });
    format!("  {:>8}  {:48} {interval}\n", percent(share, 1), term(&split.component))
}
