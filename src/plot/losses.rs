//! Loss curves, coloured by learning rate or another hyper-parameter.

use super::Picture;
use super::axis::Axis;
use super::frame::{Frame, Header, begin};
use super::legend::colour_bar;
use super::pick::evenly;
use super::scene::{Paint, Place, Scene, Type};
use super::theme::{WHITE, count, models, named, number, readable, sequential, titled};
use crate::error::{Error, Result};

/// Most curves that are drawn.
const MOST_CURVES: usize = 400;
/// Most learning rates whose median is drawn.
const MEDIANS: usize = 5;
/// Fewest curves that a median is drawn of.
const FEWEST: usize = 3;
/// A larger ratio of the losses can't be read on a linear axis.
const LINEAR_RATIO: f64 = 50.0;

/// Loss curves of some models.
#[derive(Debug, Clone)]
pub struct LossPlot<'a> {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// The hyper-parameter that the curves are coloured by, in words.
    pub x: &'a str,
    /// Its value for each curve, `[models]`.
    pub values: Vec<f64>,
    /// What the loss is called: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Mean loss over the training points, row-major `[models, epochs]`; NaN from a divergence on.
    pub losses: Vec<f32>,
    /// Models in the whole run; those beyond `values` kept no curve.
    pub models: u64,
    /// The subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// The middle of the curves of one value, or of a bin of values around `at`.
struct Median {
    at: f64,
    binned: bool,
    curve: Vec<f64>,
}

impl LossPlot<'_> {
    fn curve(&self, model: usize) -> &[f32] {
        &self.losses[model * self.epochs.len()..(model + 1) * self.epochs.len()]
    }

    /// The models by value.
    fn sorted(&self) -> Vec<usize> {
        let mut models: Vec<usize> = (0..self.values.len()).collect();
        models.sort_by(|a, b| self.values[*a].total_cmp(&self.values[*b]));
        models
    }

    /// The median curve of every value or, where each has too few curves, of bins of neighbours. A diverged
    /// model's loss counts as infinite.
    fn medians(&self) -> Vec<Median> {
        let sorted = self.sorted();
        let own: Vec<&[usize]> = sorted.chunk_by(|a, b| self.values[*a] == self.values[*b]).collect();
        let binned = own.len() > MEDIANS && own.iter().all(|models| models.len() < FEWEST);
        let groups = if binned { sorted.chunks(sorted.len().div_ceil(MEDIANS)).collect() } else { own };
        let median = |models: &&[usize]| {
            let at = |epoch: usize| middle(models.iter().map(|model| self.curve(*model)[epoch]).collect());
            Median {
                at: self.values[models[models.len() / 2]],
                binned,
                curve: (0..self.epochs.len()).map(at).collect(),
            }
        };
        groups.iter().filter(|models| models.len() >= FEWEST).map(median).collect()
    }

    fn title(&self, medians: &[Median]) -> String {
        let end = |m: &&Median| m.curve.last().copied().unwrap_or(f64::INFINITY);
        let best = medians.iter().filter(|m| end(m).is_finite()).min_by(|a, b| end(a).total_cmp(&end(b)));
        let Some(best) = best else {
            return if self.values.is_empty() { "No loss curves to show" } else { "Training loss, epoch by epoch" }
                .into();
        };
        let (loss, value, at) = (number(end(&best), 2), number(best.at, 3), if best.binned { "near" } else { "at" });
        let x = self.x;
        match medians.first().filter(|first| first.at != best.at && end(first).is_finite()) {
            Some(first) => {
                let (before, least) = (number(end(&first), 2), number(first.at, 3));
                format!("Median final loss falls from {before} {at} {x} {least} to {loss} {at} {value}")
            }
            None if medians.len() == 1 => format!("Median final loss at {x} {value} is {loss}"),
            None => format!("Median final loss is lowest, {loss}, {at} {x} {value}"),
        }
    }

    fn subtitle(&self, drawn: usize, bold: bool) -> String {
        let lines = if (drawn as u64) < self.models {
            format!("{} of them drawn, evenly chosen", count(drawn as u64))
        } else {
            "a line per model".into()
        };
        let bold = bold.then(|| "bold: medians".to_string());
        let diverged = (0..self.values.len()).filter(|m| self.curve(*m).iter().any(|v| !v.is_finite())).count();
        let diverged = (diverged > 0).then(|| format!("{} diverged (line ends)", models(diverged as u64)));
        let parts = [Some(self.settings.to_string()), Some(lines), bold, diverged];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// The vertical axis over all losses that are drawn; logarithmic where they span much.
    fn axis(&self, drawn: &[usize]) -> Axis {
        let values = || drawn.iter().flat_map(|m| self.curve(*m)).map(|v| f64::from(*v)).filter(|v| v.is_finite());
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let low = values().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
        if low.is_finite() && high / low > LINEAR_RATIO {
            return Axis::logarithmic(low, high, false);
        }
        Axis::linear(0.0, if high > 0.0 { high * 1.04 } else { 1.0 })
    }
}

