//! Renders a scene as a PNG or an SVG.

use super::scene::{Align, Primitive, Scene, TextLine};
use super::substitute_names::{completed, written};
use super::text_layout;
use super::theme::{Rgb, SIZE, WHITE};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};
use std::fmt::Display;

/// Factor by which shapes are drawn larger, then averaged: smooth edges despite the backend's integer coordinates.
const OVERSAMPLING: u32 = 2;
/// Units per pixel in an SVG, whose coordinates are integers too.
const SVG_UNITS: u32 = 10;
/// `plotters` moves bottom-anchored SVG text up by half the height of an x; Inter's x is 0.546 em high.
const HALF_X: f64 = 0.273;
/// `plotters` divides font sizes by this when it writes an SVG.
const PLOTTERS_EM: f64 = 1.24;

/// Renders the scene as a PNG file.
pub fn png(scene: &Scene) -> Result<Vec<u8>, String> {
    encoded(&pixels(scene)?, SIZE).map_err(message)
}

/// Renders the scene as pixels, `[height, width, 3]`: red, green and blue.
pub fn pixels(scene: &Scene) -> Result<Vec<u8>, String> {
    let size = (SIZE.0 * OVERSAMPLING, SIZE.1 * OVERSAMPLING);
    let mut large = vec![255; size.0 as usize * size.1 as usize * 3];
    draw_shapes(scene, &mut BitMapBackend::with_buffer(&mut large, size), f64::from(OVERSAMPLING)).map_err(message)?;
    let mut pixels = averaged(&large);
    let size = [SIZE.1 as usize, SIZE.0 as usize];
    let substitutes = completed(&scene.substitutes, scene.labels.iter().map(|label| label.text.as_str()));
    for label in &scene.labels {
        let text = written(&label.text, &substitutes);
        draw_label(&TextLine { text, ..label.clone() }, &mut pixels, size);
    }
    Ok(pixels)
}

/// Renders the scene as an SVG file, with the picture's title as its name for screen readers.
pub fn svg(scene: &Scene) -> Result<String, String> {
    let mut body = String::new();
    let size = (SIZE.0 * SVG_UNITS, SIZE.1 * SVG_UNITS);
    let mut backend = SVGBackend::with_string(&mut body, size);
    let white = RGBColor(WHITE.0, WHITE.1, WHITE.2);
    backend.draw_rect((0, 0), (size.0 as i32, size.1 as i32), &white, true).map_err(message)?;
    draw_shapes(scene, &mut backend, f64::from(SVG_UNITS)).map_err(message)?;
    for label in &scene.labels {
        set_label(label, &mut backend).map_err(message)?;
    }
    backend.present().map_err(message)?;
    drop(backend);
    // The backend's first line would make the picture ten times as large as the PNG.
    let rest =
        body.split_once('\n').map_or("", |(_, rest)| rest).replace("font-weight=\"bold\"", "font-weight=\"600\"");
    let head = format!(
        r#"<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">"#,
        SIZE.0, SIZE.1, size.0, size.1
    );
    Ok(format!("{head}\n<title>{}</title>\n{}", escaped(&scene.title), with_widths(&rest, &scene.labels)))
}

/// Makes every text as wide as in the PNG, whatever typeface the reader has: a wider one would leave the picture.
fn with_widths(body: &str, labels: &[TextLine]) -> String {
    let mut parts = body.split("<text ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(labels).fold(first, |before, (part, label)| {
        let width = (text_layout::width(&label.text, label.kind) * f64::from(SVG_UNITS)).round();
        format!("{before}<text textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" {part}")
    })
}

