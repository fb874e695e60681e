//! Points laid out for the kernels: tiles of at most 64 points, each stored feature by feature.

use super::tile_values::{TileValue, TileValues};
use crate::dataset::Points;
use crate::math::vector::{Isa, SimdKernel, Vector};
use std::marker::PhantomData;

/// Points in f32, row by row.
#[derive(Debug, Clone)]
pub struct PointRows {
    pub features: usize,
    /// `[rows, features]`.
    x: Vec<f32>,
    /// Numbers per target, and targets, `[rows, numbers]`: labels, class indices or numbers.
    pub numbers: usize,
    y: Vec<f32>,
}

/// All points of one set in tiles of `size`; the last tile may be smaller.
#[derive(Debug, Clone)]
pub struct Tiles {
    pub size: usize,
    /// Whether the targets are numbers.
    pub regression: bool,
    rows: usize,
    features: usize,
    /// Tile after tile, each `[features, points]`.
    x: Vec<f32>,
    numbers: usize,
    /// Tile after tile, targets `[numbers, points]`: labels, class indices or numbers.
    y: Vec<f32>,
}

/// A few points: features `[features, points]` and targets `[numbers, points]`.
#[derive(Debug, Clone, Copy)]
pub struct Tile<'a, I: Isa> {
    pub x: TileValues<'a, I>,
    pub y: TileValues<'a, I>,
    /// Number of points.
    pub count: usize,
}

/// How a point of a gathered tile selects rows: one for all models (`f32`) or one per model (`Vector`).
pub trait RowChoice<I: Isa>: TileValue<I> + Default {
    /// Returns the number of row indices per point.
    fn rows_per_point() -> usize;
    /// Reads `place` at each row index of a point.
    fn pick(rows: &[u32], place: impl Fn(u32) -> f32) -> Self;
    /// Wraps gathered values for the kernels.
    fn values(picked: &[Self]) -> TileValues<'_, I>;
}

impl<I: Isa> RowChoice<I> for f32 {
    #[inline(always)]
    fn rows_per_point() -> usize {
        1
    }
    #[inline(always)]
    fn pick(rows: &[u32], place: impl Fn(u32) -> f32) -> f32 {
        place(rows[0])
    }
    #[inline(always)]
    fn values(picked: &[f32]) -> TileValues<'_, I> {
        TileValues::Shared(picked)
    }
}

impl<I: Isa> RowChoice<I> for Vector<I> {
    #[inline(always)]
    fn rows_per_point() -> usize {
        I::LANES
    }
    #[inline(always)]
    fn pick(rows: &[u32], place: impl Fn(u32) -> f32) -> Self {
        Self::from_fn(|lane| place(rows[lane]))
    }
    #[inline(always)]
    fn values(picked: &[Self]) -> TileValues<'_, I> {
        TileValues::Own(picked)
    }
}

/// Buffer for one tile of rows that are not adjacent.
#[derive(Debug)]
pub struct GatheredTile<V> {
    x: Vec<V>,
    y: Vec<V>,
}

impl<V: Copy + Default> GatheredTile<V> {
    /// Allocates a buffer for `size` points with this many features and target numbers.
    pub fn new([features, numbers]: [usize; 2], size: usize) -> Self {
        Self { x: vec![V::default(); features * size], y: vec![V::default(); numbers * size] }
    }

    /// Returns the tile gathered last, of `count` points.
    pub fn tile<I: Isa>(&self, [features, numbers]: [usize; 2], count: usize) -> Tile<'_, I>
    where
        V: RowChoice<I>,
    {
        Tile { x: V::values(&self.x[..features * count]), y: V::values(&self.y[..numbers * count]), count }
    }
}

/// Gathers the tile with these row indices of `points`.
pub struct GatherTile<'a, I: Isa, V: RowChoice<I>> {
    pub gathered: &'a mut GatheredTile<V>,
    pub rows: &'a [u32],
    pub points: &'a PointRows,
    pub isa: PhantomData<I>,
}

impl<I: Isa, V: RowChoice<I>> SimdKernel for GatherTile<'_, I, V> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { gathered, rows, points, .. } = self;
        let ([features, numbers], each) = (points.widths(), V::rows_per_point());
        let count = rows.len() / each;
        for (n, rows) in rows.chunks_exact(each).enumerate() {
            for i in 0..features {
                gathered.x[i * count + n] = V::pick(rows, |row| points.x[row as usize * features + i]);
            }
            for k in 0..numbers {
                gathered.y[k * count + n] = V::pick(rows, |row| points.y[row as usize * numbers + k]);
            }
        }
    }
}

