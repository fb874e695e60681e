//! Loss curves of what a sweep compares: for each its models at their best hyper-parameters, and their median.

use super::Picture;
use super::axis::Axis;
use super::compare::COLOURS;
use super::frame::{Frame, Header, begin};
use super::losses::middle;
use super::scene::{Paint, Place, Scene};
use super::theme::{WHITE, named, number, readable};
use crate::error::Result;

/// A larger ratio of the losses can't be read on a linear axis.
const LINEAR_RATIO: f64 = 50.0;
/// Most thin lines of one colour.
const MOST_CURVES: usize = 60;

/// Loss curves of the models of one thing compared.
#[derive(Debug, Clone)]
pub struct Contender {
    /// What it is: `adam`.
    pub name: String,
    /// Its value of [`LossComparison::x`], of which it has these curves.
    pub at: f64,
    /// Mean losses over the training points, a curve each; NaN from a divergence on.
    pub curves: Vec<Vec<f32>>,
}

/// Loss curves side by side.
#[derive(Debug, Clone)]
pub struct LossComparison<'a> {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// What the loss is called: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// What each one is at its best of, in words.
    pub x: &'a str,
    /// One for each thing compared, each with a colour of its own.
    pub contenders: Vec<Contender>,
    /// The subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

impl Contender {
    /// The median of its curves; a diverged model's loss counts as infinite.
    fn median(&self) -> Vec<f64> {
        let epochs = self.curves.first().map_or(0, Vec::len);
        (0..epochs).map(|epoch| middle(self.curves.iter().map(|curve| curve[epoch]).collect())).collect()
    }
}

impl LossComparison<'_> {
    fn title(&self) -> String {
        if self.contenders.iter().any(|contender| contender.curves.is_empty()) {
            return "Training loss, epoch by epoch".into();
        }
        let ends = self.contenders.iter().filter_map(|c| Some((c.median().last().copied()?, c)));
        match ends.filter(|(end, _)| end.is_finite()).min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((end, Contender { name, at, .. })) => {
                let (loss, x) = (number(end, 2), self.x);
                let at = if at.is_nan() { String::new() } else { format!(" at {x} {}", number(*at, 3)) };
                format!("Median final loss is lowest, {loss}, with {name}{at}")
            }
            None => "Training loss, epoch by epoch".into(),
        }
    }

    /// The vertical axis over all medians; logarithmic where they span much.
    fn axis(&self) -> Axis {
        let values = || self.contenders.iter().flat_map(Contender::median).filter(|v| v.is_finite());
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let low = values().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
        match low.is_finite() && high / low > LINEAR_RATIO {
            true => Axis::logarithmic(low, high, false),
            false => Axis::linear(0.0, if high > 0.0 { high * 1.15 } else { 1.0 }),
        }
    }

    /// Where a curve goes; it ends where it leaves the frame or the model diverged.
    fn places(&self, frame: &Frame, curve: impl Iterator<Item = f64>) -> Vec<Place> {
        let inside = |loss: &f64| loss.is_finite() && (-0.001..=1.001).contains(&frame.y.place(*loss));
        curve.take_while(inside).zip(&self.epochs).map(|(loss, epoch)| frame.at(f64::from(*epoch), loss)).collect()
    }
}

impl Picture for LossComparison<'_> {
    fn name(&self) -> &'static str {
        "losses"
    }

    fn scene(&self) -> Result<Scene> {
        let missing = self.contenders.iter().filter(|c| c.curves.is_empty()).map(|c| c.name.as_str());
        let missing = missing.collect::<Vec<_>>().join("; ");
        let missing = if missing.is_empty() { missing } else { format!(" · no curves kept of {missing}") };
        let subtitle = format!("{} · each at its best {}; bold: medians{missing}", self.settings, self.x);
        let label = |c: &Contender| match c.at.is_nan() {
            true => c.name.clone(),
            false => format!("{}, {}", c.name, number(c.at, 3)),
        };
        let longest = self.contenders.iter().map(|c| label(c).chars().count()).max().unwrap_or(0);
        // A letter of a bold label is some 15 pixels wide.
        let right = (40.0 + 15.0 * longest as f64).clamp(120.0, 560.0);
        let y = format!("Training loss ({})", self.loss);
        let header = Header { title: &self.title(), subtitle: &subtitle, x: "Epochs trained", y: &y, right };
        let last = f64::from(self.epochs.last().copied().unwrap_or(0).max(1));
        let (mut scene, frame) = begin(&header, Axis::linear(0.0, last), self.axis());
        frame.draw(&mut scene);
        for (contender, rgb) in self.contenders.iter().zip(COLOURS) {
            for curve in contender.curves.iter().take(MOST_CURVES) {
                let places = self.places(&frame, curve.iter().map(|v| f64::from(*v)));
                scene.line(places, 1.0, Paint { rgb, alpha: 0.25 });
            }
        }
        let mut ends = Vec::new();
        for (contender, rgb) in self.contenders.iter().zip(COLOURS) {
            let places = self.places(&frame, contender.median().into_iter());
            scene.line(places.clone(), 9.0, WHITE);
            scene.line(places.clone(), 5.0, rgb);
            ends.extend(places.last().map(|end| (end.1, label(contender), named(readable(rgb)))));
        }
        frame.label_ends(&mut scene, &ends);
        Ok(scene)
    }
}
