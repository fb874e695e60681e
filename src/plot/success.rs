//! Success rate of models against learning rate or another hyper-parameter, with confidence intervals.

use super::bins::Bins;
use super::caption_parts::{MOST_VALUES, ends};
use super::compare::{CurveComparison, left_out};
use super::facet::{Facet, NO_INTERVALS};
use super::frame::{Heading, begin};
use super::plot_axis::PlotAxis;
use super::reference_marks::{near_best, near_best_note};
use super::scene::{Paint, Position, Scene};
use super::sentences;
use super::strip_rows::{self, StripRows};
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{BLUE, count, models, number, percent, titled};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::plural::verb;
use crate::statistics::{Group, Measure};

/// Maximum number of intervals drawn as bars; more are drawn as a band.
const MOST_BARS: usize = 16;

/// Success rates of a sweep.
#[derive(Debug, Clone)]
pub struct SuccessPlot<'a> {
    /// Outcomes of all models, and the axis along which they are shown.
    pub view: Facet<'a>,
    /// Share of training points that a success exceeds, 0 to 1.
    pub threshold: f64,
    /// The subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

impl SuccessPlot<'_> {
    /// How many models succeed, at the best values if there are any.
    pub(super) fn title(&self) -> String {
        let (total, view, threshold) = (self.view.summary.total(), &self.view, percent(self.threshold));
        // `3 of 20 models get`, `the only model gets`.
        let get = |group: &Group| match (group.n, group.successes()) {
            (1, 0) => "the only model does not get".to_owned(),
            (1, _) => "the only model gets".to_owned(),
            (n, some) => format!("{} of {} {}", count(some), models(n), verb(some, "get")),
        };
        let lone = total.n == 1 || view.series.iter().map(|series| series.groups.len()).sum::<usize>() == 1;
        match view.top() {
            _ if total.n == 0 => "No models to show".into(),
            _ if total.successes() == 0 => format!("No model gets {}", total.measure.above(&threshold, "points")),
            Some((k, best)) if !lone => {
                let [first, last] = best.groups;
                let all = Group::merged(&view.series[k].groups[first..=last]);
                let place = match (view.has_several_curves(), sentences::values(best)) {
                    (true, values) if values.is_empty() => format!("with {}", view.names[k]),
                    (true, values) => format!("with {} at {} {values}", view.names[k], view.x),
                    (false, values) => format!("{} {values}", view.x),
                };
                let note = sentences::certainty(best).map_or(String::new(), |note| format!(" ({note})"));
                let above = match total.measure {
                    Measure::Accuracy => format!("more than {threshold} right"),
                    Measure::RSquared => total.measure.above(&threshold, "points"),
                };
                format!("Best {place}{note}: {} {above}", get(&all))
            }
            _ => format!("{} {}", titled(&get(&total)), total.measure.above(&threshold, "points")),
        }
    }

    fn subtitle(&self, bins: &Bins) -> String {
        let diverged = self.view.summary.total().lost_words().map(|lost| format!("{lost} (counted as failures)"));
        let intervals = intervals(&bins.groups, if bins.groups.len() > MOST_BARS { "band" } else { "bars" });
        let (marks, baseline) = (near_best_note(&self.view), sentences::training_baseline(&self.view));
        let parts =
            [Some(self.settings.to_string()), Some(intervals), bins.note(self.view.x), marks, baseline, diverged];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// Describes the intervals, which are drawn as `bars`.
fn intervals<'a>(groups: impl IntoIterator<Item = &'a Group>, bars: &str) -> String {
    match groups.into_iter().any(|group| group.is_dependent) {
        true => NO_INTERVALS.into(),
        false => format!("{bars}: 95\u{a0}% intervals (Wilson)"),
    }
}

