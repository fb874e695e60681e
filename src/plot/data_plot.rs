//! Plot of a data set with two features: points by class and decision boundaries of some models.

use super::frame::{Frame, Heading, begin};
use super::grid_outputs::class_style;
use super::logit_grid::{Boundary, LogitGrid};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Paint, Position, Scene, TextStyle};
use super::study_picture::{Availability, StudyData, StudyPicture};
use super::substitute_names::substitutes;
use super::text_layout::{shortened, width, wrapped};
use super::theme::{BODY, GREEN, ORANGE, PURPLE, Rgb, SKY, SOFT, VERMILION, WHITE, count, models, named, percent};
use super::{Picture, PictureKind, SIZE};
use crate::dataset::Points;
use crate::error::{Error, Result};
use crate::statistics::{RowTargets, number_format};

/// Maximum number of points drawn.
pub(super) const MOST_POINTS: usize = 4000;
/// Width of the legend right of the data.
const LEGEND: f64 = 500.0;
/// Line styles of boundaries: colour and dashes.
const STYLES: [(Rgb, &[f64]); 6] = [
    (VERMILION, &[]),
    (GREEN, &[18.0, 8.0]),
    (PURPLE, &[5.0, 7.0]),
    (ORANGE, &[26.0, 7.0, 5.0, 7.0]),
    (SKY, &[]),
    (VERMILION, &[5.0, 7.0]),
];
/// Width of the frame divided by its height.
const ASPECT: f64 = 910.0 / 668.0;
/// Most classes in the legend.
const MOST_CLASSES: usize = 7;
/// Line width of boundaries.
const STROKE: f64 = 5.0;

/// Plot of training points with two features, and of decision boundaries.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPlot<'a> {
    /// Name of the data set.
    pub name: &'a str,
    /// Training points in the scale of the models' inputs (standardised if the inputs are).
    pub points: &'a Points,
    /// Names of the two features, with units if any.
    pub features: [&'a str; 2],
    /// Names of the classes.
    pub classes: Vec<&'a str>,
    /// Boundaries in the order of the legend.
    pub boundaries: &'a [Boundary],
    /// Settings for the subtitle: network, points, epochs.
    pub settings: &'a str,
    /// Sentence below the picture, about more points than it shows.
    pub caption: String,
}

impl DataPlot<'_> {
    /// Returns the grid on which to evaluate models; it covers the whole frame. `points` has two features.
    pub fn grid(points: &Points) -> LogitGrid {
        let (x, y) = ranges(points, ASPECT);
        LogitGrid { x, y, nx: 241, ny: 181 }
    }

    /// Returns the title; `seen` models have a boundary in the frame.
    fn title(&self, seen: usize) -> String {
        let all = self.boundaries.len();
        match (all, seen) {
            (0, _) => format!("{}: the {} training points", self.name, count(self.points.len() as u64)),
            (1, 0) => format!("{}: the model drew no boundary between the classes", self.name),
            (_, 0) => format!("{}: none of {all} models drew a boundary between the classes", self.name),
            _ if seen == all => {
                format!("{}: where {} drew the boundary between the classes", self.name, models(all as u64))
            }
            (_, 1) => format!("{}: the boundary that 1 of {all} models drew", self.name),
            _ => format!("{}: the boundaries that {seen} of {all} models drew", self.name),
        }
    }
}

