//! What a study of initial weights ends with: how accuracies and losses spread, and whether in one heap.

use super::output::bold;
use super::summary::Results;
use gpu_sweep::plot::{count, number};
use gpu_sweep::run::words::{percent, short};
use gpu_sweep::statistics::dip::{Heaps, UniformDips};
use gpu_sweep::statistics::{Class, Group};

/// Combinations that are told; all of them are in `distributions.csv`.
const MOST: usize = 6;
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// A p-value below which one heap is not believed.
const ALPHA: f64 = 0.05;

/// A paragraph for each of a few combinations.
pub fn text(results: &Results) -> String {
    let (view, mut uniform) = (&results.sides.view, UniformDips::default());
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

fn paragraph(group: &Group, results: &Results, uniform: &mut UniformDips) -> String {
    let (low, high) = group.success_interval().unwrap_or_default();
    let above = short(100.0 * results.threshold);
    let mut text = format!(
        "  success   {} of {} above {above} %, 95 % interval {} to {}\n",
        percent(group.success_rate(), 1),
        count(group.n),
        percent(Some(low), 1),
        percent(Some(high), 1)
    );
    let classes = Class::ALL.into_iter().filter(|class| group.of_class(*class) > 0);
    let share = |class| percent(Some(group.of_class(class) as f64 / group.n.max(1) as f64), 1);
    let classes: Vec<String> = classes.map(|class| format!("{} {}", class.name(), share(class))).collect();
    text += &format!("  classes   {}\n", classes.join(", "));
    let accuracies = QUANTILES.map(|q| group.train.quantile(q)).map(|value| percent(value, 1));
    let losses = group.losses.quantiles(&QUANTILES).map(|value| value.map_or("–".to_owned(), |loss| number(loss, 3)));
    text += &format!("  accuracy  {}\n  loss      {}\n", spread(&accuracies), spread(&losses));
    text + &(Heaps::of(&group.losses, uniform).map_or(String::new(), |found| heaps(&found)) + "\n")
}

/// Where [`QUANTILES`] lie.
fn spread([a, b, median, c, d]: &[String; 5]) -> String {
    format!("median {median}, middle half {b} to {c}, nine in ten {a} to {d}")
}

/// Hartigan's dip in words.
fn heaps(found: &Heaps) -> String {
    // No uniform sample dipped so far.
    const LEAST_P: f64 = 1.0 / 2000.0;
    let Some((p, n)) = found.p else { return String::new() };
    let verdict = if p < ALPHA { "more than one heap" } else { "no sign of more than one heap" };
    format!(
        "  heaps     {verdict}: Hartigan's dip of {} losses is {}, p {} in {n} of them\n",
        count(found.of as u64),
        short(found.dip),
        if p <= LEAST_P { format!("≤ {}", short(p)) } else { format!("= {}", short(p)) }
    )
}
