//! Captions of the losses over the epochs.

use super::super::Report;
use crate::plot::sentences::{CountedLosses, halves};
use crate::plot::{FanPlot, count, models, number, titled};
use crate::results::CurveKind;
use crate::statistics::number_words::spread;
use crate::statistics::{Group, OutcomeClass};

/// Maximum number of losses to read; more take too long for one sentence.
const MOST_LOSSES: u64 = 2_000_000;

pub fn losses(report: &Report, total: &Group) -> String {
    let cells = &report.study.spec().cells;
    let kept: u64 = cells.iter().map(|part| part.record.curves_below.min(part.trials.len())).sum();
    let points = cells[0].record.epochs.len() as u64;
    let whose = if kept == total.n { String::new() } else { format!(" of {} of {}", count(kept), models(total.n)) };
    let mut text = format!("Losses{whose} at {} times during the training", count(points));
    if kept.saturating_mul(points) <= MOST_LOSSES
        && let Ok(curves) = report.study.curves(CurveKind::TrainLoss, kept as usize)
    {
        let end = |pick: fn(&[f32]) -> Option<&f32>| {
            let losses = curves.iter().filter_map(|curve| pick(&curve.values)).map(|loss| f64::from(*loss));
            CountedLosses::from(losses.collect::<Vec<f64>>())
        };
        let (first, last) = (end(|curve| curve.first()), end(|curve| curve.last()));
        if let Some((before, after)) = first.quantile(0.5).zip(last.quantile(0.5)) {
            let [before, after] = [before, after].map(|loss| number(loss, 2));
            text += &match last.between(0.25, 0.75) {
                None => format!(": from {before} to {after}"),
                Some(middle) => format!(": the median goes from {before} to {after}, {middle}"),
            };
        }
    }
    // An exploded model has a loss; a diverged one has none.
    match (total.diverged(), total.of_class(OutcomeClass::Exploded)) {
        (0, 0) => text + ".",
        (diverged, 0) => format!("{text}. Without the {} that diverged.", models(diverged)),
        (0, exploded) => format!("{text}. With the {} that exploded.", models(exploded)),
        (diverged, exploded) => {
            let exploded = format!("with the {} that exploded", models(exploded));
            format!("{text}. Without the {} that diverged, {exploded}.", models(diverged))
        }
    }
}

/// Describes the distribution of the final losses of all models.
pub fn final_ones(total: &Group) -> String {
    let losses = CountedLosses::from(&*total.losses);
    let Some(half) = losses.quantile(0.5) else { return "No model has a final loss.".to_owned() };
    let (middle, most) = (losses.between(0.25, 0.75), losses.between(0.05, 0.95));
    let without = match total.n - losses.len() {
        0 => String::new(),
        n => format!(" {} have none.", models(n)),
    };
    format!("{}.{without}", titled(&spread(number(half, 2), middle, most)))
}

/// Describes where the losses of the best models begin and end, and those of the others.
pub fn fan(plot: &FanPlot) -> String {
    let sentence = |fan: &crate::plot::FanPanel| {
        let (place, begin) = (titled(&fan.name), number(fan.quantiles.first()?[1], 2));
        Some(format!("{place} the median loss begins at {begin}; {}.", halves(&fan.group)))
    };
    let mut shown: Vec<&crate::plot::FanPanel> = plot.fans.iter().filter(|fan| fan.best).collect();
    shown.extend(plot.fans.iter().filter(|fan| !fan.best));
    let sentences: Vec<String> = shown.into_iter().take(2).filter_map(sentence).collect();
    sentences.join(" ")
}
