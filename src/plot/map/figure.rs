//! The figure: a map with title, axes and legend, all scaled with the map.

use super::super::frame::MARGIN;
use super::super::scene::{Align, TextLine, TextStyle};
use super::super::text_layout::{printable, width, wrapped};
use super::super::theme::{AXIS, AXIS_TITLE, BODY, SUBTITLE, TICK, TITLE, percent, titled};
use super::MapPlot;
use super::canvas::Canvas;
use super::colours::{GAP, colour};
use super::map_ticks::MapTicks;

/// A map whose longer side fits several times into this many pixels is enlarged by that factor. Type sizes and other
/// lengths are for a map of this side and scale with it.
const SIDE: usize = 1024;
/// Minimum scale, below which type is too small to read.
const LEAST_SCALE: f64 = 0.7;
/// Pixels per tick of an axis, before scaling.
const TICK_EVERY: f64 = 170.0;
/// Height of the legend's bars.
const BAR: f64 = 34.0;
/// Minimum width of text and legend.
const LEAST_WIDTH: f64 = 800.0;

/// Layout in pixels of the figure.
struct MapLayout {
    /// Pixels per network.
    times: usize,
    /// Factor for all lengths.
    scale: f64,
    /// Upper left and lower right corner of the map.
    from: (usize, usize),
    to: (usize, usize),
    width: usize,
    height: usize,
}

impl MapLayout {
    /// Pixel position of a point given in networks from the map's lower left corner.
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.from.0 as f64 + x * self.times as f64, self.to.1 as f64 - y * self.times as f64)
    }
}

/// Base line, text and style of the lines above the map.
type Words = Vec<(f64, String, TextStyle)>;

/// Draws the figure of a map whose colours are `pixels`.
pub fn figure(map: &MapPlot, pixels: &[u8]) -> Canvas {
    let [h, w] = map.size();
    let times = (SIDE / h.max(w)).max(1);
    let scale = ((times * h.max(w)) as f64 / SIDE as f64).max(LEAST_SCALE);
    let most = |n: usize| ((times * n) as f64 / (TICK_EVERY * scale)).round().clamp(2.0, 8.0) as usize;
    let (x, y) = (MapTicks::of(&map.x, most(w)), MapTicks::of(&map.y, most(h)));
    let (layout, words) = lay_out(map, times, scale, &y);
    let mut canvas = Canvas::new(layout.width, layout.height);
    for (base, text, kind) in words {
        canvas.text(&TextLine { at: (MARGIN * scale, base), text, kind, align: Align::Start });
    }
    canvas.image(layout.from, pixels, w, times);
    draw_axes(&mut canvas, &layout, &x, &y);
    draw_legend(&mut canvas, &layout, map);
    canvas
}

/// Lays out the map and the text above it.
fn lay_out(map: &MapPlot, times: usize, scale: f64, y: &MapTicks) -> (MapLayout, Words) {
    let [h, w] = map.size();
    let sized = |kind: TextStyle| TextStyle { size: kind.size * scale, ..kind };
    let labels = y.marks.iter().map(|(_, text)| width(text, sized(TICK))).fold(0.0, f64::max);
    let left = (labels + 46.0 * scale).max(MARGIN * scale).ceil() as usize;
    let wide = (left + times * w) as f64 + MARGIN * scale;
    let wide = wide.max((LEAST_WIDTH + 2.0 * MARGIN) * scale).ceil();
    let (mut base, mut words) = (24.0 * scale, Words::new());
    for (text, kind, skip, rows) in
        [(map.title, TITLE, 0.0, 3), (map.subtitle, SUBTITLE, 10.0, 4), (&y.title, AXIS_TITLE, 36.0, 2)]
    {
        let kind = sized(kind);
        base += skip * scale;
        for row in
            wrapped(&printable(text), kind, wide - 2.0 * MARGIN * scale, rows).into_iter().filter(|row| !row.is_empty())
        {
            base += 1.25 * kind.size;
            words.push((base.round(), row, kind));
        }
    }
    let top = (base + 22.0 * scale).round() as usize;
    let to = (left + times * w, top + times * h);
    let height = to.1 + (312.0 * scale).round() as usize;
    (MapLayout { times, scale, from: (left, top), to, width: wide as usize, height }, words)
}

