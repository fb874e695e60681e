//! Captions: a sentence for each picture, only about this run's numbers.

mod comparison_caption;
mod losses_caption;
mod seeds_caption;
mod variance_caption;

use super::Report;
use crate::plot::{Facet, count, models, number, percent, sentences, titled};
use crate::plural::verb;
use crate::statistics::number_words::{between, points};
use crate::statistics::{AccuracyCounts, Group, OutcomeClass, is_success};

/// With more values than this, each has few models and says little.
const MOST_VALUES: usize = 100;

/// Returns the caption of the picture `name`.
pub fn of(name: &str, report: &Report) -> String {
    let total = report.view.summary.total();
    match name {
        "data" => data(report),
        _ if total.n == 0 => "There are no models.".to_owned(),
        "accuracy" => accuracy(report.view, &total),
        "success" => success(report.view, &total),
        "classes" => classes(report.view, &total),
        "comparison" => comparison_caption::comparison(report.view),
        "heatmap" => report.heatmap.map_or(String::new(), seeds_caption::heatmap),
        "losses" => losses_caption::losses(report, &total),
        "fan" => report.fan.map_or(String::new(), losses_caption::fan),
        "ecdf" => comparison_caption::ecdf(report.view),
        "variance" => variance_caption::shares(report.splits),
        "loss-histogram" => losses_caption::final_ones(&total),
        "histogram" => histogram(&total, report.study.spec().success_threshold()),
        _ => String::new(),
    }
}

/// Returns the name of a class in the pictures.
pub fn words(class: OutcomeClass) -> &'static str {
    match class {
        OutcomeClass::DeadRelu => "dead ReLU",
        class => class.name(),
    }
}

/// Explains a class; `None` if its name is enough.
fn meaning(class: OutcomeClass) -> Option<&'static str> {
    match class {
        OutcomeClass::Diverged => Some("a number grew beyond all bounds"),
        OutcomeClass::Exploded => Some("the loss ended beyond a million times the first"),
        OutcomeClass::DeadRelu => Some("no hidden unit answers to any point any more"),
        OutcomeClass::Chance => Some("hardly better than always predicting the larger class"),
        OutcomeClass::Slow => Some("the loss was still falling at the end"),
        OutcomeClass::Success | OutcomeClass::Other => None,
    }
}

fn data(report: &Report) -> String {
    let question = report.study.spec();
    let part = &question.cells[report.view.top().map_or(0, |(_, best)| best.group.cell)];
    let share = f64::from(part.train.majority()) / f64::from(part.train.points.max(1));
    let sets = part.all_rows().map(|rows| rows.points.into());
    let rows = if sets[1..] == [0; 2] { "them" } else { "the training points" };
    format!(
        "{}; of {rows} {} are of the larger class: always predicting that class gets {} right.",
        points(sets, count),
        count(part.train.majority().into()),
        percent(share)
    )
}

/// Returns, for example, `No model has an accuracy: all 20 models diverged.`
fn no_accuracy(group: &Group) -> String {
    format!("No model has an accuracy: {}.", sentences::all_lost(group))
}

/// Returns the mean and the middle half of a group's accuracies, with counts.
fn spread(group: &Group) -> String {
    let counts = group.reported_counts();
    let middle = between(counts, 0.25, 0.75).map_or(String::new(), |middle| format!("; {middle}"));
    format!("mean {}{middle}", counts.mean().map_or("–".into(), percent))
}

fn accuracy(view: &Facet, total: &Group) -> String {
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
        true => compared(view, what),
        false => alone(view, what, total),
    };
    format!("{found}{chosen}{baseline}")
}

