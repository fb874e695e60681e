//! Legends right of the data: which colour stands for which value, or for what.

use super::curves::LineStyle;
use super::frame::{Frame, MARGIN};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Scene};
use super::series_style::SeriesStyle;
use super::text_layout::{width, wrapped};
use super::theme::{AXIS, AXIS_TITLE, BODY, INK, SIZE, TICK, WHITE, named, readable, sequential};

/// Height of a row of a legend.
pub const ROW: f64 = 42.0;
/// Length of the line before a name, with the gap after it.
const SWATCH: f64 = 50.0;
/// Most room for names, in two rows each.
const MOST_ROOM: f64 = 300.0;

/// A bar of all colours with the ticks of the axis that they stand for, and its title above.
pub fn colour_bar(scene: &mut Scene, frame: &Frame, colours: &PlotAxis, title: &str) {
    let (right, steps) = (f64::from(SIZE.0) - MARGIN, 128);
    let (left, top, bottom) = (right - 150.0, frame.top + 20.0, frame.bottom);
    let y = |share: f64| bottom - share * (bottom - top);
    for step in 0..steps {
        let (low, high) = (f64::from(step) / f64::from(steps), f64::from(step + 1) / f64::from(steps));
        // Reaching under the next one: viewers leave hairlines between edges that only touch.
        let over = if step + 1 < steps { 1.0 } else { 0.0 };
        scene.rectangle((left, y(high) - over), (left + 30.0, y(low)), sequential((low + high) / 2.0));
    }
    for (value, text) in &colours.ticks {
        let at = y(colours.place(*value));
        scene.line(vec![(left + 30.0, at), (left + 38.0, at)], 2.0, AXIS);
        scene.text((left + 48.0, at + 9.0), text, TICK, Align::Start);
    }
    scene.text((right, frame.top - 34.0), title, AXIS_TITLE, Align::End);
}

/// A line across the bar at this value, with a white rim; nothing where the bar has no such value.
pub fn mark_in_bar(scene: &mut Scene, frame: &Frame, colours: &PlotAxis, value: Option<f64>) {
    let Some(share) = value.map(|value| colours.share(value)).filter(|share| (0.0..=1.0).contains(share)) else {
        return;
    };
    let left = f64::from(SIZE.0) - MARGIN - 150.0;
    let y = frame.bottom - share * (frame.bottom - frame.top - 20.0);
    scene.line(vec![(left - 8.0, y), (left + 34.0, y)], 6.0, WHITE);
    scene.line(vec![(left - 8.0, y), (left + 34.0, y)], 3.0, INK);
}

/// Room that these names need beside their lines.
pub fn names_room<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    let widest = names.map(|name| width(name, named(BODY.rgb))).fold(0.0, f64::max);
    SWATCH + widest.min(MOST_ROOM) + 18.0
}

/// A line and a name for each curve, from `(left, top)` down.
pub fn names<'a>(scene: &mut Scene, (left, top): (f64, f64), curves: impl Iterator<Item = (&'a str, SeriesStyle)>) {
    let mut y = top;
    for (name, SeriesStyle { rgb, dashes }) in curves {
        LineStyle { dashes, ..LineStyle::thin(6.0, rgb.into()) }
            .draw(scene, vec![(left, y), (left + SWATCH - 14.0, y)]);
        let kind = named(readable(rgb));
        for row in wrapped(name, kind, MOST_ROOM, 2) {
            scene.text((left + SWATCH, y + 9.0), row, kind, Align::Start);
            y += ROW - 8.0;
        }
        y += 8.0;
    }
}
