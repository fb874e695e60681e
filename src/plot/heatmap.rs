//! Heatmap of final accuracies: one row per seed, one column per learning rate (or value of another hyper-parameter).

use super::frame::{Frame, Heading, X_TITLE, begin, spread};
use super::legend::{ROW, colour_bar, mark_in_bar};
use super::plot_axis::PlotAxis;
use super::robust_range::range_of_shares;
use super::scene::{Align, Scene};
use super::sentences::baseline_words;
use super::series_selection::evenly;
use super::text_layout::width;
use super::theme::{
    AXIS_TITLE, BODY, GRID, PURPLE, Rgb, SOFT, TICK, VERMILION, WHITE, count, models, named, number, percent,
    sequential,
};
use super::{Picture, PictureKind};
use crate::error::{Error, Result};
use crate::statistics::Measure;

/// Number of colour steps: few enough that adjacent cells often match and merge into one rectangle.
const SHADES: f64 = 40.0;
/// Width of the groups' names left of the cells.
const GROUP_ROOM: f64 = 300.0;
/// Width of the colour bar right of the cells.
const BAR_ROOM: f64 = 230.0;
/// Maximum number of values written below the columns.
const TICKS: usize = 8;

/// Final state of one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HeatmapCell {
    /// No model: the last seed may lack some values.
    Missing,
    /// A logit or parameter was not finite, or beyond bounds.
    Diverged,
    /// Final loss above a million times the initial loss.
    Exploded,
    /// Final accuracy, a fraction.
    Accuracy(f64),
}

/// Models of one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedRow {
    /// Seed of the initial weights.
    pub seed: u64,
    /// Model at each of [`HeatmapPlot::values`].
    pub spots: Vec<HeatmapCell>,
    /// Number of its models at all values, including those without a column.
    pub models: u64,
    /// Number of these models that succeed.
    pub successes: u64,
    /// Sum of their accuracies; a diverged model counts as 0.
    pub accuracies: f64,
}

/// Heatmap of seeds by values of a hyper-parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapPlot {
    /// Name of the columns' hyper-parameter.
    pub x: String,
    /// Values with a column, ascending; a selection if there are more than fit.
    pub values: Vec<f64>,
    /// Number of values, including those without a column.
    pub all_values: u64,
    /// Seeds with a row, in any order; a selection if there are more than fit.
    pub rows: Vec<SeedRow>,
    /// Number of seeds, including those without a row.
    pub all_seeds: u64,
    /// Number of data sets of this kind in the study; the first one is shown.
    pub data_sets: usize,
    /// Whether the accuracies are on test points.
    pub tested: bool,
    /// What the accuracies are.
    pub measure: Measure,
    /// Accuracy of always predicting the most common class; `None` if unknown.
    pub baseline: Option<f64>,
    /// Name of the curve shown, the best of several; empty if there is only one.
    pub curve: String,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: String,
}

impl SeedRow {
    fn mean(&self) -> f64 {
        self.accuracies / self.models.max(1) as f64
    }
}

impl HeatmapPlot {
    /// Returns the number of seeds that succeed at all of their values, at some, at none.
    pub fn seeds_by_success(&self) -> [usize; 3] {
        let of = |wanted: fn(&SeedRow) -> bool| self.rows.iter().filter(|row| wanted(row)).count();
        let (all, none) = (of(|row| row.models > 0 && row.successes == row.models), of(|row| row.successes == 0));
        [all, self.rows.len() - all - none, none]
    }

    /// Returns the seeds by number of successes, then by mean accuracy, both descending.
    fn sorted(&self) -> Vec<&SeedRow> {
        let mut rows: Vec<&SeedRow> = self.rows.iter().collect();
        rows.sort_by(|a, b| {
            let successes = b.successes.cmp(&a.successes);
            successes.then(b.mean().total_cmp(&a.mean())).then(a.seed.cmp(&b.seed))
        });
        rows
    }

    /// Returns the title: how many seeds succeed at all values, some or none.
    fn title(&self) -> String {
        let (all, x) = (self.rows.len(), &self.x);
        let seeds = count(all as u64);
        match self.seeds_by_success() {
            _ if all == 0 => "No seeds to show".into(),
            [good, _, _] if good == all => format!("All {seeds} seeds succeed at every {x}"),
            [_, _, bad] if bad == all => format!("All {seeds} seeds fail at every {x}"),
            [0, _, 0] => format!("Each of {seeds} seeds succeeds at some {x}s and fails at others"),
            [good, _, 0] => format!("Each of {seeds} seeds succeeds at some {x}, {good} at all of them"),
            [good, _, bad] => {
                let (fail, succeed) = (verb(bad, "fail"), verb(good, "succeed"));
                let good = if good == 0 { "none".to_owned() } else { good.to_string() };
                format!("{bad} of {seeds} seeds {fail} at every {x}, {good} {succeed} at all of them")
            }
        }
    }

