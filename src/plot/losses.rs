//! Loss curves, coloured by learning rate or another hyper-parameter.

use super::clipping::note;
use super::curves::{self, LineStyle, TEST_NOTE, count_beyond_axis};
use super::frame::{Frame, Heading, begin};
use super::legend::colour_bar;
use super::plot_axis::PlotAxis;
use super::robust_range::loss_axis;
use super::scene::{Paint, Scene, TextStyle};
use super::series_selection::evenly;
use super::theme::{count, models, named, number, readable, sequential, titled};
use super::{Picture, PictureKind};
use crate::error::{Error, Result};

/// Maximum number of single curves drawn.
const MOST_CURVES: usize = 400;
/// Maximum number of medians drawn.
const MEDIANS: usize = 5;
/// Maximum number of models whose test losses are drawn one by one; for more, only medians.
const MOST_SINGLE_TEST_CURVES: usize = 10;
/// Minimum number of curves for a median.
const MIN_CURVES_FOR_MEDIAN: usize = 3;

/// Plot of some models' loss curves.
#[derive(Debug, Clone)]
pub struct LossPlot<'a> {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// Name of the hyper-parameter that sets the curves' colours.
    pub x: &'a str,
    /// Value of this hyper-parameter for each curve, `[models]`.
    pub values: Vec<f64>,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Mean loss over the training points, row-major `[models, epochs]`; NaN from a divergence on.
    pub losses: Vec<f32>,
    /// Mean loss over the test points, in the same layout; empty if not recorded.
    pub test: Vec<f32>,
    /// Number of models in the whole run, including those without a kept curve.
    pub models: u64,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
    /// Sentence below the picture, about more curves than it shows.
    pub caption: String,
}

/// Median curve of one value, or of a bin of values around `at`.
struct MedianCurve {
    at: f64,
    binned: bool,
    curve: Vec<f64>,
    /// Median on the test points; empty if not recorded.
    test: Vec<f64>,
}

impl LossPlot<'_> {
    fn curve(&self, model: usize) -> &[f32] {
        &self.losses[model * self.epochs.len()..(model + 1) * self.epochs.len()]
    }

    /// Returns the loss curve on the test points; empty if not recorded.
    fn test_curve(&self, model: usize) -> &[f32] {
        self.test.get(model * self.epochs.len()..(model + 1) * self.epochs.len()).unwrap_or_default()
    }

    /// Returns the models by ascending value.
    fn sorted(&self) -> Vec<usize> {
        let mut models: Vec<usize> = (0..self.values.len()).collect();
        models.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        models
    }

    /// Returns the median curve of every value with enough curves; if none of more than [`MEDIANS`] values has enough,
    /// of bins of neighbouring values. A diverged model's loss counts as infinite.
    fn medians(&self) -> Vec<MedianCurve> {
        let sorted = self.sorted();
        let own: Vec<&[usize]> = sorted.chunk_by(|a, b| self.values[*a] == self.values[*b]).collect();
        let binned = own.len() > MEDIANS && own.iter().all(|models| models.len() < MIN_CURVES_FOR_MEDIAN);
        let groups = if binned { sorted.chunks(sorted.len().div_ceil(MEDIANS)).collect() } else { own };
        let median = |models: &&[usize]| {
            let at = |epoch: usize| middle(models.iter().map(|model| self.curve(*model)[epoch]).collect());
            let test = |epoch: usize| middle(models.iter().map(|model| self.test_curve(*model)[epoch]).collect());
            let (all, tested) = (0..self.epochs.len(), if self.test.is_empty() { 0 } else { self.epochs.len() });
            MedianCurve {
                at: self.values[models[models.len() / 2]],
                binned,
                curve: all.map(at).collect(),
                test: (0..tested).map(test).collect(),
            }
        };
        groups.iter().filter(|models| models.len() >= MIN_CURVES_FOR_MEDIAN).map(median).collect()
    }

    fn title(&self, medians: &[MedianCurve]) -> String {
        let end = |m: &&MedianCurve| m.curve.last().copied().unwrap_or(f64::INFINITY);
        let best = medians.iter().filter(|m| end(m).is_finite()).min_by(|a, b| end(a).total_cmp(&end(b)));
        let Some(best) = best else {
            return if self.values.is_empty() { "No loss curves to show" } else { "Training loss, epoch by epoch" }
                .into();
        };
        let (x, at) = (self.x, if best.binned { "near" } else { "at" });
        let words = |median: &MedianCurve| format!("{} {at} {x} {}", number(end(&median), 2), number(median.at, 3));
        let [first, last] = [medians.first(), medians.last()].map(|m| m.filter(|m| end(m).is_finite()));
        // The smallest, the largest and the value with the lowest loss, ascending; another may have the best accuracy.
        let mut shown: Vec<&MedianCurve> = first.into_iter().chain([best]).chain(last).collect();
        shown.dedup_by(|a, b| a.at == b.at);
        let shown: Vec<String> = shown.into_iter().map(words).collect();
        format!("Median final loss: {}", shown.join(", "))
    }

    fn subtitle(&self, drawn: &[usize], bold: bool, axis: &PlotAxis) -> String {
        let lines = if (drawn.len() as u64) < self.models {
            format!("{} of them drawn, evenly chosen", count(drawn.len() as u64))
        } else {
            "a line per model".into()
        };
        let bold = bold.then(|| "bold: medians".to_string());
        let test = (!self.test.is_empty()).then(|| TEST_NOTE.to_owned());
        let diverged = (0..self.values.len()).filter(|m| self.curve(*m).iter().any(|v| !v.is_finite())).count();
        let diverged = (diverged > 0).then(|| format!("{} diverged (line ends)", models(diverged as u64)));
        let beyond = note(count_beyond_axis(axis, drawn.iter().map(|model| self.curve(*model))), "model");
        let parts = [Some(self.settings.to_string()), Some(lines), bold, test, diverged, beyond];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the vertical axis, which covers the losses of these models.
    fn axis(&self, drawn: &[usize]) -> PlotAxis {
        let curves = drawn.iter().map(|model| self.curve(*model));
        let tests = drawn.iter().map(|model| self.test_curve(*model));
        loss_axis(&curves.chain(tests).map(|curve| wide(curve).collect()).collect::<Vec<Vec<f64>>>()).0
    }
}

