//! Box-counting dimension of a boundary: a measure of its roughness, as in J. Sohl-Dickstein's maps of trainability
//! ("The boundary of neural network trainability is fractal", arXiv 2402.06184, 2024): the median of the slopes between
//! neighbouring scales.

use super::quantile;

/// Fewest boxes along the shorter side. With fewer, the count depends more on the position of the grid than on the set.
const FEWEST_ACROSS: usize = 8;
/// Fewest slopes for a median.
const FEWEST_SLOPES: usize = 2;

/// Side of the finest boxes for a boundary between samples. Samples hide structure below a pixel and miss tips and bays
/// of a pixel or two: the boundary of a Koch snowflake of 1024 pixels has slopes of 1.07 and 1.11 below boxes of 4,
/// instead of 1.26.
const FINEST: usize = 4;

/// Box-counting dimension of a set of pixels, with the counts behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxCountingDimension {
    /// Median of the slopes: 1 for a smooth line, 2 for a set that fills the plane.
    pub median: f64,
    /// Side of the boxes in pixels, each twice the one before, with the number of boxes that contain a pixel of the
    /// set.
    pub scales: Vec<(usize, u64)>,
    /// log2 of the ratio of neighbouring counts, from fine to coarse: one fewer than scales.
    pub slopes: Vec<f64>,
}

impl BoxCountingDimension {
    /// Smallest length in pixels of a map's shorter side for which its boundary has a dimension.
    pub const SMALLEST_MAP: usize = 114;

    /// Measures the boundary between the pixels that are true and those that are not; `converged` is [h, w], row-major.
    /// Like [`Self::of_set`] of [`boundary`], but with boxes from 4 pixels, because samples hide finer structure.
    /// `None` if all pixels are equal or the shorter side is below [`Self::SMALLEST_MAP`].
    ///
    /// # Panics
    /// If `converged` does not have h · w pixels.
    pub fn of_boundary(converged: &[bool], [h, w]: [usize; 2]) -> Option<Self> {
        Self::of_counts(&counts(boundary(converged, [h, w]), [h.saturating_sub(1), w.saturating_sub(1)]), FINEST)
    }

    /// Measures the pixels that are true; `set` is [h, w], row-major, and exact to the pixel.
    ///
    /// Boxes with sides of 1, 2, 4, ... pixels tile the map from the first pixel, as long as there are 8 along the
    /// shorter side, counting a last box that the edge cuts. A cut box counts as a whole one, because the counts are
    /// those of boxes that cover the set; where a side is not a power of two, this makes the coarsest slopes slightly
    /// too flat. `None` if no pixel is true, or if the shorter side is below 29 pixels, which leaves fewer than two
    /// slopes.
    ///
    /// # Panics
    /// If `set` does not have h · w pixels.
    pub fn of_set(set: &[bool], [h, w]: [usize; 2]) -> Option<Self> {
        assert_eq!(set.len(), h * w, "a pixel for each place of {h} × {w}");
        Self::of_counts(&counts(set.to_vec(), [h, w]), 1)
    }

    /// Computes the dimension from counts by side, without boxes smaller than `finest`.
    fn of_counts(counts: &[(usize, u64)], finest: usize) -> Option<Self> {
        let scales: Vec<(usize, u64)> = counts.iter().copied().filter(|(size, n)| *size >= finest && *n > 0).collect();
        let slopes: Vec<f64> = scales.windows(2).map(|pair| (pair[0].1 as f64 / pair[1].1 as f64).log2()).collect();
        let mut sorted = slopes.clone();
        sorted.sort_by(f64::total_cmp);
        let median = quantile(&sorted, 0.5).filter(|_| slopes.len() >= FEWEST_SLOPES)?;
        Some(Self { median, scales, slopes })
    }
}

/// Counts the boxes that contain a pixel of the set [h, w], by their side: 1, 2, 4, ...
fn counts(mut boxes: Vec<bool>, mut sides: [usize; 2]) -> Vec<(usize, u64)> {
    let mut counts = Vec::new();
    while sides[0].min(sides[1]) >= FEWEST_ACROSS {
        counts.push((1 << counts.len(), boxes.iter().filter(|held| **held).count() as u64));
        (boxes, sides) = (halved(&boxes, sides), sides.map(|side| side.div_ceil(2)));
    }
    counts
}

/// Marks the places [h − 1, w − 1] between four pixels of [h, w], row-major, whose pixels are not all equal.
///
/// # Panics
/// If `converged` does not have h · w pixels.
pub fn boundary(converged: &[bool], [h, w]: [usize; 2]) -> Vec<bool> {
    assert_eq!(converged.len(), h * w, "a pixel for each place of {h} × {w}");
    if w < 2 {
        return Vec::new();
    }
    let rows: Vec<&[bool]> = converged.chunks_exact(w).collect();
    let between = |pair: &[&[bool]]| -> Vec<bool> {
        let held = |(a, b): (&[bool], &[bool])| [a[0], a[1], b[0], b[1]].iter().filter(|c| **c).count();
        pair[0].windows(2).zip(pair[1].windows(2)).map(|four| (1..4).contains(&held(four))).collect()
    };
    rows.windows(2).flat_map(between).collect()
}

/// Merges boxes into boxes of twice the side, four into one.
fn halved(boxes: &[bool], [h, w]: [usize; 2]) -> Vec<bool> {
    let (rows, columns) = (h.div_ceil(2), w.div_ceil(2));
    let mut halved = vec![false; rows * columns];
    for (y, row) in boxes.chunks_exact(w).enumerate() {
        let into = &mut halved[y / 2 * columns..][..columns];
        row.chunks(2).zip(into).for_each(|(pair, held)| *held |= pair.contains(&true));
    }
    halved
}

#[cfg(test)]
mod tests;