impl SuccessPlot<'_> {
    /// Draws several curves for comparison.
    fn comparison(&self) -> Scene {
        let (title, threshold) = (self.title(), percent(self.threshold));
        let diverged = self.view.summary.total().lost_words().map(|lost| format!("{lost} (counted as failures)"));
        let strips = strip_rows::suits(&self.view);
        let bands = intervals(
            self.view.series.iter().flat_map(|series| &series.groups),
            if strips { "black" } else { "bands" },
        );
        let (some, marks) = match strips {
            true => (strip_rows::left_out(&self.view), None),
            false => (left_out(&self.view), near_best_note(&self.view)),
        };
        let baseline = sentences::training_baseline(&self.view);
        let parts = [Some(self.settings.to_string()), some, Some(bands), marks, baseline, diverged];
        let subtitle = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let y = format!("Models with {} (%)", self.view.summary.measure().above(&threshold, "training points"));
        if strips {
            return StripRows { view: &self.view, title, subtitle, x: &y }.successes();
        }
        let (height, interval) = (Group::success_rate, Group::success_interval);
        CurveComparison { view: &self.view, title, subtitle, y: &y, low: 0.0, height, interval, baseline: false }
            .scene()
    }
}

impl Picture for SuccessPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Success
    }

    fn scene(&self) -> Result<Scene> {
        if self.view.has_several_curves() {
            return Ok(self.comparison());
        }
        let bins = Bins::of(&self.view);
        let (title, subtitle) = (self.title(), self.subtitle(&bins));
        let measure = self.view.summary.measure();
        let y = format!("Models with {} (%)", measure.above(&percent(self.threshold), "training points"));
        let header = Heading { title: &title, subtitle: &subtitle, x: &self.view.x_title(), y: &y, right: 20.0 };
        let percents = PlotAxis::linear(0.0, 1.0).written(|v| number(100.0 * v, 4));
        let (mut scene, frame) = begin(&header, PlotAxis::learning_rate(&self.view.values()), percents);
        frame.draw(&mut scene);
        let interval = |g: &Group| g.success_interval().map(|(low, high)| (frame.at(g.x, low), frame.at(g.x, high)));
        let bars: Vec<(Position, Position)> = bins.groups.iter().filter_map(interval).collect();
        let means: Vec<Position> = bins.groups.iter().filter_map(|g| Some(frame.at(g.x, g.success_rate()?))).collect();
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

    fn caption(&self) -> String {
        caption(&self.view)
    }
}

impl StudyPicture for SuccessPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let (view, threshold) = (study.facets.view.clone(), study.threshold());
        Some(Box::new(SuccessPlot { view, threshold, settings: &study.settings }))
    }
}

/// Describes the share of successes at the best value, and at the ends of the axis.
fn caption(view: &Facet) -> String {
    let total = &view.summary.total();
    let rate = |group: &Group| group.success_rate().unwrap_or(0.0);
    let of = |group: &Group| format!("{} of {}", count(group.successes()), count(group.n));
    if total.n == 1 {
        return format!("The only model {}.", if total.successes() == 1 { "succeeds" } else { "does not succeed" });
    }
    let top = view.top().map(|(k, best)| (&view.names[k], &best.group)).filter(|(_, group)| group.successes() > 0);
    let few = view.groups().len() <= MOST_VALUES;
    let Some((name, top)) = top.filter(|_| few) else {
        let succeed = verb(total.successes(), "succeed");
        return format!("In all, {} models {succeed} ({}).", of(total), percent(rate(total)));
    };
    let with = if name.is_empty() { String::new() } else { format!(" with {name}") };
    let interval = top.success_interval().map_or(String::new(), |(low, high)| {
        format!(" (95\u{a0}% Wilson interval: {} to {})", percent(low), percent(high))
    });
    let far = ends(view.groups()).filter(|_| !view.has_several_curves()).map_or(String::new(), |[first, last]| {
        format!(" At {} it is {}, at {} {}.", number(first.x, 3), of(first), number(last.x, 3), of(last))
    });
    if top.n == 1 {
        return format!("At the best,{with}{}, the only model succeeds.{far}", view.at(top));
    }
    let succeed = verb(top.successes(), "succeed");
    format!("At the best,{with}{}, {} models {succeed}{interval}.{far}", view.at(top), of(top))
}
