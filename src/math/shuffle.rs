//! Order of the training rows in an epoch: a permutation without a table, so that any position can be computed without
//! the others. Twin of `shaders/shuffle.wgsl`. Needs `rng`.
//!
//! A Feistel network permutes the numbers of an even number of bits. A result beyond the last row is permuted again
//! until it is a row (cycle walking; Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Over a
//! whole epoch all walks together visit each number at most once, so they take little more than 4 × rows steps at most.
//!
//! A network of more than two bits generates even permutations only. A bit of the key therefore decides whether the
//! first two positions are swapped beforehand, so that all orders of few rows are equally likely.

use super::rng::{Stream, philox4x32_10};

/// Rounds of the network. With 10 or fewer, orders of about 5 rows are measurably uneven.
const ROUNDS: u32 = 12;

/// Returns half the bits of the smallest domain for `rows` rows, at least 1.
pub fn half_bits(rows: u32) -> u32 {
    (u32::BITS - rows.saturating_sub(1).leading_zeros()).div_ceil(2).max(1)
}

/// Returns the four random words that determine an epoch's order. `key` is that of a seed.
pub fn order_key(key: [u32; 2], epoch: u32) -> [u32; 4] {
    philox4x32_10([epoch, 0, Stream::Order as u32, 0], key)
}

/// Hashes a number (Chris Wellons' `lowbias32`).
#[inline(always)]
fn scramble(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0xd35a_2d97);
    x ^ x >> 15
}

/// Applies the network to the number `at` of 2 × `half` bits.
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

/// Returns the number at which the walk to the row at `place` starts.
#[inline(always)]
pub fn walk_start(key: [u32; 4], place: u32, rows: u32) -> u32 {
    place ^ if place < 2 && rows > 1 { key[3] >> 31 } else { 0 }
}

/// Returns the row at `place` of an epoch; `half` is [`half_bits`] of `rows`.
pub fn shuffled(key: [u32; 4], place: u32, rows: u32, half: u32) -> u32 {
    let mut at = permuted(key, walk_start(key, place, rows), half);
    while at >= rows {
        at = permuted(key, at, half);
    }
    at
}

#[cfg(test)]
mod tests;
