//! Colours of a map: blue for converged networks, red and yellow for diverged ones, darker for slower ones.

use super::super::theme::{GREY, Rgb};
use crate::statistics::equalise;

/// ColorBrewer's RdYlBu in 11 classes (C. A. Brewer and M. Harrower, The Pennsylvania State University, Apache License
/// 2.0). The paper uses Spectral of the same family, but its two fast ends, which meet at the boundary's tips, differ
/// by only 8 for red-blind and 11 for green-blind readers (CIE 1976 ΔE, dichromats after Machado, Oliveira and
/// Fernandes 2009). Here they differ by 51 and 53.
const SCALE: [Rgb; 11] = [
    (165, 0, 38),
    (215, 48, 39),
    (244, 109, 67),
    (253, 174, 97),
    (254, 224, 144),
    (255, 255, 191),
    (224, 243, 248),
    (171, 217, 233),
    (116, 173, 209),
    (69, 117, 180),
    (49, 54, 149),
];

/// Smallest absolute tint: the paper's gap in the middle of the scale, which separates fast networks of both kinds.
pub const GAP: f64 = 0.25;

/// RGB of a tint; grey for NaN.
pub fn colour(tint: f64) -> [u8; 3] {
    if tint.is_nan() {
        return [GREY.0, GREY.1, GREY.2];
    }
    let place = (tint + 1.0) / 2.0 * (SCALE.len() - 1) as f64;
    let low = (place as usize).min(SCALE.len() - 2);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * (place - low as f64)).round() as u8;
    let (a, b) = (SCALE[low], SCALE[low + 1]);
    [mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2)]
}

/// Tints for [`MapPlot::tints`](super::MapPlot::tints): ranks within each kind, so that every shade has equally many
/// networks. Converged networks rank by the sum of their normalised losses, from 1/4 (smallest) to 1; diverged ones by
/// the sum of the inverses, from −1/4 (smallest) to −1. NaN if the sum used is NaN.
///
/// # Panics
/// If the three lengths differ.
pub fn tints(converged: &[bool], loss_sum: &[f64], inverse_sum: &[f64]) -> Vec<f64> {
    assert!(loss_sum.len() == converged.len() && inverse_sum.len() == converged.len(), "a sum of both kinds a network");
    let shares = |sums: &[f64], kind: bool| {
        let own = sums.iter().zip(converged).filter(|(_, converged)| **converged == kind);
        let mut own: Vec<f64> = own.map(|(sum, _)| *sum).collect();
        equalise(&mut own);
        own.into_iter()
    };
    let (mut slow, mut slow_to_diverge) = (shares(loss_sum, true), shares(inverse_sum, false));
    let tint = |share: Option<f64>| share.map_or(f64::NAN, |share| GAP + (1.0 - GAP) * share);
    let signed = |kind: &bool| if *kind { tint(slow.next()) } else { -tint(slow_to_diverge.next()) };
    converged.iter().map(signed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_networks_are_dark_and_every_shade_has_as_many() {
        let converged = [true, false, true, true, false, true];
        let found = tints(&converged, &[3.0, 9e9, 1.0, 400.0, 9e9, 2.0], &[0.0, 5.0, 0.0, 0.0, 1e-9, 0.0]);
        assert_eq!(found, [0.75, -1.0, 0.25, 1.0, -0.25, 0.5]);
        let missing = tints(&[true, true, false], &[f64::NAN, 1.0, 1.0], &[1.0, 1.0, f64::NAN]);
        assert!(missing[0].is_nan() && missing[2].is_nan());
        assert_eq!(missing[1], 0.625);
        let light = |tint: f64| colour(tint).iter().map(|c| u32::from(*c)).sum::<u32>();
        assert!(light(1.0) < light(0.6) && light(0.6) < light(0.25));
        assert!(light(-1.0) < light(-0.6) && light(-0.6) < light(-0.25));
    }

    #[test]
    fn converged_is_blue_and_diverged_is_red() {
        let steps = || (0..=30).map(|i| GAP + (1.0 - GAP) * f64::from(i) / 30.0);
        assert!(steps().map(colour).all(|[r, _, b]| b > r));
        assert!(steps().map(|tint| colour(-tint)).all(|[r, _, b]| r > b));
        assert_eq!([colour(-1.0), colour(0.0), colour(1.0)], [[165, 0, 38], [255, 255, 191], [49, 54, 149]]);
        assert_eq!(colour(f64::NAN), [GREY.0, GREY.1, GREY.2]);
    }
}
