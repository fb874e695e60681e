// Philox4x32-10, the counter-based generator of Salmon et al. (SC 2011). Mirrors src/math/rng.rs.

const MULTIPLIERS = vec2<u32>(0xD2511F53u, 0xCD9E8D57u);
const WEYL = vec2<u32>(0x9E3779B9u, 0xBB67AE85u);

/// Returns the high (x) and low (y) half of the 64-bit product, from 16-bit halves: WGSL has no wide multiplication.
fn mulhilo(a: u32, b: u32) -> vec2<u32> {
    let a_low = a & 0xFFFFu;
    let a_high = a >> 16u;
    let b_low = b & 0xFFFFu;
    let b_high = b >> 16u;
    let middle = a_high * b_low + ((a_low * b_low) >> 16u);
    let carry = a_low * b_high + (middle & 0xFFFFu);
    return vec2(a_high * b_high + (middle >> 16u) + (carry >> 16u), a * b);
}

/// Returns four random words for a counter and a key, in ten rounds.
fn philox4x32_10(start: vec4<u32>, start_key: vec2<u32>) -> vec4<u32> {
    var counter = start;
    var key = start_key;
    for (var round = 0u; round < 10u; round++) {
        let first = mulhilo(MULTIPLIERS.x, counter.x);
        let second = mulhilo(MULTIPLIERS.y, counter.z);
        counter = vec4(second.x ^ counter.y ^ key.x, second.y, first.x ^ counter.w ^ key.y, first.y);
        key += WEYL;
    }
    return counter;
}
