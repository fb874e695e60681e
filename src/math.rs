//! Scalar twins of the shaders: same file names, same function names, same order. [`Real`] lets f64, f32 and SIMD
//! vectors share one implementation.

pub mod activation;
pub(crate) mod choice_enum;
pub mod convergence;
pub mod divergence;
pub mod elementary;
pub mod init;
pub mod loss;
pub mod loss_bins;
pub mod loss_params;
pub mod optimizer;
pub mod optimizer_state;
pub mod outputs;
pub mod real;
pub mod rng;
pub mod shuffle;
mod single;
pub mod softmax;
pub mod update_params;
pub(crate) mod vector;
pub mod weight_scaling;

pub use activation::Activation;
pub use loss::Loss;
pub use loss_params::LossParams;
pub use optimizer::Optimizer;
pub use real::Real;
pub use weight_scaling::WeightScaling;