/// Describes the best values of the only curve, and its ends.
fn alone(view: &Facet, what: &str, total: &Group) -> String {
    let mean = |group: &Group| group.score().map_or("none".into(), percent);
    let ends = ends(view.groups()).filter(|_| view.groups().len() <= MOST_VALUES).map(|[first, last]| {
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
        [] => "No model has an accuracy.".to_owned(),
        [(name, group, _)] => format!("Only {name} has an {what}{}: {}.", view.at(group), spread(group)),
        [(first, a, _), .., (last, b, mean)] => format!(
            "Best with {first}{others}, in the middle of its best range{}: {}. Of the {} curves {last} comes last, there{}: mean {}.",
            view.at(a),
            spread(a),
            tops.len(),
            view.at(b),
            percent(*mean)
        ),
    }
}

fn success(view: &Facet, total: &Group) -> String {
    let rate = |group: &Group| group.success_rate().unwrap_or(0.0);
    let of = |group: &Group| format!("{} of {}", count(group.successes()), count(group.n));
    if total.n == 1 {
        return format!("The only model {}.", if total.successes() == 1 { "succeeds" } else { "does not succeed" });
    }
    let top = view.top().map(|(k, best)| (&view.names[k], &best.group)).filter(|(_, group)| group.successes() > 0);
    let few = view.groups().len() <= MOST_VALUES;
    let Some((name, top)) = top.filter(|_| few) else {
        let succeed = verb(total.successes(), "succeed");
        return format!("In all, {} models {succeed} ({}).", of(total), percent(rate(total)));
    };
    let with = if name.is_empty() { String::new() } else { format!(" with {name}") };
    let interval = top.success_interval().map_or(String::new(), |(low, high)| {
        format!(" (95\u{a0}% Wilson interval: {} to {})", percent(low), percent(high))
    });
    let far = ends(view.groups()).filter(|_| !view.has_several_curves()).map_or(String::new(), |[first, last]| {
        format!(" At {} it is {}, at {} {}.", number(first.x, 3), of(first), number(last.x, 3), of(last))
    });
    if top.n == 1 {
        return format!("At the best,{with}{}, the only model succeeds.{far}", view.at(top));
    }
    let succeed = verb(top.successes(), "succeed");
    format!("At the best,{with}{}, {} models {succeed}{interval}.{far}", view.at(top), of(top))
}

fn classes(view: &Facet, total: &Group) -> String {
    let failures = total.n - total.successes();
    let mut found = OutcomeClass::ALL.to_vec();
    found.retain(|class| *class != OutcomeClass::Success && total.of_class(*class) > 0);
    found.sort_by_key(|class| std::cmp::Reverse(total.of_class(*class)));
    let Some(first) = found.first().copied() else { return "No model failed.".to_owned() };
    let share = |(k, class): (usize, &OutcomeClass)| {
        let (n, end) = (total.of_class(*class), if k == 0 { "end as " } else { "as " });
        format!("{} ({}) {end}{}", count(n), percent(n as f64 / failures as f64), words(*class))
    };
    let listed: Vec<String> = found.iter().enumerate().map(share).collect();
    let who = match (failures, &found[..]) {
        (1, _) => format!("The only failure ends as {}", words(first)),
        (_, [only]) => format!("All {} failures end as {}", count(failures), words(*only)),
        _ => format!("Of the {} failures {}", count(failures), listed.join(", ")),
    };
    let pooled = view.pooled();
    let at = |group: &Group| percent(group.of_class(first) as f64 / group.n.max(1) as f64);
    let far = ends(pooled.groups()).filter(|_| pooled.groups().len() <= MOST_VALUES);
    let far = far.map_or(String::new(), |[low, high]| {
        let (a, b, class) = (number(low.x, 3), number(high.x, 3), words(first));
        format!(" At {} {a} {} of all models end as {class}, at {b} {}.", view.x, at(low), at(high))
    });
    let meaning = meaning(first).map_or(String::new(), |meaning| format!(" {}: {meaning}.", titled(words(first))));
    format!("{who}.{meaning}{far}")
}

/// Describes the number of models on each side of the threshold, and where most of them are.
fn histogram(total: &Group, threshold: f64) -> String {
    let points = total.train.points;
    let side = |above: bool| {
        let of_side =
            total.train.models.iter().filter(|(correct, _)| is_success(**correct, points, threshold) == above);
        AccuracyCounts { points, models: of_side.map(|(correct, n)| (*correct, *n)).collect() }
    };
    let heap = |counts: &AccuracyCounts, place: &str| {
        let spread = match counts.len() {
            0 => return None,
            1 => format!("with {}", percent(counts.mean()?)),
            _ => format!("median {}, {}", percent(counts.quantile(0.5)?), between(counts, 0.25, 0.75)?),
        };
        Some(format!("{} {place} {}: {spread}", models(counts.len()), percent(threshold)))
    };
    if total.n == 1 && !total.train.is_empty() {
        let place = if total.successes() == 1 { "above" } else { "not above" };
        return format!("The only model is {place} {}.", percent(threshold));
    }
    let heaps: Vec<String> =
        [heap(&side(true), "above"), heap(&side(false), "not above")].into_iter().flatten().collect();
    if heaps.is_empty() { no_accuracy(total) } else { heaps.join("; ") + "." }
}

/// Returns the groups at both ends of the axis, if there are two.
fn ends(groups: &[Group]) -> Option<[&Group; 2]> {
    let mut groups = groups.iter().filter(|group| group.x.is_finite());
    Some([groups.next()?, groups.next_back()?])
}

#[cfg(test)]
mod tests;
