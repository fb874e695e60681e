//! Spread of losses over epochs: the median and the middle 80 % of the models, one panel for each learning rate.

use super::clipping::note;
use super::curves::{self, LineStyle, TEST_NOTE};
use super::facets::Facets;
use super::frame::{Frame, MARGIN, TICK_ROOM, X_TITLE, start_titled};
use super::plot_axis::PlotAxis;
use super::robust_range::loss_axis;
use super::scene::{Align, Paint, Position, Scene, simplified};
use super::sentences::halves;
use super::series_selection::{SeriesSelection, few};
use super::series_style::SeriesStyle;
use super::study_picture::{Availability, StudyData, StudyPicture};
use super::text_layout::shortened;
use super::theme::{AXIS_TITLE, SIZE, SOFT, count, models, named, number, readable, titled};
use super::{Picture, PictureKind};
use crate::error::{Error, Result};
use crate::statistics::Group;

/// Maximum number of panels.
pub const MOST_FANS: usize = 6;
/// Minimum number of models with a spread.
const FEWEST: u64 = 3;
/// Height of a panel's name; `GAP`: pixels between panels.
const CAPTION: f64 = 46.0;
const GAP: f64 = 56.0;
/// Quantiles of the loss: the band from 10 to 90 %, and the median.
pub const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// Losses of the models in one panel.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPanel {
    /// Name: `at learning rate 0.0492`, `with adam at learning rate 0.0492`.
    pub name: String,
    /// Whether this is the best value; false if there is only one value or nothing learned.
    pub best: bool,
    /// Number of models in the quantiles.
    pub models: u64,
    /// Number of these models without a final loss.
    pub lost: u64,
    /// At each epoch, the [`SHARES`] quantiles of the loss; a diverged model counts as infinite.
    pub quantiles: Vec<[f64; 3]>,
    /// At each epoch, the median test loss of the models whose curves are kept; empty if not recorded.
    pub test: Vec<f64>,
    /// Final outcomes of all these models, also those without a kept curve.
    pub group: Group,
    pub(super) style: SeriesStyle,
}

/// Source of the loss quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossSource {
    /// Curves of all models.
    All,
    /// Curves of some models, evenly chosen.
    Some,
    /// Histograms of all models' losses, interpolated within a bin.
    Histograms,
}

/// Plot of loss quantiles over epochs, in panels.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPlot {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: String,
    /// Panels, at most [`MOST_FANS`].
    pub fans: Vec<FanPanel>,
    /// Source of the quantiles.
    pub source: LossSource,
    /// Number of models in the medians over the test points; 0: not shown.
    pub tested: u64,
    /// Settings for the subtitle: network, points, epochs, seeds.
    pub settings: String,
}

impl FanPanel {
    /// Returns a panel without test losses, named and coloured as in [`super::EcdfPlot`].
    pub fn of(picked: &SeriesSelection, models: u64, lost: u64, quantiles: Vec<[f64; 3]>) -> Self {
        Self {
            name: picked.place.clone(),
            best: picked.best,
            models,
            lost,
            quantiles,
            test: Vec::new(),
            group: picked.group.clone(),
            style: picked.style,
        }
    }
}

