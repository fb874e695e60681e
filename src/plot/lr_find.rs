//! Learning-rate range test: loss against the growing rate, over seeds, with the suggested rates.

use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::robust_range::{LOSSES, RobustRange};
use super::scene::{Align, Paint, Position, Scene};
use super::series_selection::evenly;
use super::theme::{BLACK, BLUE, BODY, GREEN, Rgb, VERMILION, WHITE, count, named, number, readable};
use super::{Picture, PictureKind};
use crate::analysis::lr_find::{LrFindReport, LrFound, SuggestedGrid, SuggestedRate};
use crate::error::{Error, Result};
use crate::plural::noun;

/// Maximum number of single seeds drawn.
const SINGLES: usize = 12;
/// Margins of the loss axis above the initial and below the lowest loss, as fractions of the fall between them: later
/// losses grow without bound, and the suggestions' bars need room below.
const AXIS_MARGINS: [f64; 2] = [0.5, 0.3];
/// Width of the legend right of the data, and height of its rows.
const LEGEND: (f64, f64) = (400.0, 38.0);

/// Plot of a range test.
#[derive(Debug, Clone)]
pub struct LrFindPlot<'a> {
    /// Rates, curves and suggestions.
    pub found: &'a LrFound,
    /// Name of the loss: `mean binary cross-entropy, smoothed`.
    pub loss: &'a str,
    /// Settings for the subtitle: data, network, points, updates, seeds.
    pub settings: &'a str,
}

/// Plot of a [`LrFindReport`].
#[derive(Debug, Clone)]
pub struct LrFindPicture<'a> {
    report: &'a LrFindReport,
    loss: String,
}

impl LrFindReport {
    /// Returns the picture.
    pub fn picture(&self) -> LrFindPicture<'_> {
        LrFindPicture { report: self, loss: self.ready.loss_words() }
    }
}

impl Picture for LrFindPicture<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::LrFind
    }

    fn scene(&self) -> Result<Scene> {
        let LrFindReport { found, ready, .. } = self.report;
        LrFindPlot { found, loss: &self.loss, settings: &ready.settings }.scene()
    }
}