    fn subtitle(&self, scale: &PlotAxis, below: u64) -> String {
        let some = |shown: u64, all: u64, what: &str| {
            (shown < all).then(|| format!("{} of {} {what}s, evenly chosen", count(shown), count(all)))
        };
        let curve = (!self.curve.is_empty()).then(|| format!("here: {}, the best", self.curve));
        let rows = some(self.rows.len() as u64, self.all_seeds, "seed");
        let columns = some(self.values.len() as u64, self.all_values, &self.x);
        let mark = |share: f64| if scale.share(share) >= 0.0 { " (line in the colour bar)" } else { "" };
        let baseline = self.baseline.map(|share| baseline_words(self.measure, share) + mark(share));
        let below = (below > 0).then(|| format!("{} below the scale, in its darkest colour", models(below)));
        let parts = [Some(self.settings.clone()), curve, rows, columns, baseline, below];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the colour scale, from a round number below all accuracies except outliers to 100 %, and the number of
    /// models below it.
    fn scale(&self) -> (PlotAxis, u64) {
        let spots = self.rows.iter().flat_map(|row| &row.spots);
        let one = |spot: &HeatmapCell| if let HeatmapCell::Accuracy(share) = spot { Some((*share, 1)) } else { None };
        let accuracies: Vec<(f64, u64)> = spots.filter_map(one).collect();
        let least = range_of_shares(&accuracies).map_or(0.9, |range| range.low.min(0.9));
        let low = (least * 10.0 - 1e-9).floor().max(0.0) / 10.0;
        let below = accuracies.iter().filter(|(share, _)| *share < low).count() as u64;
        (PlotAxis::linear(low, 1.0).written(|v| number(100.0 * v, 4)), below)
    }

    /// Draws the extent and size of the three groups of seeds, left of the rows.
    fn draw_seed_groups(&self, scene: &mut Scene, frame: &Frame, height: f64) {
        let (mut begin, mut labels) = (0, Vec::new());
        let [good, some, bad] = self.seeds_by_success();
        let words =
            [format!("{} at all", verb(good, "succeed")), "at some".into(), format!("{} at all", verb(bad, "fail"))];
        for (n, words) in [good, some, bad].into_iter().zip(words) {
            let (top, bottom) = (frame.top + begin as f64 * height, frame.top + (begin + n) as f64 * height);
            begin += n;
            if n > 0 {
                scene.line(vec![(frame.left - 14.0, top + 2.0), (frame.left - 14.0, bottom - 2.0)], 4.0, SOFT);
                labels.push(((top + bottom) / 2.0, format!("{n} {words}")));
            }
            if n > 0 && begin < self.rows.len() {
                scene.line(vec![(frame.left, bottom), (frame.right, bottom)], 4.0, WHITE);
            }
        }
        let wanted: Vec<f64> = labels.iter().map(|(y, _)| *y).collect();
        for (y, (_, text)) in spread(&wanted, ROW, frame.top + 12.0, frame.bottom - 12.0).iter().zip(labels) {
            scene.text((frame.left - 28.0, y + 9.0), text, named(SOFT), Align::End);
        }
    }

    /// Writes values below some columns, as many as fit.
    fn draw_values(&self, scene: &mut Scene, frame: &Frame, cell: f64) {
        let texts: Vec<String> = self.values.iter().map(|value| number(*value, 3)).collect();
        let widest = texts.iter().map(|text| width(text, TICK)).fold(1.0, f64::max);
        let most = ((frame.right - frame.left) / (widest + 40.0)) as usize;
        for k in evenly(texts.len(), most.clamp(2, TICKS)) {
            let x = frame.left + (k as f64 + 0.5) * cell;
            scene.line(vec![(x, frame.bottom), (x, frame.bottom + 10.0)], 2.0, super::theme::AXIS);
            scene.text((x, frame.bottom + 44.0), &texts[k], TICK, Align::Middle);
        }
    }
}

/// Returns `fails` for 0 or 1, `fail` for more.
fn verb(n: usize, verb: &str) -> String {
    if n < 2 { format!("{verb}s") } else { verb.to_owned() }
}

/// Returns a cell's colour; `None` without a model.
fn colour(spot: HeatmapCell, scale: &PlotAxis) -> Option<Rgb> {
    match spot {
        HeatmapCell::Missing => None,
        HeatmapCell::Diverged => Some(VERMILION),
        HeatmapCell::Exploded => Some(PURPLE),
        HeatmapCell::Accuracy(share) => Some(sequential((scale.place(share) * SHADES).round() / SHADES)),
    }
}

impl Picture for HeatmapPlot {
    fn kind(&self) -> PictureKind {
        PictureKind::Heatmap
    }

