//! Text layout with the bundled fonts: widths, line breaks and pixels.
//!
//! `plotters` can set text, but it drops each glyph's left side bearing and rounds every advance, which spaces letters
//! unevenly; so glyphs are placed here, with subpixel precision. A character that no bundled font has takes the same
//! width on every machine, whether drawn by a system font or as a box, so that layout and SVG are machine-independent.

#[cfg(feature = "native")]
use super::system_fonts::system_font;
use super::theme::{BODY, TextStyle};
use ab_glyph::{Font, FontArc, Glyph, PxScale, point};
use std::sync::LazyLock;

/// Font families for SVG viewers.
pub const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";

/// Fonts for Latin, then for Cyrillic, Greek and more Latin.
static REGULAR: LazyLock<[FontArc; 2]> = LazyLock::new(|| {
    [bundled(include_bytes!("fonts/Inter-Regular.otf")), bundled(include_bytes!("fonts/InterMore-Regular.otf"))]
});
static BOLD: LazyLock<[FontArc; 2]> = LazyLock::new(|| {
    [bundled(include_bytes!("fonts/Inter-SemiBold.otf")), bundled(include_bytes!("fonts/InterMore-SemiBold.otf"))]
});

/// Widths in ems of characters that no bundled font has: of East Asian scripts, and of others.
const WIDE: f64 = 1.0;
const NARROW: f64 = 0.65;

fn bundled(bytes: &'static [u8]) -> FontArc {
    FontArc::try_from_slice(bytes).expect("the bundled font is a font")
}

/// The bundled font that has a character.
fn font(c: char, kind: TextStyle) -> Option<&'static FontArc> {
    let fonts = if kind.bold { &*BOLD } else { &*REGULAR };
    fonts.iter().find(|font| font.glyph_id(c).0 != 0)
}

/// Without files, there are no fonts but the bundled ones.
#[cfg(not(feature = "native"))]
fn system_font(_: char) -> Option<&'static FontArc> {
    None
}

/// Whether a character can be drawn on this machine.
pub fn is_drawable(c: char) -> bool {
    let kind = BODY;
    is_invisible(c) || font(c, kind).is_some() || system_font(c).is_some()
}

/// Whether a character is a joiner, a variation selector or a direction mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a character fills a square, as those of East Asian scripts do.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Converts a type size in ems to the font library's unit, which is ascent to descent.
fn scale(font: &FontArc, kind: TextStyle) -> PxScale {
    PxScale::from(kind.size as f32 * font.height_unscaled() / font.units_per_em().unwrap_or(1.0))
}

/// Advance of a character, in pixels.
fn advance(c: char, kind: TextStyle) -> f64 {
    match font(c, kind) {
        _ if is_invisible(c) => 0.0,
        Some(font) => {
            let em = font.units_per_em().unwrap_or(1.0);
            f64::from(font.h_advance_unscaled(font.glyph_id(c)) / em) * kind.size
        }
        None if is_wide(c) => WIDE * kind.size,
        None => NARROW * kind.size,
    }
}

/// Width in pixels.
pub fn width(text: &str, kind: TextStyle) -> f64 {
    text.chars().map(|c| advance(c, kind)).sum()
}

/// Calls `pixel(x, y, coverage)` for all pixels of the text, which begins at `(x, y)` on its base line.
pub fn draw(text: &str, kind: TextStyle, (x, y): (f64, f64), mut pixel: impl FnMut(i32, i32, f32)) {
    let mut pen = x;
    for c in text.chars() {
        let room = advance(c, kind);
        match font(c, kind).or_else(|| system_font(c)) {
            _ if is_invisible(c) => {}
            Some(font) => draw_glyph(font, c, kind, (pen, y), &mut pixel),
            None => draw_box(kind, (pen, y), room, &mut pixel),
        }
        pen += room;
    }
}

fn draw_glyph(font: &FontArc, c: char, kind: TextStyle, (x, y): (f64, f64), pixel: &mut impl FnMut(i32, i32, f32)) {
    let glyph = Glyph { id: font.glyph_id(c), scale: scale(font, kind), position: point(x as f32, y as f32) };
    if let Some(outlined) = font.outline_glyph(glyph) {
        let corner = outlined.px_bounds().min;
        let at = |dx: u32, dy: u32| (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
        outlined.draw(|dx, dy, coverage| pixel(at(dx, dy).0, at(dx, dy).1, coverage));
    }
}

/// Draws an empty box for a character that no font has, so that its absence is visible.
fn draw_box(kind: TextStyle, (x, y): (f64, f64), room: f64, pixel: &mut impl FnMut(i32, i32, f32)) {
    let (left, right) = ((x + 0.1 * room) as i32, (x + 0.9 * room) as i32);
    let (top, bottom, edge) = ((y - 0.72 * kind.size) as i32, y as i32, (kind.size / 14.0).max(1.0) as i32);
    for (at, down) in (left..right).flat_map(|at| (top..bottom).map(move |down| (at, down))) {
        if at < left + edge || at >= right - edge || down < top + edge || down >= bottom - edge {
            pixel(at, down, 1.0);
        }
    }
}

/// Replaces control characters, and others that XML can't contain, by spaces.
pub fn printable(text: &str) -> String {
    text.replace(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'), " ")
}

/// Breaks the text at spaces into at most `lines` lines no wider than `room`; what does not fit ends in an ellipsis.
pub fn wrapped(text: &str, kind: TextStyle, room: f64, lines: usize) -> Vec<String> {
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
    // Drops a separating dot at the start or end of a line.
    rows.iter().map(|row| shortened(row.trim_end_matches(" ·").trim_start_matches("· "), kind, room)).collect()
}

/// Cuts the text with an ellipsis if it is wider than `room`.
pub fn shortened(text: &str, kind: TextStyle, room: f64) -> String {
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
    use super::*;

    #[test]
    fn the_font_has_what_the_pictures_write() {
        for kind in [BODY, TextStyle { bold: true, ..BODY }] {
            for c in "Aaé0%−×≤≥±…·–—’“”→∞⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u{a0}ßрЁщґΣωάẤơ№".chars()
            {
                assert!(font(c, kind).is_some(), "{c:?}");
            }
        }
    }

    /// Number of pixels that a text covers.
    fn ink(text: &str) -> usize {
        let mut pixels = 0;
        draw(text, BODY, (0.0, 0.0), |_, _, coverage| pixels += usize::from(coverage > 0.5));
        pixels
    }

    #[test]
    fn every_letter_is_seen_and_joiners_are_not() {
        let letters = "рост ύψος";
        assert!(letters.split(' ').all(|word| ink(word) > 50 * word.chars().count()), "letters");
        for missing in ["半", "ש", "ع", "क", "\u{e000}"] {
            assert!(ink(missing) > 20, "{missing}: a letter or a box");
        }
        assert_eq!((ink("\u{200d}\u{feff}"), width("\u{200d}", BODY)), (0, 0.0));
        assert_eq!((width("半", BODY), width("ع", BODY)), (BODY.size, 0.65 * BODY.size), "the same on every machine");
    }

    #[test]
    fn letters_keep_their_bearings() {
        // The stem of l starts right of the pen, by its left side bearing; its ink must end left of the next pen
        // position.
        let (mut left, mut right) = (i32::MAX, i32::MIN);
        draw("l", TextStyle { size: 100.0, ..BODY }, (0.0, 0.0), |x, _, c| {
            if c > 0.5 {
                (left, right) = (left.min(x), right.max(x));
            }
        });
        assert!(left >= 3 && f64::from(right) < width("l", TextStyle { size: 100.0, ..BODY }), "{left} {right}");
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
