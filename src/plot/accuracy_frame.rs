//! One movie frame: accuracy against learning rate after some epochs. Axes and the models' horizontal positions are
//! the same in every frame.

use super::accuracy::lines;
use super::bins::Bins;
use super::compare::CurveComparison;
use super::facet::Facet;
use super::frame::{Heading, begin};
use super::plot_axis::PlotAxis;
use super::reference_marks::baseline_across;
use super::scene::{Align, Paint, Scene, TextStyle};
use super::theme::{BLUE, BODY, SIZE, SOFT, count, number};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::statistics::Group;

/// Dot of one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelDot {
    /// Value of the hyper-parameter on the horizontal axis.
    pub x: f64,
    /// Training accuracy, a fraction; `None` once the model has diverged or if it exploded.
    pub accuracy: Option<f64>,
}

/// Accuracies of all models after some epochs.
#[derive(Debug, Clone)]
pub struct AccuracyFrame<'a> {
    /// Epochs trained.
    pub epoch: u32,
    /// Epochs in the whole training.
    pub epochs: u32,
    /// Outcomes of all models at this epoch.
    pub view: Facet<'a>,
    /// The same models one by one, in the same order in every frame; not drawn if there are several curves.
    pub dots: &'a [ModelDot],
    /// Lower end of the accuracy axis, a fraction; the same in every frame.
    pub low: f64,
    /// Settings for the subtitle: network, points, seeds.
    pub settings: &'a str,
}

impl AccuracyFrame<'_> {
    fn title(&self) -> String {
        let mean = self.view.summary.total().train.mean();
        let measure = self.view.summary.measure();
        let none = || format!("no model has {}", measure.a_name());
        let says = mean.map_or_else(none, |mean| format!("mean {} {}", measure.name(), fixed(mean)));
        format!("Epoch {} of {}: {says}", count(self.epoch.into()), count(self.epochs.into()))
    }

    /// Writes how many models have diverged or exploded so far, level with the vertical axis title: in the main title,
    /// its changing length would make the frames jump.
    fn lost(&self, scene: &mut Scene, y: &str) {
        let beside = scene.labels.iter().find(|label| label.text == y).map(|label| label.at.1);
        if let (Some(base), Some(lost)) = (beside, self.view.summary.total().lost_words()) {
            let at = (f64::from(SIZE.0) - super::frame::MARGIN, base);
            let kind = TextStyle { rgb: SOFT, ..BODY };
            scene.text(at, format!("{lost} so far"), kind, Align::End);
        }
    }
}

/// Formats a percentage with exactly one decimal, so that the title keeps its width.
fn fixed(share: f64) -> String {
    format!("{:.1}\u{a0}%", 100.0 * share)
}

