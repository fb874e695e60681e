//! A map: one network for each pixel, coloured by whether its training converged and how fast, after J. Sohl-Dickstein,
//! "The boundary of neural network trainability is fractal" (arXiv 2402.06184, 2024).
//!
//! Not a [`Scene`](super::Scene): its pixels are the data, one per network.

mod canvas;
mod colours;
mod encode;
mod figure;
mod map_ticks;
mod thumbnail;

pub use colours::tints;

use super::picture_kind::PictureKind;
use crate::error::{Error, Result};
use crate::parallel::*;

/// An axis of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapAxis<'a> {
    /// Name of the axis: `learning rate of the first layer`.
    pub words: &'a str,
    /// The value of each column or row, ascending.
    pub values: &'a [f64],
}

/// A picture with a pixel for each network.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPlot<'a> {
    /// Headline.
    pub title: &'a str,
    /// Network, points, epochs, seed.
    pub subtitle: &'a str,
    /// Horizontal axis, `[w]`.
    pub x: MapAxis<'a>,
    /// Vertical axis, `[h]`.
    pub y: MapAxis<'a>,
    /// Colours, row-major `[h, w]`, from [`tints`]; row 0, the smallest `y`, is drawn at the bottom. 0 to 1: converged,
    /// 1 the slowest; −1 to 0: diverged, −1 the slowest; NaN: unknown.
    pub tints: &'a [f64],
    /// Legend text for tints from 0 to 1: `converged`.
    pub converged: &'a str,
    /// Legend text for tints below 0: `diverged`.
    pub diverged: &'a str,
    /// Metadata of all files: keys (1 to 79 characters of Latin-1) and texts. Title, Description (the subtitle) and
    /// Software are added unless they are given.
    pub metadata: &'a [(String, String)],
}

/// Files in memory: names and bytes.
pub type MapFiles = [(&'static str, Vec<u8>); 3];

impl MapPlot<'_> {
    /// Draws three PNG files, each with its name:
    /// - `map`, the figure with axes and legend; a network is one pixel, or in maps of up to 512 pixels a square that
    ///   enlarges the map to about 1024 pixels;
    /// - `pixels`, w × h pixels, nothing else;
    /// - `thumbnail`, these pixels averaged down to at most 256 × 256.
    ///
    /// # Errors
    /// [`Error::Picture`] for inconsistent input.
    pub fn files(&self) -> Result<MapFiles> {
        self.check()?;
        let (size, text, pixels) = (self.size(), self.text(), self.rgb());
        let encoded = |size, pixels: &[u8]| encode::png(size, pixels, &text).map_err(failed);
        let figure = || {
            let canvas = figure::figure(self, &pixels);
            encoded([canvas.height, canvas.width], &canvas.pixels)
        };
        let small = || {
            let (size, small) = thumbnail::thumbnail(&pixels, size);
            encoded(size, &small)
        };
        let (map, (bare, small)) = join(figure, || join(|| encoded(size, &pixels), small));
        Ok([(PictureKind::Map.name(), map?), ("pixels", bare?), ("thumbnail", small?)])
    }

    /// Writes the files of [`MapPlot::files`] into `folder` and returns their paths. Each is written atomically.
    ///
    /// # Errors
    /// As for [`MapPlot::files`]; [`Error::Io`] if a file can't be written.
    #[cfg(feature = "native")]
    pub fn write(&self, folder: &std::path::Path) -> Result<Vec<std::path::PathBuf>> {
        let replace = super::picture_files::replace;
        self.files()?.iter().map(|(name, bytes)| replace(&folder.join(name), "png", bytes)).collect()
    }

    /// The plain image: RGB, row by row from the top, which is the last row of `tints`.
    pub fn rgb(&self) -> Vec<u8> {
        let width = self.x.values.len().max(1);
        let mut pixels = vec![0; 3 * self.tints.len()];
        let rows = pixels.par_chunks_mut(3 * width).zip(self.tints.par_rchunks(width));
        rows.for_each(|(row, tints)| {
            row.chunks_exact_mut(3).zip(tints).for_each(|(pixel, tint)| pixel.copy_from_slice(&colours::colour(*tint)));
        });
        pixels
    }

    /// Number of rows and columns.
    fn size(&self) -> [usize; 2] {
        [self.y.values.len(), self.x.values.len()]
    }

    /// Checks that the parts fit together.
    fn check(&self) -> Result<()> {
        let [h, w] = self.size();
        if h == 0 || w == 0 || self.tints.len() != h * w {
            return Err(failed(format!("{} tints for a map of {h} rows and {w} columns", self.tints.len())));
        }
        for axis in [self.x, self.y] {
            let ascend = axis.values.windows(2).all(|pair| pair[0] < pair[1]);
            if !ascend || axis.values.iter().any(|value| !value.is_finite()) {
                return Err(failed(format!("values of the axis {:?} that do not ascend", axis.words)));
            }
        }
        match self.tints.iter().find(|tint| tint.abs() > 1.0) {
            Some(tint) => Err(failed(format!("a tint of {tint}, which is not from −1 to 1"))),
            None => Ok(()),
        }
    }

    /// Metadata of all files.
    fn text(&self) -> Vec<(&str, &str)> {
        let software = concat!("gpu-sweep ", env!("CARGO_PKG_VERSION"));
        let given: Vec<(&str, &str)> = self.metadata.iter().map(|(key, text)| (&**key, &**text)).collect();
        let own = [("Title", self.title), ("Description", self.subtitle), ("Software", software)];
        let lacking = own.into_iter().filter(|(key, _)| given.iter().all(|(other, _)| other != key));
        lacking.chain(given.iter().copied()).collect()
    }
}

fn failed(what: impl std::fmt::Display) -> Error {
    Error::Picture { name: PictureKind::Map.name().into(), what: what.to_string() }
}