/// The median, infinite where most are not finite.
pub(super) fn middle(mut values: Vec<f32>) -> f64 {
    values.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = f32::INFINITY);
    values.sort_by(f32::total_cmp);
    let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    (f64::from(low) + f64::from(high)) / 2.0
}

impl Picture for LossPlot<'_> {
    fn name(&self) -> &'static str {
        "losses"
    }

    fn scene(&self) -> Result<Scene> {
        let (rows, columns) = (self.values.len(), self.epochs.len());
        if self.losses.len() != rows * columns {
            let what = format!("{} losses for {rows} models at {columns} epochs", self.losses.len());
            return Err(Error::Picture { name: self.name().into(), what });
        }
        // Evenly over the values, but drawn in the order of trials, so that none lies above all others.
        let sorted = self.sorted();
        let mut drawn: Vec<usize> = evenly(rows, MOST_CURVES).map(|i| sorted[i]).collect();
        drawn.sort_unstable();
        let medians = self.medians();
        let (title, subtitle) = (self.title(&medians), self.subtitle(drawn.len(), !medians.is_empty()));
        let header = Header {
            title: &title,
            subtitle: &subtitle,
            x: "Epochs trained",
            y: &format!("Training loss ({})", self.loss),
            right: 330.0,
        };
        let last = f64::from(self.epochs.last().copied().unwrap_or(0).max(1));
        let (mut scene, frame) = begin(&header, Axis::linear(0.0, last), self.axis(&drawn));
        frame.draw(&mut scene);
        let colours = Axis::learning_rate(&self.values);
        let (width, alpha) = match drawn.len() {
            0..=10 => (4.0, 0.8),
            11..=100 => (1.5, 0.6),
            _ => (1.0, 0.35),
        };
        for model in drawn {
            let rgb = sequential(colour_share(&colours, self.values[model]));
            let points = self.places(&frame, self.curve(model).iter().map(|v| f64::from(*v)));
            if let [only] = points[..] {
                scene.dot(only, 5.0, Paint { rgb, alpha });
            }
            scene.line(points, width, Paint { rgb, alpha });
        }
        let ends = self.draw_medians(&mut scene, &frame, &medians, &colours);
        frame.label_ends(&mut scene, &ends);
        if self.values.iter().any(|value| *value != self.values[0]) {
            colour_bar(&mut scene, &frame, &colours, &titled(self.x));
        }
        Ok(scene)
    }
}

impl LossPlot<'_> {
    /// Where a curve goes; it ends where the model diverged.
    fn places(&self, frame: &Frame, curve: impl Iterator<Item = f64>) -> Vec<Place> {
        let finite = curve.take_while(|v| v.is_finite());
        finite.zip(&self.epochs).map(|(loss, epoch)| frame.at(f64::from(*epoch), loss)).collect()
    }

    /// The medians of a few values; returns the labels for their right ends.
    fn draw_medians(
        &self,
        scene: &mut Scene,
        frame: &Frame,
        all: &[Median],
        colours: &Axis,
    ) -> Vec<(f64, String, Type)> {
        let mut ends = Vec::new();
        for median in evenly(all.len(), MEDIANS).map(|i| &all[i]) {
            let rgb = sequential(colour_share(colours, median.at));
            let points = self.places(frame, median.curve.iter().copied());
            scene.line(points.clone(), 10.0, WHITE);
            scene.line(points.clone(), 6.0, rgb);
            if let Some(end) = points.last().filter(|_| points.len() == self.epochs.len()) {
                ends.push((end.1, number(median.at, 3), named(readable(rgb))));
            }
        }
        ends
    }
}

/// A value's place on the colour scale, 0 to 1 from the least to the greatest.
fn colour_share(colours: &Axis, value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { colours.place(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_mostly_diverged_models_is_not_finite() {
        assert_eq!(middle(vec![1.0, f32::NAN, 2.0, 3.0]), 2.5);
        assert!(middle(vec![1.0, f32::NAN, f32::INFINITY]).is_infinite());
        assert_eq!(middle(vec![4.0]), 4.0);
    }

    #[test]
    fn a_diverged_curve_ends_where_it_diverged() {
        let (epochs, losses) = ([0, 10, 20], [0.9, 0.2, 0.1, 0.9, f32::NAN, f32::NAN, 0.9, f32::INFINITY, 0.3]);
        let plot = LossPlot {
            epochs: epochs.into(),
            x: "learning rate",
            values: vec![0.1, 0.2, 0.3],
            loss: "",
            losses: losses.into(),
            models: 3,
            settings: "",
        };
        let frame =
            begin(&Header { title: "", subtitle: "", x: "", y: "", right: 0.0 }, plot.axis(&[]), plot.axis(&[])).1;
        let lengths = [0, 1, 2].map(|m| plot.places(&frame, plot.curve(m).iter().map(|v| f64::from(*v))).len());
        assert_eq!(lengths, [3, 1, 1]);
    }
}
