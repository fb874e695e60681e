//! Curves of a sweep, each at its best value: mean accuracy and share of successes with confidence intervals.

use super::caption_parts::no_accuracy;
use super::clipping::{FrameEdge, tick};
use super::facet::{Facet, NO_INTERVALS};
use super::frame::{Frame, MARGIN, start_titled};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_up;
use super::robust_range::{MEANS, RobustRange, round_below};
use super::scene::{Align, Scene};
use super::sentences::{all_lost, graded_words};
use super::study_picture::{Availability, StudyData, StudyPicture};
use super::text_layout::{shortened, width};
use super::theme::{AXIS_TITLE, INK, Rgb, SIZE, SOFT, VERMILION, count, named, number, percent, readable, titled};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::plural::verb;
use crate::statistics::{Group, Measure};

/// Maximum number of curves.
const MOST: usize = 20;
/// How far an interval may extend the axis below the lowest mean on it.
const MOST_BELOW: f64 = 0.1;
/// Maximum width of the curves' names, in pixels.
const NAMES: f64 = 460.0;
/// Maximum height of a row, in pixels.
const HIGHEST: f64 = 130.0;

/// Plot of a sweep's curves, each at its best value.
#[derive(Debug, Clone)]
pub struct ComparisonPlot<'a> {
    /// Outcomes of all models, in several curves.
    pub view: Facet<'a>,
    /// Accuracy above which a model is a success, 0 to 1.
    pub threshold: f64,
    /// Whether all curves use the same seeds.
    pub paired: bool,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// Returns the axis range of the means without outliers, which are drawn as a triangle at the edge with their number.
fn mean_range(rows: &[ComparisonRow]) -> Option<RobustRange> {
    let scores = rows.iter().filter_map(|row| row.group.score()).map(|score| (score, 1));
    let range = RobustRange::of(scores, MEANS)?;
    let low =
        |row: &ComparisonRow| row.group.score().filter(|score| *score >= range.low).and(row.group.score_interval());
    Some(range.with(rows.iter().filter_map(low).map(|(low, _)| low.max(range.low - MOST_BELOW))))
}

/// A curve at its best value; one without any accuracy, at its first value.
struct ComparisonRow<'a> {
    curve: &'a str,
    /// Name of the curve and its best value.
    name: String,
    group: &'a Group,
    rgb: Rgb,
}

impl ComparisonPlot<'_> {
    /// Returns the rows by descending mean accuracy.
    fn rows(&self) -> Vec<ComparisonRow<'_>> {
        let curves = self.view.series.iter().zip(&self.view.names).enumerate();
        let rows = curves.filter_map(|(k, (series, curve))| {
            let group = self.view.representative(k).or(series.groups.first())?;
            let name = if group.x.is_nan() { curve.clone() } else { format!("{curve}, {}", number(group.x, 3)) };
            Some(ComparisonRow { curve, name, group, rgb: self.view.style(k).rgb })
        });
        let mut rows: Vec<ComparisonRow> = rows.collect();
        rows.sort_by(|a, b| b.group.score().unwrap_or(-1.0).total_cmp(&a.group.score().unwrap_or(-1.0)));
        rows
    }

    fn title(&self, rows: &[ComparisonRow], what: &str) -> String {
        let (what, measure) = (format!("mean {what}"), self.view.summary.measure());
        let scored: Vec<(&ComparisonRow, f64)> =
            rows.iter().filter_map(|row| Some((row, row.group.score()?))).collect();
        match &scored[..] {
            [] => format!("No {} to show: {}", measure.name(), all_lost(&self.view.summary.total())),
            [(only, mean)] => format!("Only {} has {}: {what} {}", only.curve, measure.a_name(), percent(*mean)),
            [(first, high), .., (last, low)] => {
                let (high, low) = (percent(*high), percent(*low));
                format!("In its best range, {} has a {what} of {high}, {} of {low}", first.curve, last.curve)
            }
        }
    }

    fn subtitle(&self, all: usize) -> String {
        let some = (all > MOST).then(|| format!("the best {MOST} of {}", count(all as u64)));
        let dependent = self.view.is_dependent();
        let bars = if dependent { NO_INTERVALS } else { "bars: 95\u{a0}% intervals (Student's t, Wilson)" };
        let each = Some(format!("each at its best {}; {bars}", self.view.x));
        let paired = "the same seeds everywhere: differences are paired, bars that overlap do not mean “no difference”";
        let parts =
            [some, each, (self.paired && !dependent).then(|| paired.to_owned()), Some(self.settings.to_owned())];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the frames for means and for successes, right of the names.
    fn frames(&self, rows: &[ComparisonRow], base: f64) -> [Frame; 2] {
        let names = rows.iter().map(|row| width(&row.name, named(INK))).fold(0.0, f64::max).min(NAMES);
        let (left, right, gap) = (MARGIN + names + 28.0, f64::from(SIZE.0) - MARGIN - 20.0, 70.0);
        let (middle, top) = ((right - left - gap) / 2.0, base + 96.0);
        let bottom = (f64::from(SIZE.1) - 75.0).min(top + HIGHEST * rows.len().max(1) as f64);
        let low = mean_range(rows).map_or(0.0, |range| round_below(range.low.clamp(0.0, 1.0)));
        let percents = |low: f64| PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4)).widened();
        let y = PlotAxis::linear(0.0, 1.0).without_ticks();
        let first = Frame { left, right: left + middle, top, bottom, x: percents(low), y };
        [first.clone(), Frame { left: right - middle, right, x: percents(0.0), ..first }]
    }
}

