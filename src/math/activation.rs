//! Activations of the hidden layers. Twin of `shaders/activation.wgsl`. To add one, add its line to the list below and
//! its two functions here and there.

use super::Real;

/// Makes the enum and its dispatch from a line per activation: its name, its function, its function's derivative, and
/// whether that follows from the output alone.
macro_rules! activations {
    ($($(#[$doc:meta])* $variant:ident: $function:ident, $slope:ident, $of_output:literal;)*) => {
        /// What a hidden unit does with its weighted sum.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
        #[serde(rename_all = "kebab-case")]
        pub enum Activation { $($(#[$doc])* $variant),* }

        impl Activation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Names of the WGSL functions: the activation, and its derivative.
            pub fn functions(self) -> [&'static str; 2] {
                match self { $(Self::$variant => [stringify!($function), stringify!($slope)]),* }
            }

            /// The unit's output at pre-activation `z`.
            #[inline(always)]
            pub fn activate<R: Real>(self, z: R) -> R {
                match self { $(Self::$variant => $function(z)),* }
            }

            /// Derivative of the output at pre-activation `z`, where the output was `a`.
            #[inline(always)]
            pub fn slope<R: Real>(self, z: R, a: R) -> R {
                match self { $(Self::$variant => $slope(z, a)),* }
            }

            /// Whether the derivative follows from the output alone: with `a` for `z`, too, [`Activation::slope`] is right.
            pub fn slope_of_output(self) -> bool {
                match self { $(Self::$variant => $of_output),* }
            }

            /// Puts outputs in the place of the pre-activations `values`, and the derivatives in `slopes`, which may be empty:
            /// no derivatives then. Decides once, so that the loop is a plain one.
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

            /// Multiplies each of `delta` by its derivative, `kept` from the way forward: the output where the derivative
            /// follows from that, else itself. Decides once.
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
    Relu: relu, relu_slope, true;
    /// z, or 0.01 z where z is not above 0.
    #[value(alias = "leakyrelu")]
    LeakyRelu: leaky_relu, leaky_relu_slope, true;
    /// Hyperbolic tangent.
    Tanh: tanh_unit, tanh_slope, true;
    /// 1 / (1 + exp(-z)).
    #[value(alias = "logistic")]
    Sigmoid: sigmoid, sigmoid_slope, true;
    /// z Φ(z) with the normal distribution's Φ: the exact form, with erf (Hendrycks and Gimpel, arXiv 1606.08415).
    Gelu: gelu, gelu_slope, false;
    /// z sigmoid(z), also called swish.
    #[value(alias = "swish")]
    Silu: silu, silu_slope, false;
    /// z itself: a linear network.
    #[value(aliases = ["linear", "none"])]
    Identity: identity, identity_slope, true;
}

impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        super::write_name(self, f)
    }
}

/// max(z, 0). NaN stays NaN.
#[inline(always)]
pub fn relu<R: Real>(z: R) -> R {
    z.at_least(R::splat(0.0))
}

/// 0 at the kink, as in PyTorch.
#[inline(always)]
pub fn relu_slope<R: Real>(z: R, _a: R) -> R {
    z.if_positive(R::splat(1.0), R::splat(0.0))
}

/// Slope 0.01 below 0, PyTorch's default. 1 ulp at most.
#[inline(always)]
pub fn leaky_relu<R: Real>(z: R) -> R {
    z.if_negative(R::splat(0.01) * z, z)
}

/// 0.01 at the kink, as in PyTorch.
#[inline(always)]
pub fn leaky_relu_slope<R: Real>(z: R, _a: R) -> R {
    z.if_positive(R::splat(1.0), R::splat(0.01))
}

/// 2.7 ulp at most, never beyond ±1.
#[inline(always)]
pub fn tanh_unit<R: Real>(z: R) -> R {
    z.abs().tanh_positive().with_sign_of(z)
}

/// 1 - a². Right to 2.1e-7 absolutely, of at most 1: the output has forgotten how far from ±1 it is.
#[inline(always)]
pub fn tanh_slope<R: Real>(_z: R, a: R) -> R {
    R::splat(1.0) - a * a
}

/// 2.5 ulp at most; below -87 right to 2e-38 absolutely.
#[inline(always)]
pub fn sigmoid<R: Real>(z: R) -> R {
    let (one, e) = (R::splat(1.0), (-z.abs()).exp_negative());
    z.if_negative(e, one) / (one + e)
}

/// a (1 - a). Right to 1e-7 absolutely, of at most 1/4: the output has forgotten how far from 1 it is.
#[inline(always)]
pub fn sigmoid_slope<R: Real>(_z: R, a: R) -> R {
    a * (R::splat(1.0) - a)
}

/// Φ(z), of the standard normal distribution.
#[inline(always)]
pub fn normal_below<R: Real>(z: R) -> R {
    let tail = z.abs().normal_tail();
    z.if_negative(tail, R::splat(1.0) - tail)
}

/// 6 ulp at most; below -12.8 right to 1e-36 absolutely.
#[inline(always)]
pub fn gelu<R: Real>(z: R) -> R {
    z * normal_below(z)
}

/// Φ(z) + z φ(z). With t = Φ(-|z|) - |z| φ(z) that is t below 0, else 1 - t: what is small stays exact. Right to 2e-7
/// absolutely, as its zero at -0.75 allows.
#[inline(always)]
pub fn gelu_slope<R: Real>(z: R, _a: R) -> R {
    let distance = z.abs();
    let t = distance.normal_tail() - distance * distance.normal_density();
    z.if_negative(t, R::splat(1.0) - t)
}

/// Where [`silu`] has long been z or, even in f64, 0: f32's exp never gets there.
const SILU_END: f64 = 1000.0;

/// 3 ulp at most; below -87 right to 2e-35 absolutely.
#[inline(always)]
pub fn silu<R: Real>(z: R) -> R {
    let near = z.at_least(R::splat(-SILU_END));
    near * sigmoid(near)
}

/// s (1 + z (1 - s)) with s = sigmoid(z). With s of -|z|, so that 1 - s is exact, that is t below 0, else 1 - t. Right to
/// 2e-7 absolutely, as its zero at -1.28 allows.
#[inline(always)]
pub fn silu_slope<R: Real>(z: R, _a: R) -> R {
    let (one, distance) = (R::splat(1.0), z.abs());
    let near = (R::splat(SILU_END) - distance).if_negative(R::splat(SILU_END), distance);
    let e = (-near).exp_negative();
    let above = one / (one + e);
    let t = e * above * (one - near * above);
    z.if_negative(t, one - t)
}

/// z, exactly.
#[inline(always)]
pub fn identity<R: Real>(z: R) -> R {
    z
}

/// 1, exactly.
#[inline(always)]
pub fn identity_slope<R: Real>(_z: R, _a: R) -> R {
    R::splat(1.0)
}

#[cfg(test)]
mod tests;
