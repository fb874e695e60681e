//! Empirical distribution functions of final accuracies and losses, side by side: the share of models with at most this
//! accuracy or loss.

use super::caption_parts::no_accuracy;
use super::curves::LineStyle;
use super::facet::Facet;
use super::frame::{Frame, MARGIN, TICK_ROOM, X_TITLE, start_titled};
use super::legend::{names, names_room};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_up;
use super::robust_range::{LOSSES, RobustRange, accuracy_range, round_below};
use super::scene::{Align, Position, Scene};
use super::sentences::{all_lost, halves};
use super::series_selection::{SeriesSelection, few};
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{AXIS_TITLE, SIZE, count, models, number, percent, titled as capital};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::plural::verb;
use crate::statistics::number_format::{Tenths, between};
use crate::statistics::{AccuracyCounts, Group, Measure, RowSet};

/// Maximum number of curves.
const MOST: usize = 7;
/// Quantile steps of a loss curve if only a sample of the losses is kept.
const STEPS: usize = 200;

/// Plot of the distributions of final accuracies and losses of a sweep.
#[derive(Debug, Clone)]
pub struct EcdfPlot<'a> {
    /// Outcomes of all models along the plotted hyper-parameter.
    pub view: Facet<'a>,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// Returns the accuracies on the rows that grade the group.
fn judged(group: &Group) -> &AccuracyCounts {
    group.reported_counts()
}

/// Returns quantile `q` of accuracy over all models: the lowest accuracy that at least the share `q` does not exceed.
/// Models without an accuracy rank below all others; `None` if the quantile is among them.
fn accuracy_quantile(group: &Group, q: f64) -> Option<f64> {
    let (counts, wanted) = (judged(group), q * group.n as f64);
    let mut below = group.n - counts.len();
    if below as f64 >= wanted {
        return None;
    }
    let least = counts.models.iter().find(|(_, models)| {
        below += *models;
        below as f64 >= wanted
    });
    least.map(|(correct, _)| f64::from(*correct) / f64::from(counts.points.max(1)))
}

/// Returns `60 of 100 models have at least 96 % of the points right, 28 at most 50 %`: counts at the median and, if it
/// differs, at the lower decile.
fn counted(group: &Group, what: &str) -> String {
    let (n, counts, lost) = (group.n, judged(group), group.n - judged(group).len());
    if n == 1 {
        let only = |share| format!("the only model has {} {what}", percent(share));
        return counts.mean().map_or_else(|| all_lost(group), only);
    }
    let lost = group.lost_words().filter(|_| lost > 0);
    let Some(half) = accuracy_quantile(group, 0.5).map(Tenths::below) else {
        return match group.diverged() == n - counts.len() {
            true => format!("{} of {} diverged", count(group.diverged()), models(n)),
            false => format!("of {} {}", models(n), lost.unwrap_or_default()),
        };
    };
    let low = accuracy_quantile(group, 0.1).map(Tenths::above).filter(|low| *low < half);
    let above = half.or_more(counts);
    let upper = format!("{} of {} {} at least {half} {what}", count(above), models(n), verb(above, "have"));
    let low = low.map(|low| format!("{} at most {low}", count(low.or_less(counts))));
    [Some(upper), low, lost].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl EcdfPlot<'_> {
    /// Returns the title: how many models of the best value reach which accuracy.
    fn title(&self, picked: &[SeriesSelection]) -> String {
        let total = self.view.summary.total();
        let what = match (total.measure, total.reported_rows()) {
            (Measure::Accuracy, RowSet::Train) => "of the points right",
            (Measure::Accuracy, RowSet::Validation) => "of the validation points right",
            (Measure::Accuracy, RowSet::Test) => "of the test points right",
            (Measure::RSquared, RowSet::Train) => "as R²",
            (Measure::RSquared, RowSet::Validation) => "as R² on the validation points",
            (Measure::RSquared, RowSet::Test) => "as R² on the test points",
        };
        let best = picked.iter().find(|picked| picked.best).or(picked.first().filter(|_| picked.len() == 1));
        let (place, group) = match best {
            Some(best) => (capital(&best.place), &best.group),
            // Without a best value, all models.
            None => ("In all".to_owned(), &total),
        };
        match (group.score(), total.n) {
            (_, 0) => "No models to show".into(),
            (None, _) => format!("No {} to show: {}", total.measure.name(), all_lost(&total)),
            (Some(share), 1) => format!("The only model has {} {what}", percent(share)),
            _ => format!("{place}, {}", counted(group, what)),
        }
    }

    fn subtitle(&self, picked: &[SeriesSelection], range: &RobustRange) -> String {
        let binned = picked.iter().any(|picked| picked.ends.0 < picked.ends.1);
        let binned = binned.then(|| format!("each curve over neighbouring {}s", self.view.x));
        let all = self.view.series.len();
        let some = (self.view.has_several_curves() && picked.len() < all)
            .then(|| format!("the best {} of {all}", picked.len()));
        let each = self.view.has_several_curves().then(|| format!("each at its best {}", self.view.x));
        let (lost, measure) = (self.view.summary.total().lost_words(), self.view.summary.measure().name());
        let diverged = lost.map(|lost| format!("{lost}: counted as {measure} below and loss above all others"));
        let beyond = match beyond(picked, range) {
            0 => None,
            n => Some(format!("{} with a loss beyond the axis, up to {}", models(n), number(greatest(picked), 2))),
        };
        let parts = [Some(self.settings.to_string()), some, each, binned, diverged, beyond];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the frames for accuracies and for losses.
    fn frames(&self, base: f64, picked: &[SeriesSelection], right: f64, range: &RobustRange) -> [Frame; 2] {
        let (top, bottom) = (base + 92.0, f64::from(SIZE.1) - 115.0);
        let width = (right - TICK_ROOM - 100.0) / 2.0;
        let y = PlotAxis::linear(0.0, 1.0).written(|v| number(100.0 * v, 4));
        let low = accuracy_range(picked.iter().map(|picked| judged(&picked.group))).map_or(0.0, |range| range.low);
        let low = round_below(low);
        let accuracies = PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4)).widened();
        let first = Frame { left: TICK_ROOM, right: TICK_ROOM + width, top, bottom, x: accuracies, y };
        let losses = PlotAxis::logarithmic(range.low.min(range.high / 2.0), range.high, false);
        [first.clone(), Frame { left: right - width, right, x: losses, ..first }]
    }
}

