//! Comparison of a sweep's choices at one value of the horizontal axis: a row each, not curves of a single point.

use super::class_layers::{LAYERS, share};
use super::clipping::{FrameEdge, tick};
use super::density;
use super::facet::Facet;
use super::frame::{Frame, MARGIN, X_TITLE, start_titled};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_up;
use super::robust_range::{accuracy_range, round_below};
use super::scene::{Align, Paint, Scene};
use super::text_layout::{shortened, width};
use super::theme::{AXIS_TITLE, BODY, INK, SIZE, SOFT, WHITE, count, models, named, number, percent, readable};
use crate::statistics::Group;

/// Maximum number of rows, and maximum width of their names.
pub const MOST: usize = 20;
const NAMES: f64 = 420.0;
/// Maximum height of a row.
const HIGHEST: f64 = 110.0;
/// Room right of the rows for numbers.
const NUMBERS: f64 = 190.0;
/// Maximum number of models in a row that are drawn as dots; more are drawn as a density.
const MOST_DOTS: u64 = 1000;

/// Whether there are several curves, all with the same single value, so that there is nothing to draw along the axis.
pub fn suits(view: &Facet) -> bool {
    let values: Vec<f64> = view.values().into_iter().filter(|x| x.is_finite()).collect();
    view.has_several_curves()
        && view.series.iter().all(|s| s.groups.len() == 1)
        && values.windows(2).all(|pair| pair[0] == pair[1])
}

/// Note in the subtitle if not all rows are drawn.
pub fn left_out(view: &Facet) -> Option<String> {
    let all = view.series.len();
    (all > MOST).then(|| format!("the best {MOST} of {}", count(all as u64)))
}

/// Curves that have a row.
fn rows<'a>(view: &'a Facet) -> Vec<(usize, &'a Group)> {
    view.best(MOST).into_iter().filter_map(|k| Some((k, view.series[k].groups.first()?))).collect()
}

/// Lower end of an axis of accuracies.
fn low(rows: &[(usize, &Group)]) -> f64 {
    let range = accuracy_range(rows.iter().map(|(_, group)| &group.train));
    let means = rows.iter().filter_map(|(_, group)| group.score());
    range.map_or(0.0, |range| round_below(range.with(means).low))
}

/// Number of models whose accuracy is below the axis.
pub fn below(view: &Facet) -> u64 {
    let rows = rows(view);
    let low = low(&rows);
    let is_below = |correct: u32, points: u32| f64::from(correct) / f64::from(points.max(1)) < low;
    let counts = rows.iter().map(|(_, group)| &group.train);
    let below = counts.flat_map(|all| all.models.iter().filter(|(correct, _)| is_below(**correct, all.points)));
    below.map(|(_, n)| n).sum()
}

/// Rows of a picture, in the order of the sweep's choices.
pub struct StripRows<'a> {
    pub view: &'a Facet<'a>,
    pub title: String,
    pub subtitle: String,
    /// Title of the horizontal axis.
    pub x: &'a str,
}

