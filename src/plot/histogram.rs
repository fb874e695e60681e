//! Histogram of the final accuracies of all models, with the threshold between success and failure.

use super::caption_parts::no_accuracy;
use super::clipping::{FrameEdge, note, tick};
use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_up;
use super::robust_range::accuracy_range;
use super::scene::{Align, Scene};
use super::sentences::all_lost;
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{BLUE, GREY, INK, SOFT, WHITE, count, models, named, number, percent};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::plural::verb;
use crate::statistics::number_format::between;
use crate::statistics::{AccuracyCounts, Group, Measure, RowSet, Summary, is_success};

/// Maximum number of bars, give or take one for alignment with the threshold.
const MOST_BARS: u32 = 50;

/// Positions of the threshold on the axis, 0 to 1, that leave room for words on both sides.
const MIDDLE: std::ops::Range<f64> = 0.25..0.75;

/// Histogram of a sweep's final accuracies on the training points.
#[derive(Debug, Clone)]
pub struct HistogramPlot<'a> {
    /// Outcomes of all models.
    pub summary: &'a Summary,
    /// Accuracy above which a model is a success, 0 to 1.
    pub threshold: f64,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// Bar: number of models with `first` to `last` points right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HistogramBar {
    first: u32,
    last: u32,
    models: u64,
}

/// Returns bars that cover the same number of possible accuracies each, so that no bar is high just for its width; one
/// begins at `least_success`, so that none straddles the threshold.
fn bars(counts: &AccuracyCounts, least_success: u32) -> Vec<HistogramBar> {
    let (Some((&low, _)), Some((&high, _))) = (counts.models.first_key_value(), counts.models.last_key_value()) else {
        return Vec::new();
    };
    let width = (high - low + 1).div_ceil(MOST_BARS);
    let number = |correct: u32| (i64::from(correct) - i64::from(least_success)).div_euclid(i64::from(width));
    let mut bars: Vec<HistogramBar> = (number(low)..=number(high))
        .map(|k| i64::from(least_success) + k * i64::from(width))
        .map(|first| HistogramBar {
            first: first.max(0) as u32,
            last: (first + i64::from(width) - 1) as u32,
            models: 0,
        })
        .collect();
    counts.models.iter().for_each(|(correct, n)| bars[(number(*correct) - number(low)) as usize].models += n);
    bars
}

impl HistogramPlot<'_> {
    fn title(&self, total: &Group) -> String {
        let (threshold, measure) = (percent(self.threshold), total.measure);
        match total.success_rate() {
            None => "No models to show".into(),
            Some(_) if total.train.is_empty() => format!("No {} to show: {}", total.measure.name(), all_lost(total)),
            Some(rate) if total.n == 1 => {
                let more = measure.above(&threshold, "points");
                let words =
                    if rate > 0.0 { more } else { more.replace("more than", "at most").replace("above", "of at most") };
                format!("The only model gets {words}")
            }
            Some(_) => {
                let who = match total.successes() {
                    0 => format!("None of {}", models(total.n)),
                    all if all == total.n => format!("All {}", models(total.n)),
                    some => format!("{} of {}", count(some), models(total.n)),
                };
                let get = verb(total.successes().max(1), "get");
                format!("{who} {get} {}", measure.above(&threshold, "points"))
            }
        }
    }

    fn subtitle(&self, total: &Group, below: u64) -> String {
        let lost = total
            .lost_words()
            .map(|lost| format!("{lost}: failures without {}, not in any bar", total.measure.a_name()));
        let parts = [Some(self.settings.to_string()), lost, note(below, "model")];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the smallest number of points right that is a success; `points + 1` if none is.
    fn least_success(&self, points: u32) -> u32 {
        let (mut low, mut high) = (0, points + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_success(middle, points, self.threshold) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

impl Picture for HistogramPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Histogram
    }

    fn scene(&self) -> Result<Scene> {
        let total = self.summary.total();
        let points = f64::from(total.train.points.max(1));
        let least_success = self.least_success(total.train.points);
        let edge = |correct: u32| (f64::from(correct) - 0.5) / points;
        // A round number below the threshold and all accuracies except outliers.
        let least = accuracy_range(std::iter::once(&total.train)).map_or(0.0, |range| range.low - 0.5 / points);
        let low = (least.min(edge(least_success)) * 10.0).floor().max(0.0) / 10.0;
        let (beyond, inside): (Vec<HistogramBar>, Vec<HistogramBar>) =
            bars(&total.train, least_success).into_iter().partition(|bar| edge(bar.last + 1) <= low);
        let (below, bars) = (beyond.iter().map(|bar| bar.models).sum(), inside);
        let (title, subtitle) = (self.title(&total), self.subtitle(&total, below));
        let most = bars.iter().map(|b| b.models).max().unwrap_or(1);
        let header = Heading {
            title: &title,
            subtitle: &subtitle,
            x: &format!("{} on the training points after the last epoch (%)", total.measure.title()),
            y: "Number of models",
            right: 20.0,
        };
        let high = bars.last().map_or(1.0, |b| edge(b.last + 1)).max(1.0);
        let x = PlotAxis::linear(low, high).written(|v| number(100.0 * v, 4)).widened();
        // Room above the bars for the words beside the threshold, in two blocks if it is near an end of the axis.
        let room = if MIDDLE.contains(&x.place(edge(least_success))) { 1.16 } else { 1.32 };
        let y = PlotAxis::linear(0.0, most as f64 * room).at_whole_numbers().written(|v| count(v as u64));
        let (mut scene, frame) = begin(&header, x, y);
        frame.draw(&mut scene);
        for bar in bars.iter().filter(|bar| bar.models > 0) {
            let (left, right) = (frame.x(edge(bar.first)), frame.x(edge(bar.last + 1)));
            let gap = ((right - left) * 0.08).min(2.0);
            let rgb = if bar.first >= least_success { BLUE } else { GREY };
            scene.rectangle((left + gap, frame.y(bar.models as f64)), (right - gap, frame.bottom), rgb);
        }
        if below > 0 {
            tick(&mut scene, &frame, FrameEdge::Left, frame.bottom - 12.0, GREY);
        }
        baseline_up(&mut scene, &frame, total.measure, self.summary.baseline_on(RowSet::Train));
        if least_success <= total.train.points && !total.train.is_empty() {
            self.draw_threshold(&mut scene, &frame, frame.x(edge(least_success)), &total);
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.summary.total(), self.threshold)
    }
}

impl StudyPicture for HistogramPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let (summary, threshold) = (study.facets.summary, study.threshold());
        Some(Box::new(HistogramPlot { summary, threshold, settings: &study.settings }))
    }
}

