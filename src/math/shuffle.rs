//! The order of the training rows in an epoch: a permutation that needs no memory, so that any of its places is made
//! without the others. Twin of `shaders/shuffle.wgsl`. Needs `rng`.
//!
//! A Feistel network permutes the numbers of an even number of bits; those beyond the last row are permuted again until
//! they fall among the rows (cycle walking; Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Over
//! a whole epoch all walks together visit each number at most once, so that they take at most 4 × rows steps and a few.

use super::rng::{Stream, philox4x32_10};

/// Rounds of the network.
const ROUNDS: u32 = 8;

/// Half the bits of the smallest domain for `rows` rows, at least 1.
pub fn half_bits(rows: u32) -> u32 {
    (u32::BITS - rows.saturating_sub(1).leading_zeros()).div_ceil(2).max(1)
}

/// The four random words that an epoch's order hangs on. `key` is a seed's.
pub fn order_key(key: [u32; 2], epoch: u32) -> [u32; 4] {
    philox4x32_10([epoch, 0, Stream::Order as u32, 0], key)
}

/// A few random-looking bits of a number (Chris Wellons' `lowbias32`).
#[inline(always)]
fn scramble(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0xd35a_2d97);
    x ^ x >> 15
}

/// The network: where it takes number `at` of 2 × `half` bits.
#[inline(always)]
pub fn permuted(key: [u32; 4], at: u32, half: u32) -> u32 {
    let mask = (1 << half) - 1;
    let (mut left, mut right) = (at >> half, at & mask);
    for round in 0..ROUNDS {
        let mixed = scramble(right ^ key[(round % 4) as usize].wrapping_add(round)) & mask;
        (left, right) = (right, left ^ mixed);
    }
    left << half | right
}

/// The row at `place` of an epoch; `half` is [`half_bits`] of `rows`.
pub fn shuffled(key: [u32; 4], place: u32, rows: u32, half: u32) -> u32 {
    let mut at = permuted(key, place, half);
    while at >= rows {
        at = permuted(key, at, half);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_once() {
        for rows in [1, 2, 3, 4, 5, 16, 17, 200, 255, 257, 1000] {
            let (key, half) = (order_key([7, rows], 3), half_bits(rows));
            let mut order: Vec<u32> = (0..rows).map(|place| shuffled(key, place, rows, half)).collect();
            order.sort_unstable();
            assert_eq!(order, (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_row_is_as_likely_at_each_place() {
        // χ² of 10 × 10 counts, 99 - 18 degrees of freedom: mean 81, standard deviation 13.
        let (rows, epochs) = (10u32, 20_000);
        let mut counts = vec![0.0; 100];
        for epoch in 0..epochs {
            let key = order_key([1, 2], epoch);
            (0..rows)
                .for_each(|place| counts[(place * rows + shuffled(key, place, rows, half_bits(rows))) as usize] += 1.0);
        }
        let expected = f64::from(epochs) / f64::from(rows);
        let chi2: f64 = counts.iter().map(|c: &f64| (c - expected).powi(2) / expected).sum();
        assert!((40.0..130.0).contains(&chi2), "{chi2}");
    }
}
