//! Points laid out for the kernels: tiles of at most 64 points, in each tile feature by feature.

use crate::dataset::Points;

/// Points per tile at most: so many losses share a logarithm.
pub const LARGEST_TILE: usize = 64;

/// All points of one set in tiles of `size`; the last one may hold fewer.
#[derive(Debug, Clone)]
pub struct Tiles {
    pub size: usize,
    rows: usize,
    features: usize,
    /// `[tiles, features, size]`, zeros behind the last point.
    x: Vec<f32>,
    /// `[tiles * size]`, 0 or 1.
    y: Vec<f32>,
}

/// One tile. `x` is `[features, size]`, of which the first `y.len()` in each row are points.
#[derive(Debug, Clone, Copy)]
pub struct Tile<'a> {
    pub x: &'a [f32],
    pub y: &'a [f32],
}

impl Tiles {
    /// Rounds each value once.
    pub fn new(points: &Points, size: usize) -> Self {
        let (rows, features) = (points.len(), points.features);
        let tiles = rows.div_ceil(size);
        let mut x = vec![0.0; tiles * features * size];
        for n in 0..rows {
            let start = n / size * features * size + n % size;
            points.row(n).iter().enumerate().for_each(|(i, value)| x[start + i * size] = *value as f32);
        }
        let y = points.y.iter().map(|y| f32::from(u8::from(*y))).collect();
        Self { size, rows, features, x, y }
    }

    /// Number of points.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The tiles in order.
    pub fn iter(&self) -> impl Iterator<Item = Tile<'_>> {
        let x = self.x.chunks_exact(self.features * self.size);
        x.zip(self.y.chunks(self.size)).map(|(x, y)| Tile { x, y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_its_place() {
        let points =
            Points { features: 2, x: (0..10).map(f64::from).collect(), y: vec![true, false, true, true, false] };
        let tiles = Tiles::new(&points, 2);
        let seen: Vec<(&[f32], &[f32])> = tiles.iter().map(|t| (t.x, t.y)).collect();
        let expected: [(&[f32], &[f32]); 3] = [
            (&[0.0, 2.0, 1.0, 3.0], &[1.0, 0.0]),
            (&[4.0, 6.0, 5.0, 7.0], &[1.0, 1.0]),
            (&[8.0, 0.0, 9.0, 0.0], &[0.0]),
        ];
        assert_eq!((seen, tiles.rows()), (expected.to_vec(), 5));
    }
}
