// Measures the device's multiply-add throughput in registers: the ceiling of compute-bound kernels.

@group(0) @binding(0) var<storage, read_write> numbers: array<vec4<f32>>;

/// Loop iterations; each has 16 multiply-adds on vec4s, in four independent dependency chains.
const TURNS = 1000u;

@compute @workgroup_size(64)
fn peak(@builtin(global_invocation_id) id: vec3<u32>) {
    let factor = numbers[0];
    var a = vec4<f32>(f32(id.x));
    var b = a + 1.0;
    var c = a + 2.0;
    var d = a + 3.0;
    for (var turn = 0u; turn < TURNS; turn++) {
        for (var k = 0u; k < 4u; k++) { // unroll
            a = a * factor + factor;
            b = b * factor + factor;
            c = c * factor + factor;
            d = d * factor + factor;
        }
    }
    // Never true, but no compiler can know this, so none removes the loop.
    if (all(a + b + c + d == vec4(-1.0))) {
        numbers[0] = a;
    }
}