impl LrFindPlot<'_> {
    fn title(&self) -> String {
        match self.found.grid {
            Some(SuggestedGrid { start, stop, .. }) => {
                let beyond = match self.found.is_cut() {
                    [false, false] => "",
                    [true, false] => "; better ones may lie below",
                    [false, true] => "; better ones may lie above",
                    [true, true] => "; better ones may lie below and above",
                };
                format!("Learning rates to train with: {} to {}{beyond}", number(start, 2), number(stop, 2))
            }
            None if self.found.too_high() > 0 => "The loss never falls: the first rates are too high".to_owned(),
            None => "The loss never falls".to_owned(),
        }
    }

    /// Returns each suggestion's name, rates, number of seeds with theirs at an edge of the test, and colour.
    fn suggestions(&self) -> impl Iterator<Item = (&'static str, SuggestedRate, usize, Rgb)> {
        let LrFound { steepest, lowest, .. } = *self.found;
        let all = [("steepest fall", steepest, VERMILION), ("lowest loss", lowest, GREEN)];
        let all = all.into_iter().zip(self.found.at_edges());
        all.filter_map(|((name, spread, rgb), edge)| Some((name, spread?, edge, rgb)))
    }

    /// Returns the positions of a curve up to its first loss at or above `top`; non-finite losses are skipped.
    fn places(&self, frame: &Frame, losses: &[f64], top: f64) -> Vec<Position> {
        let inside = losses.iter().position(|loss| *loss >= top).map_or(losses.len(), |n| n + 1);
        let seen = self.found.rates.iter().zip(losses).take(inside).filter(|(_, loss)| loss.is_finite());
        seen.map(|(rate, loss)| frame.at(*rate, *loss)).collect()
    }

    fn draw_curves(&self, scene: &mut Scene, frame: &Frame, band: &[Vec<f64>; 3], top: f64) {
        let [low, middle, high] = band;
        let lower = self.places(frame, low, top);
        let upper = self.found.rates.iter().zip(high).take(lower.len());
        let upper: Vec<Position> = upper.map(|(rate, loss)| frame.at(*rate, loss.min(top))).collect();
        scene.fill(lower.into_iter().chain(upper.into_iter().rev()).collect(), Paint { rgb: BLUE, alpha: 0.16 });
        for n in evenly(self.found.curves.len(), SINGLES) {
            let line = self.places(frame, &self.found.curves[n].losses, top);
            scene.line(line, 1.5, Paint { rgb: BLUE, alpha: 0.45 });
        }
        let line = self.places(frame, middle, top);
        scene.line(line.clone(), 10.0, WHITE);
        scene.line(line, 6.0, BLUE);
    }

    /// Draws a line at each suggestion's median, at its foot a bar over the middle 80 % of the seeds, and a bar over
    /// the suggested grid.
    fn draw_suggestions(&self, scene: &mut Scene, frame: &Frame) {
        for ((_, spread, _, rgb), n) in self.suggestions().zip([1.0, 2.0]) {
            let (x, foot) = (frame.x(spread.median), frame.bottom - 18.0 * n);
            scene.dashed(&[(x, frame.top), (x, frame.bottom)], &[10.0, 8.0], 3.0, rgb);
            scene.line(vec![(frame.x(spread.low), foot), (frame.x(spread.high), foot)], 8.0, Paint { rgb, alpha: 0.6 });
            scene.dot((x, foot), 9.0, rgb);
        }
        if let Some(SuggestedGrid { start, stop, .. }) = self.found.grid {
            let ends = [start, stop].map(|rate| (frame.x(rate).clamp(frame.left, frame.right), frame.bottom - 54.0));
            scene.line(ends.to_vec(), 8.0, BLACK);
        }
    }

    /// Draws the legend right of the data.
    fn draw_legend(&self, scene: &mut Scene, frame: &Frame) {
        let (left, mut y) = (frame.right + 24.0, frame.top + 24.0);
        let seeds = self.found.curves.len();
        let rows = match seeds {
            1 => vec![(6.0, 1.0, "the only seed".to_owned())],
            _ => vec![
                (6.0, 1.0, format!("median of {} seeds", count(seeds as u64))),
                (26.0, 0.16, "80 % of them".to_owned()),
                (1.5, 0.45, "single seeds".to_owned()),
            ],
        };
        for (width, alpha, text) in rows {
            scene.line(vec![(left, y - 9.0), (left + 44.0, y - 9.0)], width, Paint { rgb: BLUE, alpha });
            scene.text((left + 58.0, y), text, BODY, Align::Start);
            y += LEGEND.1;
        }
        for (name, spread, edge, rgb) in self.suggestions() {
            let SuggestedRate { median, low, high, models: has } = spread;
            let [median, low, high] = [median, low, high].map(|rate| number(rate, 2));
            let few = if has < seeds { format!(", of {has} {}", noun(has as u64, "seed")) } else { String::new() };
            y += LEGEND.1;
            scene.text((left, y), name, named(readable(rgb)), Align::Start);
            scene.text((left, y + LEGEND.1), format!("{median} ({low} to {high}{few})"), BODY, Align::Start);
            y += 2.0 * LEGEND.1;
            if edge > 0 {
                scene.text((left, y), format!("at end of range: {edge} of {has}"), BODY, Align::Start);
                y += LEGEND.1;
            }
        }
        if let Some(SuggestedGrid { count, .. }) = self.found.grid {
            y += LEGEND.1;
            scene.line(vec![(left, y - 9.0), (left + 44.0, y - 9.0)], 8.0, BLACK);
            let ends = format!("{count} rates to train with");
            scene.text((left + 58.0, y), ends, BODY, Align::Start);
        }
    }
}

