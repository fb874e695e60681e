//! Scalar twins of the shaders: same file names, same function names, same order. [`Real`] lets f64, f32 and SIMD vectors
//! share one text.

pub mod activation;
pub mod convergence;
pub mod divergence;
pub mod elementary;
pub mod init;
pub mod loss;
pub mod optimizer;
pub mod real;
pub mod rng;
pub mod scaling;
pub mod shuffle;
pub mod slots;
pub mod tally;
pub(crate) mod vector;

pub use activation::Activation;
pub use loss::Loss;
pub use optimizer::Optimizer;
pub use real::Real;
pub use scaling::Scaling;

/// Writes a choice as the command line and `sweep.toml` spell it.
pub(crate) fn write_name(choice: &impl clap::ValueEnum, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    choice.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
}
