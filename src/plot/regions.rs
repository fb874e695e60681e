//! Decision regions of several models, side by side: outputs as shading, and the decision boundary.

use super::boundaries::place;
use super::data_plot::{class_legend, draw_points, ranges};
use super::frame::{Frame, MARGIN, start_titled};
use super::grid_outputs::GridOutputs;
use super::logit_grid::LogitGrid;
use super::output_scale::OutputScale;
use super::plot_axis::PlotAxis;
use super::scene::{Align, Paint, Position, Scene, TextStyle};
use super::substitute_names::substitutes;
use super::text_layout::{shortened, width};
use super::theme::{AXIS, BODY, INK, SIZE, SOFT, VERMILION, WHITE, named};
use super::{Picture, PictureKind};
use crate::dataset::Points;
use crate::error::{Error, Result};

/// Maximum number of panels.
pub const MOST_REGIONS: usize = 24;
/// Approximate top of the first row of panels, below title, subtitle and legend.
const TOP: f64 = 230.0;
/// Minimum ratio of a panel's width to its height: in a narrower panel, most of the area is far from the points.
const LEAST_ASPECT: f64 = 0.85;
/// Room below the panels.
const BELOW: f64 = 46.0;
/// Maximum width of a class name.
const NAME: f64 = 230.0;
/// Room for the legend of several classes' shades.
const SHADES: f64 = 320.0;

/// Panel of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Region<'a> {
    /// Its training points, with two features, as the model receives them.
    pub points: &'a Points,
    /// Text above its panel on the left: `best, success`.
    pub name: String,
    /// Text above its panel on the right: its accuracy.
    pub score: String,
    /// Text in an extra line, which is omitted if empty in all panels.
    pub note: String,
    /// Outputs of the model.
    pub prediction: Prediction,
}

/// Outputs of a model over the plane.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// Outputs at the points of [`RegionsPlot::grid`]; those that are not finite are unshaded.
    Outputs(GridOutputs),
    /// No outputs, and the reason: `diverged in epoch 7`.
    Nothing(String),
}

/// Models side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionsPlot<'a> {
    /// The headline.
    pub title: &'a str,
    /// The subtitle: network, points, epochs.
    pub settings: &'a str,
    /// Names of the classes.
    pub classes: Vec<&'a str>,
    /// Names of the two features, if they are the same for all.
    pub features: Option<[&'a str; 2]>,
    /// Meaning of the shades.
    pub shade: OutputScale,
    /// Row by row; at most 24.
    pub panels: &'a [Region<'a>],
}

/// Layout of panels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RegionsLayout {
    columns: usize,
    rows: usize,
    /// Approximate ratio of a panel's width to its height.
    aspect: f64,
    /// Gap between panels.
    gap: f64,
    /// Type size above the panels.
    type_size: f64,
    /// Height of the text above a panel.
    caption: f64,
}

impl RegionsLayout {
    /// The layout whose panels fit the largest rectangle of width to height 1.3; among equal ones, the one with the
    /// fewest places.
    fn of(panels: usize, notes: bool) -> Self {
        let room = |layout: &Self| {
            let (width, height) = layout.panel(TOP);
            (width / 1.3).min(height)
        };
        let all = (1..=panels.max(1)).map(|columns| Self::with(columns, panels.max(1).div_ceil(columns), notes));
        let places = |layout: &Self| layout.columns * layout.rows;
        let better = |a: &Self, b: &Self| room(a).total_cmp(&room(b)).then(places(b).cmp(&places(a)));
        all.max_by(better).unwrap_or(Self::with(1, 1, notes))
    }

    fn with(columns: usize, rows: usize, notes: bool) -> Self {
        let (gap, type_size) = if columns > 3 { (22.0, 22.0) } else { (36.0, 26.0) };
        let caption = type_size * if notes { 2.9 } else { 1.7 };
        let mut layout = Self { columns, rows, aspect: 1.0, gap, type_size, caption };
        let (width, height) = layout.panel(TOP);
        layout.aspect = width / height;
        layout
    }

