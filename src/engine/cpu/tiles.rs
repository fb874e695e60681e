//! Points laid out for the kernels: tiles of at most 64 points, in each tile feature by feature.

use super::linear::Values;
use crate::dataset::Points;
use crate::math::Lanes;

/// Points per tile at most: so many losses share a logarithm.
pub const LARGEST_TILE: usize = 64;

/// Points in f32, row by row.
#[derive(Debug, Clone)]
pub struct Rows {
    pub features: usize,
    /// `[rows, features]`.
    x: Vec<f32>,
    /// `[rows]`, 0 or 1.
    y: Vec<f32>,
}

/// All points of one set in tiles of `size`; the last one may hold fewer.
#[derive(Debug, Clone)]
pub struct Tiles {
    pub size: usize,
    rows: usize,
    features: usize,
    /// Tile after tile, each `[features, points]`.
    x: Vec<f32>,
    /// `[rows]`, 0 or 1.
    y: Vec<f32>,
}

/// A few points: their features, `[features, points]`, and their labels, 0 or 1.
#[derive(Debug, Clone, Copy)]
pub struct Tile<'a, const N: usize> {
    pub x: Values<'a, N>,
    pub y: Values<'a, N>,
}

/// What a row of `N` models' tile is made of: one row for all of them, or a row for each.
pub trait Row<const N: usize>: Copy {
    /// One of its features.
    type Value: Copy + Default;
    /// The number at `place` of each row.
    fn pick(self, place: impl Fn(u32) -> f32) -> Self::Value;
    /// For the kernels.
    fn values(picked: &[Self::Value]) -> Values<'_, N>;
}

impl<const N: usize> Row<N> for u32 {
    type Value = f32;
    #[inline(always)]
    fn pick(self, place: impl Fn(u32) -> f32) -> f32 {
        place(self)
    }
    #[inline(always)]
    fn values(picked: &[f32]) -> Values<'_, N> {
        Values::Shared(picked)
    }
}

impl<const N: usize> Row<N> for [u32; N] {
    type Value = Lanes<N>;
    #[inline(always)]
    fn pick(self, place: impl Fn(u32) -> f32) -> Lanes<N> {
        Lanes(self.map(place))
    }
    #[inline(always)]
    fn values(picked: &[Lanes<N>]) -> Values<'_, N> {
        Values::Own(picked)
    }
}

/// Room for one tile of rows that are not neighbours.
#[derive(Debug)]
pub struct Gathered<V> {
    x: Vec<V>,
    y: Vec<V>,
}

impl<V: Copy + Default> Gathered<V> {
    /// Room for `size` points.
    pub fn new(features: usize, size: usize) -> Self {
        Self { x: vec![V::default(); features * size], y: vec![V::default(); size] }
    }

    /// The tile of these rows of `points`.
    #[inline(always)]
    pub fn gather<const N: usize, R: Row<N, Value = V>>(&mut self, rows: &[R], points: &Rows) -> Tile<'_, N> {
        let (features, count) = (points.features, rows.len());
        for (n, row) in rows.iter().enumerate() {
            for i in 0..features {
                self.x[i * count + n] = row.pick(|row| points.x[row as usize * features + i]);
            }
            self.y[n] = row.pick(|row| points.y[row as usize]);
        }
        Tile { x: R::values(&self.x[..features * count]), y: R::values(&self.y[..count]) }
    }
}

impl Rows {
    /// Rounds each value once.
    pub fn new(points: &Points) -> Self {
        let x = points.x.iter().map(|x| *x as f32).collect();
        Self { features: points.features, x, y: labels(points) }
    }
}

impl Tiles {
    /// Rounds each value once.
    pub fn new(points: &Points, size: usize) -> Self {
        let (rows, features) = (points.len(), points.features);
        let mut x = Vec::with_capacity(rows * features);
        for start in (0..rows).step_by(size) {
            let tile = start..rows.min(start + size);
            (0..features).for_each(|i| x.extend(tile.clone().map(|n| points.row(n)[i] as f32)));
        }
        Self { size, rows, features, x, y: labels(points) }
    }

    /// Number of points.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The tiles in order.
    pub fn iter<const N: usize>(&self) -> impl Iterator<Item = Tile<'_, N>> {
        let x = self.x.chunks(self.features * self.size);
        x.zip(self.y.chunks(self.size)).map(|(x, y)| Tile { x: Values::Shared(x), y: Values::Shared(y) })
    }
}

fn labels(points: &Points) -> Vec<f32> {
    points.y.iter().map(|y| f32::from(u8::from(*y))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Points {
        Points { features: 2, x: (0..10).map(f64::from).collect(), y: vec![true, false, true, true, false] }
    }

    #[test]
    fn every_point_is_in_its_place() {
        let tiles = Tiles::new(&points(), 2);
        let seen: Vec<Tile<8>> = tiles.iter().collect();
        let expected: [(&[f32], &[f32]); 3] =
            [(&[0.0, 2.0, 1.0, 3.0], &[1.0, 0.0]), (&[4.0, 6.0, 5.0, 7.0], &[1.0, 1.0]), (&[8.0, 9.0], &[0.0])];
        let shared = |values: Values<8>| match values {
            Values::Shared(values) => values.to_vec(),
            Values::Own(_) => panic!("these points are the same for all models"),
        };
        let seen: Vec<_> = seen.iter().map(|tile| (shared(tile.x), shared(tile.y))).collect();
        assert_eq!((seen, tiles.rows()), (expected.map(|(x, y)| (x.to_vec(), y.to_vec())).to_vec(), 5));
    }

    #[test]
    fn gathered_rows_are_in_their_places_in_every_lane() {
        let (rows, mut gathered) = (Rows::new(&points()), Gathered::new(2, 3));
        let tile = gathered.gather::<2, _>(&[[4, 0], [1, 3]], &rows);
        let (Values::Own(x), Values::Own(y)) = (tile.x, tile.y) else { panic!("each model has its own") };
        assert_eq!(x, [Lanes([8.0, 0.0]), Lanes([2.0, 6.0]), Lanes([9.0, 1.0]), Lanes([3.0, 7.0])]);
        assert_eq!(y, [Lanes([0.0, 1.0]), Lanes([0.0, 1.0])]);
    }
}
