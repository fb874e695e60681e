//! Captions of distributions and of curves side by side.

use crate::plot::{Facet, count, few, number, percent, sentences, titled};
use crate::plural::verb;
use crate::statistics::Group;
use crate::statistics::number_words::between;

/// Maximum number of curves that are considered.
const MOST: usize = 7;

/// Describes the accuracies and losses of the best models.
pub fn ecdf(view: &Facet) -> String {
    let picked = few(view, MOST);
    let total = view.summary.total();
    let best = picked.iter().find(|picked| picked.best).or(picked.first().filter(|_| picked.len() == 1));
    let (group, place) = best.map_or((&total, "In all".to_owned()), |best| (&best.group, titled(&best.place)));
    let counts = group.reported_counts();
    match (counts.mean(), between(counts, 0.1, 0.9), group.losses.quantile(0.5)) {
        (Some(mean), None, Some(loss)) => {
            format!("{place} the only model has an accuracy of {} and a loss of {}.", percent(mean), number(loss, 2))
        }
        (Some(mean), Some(inner), _) => format!(
            "{place} the mean accuracy is {}, with {inner}; {}. Steep parts of a curve are clusters of models, \
             flat parts the gaps between them.",
            percent(mean),
            sentences::halves(group)
        ),
        _ => super::no_accuracy(group),
    }
}

/// Describes the first and the last of the curves, with intervals.
pub fn comparison(view: &Facet) -> String {
    let mut tops: Vec<(&String, &Group, f64)> = view
        .names
        .iter()
        .enumerate()
        .filter_map(|(k, name)| {
            let group = view.representative(k)?;
            Some((name, group, group.score()?))
        })
        .collect();
    tops.sort_by(|a, b| b.2.total_cmp(&a.2));
    let of = |(name, group, mean): &(&String, &Group, f64)| {
        let interval = group.score_interval().map_or(String::new(), |(low, high)| {
            format!(" (95\u{a0}% interval {} to {})", percent(low.max(0.0)), percent(high.min(1.0)))
        });
        let (successes, n) = (group.successes(), group.n);
        let success = match (n, successes) {
            (1, 0) => "which is no success".to_owned(),
            (1, _) => "a success".to_owned(),
            (n, some) => format!("{} of {} {}", count(some), count(n), verb(some, "succeed")),
        };
        format!("{name}{}: {}{interval}, {success}", view.at(group), percent(*mean))
    };
    let what = titled(sentences::graded_words(&view.summary.total()));
    match &tops[..] {
        [] => super::no_accuracy(&view.summary.total()),
        [only] => format!("{what}, mean of the only curve that has one, {}.", of(only)),
        [first, .., last] => {
            format!("{what}, mean in the middle of its best range, first {}; last {}.", of(first), of(last))
        }
    }
}
