//! Sentences about the best value, shared by titles, report and terminal.

mod counted_losses;

pub use counted_losses::{CountedLosses, halves};

use super::facet::Facet;
use super::theme::{models, number, percent, titled};
use crate::results::{StudyCurves, StudySpec};
pub use crate::statistics::number_format::baseline_words;
use crate::statistics::{BestClaim, Group, Measure, NearBest, OutcomeClass, RowSet, Select};
use crate::sweep::Hyperparameter;

/// Name of the accuracy, or R², that a group is graded by.
pub fn graded_words(group: &Group) -> String {
    let name = group.measure.name();
    match group.reported_rows() {
        RowSet::Train => name.to_owned(),
        RowSet::Validation => format!("validation {name}"),
        RowSet::Test => format!("test {name}"),
    }
}

/// Why no model has an accuracy: `all 20 models diverged`, `of 20 models 15 diverged, 5 exploded`.
pub fn all_lost(group: &Group) -> String {
    let whole = |class: OutcomeClass| group.of_class(class) == group.n;
    match OutcomeClass::ALL.into_iter().find(|class| class.is_lost() && whole(*class)) {
        Some(class) if group.n == 1 => format!("the only model {}", class.name()),
        Some(class) => format!("all {} {}", models(group.n), class.name()),
        None => format!("of {} {}", models(group.n), group.lost_words().unwrap_or_default()),
    }
}

/// Name of a row of this set, as used in pictures.
pub fn points(set: RowSet) -> &'static str {
    match set {
        RowSet::Train => "training point",
        RowSet::Validation => "validation point",
        RowSet::Test => "test point",
    }
}

/// Name of the rows of this set.
fn rows(set: RowSet) -> &'static str {
    match set {
        RowSet::Train => "training rows",
        RowSet::Validation => "validation rows",
        RowSet::Test => "test rows",
    }
}

/// Best value or range: `0.0746`, `0.054 to 0.1`; empty if the axis does not apply.
pub fn values(best: &NearBest) -> String {
    let [from, to] = best.range;
    match (from.is_nan(), best.is_one()) {
        (true, _) => String::new(),
        (_, true) => number(from, 3),
        _ => format!("{} to {}", number(from, 3), number(to, 3)),
    }
}

/// Note on the range: `indistinguishable`, or that there are too few seeds to compare; `None` for a single best value.
pub fn certainty(best: &NearBest) -> Option<&'static str> {
    match (best.is_compared, best.is_one()) {
        (false, _) => Some("too few seeds to compare"),
        (_, false) => Some("indistinguishable"),
        (_, true) => None,
    }
}

/// Criterion and rows by which the best is chosen, if they differ from those it is graded by.
pub fn chosen(view: &Facet) -> Option<String> {
    let (total, select) = (view.summary.total(), view.summary.select());
    let by = if select == Select::Accuracy { String::new() } else { format!(" by {}", select.words(total.measure)) };
    let differs = select != Select::Accuracy || total.selection_rows() != total.reported_rows();
    differs.then(|| format!("chosen{by} on the {}", rows(total.selection_rows())))
}

/// The same for the rows that are graded, if it is known.
pub fn baseline(view: &Facet) -> Option<String> {
    let on = match view.summary.total().reported_rows() {
        RowSet::Train => String::new(),
        set => format!(" of the {}", rows(set)),
    };
    view.baseline.map(|share| baseline_words(view.summary.measure(), share) + &on)
}

/// The same for the training rows, on which successes are counted.
pub fn training_baseline(view: &Facet) -> Option<String> {
    let on = match view.summary.total().reported_rows() {
        RowSet::Train => "",
        _ => " of the training rows",
    };
    view.summary.baseline_on(RowSet::Train).map(|share| baseline_words(view.summary.measure(), share) + on)
}

/// Why no value is best although models have scores.
pub fn nothing_learned(view: &Facet) -> String {
    let (total, select) = (view.summary.total(), view.summary.select());
    let on = match total.selection_rows() {
        RowSet::Validation => "validation ",
        _ => "",
    };
    let score = total.baseline.map(|score| match select {
        Select::Accuracy | Select::Balanced => format!(" ({})", percent(score)),
        Select::Auc => format!(" ({})", number(score, 2)),
        Select::Loss => format!(" ({})", number(-score, 3)),
    });
    let measure = total.measure;
    let baseline = format!("{}{}", select.baseline_words(measure), score.unwrap_or_default());
    let what = select.words(measure);
    let side = if select == Select::Loss { "below that of" } else { "above" };
    match view.claims.contains(&BestClaim::Unclear) {
        false => format!("Nothing learned: no mean {on}{what} is {side} {baseline}"),
        true => format!("No mean {on}{what} is distinguishable from {baseline}: too few seeds, or nothing learned"),
    }
}