/// Returns the range of the curves' losses without outliers, and without curves most of whose models have no loss.
fn loss_range(picked: &[SeriesSelection]) -> RobustRange {
    let steady: Vec<&SeriesSelection> = picked.iter().filter(|p| 2 * p.group.losses.len() >= p.group.n).collect();
    let shown = if steady.is_empty() { picked.iter().collect() } else { steady };
    let shares: [f64; STEPS + 1] = std::array::from_fn(|step| step as f64 / STEPS as f64);
    // Quantiles give every curve the same weight, whatever its number of models.
    let values = shown.iter().flat_map(|p| p.group.losses.quantiles(&shares)).flatten().map(|loss| (loss, 1));
    RobustRange::of_logarithms(values, LOSSES).unwrap_or(RobustRange { low: 0.01, high: 1.0, below: 0, above: 0 })
}

/// Returns the number of models with a loss above the range, extrapolated from samples.
fn beyond(picked: &[SeriesSelection], range: &RobustRange) -> u64 {
    let sampled = |p: &SeriesSelection| (p.group.losses.len(), p.group.losses.sample());
    let of = |(all, sample): (u64, Vec<f64>)| {
        let outside = sample.iter().filter(|loss| **loss > range.high * (1.0 + 1e-9)).count() as f64;
        (outside / sample.len().max(1) as f64 * all as f64).round() as u64
    };
    picked.iter().map(sampled).map(of).sum()
}

/// Returns the largest loss of all curves.
fn greatest(picked: &[SeriesSelection]) -> f64 {
    picked.iter().filter_map(|p| p.group.losses.quantile(1.0)).fold(0.0, f64::max)
}

/// Returns a curve with a step at every accuracy that occurs; it starts at the share of models without an accuracy.
fn accuracies(frame: &Frame, group: &Group) -> Vec<Position> {
    let (counts, n) = (judged(group), group.n.max(1) as f64);
    let mut below = group.n - counts.len();
    let mut points = vec![(frame.left, frame.y(below as f64 / n))];
    for (correct, models) in &counts.models {
        let x = frame.x(f64::from(*correct) / f64::from(counts.points.max(1)));
        points.push((x, frame.y(below as f64 / n)));
        below += models;
        points.push((x, frame.y(below as f64 / n)));
    }
    points.push((frame.right, frame.y(1.0)));
    points
}

