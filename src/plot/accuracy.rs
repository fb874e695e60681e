//! Accuracy against learning rate or another hyper-parameter: mean, interquartile range, and every model as a faint
//! dot; for very many models their density.

use super::accuracy_caption;
use super::bins::Bins;
use super::clipping::{FrameEdge, note, tick};
use super::compare::{CurveComparison, left_out};
use super::density;
use super::facet::{Facet, NO_INTERVALS};
use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::reference_marks::{baseline_across, near_best, near_best_note};
use super::robust_range::{ACCURACIES, RobustRange, accuracy_range, round_below};
use super::scene::{Paint, Position, Scene, TextStyle};
use super::sentences;
use super::strip_rows::{self, StripRows};
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{BLUE, GREEN, INK, Rgb, SOFT, VERMILION, WHITE, named, number};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::statistics::{AccuracyCounts, Group, RowSet};

/// Maximum number of models drawn as dots; more are shown as shaded density.
const MOST_DOTS: u64 = 4000;

/// Reference curve from another source.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceCurve {
    /// Label beside the curve: `published`.
    pub label: String,
    /// Learning rate, mean accuracy and its standard error; the last two as fractions.
    pub points: Vec<(f64, f64, f64)>,
}

/// Plot of the accuracies of all models of a sweep.
#[derive(Debug, Clone)]
pub struct AccuracyPlot<'a> {
    /// Outcomes of all models along the plotted hyper-parameter.
    pub view: Facet<'a>,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
    /// Reference curve drawn for comparison.
    pub reference: Option<&'a ReferenceCurve>,
}

impl AccuracyPlot<'_> {
    /// Returns the title: the best values and their accuracy, in words.
    fn title(&self) -> String {
        let total = self.view.summary.total();
        let none = || match total.n {
            0 => "No models to show".into(),
            _ => format!("No {} to show: {}", total.measure.name(), sentences::all_lost(&total)),
        };
        sentences::best(&self.view).unwrap_or_else(none)
    }

    /// Draws several curves in one plot.
    fn comparison(&self) -> Scene {
        let total = self.view.summary.total();
        let (bands, strips) = ("bands: ± one standard error", strip_rows::suits(&self.view));
        let bands = match strips {
            _ if self.view.is_dependent() => NO_INTERVALS,
            true => "dots: models; shaded: the middle half; black: 95\u{a0}% interval of the mean",
            false => bands,
        };
        let scores = self.view.series.iter().flat_map(|series| &series.groups).filter_map(Group::score);
        let range = RobustRange::of(scores.map(|score| (score, 1)), ACCURACIES);
        let beyond = match strips {
            true => note(strip_rows::below(&self.view), "model"),
            false => range.and_then(|range| note(range.below, "mean")),
        };
        let marks = near_best_note(&self.view).filter(|_| !strips);
        let name = total.measure.name();
        let diverged = total.lost_words().map(|lost| format!("{lost} (no {name})"));
        let some = if strips { strip_rows::left_out(&self.view) } else { left_out(&self.view) };
        let (settings, chosen) = (self.settings.to_string(), sentences::chosen(&self.view));
        let parts = [Some(settings), some, Some(bands.to_owned()), marks, chosen, diverged, beyond];
        let subtitle = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let (title, set) = (self.title(), total.reported_rows());
        let points = sentences::points(set);
        let y = &format!("Mean {name} on the {points}s (%)");
        if strips {
            let x = match set {
                RowSet::Train => format!("{} on the {points}s (%)", total.measure.title()),
                _ => format!("{} (%): models on the training points, means on the {points}s", total.measure.title()),
            };
            return StripRows { view: &self.view, title, subtitle, x: &x }.accuracies();
        }
        let low = range.map_or(0.0, |range| round_below(range.low));
        let interval = standard_error;
        CurveComparison { view: &self.view, title, subtitle, y, low, height: Group::score, interval, baseline: true }
            .scene()
    }

    /// Returns the subtitle: the settings and notes on what is drawn.
    fn subtitle(&self, bins: &Bins, shaded: bool, low: f64) -> String {
        let total = self.view.summary.total();
        let below = total.train.models.iter().filter(|(correct, _)| share(**correct, &total.train) < low);
        let (below, marks) = (note(below.map(|(_, n)| n).sum(), "model"), near_best_note(&self.view));
        let dots = shaded.then(|| density::note(&bins.groups));
        let name = total.measure.name();
        let diverged = total.lost_words().map(|lost| format!("{lost} (no {name})"));
        let chosen = sentences::chosen(&self.view);
        let parts = [Some(self.settings.to_string()), bins.note(self.view.x), dots, diverged, below, chosen, marks];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the lower end of the vertical axis: a round number below all accuracies except outliers, and below every
    /// mean.
    fn low(&self, bins: &Bins) -> f64 {
        let total = self.view.summary.total();
        let errors = self.reference.iter().flat_map(|r| &r.points).map(|(_, mean, error)| mean - error);
        let means = bins.groups.iter().flat_map(|group| [group.train.mean(), group.test.mean()]).flatten();
        let range = accuracy_range([&total.train, &total.test].into_iter());
        range.map_or(0.0, |range| round_below(range.with(means.chain(errors)).low.clamp(0.0, 1.0)))
    }
}

