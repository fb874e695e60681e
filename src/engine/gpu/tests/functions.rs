//! Runs the shaders' pure functions on the device for many numbers and compares them with f64 or, where they must be
//! exact, with their Rust twins.

use super::*;
use crate::engine::gpu::device::GpuDevice;
use crate::engine::gpu::shader_source::FUNCTIONS;
use crate::engine::gpu::unroll::{Constants, unroll};
use crate::math::shuffle::{half_bits, order_key, shuffled};
use crate::math::{Activation, Loss, LossParams, Real};

/// Evaluates `call`, an expression of `n: u32` and the f32 `x` of the same bits, on the device for each of `inputs`.
fn on_device(device: &GpuDevice, call: &str, inputs: &[u32]) -> Vec<u32> {
    let entry = format!(
        "@group(0) @binding(0) var<storage, read> inputs: array<u32>;
        @group(0) @binding(1) var<storage, read_write> outputs: array<u32>;
        @compute @workgroup_size(64)
        fn apply(@builtin(global_invocation_id) id: vec3<u32>) {{
            if (id.x < arrayLength(&inputs)) {{
                let n = inputs[id.x];
                let x = bitcast<f32>(n);
                outputs[id.x] = {call};
            }}
        }}"
    );
    let functions = FUNCTIONS.map(|file| unroll(file, &Constants::default()).unwrap()).concat();
    let source = format!("const WEIGHT_DECAY = false;\n{functions}{entry}");
    let buffers = device.buffers();
    let (from, to) = (buffers.storage(inputs), buffers.zeros(4 * inputs.len() as u64));
    let pipeline = device.pipeline(&device.module(&source), "apply");
    device.dispatch(&pipeline, &[(0, &from), (1, &to)], [inputs.len().div_ceil(64) as u32, 1], None);
    pollster::block_on(buffers.read(&to, inputs.len())).unwrap()
}

/// Evaluates `call`, an expression of `x: f32`, on the device.
fn floats_on_device(device: &GpuDevice, call: &str, inputs: &[f32]) -> Vec<f32> {
    let bits: Vec<u32> = inputs.iter().map(|x| x.to_bits()).collect();
    on_device(device, &format!("bitcast<u32>({call})"), &bits).into_iter().map(f32::from_bits).collect()
}

/// Returns about `count` f32 from 0 to `end`, evenly spaced by their bits.
fn up_to(end: f32, count: u32) -> Vec<f32> {
    (0..=end.to_bits()).step_by((end.to_bits() / count) as usize).map(f32::from_bits).collect()
}

/// Returns [`up_to`] with both signs.
fn around(end: f32, count: u32) -> Vec<f32> {
    up_to(end, count).into_iter().flat_map(|x| [x, -x]).collect()
}

/// Returns the largest `error` over all pairs of input and output; NaN counts as infinite.
fn worst(inputs: &[f32], outputs: &[f32], error: impl Fn(f64, f64) -> f64) -> f64 {
    assert_eq!(inputs.len(), outputs.len());
    let errors = inputs.iter().zip(outputs).map(|(x, y)| error(f64::from(*x), f64::from(*y)));
    errors.map(|e| if e.is_nan() { f64::INFINITY } else { e }).fold(0.0, f64::max)
}

/// About the lower end of f32's range: a device may flush smaller numbers to 0, and `normal_tail` ends there.
const NOTHING: f64 = 1e-37;

/// Returns the distance beyond [`NOTHING`], in units in the last place of `exact` rounded to f32.
fn ulps(value: f64, exact: f64) -> f64 {
    let near = (exact as f32).abs();
    let distance = (value - exact).abs();
    let beyond = if distance <= NOTHING { 0.0 } else { distance - NOTHING };
    beyond / (f64::from(near.next_up()) - f64::from(near))
}

#[test]
fn elementary_functions_are_as_right_as_their_twins() {
    let device = &engine().device;
    // Limits in ulp: the Rust twin's own error; half an ulp, since a device may fuse a product and a sum that the twin
    // rounds separately; and 2 for a quotient, which WGSL allows 2.5 ulp.
    type Case = (&'static str, f32, fn(f64) -> f64, f64);
    let cases: [Case; 5] = [
        ("exp_negative(-x)", 87.0, |x| (-x).exp(), 1.1 + 0.5),
        ("log1p_positive(x)", 1.8e19, |x| x.ln_1p(), 2.5 + 0.5 + 2.0),
        ("tanh_positive(x)", 1e30, |x| x.tanh(), 2.7 + 0.5 + 2.0),
        ("normal_density(x)", 13.0, |x| x.normal_density(), 2.7 + 0.5),
        ("normal_tail(x)", 13.0, |x| x.normal_tail(), 5.5 + 0.5 + 2.0),
    ];
    for (call, end, exact, limit) in cases {
        let inputs = up_to(end, 100_000);
        let outputs = floats_on_device(device, call, &inputs);
        let error = worst(&inputs, &outputs, |x, y| ulps(y, exact(x)));
        assert!(error <= limit, "{call}: {error} ulp");
    }
}

#[test]
fn activations_and_slopes_are_right() {
    let device = &engine().device;
    for activation in Activation::ALL {
        let [value, slope] = activation.functions();
        let inputs = around(80.0, 50_000);
        let outputs = floats_on_device(device, &format!("{value}(x)"), &inputs);
        // In ulp: 8 for the normal tail (see above), a product and a difference.
        // GELU multiplies what a device flushes to 0 in the tail by up to 13.
        let error = worst(&inputs, &outputs, |z, a| {
            let exact = activation.activate(z);
            if (a - exact).abs() <= 1e-36 { 0.0 } else { ulps(a, exact) }
        });
        assert!(error <= 9.0, "{value}: {error} ulp");
        // A device may flush subnormal numbers to 0, where some slopes jump.
        let inputs: Vec<f32> = inputs.into_iter().filter(|z| !z.is_subnormal()).collect();
        let outputs = floats_on_device(device, &format!("{slope}(x, {value}(x))"), &inputs);
        // Absolute: slopes cross 0, or cancel where the output is near 1. A few rounding errors of numbers up to 1.13.
        let error = worst(&inputs, &outputs, |z, s| (s - activation.slope(z, activation.activate(z))).abs());
        assert!(error <= 4e-7, "{slope}: {error}");
    }
}

/// NaN in a hidden unit must reach the logit, where divergence is detected.
#[test]
fn tanh_never_passes_1_and_nan_stays_nan() {
    let device = &engine().device;
    let all = [around(f32::INFINITY, 100_000), around(10.0, 100_000)].concat();
    let outputs = floats_on_device(device, "tanh_unit(x)", &all);
    assert_eq!(all.len(), outputs.len());
    for (z, a) in all.iter().zip(outputs) {
        assert!(a.abs() <= 1.0 && (*z == 0.0 || a == 0.0 || a.signum() == z.signum()), "{z}: {a}");
    }
    let ends = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -f32::NAN];
    let [above, below, nan, minus_nan] = floats_on_device(device, "tanh_unit(x)", &ends)[..] else { panic!() };
    // Division may be 2.5 ulp off.
    assert!(above >= 1.0 - 2e-7 && below <= -1.0 + 2e-7, "{above} {below}");
    assert!(nan.is_nan() && minus_nan.is_nan(), "{nan} {minus_nan}");
}

