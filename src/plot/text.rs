//! The bundled font: how wide text is, where lines break, and its pixels.
//!
//! `plotters` can set text itself, but it drops each glyph's left side bearing and rounds every advance, which spaces
//! letters unevenly; so the glyphs are placed here, to a fraction of a pixel.

use super::scene::Type;
use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use std::sync::LazyLock;

/// What an SVG viewer is told to look for.
pub const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";

static REGULAR: LazyLock<FontRef> = LazyLock::new(|| bundled(include_bytes!("fonts/Inter-Regular.otf")));
static BOLD: LazyLock<FontRef> = LazyLock::new(|| bundled(include_bytes!("fonts/Inter-SemiBold.otf")));

fn bundled(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the bundled font is a font")
}

fn font(kind: Type) -> &'static FontRef<'static> {
    if kind.bold { &BOLD } else { &REGULAR }
}

/// The font's own unit of size is ascent to descent; type is measured in ems.
fn scale(kind: Type) -> PxScale {
    let font = font(kind);
    PxScale::from(kind.size as f32 * font.height_unscaled() / font.units_per_em().unwrap_or(1.0))
}

/// Width in pixels.
pub fn width(text: &str, kind: Type) -> f64 {
    let font = font(kind).as_scaled(scale(kind));
    text.chars().map(|c| f64::from(font.h_advance(font.glyph_id(c)))).sum()
}

/// Calls `pixel(x, y, coverage)` for all pixels that the text touches; it begins at `(x, y)` on its base line.
pub fn draw(text: &str, kind: Type, (x, y): (f64, f64), mut pixel: impl FnMut(i32, i32, f32)) {
    let (font, scale) = (font(kind), scale(kind));
    let mut pen = x as f32;
    for id in text.chars().map(|c| font.glyph_id(c)) {
        let glyph = Glyph { id, scale, position: point(pen, y as f32) };
        if let Some(outlined) = font.outline_glyph(glyph) {
            let corner = outlined.px_bounds().min;
            let at = |dx: u32, dy: u32| (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
            outlined.draw(|dx, dy, coverage| pixel(at(dx, dy).0, at(dx, dy).1, coverage));
        }
        pen += font.as_scaled(scale).h_advance(id);
    }
}

/// The text in at most `lines` lines no wider than `room`, broken at spaces; what does not fit ends in an ellipsis.
pub fn wrapped(text: &str, kind: Type, room: f64, lines: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let row = rows.last_mut().expect("never empty");
        let longer = if row.is_empty() { word.to_string() } else { format!("{row} {word}") };
        if row.is_empty() || width(&longer, kind) <= room || rows.len() == lines {
            *rows.last_mut().expect("never empty") = longer;
        } else {
            rows.push(word.to_string());
        }
    }
    // A dot between two parts of a sentence is not needed where a line ends.
    rows.iter().map(|row| shortened(row.trim_end_matches(" ·").trim_start_matches("· "), kind, room)).collect()
}

/// The text, cut with an ellipsis where it is wider than `room`.
pub fn shortened(text: &str, kind: Type, room: f64) -> String {
    if width(text, kind) <= room {
        return text.into();
    }
    let mut left = room - width("…", kind);
    let fits = |c: &char| {
        left -= width(c.encode_utf8(&mut [0; 4]), kind);
        left >= 0.0
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::theme::BODY;
    use super::*;

    #[test]
    fn the_font_has_what_the_pictures_write() {
        for font in [&*REGULAR, &*BOLD] {
            for c in "Aaé0%−×≤≥±…·–—’“”→∞⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u{a0}ß".chars() {
                assert!(font.glyph_id(c).0 != 0, "{c:?}");
            }
        }
    }

    #[test]
    fn letters_keep_their_bearings() {
        // The stem of l starts right of the pen, by its left side bearing; its ink must end left of the next pen.
        let (mut left, mut right) = (i32::MAX, i32::MIN);
        draw("l", Type { size: 100.0, ..BODY }, (0.0, 0.0), |x, _, c| {
            if c > 0.5 {
                (left, right) = (left.min(x), right.max(x));
            }
        });
        assert!(left >= 3 && f64::from(right) < width("l", Type { size: 100.0, ..BODY }), "{left} {right}");
    }

    #[test]
    fn long_text_wraps_and_then_ends_in_an_ellipsis() {
        let rows = wrapped("one two three four five six seven eight", BODY, 120.0, 2);
        assert_eq!(rows.len(), 2);
        assert!(rows[1].ends_with('…') && rows.iter().all(|r| width(r, BODY) <= 120.0), "{rows:?}");
        assert_eq!(wrapped("", BODY, 120.0, 2), [""]);
        assert_eq!(wrapped("immeasurablylongword", BODY, 90.0, 3).len(), 1);
    }
}
