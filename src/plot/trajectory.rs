//! Trajectory of one model: loss, accuracy, gradient norm, and its sharpness beside 2/lr.

use super::frame::{Frame, X_TITLE, start_titled};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Position, Scene};
use super::theme::{
    AXIS_TITLE, BLACK, BLUE, GREEN, ORANGE, Rgb, SIZE, VERMILION, count, named, number, percent, readable,
};
use super::{Picture, PictureKind};
use crate::analysis::trajectory::{Trajectory, TrajectoryPoint};
use crate::error::{Error, Result};
use crate::statistics::Measure;

/// Ratio of losses above which a linear axis is unreadable.
const LINEAR_RATIO: f64 = 50.0;
/// Lower limit of a logarithmic axis, relative to its upper end or 1, whichever is smaller: below is rounding error.
const LEAST: f64 = 1e-12;

/// Picture of a trajectory.
#[derive(Debug, Clone)]
pub struct TrajectoryPlot<'a> {
    /// Name of the model: `model 123`.
    pub model: &'a str,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// What its accuracies are.
    pub measure: Measure,
    /// Its recorded training.
    pub trajectory: &'a Trajectory,
    /// The subtitle: learning rate, seed, network, points.
    pub settings: &'a str,
}

/// A line of a panel: values by epoch; those that are not finite are not drawn.
struct EpochCurve<'a> {
    name: &'a str,
    rgb: Rgb,
    dashed: bool,
    values: Vec<(u32, f64)>,
}

impl EpochCurve<'_> {
    fn finite(&self) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().map(|(_, v)| *v).filter(|v| v.is_finite())
    }
}

impl TrajectoryPlot<'_> {
    fn recorded<'a>(&self, name: &'a str, rgb: Rgb, values: &[f64]) -> EpochCurve<'a> {
        EpochCurve {
            name,
            rgb,
            dashed: false,
            values: self.trajectory.epochs.iter().copied().zip(values.iter().copied()).collect(),
        }
    }

    fn of_states<'a>(&self, name: &'a str, rgb: Rgb, value: impl Fn(&TrajectoryPoint) -> f64) -> EpochCurve<'a> {
        let values = self.trajectory.states.iter().map(|state| (state.epoch, value(state))).collect();
        EpochCurve { name, rgb, dashed: false, values }
    }

    /// Curves of training values and, if there are any, test values.
    fn both(&self, train: &[f64], test: Option<&Vec<f64>>) -> Vec<EpochCurve<'static>> {
        let name = if test.is_some() { "training" } else { "" };
        let train = self.recorded(name, BLUE, train);
        std::iter::once(train).chain(test.map(|test| self.recorded("test", ORANGE, test))).collect()
    }

    fn title(&self) -> String {
        let trajectory = self.trajectory;
        if let Some(epoch) = trajectory.outcome.diverged {
            return format!("How {} diverged in epoch {}", self.model, count(epoch.into()));
        }
        if trajectory.outcome.is_exploded() {
            return format!("How {} exploded", self.model);
        }
        let accuracy = trajectory.train_accuracy.last().map_or(String::new(), |accuracy| match self.measure {
            Measure::Accuracy => percent(*accuracy),
            Measure::RSquared if *accuracy < 0.0 => "an R² below 0".to_owned(),
            Measure::RSquared => format!("an R² of {}", percent(*accuracy)),
        });
        let last = trajectory.states.last();
        let sharp = last.and_then(|state| Some((state.sharpness?.value, state.edge())));
        let beside = sharp
            .filter(|(_, edge)| edge.is_finite())
            .map(|(value, edge)| format!(", its sharpness at {} of 2/lr", percent((value / edge).max(0.0))));
        format!("How {} got to {accuracy}{}", self.model, beside.unwrap_or_default())
    }

    /// Left, top, right and bottom of four panels below `top`.
    fn quarters(&self, top: f64) -> [(f64, f64, f64, f64); 4] {
        let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
        let panel_height = (height - top - 40.0) / 2.0;
        let panel_width = (width - 120.0) / 2.0;
        let quarter = |n: usize| {
            let (left, up) = (60.0 + (n % 2) as f64 * panel_width, top + (n / 2) as f64 * panel_height);
            (left, up, left + panel_width - 30.0, up + panel_height)
        };
        [0, 1, 2, 3].map(quarter)
    }

    fn panel(
        &self,
        scene: &mut Scene,
        (left, top, right, bottom): (f64, f64, f64, f64),
        name: &str,
        y: PlotAxis,
        curves: &[EpochCurve],
    ) {
        // The axis ends at a divergence: there are no values after it.
        let end = self.trajectory.outcome.diverged.or(self.trajectory.epochs.last().copied());
        let last = f64::from(end.unwrap_or(0).max(1));
        let widest = curves.iter().map(|curve| super::text_layout::width(curve.name, named(BLACK))).fold(0.0, f64::max);
        let frame = Frame {
            left: left + 90.0,
            right: right - if widest > 0.0 { widest + 24.0 } else { 0.0 },
            top: top + 62.0,
            bottom: bottom - 74.0,
            x: self.epochs(last).at_whole_numbers(),
            y,
        };
        scene.text((left, top + 34.0), name, AXIS_TITLE, Align::Start);
        frame.draw(scene);
        if bottom > f64::from(SIZE.1) / 1.5 {
            scene.text(((frame.left + frame.right) / 2.0, X_TITLE), "Epochs trained", AXIS_TITLE, Align::Middle);
        }
        let mut ends = Vec::new();
        for curve in curves {
            let points: Vec<Position> = self.places(&frame, curve);
            match &points[..] {
                [only] => scene.dot(*only, 5.0, curve.rgb),
                _ if curve.dashed => scene.dashed(&points, &[14.0, 9.0], 4.0, curve.rgb),
                _ => pieces(&points).into_iter().for_each(|piece| scene.line(piece, 4.0, curve.rgb)),
            }
            ends.extend(points.last().map(|end| (end.1, curve.name.to_owned(), named(readable(curve.rgb)))));
        }
        frame.label_ends(scene, &ends);
    }

    /// Axis of epochs: logarithmic, with a position for 0, if over half of the fall of the loss is in the first
    /// twentieth of the epochs, of which there must be at least 100.
    fn epochs(&self, last: f64) -> PlotAxis {
        let (trajectory, early) = (self.trajectory, last / 20.0);
        let at = |n: usize| trajectory.train_loss.get(n).copied().unwrap_or(f64::NAN);
        let then = trajectory.epochs.partition_point(|epoch| f64::from(*epoch) < early);
        let end = trajectory.train_loss.iter().rev().copied().find(|loss| loss.is_finite()).unwrap_or(f64::NAN);
        match last >= 100.0 && at(then) < (at(0) + end) / 2.0 {
            true => PlotAxis::logarithmic(1.0, last, true),
            false => PlotAxis::linear(0.0, last),
        }
    }

    fn places(&self, frame: &Frame, curve: &EpochCurve) -> Vec<Position> {
        let finite = curve.values.iter().filter(|(_, v)| v.is_finite());
        finite.map(|(epoch, v)| frame.at(f64::from(*epoch), *v)).collect()
    }
}