impl FanPlot {
    /// Returns the groups of models to draw a panel of, or the reason why losses have no spread to show.
    ///
    /// # Errors
    /// The reason, as part of a sentence.
    pub fn selection(facets: &Facets) -> Result<Vec<SeriesSelection>, &'static str> {
        let (cells, picked) = (&facets.spec.cells, few(&facets.view, MOST_FANS));
        match () {
            () if cells.iter().all(|cell_spec| cell_spec.record.curves_below == 0) => Err("no curves are kept"),
            () if facets.listed && facets.view.has_several_curves() => {
                Err("a random search over several curves has no repeats")
            }
            () if picked.iter().all(|picked| picked.group.n < FEWEST) => Err("fewer than 3 models at any one value"),
            () => Ok(picked),
        }
    }

    fn title(&self) -> String {
        let best = self.fans.iter().find(|fan| fan.best).or(self.fans.first().filter(|_| self.fans.len() == 1));
        best.map_or("Training loss, epoch by epoch".into(), |fan| {
            format!("{}, {}", super::theme::titled(&fan.name), halves(&fan.group))
        })
    }

    fn subtitle(&self, y: &PlotAxis) -> String {
        let counted: u64 = self.fans.iter().map(|fan| fan.models).sum();
        let source = match self.source {
            LossSource::All => format!("{} in these panels", models(counted)),
            LossSource::Some => format!("from the curves of {}, evenly chosen", models(counted)),
            LossSource::Histograms => {
                format!("{} in these panels; quantiles interpolated in bins 6 to 12\u{a0}% wide", models(counted))
            }
        };
        let lost: u64 = self.fans.iter().map(|fan| fan.lost).sum();
        let lost = (lost > 0).then(|| format!("{} of them diverged: counted as infinite", count(lost)));
        let what = "line: median; band: the middle 80\u{a0}%".to_owned();
        let leaving = note(self.leaving(y), "median");
        let test = (self.tested > 0).then(|| match self.tested == counted {
            true => TEST_NOTE.to_owned(),
            false => format!("{TEST_NOTE}, of {} with curves", models(self.tested)),
        });
        let parts = [Some(self.settings.clone()), Some(what), test, Some(source), lost, leaving];
        parts.into_iter().flatten().filter(|cell_spec| !cell_spec.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the loss axis of all panels, which covers the medians and the bands.
    fn axis(&self) -> PlotAxis {
        let edge = |which: usize| self.fans.iter().map(move |fan| fan.quantiles.iter().map(|q| q[which]).collect());
        let test = self.fans.iter().map(|fan| fan.test.clone());
        loss_axis(&[0, 1, 2].into_iter().flat_map(edge).chain(test).collect::<Vec<Vec<f64>>>()).0
    }

    /// Returns the number of panels whose median exceeds the axis.
    fn leaving(&self, y: &PlotAxis) -> u64 {
        let beyond = |fan: &&FanPanel| fan.quantiles.iter().any(|q| q[1].is_finite() && y.share(q[1]) > 1.001);
        self.fans.iter().filter(beyond).count() as u64
    }

    /// Returns the frames below `base`, in up to two rows; only those at the left and the bottom have tick labels.
    fn frames(&self, base: f64, y: &PlotAxis) -> Vec<Frame> {
        let n = self.fans.len();
        let columns = if n <= 3 { n.max(1) } else { n.div_ceil(2) };
        let rows = n.div_ceil(columns).max(1);
        let (top, bottom) = (base + 76.0, f64::from(SIZE.1) - 115.0);
        let width = (f64::from(SIZE.0) - MARGIN - TICK_ROOM - (columns - 1) as f64 * GAP) / columns as f64;
        let height = (bottom - top) / rows as f64;
        let last = f64::from(self.epochs.last().copied().unwrap_or(0).max(1));
        let mut x = PlotAxis::linear(0.0, last).at_whole_numbers();
        if columns > 1 {
            // Narrow panels get half as many ticks.
            let mut ticks = std::mem::take(&mut x.ticks).into_iter().step_by(2).collect::<Vec<_>>();
            // A tick label at the end would touch the next panel's first one.
            ticks.retain(|(value, _)| x.place(*value) < 0.95);
            x.ticks = ticks;
        }
        let frame = |k: usize| {
            let (row, column) = (k / columns, k % columns);
            let (left, top) = (TICK_ROOM + column as f64 * (width + GAP), top + row as f64 * height + CAPTION);
            let below = k + columns < n;
            let silent = |axis: &PlotAxis, silent: bool| {
                if silent { axis.clone().written(|_| String::new()) } else { axis.clone() }
            };
            let bottom = top + height - CAPTION - if rows > 1 { 10.0 } else { 0.0 };
            Frame { left, right: left + width, top, bottom, x: silent(&x, below), y: silent(y, column > 0) }
        };
        (0..n).map(frame).collect()
    }

    fn draw(&self, scene: &mut Scene, frame: &Frame, fan: &FanPanel) {
        frame.draw(scene);
        let kind = named(readable(fan.style.rgb));
        let name = if fan.best { format!("{} (best)", fan.name) } else { fan.name.clone() };
        let name = shortened(&name, kind, frame.right - frame.left);
        scene.text((frame.left, frame.top - 14.0), name, kind, Align::Start);
        let epochs = || self.epochs.iter().map(|epoch| frame.x(f64::from(*epoch))).zip(&fan.quantiles);
        let edge = |which: usize| -> Vec<Position> {
            // `frame.y` clamps an infinite loss to the frame's upper edge.
            epochs().filter(|(_, q)| q[0].is_finite()).map(|(x, q)| (x, frame.y(q[which]))).collect()
        };
        let (low, high) = (edge(0), edge(2));
        match low[..] {
            [] => {}
            [only] => scene.line(vec![only, high[0]], 8.0, Paint { rgb: fan.style.rgb, alpha: 0.25 }),
            _ => {
                let outline = simplified(&low).into_iter().chain(simplified(&high).into_iter().rev()).collect();
                scene.fill(outline, Paint { rgb: fan.style.rgb, alpha: 0.25 });
            }
        }
        let median: Vec<f64> = fan.quantiles.iter().map(|q| q[1]).collect();
        let stroke = LineStyle { dashes: fan.style.dashes, ..LineStyle::bold(5.0, fan.style.rgb) };
        curves::gap(scene, frame, &self.epochs, [&median, &fan.test], fan.style.rgb);
        curves::draw(scene, frame, &self.epochs, median.into_iter(), stroke);
        curves::draw(scene, frame, &self.epochs, fan.test.iter().copied(), stroke.of_test());
        if low.is_empty() {
            let at = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            scene.text(at, "all diverged", named(SOFT), Align::Middle);
        }
    }
}

impl Picture for FanPlot {
    fn kind(&self) -> PictureKind {
        PictureKind::Fan
    }

    fn scene(&self) -> Result<Scene> {
        let wrong = |what: String| Err(Error::Picture { name: self.name().into(), what });
        if self.fans.len() > MOST_FANS {
            return wrong(format!("{} panels; at most {MOST_FANS} have room", self.fans.len()));
        }
        if let Some(fan) = self.fans.iter().find(|fan| fan.quantiles.len() != self.epochs.len()) {
            return wrong(format!("{} losses at {} epochs", fan.quantiles.len(), self.epochs.len()));
        }
        let axis = self.axis();
        let (mut scene, base) = start_titled(&self.title(), &self.subtitle(&axis));
        let y = if self.tested > 0 { "Training and test loss" } else { "Training loss" };
        let y = format!("{y} ({})", self.loss);
        scene.text((MARGIN, base + 58.0), y, AXIS_TITLE, Align::Start);
        let middle = (TICK_ROOM + f64::from(SIZE.0) - MARGIN) / 2.0;
        scene.text((middle, X_TITLE), "Epochs trained", AXIS_TITLE, Align::Middle);
        for (frame, fan) in self.frames(base, &axis).iter().zip(&self.fans) {
            self.draw(&mut scene, frame, fan);
        }
        Ok(scene)
    }

    fn caption(&self) -> String {
        caption(self)
    }
}

impl StudyPicture for FanPlot {
    fn availability(study: &StudyData) -> Availability {
        match Self::selection(study.facets) {
            Ok(_) => Availability::Drawn,
            Err(reason) => Availability::LeftOut(format!("no fan of losses: {reason}")),
        }
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        study.fan.map(|plot| Box::new(plot) as _)
    }
}

/// Describes where the losses of the best models begin and end, and those of the others.
fn caption(plot: &FanPlot) -> String {
    let sentence = |fan: &FanPanel| {
        let (place, begin) = (titled(&fan.name), number(fan.quantiles.first()?[1], 2));
        Some(format!("{place} the median loss begins at {begin}; {}.", halves(&fan.group)))
    };
    let mut shown: Vec<&FanPanel> = plot.fans.iter().filter(|fan| fan.best).collect();
    shown.extend(plot.fans.iter().filter(|fan| !fan.best));
    let sentences: Vec<String> = shown.into_iter().take(2).filter_map(sentence).collect();
    sentences.join(" ")
}
