//! Loss landscapes on planes through parameter space, one panel for each learning rate, with training trajectories.

mod levels;
mod trajectory_lines;

use super::frame::{Frame, MARGIN, start_titled};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Scene, TextStyle};
use super::text_layout::{shortened, width};
use super::theme::{AXIS, BODY, INK, SIZE, SOFT, count, named, number, percent};
use super::{Picture, PictureKind};
use crate::analysis::landscape::{Directions, LandscapePanel, LandscapeSurvey, MOST_PANELS, PlaneLosses};
use crate::error::{Error, Result};
use crate::statistics::OutcomeClass;
use levels::{LossLevels, SMALL};
use trajectory_lines::{FAILURE, SUCCESS, draw_way, legend_mark};

/// Width of the colour bar right of the panels.
const BAR_ROOM: f64 = 210.0;
/// Room around a panel, in pixels: caption, tick labels at the left and below, axis names.
const CAPTION: f64 = 40.0;
const TICK_LEFT: f64 = 84.0;
const TICK_BELOW: f64 = 30.0;
const NAMES: f64 = 30.0;
/// Pixels between panels.
const GAP: f64 = 16.0;
/// Plot of the losses around one model, and around the same seed's models at other learning rates.
#[derive(Debug, Clone, PartialEq)]
pub struct LandscapePlot<'a> {
    /// Name of the model: `model 123`.
    pub model: &'a str,
    /// Learning rate of this model.
    pub lr: f64,
    /// Landscapes and trajectories; at most [`MOST_PANELS`] panels.
    pub survey: &'a LandscapeSurvey,
    /// Directions of the axes in parameter space.
    pub directions: &'a Directions,
    /// Name of the loss: `mean binary cross-entropy`.
    pub loss: &'a str,
    /// Settings for the subtitle: seed, network, points, epochs.
    pub settings: &'a str,
}

impl LandscapePlot<'_> {
    fn title(&self) -> String {
        let own = self.survey.panels.iter().find(|panel| panel.lr == self.lr);
        let (good, all) = own.map_or((0, 0), |panel| (successes(panel), panel.seed_paths.len()));
        match all {
            0 | 1 => format!("The loss around {}", self.model),
            _ => {
                format!(
                    "The loss around {}: at its learning rate {good} of {} seeds {}",
                    self.model,
                    count(all as u64),
                    crate::plural::verb(good as u64, "succeed")
                )
            }
        }
    }

    /// Returns the name of an axis, 0 or 1; for a principal component, with its share of the variance.
    fn axis_name(&self, axis: usize, view: &PlaneLosses) -> String {
        let share = view.shares.map(|shares| format!(" ({})", percent(shares[axis])));
        match self.directions {
            Directions::Pca => format!("component {}{}", axis + 1, share.unwrap_or_default()),
            Directions::Filter { .. } => format!("random direction {}", axis + 1),
            Directions::Params(names) => names.0[axis].clone(),
        }
    }

    /// Returns the subtitle's explanation of axes and lines.
    fn note(&self) -> String {
        let what = match self.directions {
            Directions::Pca => "principal components of the paths, from the end point at 0",
            Directions::Filter { .. } => "filter-normalised random directions, from the end point at 0",
            Directions::Params(_) => "two parameters, relative to the end point; all others fixed at it",
        };
        let framed = (self.survey.panels.len() > 1).then(|| format!(" · framed: {}", self.model));
        let lines = "lines: training trajectories, projected onto the plane";
        format!("{what} · {lines}{}", framed.unwrap_or_default())
    }

    /// Returns the panels' frames below `top`.
    fn frames(&self, top: f64) -> Vec<Frame> {
        let panels = self.survey.panels.len();
        let columns = if panels > 1 { 2 } else { 1 };
        let rows = panels.div_ceil(columns).max(1) as f64;
        let wide = (f64::from(SIZE.0) - BAR_ROOM - 30.0) / columns as f64;
        let high = (f64::from(SIZE.1) - 12.0 - top) / rows;
        let frame = |(n, panel): (usize, &LandscapePanel)| {
            let (left, top) = (30.0 + (n % columns) as f64 * wide, top + (n / columns) as f64 * high);
            // A single panel in the last row takes its full width.
            let across = if n + 1 == panels && n % columns == 0 { columns as f64 * wide } else { wide };
            let range = |of: fn(&PlaneLosses) -> (f64, f64)| panel.view.as_ref().map_or((-1.0, 1.0), of);
            let (a, b) = (range(|view| view.landscape.a), range(|view| view.landscape.b));
            Frame {
                left: left + TICK_LEFT,
                right: left + across - GAP,
                top: top + CAPTION,
                bottom: top + high - TICK_BELOW - NAMES,
                x: PlotAxis::linear(a.0, a.1),
                y: PlotAxis::linear(b.0, b.1),
            }
        };
        self.survey.panels.iter().enumerate().map(frame).collect()
    }

    fn draw(&self, scene: &mut Scene, frame: &Frame, panel: &LandscapePanel, levels: &LossLevels) {
        if let Some(view) = &panel.view {
            levels.fill(scene, frame, &view.landscape);
            levels.lines(scene, frame, &view.landscape);
            let plane = &view.landscape.plane;
            // Reversed: the first trajectory, the model's, is drawn above all others.
            for (n, seed_path) in
                panel.seed_paths.iter().enumerate().filter(|(_, seed_path)| seed_path.end().is_some()).rev()
            {
                let places = seed_path.path.states.iter().map(|(_, parameters)| plane.project(parameters));
                let places: Vec<_> = places.map(|(a, b)| on_axes(frame, a, b)).collect();
                draw_way(scene, frame, &places, seed_path.class == OutcomeClass::Success, n == 0);
            }
            self.draw_axes(scene, frame, view);
        } else {
            let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
            scene.text(middle, "diverged: there is no end point", BODY, Align::Middle);
        }
        let corners = [
            (frame.left, frame.top),
            (frame.right, frame.top),
            (frame.right, frame.bottom),
            (frame.left, frame.bottom),
            (frame.left, frame.top),
        ];
        let own = panel.lr == self.lr && self.survey.panels.len() > 1;
        let (wide, rgb) = if own { (5.0, INK) } else { (2.0, AXIS) };
        scene.line(corners.to_vec(), wide, rgb);
        draw_caption(scene, frame, panel);
    }

    fn draw_axes(&self, scene: &mut Scene, frame: &Frame, view: &PlaneLosses) {
        let mut free = f64::NEG_INFINITY;
        for (value, text) in &frame.x.ticks {
            let (x, half) = (frame.x(*value), width(text, SMALL) / 2.0);
            scene.line(vec![(x, frame.bottom), (x, frame.bottom + 7.0)], 2.0, AXIS);
            if x - half > free {
                scene.text((x, frame.bottom + 27.0), text, SMALL, Align::Middle);
                free = x + half + 10.0;
            }
        }
        let mut free = f64::INFINITY;
        for (value, text) in &frame.y.ticks {
            let y = frame.y(*value);
            scene.line(vec![(frame.left - 7.0, y), (frame.left, y)], 2.0, AXIS);
            if y + SMALL.size < free {
                scene.text((frame.left - 12.0, y + 7.0), text, SMALL, Align::End);
                free = y;
            }
        }
        let names = format!("across: {}, up: {}", self.axis_name(0, view), self.axis_name(1, view));
        let middle = (frame.left + frame.right) / 2.0;
        scene.text((middle, frame.bottom + TICK_BELOW + 24.0), names, SMALL, Align::Middle);
    }

    fn draw_legend(&self, scene: &mut Scene, base: f64) {
        let panels = || self.survey.panels.iter().flat_map(|panel| &panel.seed_paths);
        let seed =
            self.survey.panels.first().and_then(|panel| panel.seed_paths.first()).map_or(0, |seed_path| seed_path.seed);
        let entries = [
            (SUCCESS, false, "success".to_owned(), panels().any(|seed_path| seed_path.class == OutcomeClass::Success)),
            (FAILURE, false, "failure".to_owned(), panels().any(|seed_path| seed_path.class != OutcomeClass::Success)),
            (INK, true, format!("seed {seed}"), true),
        ];
        let mut x = MARGIN;
        for (rgb, bold, words, _) in entries.into_iter().filter(|(.., there)| *there) {
            x = legend_mark(scene, (x, base), rgb, bold, &words) + 40.0;
        }
        scene.text((x, base), "open dot: start, filled: end", TextStyle { rgb: SOFT, ..BODY }, Align::Start);
    }
}

