//! Everything around the data: title, subtitle, grid, axes, and labels at the ends of lines.

use super::plot_axis::PlotAxis;
use super::scene::{Align, Position, Scene, TextStyle};
use super::text_layout::{printable, width, wrapped};
use super::theme::{AXIS, AXIS_TITLE, BODY, GRID, SIZE, SUBTITLE, TICK, TITLE};

/// Margin of titles at the left and right.
pub const MARGIN: f64 = 60.0;
/// Width of the tick labels left of the data.
pub const TICK_ROOM: f64 = 130.0;
/// Baseline of the horizontal axis title.
pub const X_TITLE: f64 = 968.0;

/// Plot area: a rectangle of the picture with a horizontal and a vertical axis.
#[derive(Debug, Clone)]
pub struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: PlotAxis,
    pub y: PlotAxis,
}

impl Frame {
    /// Returns the position of a data point.
    pub fn at(&self, x: f64, y: f64) -> Position {
        (self.x(x), self.y(y))
    }

    /// Returns the x position of a value on the horizontal axis, clamped to the frame.
    pub fn x(&self, x: f64) -> f64 {
        self.left + self.x.place(x) * (self.right - self.left)
    }

    /// Returns the y position of a value on the vertical axis, clamped to the frame.
    pub fn y(&self, y: f64) -> f64 {
        self.bottom - self.y.place(y) * (self.bottom - self.top)
    }

    /// Draws grid lines, the horizontal axis and tick labels.
    pub fn draw(&self, scene: &mut Scene) {
        for (value, text) in &self.y.ticks {
            let y = self.y(*value);
            scene.line(vec![(self.left, y), (self.right, y)], 1.5, GRID);
            Self::write(scene, (self.left - 16.0, y + 9.0), text, Align::End);
        }
        // Skips labels that would touch the previous one.
        let mut free = f64::NEG_INFINITY;
        for (value, text) in &self.x.ticks {
            let (x, half) = (self.x(*value), width(text, TICK) / 2.0);
            scene.line(vec![(x, self.top), (x, self.bottom)], 1.5, GRID);
            scene.line(vec![(x, self.bottom), (x, self.bottom + 10.0)], 2.0, AXIS);
            if x - half > free {
                Self::write(scene, (x, self.bottom + 44.0), text, Align::Middle);
                free = x + half + 10.0;
            }
        }
        scene.line(vec![(self.left, self.bottom), (self.right, self.bottom)], 2.0, AXIS);
    }

    /// Writes a tick label; empty ones belong to an axis that another frame labels.
    fn write(scene: &mut Scene, at: Position, text: &str, align: Align) {
        if !text.is_empty() {
            scene.text(at, text, TICK, align);
        }
    }

    /// Writes labels right of the frame at the given heights, moved apart where they would overlap.
    pub fn label_ends(&self, scene: &mut Scene, labels: &[(f64, String, TextStyle)]) {
        // Of labels at the same height, the last is uppermost, like stacked layers.
        let mut order: Vec<&(f64, String, TextStyle)> = labels.iter().rev().collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let wanted: Vec<f64> = order.iter().map(|(y, ..)| *y).collect();
        for (y, (_, text, kind)) in spread(&wanted, BODY.size * 1.25, self.top, self.bottom - 12.0).iter().zip(order) {
            scene.text((self.right + 18.0, y + 9.0), text, *kind, Align::Start);
        }
    }
}

/// Titles above and beside the data.
pub struct Heading<'a> {
    pub title: &'a str,
    pub subtitle: &'a str,
    /// Title of the horizontal axis; empty: the caller writes it.
    pub x: &'a str,
    pub y: &'a str,
    /// Room for labels right of the data, in pixels.
    pub right: f64,
}

/// Starts a picture with its title and subtitle; returns it with the baseline of the last row.
pub fn start_titled(title: &str, subtitle: &str) -> (Scene, f64) {
    let mut scene = Scene { title: printable(title), ..Scene::default() };
    let mut base = 40.0;
    for (text, kind, skip) in [(title, TITLE, 0.0), (subtitle, SUBTITLE, 10.0)] {
        base += skip;
        for row in wrapped(text, kind, f64::from(SIZE.0) - 2.0 * MARGIN, 2) {
            base += kind.size * 1.25;
            scene.text((MARGIN, base), row, kind, Align::Start);
        }
    }
    (scene, base)
}

/// Starts a picture with title, subtitle and axis titles; returns it with the frame in the remaining space.
pub fn begin(header: &Heading, x: PlotAxis, y: PlotAxis) -> (Scene, Frame) {
    let (mut scene, base) = start_titled(header.title, header.subtitle);
    let (wide, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    scene.text((MARGIN, base + 58.0), header.y, AXIS_TITLE, Align::Start);
    let (left, right) = (TICK_ROOM, wide - MARGIN - header.right);
    let frame = Frame { left, right, top: base + 92.0, bottom: height - 115.0, x, y };
    if !header.x.is_empty() {
        scene.text(((left + right) / 2.0, X_TITLE), header.x, AXIS_TITLE, Align::Middle);
    }
    (scene, frame)
}

/// Moves sorted positions apart to at least `gap`, as little as possible, within `low` to `high` if they fit.
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    // Less `i * gap`, positions must not descend: neighbours that do are pooled at their mean (isotonic regression).
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (i, place) in wanted.iter().enumerate() {
        let mut pool = (place - i as f64 * gap, 1);
        while let Some((mean, n)) = pools.pop_if(|(mean, _)| *mean > pool.0) {
            pool = ((mean * n as f64 + pool.0 * pool.1 as f64) / (n + pool.1) as f64, n + pool.1);
        }
        pools.push(pool);
    }
    let room = high - (wanted.len().max(1) - 1) as f64 * gap;
    let places = pools.iter().flat_map(|(mean, n)| std::iter::repeat_n(mean.min(room).max(low), *n));
    places.enumerate().map(|(i, place)| place + i as f64 * gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_and_inside() {
        let places = spread(&[10.0, 12.0, 95.0, 99.0], 10.0, 0.0, 100.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 10.0 - 1e-9), "{places:?}");
        assert!(places.iter().all(|p| (0.0..=100.0).contains(p)), "{places:?}");
        assert_eq!(spread(&[], 10.0, 0.0, 1.0), [0.0; 0]);
        assert_eq!(spread(&[5.0], 10.0, 0.0, 9.0), [5.0]);
        assert_eq!(spread(&[10.0, 50.0, 52.0, 54.0], 10.0, 0.0, 100.0), [10.0, 42.0, 52.0, 62.0]);
    }
}
