//! The same kernels compiled for several instruction sets; the processor says at run time which one it has. Rust never
//! fuses a multiplication with an addition by itself, so all give the same bits.

use super::block::{self, Context};
use super::tiles::Tiles;
use crate::engine::Score;
use crate::engine::collect::Trained;
use crate::model::Shape;
use std::ops::Range;

/// An instruction set that the kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// What the target always has: SSE2, NEON.
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// The best that this processor has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::Baseline
    }

    /// Models side by side.
    pub fn lanes(self) -> usize {
        match self {
            Self::Baseline => 8,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => 8,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => 16,
        }
    }

    /// [`block::train`], for at most [`Instructions::lanes`] trials.
    pub fn train(self, context: &Context, range: Range<u64>) -> Vec<Trained> {
        match self {
            Self::Baseline => block::train::<8>(context, range),
            // SAFETY: only `detect` makes these, on processors that have the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::train_avx2(context, range) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::train_avx512(context, range) },
        }
    }

    /// [`block::evaluate`], for at most [`Instructions::lanes`] models.
    pub fn evaluate(self, shape: &Shape, models: &[&[f64]], tiles: &Tiles) -> Vec<Option<Score>> {
        match self {
            Self::Baseline => block::evaluate::<8>(shape, models, tiles),
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::evaluate_avx2(shape, models, tiles) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::evaluate_avx512(shape, models, tiles) },
        }
    }
}

impl std::fmt::Display for Instructions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Baseline if cfg!(target_arch = "x86_64") => "SSE2",
            Self::Baseline => std::env::consts::ARCH,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "AVX-512",
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;

    #[target_feature(enable = "avx2")]
    pub fn train_avx2(context: &Context, range: Range<u64>) -> Vec<Trained> {
        block::train::<8>(context, range)
    }

    #[target_feature(enable = "avx512f")]
    pub fn train_avx512(context: &Context, range: Range<u64>) -> Vec<Trained> {
        block::train::<16>(context, range)
    }

    #[target_feature(enable = "avx2")]
    pub fn evaluate_avx2(shape: &Shape, models: &[&[f64]], tiles: &Tiles) -> Vec<Option<Score>> {
        block::evaluate::<8>(shape, models, tiles)
    }

    #[target_feature(enable = "avx512f")]
    pub fn evaluate_avx512(shape: &Shape, models: &[&[f64]], tiles: &Tiles) -> Vec<Option<Score>> {
        block::evaluate::<16>(shape, models, tiles)
    }
}
