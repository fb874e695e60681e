//! Suggested learning rates as text and as JSON.

use super::super::verbosity::bold;
use crate::analysis::lr_find::{AtEdge, CurveEnd, LrFindReport, RangeTest, RangeTestCurve, SuggestedRate};
use crate::run::summary_text::{plural, short};
use serde_json::{Value, json};
use std::fmt::Write;

/// Range of learning rates: `1e-5 to 10`.
pub fn range(test: &RangeTest) -> String {
    let rates = test.rates();
    format!("{} to {}", short(rates[0]), short(rates[rates.len() - 1]))
}

/// A row per suggestion, how the curves ended, and the command to train with the suggested rates.
pub fn text(report: &LrFindReport, train: Option<&str>) -> String {
    let found = &report.found;
    let (seeds, suggestions) = (found.curves.len(), [found.steepest, found.tenth(), found.lowest]);
    let mut text = format!("  {:24}  learning rate  80 % of seeds     seeds\n", "suggestion");
    let [steepest, lowest] = found.at_edges();
    let rows = [("steepest fall", steepest), ("a tenth of the minimum's", lowest), ("the minimum's", lowest)];
    for ((name, edge), spread) in rows.into_iter().zip(suggestions) {
        let _ = match spread {
            Some(SuggestedRate { median, low, high, models }) => {
                let mark = match edge {
                    _ if median < found.rates[0] => "  ← below all rates looked at".to_owned(),
                    0 => String::new(),
                    n => format!("  ← {n} at the edge of what was looked at"),
                };
                let middle = format!("{} – {}", short(low), short(high));
                let median = bold(&format!("{:>13}", short(median)));
                writeln!(text, "  {name:24}  {median}  {middle:17} {models:>5}{mark}")
            }
            None => writeln!(text, "  {name:24}  {:>13}  {:17} {:>5}", "none", "–", 0),
        };
    }
    let _ = writeln!(
        text,
        "\nof {} {} diverged, {} ended at four times their lowest loss",
        plural(seeds as u64, "seed"),
        found.ended(CurveEnd::Diverged),
        found.ended(CurveEnd::Risen)
    );
    let none = found.curves.iter().filter(|curve| curve.steepest.is_none()).count();
    if none > 0 {
        let _ = writeln!(text, "in {none} the loss never falls");
    }
    let now = format!("(now {}, {} steps)", range(&report.ready.test), found.rates.len());
    if found.too_high() > 0 {
        let _ = writeln!(
            text,
            "in {} it rises from the first rates looked at on: try a smaller --start {now}",
            found.too_high()
        );
    }
    for (edge, what) in [
        (AtEdge::Start, "it falls most steeply at the first rates looked at: try a smaller --start"),
        (AtEdge::Stop, "it still falls at the last rates looked at: try a larger --stop"),
        (AtEdge::Steps, "it rises within the last five steps, which are not looked at: try more --steps"),
    ] {
        match found.at(edge) {
            0 => {}
            n => _ = writeln!(text, "in {n}, {what} {now}"),
        }
    }
    if let Some(train) = train {
        let beyond = match found.is_cut() {
            [false, false] => "",
            [true, false] => ", though better ones may lie below",
            [false, true] => ", though better ones may lie above",
            [true, true] => ", though better ones may lie below and above",
        };
        let _ = writeln!(text, "\nto train with these rates{beyond}: {}", bold(train));
    }
    text
}

/// Suggestions as JSON; missing values are null, as are losses after the end of a curve.
pub fn object(report: &LrFindReport, train: Option<&str>) -> Value {
    let LrFindReport { found, ready, engine } = report;
    let [low, middle, high] = found.band().map(|losses| losses.into_iter().map(finite).collect::<Vec<_>>());
    let edge = |edge| found.at(edge);
    let seeds = found.curves.iter().map(|curve| {
        let RangeTestCurve { losses, end, steepest, lowest, edges } = curve;
        json!({ "steepest": steepest, "minimum": lowest, "edges": edges, "end": end, "steps": losses.len() })
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "engine": engine,
        "mapping": ready.job.mapping,
        "smoothing": ready.test.smoothing(&ready.job),
        "steepest": found.steepest,
        "tenth_of_minimum": found.tenth(),
        "minimum": found.lowest,
        "grid": found.grid,
        "diverged": found.ended(CurveEnd::Diverged),
        "risen": found.ended(CurveEnd::Risen),
        "too_high": found.too_high(),
        "cut": found.is_cut(),
        "edges": { "start": edge(AtEdge::Start), "stop": edge(AtEdge::Stop), "steps": edge(AtEdge::Steps) },
        "lr": found.rates,
        "loss": { "q10": low, "median": middle, "q90": high },
        "seeds": seeds.collect::<Vec<_>>(),
        "train": train,
    })
}

fn finite(loss: f64) -> Option<f64> {
    loss.is_finite().then_some(loss)
}