impl Picture for AccuracyPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Accuracy
    }

    fn scene(&self) -> Result<Scene> {
        if self.view.has_several_curves() {
            return Ok(self.comparison());
        }
        let bins = Bins::of(&self.view);
        let total = self.view.summary.total();
        let (tested, shaded) = (!total.test.is_empty(), total.train.len() > MOST_DOTS);
        let low = self.low(&bins);
        let (title, subtitle) = (self.title(), self.subtitle(&bins, shaded, low));
        let rates = self.view.values();
        let theirs = self.reference.iter().flat_map(|r| &r.points).map(|p| p.0);
        let y = match (tested, shaded) {
            (true, false) => " (%), dots and band on the training points",
            (true, true) => " (%), shades and quarters on the training points",
            (false, _) => " on the training points (%)",
        };
        let y = &format!("{}{y}", total.measure.title());
        let header = Heading { title: &title, subtitle: &subtitle, x: &self.view.x_title(), y, right: 250.0 };
        let x = PlotAxis::learning_rate(&rates.into_iter().chain(theirs).collect::<Vec<_>>());
        let (mut scene, frame) = begin(&header, x, PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4)));
        frame.draw(&mut scene);
        match shaded {
            true => {
                density::draw(&mut scene, &frame, &bins.groups);
                // Cells end at the axis: one triangle per column marks the models below it.
                let is_below =
                    |group: &&Group| group.train.models.keys().any(|correct| share(*correct, &group.train) < low);
                bins.groups.iter().filter(is_below).for_each(|group| {
                    tick(&mut scene, &frame, FrameEdge::Bottom, frame.x(group.x), BLUE);
                });
            }
            false => dots(&mut scene, &frame, &self.view),
        }
        baseline_across(&mut scene, &frame, total.measure, self.view.baseline);
        near_best(&mut scene, &frame, &self.view);
        let mut ends = lines(&mut scene, &frame, &bins.groups, tested, shaded);
        ends.extend(self.reference.and_then(|r| reference(&mut scene, &frame, r)));
        frame.label_ends(&mut scene, &ends);
        Ok(scene)
    }

    fn caption(&self) -> String {
        accuracy_caption::accuracy(&self.view)
    }
}

impl StudyPicture for AccuracyPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        Some(Box::new(AccuracyPlot { view: study.facets.view.clone(), settings: &study.settings, reference: None }))
    }
}

/// Returns the mean accuracy ± one standard error, within 0 to 1; `None` for dependent models.
fn standard_error(group: &Group) -> Option<(f64, f64)> {
    if group.is_dependent {
        return None;
    }
    let counts = group.reported_counts();
    let (mean, error) = (counts.mean()?, counts.standard_error()?);
    Some(((mean - error).max(0.0), (mean + error).min(1.0)))
}

/// Returns the accuracy of a model with `correct` points right, as a fraction.
fn share(correct: u32, counts: &AccuracyCounts) -> f64 {
    f64::from(correct) / f64::from(counts.points.max(1))
}

