//! Style of a sweep's curves: a colour and dashes each, the same in every picture of a run.

use super::theme::{BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, Rgb, SKY, VERMILION};

/// Colours of the curves, in the order of a sweep's choices.
pub const COLOURS: [Rgb; 8] = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, GREY];
/// Number of solid curves; later ones differ by dashes, too.
const SOLID: usize = 3;
/// Lengths of dashes and gaps in pixels, alternating.
const DASHES: [&[f64]; 3] = [&[24.0, 10.0], &[11.0, 8.0], &[26.0, 8.0, 6.0, 8.0]];

/// Style of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesStyle {
    /// Red, green, blue.
    pub rgb: Rgb,
    /// Lengths of dashes and gaps in pixels, alternating; empty for a solid line.
    pub dashes: &'static [f64],
}

impl SeriesStyle {
    /// Style of curve number `k` of a sweep, the same in every picture. The first 24 differ.
    pub fn of(k: usize) -> Self {
        let (colour, round) = (k % COLOURS.len(), k / COLOURS.len());
        let dashes = if k < SOLID { &[] } else { DASHES[(colour + round) % DASHES.len()] };
        Self { rgb: COLOURS[colour], dashes }
    }

    /// A solid line.
    pub fn solid(rgb: Rgb) -> Self {
        Self { rgb, dashes: &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::super::class_layers::LAYERS;
    use super::*;

    /// Minimum distance in CIELAB (1976) between colours of a chart; a just noticeable difference is 2.3.
    const LEAST: f64 = 18.0;
    /// Minimum distance of colours from the white background.
    const ON_WHITE: f64 = 29.0;

    /// Linear RGB as seen with normal vision, protanopia and deuteranopia: G. M. Machado, M. M. Oliveira and
    /// L. A. F. Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15,
    /// 2009, severity 1.
    const SIGHTS: [(&str, [[f64; 3]; 3]); 3] = [
        ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        ),
    ];

    /// L*, a*, b* (D65) of a colour as it is seen.
    fn lab(rgb: Rgb, sight: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [rgb.0, rgb.1, rgb.2].map(|c| match f64::from(c) / 255.0 {
            c if c <= 0.04045 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        });
        let of = |row: &[f64; 3]| row.iter().zip(linear).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0);
        let seen = [of(&sight[0]), of(&sight[1]), of(&sight[2])];
        let xyz =
            [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
        let white = [0.95047, 1.0, 1.08883];
        let [x, y, z] = [0, 1, 2].map(|k| {
            let t = xyz[k].iter().zip(seen).map(|(a, b)| a * b).sum::<f64>() / white[k];
            if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(a: Rgb, b: Rgb, sight: &[[f64; 3]; 3]) -> f64 {
        lab(a, sight).iter().zip(lab(b, sight)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn the_distance_is_known_of_known_colours() {
        let normal = &SIGHTS[0].1;
        assert!((distance((0, 0, 0), (255, 255, 255), normal) - 100.0).abs() < 0.01);
        // Red and green of sRGB are (53.24, 80.09, 67.20) and (87.73, -86.18, 83.18).
        assert!((distance((255, 0, 0), (0, 255, 0), normal) - 170.6).abs() < 0.1);
        let okabe_itos_purple = distance((204, 121, 167), GREY, &SIGHTS[2].1);
        assert!(okabe_itos_purple < 8.0, "why another stands in its place: {okabe_itos_purple}");
    }

    #[test]
    fn colour_blind_readers_tell_series_and_classes_apart() {
        let classes: Vec<Rgb> = LAYERS.iter().map(|(_, rgb, _)| *rgb).collect();
        for (sight, matrix) in &SIGHTS {
            for colours in [&COLOURS[..], &classes] {
                for (k, a) in colours.iter().enumerate() {
                    let white = distance(*a, (255, 255, 255), matrix);
                    assert!(white >= ON_WHITE, "{sight}: {a:?} on white: {white}");
                    for b in &colours[..k] {
                        let found = distance(*a, *b, matrix);
                        assert!(found >= LEAST, "{sight}: {a:?} and {b:?} are {found} apart");
                    }
                }
            }
        }
    }

    #[test]
    fn curves_differ_and_from_the_fourth_on_by_dashes_too() {
        let styles: Vec<SeriesStyle> = (0..24).map(SeriesStyle::of).collect();
        assert!((0..3).all(|k| styles[k].dashes.is_empty()) && (3..24).all(|k| !styles[k].dashes.is_empty()));
        for (k, style) in styles.iter().enumerate() {
            assert!(!styles[..k].contains(style), "{k}");
        }
    }
}
