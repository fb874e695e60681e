//! How losses spread over the epochs: the median and where the middle 80 % of the models are, a panel for each learning rate.

use super::Picture;
use super::clipping::note;
use super::curves::{self, LineStyle, TEST_NOTE};
use super::frame::{Frame, MARGIN, TICK_ROOM, X_TITLE, titled};
use super::plot_axis::PlotAxis;
use super::robust_range::loss_axis;
use super::scene::{Align, Paint, Position, Scene, simplified};
use super::sentences::halves;
use super::series_style::SeriesStyle;
use super::text_layout::shortened;
use super::theme::{AXIS_TITLE, SIZE, SOFT, count, models, named, readable};
use crate::error::{Error, Result};
use crate::statistics::Group;

/// Most panels.
pub const MOST_FANS: usize = 6;
/// Room above a panel for its name, and between panels.
const CAPTION: f64 = 46.0;
const GAP: f64 = 56.0;
/// Where a share of 10, 50 and 90 % lies.
pub const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// The losses of some models that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPanel {
    /// In words: `at learning rate 0.0492`, `with adam at learning rate 0.0492`.
    pub name: String,
    /// Whether no other has a better mean accuracy.
    pub best: bool,
    /// Models counted.
    pub models: u64,
    /// Of these models, those without a loss at the end.
    pub lost: u64,
    /// At each epoch, [`SHARES`] of the models have at most this loss; one that diverged counts as infinite.
    pub quantiles: Vec<[f64; 3]>,
    /// At each epoch the median loss over the test points, of the models that keep curves; empty where it was not recorded.
    pub test: Vec<f64>,
    /// The same models as they ended, of which more is known than of their curves.
    pub group: Group,
    pub(super) style: SeriesStyle,
}

/// Where the losses were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossSource {
    /// The curves of all models.
    All,
    /// The curves of some, evenly chosen.
    Some,
    /// Histograms of all models' losses, interpolated within a bin.
    Histograms,
}

/// Fans side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPlot {
    /// Epochs at which losses were recorded, ascending.
    pub epochs: Vec<u32>,
    /// What the loss is called: `mean binary cross-entropy`.
    pub loss: String,
    /// At most [`MOST_FANS`].
    pub fans: Vec<FanPanel>,
    /// Where the quantiles come from.
    pub source: LossSource,
    /// Models that the medians over the test points are of; 0: these are not shown.
    pub tested: u64,
    /// The subtitle: network, points, epochs, seeds.
    pub settings: String,
}

impl FanPanel {
    /// As the picture of the distributions names and colours it.
    pub fn of(picked: &super::SeriesSelection, models: u64, lost: u64, quantiles: Vec<[f64; 3]>) -> Self {
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
                format!("{} in these panels, counted in bins of 6 to 12\u{a0}%, interpolated within", models(counted))
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
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// One axis for all panels, over the medians and the bands.
    fn axis(&self) -> PlotAxis {
        let edge = |which: usize| self.fans.iter().map(move |fan| fan.quantiles.iter().map(|q| q[which]).collect());
        let test = self.fans.iter().map(|fan| fan.test.clone());
        loss_axis(&[0, 1, 2].into_iter().flat_map(edge).chain(test).collect::<Vec<Vec<f64>>>()).0
    }

    /// Panels whose median goes beyond the axis.
    fn leaving(&self, y: &PlotAxis) -> u64 {
        let beyond = |fan: &&FanPanel| fan.quantiles.iter().any(|q| q[1].is_finite() && y.share(q[1]) > 1.001);
        self.fans.iter().filter(beyond).count() as u64
    }

    /// Frames below `base`, in up to two rows; only the outer ones have words at their ticks.
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
            // Narrower: half as many.
            let mut ticks = std::mem::take(&mut x.ticks).into_iter().step_by(2).collect::<Vec<_>>();
            // One at the end would meet the next panel's first.
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
            // A loss without bounds lies at the frame's edge, where the band leaves it.
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
    fn name(&self) -> &'static str {
        "fan"
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
        let (mut scene, base) = titled(&self.title(), &self.subtitle(&axis));
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
}
