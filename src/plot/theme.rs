//! Style shared by all pictures: size, colours, type sizes, and number formats.

pub use crate::statistics::number_format::percent;

/// Width and height of every picture, in pixels.
pub const SIZE: (u32, u32) = (1600, 1000);

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// Text style; size in pixels per em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextStyle {
    pub size: f64,
    pub bold: bool,
    pub rgb: Rgb,
}

pub const WHITE: Rgb = (255, 255, 255);
/// Titles and the most important elements.
pub const INK: Rgb = (17, 24, 39);
/// All other text.
pub const SOFT: Rgb = (75, 85, 99);
/// Axis lines.
pub const AXIS: Rgb = (156, 163, 175);
/// Grid lines behind the data.
pub const GRID: Rgb = (229, 231, 235);
/// Neutral elements: neither success nor special.
pub const GREY: Rgb = (166, 172, 182);

// Okabe and Ito, "Color universal design", 2008, except purple: theirs looks grey to deuteranopes. A test in
// `series_style.rs` simulates colour blindness and measures the distances between all of these.
pub const BLACK: Rgb = (0, 0, 0);
pub const BLUE: Rgb = (0, 114, 178);
pub const ORANGE: Rgb = (230, 159, 0);
pub const GREEN: Rgb = (0, 158, 115);
pub const VERMILION: Rgb = (213, 94, 0);
pub const PURPLE: Rgb = (136, 34, 85);
pub const SKY: Rgb = (86, 180, 233);

pub const TITLE: TextStyle = TextStyle { size: 38.0, bold: true, rgb: INK };
pub const SUBTITLE: TextStyle = TextStyle { size: 26.0, bold: false, rgb: SOFT };
pub const AXIS_TITLE: TextStyle = TextStyle { size: 26.0, bold: true, rgb: SOFT };
pub const TICK: TextStyle = TextStyle { size: 26.0, bold: false, rgb: SOFT };
pub const BODY: TextStyle = TextStyle { size: 26.0, bold: false, rgb: INK };

/// Bold style in the colour of what the label names.
pub fn named(rgb: Rgb) -> TextStyle {
    TextStyle { bold: true, rgb, ..BODY }
}

/// Eleven even steps of matplotlib's viridis (Smith and van der Walt 2015, CC0).
const VIRIDIS: [Rgb; 11] = [
    (68, 1, 84),
    (72, 36, 117),
    (65, 68, 135),
    (53, 95, 141),
    (42, 120, 142),
    (33, 145, 140),
    (34, 168, 132),
    (68, 191, 112),
    (122, 209, 81),
    (189, 223, 38),
    (253, 231, 37),
];

/// Part of viridis that is used: its yellow end is too pale on white.
const VIRIDIS_USED: f64 = 0.9;

/// A colour for `share` from 0 (dark violet) to 1 (yellow green).
pub fn sequential(share: f64) -> Rgb {
    let place = share.clamp(0.0, 1.0) * VIRIDIS_USED * (VIRIDIS.len() - 1) as f64;
    let low = (place as usize).min(VIRIDIS.len() - 2);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * (place - low as f64)).round() as u8;
    let (a, b) = (VIRIDIS[low], VIRIDIS[low + 1]);
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Darkens a colour until it is readable as text on white.
pub fn readable((r, g, b): Rgb) -> Rgb {
    let light = 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
    let dim = |c: u8| (f64::from(c) * (110.0 / light).min(1.0)).round() as u8;
    (dim(r), dim(g), dim(b))
}

/// Human-readable number with `digits` significant digits: `0.0746`, `1.5×10⁻⁷`.
pub fn number(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return if value.is_nan() {
            "–".into()
        } else if value > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        };
    }
    // Rounds first: 0.09996 to two digits is 0.1, which has another exponent.
    let rounded = format!("{:.*e}", digits - 1, value.abs());
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "−" } else { "" };
    if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return format!("{sign}{}", trimmed(&format!("{:.*}", decimals, value.abs())));
    }
    match trimmed(mantissa) {
        "1" => format!("{sign}10{}", superscript(exponent)),
        mantissa => format!("{sign}{mantissa}×10{}", superscript(exponent)),
    }
}

/// Removes trailing zeros after the decimal point.
fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

fn superscript(exponent: i32) -> String {
    let raise = |c| match c {
        '-' => '⁻',
        digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize - '0' as usize],
    };
    exponent.to_string().chars().map(raise).collect()
}

/// Capitalizes the first letter.
pub fn titled(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A count with commas: `12,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let comma = |(i, c): (usize, char)| {
        let before = (i > 0 && (digits.len() - i).is_multiple_of(3)).then_some(',');
        before.into_iter().chain([c])
    };
    digits.chars().enumerate().flat_map(comma).collect()
}

/// Number of models with its noun: `1 model`, `12 models`.
pub fn models(n: u64) -> String {
    format!("{} {}", count(n), crate::plural::noun(n, "model"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let written =
            [0.0, 0.001, 0.0746, 0.09996, 0.1, 1.0, -12.5, 250000.0, 1e-30, 2.5e-7, 3e30].map(|v| number(v, 3));
        let expected = ["0", "0.001", "0.0746", "0.1", "0.1", "1", "−12.5", "250000", "10⁻³⁰", "2.5×10⁻⁷", "3×10³⁰"];
        assert_eq!(written, expected);
        assert_eq!([f64::NAN, f64::INFINITY].map(|v| number(v, 3)), ["–", "∞"]);
        assert_eq!([1, 999, 1000, 1234567].map(count), ["1", "999", "1,000", "1,234,567"]);
        assert_eq!([0.7, 0.8234, 1.0].map(percent), ["70\u{a0}%", "82.3\u{a0}%", "100\u{a0}%"]);
    }

    #[test]
    fn the_colour_scale_gets_lighter_all_the_way() {
        let light = |c: Rgb| 0.2126 * f64::from(c.0) + 0.7152 * f64::from(c.1) + 0.0722 * f64::from(c.2);
        let scale: Vec<f64> = (0..=20).map(|i| light(sequential(f64::from(i) / 20.0))).collect();
        assert!(scale.windows(2).all(|pair| pair[1] > pair[0]), "{scale:?}");
    }
}