/// Writes the learning rate and the numbers of successes and divergences.
fn draw_caption(scene: &mut Scene, frame: &Frame, panel: &LandscapePanel) {
    let diverged = panel.seed_paths.iter().filter(|seed_path| seed_path.class == OutcomeClass::Diverged).count();
    let diverged = if diverged > 0 { format!(", {diverged} diverged") } else { String::new() };
    let ends = format!("{} of {} succeed{diverged}", successes(panel), panel.seed_paths.len());
    let base = frame.top - 12.0;
    scene.text((frame.right, base), &ends, BODY, Align::End);
    let room = frame.right - frame.left - width(&ends, BODY) - 24.0;
    let rate = shortened(&format!("learning rate {}", number(panel.lr, 3)), named(INK), room);
    scene.text((frame.left, base), rate, named(INK), Align::Start);
}

fn successes(panel: &LandscapePanel) -> usize {
    panel.seed_paths.iter().filter(|seed_path| seed_path.class == OutcomeClass::Success).count()
}

/// Returns the position of plane coordinates, also beyond the frame.
fn on_axes(frame: &Frame, a: f64, b: f64) -> super::scene::Position {
    let share = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low);
    let (x, y) = (share(a, frame.x.ends()), share(b, frame.y.ends()));
    (frame.left + x * (frame.right - frame.left), frame.bottom - y * (frame.bottom - frame.top))
}

impl Picture for LandscapePlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Landscape
    }

    fn scene(&self) -> Result<Scene> {
        let wrong = |what: String| Err(Error::Picture { name: self.name().into(), what });
        if self.survey.panels.len() > MOST_PANELS {
            return wrong(format!("{} panels; at most {MOST_PANELS} have room", self.survey.panels.len()));
        }
        let Some(levels) = LossLevels::of(self.survey.views().map(|(_, view)| &view.landscape)) else {
            return wrong("no loss is finite".into());
        };
        let subtitle = format!("{} · {}", self.settings, self.note());
        let (mut scene, base) = start_titled(&self.title(), &subtitle);
        self.draw_legend(&mut scene, base + 46.0);
        let frames = self.frames(base + 58.0);
        for (frame, panel) in frames.iter().zip(&self.survey.panels) {
            self.draw(&mut scene, frame, panel, &levels);
        }
        let (top, bottom) = (frames.first().map_or(0.0, |f| f.top), frames.last().map_or(0.0, |f| f.bottom));
        levels.bar(&mut scene, (top, bottom), self.loss);
        Ok(scene)
    }
}

#[cfg(test)]
mod tests;
