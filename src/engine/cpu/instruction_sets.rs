//! Instruction sets that the kernels are compiled for. This is the only module that chooses one; the processor reports
//! at run time which sets it has.

use super::block::{self, TrainingContext};
use super::evaluation;
use super::logits;
use super::peak;
use super::tiles::Tiles;
use crate::engine::Score;
use crate::engine::in_memory_sink::TrainedModel;
use crate::error::{Error, Result, one_of, quoted};
use crate::math::vector::Isa;
#[cfg(target_arch = "aarch64")]
use crate::math::vector::neon::Neon;
use crate::math::vector::portable::Portable;
#[cfg(target_arch = "x86_64")]
use crate::math::vector::{avx2::Avx2, avx512::Avx512};
use crate::model::NetworkShape;
use crate::sweep::{Rounding, TrainSpec};
use std::ops::Range;
use std::time::Duration;

/// Generates the enum and its dispatch from one line per instruction set, best first: command-line name, display name,
/// target architecture, [`Isa`] type, and whether this processor has it.
macro_rules! instructions {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $title:literal, $arch:meta, $isa:ident, $has:expr;)*) => {
        /// An instruction set; safe to use only on processors that have it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Instructions { $($(#[$doc])* #[cfg($arch)] $variant),* }

        impl Instructions {
            /// Returns the sets that this processor has, best first; never empty.
            pub fn here() -> Vec<Self> {
                let mut found = Vec::new();
                $(#[cfg($arch)] if $has { found.push(Self::$variant) })*
                found
            }

            /// Returns the name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(#[cfg($arch)] Self::$variant => $name),* }
            }

            /// Returns the display name.
            pub fn title(self) -> &'static str {
                match self { $(#[cfg($arch)] Self::$variant => $title),* }
            }

            /// Returns the number of models side by side.
            pub fn lanes(self) -> usize {
                match self { $(#[cfg($arch)] Self::$variant => $isa::LANES),* }
            }

            /// Returns the rounding of multiply-adds.
            pub fn rounding(self) -> Rounding {
                let fused = match self { $(#[cfg($arch)] Self::$variant => $isa::FUSED),* };
                if fused { Rounding::Fused } else { Rounding::Plain }
            }

            /// Runs [`peak::flops`].
            pub fn peak_flops(self, time: Duration) -> f64 {
                match self { $(#[cfg($arch)] Self::$variant => peak::flops::<$isa>(time)),* }
            }

            /// Runs [`block::train`], for at most [`Instructions::lanes`] trials.
            pub fn train(self, context: &TrainingContext, range: Range<u64>) -> Vec<TrainedModel> {
                match self { $(#[cfg($arch)] Self::$variant => block::train::<$isa>(context, range)),* }
            }

            /// Runs [`evaluation::evaluate`], for at most [`Instructions::lanes`] models.
            pub fn evaluate(
                self,
                shape: &NetworkShape,
                train_spec: &TrainSpec,
                models: &[&[f64]],
                tiles: &Tiles,
            ) -> Vec<Option<Score>> {
                match self { $(#[cfg($arch)] Self::$variant => evaluation::evaluate::<$isa>(shape, train_spec, models, tiles)),* }
            }

            /// Runs [`logits::of`], for at most [`Instructions::lanes`] models.
            pub fn logits(self, shape: &NetworkShape, train_spec: &TrainSpec, models: &[&[f64]], tiles: &Tiles) -> Vec<f64> {
                match self { $(#[cfg($arch)] Self::$variant => logits::of::<$isa>(shape, train_spec, models, tiles)),* }
            }
        }
    };
}

instructions! {
    /// AVX-512: 16 lanes.
    Avx512: "avx512", "AVX-512", target_arch = "x86_64", Avx512, is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma");
    /// AVX2 with FMA: 8 lanes.
    Avx2: "avx2", "AVX2", target_arch = "x86_64", Avx2, is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    /// NEON: 4 lanes.
    Neon: "neon", "NEON", target_arch = "aarch64", Neon, true;
    /// Portable code for any processor: 4 lanes.
    Portable: "portable", "portable SIMD", all(), Portable, true;
}

impl Instructions {
    /// Finds a set by its name, ignoring case.
    ///
    /// # Errors
    /// [`Error::Setting`] if this processor has no such set; the message lists those that it has.
    pub fn named(name: &str) -> Result<Self> {
        let here = Self::here();
        let names = here.iter().map(|set| set.name()).collect::<Vec<_>>();
        let known = here.iter().copied().find(|set| set.name() == name.to_lowercase());
        known.ok_or_else(|| {
            let allowed = format!("{}, which this processor has", one_of(&names));
            Error::setting("--isa", quoted(name), allowed).or_closest(name, names.iter().copied())
        })
    }
}