/// Draws the points with the markers of their classes, smaller if there are many, and scaled by `scale`; returns their
/// number.
pub(super) fn draw_points(scene: &mut Scene, frame: &Frame, points: &Points, scale: f64) -> usize {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let mut drawn: Vec<usize> = (0..points.len()).step_by(step).collect();
    // Pseudo-random order, so that no class covers the other when the data are sorted by class.
    drawn.sort_by_key(|n| (*n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let scale = scale * (500.0 / drawn.len().max(1) as f64).powf(0.3).min(1.0);
    for n in &drawn {
        let row = points.row(*n);
        marker(scene, frame.at(row[0], row[1]), points.class(*n), scale);
    }
    drawn.len()
}

impl Picture for DataPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Data
    }

    fn scene(&self) -> Result<Scene> {
        let wrong = |what: String| Err(Error::Picture { name: self.name().into(), what });
        if self.points.features != 2 {
            return wrong(format!("the data has {} features; only two can be drawn", self.points.features));
        }
        let grid = Self::grid(self.points);
        if let Some(b) = self.boundaries.iter().find(|b| b.outputs.places() != grid.nx * grid.ny) {
            let logits = b.outputs.places();
            return wrong(format!("{} has {logits} logits for a grid of {} × {}", b.label, grid.nx, grid.ny));
        }
        let lines: Vec<_> = self.boundaries.iter().map(|b| b.outputs.boundaries(grid.nx)).collect();
        let title = self.title(lines.iter().filter(|l| !l.is_empty()).count());
        let header =
            Heading { title: &title, subtitle: self.settings, x: self.features[0], y: self.features[1], right: LEGEND };
        let (x, y) = (PlotAxis::linear(grid.x.0, grid.x.1), PlotAxis::linear(grid.y.0, grid.y.1));
        let (mut scene, frame) = begin(&header, x, y);
        frame.draw(&mut scene);
        let drawn = draw_points(&mut scene, &frame, self.points, 1.0);
        for (lines, style) in lines.iter().zip(STYLES.iter().cycle()) {
            let (columns, rows) = ((grid.nx - 1) as f64, (grid.ny - 1) as f64);
            let (width, height) = (frame.right - frame.left, frame.bottom - frame.top);
            let place = |(i, j): &Position| (frame.left + i / columns * width, frame.bottom - j / rows * height);
            lines.iter().for_each(|line| stroke(&mut scene, line.iter().map(place).collect(), *style));
        }
        let mut legend = DataLegend { scene: &mut scene, x: frame.right + 40.0, y: frame.top + 10.0 };
        legend.classes(&self.classes, [drawn, self.points.len()]);
        legend.boundaries(self.boundaries, &lines);
        scene.substitutes = substitutes(self.name, &self.features, &self.classes);
        Ok(scene)
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }
}

impl StudyPicture for DataPlot<'_> {
    fn availability(study: &StudyData) -> Availability {
        let job = study.job();
        let lacks = job.shape.lacks_for_boundary(job.data.train.is_regression());
        lacks.map_or(Availability::Drawn, |lacks| Availability::LeftOut(format!("no data plot: it needs {lacks}")))
    }

    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
        let data = &study.job().data;
        Some(Box::new(DataPlot {
            name: &data.name,
            points: &data.train,
            features: [0, 1].map(|axis| study.axes.get(axis).map_or("", String::as_str)),
            classes: data.class_names.iter().map(String::as_str).collect(),
            boundaries: study.boundaries,
            settings: &study.cell_settings,
            caption: caption(study),
        }))
    }
}

/// Says how many points there are, and of which class.
fn caption(study: &StudyData) -> String {
    let cell_spec = &study.facets.spec.cells[study.cell];
    let share = f64::from(cell_spec.train.majority()) / f64::from(cell_spec.train.points.max(1));
    let sets = cell_spec.all_rows().map(|rows| rows.points.into());
    let size = if matches!(cell_spec.train.targets, RowTargets::Classes(_)) { "largest" } else { "larger" };
    let rows = if sets[1..] == [0; 2] { "them" } else { "the training points" };
    format!(
        "{}; of {rows} {} are of the {size} class: always predicting that class gets {} right.",
        number_format::points(sets, count),
        count(cell_spec.train.majority().into()),
        percent(share)
    )
}

/// Draws a data point, with a white rim that separates it from its neighbours.
pub(super) fn marker(scene: &mut Scene, (x, y): Position, class: usize, scale: f64) {
    let (rgb, is_round) = class_style(class);
    for (grow, rgb) in [(1.5, WHITE), (0.0, rgb)] {
        let (radius, half) = ((8.0 + grow) * scale, (7.0 + grow) * scale);
        if is_round {
            scene.dot((x, y), radius, rgb);
        } else {
            scene.rectangle((x - half, y - half), (x + half, y + half), rgb);
        }
    }
}

