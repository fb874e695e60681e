//! Share of models above the success threshold against learning rate or another hyper-parameter, with the interval that the share stands for.

use super::Picture;
use super::axis::Axis;
use super::bins::Bins;
use super::compare::{Comparison, left_out};
use super::frame::{Header, begin};
use super::marks::{baseline_words, near_best, near_best_note};
use super::scene::{Paint, Place, Scene};
use super::strips::{self, Strips};
use super::theme::{BLUE, number, percent};
use super::view::{NO_INTERVALS, View};
use crate::error::Result;
use crate::statistics::Group;

/// Most intervals that are drawn as bars; more make a band.
const MOST_BARS: usize = 16;

/// Success rates of a sweep.
#[derive(Debug, Clone)]
pub struct SuccessPlot<'a> {
    /// What became of every model, and along what it is shown.
    pub view: View<'a>,
    /// The share of points that a success exceeds, 0 to 1.
    pub threshold: f64,
    /// The subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

impl SuccessPlot<'_> {
    fn title(&self, bins: &Bins) -> String {
        let rate = |g: &Group| g.success_rate().unwrap_or(0.0);
        let threshold = percent(self.threshold);
        match bins.groups.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)).then(b.x.total_cmp(&a.x))) {
            None => "No models to show".into(),
            Some(best) if rate(best) == 0.0 => format!("No model gets more than {threshold} of the points right"),
            Some(best) if bins.groups.len() == 1 => {
                let (share, x, value) = (percent(rate(best)), self.view.x, number(best.x, 3));
                format!("{share} of the models get more than {threshold} right at {x} {value}")
            }
            Some(best) => {
                let (share, at, x, value) = (percent(rate(best)), bins.at(), self.view.x, number(best.x, 3));
                format!("At best, {at} {x} {value}, {share} of the models get more than {threshold} right")
            }
        }
    }

    fn subtitle(&self, bins: &Bins) -> String {
        let diverged = self.view.summary.total().lost_words().map(|lost| format!("{lost} (counted as failures)"));
        let intervals = intervals(&bins.groups, if bins.groups.len() > MOST_BARS { "band" } else { "bars" });
        let (marks, baseline) = (near_best_note(&self.view), self.view.baseline.map(baseline_words));
        let parts =
            [Some(self.settings.to_string()), Some(intervals), bins.note(self.view.x), marks, baseline, diverged];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// What there is to know of the intervals, drawn as `bars`.
fn intervals<'a>(groups: impl IntoIterator<Item = &'a Group>, bars: &str) -> String {
    match groups.into_iter().any(|group| group.is_dependent) {
        true => NO_INTERVALS.into(),
        false => format!("{bars}: 95\u{a0}% intervals (Wilson)"),
    }
}

impl SuccessPlot<'_> {
    /// Several curves side by side.
    fn comparison(&self) -> Scene {
        let rate = |g: &&Group| g.success_rate().unwrap_or(0.0);
        let curves = self.view.series.iter().zip(&self.view.names);
        let best = curves.flat_map(|(series, name)| series.groups.iter().map(move |group| (name, group)));
        let best = best.reduce(|a, b| if rate(&b.1) > rate(&a.1) { b } else { a });
        let threshold = percent(self.threshold);
        let title = match best {
            Some((name, group)) if rate(&group) > 0.0 => {
                let (share, at) = (percent(rate(&group)), self.view.at(group));
                format!("At best, with {name}{at}, {share} get more than {threshold} right")
            }
            _ => format!("No model gets more than {threshold} of the points right"),
        };
        let diverged = self.view.summary.total().lost_words().map(|lost| format!("{lost} (counted as failures)"));
        let strips = strips::suits(&self.view);
        let bands = intervals(
            self.view.series.iter().flat_map(|series| &series.groups),
            if strips { "black" } else { "bands" },
        );
        let (some, marks) = match strips {
            true => (strips::left_out(&self.view), None),
            false => (left_out(&self.view), near_best_note(&self.view)),
        };
        let baseline = self.view.baseline.map(baseline_words);
        let parts = [Some(self.settings.to_string()), some, Some(bands), marks, baseline, diverged];
        let subtitle = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let y = format!("Models with more than {threshold} of the training points right (%)");
        if strips {
            return Strips { view: &self.view, title, subtitle, x: &y }.successes();
        }
        let (height, interval) = (Group::success_rate, Group::success_interval);
        Comparison { view: &self.view, title, subtitle, y: &y, low: 0.0, height, interval, baseline: false }.scene()
    }
}

impl Picture for SuccessPlot<'_> {
    fn name(&self) -> &'static str {
        "success"
    }

    fn scene(&self) -> Result<Scene> {
        if self.view.compares() {
            return Ok(self.comparison());
        }
        let bins = Bins::of(&self.view);
        let (title, subtitle) = (self.title(&bins), self.subtitle(&bins));
        let y = format!("Models with more than {} of the training points right (%)", percent(self.threshold));
        let header = Header { title: &title, subtitle: &subtitle, x: &self.view.x_title(), y: &y, right: 20.0 };
        let percents = Axis::linear(0.0, 1.0).written(|v| number(100.0 * v, 4));
        let (mut scene, frame) = begin(&header, Axis::learning_rate(&self.view.values()), percents);
        frame.draw(&mut scene);
        let interval = |g: &Group| g.success_interval().map(|(low, high)| (frame.at(g.x, low), frame.at(g.x, high)));
        let bars: Vec<(Place, Place)> = bins.groups.iter().filter_map(interval).collect();
        let means: Vec<Place> = bins.groups.iter().filter_map(|g| Some(frame.at(g.x, g.success_rate()?))).collect();
        if bars.len() > MOST_BARS {
            let outline = bars.iter().map(|b| b.0).chain(bars.iter().rev().map(|b| b.1)).collect();
            scene.fill(outline, Paint { rgb: BLUE, alpha: 0.16 });
        } else {
            bars.iter().for_each(|(low, high)| scene.line(vec![*low, *high], 4.0, Paint { rgb: BLUE, alpha: 0.45 }));
        }
        near_best(&mut scene, &frame, &self.view);
        scene.line(means.clone(), 4.0, BLUE);
        means.iter().for_each(|at| scene.dot(*at, if means.len() > 60 { 5.0 } else { 8.0 }, BLUE));
        Ok(scene)
    }
}