/// Returns the median; non-finite values count as infinite.
pub(super) fn middle(mut values: Vec<f32>) -> f64 {
    values.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = f32::INFINITY);
    values.sort_by(f32::total_cmp);
    let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    (f64::from(low) + f64::from(high)) / 2.0
}

impl Picture for LossPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Losses
    }

    fn scene(&self) -> Result<Scene> {
        let (rows, columns) = (self.values.len(), self.epochs.len());
        let fits = |losses: &[f32]| losses.len() == rows * columns;
        if !fits(&self.losses) || !(self.test.is_empty() || fits(&self.test)) {
            let n = [self.losses.len(), self.test.len()];
            let what = format!("{} and {} losses for {rows} models at {columns} epochs", n[0], n[1]);
            return Err(Error::Picture { name: self.name().into(), what });
        }
        // Evenly chosen over the values, but drawn in order of trials, so that no value covers all others.
        let sorted = self.sorted();
        let mut drawn: Vec<usize> = evenly(rows, MOST_CURVES).map(|i| sorted[i]).collect();
        drawn.sort_unstable();
        let (medians, axis) = (self.medians(), self.axis(&drawn));
        let (title, subtitle) = (self.title(&medians), self.subtitle(&drawn, !medians.is_empty(), &axis));
        let y = if self.test.is_empty() { "Training loss" } else { "Training and test loss" };
        let header = Heading {
            title: &title,
            subtitle: &subtitle,
            x: "Epochs trained",
            y: &format!("{y} ({})", self.loss),
            right: 330.0,
        };
        let last = f64::from(self.epochs.last().copied().unwrap_or(0).max(1));
        let (mut scene, frame) = begin(&header, PlotAxis::linear(0.0, last), axis);
        frame.draw(&mut scene);
        let colours = PlotAxis::learning_rate(&self.values);
        self.draw_curves(&mut scene, &frame, &drawn, &colours);
        let ends = self.draw_medians(&mut scene, &frame, &medians, &colours);
        frame.label_ends(&mut scene, &ends);
        if self.values.iter().any(|value| *value != self.values[0]) {
            colour_bar(&mut scene, &frame, &colours, &titled(self.x));
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }
}

impl LossPlot<'_> {
    /// Draws a line for each of these models, and for up to [`MOST_SINGLE_TEST_CURVES`] models one for the test points.
    fn draw_curves(&self, scene: &mut Scene, frame: &Frame, drawn: &[usize], colours: &PlotAxis) {
        let (width, alpha) = match drawn.len() {
            0..=10 => (4.0, 0.8),
            11..=100 => (1.5, 0.6),
            _ => (1.0, 0.35),
        };
        for model in drawn {
            let rgb = sequential(colour_share(colours, self.values[*model]));
            let stroke = LineStyle::thin(width, Paint { rgb, alpha });
            curves::draw(scene, frame, &self.epochs, wide(self.curve(*model)), stroke);
            if drawn.len() <= MOST_SINGLE_TEST_CURVES && !self.test.is_empty() {
                curves::draw(scene, frame, &self.epochs, wide(self.test_curve(*model)), stroke.of_test());
            }
        }
    }

    /// Draws up to [`MEDIANS`] medians; returns the labels for their right ends.
    fn draw_medians(
        &self,
        scene: &mut Scene,
        frame: &Frame,
        all: &[MedianCurve],
        colours: &PlotAxis,
    ) -> Vec<(f64, String, TextStyle)> {
        let mut ends = Vec::new();
        for median in evenly(all.len(), MEDIANS).map(|i| &all[i]) {
            let rgb = sequential(colour_share(colours, median.at));
            let stroke = LineStyle::bold(6.0, rgb);
            curves::gap(scene, frame, &self.epochs, [&median.curve, &median.test], rgb);
            let end = curves::draw(scene, frame, &self.epochs, median.curve.iter().copied(), stroke);
            curves::draw(scene, frame, &self.epochs, median.test.iter().copied(), stroke.of_test());
            ends.extend(end.map(|end| (end.1, number(median.at, 3), named(readable(rgb)))));
        }
        ends
    }
}

/// Converts losses to `f64`.
fn wide(losses: &[f32]) -> impl Iterator<Item = f64> {
    losses.iter().map(|loss| f64::from(*loss))
}

/// Returns a value's position on the colour scale, from 0 (smallest) to 1 (largest); 0 for NaN.
fn colour_share(colours: &PlotAxis, value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { colours.place(value) }
}

#[cfg(test)]
mod tests;
