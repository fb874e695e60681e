//! Uncertainty of a mean over seeds: its confidence interval against their number, and curves of 50 resampled repeats.

use super::frame::{Frame, start_titled};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_across;
use super::scene::{Align, Paint, Position, Scene, TextStyle};
use super::text_layout::width;
use super::theme::{
    AXIS_TITLE, BLUE, BODY, GREEN, INK, ORANGE, PURPLE, Rgb, SIZE, SOFT, VERMILION, WHITE, named, number,
};
use super::{Picture, PictureKind};
use crate::analysis::seeds::{Arm, COURSE_REPEATS, IntervalWidth, SeedsNeeded, SeedsReport};
use crate::error::{Error, Result};
use crate::plural::written;

/// Picture of a sample-size analysis.
#[derive(Debug, Clone)]
pub struct SeedsPlot<'a> {
    /// Interval widths, and curves resampled from the study.
    pub found: &'a SeedsNeeded,
    /// The subtitle: network, points, epochs, models.
    pub settings: &'a str,
}

impl SeedsReport {
    /// Returns the picture; it can't be drawn if [`SeedsReport::has_too_few`].
    pub fn picture(&self) -> SeedsPlot<'_> {
        SeedsPlot { found: &self.found, settings: &self.settings }
    }
}

/// Colours of the resampled curves.
const WIGGLES: [Rgb; 3] = [VERMILION, GREEN, PURPLE];

/// Points of accuracy: `2.9`.
fn points(fraction: f64) -> String {
    number(100.0 * fraction, 2)
}

impl SeedsPlot<'_> {
    fn title(&self) -> String {
        let error = points(self.found.course_error);
        format!(
            "With {COURSE_REPEATS} repeats a mean {} wiggles by ±{} of noise",
            self.found.arms.measure.name(),
            written(&error, "point")
        )
    }

    /// Draws half-widths of the interval against the number of seeds, both logarithmic.
    fn draw_widths(&self, scene: &mut Scene, frame: &Frame) {
        frame.draw(scene);
        let place = |width: &IntervalWidth, value: f64| frame.at(width.seeds as f64, value);
        // Down to the curve only: the legend is below.
        let (course, own) =
            (frame.x(COURSE_REPEATS as f64), self.found.widths.iter().find(|w| w.seeds == COURSE_REPEATS));
        let end = own.map_or(frame.bottom, |width| place(width, width.formula).1);
        scene.dashed(&[(course, frame.top), (course, end)], &[10.0, 8.0], 3.0, ORANGE);
        let line: Vec<Position> = self.found.widths.iter().map(|w| place(w, w.formula)).collect();
        scene.line(line, 4.0, BLUE);
        for width in &self.found.widths {
            scene.dot(place(width, width.drawn), 9.0, WHITE);
            scene.dot(place(width, width.drawn), 7.0, INK);
        }
        let at = (course + 14.0, frame.top + 30.0);
        scene.text(
            at,
            format!("{COURSE_REPEATS} repeats: the course"),
            named(super::theme::readable(ORANGE)),
            Align::Start,
        );
        scene.line(vec![(frame.left + 20.0, frame.bottom - 66.0), (frame.left + 62.0, frame.bottom - 66.0)], 4.0, BLUE);
        scene.text((frame.left + 74.0, frame.bottom - 57.0), "by formula, with Student's t", BODY, Align::Start);
        scene.dot((frame.left + 41.0, frame.bottom - 28.0), 7.0, INK);
        scene.text((frame.left + 74.0, frame.bottom - 19.0), "drawn again from the study", BODY, Align::Start);
    }

    /// Draws curves of 50 resampled seeds beside the mean of all seeds.
    fn draw_wiggles(&self, scene: &mut Scene, frame: &Frame) {
        frame.draw(scene);
        baseline_across(scene, frame, self.found.arms.measure, Some(self.found.arms.baseline));
        let (found, arms) = (self.found, &self.found.arms.all);
        let means: Vec<(f64, f64)> = arms.iter().filter_map(|arm| Some((arm.lr, arm.mean()?))).collect();
        let edge =
            |sign: f64| means.iter().map(move |(lr, mean)| frame.at(*lr, mean + sign * 2.0 * found.course_error));
        scene.fill(edge(1.0).chain(edge(-1.0).rev()).collect(), Paint { rgb: BLUE, alpha: 0.14 });
        for (curve, rgb) in found.resampled_curves.iter().zip(WIGGLES) {
            let line: Vec<Position> = arms.iter().zip(curve).map(|(arm, mean)| frame.at(arm.lr, *mean)).collect();
            scene.line(line, 2.5, rgb);
        }
        let line: Vec<Position> = means.iter().map(|(lr, mean)| frame.at(*lr, *mean)).collect();
        scene.line(line.clone(), 9.0, WHITE);
        scene.line(line, 5.0, BLUE);
        let soft = TextStyle { rgb: SOFT, ..BODY };
        let rows = [
            (named(BLUE), "mean of all seeds, ± 2 standard errors of 50 seeds"),
            (soft, "thin: three curves of 50 seeds, drawn again"),
        ];
        for ((kind, text), n) in rows.into_iter().zip([2.0, 1.0]) {
            let (right, base) = (frame.right - 8.0, frame.bottom + 10.0 - 36.0 * n);
            let ground = Paint { rgb: WHITE, alpha: 0.85 };
            scene.rectangle((right - width(text, kind) - 6.0, base - 26.0), (right + 6.0, base + 9.0), ground);
            scene.text((right, base), text, kind, Align::End);
        }
    }
}

