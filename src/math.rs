//! Scalar twins of the shaders: same file names, same function names, same order. [`Real`] lets f64, f32 and SIMD
//! vectors share one implementation.

pub mod activation;
pub mod convergence;
pub mod divergence;
pub mod elementary;
pub mod init;
pub mod loss;
pub mod loss_bins;
pub mod optimizer;
pub mod optimizer_state;
pub mod rates;
pub mod real;
pub mod rng;
pub mod shuffle;
mod single;
pub(crate) mod vector;
pub mod weight_scaling;

pub use activation::Activation;
pub use loss::Loss;
pub use optimizer::Optimizer;
pub use real::Real;
pub use weight_scaling::WeightScaling;

/// Writes a choice as it is spelt on the command line and in `sweep.toml`.
pub(crate) fn write_name(choice: impl Into<&'static str>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    f.write_str(choice.into())
}