/// Draws a row of the classes' markers and names from `x` on, as many as there is room for up to `right`; `most`: width
/// of a name.
pub(super) fn class_legend(scene: &mut Scene, mut x: f64, base: f64, classes: &[&str], [most, right]: [f64; 2]) {
    for (class, name) in classes.iter().enumerate() {
        let text = format!("class {}", if most.is_finite() { shortened(name, BODY, most) } else { (*name).to_owned() });
        let (wide, more) = (width(&text, BODY), format!("and {} more", classes.len() - class));
        if class > 1 && x + 28.0 + wide > right {
            return scene.text((x, base), more, BODY, Align::Start);
        }
        marker(scene, (x + 8.0, base - 9.0), class, 1.0);
        scene.text((x + 28.0, base), text, BODY, Align::Start);
        x += 28.0 + wide + 44.0;
    }
}

/// Draws a boundary, with a white rim that separates it from the points.
fn stroke(scene: &mut Scene, points: Vec<Position>, (rgb, dashes): (Rgb, &[f64])) {
    scene.line(points.clone(), STROKE + 4.0, Paint { rgb: WHITE, alpha: 0.75 });
    if dashes.is_empty() { scene.line(points, STROKE, rgb) } else { scene.dashed(&points, dashes, STROKE, rgb) }
}

/// Legend right of the data; `x`, `y`: position of the next row.
struct DataLegend<'a> {
    scene: &'a mut Scene,
    x: f64,
    y: f64,
}

impl DataLegend<'_> {
    /// Writes a heading (bold) or an indented entry, in up to two lines.
    fn row(&mut self, text: &str, kind: TextStyle) {
        let indent = if kind.bold { 0.0 } else { 60.0 };
        for line in wrapped(text, kind, f64::from(SIZE.0) - 40.0 - self.x - indent, 2) {
            self.scene.text((self.x + indent, self.y + 9.0), line, kind, Align::Start);
            self.y += 34.0;
        }
        self.y += 10.0;
    }

    fn classes(&mut self, names: &[&str], [drawn, all]: [usize; 2]) {
        self.row("Training points", named(SOFT));
        for (class, name) in names.iter().enumerate().take(MOST_CLASSES) {
            marker(self.scene, (self.x + 24.0, self.y), class, 1.0);
            self.row(&format!("class {name}"), BODY);
        }
        if names.len() > MOST_CLASSES {
            self.row(&format!("and {} more classes", names.len() - MOST_CLASSES), BODY);
        }
        if drawn < all {
            self.row(&format!("{} of {} drawn", count(drawn as u64), count(all as u64)), BODY);
        }
        self.y += 24.0;
    }

    fn boundaries(&mut self, boundaries: &[Boundary], lines: &[Vec<Vec<Position>>]) {
        if !boundaries.is_empty() {
            self.row("Decision boundaries", named(SOFT));
        }
        for ((boundary, lines), style) in boundaries.iter().zip(lines).zip(STYLES.iter().cycle()) {
            if lines.is_empty() {
                self.row(&boundary.label, BODY);
                self.y -= 14.0;
                self.row("no boundary (everything one class)", TextStyle { size: 24.0, rgb: SOFT, ..BODY });
            } else {
                stroke(self.scene, vec![(self.x, self.y), (self.x + 48.0, self.y)], *style);
                self.row(&boundary.label, BODY);
            }
        }
    }
}

/// Returns the axis ranges for a frame `aspect` times as wide as high: the points and a margin, with equal scales on
/// both axes unless the ranges differ too much (by a factor of four).
pub(super) fn ranges(points: &Points, aspect: f64) -> ((f64, f64), (f64, f64)) {
    let range = |feature: usize| {
        let values = (0..points.len()).map(|n| points.row(n)[feature]);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        if low > high { (0.0, 0.0) } else { (low, high) }
    };
    let (x, y) = (range(0), range(1));
    let span = |(low, high): (f64, f64)| if high > low { (high - low) * 1.16 } else { low.abs().max(1.0) };
    let (mut width, mut height) = (span(x), span(y));
    let scale = width / (height * aspect);
    if (0.25..4.0).contains(&scale) {
        (width, height) = (width.max(height * aspect), height.max(width / aspect));
    }
    let centred = |(low, high): (f64, f64), span: f64| ((low + high - span) / 2.0, (low + high + span) / 2.0);
    (centred(x, width), centred(y, height))
}