/// Draws every model as a faint dot, jittered horizontally within its value's share of the axis.
fn dots(scene: &mut Scene, frame: &Frame, view: &Facet) {
    let places: Vec<f64> = view.groups().iter().map(|g| frame.x(g.x)).collect();
    let gaps = places.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0);
    let half = (gaps.fold(60.0, f64::min) * 0.34).max(0.5);
    let mut seen = 0;
    let paint = Paint { rgb: BLUE, alpha: 0.3 };
    for (group, x) in view.groups().iter().zip(places) {
        for (correct, models) in &group.train.models {
            let accuracy = share(*correct, &group.train);
            for model in 0..*models {
                // Golden-ratio multiples modulo 1: evenly spread for any number of models, and reproducible.
                let shake = ((seen + model) as f64 * 0.618_033_988_749_894_9).fract() * 2.0 - 1.0;
                match frame.y.share(accuracy) < 0.0 {
                    true => tick(scene, frame, FrameEdge::Bottom, x + shake * half, paint),
                    false => scene.dot((x + shake * half, frame.y(accuracy)), 5.0, paint),
                }
            }
            seen += models;
        }
    }
}

/// Draws the quartiles, the training mean and the test mean; returns the labels for their right ends.
pub(super) fn lines(
    scene: &mut Scene,
    frame: &Frame,
    groups: &[Group],
    tested: bool,
    shaded: bool,
) -> Vec<(f64, String, TextStyle)> {
    let quantile = |q: f64| -> Vec<Position> { curve(frame, groups, |g| g.train.quantile(q)) };
    let (low, high) = (quantile(0.25), quantile(0.75));
    let mut ends = Vec::new();
    if low.len() > 1 && shaded {
        // A filled band would look like one more shade of the density.
        for (edge, words) in [(&low, "25\u{a0}% below"), (&high, "75\u{a0}% below")] {
            scene.dashed(edge, &[4.0, 6.0], 3.0, INK);
            ends.push((edge[edge.len() - 1].1, words.to_owned(), named(SOFT)));
        }
    } else if low.len() > 1 {
        let outline = low.iter().chain(high.iter().rev()).copied().collect();
        scene.fill(outline, Paint { rgb: BLUE, alpha: 0.16 });
        let (low, high) = (low[low.len() - 1].1, high[high.len() - 1].1);
        ends.push(((low + high) / 2.0, "25–75 % of models".to_string(), named(SOFT)));
    } else if let (Some(low), Some(high)) = (low.first(), high.first()) {
        scene.rectangle((low.0 - 30.0, low.1), (high.0 + 30.0, high.1), Paint { rgb: BLUE, alpha: 0.16 });
    }
    let name = if tested { "mean, training" } else { "mean" };
    ends.extend(line(scene, curve(frame, groups, |g| g.train.mean()), BLUE, name));
    ends.extend(line(scene, curve(frame, groups, |g| g.test.mean()), VERMILION, "mean, test"));
    ends
}

/// Returns the positions of a value; groups without it are skipped.
fn curve(frame: &Frame, groups: &[Group], value: impl Fn(&Group) -> Option<f64>) -> Vec<Position> {
    groups.iter().filter_map(|g| Some(frame.at(g.x, value(g)?))).collect()
}

/// Draws a line, with dots if it has fewer than 60 points; returns the label for its right end.
fn line(scene: &mut Scene, points: Vec<Position>, rgb: Rgb, name: &str) -> Option<(f64, String, TextStyle)> {
    let last = *points.last()?;
    scene.line(points.clone(), 9.0, WHITE);
    scene.line(points.clone(), 5.0, rgb);
    for point in points.iter().filter(|_| points.len() < 60) {
        scene.dot(*point, 6.0, rgb);
    }
    Some((last.1, name.into(), named(rgb)))
}

/// Draws the reference curve with its error bars; returns its label.
fn reference(scene: &mut Scene, frame: &Frame, reference: &ReferenceCurve) -> Option<(f64, String, TextStyle)> {
    let points: Vec<Position> = reference.points.iter().map(|(lr, mean, _)| frame.at(*lr, *mean)).collect();
    scene.dashed(&points, &[14.0, 9.0], 3.0, GREEN);
    for ((lr, mean, error), at) in reference.points.iter().zip(&points) {
        scene.line(vec![frame.at(*lr, mean - error), frame.at(*lr, mean + error)], 3.0, GREEN);
        scene.dot(*at, 10.0, GREEN);
        scene.dot(*at, 6.5, WHITE);
    }
    Some((points.last()?.1, reference.label.clone(), named(GREEN)))
}
