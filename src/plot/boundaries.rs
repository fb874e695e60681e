//! Decision boundaries of one model at several epochs, side by side.

use super::data_plot::{class_legend, draw_points, ranges};
use super::frame::{Frame, start_titled};
use super::grid_outputs::{GridOutputs, class_style};
use super::logit_grid::LogitGrid;
use super::plot_axis::PlotAxis;
use super::scene::{Align, Paint, Position, Scene};
use super::substitute_names::substitutes;
use super::theme::{AXIS, BODY, INK, SIZE, SOFT, VERMILION, WHITE, count, named, number, percent};
use super::{Picture, PictureKind};
use crate::analysis::replay::MOST_SHOWN_EPOCHS;
use crate::dataset::Points;
use crate::error::{Error, Result};

/// Panels in a row.
const COLUMNS: usize = 3;
/// Grid points along each feature.
const PLACES: (usize, usize) = (181, 121);
/// Approximate width over height of a panel.
const ASPECT: f64 = 1.5;
/// Pixels between panels; `MARGIN`: left and right of them.
const GAP: f64 = 36.0;
const MARGIN: f64 = 60.0;
/// Height of a panel's caption.
const CAPTION: f64 = 44.0;
/// Marker size relative to a picture with a single panel.
const MARKER_SCALE: f64 = 0.55;
/// Opacity of the class colours on the white background.
const TINT: f64 = 0.13;

/// Boundary at one epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryPanel {
    /// Epochs trained.
    pub epoch: u32,
    /// Training accuracy, a fraction; `None`: a logit is not finite.
    pub accuracy: Option<f64>,
    /// Outputs at each point of [`BoundariesPlot::grid`].
    pub outputs: GridOutputs,
}

/// Plot of one model's decision boundaries at some epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundariesPlot<'a> {
    /// Name of the model: `model 123`.
    pub model: &'a str,
    /// Training points with two features, scaled as the model's inputs are.
    pub points: &'a Points,
    /// Names of the two features.
    pub features: [&'a str; 2],
    /// Names of the classes.
    pub classes: Vec<&'a str>,
    /// Panels in order of the epochs; at most [`MOST_SHOWN_EPOCHS`].
    pub panels: &'a [BoundaryPanel],
    /// Settings for the subtitle: network, points, epochs.
    pub settings: &'a str,
}

impl BoundariesPlot<'_> {
    /// Returns the grid on which to evaluate the model; it covers a whole panel. `points` has two features.
    pub fn grid(points: &Points) -> LogitGrid {
        let (x, y) = ranges(points, ASPECT);
        LogitGrid { x, y, nx: PLACES.0, ny: PLACES.1 }
    }

    fn title(&self) -> String {
        let epochs = |panel: Option<&BoundaryPanel>| panel.map_or(0, |panel| u64::from(panel.epoch));
        let last = epochs(self.panels.last());
        let epochs = format!("{} {}", count(last), crate::plural::noun(last, "epoch"));
        match self.panels.last().and_then(|panel| panel.accuracy) {
            Some(accuracy) => format!("How {} got to {} in {epochs}", self.model, percent(accuracy)),
            None => format!("{}: accuracy undefined after {epochs}", super::theme::titled(self.model)),
        }
    }

    /// Returns the panels' frames below `top`: equal sizes, in rows.
    fn frames(&self, top: f64, grid: &LogitGrid) -> Vec<Frame> {
        let rows = self.panels.len().div_ceil(COLUMNS).max(2) as f64;
        let width = (f64::from(SIZE.0) - 2.0 * MARGIN - (COLUMNS - 1) as f64 * GAP) / COLUMNS as f64;
        let height = (f64::from(SIZE.1) - top - 50.0) / rows - CAPTION;
        let frame = |n: usize| {
            let (row, column) = ((n / COLUMNS) as f64, (n % COLUMNS) as f64);
            let (left, top) = (MARGIN + column * (width + GAP), top + row * (height + CAPTION) + CAPTION);
            let (x, y) = (PlotAxis::linear(grid.x.0, grid.x.1), PlotAxis::linear(grid.y.0, grid.y.1));
            Frame { left, right: left + width, top, bottom: top + height, x, y }
        };
        (0..self.panels.len()).map(frame).collect()
    }

    fn draw(&self, scene: &mut Scene, frame: &Frame, panel: &BoundaryPanel, grid: &LogitGrid) {
        tint(scene, frame, &panel.outputs, grid);
        draw_points(scene, frame, self.points, MARKER_SCALE);
        for line in panel.outputs.boundaries(grid.nx) {
            let line: Vec<Position> = line.iter().map(|at| place(frame, grid, *at)).collect();
            scene.line(line.clone(), 8.0, Paint { rgb: WHITE, alpha: 0.75 });
            scene.line(line, 4.0, VERMILION);
        }
        let corners = [
            (frame.left, frame.top),
            (frame.right, frame.top),
            (frame.right, frame.bottom),
            (frame.left, frame.bottom),
        ];
        scene.line([&corners[..], &corners[..1]].concat(), 2.0, AXIS);
        let accuracy =
            panel.accuracy.map_or("no accuracy".to_owned(), |accuracy| number(100.0 * accuracy, 3) + "\u{a0}%");
        scene.text(
            (frame.left, frame.top - 12.0),
            format!("epoch {}", count(panel.epoch.into())),
            named(INK),
            Align::Start,
        );
        scene.text((frame.right, frame.top - 12.0), accuracy + &self.one_side(panel), BODY, Align::End);
    }

    /// Returns the words for the predicted class if it is the same everywhere, else an empty string.
    fn one_side(&self, panel: &BoundaryPanel) -> String {
        let class = |class: usize| format!(", everything class {}", self.classes[class]);
        panel.outputs.only_class().map_or(String::new(), class)
    }
}

