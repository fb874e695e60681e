// Initial weights that are uniform on +-bound; the host draws all others. Mirrors src/math/init.rs. Needs rng.wgsl.

/// Returns one uniform initial weight or bias. `parameter` is its index in the model's flat list. Everything before the
/// last multiplication is exact, so every engine gets the same bits.
fn initial_parameter(key: vec2<u32>, parameter: u32, bound: f32) -> f32 {
    let words = philox4x32_10(vec4(parameter / 4u, 0u, 0u, 0u), key);
    let low = select(words.x, words.y, (parameter & 1u) != 0u);
    let high = select(words.z, words.w, (parameter & 1u) != 0u);
    let word = select(low, high, (parameter & 2u) != 0u);
    return (f32(word >> 8u) * 0x1p-23f - 1.0) * bound;
}
