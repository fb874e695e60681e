//! Order of the training rows in each epoch.

use crate::math::rng;
use crate::math::shuffle::{half_bits, order_key, permuted, walk_start};
use crate::math::vector::SimdKernel;
use crate::sweep::RowOrder;
use std::sync::OnceLock;

/// Bytes of cached orders, with 64 of overhead for each; each block draws the orders beyond for itself.
const KEPT_BYTES: usize = 1 << 26;

/// Row orders that all models share.
#[derive(Debug)]
pub enum SharedOrders<'a> {
    /// Given orders, row-major `[epochs, rows]`.
    Given(&'a [u32]),
    /// Drawn from a seed's key; the orders of the first epochs are cached once a block has drawn them.
    Drawn { key: [u32; 2], kept: Vec<OnceLock<Vec<u32>>> },
}

impl<'a> SharedOrders<'a> {
    /// Creates the orders of `rows` rows in `epochs` epochs; `None` if each model has its own.
    pub fn new(order: &'a RowOrder, rows: usize, epochs: u32) -> Option<Self> {
        match order {
            RowOrder::Given(given) => Some(Self::Given(given)),
            RowOrder::Shared { seed } => {
                let kept = (epochs as usize).min(KEPT_BYTES / (rows * size_of::<u32>() + 64));
                Some(Self::Drawn {
                    key: rng::key(*seed),
                    kept: std::iter::repeat_with(OnceLock::new).take(kept).collect(),
                })
            }
            RowOrder::PerSeed => None,
        }
    }

    /// Creates the orders of one block whose models all have this key, without a cache.
    pub fn of_key(key: [u32; 2]) -> Self {
        Self::Drawn { key, kept: Vec::new() }
    }

    /// Returns the order of `epoch`; it is drawn into `own` if it is not cached.
    pub fn of<'b>(&'b self, epoch: u32, rows: usize, own: &'b mut Vec<u32>, scratch: &mut Vec<u32>) -> &'b [u32] {
        match self {
            Self::Given(given) => &given[epoch as usize * rows..][..rows],
            Self::Drawn { key, kept } => {
                let mut make = |order: &mut Vec<u32>| {
                    order.resize(rows, 0);
                    draw(*key, epoch, scratch, order.iter_mut(), |place, row| *place = row);
                };
                match kept.get(epoch as usize) {
                    Some(kept) => kept.get_or_init(|| {
                        let mut order = Vec::new();
                        make(&mut order);
                        order
                    }),
                    None => {
                        make(own);
                        own
                    }
                }
            }
        }
    }
}

/// Draws an epoch's order and calls `put` with each place and its row. First computes the whole permutation, in a loop
/// that compilers can vectorise, then walks its cycles as [`crate::math::shuffle::shuffled`] does.
#[inline(always)]
fn draw<P>(
    key: [u32; 2],
    epoch: u32,
    scratch: &mut Vec<u32>,
    places: impl ExactSizeIterator<Item = P>,
    put: impl Fn(P, u32),
) {
    let rows = places.len() as u32;
    let (key, half) = (order_key(key, epoch), half_bits(rows));
    scratch.resize(1 << (2 * half), 0);
    for (at, to) in scratch.iter_mut().enumerate() {
        *to = permuted(key, at as u32, half);
    }
    for (n, place) in (0..).zip(places) {
        let mut row = scratch[walk_start(key, n, rows) as usize];
        while row >= rows {
            row = scratch[row as usize];
        }
        put(place, row);
    }
}

/// Draws an epoch's order for each of the keys; only once for equal neighbours.
pub struct DrawOrders<'a> {
    pub keys: &'a [[u32; 2]],
    pub epoch: u32,
    pub scratch: &'a mut Vec<u32>,
    /// `[rows, keys]`.
    pub orders: &'a mut [u32],
}

impl SimdKernel for DrawOrders<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { keys, epoch, scratch, orders } = self;
        let lanes = keys.len();
        for lane in 0..lanes {
            let places = orders.chunks_exact_mut(lanes);
            match lane > 0 && keys[lane] == keys[lane - 1] {
                true => {
                    for place in places {
                        place[lane] = place[lane - 1];
                    }
                }
                false => draw(keys[lane], epoch, scratch, places, |place, row| place[lane] = row),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::shuffle::shuffled;

    #[test]
    fn orders_are_those_of_the_shuffle_kept_or_not() {
        for rows in [1, 2, 5, 16, 17, 200] {
            let mut shared = SharedOrders::new(&RowOrder::Shared { seed: 5 }, rows, 4).unwrap();
            let SharedOrders::Drawn { key, kept } = &mut shared else { panic!("nothing was given") };
            let key = *key;
            assert_eq!(kept.len(), 4);
            kept.truncate(2);
            let (mut own, mut scratch) = (Vec::new(), Vec::new());
            for epoch in 0..4 {
                let epoch_key = order_key(key, epoch);
                let place = |place| shuffled(epoch_key, place, rows as u32, half_bits(rows as u32));
                let expected: Vec<u32> = (0..rows as u32).map(place).collect();
                assert_eq!(shared.of(epoch, rows, &mut own, &mut scratch), expected, "{rows} rows, epoch {epoch}");
            }
        }
    }

    #[test]
    fn orders_for_many_epochs_take_bounded_memory() {
        let kept = |rows| match SharedOrders::new(&RowOrder::Shared { seed: 5 }, rows, 1_000_000).unwrap() {
            SharedOrders::Drawn { kept, .. } => kept.len(),
            SharedOrders::Given(_) => panic!("nothing was given"),
        };
        assert_eq!([kept(48), kept(1 << 20)], [1 << 18, 15]);
    }
}
