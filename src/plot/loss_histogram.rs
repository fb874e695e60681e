//! Histogram of all models' final losses on a logarithmic axis: different outcomes appear as separate modes.

use super::clipping::{FrameEdge, tick};
use super::facets::Facets;
use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::robust_range::{LOSSES, RobustRange};
use super::scene::{Align, Scene};
use super::sentences::{CountedLosses, halves};
use super::study_picture::{StudyData, StudyPicture};
use super::theme::{BLUE, INK, SOFT, models, named, number, percent, titled};
use super::{Picture, PictureKind};
use crate::error::Result;
use crate::math::Loss;
use crate::results::CellSpec;
use crate::statistics::number_format::spread;
use crate::statistics::{FinalLosses, Group, Select, Summary};

/// Number of bars.
const BARS: usize = 50;
/// Number of quantiles that represent the losses if only a sample of them is kept.
const STEPS: usize = 2000;

/// Histogram of a sweep's final training losses.
#[derive(Debug, Clone)]
pub struct LossHistogramPlot<'a> {
    /// Outcomes of all models.
    pub summary: &'a Summary,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Loss of predicting the class frequencies for every point; `None` if data sets differ in it.
    pub guess: Option<f64>,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: &'a str,
}

/// Returns equally weighted losses, ascending: all of them or, if only a sample is kept, evenly spaced quantiles.
fn representative(losses: &FinalLosses) -> Vec<f64> {
    let sample = losses.sample();
    if sample.len() as u64 == losses.len() {
        return sample;
    }
    let quantiles = losses.quantiles(&std::array::from_fn::<_, STEPS, _>(|k| (k as f64 + 0.5) / STEPS as f64));
    quantiles.into_iter().flatten().collect()
}

/// Returns the ends of the axis: without outliers, and without 0, which a logarithmic axis cannot show.
fn ends(losses: &[f64]) -> Option<(f64, f64)> {
    let RobustRange { low, high, .. } = RobustRange::of_logarithms(losses.iter().map(|loss| (*loss, 1)), LOSSES)?;
    let middle = (low * high).sqrt();
    // Nearly equal losses still need an axis of some width.
    if high > low * 1.05 { Some((low, high)) } else { Some((middle / 1.1, middle * 1.1)) }
}

/// Returns the share of the losses in each of [`BARS`] bars of equal logarithmic width, and the shares below and above.
fn shares(losses: &[f64], (low, high): (f64, f64)) -> (Vec<f64>, [f64; 2]) {
    let (mut shares, mut outside) = (vec![0.0; BARS], [0.0; 2]);
    for loss in losses {
        let place = (loss / low).ln() / (high / low).ln() * BARS as f64;
        let bar = (place.max(0.0) as usize).min(BARS - 1);
        match () {
            // Tolerates rounding errors.
            () if *loss < low * (1.0 - 1e-9) => outside[0] += 1.0 / losses.len() as f64,
            () if *loss > high * (1.0 + 1e-9) => outside[1] += 1.0 / losses.len() as f64,
            () => shares[bar] += 1.0 / losses.len() as f64,
        }
    }
    (shares, outside)
}

/// Returns how many models are outside the axis at each end, and how far: `3 models below 0.001, down to 0`.
fn outside(losses: &FinalLosses, (low, high): (f64, f64), shares: [f64; 2]) -> Option<String> {
    let end = |share: f64, words: String| {
        let n = (share * losses.len() as f64).round() as u64;
        (share > 0.0).then(|| format!("{} {words}", models(n.max(1))))
    };
    let [least, most] = losses.quantiles(&[0.0, 1.0]).map(|loss| number(loss.unwrap_or(f64::NAN), 2));
    let below = end(shares[0], format!("below {}, down to {least}", number(low, 2)));
    let above = end(shares[1], format!("above {}, up to {most}", number(high, 2)));
    let both: Vec<String> = [below, above].into_iter().flatten().collect();
    (!both.is_empty()).then(|| format!("beyond the axis (triangles): {}", both.join("; ")))
}

impl LossHistogramPlot<'_> {
    fn title(&self, total: &Group) -> String {
        match (total.n, total.losses.quantile(0.5)) {
            (2.., Some(_)) => titled(&halves(total)),
            (1, Some(only)) => format!("The only model with a loss ends with {}", number(only, 3)),
            _ => "No final loss to show".into(),
        }
    }
}

impl Picture for LossHistogramPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::LossHistogram
    }

    fn scene(&self) -> Result<Scene> {
        let total = self.summary.total();
        let (title, without) = (self.title(&total), total.n - total.losses.len());
        let lost = (without > 0).then(|| format!("{} without a loss, not in any bar", models(without)));
        let losses = representative(&total.losses);
        let (low, high) = ends(&losses).unwrap_or((0.1, 1.0));
        let (shares, out) = shares(&losses, (low, high));
        let parts = [Some(self.settings.to_owned()), lost, outside(&total.losses, (low, high), out)];
        let subtitle = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let x = format!("Training loss after the last epoch ({})", self.loss);
        let header = Heading { title: &title, subtitle: &subtitle, x: &x, y: "Models (%)", right: 20.0 };
        let most = shares.iter().copied().fold(0.0, f64::max);
        // Room above the bars for text.
        let top = if most > 0.0 { 1.16 * most } else { 1.0 };
        let y = PlotAxis::linear(0.0, top).written(|v| number(100.0 * v, 3));
        let (mut scene, frame) = begin(&header, PlotAxis::logarithmic(low, high, false), y);
        frame.draw(&mut scene);
        if let Some(guess) = self.guess.filter(|guess| (low..=high).contains(guess)) {
            draw_class_frequency_loss(&mut scene, &frame, guess, &losses);
        }
        let edge = |k: usize| low * (high / low).powf(k as f64 / BARS as f64);
        for (k, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let (left, right) = (frame.x(edge(k)), frame.x(edge(k + 1)));
            scene.rectangle((left + 1.0, frame.y(*share)), (right - 1.0, frame.bottom), BLUE);
        }
        let ends = [(FrameEdge::Left, out[0]), (FrameEdge::Right, out[1])];
        ends.iter().filter(|(_, share)| *share > 0.0).for_each(|(edge, _)| {
            tick(&mut scene, &frame, *edge, frame.bottom - 12.0, INK);
        });
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(&self.summary.total())
    }
}