    fn scene(&self) -> Result<Scene> {
        if let Some(row) = self.rows.iter().find(|row| row.spots.len() != self.values.len()) {
            let what = format!("seed {} has {} spots for {} values", row.seed, row.spots.len(), self.values.len());
            return Err(Error::Picture { name: self.name().into(), what });
        }
        let (scale, below) = self.scale();
        let (title, subtitle) = (self.title(), self.subtitle(&scale, below));
        let header = Heading { title: &title, subtitle: &subtitle, x: "", y: "A row for each seed", right: BAR_ROOM };
        let (mut scene, mut frame) = begin(&header, PlotAxis::linear(0.0, 1.0), PlotAxis::linear(0.0, 1.0));
        frame.left = GROUP_ROOM;
        let middle = (frame.left + frame.right) / 2.0;
        scene.text((middle, X_TITLE), super::theme::titled(&self.x), AXIS_TITLE, Align::Middle);
        let cell = (frame.right - frame.left) / self.values.len().max(1) as f64;
        let height = (frame.bottom - frame.top) / self.rows.len().max(1) as f64;
        scene.rectangle((frame.left, frame.top), (frame.right, frame.bottom), GRID);
        for (n, row) in self.sorted().into_iter().enumerate() {
            let (top, mut column) = (frame.top + n as f64 * height, 0);
            for run in row.spots.chunk_by(|a, b| colour(*a, &scale) == colour(*b, &scale)) {
                let (left, right) = (column, column + run.len());
                column = right;
                if let Some(rgb) = colour(run[0], &scale) {
                    let x = |column: usize| (frame.left + column as f64 * cell).round();
                    // Overlaps the next ones by a pixel, to avoid seams, as in the colour bar.
                    let corner = ((x(right) + 1.0).min(frame.right), (top + height + 1.0).min(frame.bottom));
                    scene.rectangle((x(left), top.round()), corner, rgb);
                }
            }
        }
        self.draw_seed_groups(&mut scene, &frame, height);
        self.draw_values(&mut scene, &frame, cell);
        let name = if self.tested { format!("test {}", self.measure.name()) } else { self.measure.name().to_owned() };
        let what = &format!("{} (%)", super::theme::titled(&name));
        let spots = || self.rows.iter().flat_map(|row| &row.spots);
        let others = [
            (HeatmapCell::Diverged, VERMILION, "diverged"),
            (HeatmapCell::Exploded, PURPLE, "exploded"),
            (HeatmapCell::Missing, GRID, "no model"),
        ];
        let others: Vec<_> = others.into_iter().filter(|(spot, ..)| spots().any(|other| other == spot)).collect();
        let bar = Frame { bottom: frame.bottom - (others.len() as f64 + 0.5) * ROW, ..frame.clone() };
        colour_bar(&mut scene, &bar, &scale, what);
        mark_in_bar(&mut scene, &bar, &scale, self.baseline);
        for (n, (_, rgb, words)) in others.iter().rev().enumerate() {
            let (left, bottom) = (f64::from(super::SIZE.0) - 210.0, frame.bottom - n as f64 * ROW);
            scene.rectangle((left, bottom - 30.0), (left + 30.0, bottom), *rgb);
            scene.text((left + 44.0, bottom - 6.0), *words, BODY, Align::Start);
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(self)
    }
}

/// Describes for how many seeds the learning rate makes no difference.
fn caption(plot: &HeatmapPlot) -> String {
    let ([all, some, none], shown) = (plot.seeds_by_success(), plot.rows.len());
    let x = &plot.x;
    let on = match plot.data_sets {
        0 | 1 => String::new(),
        n => format!(" on the first of {n} data sets"),
    };
    let of = match shown as u64 == plot.all_seeds {
        true => format!("Of {} seeds{on}", count(plot.all_seeds)),
        false => format!("Of {shown} of {} seeds{on}", count(plot.all_seeds)),
    };
    let curve = if plot.curve.is_empty() { String::new() } else { format!(" with {}", plot.curve) };
    let (models, successes) = plot.rows.iter().fold((0, 0), |(n, k), row| (n + row.models, k + row.successes));
    let rate = percent(successes as f64 / models.max(1) as f64);
    let same = match all + none {
        0 => format!("For each of them the {x} makes a difference to success"),
        n if n == shown => format!("For none of them these {x}s make a difference to success"),
        n => format!("For {n} of them these {x}s make no difference to success"),
    };
    let number = |n: usize| if n == 0 { "none".to_owned() } else { n.to_string() };
    let succeed = verb(all, "succeed");
    let [all, some, none] = [all, some, none].map(number);
    let models = count(models);
    format!(
        "{of}{curve} {all} {succeed} at every {x}, {some} at some, {none} at none. {same}. Of their {models} models \
         {rate} succeed."
    )
}
