//! Scalar twins of the shaders: same file names, same function names, same order.

pub mod rng;