impl Picture for AccuracyFrame<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Accuracy
    }

    fn scene(&self) -> Result<Scene> {
        let (title, view) = (self.title(), &self.view);
        let measure = view.summary.measure();
        if view.has_several_curves() {
            let y = &format!("Mean {} on the training points (%)", measure.name());
            let subtitle = self.settings.to_owned();
            let mean: fn(&Group) -> Option<f64> = |group| group.train.mean();
            let comparison = CurveComparison {
                view,
                title,
                subtitle,
                y,
                low: self.low,
                height: mean,
                interval: |_| None,
                baseline: true,
            };
            let mut scene = comparison.scene();
            self.lost(&mut scene, y);
            return Ok(scene);
        }
        let bins = Bins::of(view);
        let y = &format!("{} on the training points (%)", measure.title());
        let header = Heading { title: &title, subtitle: self.settings, x: &view.x_title(), y, right: 250.0 };
        let axis = PlotAxis::linear(self.low, 1.0).written(|v| number(100.0 * v, 4));
        let (mut scene, frame) = begin(&header, PlotAxis::learning_rate(&view.values()), axis);
        self.lost(&mut scene, y);
        frame.draw(&mut scene);
        let places: Vec<f64> = view.groups().iter().map(|g| frame.x(g.x)).collect();
        let gaps = places.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0);
        let half = (gaps.fold(60.0, f64::min) * 0.34).max(0.5);
        let paint = Paint { rgb: BLUE, alpha: 0.3 };
        for (n, dot) in self.dots.iter().enumerate() {
            let Some(accuracy) = dot.accuracy.filter(|_| dot.x.is_finite()) else { continue };
            // Golden-ratio multiples modulo 1: evenly spread for any number of models, and reproducible.
            let shake = (n as f64 * 0.618_033_988_749_894_9).fract() * 2.0 - 1.0;
            scene.dot((frame.x(dot.x) + shake * half, frame.y(accuracy)), 5.0, paint);
        }
        baseline_across(&mut scene, &frame, measure, view.baseline);
        let ends = lines(&mut scene, &frame, &bins.groups, false, false);
        frame.label_ends(&mut scene, &ends);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::scene::{Position, Primitive};
    use crate::statistics::{ModelResult, OutcomeClass, Summary};

    /// Two models at each of three learning rates, all with `correct` of ten points right; the first may have diverged.
    fn at(correct: u32, diverged: bool) -> (Summary, Vec<ModelDot>) {
        let (mut summary, mut dots) = (Summary::of_points(vec![[10, 0]]), Vec::new());
        for i in 0..6u32 {
            let x = 0.1 * f64::from(i % 3 + 1);
            let train = (i > 0 || !diverged).then_some(correct);
            let class = if train.is_none() { OutcomeClass::Diverged } else { OutcomeClass::Other };
            summary.add(0, &[Some(x)], ModelResult::of_training(i.into(), class, train, None));
            dots.push(ModelDot { x, accuracy: train.map(|n| f64::from(n) / 10.0) });
        }
        (summary, dots)
    }

    fn scene(epoch: u32, (summary, dots): &(Summary, Vec<ModelDot>)) -> Scene {
        let view = Facet::plain(summary);
        AccuracyFrame { epoch, epochs: 1000, view, dots, low: 0.2, settings: "" }.scene().unwrap()
    }

    fn dots(scene: &Scene) -> Vec<Position> {
        let dot = |shape: &Primitive| match shape {
            Primitive::Dot { centre, radius, .. } if *radius == 5.0 => Some(*centre),
            _ => None,
        };
        scene.shapes.iter().filter_map(dot).collect()
    }

    #[test]
    fn models_move_up_and_nothing_moves_sideways() {
        let (first, last) = (scene(0, &at(3, false)), scene(1000, &at(9, false)));
        let (from, to) = (dots(&first), dots(&last));
        assert_eq!((from.len(), to.len()), (6, 6));
        assert!(from.iter().zip(&to).all(|(a, b)| a.0 == b.0 && a.1 > b.1), "{from:?} {to:?}");
        let ticks =
            |scene: &Scene| -> Vec<_> { scene.labels[1..].iter().filter(|l| l.text != "mean").cloned().collect() };
        let fixed =
            |scene: &Scene| ticks(scene).into_iter().filter(|l| !l.text.contains("of models")).collect::<Vec<_>>();
        assert_eq!(fixed(&first), fixed(&last));
        assert!(first.title.starts_with("Epoch 0 of 1,000: mean accuracy 30.0"), "{}", first.title);
        assert!(last.title.starts_with("Epoch 1,000 of 1,000: mean accuracy 90.0"), "{}", last.title);
    }

    #[test]
    fn exploded_models_are_named_beside_diverged_ones() {
        let (mut summary, dots) = at(5, true);
        summary.add(0, &[Some(0.1)], ModelResult::of_training(6, OutcomeClass::Exploded, None, None));
        let scene = scene(7, &(summary, dots));
        assert!(scene.labels.iter().any(|label| label.text == "1 diverged, 1 exploded so far"));
    }

    #[test]
    fn a_model_that_has_diverged_is_gone_and_counted() {
        let scene = scene(7, &at(5, true));
        assert_eq!(dots(&scene).len(), 5);
        assert!(scene.labels.iter().any(|label| label.text == "1 diverged so far"));
    }
}
