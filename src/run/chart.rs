//! A finished map: its table and arrays, its boundary's dimension, its pictures.

use super::words;
use crate::engine::Job;
use crate::error::Result;
use crate::math::convergence::Convergence;
use crate::statistics::Dimension;
use crate::statistics::equalise;
use crate::study::{Map, Side, Study};
use crate::sweep::{CLOSEST, Precision};
use std::path::PathBuf;

/// The least and the most of a shade: between those that converged and those that did not there is a gap, as in the paper.
const SHADES: [f64; 2] = [0.25, 1.0];

/// What was made of a map's models.
#[derive(Debug)]
pub struct Chart {
    /// Its pixels.
    pub map: Map,
    /// Of the boundary between models that converged and others; none where there is none, or the map is too small.
    pub dimension: Option<Dimension>,
    /// What values of the axes were rounded to.
    pub precision: Precision,
    /// How many units in the last place of that the pixels are apart at least.
    pub apart: f64,
    /// The files written.
    pub files: Vec<PathBuf>,
}

impl Chart {
    /// Makes all of it in the study's folder. `engine` trained the models.
    ///
    /// # Errors
    /// As for [`Study::write_map`] and for pictures.
    pub fn of(study: &Study, jobs: &[Job], engine: &str) -> Result<Self> {
        let (map, files) = study.write_map()?;
        let dimension = Dimension::of_boundary(&map.converged(), [map.y.values.len(), map.x.values.len()]);
        let precision = Precision::of_engine(engine);
        let apart = |side: &Side| precision.closest(&side.values);
        let apart = apart(&map.x).min(apart(&map.y));
        let _ = words::settings(study.question(), jobs);
        Ok(Self { map, dimension, precision, apart, files })
    }

    /// Share of the models that converged.
    pub fn converged(&self) -> f64 {
        self.map.pixels.iter().filter(|pixel| pixel.is_converged()).count() as f64 / self.map.pixels.len() as f64
    }

    /// By how much a window may be smaller than this one, with as many pixels.
    pub fn deepest(&self) -> f64 {
        self.apart / CLOSEST
    }
}

/// A shade for each pixel, row-major `[y, x]`: of those that converged from 1, at once, down to 1/4, slowly; of the others from -1, lost at
/// once, to -1/4, slowly. By the ranks of the sums that [`Convergence`] has, so that every shade is there as often.
pub fn shades(pixels: &[Convergence]) -> Vec<f64> {
    let mut shades = vec![0.0; pixels.len()];
    for converged in [true, false] {
        let own: Vec<usize> = (0..pixels.len()).filter(|n| pixels[*n].is_converged() == converged).collect();
        // The smaller either sum, the sooner it was decided.
        let sum = |n: &usize| if converged { pixels[*n].loss_sum } else { pixels[*n].inverse_sum };
        let mut ranks: Vec<f64> = own.iter().map(sum).collect();
        equalise(&mut ranks);
        let sign = if converged { 1.0 } else { -1.0 };
        own.iter().zip(ranks).for_each(|(n, rank)| shades[*n] = sign * (SHADES[1] - (SHADES[1] - SHADES[0]) * rank));
    }
    shades
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_tell_who_converged_and_how_soon() {
        let pixel = |loss_sum, inverse_sum, last| Convergence { loss_sum, inverse_sum, last };
        let pixels = [
            pixel(5.0, 9.0, 0.5),
            pixel(1e6, 2.0, 1e6),
            pixel(3.0, 0.0, 0.9),
            pixel(1e7, 40.0, 1.0),
            pixel(4.0, 1.0, 0.1),
        ];
        assert_eq!(shades(&pixels), [0.25, -1.0, 1.0, -0.25, 0.625]);
        assert_eq!(shades(&pixels[..1]), [0.625]);
        assert!(shades(&[]).is_empty());
    }
}
