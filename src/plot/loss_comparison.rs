//! Loss curves of the settings that a sweep compares: each one's models at its best hyper-parameter, and their median.

use super::clipping::note;
use super::curves::{self, LineStyle, TEST_NOTE, count_beyond_axis};
use super::frame::{Frame, Heading, begin};
use super::losses::middle;
use super::plot_axis::PlotAxis;
use super::robust_range::loss_axis;
use super::scene::{Paint, Scene, TextStyle};
use super::series_style::SeriesStyle;
use super::text_layout::width;
use super::theme::{INK, Rgb, named, number, readable};
use super::{Picture, PictureKind};
use crate::error::Result;

/// Maximum number of single curves drawn for each setting.
const MOST_CURVES: usize = 60;

/// Loss curves of one compared setting.
#[derive(Debug, Clone)]
pub struct ComparedLosses {
    /// Name of the setting: `adam`.
    pub name: String,
    /// Its best value of [`LossComparison::x`], at which the curves were recorded; NaN if `x` does not apply.
    pub at: f64,
    /// Mean training loss, one curve per model; NaN from a divergence on.
    pub curves: Vec<Vec<f32>>,
    /// Mean test loss, one curve per model; empty if not recorded.
    pub test: Vec<Vec<f32>>,
    /// Colour and dashes, the same in every picture.
    pub style: SeriesStyle,
}

/// Plot of several settings' loss curves.
#[derive(Debug, Clone)]
pub struct LossComparison<'a> {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Name of the hyper-parameter whose best value is shown for each.
    pub x: &'a str,
    /// Compared settings, each in a different colour.
    pub contenders: Vec<ComparedLosses>,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
    /// Sentence below the picture, about more curves than it shows.
    pub caption: String,
}

impl ComparedLosses {
    /// Returns the median training loss at each epoch; a diverged model's loss counts as infinite.
    fn median(&self) -> Vec<f64> {
        median(&self.curves)
    }

    /// Returns its name and its best value.
    fn label(&self) -> String {
        if self.at.is_nan() { self.name.clone() } else { format!("{}, {}", self.name, number(self.at, 3)) }
    }
}

/// Returns the median at each epoch.
fn median(curves: &[Vec<f32>]) -> Vec<f64> {
    let epochs = curves.first().map_or(0, Vec::len);
    (0..epochs).map(|epoch| middle(curves.iter().map(|curve| curve[epoch]).collect())).collect()
}

impl LossComparison<'_> {
    fn title(&self) -> String {
        if self.contenders.iter().any(|contender| contender.curves.is_empty()) {
            return "Training loss, epoch by epoch".into();
        }
        let ends = self.contenders.iter().filter_map(|c| Some((c.median().last().copied()?, c)));
        match ends.filter(|(end, _)| end.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((end, ComparedLosses { name, at, .. })) => {
                let (loss, x) = (number(end, 2), self.x);
                let at = if at.is_nan() { String::new() } else { format!(" at {x} {}", number(*at, 3)) };
                format!("Of the curves shown, {name}{at} ends with the lowest median loss, {loss}")
            }
            None => "Training loss, epoch by epoch".into(),
        }
    }

    /// Returns the vertical axis, which covers all medians.
    fn axis(&self) -> PlotAxis {
        let all = self.contenders.iter().flat_map(|c| [c.median(), median(&c.test)]);
        loss_axis(&all.collect::<Vec<_>>()).0
    }

    /// Returns the single curves to draw, with their setting's colour.
    fn drawn(&self) -> impl Iterator<Item = (Rgb, &[f32])> {
        self.contenders
            .iter()
            .flat_map(|c| c.curves.iter().take(MOST_CURVES).map(|curve| (c.style.rgb, curve.as_slice())))
    }

    fn subtitle(&self, axis: &PlotAxis) -> String {
        let missing = self.contenders.iter().filter(|c| c.curves.is_empty()).map(|c| c.name.as_str());
        let missing = missing.collect::<Vec<_>>().join("; ");
        let missing = (!missing.is_empty()).then(|| format!("no curves kept of {missing}"));
        let each = format!("each at its best {}; bold: medians", self.x);
        let test = self.contenders.iter().any(|c| !c.test.is_empty()).then(|| TEST_NOTE.to_owned());
        let beyond = note(count_beyond_axis(axis, self.drawn().map(|(_, curve)| curve)), "model");
        let parts = [Some(self.settings.to_owned()), Some(each), test, missing, beyond];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Draws the medians; returns the labels for their right ends.
    fn draw_medians(&self, scene: &mut Scene, frame: &Frame) -> Vec<(f64, String, TextStyle)> {
        let mut ends = Vec::new();
        for contender in &self.contenders {
            let SeriesStyle { rgb, dashes } = contender.style;
            let stroke = LineStyle { dashes, ..LineStyle::bold(5.0, rgb) };
            let (middle, test) = (contender.median(), median(&contender.test));
            curves::gap(scene, frame, &self.epochs, [&middle, &test], rgb);
            let end = curves::draw(scene, frame, &self.epochs, middle.into_iter(), stroke);
            curves::draw(scene, frame, &self.epochs, test.into_iter(), stroke.of_test());
            ends.extend(end.map(|end| (end.1, contender.label(), named(readable(rgb)))));
        }
        ends
    }
}

impl Picture for LossComparison<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Losses
    }

    fn scene(&self) -> Result<Scene> {
        let axis = self.axis();
        let longest = self.contenders.iter().map(|c| width(&c.label(), named(INK))).fold(0.0, f64::max);
        let right = (longest + 30.0).clamp(120.0, 560.0);
        let tested = self.contenders.iter().any(|c| !c.test.is_empty());
        let y = if tested { "Training and test loss" } else { "Training loss" };
        let (title, subtitle, y) = (self.title(), self.subtitle(&axis), format!("{y} ({})", self.loss));
        let header = Heading { title: &title, subtitle: &subtitle, x: "Epochs trained", y: &y, right };
        let last = f64::from(self.epochs.last().copied().unwrap_or(0).max(1));
        let (mut scene, frame) = begin(&header, PlotAxis::linear(0.0, last), axis);
        frame.draw(&mut scene);
        for (rgb, curve) in self.drawn() {
            let stroke = LineStyle::thin(1.0, Paint { rgb, alpha: 0.25 });
            curves::draw(&mut scene, &frame, &self.epochs, curve.iter().map(|v| f64::from(*v)), stroke);
        }
        let ends = self.draw_medians(&mut scene, &frame);
        frame.label_ends(&mut scene, &ends);
        Ok(scene)
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }
}
