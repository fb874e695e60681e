//! Parallel iterators and thread pools: rayon's, or plain ones of the same names in a build without threads.

#[cfg(feature = "native")]
pub use crate::threads::{cores, pool, processor};
#[cfg(feature = "native")]
pub use rayon::{ThreadPool as Pool, current_num_threads, join, prelude::*};

#[cfg(not(feature = "native"))]
mod serial;
#[cfg(not(feature = "native"))]
pub use serial::*;