/// Cuts the line at sharp turns, where a mitred corner would extend far beyond the frame.
fn pieces(points: &[Position]) -> Vec<Vec<Position>> {
    let mut pieces = vec![Vec::from_iter(points.first().copied())];
    for (n, at) in points.iter().enumerate().skip(1) {
        let (before, after) = (points[n - 1], points.get(n + 1));
        pieces.last_mut().expect("never empty").push(*at);
        let sharp = after.is_some_and(|after| {
            let ((a, b), (c, d)) = ((at.0 - before.0, at.1 - before.1), (after.0 - at.0, after.1 - at.1));
            a * c + b * d < 0.0
        });
        if sharp {
            pieces.push(vec![*at]);
        }
    }
    pieces
}

/// Linear axis from 0, or logarithmic if the values span a large ratio.
fn from_zero(curves: &[EpochCurve]) -> PlotAxis {
    let (low, high) = extent(curves);
    if low.is_finite() && high / low > LINEAR_RATIO {
        logarithmic(curves)
    } else {
        PlotAxis::linear(0.0, if high > 0.0 { high * 1.04 } else { 1.0 })
    }
}

fn logarithmic(curves: &[EpochCurve]) -> PlotAxis {
    let (low, high) = extent(curves);
    match low.is_finite() {
        true => PlotAxis::logarithmic(low.max(LEAST * high.min(1.0)), high, false),
        false => PlotAxis::linear(0.0, 1.0),
    }
}

/// Smallest positive and largest value.
fn extent(curves: &[EpochCurve]) -> (f64, f64) {
    let values = || curves.iter().flat_map(EpochCurve::finite).filter(|v| *v > 0.0);
    (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max))
}

impl Picture for TrajectoryPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Trajectory
    }

    fn scene(&self) -> Result<Scene> {
        let trajectory = self.trajectory;
        if [&trajectory.train_loss, &trajectory.train_accuracy]
            .iter()
            .any(|curve| curve.len() != trajectory.epochs.len())
        {
            let what = format!("{} losses at {} epochs", trajectory.train_loss.len(), trajectory.epochs.len());
            return Err(Error::Picture { name: self.name().into(), what });
        }
        let (mut scene, base) = start_titled(&self.title(), self.settings);
        let [loss, sharpness, accuracy, gradient] = self.quarters(base + 14.0);
        let curves = self.both(&trajectory.train_loss, trajectory.test_loss.as_ref());
        self.panel(&mut scene, loss, &format!("Loss ({})", self.loss), from_zero(&curves), &curves);
        // A negative R² is drawn as 0, as everywhere.
        let shown = |curve: &Vec<f64>| curve.iter().map(|v| if *v < 0.0 { 0.0 } else { *v }).collect::<Vec<_>>();
        let test = trajectory.test_accuracy.as_ref().map(shown);
        let curves = self.both(&shown(&trajectory.train_accuracy), test.as_ref());
        let low = if curves.iter().flat_map(EpochCurve::finite).any(|v| v < 0.4) { 0.0 } else { 0.4 };
        let axis = PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4));
        self.panel(&mut scene, accuracy, &format!("{}, percent", self.measure.title()), axis, &curves);
        let edge = EpochCurve { dashed: true, ..self.of_states("2/lr", VERMILION, TrajectoryPoint::edge) };
        let sharp = |state: &TrajectoryPoint| state.sharpness.map_or(f64::NAN, |sharpness| sharpness.value);
        // Only positive values have a position on a logarithmic axis.
        let positive = |v: f64| if v > 0.0 { v } else { f64::NAN };
        let curves = [self.of_states("sharpness", GREEN, |state| positive(sharp(state))), edge];
        let name = "Sharpness (largest eigenvalue of the Hessian)";
        self.panel(&mut scene, sharpness, name, logarithmic(&curves), &curves);
        let norm = |state: &TrajectoryPoint| positive(state.gradient_norm.unwrap_or(f64::NAN));
        let curves = [self.of_states("", BLACK, norm)];
        self.panel(&mut scene, gradient, "Gradient norm", logarithmic(&curves), &curves);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests;