impl StripRows<'_> {
    /// Begins the picture; returns it with its frame and the height of a row.
    fn begin(&self, x: PlotAxis, rows: &[(usize, &Group)]) -> (Scene, Frame, f64) {
        let (mut scene, base) = start_titled(&self.title, &self.subtitle);
        let name = |k: &usize| self.view.names[*k].as_str();
        let names = rows.iter().map(|(k, _)| width(name(k), named(INK))).fold(0.0, f64::max).min(NAMES);
        let (left, right, top) = (MARGIN + names + 28.0, f64::from(SIZE.0) - MARGIN - NUMBERS, base + 76.0);
        let bottom = (f64::from(SIZE.1) - 115.0).min(top + HIGHEST * rows.len().max(1) as f64);
        let frame = Frame { left, right, top, bottom, x, y: PlotAxis::linear(0.0, 1.0).without_ticks() };
        frame.draw(&mut scene);
        let height = (bottom - top) / rows.len().max(1) as f64;
        for (n, (k, _)) in rows.iter().enumerate() {
            let y = top + (n as f64 + 0.5) * height + 9.0;
            scene.text((left - 24.0, y), shortened(name(k), named(INK), NAMES), named(INK), Align::End);
        }
        let below = (bottom + 92.0).min(X_TITLE);
        scene.text(((left + right) / 2.0, below), self.x, AXIS_TITLE, Align::Middle);
        (scene, frame, height)
    }

    /// Draws every model's accuracy, the middle half, the mean and its 95 % interval.
    pub fn accuracies(&self) -> Scene {
        let rows = rows(self.view);
        let low = low(&rows);
        let x = PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4)).widened();
        let (mut scene, frame, height) = self.begin(x, &rows);
        baseline_up(&mut scene, &frame, self.view.summary.measure(), self.view.baseline);
        for (n, (k, group)) in rows.iter().enumerate() {
            let middle = frame.top + (n as f64 + 0.5) * height;
            let (rgb, half) = (self.view.style(*k).rgb, height * 0.32);
            draw_models(&mut scene, &frame, group, (middle, half), Paint { rgb, alpha: 0.35 });
            if let (Some(low), Some(high)) = (group.train.quantile(0.25), group.train.quantile(0.75)) {
                let corners = [(frame.x(low), middle - half), (frame.x(high).max(frame.x(low) + 2.0), middle + half)];
                scene.rectangle(corners[0], corners[1], Paint { rgb, alpha: 0.16 });
            }
            if let Some((low, high)) = group.score_interval() {
                scene.line(vec![(frame.x(low.max(0.0)), middle), (frame.x(high.min(1.0)), middle)], 4.0, INK);
            }
            if let Some(mean) = group.score() {
                scene.dot((frame.x(mean), middle), 11.0, WHITE);
                scene.dot((frame.x(mean), middle), 8.5, rgb);
            }
            let words =
                group.score().map_or(format!("no {}", group.measure.name()), |mean| format!("mean {}", percent(mean)));
            scene.text((frame.right + 18.0, middle + 9.0), words, named(readable(rgb)), Align::Start);
        }
        scene
    }

    /// Draws success rates as bars, with their intervals.
    pub fn successes(&self) -> Scene {
        let rows = rows(self.view);
        let (mut scene, frame, height) = self.begin(percents(), &rows);
        for (n, (k, group)) in rows.iter().enumerate() {
            let (middle, half, rgb) = (frame.top + (n as f64 + 0.5) * height, height * 0.3, self.view.style(*k).rgb);
            let rate = group.success_rate().unwrap_or(0.0);
            scene.rectangle((frame.left, middle - half), (frame.x(rate), middle + half), Paint { rgb, alpha: 0.75 });
            if let Some((low, high)) = group.success_interval() {
                scene.line(vec![(frame.x(low), middle), (frame.x(high), middle)], 4.0, INK);
                [low, high].iter().for_each(|at| {
                    scene.line(vec![(frame.x(*at), middle - 9.0), (frame.x(*at), middle + 9.0)], 3.0, INK);
                });
            }
            let words = format!("{} of {}", count(group.successes()), count(group.n));
            scene.text((frame.right + 18.0, middle + 9.0), words, named(readable(rgb)), Align::Start);
        }
        scene
    }

    /// Draws the outcome classes of each row as parts of a bar, with a legend above.
    pub fn classes(&self) -> Scene {
        let rows = rows(self.view);
        let (mut scene, frame, height) = self.begin(percents(), &rows);
        for (n, (_, group)) in rows.iter().enumerate() {
            let (middle, half, mut low) = (frame.top + (n as f64 + 0.5) * height, height * 0.34, 0.0);
            for &(class, rgb, _) in LAYERS {
                let high = low + share(group, class);
                if high > low {
                    scene.rectangle((frame.x(low), middle - half), (frame.x(high), middle + half), rgb);
                    scene.line(vec![(frame.x(high), middle - half), (frame.x(high), middle + half)], 2.0, WHITE);
                }
                low = high;
            }
            let words = models(group.n);
            scene.text((frame.right + 18.0, middle + 9.0), words, named(SOFT), Align::Start);
        }
        self.legend(&mut scene, &frame, &rows);
        scene
    }

    /// Draws the legend of the classes that occur, in a line above the rows.
    fn legend(&self, scene: &mut Scene, frame: &Frame, rows: &[(usize, &Group)]) {
        let mut x = MARGIN;
        for &(class, rgb, words) in LAYERS {
            if rows.iter().any(|(_, group)| group.of_class(class) > 0) {
                scene.rectangle((x, frame.top - 42.0), (x + 24.0, frame.top - 18.0), rgb);
                scene.text((x + 34.0, frame.top - 21.0), words, BODY, Align::Start);
                x += 34.0 + width(words, BODY) + 36.0;
            }
        }
    }
}

fn percents() -> PlotAxis {
    PlotAxis::linear(0.0, 1.0).written(|v| number(100.0 * v, 4))
}

/// Draws every model as a dot with vertical jitter, or the density of very many. Models below the axis are triangles at
/// its end.
fn draw_models(scene: &mut Scene, frame: &Frame, group: &Group, (middle, half): (f64, f64), paint: Paint) {
    let points = f64::from(group.train.points.max(1));
    if group.train.len() > MOST_DOTS {
        return density::draw_row(scene, frame, group, [middle - half, middle + half], paint.rgb);
    }
    let mut seen = 0;
    for (correct, models) in &group.train.models {
        let accuracy = f64::from(*correct) / points;
        if frame.x.share(accuracy) < 0.0 {
            tick(scene, frame, FrameEdge::Left, middle, paint);
            seen += models;
            continue;
        }
        for model in 0..*models {
            // Multiples of the golden ratio are evenly spread for any number of models, and deterministic.
            let shake = ((seen + model) as f64 * 0.618_033_988_749_894_9).fract() * 2.0 - 1.0;
            scene.dot((frame.x(accuracy), middle + shake * half), 5.0, paint);
        }
        seen += models;
    }
}