impl StudyPicture for LossHistogramPlot<'_> {
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let guess = guess(study.facets, study.job().train_spec.loss);
        let (summary, loss) = (study.facets.summary, study.loss());
        Some(Box::new(LossHistogramPlot { summary, loss, guess, settings: &study.settings }))
    }
}

/// Returns the mean loss of predicting the classes' shares for every training point, if it is the same for all models.
fn guess(facets: &Facets, loss: Loss) -> Option<f64> {
    let Facets { spec, summary, .. } = facets;
    let mut rates = summary.groups().map(|group| summary.loss_params(group));
    let first_rates = rates.next().flatten();
    let score = |part: &CellSpec| Select::Loss.baseline(part.train, loss, first_rates);
    let first = score(&spec.cells[0]);
    let is_same = spec.cells.iter().all(|part| score(part) == first) && rates.all(|other| other == first_rates);
    first.filter(|_| is_same).map(|score| -score)
}

/// Describes the distribution of the final losses of all models.
fn caption(total: &Group) -> String {
    let losses = CountedLosses::from(&*total.losses);
    let Some(half) = losses.quantile(0.5) else { return "No model has a final loss.".to_owned() };
    let (middle, most) = (losses.between(0.25, 0.75), losses.between(0.05, 0.95));
    let without = match total.n - losses.len() {
        0 => String::new(),
        n => format!(" {} have none.", models(n)),
    };
    format!("{}.{without}", titled(&spread(number(half, 2), middle, most)))
}

/// Draws the loss of predicting the class frequencies, and the share of models at least 1 % below it.
fn draw_class_frequency_loss(scene: &mut Scene, frame: &Frame, guess: f64, losses: &[f64]) {
    let x = frame.x(guess);
    scene.dashed(&[(x, frame.top), (x, frame.bottom)], &[12.0, 8.0], 3.0, INK);
    let right = x > (frame.left + frame.right) / 2.0;
    let (at, align) = if right { (x - 18.0, Align::End) } else { (x + 18.0, Align::Start) };
    let below = losses.partition_point(|loss| *loss < 0.99 * guess) as f64 / losses.len().max(1) as f64;
    let rows = [
        (format!("{}: loss of predicting the class frequencies", number(guess, 3)), SOFT),
        (format!("{} of the models are 1\u{a0}% or more below", percent(below)), BLUE),
    ];
    for ((text, rgb), down) in rows.into_iter().zip([28.0, 62.0]) {
        scene.text((at, frame.top + down), text, named(rgb), align);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_even_in_the_logarithm_and_hold_every_model() {
        let mut losses: Vec<f64> = (0..1000).map(|i| 10f64.powf(-4.0 + f64::from(i) / 250.0)).collect();
        let ends_of_all = ends(&losses).unwrap();
        assert!(
            (ends_of_all.0 / 1e-4 - 1.0).abs() < 0.03 && (ends_of_all.1 / 1.0 - 1.0).abs() < 0.03,
            "{ends_of_all:?}"
        );
        let (bars, outside) = shares(&losses, ends_of_all);
        assert_eq!(outside, [0.0; 2]);
        assert!(bars.iter().all(|share| (share - 0.02).abs() < 0.003), "{bars:?}");
        losses.insert(0, 0.0);
        losses.push(1e30);
        let (low, high) = ends(&losses).unwrap();
        assert!(low > 0.0 && high < 2.0, "{low} {high}");
        let (bars, [below, above]) = shares(&losses, (low, high));
        assert!((bars.iter().sum::<f64>() - 1000.0 / 1002.0).abs() < 1e-9);
        assert!((below - 1.0 / 1002.0).abs() < 1e-12 && below == above, "{below} {above}");
        assert!(ends(&[]).is_none() && ends(&[0.0]).is_none());
        let (low, high) = ends(&[0.7, 0.7]).unwrap();
        assert!(
            low < 0.7 && high > 0.7 && shares(&[0.7, 0.7], (low, high)).0.iter().filter(|s| **s > 0.0).count() == 1
        );
    }

    #[test]
    fn many_losses_are_represented_by_their_quantiles() {
        let mut many = FinalLosses::with_group_count(1);
        (0..50_000u64).for_each(|id| many.add(id, if id % 5 == 0 { 0.7 } else { 0.01 }));
        let found = representative(&many);
        let high = found.iter().filter(|loss| **loss > 0.5).count() as f64 / found.len() as f64;
        assert!(found.len() == STEPS && (high - 0.2).abs() < 1e-3, "{high}");
    }
}