/// Converts a position in grid steps to pixels.
pub(super) fn place(frame: &Frame, grid: &LogitGrid, (i, j): Position) -> Position {
    let (columns, rows) = ((grid.nx - 1) as f64, (grid.ny - 1) as f64);
    (frame.left + i / columns * (frame.right - frame.left), frame.bottom - j / rows * (frame.bottom - frame.top))
}

/// Tints the regions in the colours of their classes: in each row, one rectangle per run of one class.
fn tint(scene: &mut Scene, frame: &Frame, outputs: &GridOutputs, grid: &LogitGrid) {
    let classes: Vec<Option<usize>> = (0..outputs.places()).map(|place| outputs.class(place)).collect();
    for (j, row) in classes.chunks_exact(grid.nx).enumerate() {
        let mut start = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let (from, to) = (start as f64 - 0.5, (start + run.len()) as f64 - 0.5);
            start += run.len();
            let Some(class) = run[0] else { continue };
            let within = |i: f64, most: usize| i.clamp(0.0, (most - 1) as f64);
            let corner = |i: f64, j: f64| place(frame, grid, (within(i, grid.nx), within(j, grid.ny)));
            let rgb = pale(class_style(class).0);
            scene.rectangle(corner(from, j as f64 - 0.5), corner(to, j as f64 + 0.5), rgb);
        }
    }
}

/// Blends the colour into white; the result is opaque, so that adjacent rectangles show no seam.
fn pale((r, g, b): super::theme::Rgb) -> super::theme::Rgb {
    let mix = |c: u8| (255.0 - TINT * (255.0 - f64::from(c))).round() as u8;
    (mix(r), mix(g), mix(b))
}

