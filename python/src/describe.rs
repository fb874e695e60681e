//! Descriptions of a study as JSON.

use gpu_sweep::plot::Facets;
use gpu_sweep::results::{StudySpec, VarianceShare};
use gpu_sweep::statistics::{BestClaim, Group, Select};
use gpu_sweep::sweep::{Hyperparameter, Trials};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Describes a cell: its choices, network, axes, seeds, recorded epochs and numbers of rows.
pub fn describe_cell(spec: &StudySpec, cell: usize) -> Value {
    let part = &spec.cells[cell];
    let choices: BTreeMap<&str, String> =
        spec.varying().into_iter().map(|column| (column.name(), part.choices.text(column))).collect();
    let (axes, seeds) = match &part.trials {
        Trials::Grid { axes, independent_seeds: false, .. } => {
            let named: Vec<Value> = axes.iter().map(|(axis, values)| json!([axis.name(), &values[..]])).collect();
            let (models, combinations) = (part.trials.len(), part.trials.combinations());
            let seeds = (0..models).step_by(combinations as usize).map(|index| part.trials.get(index).seed);
            (Some(named), Some((seeds.collect::<Vec<u64>>(), models % combinations == 0)))
        }
        _ => (None, None),
    };
    json!({
        "first": part.first, "models": part.trials.len(), "choices": choices, "network": part.shape.to_string(),
        "loss": part.loss.to_string(), "axes": axes, "seeds": seeds.as_ref().map(|(seeds, _)| seeds),
        "whole": seeds.as_ref().is_some_and(|(_, whole)| *whole), "epochs": part.record.epochs,
        "kept": part.record.curves_below.min(part.trials.len()),
        "train_rows": part.train.points, "validation_rows": part.validation.points, "test_rows": part.test.points,
        "baseline": part.train.baseline(),
    })
}

/// Describes the best combination of all curves that learned, and each curve's range that can't be told from its best.
pub fn describe_best(facets: &Facets<'_>) -> Value {
    let view = &facets.view;
    let curves = view.claims.iter().zip(&view.names);
    let curves: Vec<Value> = curves.map(|(claim, name)| describe_claim(facets, claim, name)).collect();
    let mean = |group: &Group| group.scores.mean().unwrap_or(f64::NEG_INFINITY);
    let learned = view.claims.iter().zip(view.series.iter()).enumerate().filter_map(|(curve, (claim, series))| {
        let ends = claim.best()?.groups;
        Some(series.groups[ends[0]..=ends[1]].iter().map(move |group| (curve, group)))
    });
    let highest = learned.flatten().reduce(|a, b| if mean(b.1) > mean(a.1) { b } else { a });
    let best = highest
        .map(|(curve, group)| json!({ "curve": curve, "group": describe_group(facets, group, &view.names[curve]) }));
    json!({ "best": best, "axis": facets.hyperparameters[facets.axis].name(), "curves": curves })
}

/// Describes the models of one combination of settings; `name` is that of their curve.
fn describe_group(facets: &Facets<'_>, group: &Group, name: &str) -> Value {
    let named = |(hyperparameter, value): (&Hyperparameter, &Option<f64>)| Some((hyperparameter.name(), (*value)?));
    let [rows, accuracy_rows] =
        [group.selection_rows(), group.reported_rows()].map(|rows| ["train", "validation", "test"][rows as usize]);
    let settings: BTreeMap<&str, f64> = facets.hyperparameters.iter().zip(&group.values).filter_map(named).collect();
    // A loss is better the smaller it is; here it has its own sign.
    let sign = if facets.spec.sweep.select == Select::Loss { -1.0 } else { 1.0 };
    json!({
        "settings": settings, "curve": name, "models": group.n, "successes": group.successes(),
        "success_interval": group.success_interval().map(|(low, high)| [low, high]),
        "score": group.scores.mean().map(|score| sign * score), "accuracy": group.score(), "accuracy_interval": group.score_interval().map(|(low, high)| [low, high]),
        "accuracy_rows": accuracy_rows,
        "rows": rows,
    })
}

/// Describes what is known of the best value of a curve.
fn describe_claim(facets: &Facets<'_>, claim: &BestClaim, name: &str) -> Value {
    let Some(best) = claim.best() else { return json!({ "name": name, "claim": format!("{claim:?}") }) };
    json!({
        "name": name, "claim": "Best", "range": best.range, "values": best.values, "compared": best.is_compared,
        "at_ends": best.at_ends(), "group": describe_group(facets, &best.group, name),
    })
}

/// Describes a share of the variance; `columns` are the settings in which cells differ.
pub fn describe_share(share: &VarianceShare, columns: &[&str]) -> Value {
    let estimate = share.estimate;
    let labels: BTreeMap<&str, &String> = columns.iter().copied().zip(&share.labels).collect();
    json!({
        "choices": labels, "outcome": share.outcome, "component": share.component, "seeds": share.seeds,
        "levels": share.levels, "variance": estimate.map(|estimate| estimate.variance),
        "share": estimate.and_then(|estimate| estimate.share),
        "interval": estimate.and_then(|estimate| estimate.interval).map(|(low, high)| [low, high]),
    })
}