/// Draws ticks left of the map and below it, and the title of the horizontal axis.
fn draw_axes(canvas: &mut Canvas, layout: &MapLayout, x: &MapTicks, y: &MapTicks) {
    let u = layout.scale;
    let kind = TextStyle { size: TICK.size * u, ..TICK };
    let ((left, top), (right, bottom)) = (corner(layout.from), corner(layout.to));
    let half = (u / 2.0).max(0.5);
    let mut free = f64::INFINITY;
    for (place, text) in &y.marks {
        let (_, at) = layout.at(0.0, *place);
        canvas.rectangle((left - 12.0 * u, at - half), (left - 2.0 * u, at + half), AXIS);
        // Skips labels that would overlap the one before.
        if at + 0.6 * kind.size < free {
            let base = (at + 0.36 * kind.size).clamp(top + 0.5 * kind.size, bottom + 0.36 * kind.size);
            canvas.text(&TextLine { at: (left - 18.0 * u, base), text: text.clone(), kind, align: Align::End });
            free = at - 0.6 * kind.size;
        }
    }
    let mut free = f64::NEG_INFINITY;
    for (place, text) in &x.marks {
        let ((at, _), wide) = (layout.at(*place, 0.0), width(text, kind));
        canvas.rectangle((at - half, bottom + 2.0 * u), (at + half, bottom + 12.0 * u), AXIS);
        // The outermost labels may extend beyond the map, but not beyond the figure.
        let middle = at.clamp(wide / 2.0 + 4.0 * u, canvas.width as f64 - wide / 2.0 - 4.0 * u);
        if middle - wide / 2.0 > free {
            let at = (middle, bottom + 44.0 * u);
            canvas.text(&TextLine { at, text: text.clone(), kind, align: Align::Middle });
            free = middle + wide / 2.0 + 14.0 * u;
        }
    }
    let kind = TextStyle { size: AXIS_TITLE.size * u, ..AXIS_TITLE };
    let room = canvas.width as f64 - 2.0 * MARGIN * u;
    for (i, row) in wrapped(&printable(&x.title), kind, room, 2).into_iter().enumerate() {
        let wide = width(&row, kind);
        let least = MARGIN * u + wide / 2.0;
        let middle = ((left + right) / 2.0).clamp(least, (canvas.width as f64 - least).max(least));
        let at = (middle, bottom + (88.0 + 32.0 * i as f64) * u);
        canvas.text(&TextLine { at, text: row, kind, align: Align::Middle });
    }
}

fn corner((x, y): (usize, usize)) -> (f64, f64) {
    (x as f64, y as f64)
}

/// Draws a colour bar for each kind; the slow ends meet, as on a boundary.
fn draw_legend(canvas: &mut Canvas, layout: &MapLayout, map: &MapPlot) {
    let u = layout.scale;
    let kind = |kind: TextStyle| TextStyle { size: kind.size * u, ..kind };
    let of = |wanted: fn(f64) -> bool| map.tints.iter().filter(|tint| wanted(**tint)).count();
    let (good, bad) = (of(|tint| tint >= 0.0), of(|tint| tint < 0.0));
    let missing = map.tints.len() - good - bad;
    let share = |n: usize| percent(n as f64 / map.tints.len() as f64);
    let top = corner(layout.to).1 + 184.0 * u;
    let (left, right) = (MARGIN * u, canvas.width as f64 - MARGIN * u);
    let middle = (left + right) / 2.0;
    let sides =
        [(left, middle - 5.0 * u, map.converged, good, 1.0), (middle + 5.0 * u, right, map.diverged, bad, -1.0)];
    for (from, to, words, n, sign) in sides {
        bar(canvas, (from, to), (top, top + BAR * u), |along| {
            // Slow is in the middle of the legend.
            sign * (GAP + (1.0 - GAP) * if sign > 0.0 { along } else { 1.0 - along })
        });
        let mut write =
            |at: (f64, f64), text: String, kind: TextStyle, align| canvas.text(&TextLine { at, text, kind, align });
        write(
            ((from + to) / 2.0, top - 14.0 * u),
            format!("{}: {}", titled(words), share(n)),
            kind(BODY),
            Align::Middle,
        );
        let base = top + (BAR + 32.0) * u;
        let (end, align) = if sign > 0.0 { (from, Align::Start) } else { (to, Align::End) };
        write((end, base), "fast".into(), kind(SUBTITLE), align);
    }
    let mut text = "By rank: each shade has equally many networks of its kind".to_owned();
    if missing > 0 {
        text += &format!("; grey: no result, {}", share(missing));
    }
    for (text, below) in [("slow", 32.0), (&text, 72.0)] {
        let at = (middle, top + (BAR + below) * u);
        canvas.text(&TextLine { at, text: text.into(), kind: kind(SUBTITLE), align: Align::Middle });
    }
}

/// Draws a bar in the colours of the tints along it.
fn bar(canvas: &mut Canvas, (from, to): (f64, f64), (top, bottom): (f64, f64), tint: impl Fn(f64) -> f64) {
    let columns = (to - from).round().max(1.0) as usize;
    for column in 0..columns {
        let [r, g, b] = colour(tint((column as f64 + 0.5) / columns as f64));
        let x = from.round() + column as f64;
        canvas.rectangle((x, top), (x + 1.0, bottom), (r, g, b));
    }
}

#[cfg(test)]
mod tests {
    use super::super::MapAxis;
    use super::*;

    #[test]
    fn axes_run_the_way_the_networks_lie() {
        let (x, y) = ([1.0, 2.0, 3.0], [1.0, 10.0]);
        let tints = [-1.0, -0.6, -0.3, 0.3, 0.6, 1.0];
        let axis = |values| MapAxis { words: "", values };
        let (converged, diverged) = ("converged", "diverged");
        let map = MapPlot {
            title: "Two rows",
            subtitle: "",
            x: axis(&x),
            y: axis(&y),
            tints: &tints,
            converged,
            diverged,
            metadata: &[],
        };
        let canvas = figure(&map, &map.rgb());
        let (layout, _) = lay_out(&map, SIDE / 3, 1.0, &MapTicks::of(&map.y, 6));
        for (i, tint) in tints.iter().enumerate() {
            let (x, y) = layout.at((i % 3) as f64 + 0.5, (i / 3) as f64 + 0.5);
            let at = 3 * (y as usize * canvas.width + x as usize);
            assert_eq!(canvas.pixels[at..at + 3], colour(*tint), "network {i}");
        }
    }
}
