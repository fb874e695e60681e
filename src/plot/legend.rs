//! Legends right of the data: colour bars and names of curves.

use super::curves::LineStyle;
use super::frame::{Frame, MARGIN};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Scene};
use super::series_style::SeriesStyle;
use super::text_layout::{width, wrapped};
use super::theme::{AXIS, AXIS_TITLE, BODY, INK, SIZE, TICK, WHITE, named, readable, sequential};

/// Height of a legend row, in pixels.
pub const ROW: f64 = 42.0;
/// Length of the line before a name, including the gap after it.
const SWATCH: f64 = 50.0;
/// Maximum width of names, which wrap into two rows.
const MOST_ROOM: f64 = 300.0;

/// Draws a bar of all colours with the ticks of their axis, and a title above.
pub fn colour_bar(scene: &mut Scene, frame: &Frame, colours: &PlotAxis, title: &str) {
    let (right, steps) = (f64::from(SIZE.0) - MARGIN, 128);
    let (left, top, bottom) = (right - 150.0, frame.top + 20.0, frame.bottom);
    let y = |share: f64| bottom - share * (bottom - top);
    for step in 0..steps {
        let (low, high) = (f64::from(step) / f64::from(steps), f64::from(step + 1) / f64::from(steps));
        // Overlaps the next one by a pixel: viewers draw seams between edges that only touch.
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

/// Draws a line across the bar at this value, with a white rim; nothing if the value is outside the bar.
pub fn mark_in_bar(scene: &mut Scene, frame: &Frame, colours: &PlotAxis, value: Option<f64>) {
    let Some(share) = value.map(|value| colours.share(value)).filter(|share| (0.0..=1.0).contains(share)) else {
        return;
    };
    let left = f64::from(SIZE.0) - MARGIN - 150.0;
    let y = frame.bottom - share * (frame.bottom - frame.top - 20.0);
    scene.line(vec![(left - 8.0, y), (left + 34.0, y)], 6.0, WHITE);
    scene.line(vec![(left - 8.0, y), (left + 34.0, y)], 3.0, INK);
}

/// Returns the width of a legend with these names, including the lines before them.
pub fn names_room<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    let widest = names.map(|name| width(name, named(BODY.rgb))).fold(0.0, f64::max);
    SWATCH + widest.min(MOST_ROOM) + 18.0
}

/// Draws a line and a name for each curve, from `(left, top)` down.
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
