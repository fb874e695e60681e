// The order of the training rows in an epoch: a permutation that needs no memory, so that any of its places is made
// without the others. Twin of src/math/shuffle.rs, which says how and why. Needs rng.wgsl.

/// What random numbers are for: the order of the training rows (`Stream::Order` in src/math/rng.rs).
const ORDER_STREAM = 4u;

/// The four random words that an epoch's order hangs on. `key` is a seed's.
fn order_key(key: vec2<u32>, epoch: u32) -> vec4<u32> {
    return philox4x32_10(vec4(epoch, 0u, ORDER_STREAM, 0u), key);
}

/// A few random-looking bits of a number (Chris Wellons' `lowbias32`).
fn scramble(number: u32) -> u32 {
    var x = number;
    x ^= x >> 16u;
    x *= 0x21F0AAADu;
    x ^= x >> 15u;
    x *= 0xD35A2D97u;
    return x ^ (x >> 15u);
}

/// The network: where it takes number `at` of 2 * `half` bits.
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

/// The number from which the walk to the row at `place` starts.
fn walk_start(key: vec4<u32>, place: u32, rows: u32) -> u32 {
    return place ^ select(0u, key.w >> 31u, place < 2u && rows > 1u);
}

/// The row at `place` of an epoch; `half` is half the bits of the smallest domain for `rows` rows.
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
