//! Scalar twins of the shaders: same file names, same function names, same order. [`Real`] lets f64, f32 and SIMD lanes
//! share one text.

pub mod activation;
pub mod divergence;
pub mod init;
pub mod loss;
pub mod optimizer;
pub mod real;
pub mod rng;

pub use real::{Lanes, Real};