impl Picture for BoundariesPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Boundaries
    }

    fn scene(&self) -> Result<Scene> {
        let wrong = |what: String| Err(Error::Picture { name: self.name().into(), what });
        if self.points.features != 2 {
            return wrong(format!("the data has {} features; only two can be drawn", self.points.features));
        }
        let grid = Self::grid(self.points);
        if let Some(panel) = self.panels.iter().find(|panel| panel.outputs.places() != grid.nx * grid.ny) {
            let (epoch, logits) = (panel.epoch, panel.outputs.places());
            return wrong(format!("epoch {epoch} has {logits} logits for a grid of {} × {}", grid.nx, grid.ny));
        }
        if self.panels.len() > MOST_SHOWN_EPOCHS {
            return wrong(format!("{} panels; at most {MOST_SHOWN_EPOCHS} have room", self.panels.len()));
        }
        let (mut scene, base) = start_titled(&self.title(), self.settings);
        let legend = base + 52.0;
        class_legend(&mut scene, MARGIN, legend, &self.classes, [f64::INFINITY, f64::from(SIZE.0) / 2.0]);
        let axes = format!("across: {}, up: {}", self.features[0], self.features[1]);
        scene.text(
            (f64::from(SIZE.0) - MARGIN, legend),
            axes,
            super::scene::TextStyle { rgb: SOFT, ..BODY },
            Align::End,
        );
        for (frame, panel) in self.frames(legend + 8.0, &grid).iter().zip(self.panels) {
            self.draw(&mut scene, frame, panel, &grid);
        }
        scene.substitutes = substitutes(self.model, &self.features, &self.classes);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Targets;
    use crate::plot::scene::Primitive;
    use crate::plot::theme::{BLACK, BLUE};

    fn points() -> Points {
        Points { features: 2, x: vec![-1.0, 0.0, 1.0, 0.0], targets: Targets::Binary(vec![false, true]) }
    }

    fn plot<'a>(points: &'a Points, panels: &'a [BoundaryPanel]) -> BoundariesPlot<'a> {
        let (features, classes) = (["a", "b"], vec!["no", "yes"]);
        BoundariesPlot { model: "model 7", points, features, classes, panels, settings: "" }
    }

    /// Class 1 to the right of x = 0.25.
    fn panel(epoch: u32) -> BoundaryPanel {
        let grid = BoundariesPlot::grid(&points()).points();
        BoundaryPanel {
            epoch,
            accuracy: Some(1.0),
            outputs: (0..grid.len()).map(|n| grid.row(n)[0] - 0.25).collect::<Vec<_>>().into(),
        }
    }

    #[test]
    fn the_line_is_where_the_sides_meet_and_each_side_has_its_tint() {
        let (points, panels) = (points(), [panel(0), panel(5)]);
        let scene = plot(&points, &panels).scene().unwrap();
        let frames = plot(&points, &panels).frames(0.0, &BoundariesPlot::grid(&points));
        for frame in &frames {
            let at = frame.x(0.25);
            let line = scene.shapes.iter().find_map(|shape| match shape {
                Primitive::Line { points, paint, .. } if paint.rgb == VERMILION && (points[0].0 - at).abs() < 0.5 => {
                    Some(points)
                }
                _ => None,
            });
            assert!(line.is_some(), "no boundary at {at}");
            let half = (frame.right - frame.left) / PLACES.0 as f64;
            let reaches = |rgb, edge: fn(&[Position; 2]) -> f64| {
                let found = scene.shapes.iter().filter(|shape| {
                    matches!(shape, Primitive::Rectangle { corners, paint } if paint.rgb == rgb && (edge(corners) - at).abs() <= half)
                });
                found.count()
            };
            assert_eq!((reaches(pale(BLUE), |c| c[1].0), reaches(pale(BLACK), |c| c[0].0)), (PLACES.1, PLACES.1));
        }
    }

    #[test]
    fn a_panel_without_boundary_says_which_class_all_is() {
        let points = points();
        let with = |logits: f64| BoundaryPanel { outputs: vec![logits; PLACES.0 * PLACES.1].into(), ..panel(3) };
        let panels = [with(2.0), with(-2.0), with(f64::NAN), panel(0)];
        let plot = plot(&points, &panels);
        let said: Vec<String> = panels.iter().map(|panel| plot.one_side(panel)).collect();
        assert_eq!(said, [", everything class yes", ", everything class no", "", ""]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let points = points();
        let short = [BoundaryPanel { outputs: vec![0.0; 5].into(), ..panel(3) }];
        assert!(plot(&points, &short).scene().unwrap_err().to_string().contains("epoch 3"));
        let many = vec![panel(0); MOST_SHOWN_EPOCHS + 1];
        assert!(plot(&points, &many).scene().is_err());
        let flat = Points { features: 1, x: vec![1.0], targets: Targets::Binary(vec![true]) };
        assert!(plot(&flat, &[]).scene().unwrap_err().to_string().contains("only two"));
    }
}