impl Picture for SeedsPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::SeedsNeeded
    }

    fn scene(&self) -> Result<Scene> {
        let (widths, arms) = (&self.found.widths, &self.found.arms.all);
        if widths.is_empty() || self.found.resampled_curves.iter().any(|curve| curve.len() != arms.len()) {
            return Err(Error::Picture { name: self.name().into(), what: "parts that do not fit together".into() });
        }
        let (mut scene, base) = start_titled(&self.title(), self.settings);
        let (width, top, bottom) = (f64::from(SIZE.0), base + 92.0, f64::from(SIZE.1) - 115.0);
        let all = || widths.iter().flat_map(|w| [w.formula, w.drawn]).filter(|v| *v > 0.0);
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
        let y = if low.is_finite() { PlotAxis::logarithmic(low, high, false) } else { PlotAxis::linear(0.0, 1.0) };
        let (least, most) = (widths[0].seeds as f64, widths[widths.len() - 1].seeds as f64);
        let left = Frame {
            left: 130.0,
            right: 760.0,
            top,
            bottom,
            x: PlotAxis::logarithmic(least, most, false),
            y: y.written(points),
        };
        let rates: Vec<f64> = arms.iter().map(|arm| arm.lr).collect();
        let means = self.found.resampled_curves.iter().flatten().copied().chain(arms.iter().filter_map(Arm::mean));
        let (low, high) = means.fold((1.0, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)));
        let margin = 2.0 * self.found.course_error;
        let right = Frame {
            left: 900.0,
            right: width - 60.0,
            x: PlotAxis::learning_rate(&rates),
            // Room for the legend below the curves.
            y: PlotAxis::linear((low - margin - 0.25 * (high - low)).max(0.0), (high + margin).min(1.0))
                .written(|v| number(100.0 * v, 4)),
            ..left.clone()
        };
        let lr = &arms[self.found.pair[0]].lr;
        let what = self.found.arms.measured();
        let titles = [
            (60.0, format!("95 % interval of the mean at lr {}, ± points", number(*lr, 3))),
            (830.0, format!("Mean {what}, percent")),
        ];
        for (x, text) in titles {
            scene.text((x, base + 58.0), text, AXIS_TITLE, Align::Start);
        }
        for (frame, text) in [(&left, "Seeds"), (&right, "Learning rate")] {
            scene.text(((frame.left + frame.right) / 2.0, bottom + 83.0), text, AXIS_TITLE, Align::Middle);
        }
        self.draw_widths(&mut scene, &left);
        self.draw_wiggles(&mut scene, &right);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::seeds::{Arms, SeedsQuery, seeds_needed};
    use crate::plot::scene::Primitive;
    use crate::statistics::Measure;

    fn found() -> SeedsNeeded {
        let arm = |lr: f64, low: u64| Arm {
            lr,
            accuracies: (0..40).map(|seed| (seed, if seed < low { 0.5 } else { 0.98 })).collect(),
            models: 40,
            ..Arm::default()
        };
        let all = vec![arm(0.01, 25), arm(0.05, 15), arm(0.1, 10)];
        let arms = Arms {
            cell: 0,
            others: Vec::new(),
            tested: false,
            measure: Measure::Accuracy,
            baseline: 0.5,
            rounding: 0.0,
            best: None,
            all,
        };
        seeds_needed(arms, &SeedsQuery::default()).unwrap()
    }

    #[test]
    fn the_title_tells_the_noise_and_the_course_is_marked_at_fifty() {
        let found = found();
        let plot = SeedsPlot { found: &found, settings: "" };
        let scene = plot.scene().unwrap();
        assert_eq!(
            plot.title(),
            format!("With 50 repeats a mean accuracy wiggles by ±{} points of noise", points(found.course_error))
        );
        let dots: Vec<Position> = scene
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Primitive::Dot { centre, paint, .. } if paint.rgb == INK => Some(*centre),
                _ => None,
            })
            .collect();
        let mark = scene.shapes.iter().find_map(|shape| match shape {
            Primitive::Line { points, paint, .. } if paint.rgb == ORANGE => Some(points[0].0),
            _ => None,
        });
        // 50 is the fourth number of seeds; the last dot belongs to the legend.
        assert_eq!((dots.len(), mark), (found.widths.len() + 1, Some(dots[3].0)));
        assert!(
            dots[..8].windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1),
            "wider above: {dots:?}"
        );
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let mut found = found();
        found.resampled_curves[1].pop();
        assert!(SeedsPlot { found: &found, settings: "" }.scene().is_err());
    }
}