    /// Width and height of a panel if the panels begin at `top`.
    fn panel(&self, top: f64) -> (f64, f64) {
        let width = f64::from(SIZE.0) - 2.0 * MARGIN - (self.columns - 1) as f64 * self.gap;
        let (width, height) = (width / self.columns as f64, (f64::from(SIZE.1) - top - BELOW) / self.rows as f64);
        (width, (height - self.caption).min(width / LEAST_ASPECT))
    }

    /// Scale of markers relative to a full picture.
    fn scale(&self) -> f64 {
        (self.panel(TOP).0 / 860.0).clamp(0.28, 0.8)
    }

    fn frame(&self, n: usize, top: f64, grid: &LogitGrid) -> Frame {
        let ((width, height), (row, column)) = (self.panel(top), (n / self.columns, n % self.columns));
        let left = MARGIN + column as f64 * (width + self.gap);
        let top = top + row as f64 * (height + self.caption) + self.caption;
        let (x, y) = (PlotAxis::linear(grid.x.0, grid.x.1), PlotAxis::linear(grid.y.0, grid.y.1));
        Frame { left, right: left + width, top, bottom: top + height, x, y }
    }
}

impl RegionsPlot<'_> {
    /// Grid on which to evaluate a model of these points in a picture of `panels` panels, with notes or without.
    /// `points` must have two features.
    pub fn grid(points: &Points, panels: usize, notes: bool) -> LogitGrid {
        let layout = RegionsLayout::of(panels, notes);
        let (x, y) = ranges(points, layout.aspect);
        // About one grid point per three pixels.
        let (width, height) = layout.panel(TOP);
        let places = |pixels: f64| (pixels / 3.2).round().clamp(24.0, 240.0) as usize;
        LogitGrid { x, y, nx: places(width), ny: places(height) }
    }

    fn has_logit_per_class(&self) -> bool {
        self.panels
            .iter()
            .any(|panel| matches!(&panel.prediction, Prediction::Outputs(outputs) if outputs.excesses().is_none()))
    }

    fn has_notes(&self) -> bool {
        self.panels.iter().any(|panel| !panel.note.is_empty())
    }

    fn grid_of(&self, panel: &Region) -> LogitGrid {
        Self::grid(panel.points, self.panels.len(), self.has_notes())
    }

    /// Draws the classes and the scale of shades; returns the top of the panels.
    fn legend(&self, scene: &mut Scene, base: f64) -> f64 {
        let legend = base + 50.0;
        let right = f64::from(SIZE.0) - MARGIN;
        class_legend(scene, MARGIN, legend, &self.classes, [NAME, right - SHADES]);
        match self.classes[..] {
            [_, positive] if !self.has_logit_per_class() => {
                self.shade.legend(scene, (right, legend), &shortened(positive, BODY, NAME));
            }
            _ => {
                let soft = TextStyle { rgb: SOFT, ..BODY };
                scene.text((right, legend), "the darker, the surer", soft, Align::End);
            }
        }
        let axes = match self.features {
            Some([x, y]) => format!("across: {x}, up: {y}"),
            None => "each panel shows its own data".to_owned(),
        };
        let small = TextStyle { size: 22.0, rgb: SOFT, ..BODY };
        let (axes, top) = (shortened(&axes, small, f64::from(SIZE.0) - 2.0 * MARGIN), legend + 16.0);
        let layout = RegionsLayout::of(self.panels.len(), self.has_notes());
        let bottom = top + layout.rows as f64 * (layout.panel(top).1 + layout.caption);
        scene.text((f64::from(SIZE.0) / 2.0, bottom + 32.0), axes, small, Align::Middle);
        top
    }

    fn draw(&self, scene: &mut Scene, layout: &RegionsLayout, frame: &Frame, panel: &Region) {
        let (grid, scale) = (self.grid_of(panel), layout.scale());
        match &panel.prediction {
            Prediction::Outputs(outputs) => {
                self.shade.draw(scene, frame, outputs, &grid);
                draw_points(scene, frame, panel.points, scale);
                let lines = outputs.boundaries(grid.nx);
                if let (true, Some(class)) = (lines.is_empty(), outputs.only_class()) {
                    let all = format!("everything class {}", self.classes.get(class).unwrap_or(&""));
                    let kind = TextStyle { size: 0.85 * layout.type_size, rgb: SOFT, ..BODY };
                    write_over(scene, frame, frame.bottom - kind.size, &all, kind);
                }
                for line in lines {
                    let line: Vec<Position> = line.iter().map(|at| place(frame, &grid, *at)).collect();
                    let stroke = if layout.columns > 4 { 3.0 } else { 4.0 };
                    scene.line(line.clone(), 2.0 * stroke, Paint { rgb: WHITE, alpha: 0.75 });
                    scene.line(line, stroke, VERMILION);
                }
            }
            Prediction::Nothing(why) => {
                draw_points(scene, frame, panel.points, scale);
                let kind = TextStyle { size: layout.type_size, ..named(VERMILION) };
                write_over(scene, frame, (frame.top + frame.bottom) / 2.0, why, kind);
            }
        }
        let (l, r, t, b) = (frame.left, frame.right, frame.top, frame.bottom);
        scene.line(vec![(l, t), (r, t), (r, b), (l, b), (l, t)], 2.0, AXIS);
        let kind = |kind: TextStyle| TextStyle { size: layout.type_size, ..kind };
        let above = t - 12.0 - if self.has_notes() { 1.1 * layout.type_size } else { 0.0 };
        let (name, score, wide) = (kind(named(INK)), kind(BODY), r - l);
        scene.text((r, above), panel.score.as_str(), score, Align::End);
        let room = wide - width(&panel.score, score) - 12.0;
        scene.text((l, above), shortened(&panel.name, name, room), name, Align::Start);
        if !panel.note.is_empty() {
            let full = TextStyle { size: 0.85 * layout.type_size, rgb: SOFT, ..BODY };
            // Shrinks the text to 80 % at most before cutting it.
            let fit = (0.999 * wide / width(&panel.note, full)).clamp(0.8, 1.0);
            let note = TextStyle { size: fit * full.size, ..full };
            scene.text((l, t - 12.0), shortened(&panel.note, note, wide), note, Align::Start);
        }
    }
}

