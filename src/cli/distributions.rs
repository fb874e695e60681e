//! Summary of a study of initial weights: distributions of accuracies and losses, and a test for several modes.

use super::summary::SummaryInput;
use super::verbosity::bold;
use crate::plot::sentences::{CountedLosses, all_lost};
use crate::plot::{NO_INTERVALS, count, number};
use crate::run::summary_text::{percent, short};
use crate::statistics::modality::{ModalityTest, UniformDips};
use crate::statistics::number_format::{between, spread};
use crate::statistics::{Group, OutcomeClass};

/// Combinations shown; `distributions.csv` has all of them, for each data set.
const MOST: usize = 6;
/// Models per combination from which on [`text_if_large`] prints distributions.
const MIN_MODELS: u64 = 1000;
/// Quantiles that bound the middle half and the middle 90 % of the models.
const RANGES: [[f64; 2]; 2] = [[0.25, 0.75], [0.05, 0.95]];
/// Significance level: a smaller p-value rejects a single mode.
const ALPHA: f64 = 0.05;

/// The same as [`text`] if there are at most `MOST` combinations, each of at least `MIN_MODELS` models; else empty.
pub fn text_if_large(results: &SummaryInput) -> String {
    let groups = || results.facets.view.series.iter().flat_map(|series| &series.groups);
    if groups().count() <= MOST && groups().all(|group| group.n >= MIN_MODELS) { text(results) } else { String::new() }
}

/// One paragraph for each of the first `MOST` combinations.
pub fn text(results: &SummaryInput) -> String {
    let (view, mut uniform) = (&results.facets.view, UniformDips::default());
    let named = view.series.iter().zip(&view.names);
    let groups: Vec<(&String, &Group)> =
        named.flat_map(|(series, name)| series.groups.iter().map(move |group| (name, group))).collect();
    let mut text = String::new();
    for (name, group) in groups.iter().take(MOST) {
        let at = if group.x.is_nan() { String::new() } else { format!("{} {}", view.x, short(group.x)) };
        let title = [at.as_str(), name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        text += &format!("{}\n{}", bold(&title), paragraph(group, results, &mut uniform));
    }
    match groups.len().saturating_sub(MOST) {
        0 => text,
        more => text + &format!("  and {more} more in distributions.csv\n\n"),
    }
}

fn paragraph(group: &Group, results: &SummaryInput, uniform: &mut UniformDips) -> String {
    let above = short(100.0 * results.threshold);
    let interval = group.success_interval().map_or(NO_INTERVALS.to_owned(), |(low, high)| {
        format!("95 % interval {} to {}", percent(Some(low), 1), percent(Some(high), 1))
    });
    let (rate, models) = (percent(group.success_rate(), 1), count(group.n));
    let mut text = format!("  success   {rate} of {models} above {above} %, {interval}\n");
    let classes = OutcomeClass::ALL.into_iter().filter(|class| group.of_class(*class) > 0);
    let share = |class| percent(Some(group.of_class(class) as f64 / group.n.max(1) as f64), 1);
    let classes: Vec<String> = classes.map(|class| format!("{} {}", class.name(), share(class))).collect();
    text += &format!("  classes   {}\n", classes.join(", "));
    let (accuracies, losses) = (spread_of_accuracies(group), spread_of_losses(group));
    let measure = group.measure.name();
    text += &format!("  {measure:8}  {accuracies}\n  loss      {losses}\n").replace('\u{a0}', " ");
    text + &format!("  modes     {}\n\n", heaps(group, uniform))
}

/// Median, middle half and middle 90 % of the training accuracies.
fn spread_of_accuracies(group: &Group) -> String {
    let Some(median) = group.train.quantile(0.5) else { return format!("none: {}", all_lost(group)) };
    let [middle, most] = RANGES.map(|[low, high]| between(&group.train, low, high));
    spread(percent(Some(median), 1), middle, most)
}

/// The same for the losses.
fn spread_of_losses(group: &Group) -> String {
    let losses = CountedLosses::from(&*group.losses);
    let Some(median) = group.losses.quantile(0.5) else { return format!("none: {}", all_lost(group)) };
    let [middle, most] = RANGES.map(|[low, high]| losses.between(low, high));
    spread(number(median, 3), middle, most)
}

/// Describes the result of Hartigan's dip test.
fn heaps(group: &Group, uniform: &mut UniformDips) -> String {
    // The p-value if none of the uniform samples has as large a dip.
    const LEAST_P: f64 = 1.0 / 2000.0;
    let Some((found, (p, n))) = ModalityTest::of(&group.losses, uniform).and_then(|found| Some((found, found.p?)))
    else {
        return "not known: fewer than 4 losses".to_owned();
    };
    let dip = format!("Hartigan's dip of {} losses is {}", count(found.of as u64), short(found.dip));
    if group.is_dependent {
        return format!("{dip}; no p-value: models with the same seeds are put together");
    }
    let verdict = if p < ALPHA { "more than one mode" } else { "no sign of more than one mode" };
    let sign = if p <= LEAST_P { "≤" } else { "=" };
    format!("{verdict}: {dip}, p {sign} {} in {n} of them", short(p))
}