/// Draws a value as a dot with its interval; below the axis, as a triangle with its number.
fn draw(scene: &mut Scene, frame: &Frame, y: f64, value: f64, interval: Option<(f64, f64)>, rgb: Rgb) {
    if frame.x.share(value) < 0.0 {
        tick(scene, frame, FrameEdge::Left, y, rgb);
        return scene.text((frame.left + 20.0, y + 9.0), percent(value), named(readable(rgb)), Align::Start);
    }
    if let Some((low, high)) = interval {
        scene.line(vec![(frame.x(low.max(0.0)), y), (frame.x(high.min(1.0)), y)], 4.0, rgb);
    }
    scene.dot((frame.x(value), y), 9.0, rgb);
}

impl Picture for ComparisonPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Comparison
    }

    fn scene(&self) -> Result<Scene> {
        let (mut rows, what) = (self.rows(), graded_words(&self.view.summary.total()));
        let measure = self.view.summary.measure();
        let (title, subtitle) = (self.title(&rows, &what), self.subtitle(rows.len()));
        rows.truncate(MOST);
        let (mut scene, base) = start_titled(&title, &subtitle);
        let frames = self.frames(&rows, base);
        let mean = &format!("Mean {what} (%)");
        let success = match measure {
            Measure::Accuracy => format!("Models above {} right (%)", percent(self.threshold)),
            Measure::RSquared => format!("Models with R² above {} (%)", percent(self.threshold)),
        };
        for (frame, words) in frames.iter().zip([mean, &success]) {
            frame.draw(&mut scene);
            scene.text((frame.left, base + 58.0), words, AXIS_TITLE, Align::Start);
        }
        baseline_up(&mut scene, &frames[0], measure, self.view.baseline);
        let height = (frames[0].bottom - frames[0].top) / rows.len().max(1) as f64;
        for (n, row) in rows.iter().enumerate() {
            let y = frames[0].top + (n as f64 + 0.5) * height;
            let kind = named(if n == 0 { INK } else { SOFT });
            scene.text((frames[0].left - 24.0, y + 9.0), shortened(&row.name, kind, NAMES), kind, Align::End);
            match row.group.score() {
                Some(mean) => draw(&mut scene, &frames[0], y, mean, row.group.score_interval(), row.rgb),
                None => scene.text(
                    (frames[0].left + 12.0, y + 9.0),
                    format!("no {}", measure.name()),
                    named(VERMILION),
                    Align::Start,
                ),
            }
            if let Some(rate) = row.group.success_rate() {
                draw(&mut scene, &frames[1], y, rate, row.group.success_interval(), row.rgb);
            }
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.view)
    }
}

impl StudyPicture for ComparisonPlot<'_> {
    fn availability(study: &StudyData) -> Availability {
        if study.facets.view.has_several_curves() { Availability::Drawn } else { Availability::Pointless }
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let (view, threshold, paired) = (study.facets.view.clone(), study.threshold(), study.facets.paired());
        Some(Box::new(ComparisonPlot { view, threshold, paired, settings: &study.settings }))
    }
}

/// Describes the first and the last of the curves, with intervals.
fn caption(view: &Facet) -> String {
    let mut tops: Vec<(&String, &Group, f64)> = view
        .names
        .iter()
        .enumerate()
        .filter_map(|(k, name)| {
            let group = view.representative(k)?;
            Some((name, group, group.score()?))
        })
        .collect();
    tops.sort_by(|a, b| b.2.total_cmp(&a.2));
    let of = |(name, group, mean): &(&String, &Group, f64)| {
        let interval = group.score_interval().map_or(String::new(), |(low, high)| {
            format!(" (95\u{a0}% interval {} to {})", percent(low.max(0.0)), percent(high.min(1.0)))
        });
        let (successes, n) = (group.successes(), group.n);
        let success = match (n, successes) {
            (1, 0) => "which is no success".to_owned(),
            (1, _) => "a success".to_owned(),
            (n, some) => format!("{} of {} {}", count(some), count(n), verb(some, "succeed")),
        };
        format!("{name}{}: {}{interval}, {success}", view.at(group), percent(*mean))
    };
    let what = titled(&graded_words(&view.summary.total()));
    match &tops[..] {
        [] => no_accuracy(&view.summary.total()),
        [only] => format!("{what}, mean of the only curve that has one, {}.", of(only)),
        [first, .., last] => {
            format!("{what}, mean in the middle of its best range, first {}; last {}.", of(first), of(last))
        }
    }
}
