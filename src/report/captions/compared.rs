//! Sentences on distributions, and on curves side by side.

use super::super::Report;
use super::super::head::judged;
use crate::plot::{View, few, models, number, percent, titled};
use crate::statistics::Group;

/// Curves of which one is spoken.
const MOST: usize = 7;

/// Where the best models are, in accuracy and in loss.
pub fn ecdf(view: &View) -> String {
    let picked = few(view, MOST);
    let best = picked.iter().find(|picked| picked.best).or(picked.first().filter(|_| picked.len() == 1));
    let Some(best) = best else { return "No model has an accuracy: all diverged.".to_owned() };
    let (group, place) = (&best.group, titled(&best.place));
    let middle = |q: f64| judged(group).quantile(q).zip(group.losses.quantile(q));
    let all = judged(group).len();
    match (middle(0.1), middle(0.5), middle(0.9)) {
        (Some(low), Some(middle), Some(high)) if all > 1 => format!(
            "{place} the middle 80\u{a0}% of {} have accuracies from {} to {}, median {}, and losses from {} to {}, median {}. \
             A steep piece of a curve is a heap of models, a flat one a gap between heaps.",
            models(all),
            percent(low.0),
            percent(high.0),
            percent(middle.0),
            number(low.1, 2),
            number(high.1, 2),
            number(middle.1, 2)
        ),
        (_, Some((accuracy, loss)), _) => {
            format!(
                "{place} the only model has an accuracy of {} and a loss of {}.",
                percent(accuracy),
                number(loss, 2)
            )
        }
        _ => format!("{place} no model has a loss."),
    }
}

/// The first and the last of the curves, with intervals.
pub fn comparison(report: &Report) -> String {
    let view = report.view;
    let mut tops: Vec<(&String, &Group, f64)> = view
        .names
        .iter()
        .enumerate()
        .filter_map(|(k, name)| {
            let group = view.stand_in(k)?;
            Some((name, group, group.score()?))
        })
        .collect();
    tops.sort_by(|a, b| b.2.total_cmp(&a.2));
    let of = |(name, group, mean): &(&String, &Group, f64)| {
        let interval = group.score_interval().map_or(String::new(), |(low, high)| {
            format!(" (95\u{a0}% interval {} to {})", percent(low.max(0.0)), percent(high.min(1.0)))
        });
        let (successes, n) = (group.successes(), group.n);
        format!("{name}{}: {}{interval}, {successes} of {n} succeed", view.at(group), percent(*mean))
    };
    let what = titled(report.accuracy());
    match &tops[..] {
        [] => "No model has an accuracy: all diverged.".to_owned(),
        [only] => format!("{what}, mean of the only curve that has one, {}.", of(only)),
        [first, .., last] => format!("{what}, mean at its best, first {}; last {}.", of(first), of(last)),
    }
}
