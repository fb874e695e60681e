//! Sentences on the losses over the epochs.

use super::super::Report;
use crate::plot::{FanPlot, count, models, number, titled};
use crate::statistics::Group;
use crate::study::{CurveKind, ModelCurve};

/// Reading more takes too long for one sentence.
const MOST_LOSSES: u64 = 2_000_000;

pub fn losses(report: &Report, total: &Group) -> String {
    let cells = &report.study.question().cells;
    let kept: u64 = cells.iter().map(|part| part.record.curves_below.min(part.trials.len())).sum();
    let points = cells[0].record.epochs.len() as u64;
    let whose = if kept == total.n { String::new() } else { format!(" of {} of {}", count(kept), models(total.n)) };
    let mut text = format!("Losses{whose} at {} times during the training", count(points));
    if kept.saturating_mul(points) <= MOST_LOSSES
        && let Ok(curves) = report.study.curves(CurveKind::TrainLoss, kept as usize)
    {
        let (first, last) = (quartiles(&curves, |values| values.first()), quartiles(&curves, |values| values.last()));
        if let Some(([_, before, _], [low, after, high])) = first.zip(last) {
            let [before, low, after, high] = [before, low, after, high].map(|loss| number(loss, 2));
            text += &match curves.len() {
                1 => format!(": from {before} to {after}"),
                _ => format!(
                    ": the median goes from {before} to {after}, half of the models end between {low} and {high}"
                ),
            };
        }
    }
    match total.lost_words() {
        None => text + ".",
        Some(lost) => format!("{text}. Without those that were lost: {lost}."),
    }
}

/// Where the final losses of all models lie.
pub fn final_ones(total: &Group) -> String {
    let [low, quarter, half, most, high] =
        total.losses.quantiles(&[0.05, 0.25, 0.5, 0.75, 0.95]).map(|q| q.map(|q| number(q, 2)));
    let spread = low.zip(quarter).zip(half).zip(most).zip(high);
    let Some(((((low, quarter), half), most), high)) = spread else { return "No model has a final loss.".to_owned() };
    let without = match total.n - total.losses.len() {
        0 => String::new(),
        n => format!(" {} have none.", models(n)),
    };
    format!(
        "Median {half}; half of the models lie between {quarter} and {most}, nine in ten between {low} and {high}.{without}"
    )
}

/// Quartiles of the losses at one end of the curves, of those that have one there.
fn quartiles(curves: &[ModelCurve], end: fn(&[f32]) -> Option<&f32>) -> Option<[f64; 3]> {
    let mut losses: Vec<f64> =
        curves.iter().filter_map(|curve| end(&curve.values)).map(|loss| f64::from(*loss)).collect();
    losses.retain(|loss| loss.is_finite());
    losses.sort_by(f64::total_cmp);
    let at = |quarter: usize| losses.get((losses.len().checked_sub(1)? * quarter + 2) / 4).copied();
    Some([at(1)?, at(2)?, at(3)?])
}

/// Where the best models begin and end, and where the others do.
pub fn fan(plot: &FanPlot) -> String {
    let sentence = |fan: &crate::plot::Fan| {
        let ([_, begin, _], [low, middle, high]) = (fan.quantiles.first()?, fan.end);
        let place = titled(&fan.name);
        if !middle.is_finite() {
            return Some(format!("{place} {} of {} diverged.", count(fan.lost), models(fan.models)));
        }
        let [begin, low, middle] = [*begin, low, middle].map(|loss| number(loss, 2));
        let end = match high.is_finite() {
            true => format!("between {low} and {}", number(high, 2)),
            false => format!("from {low} to beyond all bounds"),
        };
        Some(format!(
            "{place} the median loss goes from {begin} to {middle}; the middle 80\u{a0}% of {} end {end}.",
            models(fan.models)
        ))
    };
    let mut shown: Vec<&crate::plot::Fan> = plot.fans.iter().filter(|fan| fan.best).collect();
    shown.extend(plot.fans.iter().filter(|fan| !fan.best));
    let sentences: Vec<String> = shown.into_iter().take(2).filter_map(sentence).collect();
    sentences.join(" ")
}
