//! Numbers of seeds as text and as JSON.

use super::super::verbosity::bold;
use crate::analysis::seeds::{
    Arm, COURSE_REPEATS, FEWEST, MOST_DRAWN, MOST_SEEDS, NoAnswer, SampleSize, SeedsNeeded, SeedsQuery, SeedsReport,
};
use crate::run::summary_text::{percent, plural, short, written};
use serde_json::{Value, json};

/// Summary for the terminal.
pub fn text(report: &SeedsReport, query: &SeedsQuery) -> String {
    let (found, between) = (&report.found, query.between.is_some());
    let [a, b] = found.pair.map(|arm| &found.arms.all[arm]);
    let what = found.arms.measured();
    let arm = |arm: &Arm| {
        let diverged = if arm.diverged > 0 { format!(", {} diverged", arm.diverged) } else { String::new() };
        format!(
            "  learning rate {:<8} mean {what} {}, {}{diverged}\n",
            short(arm.lr),
            percent(arm.mean(), 1),
            plural(arm.models, "seed")
        )
    };
    let seen = if query.difference.is_some() { ", as requested" } else { "" };
    let mut text = format!("{}\n{}\n{}{}", report.settings, bold("compared"), arm(a), arm(b));
    if let Some(silence) = found.no_answer {
        text += &format!("\n{}\n", said(silence, found, between));
        return match silence {
            NoAnswer::TooFew => text,
            NoAnswer::NoDifference => text + "\n" + &uncertainty(found),
        };
    }
    text += &format!("  difference {}{seen}\n\n", written(&short(100.0 * found.difference), "point"));
    text += &format!("{}\n", bold("seeds needed at each learning rate, α = 0.05, power 0.8"));
    text += &need("other seeds for each (Welch)", Some(&found.unpaired));
    text += &need("the same seeds for both (paired)", found.paired.as_ref());
    let shares = found.shares.map_or("–".to_owned(), |n| n.to_string());
    text += &format!(
        "  {:<34} {shares:>10}  {} and {} of the models\n\n",
        "for the shares of successes seen",
        percent(Some(a.success_rate()), 0),
        percent(Some(b.success_rate()), 0)
    );
    text + &uncertainty(found)
}

/// Reason why no number of seeds is given, and how to get one.
fn said(silence: NoAnswer, found: &SeedsNeeded, between: bool) -> String {
    let arms: Vec<&Arm> = found.pair.iter().map(|arm| &found.arms.all[*arm]).collect();
    let mean = percent(arms[0].mean(), 1);
    match silence {
        NoAnswer::TooFew => {
            let fewest = arms.iter().map(|arm| arm.accuracies.len()).min().unwrap_or(0);
            format!(
                "too few seeds: {fewest} with {} at a learning rate; train {FEWEST} or more, better 20",
                found.arms.measure.a_name()
            )
        }
        NoAnswer::NoDifference if between => {
            format!(
                "these two rates do not differ, both means are {mean}: --difference POINTS asks for a difference of your own"
            )
        }
        NoAnswer::NoDifference => {
            format!(
                "no two of these rates differ, all means are {mean}: --difference POINTS asks for a difference of your own"
            )
        }
    }
}

/// Formats a fraction as points for a column: one decimal, or as many as show that it is not 0.
fn points(fraction: f64) -> String {
    let points = 100.0 * fraction;
    let decimals = (1..6).find(|decimals| points >= 0.5 * 10f64.powi(-decimals)).unwrap_or(1) as usize;
    format!("{points:.decimals$}")
}

/// Table of the mean's 95 % interval by number of seeds.
fn uncertainty(found: &SeedsNeeded) -> String {
    let a = &found.arms.all[found.pair[0]];
    let mut text = bold(&format!("95 % interval of the mean at learning rate {}, ± points", short(a.lr)));
    text += "\n    seeds   t s / √n   drawn again\n";
    for width in &found.widths {
        let [formula, drawn] = [width.formula, width.drawn].map(points);
        text += &format!("  {:>7}   {formula:>8}   {drawn:>11}\n", width.seeds);
    }
    if found.rounded {
        let step = found.arms.measure.rounding();
        text +=
            &format!("These seeds end alike but for rounding to {step}: the widths are what that alone may hide.\n");
    }
    let error = written(&points(found.course_error), "point");
    text += &format!(
        "\nThe course's curve has {COURSE_REPEATS} repeats at each learning rate: here such a mean has a standard error of \
         ±{error},\nso that it wiggles by as much where nothing changes.\n"
    );
    if found.arms.all.iter().any(|arm| arm.models >= MOST_SEEDS) {
        text += &format!("Counted are the first {MOST_SEEDS} seeds of each learning rate.\n");
    }
    text
}

/// Table row: `the same seeds for both (paired)   1234   79 % of such experiments, drawn again, find it`.
fn need(name: &str, need: Option<&SampleSize>) -> String {
    let (seeds, note) = match need {
        None => ("–".to_owned(), "the learning rates share no seeds".to_owned()),
        Some(SampleSize { seeds: None, .. }) => {
            ("–".to_owned(), "no number: try --between A,B or --difference POINTS".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: None }) if *n > MOST_DRAWN => {
            (n.to_string(), "too many to draw again".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: None }) => {
            (n.to_string(), "seeds differ by rounding alone: nothing to draw again".to_owned())
        }
        Some(SampleSize { seeds: Some(n), power: Some(power) }) => {
            (n.to_string(), format!("{} of such experiments, drawn again, find it", percent(Some(*power), 0)))
        }
    };
    format!("  {name:<34} {seeds:>10}  {note}\n")
}

/// Summary as JSON.
pub fn object(report: &SeedsReport) -> Value {
    let (found, settings) = (&report.found, &report.settings);
    let arm = |arm: usize| {
        let arm = &found.arms.all[arm];
        json!({ "lr": arm.lr, "mean": arm.mean(), "seeds": arm.models, "diverged": arm.diverged, "success_rate": arm.success_rate() })
    };
    let too_few = report.has_too_few();
    let known = |value: Value| if too_few { Value::Null } else { value };
    json!({
        "settings": settings, "version": env!("CARGO_PKG_VERSION"), "alpha": 0.05, "power": 0.8,
        "compared": found.pair.map(arm), "difference": found.difference, "tested": found.arms.tested,
        "too_few_seeds": too_few, "unpaired": known(json!(found.unpaired)), "paired": known(json!(found.paired)),
        "paired_deviation": known(json!(found.deviation)), "success_shares": known(json!(found.shares)),
        "widths": known(json!(found.widths)),
        "course": { "repeats": COURSE_REPEATS, "standard_error": known(json!(found.course_error)) },
    })
}