impl PointRows {
    /// Converts the points, rounding each value once.
    pub fn new(points: &Points) -> Self {
        let x = points.x.iter().map(|x| *x as f32).collect();
        let numbers = points.targets.numbers();
        let targets = (0..points.len()).flat_map(|n| (0..numbers).map(move |k| points.target_number(n, k) as f32));
        Self { features: points.features, x, numbers, y: targets.collect() }
    }

    /// Returns the number of features and of target numbers.
    pub fn widths(&self) -> [usize; 2] {
        [self.features, self.numbers]
    }
}

impl Tiles {
    /// Lays the points out in tiles, rounding each value once.
    pub fn new(points: &Points, size: usize) -> Self {
        let (rows, features, numbers) = (points.len(), points.features, points.targets.numbers());
        let (mut x, mut y) = (Vec::with_capacity(rows * features), Vec::with_capacity(rows * numbers));
        for start in (0..rows).step_by(size) {
            let tile = start..rows.min(start + size);
            (0..features).for_each(|i| x.extend(tile.clone().map(|n| points.row(n)[i] as f32)));
            (0..numbers).for_each(|k| y.extend(tile.clone().map(|n| points.target_number(n, k) as f32)));
        }
        Self { size, regression: points.is_regression(), rows, features, x, numbers, y }
    }

    /// Returns the number of points.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the tiles in order.
    pub fn iter<I: Isa>(&self) -> impl Iterator<Item = Tile<'_, I>> {
        let pairs = self.x.chunks(self.features * self.size).zip(self.y.chunks(self.numbers * self.size));
        pairs.map(|(x, y)| {
            let count = y.len() / self.numbers;
            Tile { x: TileValues::Shared(x), y: TileValues::Shared(y), count }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Targets;
    use crate::math::vector::portable::Portable;

    fn points() -> Points {
        Points {
            features: 2,
            x: (0..10).map(f64::from).collect(),
            targets: Targets::Binary(vec![true, false, true, true, false]),
        }
    }

    #[test]
    fn every_point_is_in_its_place() {
        let tiles = Tiles::new(&points(), 2);
        let seen: Vec<Tile<Portable>> = tiles.iter().collect();
        let expected: [(&[f32], &[f32]); 3] =
            [(&[0.0, 2.0, 1.0, 3.0], &[1.0, 0.0]), (&[4.0, 6.0, 5.0, 7.0], &[1.0, 1.0]), (&[8.0, 9.0], &[0.0])];
        let shared = |values: TileValues<Portable>| match values {
            TileValues::Shared(values) => values.to_vec(),
            TileValues::Own(_) => panic!("these points are the same for all models"),
        };
        assert_eq!(seen.iter().map(|tile| tile.count).collect::<Vec<_>>(), [2, 2, 1]);
        let seen: Vec<_> = seen.iter().map(|tile| (shared(tile.x), shared(tile.y))).collect();
        assert_eq!((seen, tiles.rows()), (expected.map(|(x, y)| (x.to_vec(), y.to_vec())).to_vec(), 5));
    }

    #[test]
    fn gathered_rows_are_in_their_places_in_every_lane() {
        let (points, mut gathered) = (PointRows::new(&points()), GatheredTile::<Vector<Portable>>::new([2, 1], 3));
        let rows = [4, 0, 4, 1, 1, 3, 0, 2];
        Portable::run(GatherTile {
            gathered: &mut gathered,
            rows: &rows,
            points: &points,
            isa: PhantomData::<Portable>,
        });
        let (TileValues::Own(x), TileValues::Own(y)) = (gathered.tile([2, 1], 2).x, gathered.tile([2, 1], 2).y) else {
            panic!("each model has its own")
        };
        let lanes = |values: &[Vector<Portable>]| Vector::flat(values).to_vec();
        assert_eq!(lanes(x), [8.0, 0.0, 8.0, 2.0, 2.0, 6.0, 0.0, 4.0, 9.0, 1.0, 9.0, 3.0, 3.0, 7.0, 1.0, 5.0]);
        assert_eq!(lanes(y), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    }
}