fn message(error: impl Display) -> String {
    error.to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Draws all shapes at `scale` units per base pixel.
fn draw_shapes<B: DrawingBackend>(scene: &Scene, to: &mut B, scale: f64) -> Result<(), impl Display + use<B>> {
    let unit = |v: f64| (v * scale).round() as i32;
    let place = |&(x, y): &(f64, f64)| (unit(x), unit(y));
    let style = |(r, g, b): Rgb, alpha: f64, width: f64| ShapeStyle {
        color: RGBAColor(r, g, b, alpha),
        filled: true,
        stroke_width: unit(width).max(1) as u32,
    };
    scene.shapes.iter().try_for_each(|shape| match shape {
        Primitive::Fill { outline, paint } => {
            to.fill_polygon(outline.iter().map(place), &style(paint.rgb, paint.alpha, 1.0))
        }
        Primitive::Rectangle { corners: [low, high], paint } => {
            to.draw_rect(place(low), place(high), &style(paint.rgb, paint.alpha, 1.0), true)
        }
        Primitive::Line { points, width, paint } => {
            to.draw_path(points.iter().map(place), &style(paint.rgb, paint.alpha, *width))
        }
        Primitive::Dot { centre, radius, paint } => {
            to.draw_circle(place(centre), unit(*radius) as u32, &style(paint.rgb, paint.alpha, 1.0), true)
        }
    })
}

/// Averages each square of `OVERSAMPLING` × `OVERSAMPLING` pixels.
fn averaged(large: &[u8]) -> Vec<u8> {
    let (n, row) = (OVERSAMPLING as usize, SIZE.0 as usize * 3);
    let mut sums = vec![0u16; row];
    let mut pixels = Vec::with_capacity(row * SIZE.1 as usize);
    for rows in large.chunks_exact(row * n * n) {
        sums.fill(0);
        for line in rows.chunks_exact(row * n) {
            for (square, sum) in line.chunks_exact(3 * n).zip(sums.chunks_exact_mut(3)) {
                square.chunks_exact(3).for_each(|p| (0..3).for_each(|c| sum[c] += u16::from(p[c])));
            }
        }
        pixels.extend(sums.iter().map(|sum| ((sum + (n * n / 2) as u16) / (n * n) as u16) as u8));
    }
    pixels
}

/// Draws a label's glyphs onto the pixels [h, w].
pub fn draw_label(label: &TextLine, pixels: &mut [u8], [h, w]: [usize; 2]) {
    let shift = match label.align {
        Align::Start => 0.0,
        Align::Middle => -0.5,
        Align::End => -1.0,
    };
    let start = label.at.0 + shift * text_layout::width(&label.text, label.kind);
    let (r, g, b) = label.kind.rgb;
    // A base line on whole pixels keeps letters sharp.
    text_layout::draw(&label.text, label.kind, (start, label.at.1.round()), |x, y, coverage| {
        let inside = |at: i32, n: usize| usize::try_from(at).ok().filter(|at| *at < n);
        if let (Some(x), Some(y)) = (inside(x, w), inside(y, h)) {
            let at = (y * w + x) * 3;
            let blend = |below: u8, above: u8| {
                (f32::from(below) + (f32::from(above) - f32::from(below)) * coverage.min(1.0)).round() as u8
            };
            pixels[at..at + 3].iter_mut().zip([r, g, b]).for_each(|(below, above)| *below = blend(*below, above));
        }
    });
}

/// Writes a label as SVG text, so that it can be selected and read aloud.
fn set_label(label: &TextLine, to: &mut SVGBackend) -> Result<(), impl Display + use<>> {
    let h_pos = match label.align {
        Align::Start => HPos::Left,
        Align::Middle => HPos::Center,
        Align::End => HPos::Right,
    };
    let (units, (r, g, b)) = (f64::from(SVG_UNITS), label.kind.rgb);
    let colour = RGBColor(r, g, b);
    let size = label.kind.size * units;
    let weight = if label.kind.bold { FontStyle::Bold } else { FontStyle::Normal };
    let style = TextStyle::from((FontFamily::Name(text_layout::FAMILY), size * PLOTTERS_EM, weight))
        .color(&colour)
        .pos(Pos::new(h_pos, VPos::Bottom));
    let at = ((label.at.0 * units) as i32, (label.at.1 * units + HALF_X * size) as i32);
    to.draw_text(&label.text, &style, at)
}

/// Encodes RGB pixels as a PNG file, fast rather than small.
pub fn encoded(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::FilterType::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}