/// Returns the share of all models by loss, with a step per model if all losses are known, else through quantiles. It
/// ends below 1 if some models diverged or are beyond the axis.
fn losses(frame: &Frame, group: &Group) -> Vec<Position> {
    let (n, known) = (group.n.max(1) as f64, group.losses.len());
    let (sample, is_inside) = (group.losses.sample(), |loss: f64| frame.x.share(loss) <= 1.0 + 1e-9);
    let mut points: Vec<Position> = Vec::new();
    if sample.len() as u64 == known {
        for (below, loss) in sample.iter().enumerate().filter(|(_, loss)| is_inside(**loss)) {
            points.extend([below, below + 1].map(|below| frame.at(*loss, below as f64 / n)));
        }
    } else {
        let shares: [f64; STEPS + 1] = std::array::from_fn(|step| step as f64 / STEPS as f64);
        let quantiles = group.losses.quantiles(&shares).into_iter().zip(shares);
        let inside = quantiles.filter_map(|(loss, share)| Some((loss.filter(|loss| is_inside(*loss))?, share)));
        points.extend(inside.map(|(loss, share)| frame.at(loss, share * known as f64 / n)));
    }
    points.insert(0, (frame.left, frame.bottom));
    points.push((frame.right, points[points.len() - 1].1));
    points
}

impl Picture for EcdfPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Ecdf
    }

    fn scene(&self) -> Result<Scene> {
        let picked = few(&self.view, MOST);
        let names_of: Vec<String> =
            picked.iter().map(|p| if p.best { format!("{} (best)", p.name) } else { p.name.clone() }).collect();
        let head = if self.view.has_several_curves() { String::new() } else { capital(self.view.x) };
        let room = names_room(names_of.iter().map(String::as_str)).max(super::text_layout::width(&head, AXIS_TITLE));
        let right = f64::from(SIZE.0) - MARGIN - room - 30.0;
        let range = loss_range(&picked);
        let (mut scene, base) = start_titled(&self.title(&picked), &self.subtitle(&picked, &range));
        let frames = self.frames(base, &picked, right, &range);
        let tested = picked.iter().any(|p| p.group.test.points > 0);
        let measure = self.view.summary.measure();
        let set = if tested { "test" } else { "training" };
        let x = format!("{} on the {set} points (%)", measure.title());
        let titles = [
            (&*format!("Models with at most this {} (%)", measure.name()), x),
            ("Models with at most this loss (%)", format!("Training loss ({})", self.loss)),
        ];
        for (frame, (y, x)) in frames.iter().zip(titles) {
            scene.text((frame.left - 70.0, base + 58.0), y, AXIS_TITLE, Align::Start);
            scene.text(((frame.left + frame.right) / 2.0, X_TITLE), x, AXIS_TITLE, Align::Middle);
            frame.draw(&mut scene);
        }
        baseline_up(&mut scene, &frames[0], measure, self.view.baseline);
        for (frame, curve) in frames.iter().zip([accuracies, losses]) {
            // The best curve is drawn last, above the others.
            let order = picked.iter().filter(|picked| !picked.best).chain(picked.iter().filter(|picked| picked.best));
            for SeriesSelection { group, style, best, .. } in order {
                let width = if *best { 7.0 } else { 4.0 };
                let stroke = LineStyle { dashes: style.dashes, ..LineStyle::bold(width, style.rgb) };
                stroke.draw(&mut scene, curve(frame, group));
            }
        }
        let legend = right + 30.0;
        scene.text((legend, base + 58.0), head, AXIS_TITLE, Align::Start);
        let curves = names_of.iter().zip(&picked).map(|(name, picked)| (name.as_str(), picked.style));
        names(&mut scene, (legend, frames[0].top + 12.0), curves);
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.view)
    }
}

impl StudyPicture for EcdfPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let (view, loss) = (study.facets.view.clone(), study.loss());
        Some(Box::new(EcdfPlot { view, loss, settings: &study.settings }))
    }
}

/// Describes the accuracies and losses of the best models.
fn caption(view: &Facet) -> String {
    let picked = few(view, MOST);
    let total = view.summary.total();
    let best = picked.iter().find(|picked| picked.best).or(picked.first().filter(|_| picked.len() == 1));
    let (group, place) = best.map_or((&total, "In all".to_owned()), |best| (&best.group, capital(&best.place)));
    let counts = group.reported_counts();
    match (counts.mean(), between(counts, 0.1, 0.9), group.losses.quantile(0.5)) {
        (Some(mean), None, Some(loss)) => {
            let what = group.measure.a_name();
            format!("{place} the only model has {what} of {} and a loss of {}.", percent(mean), number(loss, 2))
        }
        (Some(mean), Some(inner), _) => format!(
            "{place} the mean {} is {}, with {inner}; {}. Steep parts of a curve are clusters of models, \
             flat parts the gaps between them.",
            group.measure.name(),
            percent(mean),
            halves(group)
        ),
        _ => no_accuracy(group),
    }
}

#[cfg(test)]
mod tests;
