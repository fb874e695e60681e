//! Several curves in one plot: one for each optimizer, network or other setting that a sweep compares.

use super::clipping::{FrameEdge, tick};
use super::curves::LineStyle;
use super::facet::Facet;
use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::reference_marks::{baseline_across, near_best};
use super::scene::{Paint, Position, Scene};
use super::series_style::{COLOURS, SeriesStyle};
use super::text_layout::width;
use super::theme::{INK, Rgb, count, named, readable};
use crate::statistics::Group;

/// Plot of several curves.
pub struct CurveComparison<'a> {
    pub view: &'a Facet<'a>,
    pub title: String,
    pub subtitle: String,
    /// Title of the vertical axis, which ranges from `low` to 1.
    pub y: &'a str,
    pub low: f64,
    /// Height of a group; `interval`: its uncertainty interval, if any.
    pub height: fn(&Group) -> Option<f64>,
    pub interval: fn(&Group) -> Option<(f64, f64)>,
    /// Whether heights are accuracies, so that the majority-class accuracy is drawn for reference.
    pub baseline: bool,
}

/// Returns the subtitle's note if not all curves are drawn.
pub fn left_out(view: &Facet) -> Option<String> {
    let all = view.series.len();
    (all > COLOURS.len()).then(|| format!("the best {} of {} curves", COLOURS.len(), count(all as u64)))
}

impl CurveComparison<'_> {
    /// Draws the plot.
    pub fn scene(&self) -> Scene {
        let x = PlotAxis::learning_rate(&self.view.values());
        let y = PlotAxis::linear(self.low, 1.0).written(|v| super::theme::number(100.0 * v, 4));
        let (title, subtitle, x_title) = (&self.title, &self.subtitle, &self.view.x_title());
        let view = self.view;
        let curves = view.best(COLOURS.len());
        let longest = curves.iter().map(|k| width(&view.names[*k], named(INK))).fold(0.0, f64::max);
        let right = (longest + 30.0).clamp(120.0, 520.0);
        let (mut scene, frame) = begin(&Heading { title, subtitle, x: x_title, y: self.y, right }, x, y);
        frame.draw(&mut scene);
        let mut ends = Vec::new();
        for k in curves {
            let (name, groups, SeriesStyle { rgb, dashes }) = (&view.names[k], &view.series[k].groups, view.style(k));
            // NaN: the axis's hyper-parameter does not apply to this curve, which is drawn as a horizontal line.
            let anywhere = groups.iter().find(|group| group.x.is_nan()).and_then(|group| (self.height)(group));
            if let Some(height) = anywhere {
                let y = frame.y(height.max(self.low));
                scene.dashed(&[(frame.left, y), (frame.right, y)], &[14.0, 9.0], 4.0, rgb);
                ends.push((y, name.clone(), named(readable(rgb))));
            }
            let groups: Vec<&Group> = groups.iter().filter(|group| !group.x.is_nan()).collect();
            self.draw_intervals(&mut scene, &frame, &groups, rgb);
            let points: Vec<Position> =
                groups.iter().filter_map(|g| Some(frame.at(g.x, (self.height)(g)?.max(self.low)))).collect();
            LineStyle { dashes, ..LineStyle::bold(5.0, rgb) }.draw(&mut scene, points.clone());
            points.iter().filter(|_| points.len() < 60).for_each(|at| scene.dot(*at, 6.0, rgb));
            let below = groups.iter().filter(|g| (self.height)(g).is_some_and(|height| height < self.low));
            below.for_each(|g| tick(&mut scene, &frame, FrameEdge::Bottom, frame.x(g.x), rgb));
            ends.extend(points.last().map(|end| (end.1, name.clone(), named(readable(rgb)))));
        }
        baseline_across(&mut scene, &frame, view.summary.measure(), view.baseline.filter(|_| self.baseline));
        near_best(&mut scene, &frame, view);
        frame.label_ends(&mut scene, &ends);
        scene
    }

    fn draw_intervals(&self, scene: &mut Scene, frame: &Frame, groups: &[&Group], rgb: Rgb) {
        let interval = |g: &&Group| {
            (self.interval)(g).map(|(low, high)| (frame.at(g.x, low.max(self.low)), frame.at(g.x, high.max(self.low))))
        };
        let bounds: Vec<(Position, Position)> = groups.iter().filter_map(interval).collect();
        match bounds.len() {
            0..=1 => bounds.iter().for_each(|(low, high)| {
                scene.line(vec![*low, *high], 4.0, Paint { rgb, alpha: 0.45 });
            }),
            _ => {
                let outline = bounds.iter().map(|b| b.0).chain(bounds.iter().rev().map(|b| b.1)).collect();
                scene.fill(outline, Paint { rgb, alpha: 0.13 });
            }
        }
    }
}