/// Writes text in the middle of a panel at height `y`, on a white background.
fn write_over(scene: &mut Scene, frame: &Frame, y: f64, text: &str, kind: TextStyle) {
    let text = shortened(text, kind, frame.right - frame.left - 24.0);
    let (x, half) = ((frame.left + frame.right) / 2.0, (width(&text, kind) / 2.0 + 8.0, 0.75 * kind.size));
    scene.rectangle((x - half.0, y - half.1), (x + half.0, y + half.1), Paint { rgb: WHITE, alpha: 0.85 });
    scene.text((x, y + 0.35 * kind.size), text, kind, Align::Middle);
}

impl Picture for RegionsPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Boundary
    }

    fn scene(&self) -> Result<Scene> {
        let wrong = |what: String| Err(Error::Picture { name: self.name().into(), what });
        for (n, panel) in self.panels.iter().enumerate() {
            let features = panel.points.features;
            if features != 2 {
                return wrong(format!("the data has {features} features; only two can be drawn"));
            }
            let grid = self.grid_of(panel);
            if let Prediction::Outputs(all) = &panel.prediction
                && all.places() != grid.nx * grid.ny
            {
                return wrong(format!("panel {n} has {} values for a grid of {} × {}", all.places(), grid.nx, grid.ny));
            }
        }
        if self.panels.len() > MOST_REGIONS {
            return wrong(format!("{} panels; at most {MOST_REGIONS} have room", self.panels.len()));
        }
        let (mut scene, base) = start_titled(self.title, self.settings);
        let (top, layout) = (self.legend(&mut scene, base), RegionsLayout::of(self.panels.len(), self.has_notes()));
        for (n, panel) in self.panels.iter().enumerate() {
            let frame = layout.frame(n, top, &self.grid_of(panel));
            self.draw(&mut scene, &layout, &frame, panel);
        }
        scene.substitutes = substitutes("", self.features.as_ref().map_or(&[], |both| &both[..]), &self.classes);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests;
