//! Activations of the hidden layers. Twin of `shaders/activation.wgsl`. To add one, add a line to the list below and
//! its two functions in both files.

use super::Real;
use super::choice_enum::choice_enum;

/// Generates the enum and its dispatch from one line per activation: its name, its function, the function's derivative,
/// and whether the derivative can be computed from the output alone.
macro_rules! activations {
    ($($(#[$doc:meta])* $variant:ident: $words:literal, $function:ident, $slope:ident, $of_output:literal, $curvature:expr, $cost:expr;)*) => {
        choice_enum! {
            /// What a hidden unit does with its weighted sum.
            pub enum Activation { $($(#[$doc])* $variant),* }
        }

        impl Activation {
            /// Every activation.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// How papers spell it.
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }

            /// Returns the second derivative at `z`, where the output is `a`.
            pub fn curvature(self, z: f64, a: f64) -> f64 {
                let of: fn(f64, f64) -> f64 = match self { $(Self::$variant => $curvature),* };
                of(z, a)
            }

            /// Instructions and floating-point operations of the activation, its derivative and the product with the
            /// incoming derivative, counted in `activation.wgsl`.
            pub fn cost(self) -> (f64, f64) {
                match self { $(Self::$variant => $cost),* }
            }

            /// Returns the names of the WGSL functions: the activation and its derivative.
            pub fn functions(self) -> [&'static str; 2] {
                match self { $(Self::$variant => [stringify!($function), stringify!($slope)]),* }
            }

            /// Returns the unit's output at pre-activation `z`.
            #[inline(always)]
            pub fn activate<R: Real>(self, z: R) -> R {
                match self { $(Self::$variant => $function(z)),* }
            }

            /// Returns the derivative at pre-activation `z`, where the output is `a`.
            #[inline(always)]
            pub fn slope<R: Real>(self, z: R, a: R) -> R {
                match self { $(Self::$variant => $slope(z, a)),* }
            }

            /// Whether the derivative follows from the output alone: [`Activation::slope`] is then right with `a` in
            /// place of `z`.
            pub fn slope_of_output(self) -> bool {
                match self { $(Self::$variant => $of_output),* }
            }

            /// Replaces the pre-activations `values` by the outputs and writes the derivatives to `slopes`, unless that
            /// is empty. Matches the variant once, outside the loop.
            #[inline(always)]
            pub fn activate_all<R: Real>(self, values: &mut [R], slopes: &mut [R]) {
                match self {
                    $(Self::$variant => if slopes.is_empty() {
                        for value in values {
                            *value = $function(*value);
                        }
                    } else {
                        for (value, slope) in values.iter_mut().zip(slopes) {
                            let z = *value;
                            *value = $function(z);
                            *slope = $slope(z, *value);
                        }
                    }),*
                }
            }

            /// Multiplies each of `delta` by its derivative. `kept` is from the forward pass: the outputs if the
            /// derivative follows from them, else the derivatives. Matches the variant once, outside the loop.
            #[inline(always)]
            pub fn times_slopes<R: Real>(self, kept: &[R], delta: &mut [R]) {
                match self {
                    $(Self::$variant => for (delta, kept) in delta.iter_mut().zip(kept) {
                        *delta = *delta * if $of_output { $slope(*kept, *kept) } else { *kept };
                    }),*
                }
            }
        }
    };
}

activations! {
    /// max(z, 0), derivative 0 at 0.
    Relu: "ReLU", relu, relu_slope, true, |_, _| 0.0, (5.0, 1.0);
    /// z, or 0.01 z where z is not above 0.
    #[strum(to_string = "leaky-relu", serialize = "leakyrelu")]
    LeakyRelu: "leaky ReLU", leaky_relu, leaky_relu_slope, true, |_, _| 0.0, (6.0, 2.0);
    /// Hyperbolic tangent.
    Tanh: "tanh", tanh_unit, tanh_slope, true, |_, a| -2.0 * a * (1.0 - a * a), (26.0, 21.0);
    /// 1 / (1 + exp(-z)).
    #[strum(to_string = "sigmoid", serialize = "logistic")]
    Sigmoid: "sigmoid", sigmoid, sigmoid_slope, true, |_, a| a * (1.0 - a) * (1.0 - 2.0 * a), (26.0, 26.0);
    /// z Φ(z) with the normal distribution's Φ: the exact form, with erf (Hendrycks and Gimpel, arXiv 1606.08415).
    Gelu: "GELU", gelu, gelu_slope, false, gelu_curvature, (110.0, 110.0);
    /// z, or exp(z) - 1 where z is negative (Clevert, Unterthiner and Hochreiter, arXiv 1511.07289).
    Elu: "ELU", elu, elu_slope, true, |_, a| if a < 0.0 { a + 1.0 } else { 0.0 }, (38.0, 28.0);
    /// z sigmoid(z), also called swish.
    #[strum(to_string = "silu", serialize = "swish")]
    Silu: "SiLU", silu, silu_slope, false, silu_curvature, (60.0, 60.0);
    /// z itself: a linear network.
    #[strum(to_string = "identity", serialize = "linear", serialize = "none")]
    Identity: "identity", identity, identity_slope, true, |_, _| 0.0, (1.0, 1.0);
}

/// Returns max(z, 0). NaN stays NaN.
#[inline(always)]
pub fn relu<R: Real>(z: R) -> R {
    z.at_least(R::splat(0.0))
}

/// Returns 0 at the kink, as PyTorch does.
#[inline(always)]
pub fn relu_slope<R: Real>(z: R, _a: R) -> R {
    z.if_positive(R::splat(1.0), R::splat(0.0))
}

/// Has slope 0.01 below 0, PyTorch's default. Error at most 1 ulp.
#[inline(always)]
pub fn leaky_relu<R: Real>(z: R) -> R {
    z.if_negative(R::splat(0.01) * z, z)
}

/// Returns 0.01 at the kink, as PyTorch does.
#[inline(always)]
pub fn leaky_relu_slope<R: Real>(z: R, _a: R) -> R {
    z.if_positive(R::splat(1.0), R::splat(0.01))
}

/// Returns exp(z) - 1 below 0 as -2t / (1 + t) with t = tanh(-z / 2), which has no cancellation near 0.
#[inline(always)]
pub fn elu<R: Real>(z: R) -> R {
    let t = (R::splat(0.5) * z.abs()).tanh_positive();
    z.if_negative(R::splat(-2.0) * t / (R::splat(1.0) + t), z)
}

/// Returns exp(z) = a + 1 below 0.
#[inline(always)]
pub fn elu_slope<R: Real>(z: R, a: R) -> R {
    z.if_negative(a + R::splat(1.0), R::splat(1.0))
}

/// Error at most 2.7 ulp; never beyond ±1.
#[inline(always)]
pub fn tanh_unit<R: Real>(z: R) -> R {
    z.abs().tanh_positive().with_sign_of(z)
}

/// Returns 1 - a². Absolute error at most 2.1e-7, of values up to 1: the rounded output has lost its distance from ±1.
#[inline(always)]
pub fn tanh_slope<R: Real>(_z: R, a: R) -> R {
    R::splat(1.0) - a * a
}

/// Error at most 2.5 ulp; below -87, absolute error at most 2e-38.
#[inline(always)]
pub fn sigmoid<R: Real>(z: R) -> R {
    let (one, e) = (R::splat(1.0), (-z.abs()).exp_negative());
    z.if_negative(e, one) / (one + e)
}

/// Returns a (1 - a). Absolute error at most 1e-7, of values up to 1/4: the rounded output has lost its distance from
/// 1.
#[inline(always)]
pub fn sigmoid_slope<R: Real>(_z: R, a: R) -> R {
    a * (R::splat(1.0) - a)
}

/// Returns Φ(z) of the standard normal distribution.
#[inline(always)]
pub fn normal_below<R: Real>(z: R) -> R {
    let tail = z.abs().normal_tail();
    z.if_negative(tail, R::splat(1.0) - tail)
}

/// Error at most 6 ulp; below -12.8, absolute error at most 1e-36.
#[inline(always)]
pub fn gelu<R: Real>(z: R) -> R {
    z * normal_below(z)
}

/// Returns Φ(z) + z φ(z). With t = Φ(-|z|) - |z| φ(z) that is t below 0, else 1 - t, which keeps small values accurate.
/// Absolute error at most 2e-7; no relative bound exists at the zero at -0.75.
#[inline(always)]
pub fn gelu_slope<R: Real>(z: R, _a: R) -> R {
    let distance = z.abs();
    let t = distance.normal_tail() - distance * distance.normal_density();
    z.if_negative(t, R::splat(1.0) - t)
}

/// Bound on |z| in [`silu`], beyond which it equals z or, in f64, 0. f32's exp never falls below 1.6e-38, so that a
/// larger |z| would give a wrong product.
const SILU_END: f64 = 1000.0;

/// Error at most 3 ulp; below -87, absolute error at most 2e-35.
#[inline(always)]
pub fn silu<R: Real>(z: R) -> R {
    let near = z.at_least(R::splat(-SILU_END));
    near * sigmoid(near)
}

/// Returns s (1 + z (1 - s)) with s = sigmoid(z). With t its value at -|z|, where 1 - s is computed without
/// cancellation, that is t below 0, else 1 - t. Absolute error at most 2e-7; no relative bound exists at the zero at
/// -1.28.
#[inline(always)]
pub fn silu_slope<R: Real>(z: R, _a: R) -> R {
    let (one, distance) = (R::splat(1.0), z.abs());
    let near = (R::splat(SILU_END) - distance).if_negative(R::splat(SILU_END), distance);
    let e = (-near).exp_negative();
    let above = one / (one + e);
    let t = e * above * (one - near * above);
    z.if_negative(t, one - t)
}

/// Returns z exactly.
#[inline(always)]
pub fn identity<R: Real>(z: R) -> R {
    z
}

/// Returns 1 exactly.
#[inline(always)]
pub fn identity_slope<R: Real>(_z: R, _a: R) -> R {
    R::splat(1.0)
}

/// Derivative of Φ + z φ, with φ' = -z φ.
fn gelu_curvature(z: f64, _: f64) -> f64 {
    z.abs().normal_density() * (2.0 - z * z)
}

/// Derivative of s + z s (1 - s), with s' = s (1 - s).
fn silu_curvature(z: f64, _: f64) -> f64 {
    let s = sigmoid(z);
    s * (1.0 - s) * (2.0 + z * (1.0 - 2.0 * s))
}

#[cfg(test)]
mod tests;