#[test]
fn losses_and_gradients_are_right() {
    let device = &engine().device;
    for (loss, y) in [(Loss::Bce, 0.0), (Loss::Bce, 1.0), (Loss::Mse, 0.0), (Loss::Mse, 1.0)] {
        let terms = format!("{}(x, {y:.1})", loss.function());
        let inputs = around(80.0, 50_000);
        let outputs = floats_on_device(device, &format!("{terms}.gradient"), &inputs);
        // In ulp: exp 1.6, a sum, a quotient 2.5.
        let error = worst(&inputs, &outputs, |z, g| ulps(g, loss.gradient(z, y)));
        assert!(error <= 4.6, "{terms}.gradient: {error} ulp");
        let value = format!("{terms}.linear + log1p_positive({terms}.e)");
        let outputs = floats_on_device(device, &value, &inputs);
        // In ulp: log1p 5, exp at most its own 1.6, a sum.
        let error = worst(&inputs, &outputs, |z, l| ulps(l, loss.value(z, y)));
        assert!(error <= 7.1, "{value}: {error} ulp");
    }
}

#[test]
fn losses_of_smoothed_labels_are_right() {
    let device = &engine().device;
    for (loss, y) in [(Loss::Bce, 0.0), (Loss::Bce, 1.0), (Loss::Mse, 0.0), (Loss::Mse, 1.0)] {
        let rates = LossParams { label_smoothing: 0.25 };
        let shift = format!("target_shift({y:.1}, LossParams(0.25))");
        let terms = format!("{}(x, {y:.1}, {shift})", loss.shifted_function().unwrap());
        let inputs = around(80.0, 50_000);
        let outputs = floats_on_device(device, &format!("{terms}.gradient"), &inputs);
        // A difference may be near 0, so in units in the last place of the larger of it and 1: a gradient of the label
        // with 4.6 ulp, a difference.
        let of = |value: f64, exact: f64| (value - exact).abs() / exact.abs().max(1.0) / f64::from(f32::EPSILON);
        let error = worst(&inputs, &outputs, |z, g| of(g, loss.terms_with(z, y, Some(rates)).gradient));
        assert!(error <= 5.6, "{terms}.gradient: {error} ulp");
        let value = format!("{terms}.linear + log1p_positive({terms}.e)");
        let outputs = floats_on_device(device, &value, &inputs);
        // A loss of the label with 7.1 ulp, a product and a difference.
        let error = worst(&inputs, &outputs, |z, l| of(l, loss.terms_with(z, y, Some(rates)).value()));
        assert!(error <= 8.6, "{value}: {error} ulp");
    }
}

/// Drivers may differ in which outputs of `relu` are NaN; divergence is detected in the logit's bits.
#[test]
fn bits_tell_what_is_not_finite() {
    let device = &engine().device;
    let inputs: Vec<u32> = [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -1.1e30, 1e30, 0.0]
        .map(f32::to_bits)
        .to_vec();
    let bits = "magnitude_bits(x)";
    let call = format!("u32(bad_logit({bits})) + 2u * u32(bad_parameter({bits}))");
    assert_eq!(on_device(device, &call, &inputs), [3, 3, 3, 3, 2, 2, 0, 0]);
}

#[test]
fn orders_are_their_twins_to_the_bit() {
    let device = &engine().device;
    for rows in [1, 2, 3, 5, 37, 200, 1000] {
        let half = half_bits(rows);
        for epoch in [0, 1, 77] {
            let call = format!("shuffled(order_key(vec2(5u, 7u), {epoch}u), n, {rows}u, {half}u)");
            let key = order_key([5, 7], epoch);
            let expected: Vec<u32> = (0..rows).map(|place| shuffled(key, place, rows, half)).collect();
            assert_eq!(on_device(device, &call, &(0..rows).collect::<Vec<_>>()), expected, "{rows} {epoch}");
        }
    }
}