impl Picture for LrFindPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::LrFind
    }

    fn scene(&self) -> Result<Scene> {
        let (Some(first), Some(last), false) =
            (self.found.rates.first(), self.found.rates.last(), self.found.curves.is_empty())
        else {
            return Err(Error::Picture { name: self.name().into(), what: "no rates or no curves".into() });
        };
        let band = self.found.band();
        // Initial losses, of the seeds for which they are finite; `start` is their 90 % quantile, without outliers.
        let starts = self.found.curves.iter().filter_map(|curve| Some((*curve.losses.first()?, 1)));
        let most = RobustRange::of_logarithms(starts, LOSSES).map_or(0.0, |range| range.high);
        let start = if band[2][0].is_finite() { band[2][0].min(most) } else { most };
        let lowest = band[0].iter().copied().fold(start, f64::min);
        let y = PlotAxis::linear(
            (lowest - AXIS_MARGINS[1] * (start - lowest)).max(0.0),
            start + AXIS_MARGINS[0] * (start - lowest),
        );
        let top = y.ends().1;
        let header = Heading {
            title: &self.title(),
            subtitle: self.settings,
            x: "Learning rate, growing from step to step",
            y: &format!("Training loss ({})", self.loss),
            right: LEGEND.0,
        };
        let (mut scene, frame) = begin(&header, PlotAxis::logarithmic(*first, *last, false), y);
        frame.draw(&mut scene);
        self.draw_curves(&mut scene, &frame, &band, top);
        self.draw_suggestions(&mut scene, &frame);
        self.draw_legend(&mut scene, &frame);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::lr_find::{RangeTest, RangeTestCurve};
    use crate::plot::scene::Primitive;

    /// A test of `seeds` curves that fall and rise again, and of `flat` constant ones.
    fn found(seeds: usize, flat: usize) -> LrFound {
        let rates = RangeTest::new(1e-5, 10.0, 100, None).unwrap().rates();
        let fall = |seed: usize| {
            let losses = (0..100).map(|n| 0.7 - 0.01 * (n as f64 - 40.0 - seed as f64).clamp(0.0, 20.0));
            let rise = |n: usize| if n > 85 { 10f64.powi(n as i32 - 85) } else { 0.0 };
            let losses: Vec<f64> = losses.zip(0..100).map(|(loss, n)| loss + rise(n)).collect();
            RangeTestCurve::of(&rates, &losses, 0.98)
        };
        let flat = std::iter::repeat_with(|| RangeTestCurve::of(&rates, &[0.7; 100], 0.98)).take(flat);
        let curves = (0..seeds).map(fall).chain(flat).collect();
        LrFound::of(rates, curves)
    }

    fn plot(found: &LrFound) -> LrFindPlot<'_> {
        LrFindPlot { found, loss: "mean binary cross-entropy", settings: "" }
    }

    #[test]
    fn the_title_names_what_the_dots_mark() {
        let found = found(9, 0);
        let (steepest, lowest) = (found.steepest.unwrap().median, found.lowest.unwrap().median);
        let grid = found.grid.unwrap();
        let title = format!("Learning rates to train with: {} to {}", number(grid.start, 2), number(grid.stop, 2));
        assert_eq!(plot(&found).title(), title);
        let scene = plot(&found).scene().unwrap();
        let dots = scene.shapes.iter().filter_map(|shape| match shape {
            Primitive::Dot { centre, .. } => Some(centre.0),
            _ => None,
        });
        let header = Heading { title: &title, subtitle: "", x: "", y: "", right: LEGEND.0 };
        let rates = &found.rates;
        let frame = begin(&header, PlotAxis::logarithmic(rates[0], rates[99], false), PlotAxis::linear(0.0, 1.0)).1;
        assert_eq!(dots.collect::<Vec<_>>(), [frame.x(steepest), frame.x(lowest)]);
    }

    #[test]
    fn whatever_became_of_the_seeds_it_is_drawn_within_the_picture() {
        let rates = RangeTest::new(1e-5, 10.0, 100, None).unwrap().rates();
        let nothing = LrFound::of(rates.clone(), vec![RangeTestCurve::of(&rates, &[f64::NAN; 100], 0.98)]);
        for found in [found(1, 0), found(40, 2), found(0, 3), nothing.clone()] {
            let scene = plot(&found).scene().unwrap();
            let places = scene.shapes.iter().flat_map(|shape| match shape {
                Primitive::Fill { outline: points, .. } | Primitive::Line { points, .. } => points.clone(),
                Primitive::Rectangle { corners, .. } => corners.to_vec(),
                Primitive::Dot { centre, .. } => vec![*centre],
            });
            let inside = |at: Position| (0.0..=1600.0).contains(&at.0) && (0.0..=1000.0).contains(&at.1);
            assert!(places.into_iter().all(inside));
            assert!(scene.labels.iter().all(|label| !label.text.contains("NaN") && !label.text.contains('∞')));
        }
        assert_eq!(plot(&found(0, 3)).title(), "The loss never falls");
        assert!(plot(&LrFound::of(rates, Vec::new())).scene().is_err());
    }
}