/// `sgd is indistinguishable from it`: the curves that no comparison distinguishes from the best one.
pub fn ties(view: &Facet) -> Option<String> {
    match &view.indistinguishable_from_best()[..] {
        [] => None,
        [k] => Some(format!("{} is indistinguishable from it", view.names[*k])),
        [k, l] => Some(format!("{} and {} are indistinguishable from it", view.names[*k], view.names[*l])),
        more => {
            Some(format!("{} of the other {} curves are indistinguishable from it", more.len(), view.series.len() - 1))
        }
    }
}

/// Best value of the sweep: `Best learning rate 0.0746: mean accuracy 85 %`; `None` if there are no accuracies.
pub fn best(view: &Facet) -> Option<String> {
    if view.learned_nothing() {
        return Some(nothing_learned(view));
    }
    let (k, best) = view.top()?;
    let mean = format!("mean {} {}", graded_words(&best.group), percent(best.group.score()?));
    let (values, name) = (values(best), &view.names[k]);
    let place = match (view.has_several_curves(), values.is_empty()) {
        (false, true) => return Some(titled(&mean)),
        (false, false) if best.values == 1 => return Some(format!("{} at {} {values}", titled(&mean), view.x)),
        (false, false) => format!("{} {values}", view.x),
        (true, true) => format!("with {name}"),
        (true, false) => format!("with {name} at {} {values}", view.x),
    };
    let note = certainty(best).map_or(String::new(), |note| format!(", {note}"));
    let others = ties(view).map_or(String::new(), |others| format!("; {others}"));
    // For a range, the mean is that of its middle.
    let middle = if best.is_one() { String::new() } else { format!(" at {}", number(best.group.x, 3)) };
    Some(format!("Best {place}{note}: {mean}{middle}{others}"))
}

/// Definition of a success: `a success has more than 70 % of the training rows right: 40 % of the way from the larger
/// class's 50 % to 100 %`, `a success has an R² above 50 % on the training rows`.
pub fn success(spec: &StudySpec) -> String {
    let above = spec.measure().above(&percent(spec.success_threshold()), "training rows");
    let above = format!("a success has {above}");
    if spec.measure() == Measure::RSquared {
        return above;
    }
    let mut shares: Vec<f64> = spec.cells.iter().map(|cell_spec| cell_spec.train.baseline()).collect();
    shares.dedup();
    match (spec.sweep.success_threshold, &shares[..]) {
        (Some(_), _) => format!("{above}, as --success-threshold says"),
        (None, [share]) => {
            format!("{above}: 40\u{a0}% of the way from the most common class's {} to 100\u{a0}%", percent(*share))
        }
        (None, _) => format!(
            "{above}, the mean over the data sets: 40\u{a0}% of the way from the most common class's share to 100\u{a0}%"
        ),
    }
}

/// Suggests values beyond the ends if the best may be there; `None` for a list of trials, which has no grid.
pub fn suggest_wider_grid(view: &Facet, spec: &StudySpec) -> Option<String> {
    let curves = StudyCurves::of(spec, view.summary);
    if curves.listed { None } else { beyond(view, curves.hyperparameters[curves.axis]) }
}

/// At which end the best curve's range reaches the end of the values, and what to try; `None` if at neither.
fn beyond(view: &Facet, hyperparameter: Hyperparameter) -> Option<String> {
    let (k, best) = view.top()?;
    let values: Vec<f64> = view.series[k].groups.iter().map(|group| group.x).filter(|x| x.is_finite()).collect();
    let (first, last) = (*values.first()?, *values.last()?);
    let (x, flag) = (view.x, hyperparameter.flag());
    let grid = |from: f64, to: f64| match from > 0.0 && to > 0.0 {
        true => format!("logspace:{}:{}:20", exponent(from), exponent(to)),
        false => format!("linspace:{}:{}:20", number(from, 3), number(to, 3)),
    };
    // Extends by two decades, or by the span of the values: the best is probably near.
    let (span, is_positive) = (last - first, first > 0.0);
    let lower = if is_positive { grid(first / 100.0, first) } else { grid(first - span, first) };
    let higher = if is_positive { grid(last, last * 100.0) } else { grid(last, last + span) };
    let can_grow = !matches!(
        hyperparameter,
        Hyperparameter::Momentum | Hyperparameter::Beta1 | Hyperparameter::Beta2 | Hyperparameter::Alpha
    );
    let tried = |grid: String| if can_grow { format!(": try {flag} {grid}") } else { String::new() };
    match best.at_ends() {
        [false, false] => None,
        [true, true] => Some(match view.has_several_curves() {
            false => format!("no {x} is distinguishable from the best: train more seeds"),
            true => format!("with {} no {x} is distinguishable from the best: train more seeds", view.names[k]),
        }),
        [true, false] => Some(format!("the best may lie below the least {x}{}", tried(lower))),
        [false, true] => Some(format!("the best may lie above the greatest {x}{}", tried(higher))),
    }
}

/// Decimal logarithm of a value, to two decimals.
fn exponent(value: f64) -> String {
    let text = format!("{:.2}", value.log10());
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
pub(crate) mod random;
#[cfg(test)]
mod tests;
