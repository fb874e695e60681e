//! Caption of the accuracies.

use super::caption_parts::{ends, no_accuracy, spread};
use super::facet::Facet;
use super::sentences;
use super::theme::{number, percent, titled};
use crate::statistics::Group;

/// Describes the accuracies of all models: the best, and the ends of the axis.
pub fn accuracy(view: &Facet) -> String {
    let total = &view.summary.total();
    let what = sentences::graded_words(total);
    if total.train.is_empty() {
        return no_accuracy(total);
    }
    let baseline = sentences::baseline(view).map_or(String::new(), |baseline| format!(" {}.", titled(&baseline)));
    if total.n == 1 {
        let mean = percent(total.score().unwrap_or(0.0));
        return format!("The only model: {what} {mean}.{baseline}");
    }
    let chosen = sentences::chosen(view).map_or(String::new(), |chosen| format!(" {}.", titled(&chosen)));
    let found = match view.has_several_curves() {
        true => compared(view, &what),
        false => alone(view, &what, total),
    };
    format!("{found}{chosen}{baseline}")
}

/// Describes the best values of the only curve, and its ends.
fn alone(view: &Facet, what: &str, total: &Group) -> String {
    let mean = |group: &Group| group.score().map_or("none".into(), percent);
    let ends = ends(view.groups()).map(|[first, last]| {
        let (a, b) = (number(first.x, 3), number(last.x, 3));
        format!(" At {a} the mean is {}, at {b} it is {}.", mean(first), mean(last))
    });
    match (view.learned_nothing(), view.top()) {
        (true, _) => format!("{}.{}", sentences::nothing_learned(view), ends.unwrap_or_default()),
        (_, Some((_, best))) if best.values > 1 => {
            let note = sentences::certainty(best).map_or(String::new(), |note| format!(" ({note})"));
            let (values, at) = (sentences::values(best), view.at(&best.group));
            let middle = format!("{}{at}: {}.", titled(what), spread(&best.group));
            format!("Best {} {values}{note}. {middle}{}", view.x, ends.unwrap_or_default())
        }
        (_, Some((_, best))) => format!("{}{}: {}.", titled(what), view.at(&best.group), spread(&best.group)),
        _ => format!("All models together: {}.", spread(total)),
    }
}

/// Describes the best and the worst of several curves, each at its best.
fn compared(view: &Facet, what: &str) -> String {
    if view.learned_nothing() {
        return format!("{}.", sentences::nothing_learned(view));
    }
    let tops = view.ranked().into_iter().filter_map(|k| {
        let group = view.representative(k)?;
        Some((&view.names[k], group, group.score()?))
    });
    let tops: Vec<_> = tops.collect();
    let others = sentences::ties(view).map_or(String::new(), |others| format!(" ({others})"));
    match &tops[..] {
        [] => format!("No model has {}.", view.summary.measure().a_name()),
        [(name, group, _)] => format!("Only {name} has an {what}{}: {}.", view.at(group), spread(group)),
        [(first, a, _), .., (last, b, mean)] => format!(
            "Best with {first}{others}, in the middle of its best range{}: {}. Of the {} curves {last} comes last, \
             there{}: mean {}.",
            view.at(a),
            spread(a),
            tops.len(),
            view.at(b),
            percent(*mean)
        ),
    }
}
