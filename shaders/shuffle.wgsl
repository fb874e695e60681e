// Order of the training rows in an epoch: a permutation that needs no memory, computed for any position separately.
// Mirrors src/math/shuffle.rs, which explains the method. Needs rng.wgsl.

/// Random stream of the row order (`Stream::Order` in src/math/rng.rs).
const ORDER_STREAM = 4u;

/// Returns the four random words that determine an epoch's order. `key` is the seed's.
fn order_key(key: vec2<u32>, epoch: u32) -> vec4<u32> {
    return philox4x32_10(vec4(epoch, 0u, ORDER_STREAM, 0u), key);
}

/// Hashes a number (Chris Wellons' `lowbias32`).
fn scramble(number: u32) -> u32 {
    var x = number;
    x ^= x >> 16u;
    x *= 0x21F0AAADu;
    x ^= x >> 15u;
    x *= 0xD35A2D97u;
    return x ^ (x >> 15u);
}

/// Feistel network: permutes the numbers of 2 * `half` bits; returns the image of `at`.
fn permuted(key: vec4<u32>, at: u32, half: u32) -> u32 {
    let mask = (1u << half) - 1u;
    var left = at >> half;
    var right = at & mask;
    for (var round = 0u; round < 12u; round++) { // unroll
        let mixed = scramble(right ^ (key[round % 4u] + round)) & mask;
        let before = left;
        left = right;
        right = before ^ mixed;
    }
    return (left << half) | right;
}

/// Returns the start of the cycle walk for `place`. A bit of the key decides whether the first two are swapped.
fn walk_start(key: vec4<u32>, place: u32, rows: u32) -> u32 {
    return place ^ select(0u, key.w >> 31u, place < 2u && rows > 1u);
}

/// Returns the row at position `place` of an epoch; `half` is half the bits of the smallest domain for `rows` rows.
fn shuffled(key: vec4<u32>, place: u32, rows: u32, half: u32) -> u32 {
    var at = walk_start(key, place, rows);
    loop {
        at = permuted(key, at, half);
        if (at < rows) {
            break;
        }
    }
    return at;
}