/// Describes the number of models on each side of the threshold, and where most of them are.
fn caption(total: &Group, threshold: f64) -> String {
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

impl HistogramPlot<'_> {
    /// Draws the threshold and the share of models on each side.
    fn draw_threshold(&self, scene: &mut Scene, frame: &Frame, x: f64, total: &Group) {
        let rate = total.success_rate().unwrap_or(0.0);
        scene.line(vec![(x, frame.top), (x, frame.bottom)], 7.0, WHITE);
        scene.dashed(&[(x, frame.top), (x, frame.bottom)], &[12.0, 8.0], 3.0, INK);
        let threshold = percent(self.threshold);
        let (left, right) = ((x - 18.0, Align::End), (x + 18.0, Align::Start));
        let place = (x - frame.left) / (frame.right - frame.left);
        let sides = [if place < MIDDLE.start { right } else { left }, if place < MIDDLE.end { right } else { left }];
        let lower = if MIDDLE.contains(&place) { 0.0 } else { 76.0 };
        let [fails, succeeds] = [("at most", 1.0 - rate, SOFT, 0.0), ("more than", rate, BLUE, lower)];
        for ((words, share, rgb, down), (x, align)) in [fails, succeeds].into_iter().zip(sides) {
            let base = frame.top + 28.0 + down;
            scene.text((x, base), format!("{} of the models", percent(share)), named(rgb), align);
            let words = match total.measure {
                Measure::Accuracy => format!("{words} {threshold} right"),
                Measure::RSquared => format!("R² {} {threshold}", words.replace("more than", "above")),
            };
            scene.text((x, base + 34.0), words, named(rgb), align);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(points: u32, values: impl IntoIterator<Item = u32>) -> AccuracyCounts {
        let mut counts = AccuracyCounts::new(points);
        values.into_iter().for_each(|v| counts.add(v));
        counts
    }

    #[test]
    fn few_accuracies_get_a_bar_each() {
        let bars = bars(&counts(10, [3, 5, 5, 9]), 8);
        assert_eq!(bars.len(), 7);
        assert_eq!(bars[2], HistogramBar { first: 5, last: 5, models: 2 });
    }

    #[test]
    fn many_share_equally_wide_bars_that_respect_the_threshold() {
        let counts = counts(100_000, (0..100_001).step_by(7));
        let bars = bars(&counts, 70_001);
        assert!((40..=MOST_BARS as usize + 1).contains(&bars.len()));
        assert!(bars.iter().any(|b| b.first == 70_001), "a bar begins with the first success");
        assert_eq!(bars.iter().map(|b| b.models).sum::<u64>(), counts.len());
    }

    #[test]
    fn success_begins_where_the_summary_says() {
        for (points, threshold, least) in [(200, 0.7, 141), (10, 0.0, 1), (10, 1.0, 11), (3, 0.5, 2)] {
            let summary = Summary::of_points(vec![[points, 0]]);
            let plot = HistogramPlot { summary: &summary, threshold, settings: "" };
            assert_eq!(plot.least_success(points), least);
        }
    }
}
