//! The same kernels compiled for several instruction sets; the processor says at run time which one it has. Rust never
//! fuses a multiplication with an addition by itself, so all give the same bits.

use super::block::{self, Context};
use super::network::{Aim, Networks, Tally};
use super::orders;
use super::tiles::{Gathered, Row, Rows, Tile, Tiles};
use crate::engine::Score;
use crate::engine::collect::Trained;
use crate::math::Lanes;
use crate::math::optimizer::Rates;
use crate::model::Shape;
use crate::sweep::Recipe;
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
            Self::Baseline => block::train::<Baseline, 8>(context, range),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => block::train::<Avx2, 8>(context, range),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => block::train::<Avx512, 16>(context, range),
        }
    }

    /// [`block::evaluate`], for at most [`Instructions::lanes`] models.
    pub fn evaluate(self, shape: &Shape, recipe: &Recipe, models: &[&[f64]], tiles: &Tiles) -> Vec<Option<Score>> {
        match self {
            Self::Baseline => block::evaluate::<Baseline, 8>(shape, recipe, models, tiles),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => block::evaluate::<Avx2, 8>(shape, recipe, models, tiles),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => block::evaluate::<Avx512, 16>(shape, recipe, models, tiles),
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

/// The kernels for `N` models side by side, in one instruction set: what takes the time of a training. All else is
/// compiled for the target's baseline.
pub trait Kernels<const N: usize> {
    /// [`Networks::pass`].
    fn pass(networks: &mut Networks<N>, tile: &Tile<N>, aim: Aim, tally: &mut Tally<N>);
    /// [`Networks::update`].
    fn update(networks: &mut Networks<N>, active: &[bool; N], rates: &Rates<Lanes<N>>, share: f32) -> [bool; N];
    /// [`Gathered::gather`].
    fn gather<'a, R: Row<N>>(gathered: &'a mut Gathered<R::Value>, rows: &[R], points: &Rows) -> Tile<'a, N>;
    /// [`orders::draw_each`].
    fn draw_each(keys: &[[u32; 2]; N], epoch: u32, scratch: &mut Vec<u32>, places: &mut [[u32; N]]);
}

/// Compiles the kernels for an instruction set, named as the compiler does; without a name, for the baseline.
macro_rules! kernels {
    ($set:ident, $lanes:literal $(, $feature:literal)?) => {
        struct $set;

        // The baseline's functions may be called without more ado.
        #[allow(unused_unsafe)]
        impl Kernels<$lanes> for $set {
            fn pass(networks: &mut Networks<$lanes>, tile: &Tile<$lanes>, aim: Aim, tally: &mut Tally<$lanes>) {
                $(#[target_feature(enable = $feature)])?
                fn compiled(networks: &mut Networks<$lanes>, tile: &Tile<$lanes>, aim: Aim, tally: &mut Tally<$lanes>) {
                    networks.pass(tile, aim, tally);
                }
                // SAFETY: only `Instructions` names this set, and only on processors that have the instructions.
                unsafe { compiled(networks, tile, aim, tally) }
            }

            fn update(
                networks: &mut Networks<$lanes>,
                active: &[bool; $lanes],
                rates: &Rates<Lanes<$lanes>>,
                share: f32,
            ) -> [bool; $lanes] {
                $(#[target_feature(enable = $feature)])?
                fn compiled(
                    networks: &mut Networks<$lanes>,
                    active: &[bool; $lanes],
                    rates: &Rates<Lanes<$lanes>>,
                    share: f32,
                ) -> [bool; $lanes] {
                    networks.update(active, rates, share)
                }
                // SAFETY: as above.
                unsafe { compiled(networks, active, rates, share) }
            }

            fn gather<'a, R: Row<$lanes>>(
                gathered: &'a mut Gathered<R::Value>,
                rows: &[R],
                points: &Rows,
            ) -> Tile<'a, $lanes> {
                $(#[target_feature(enable = $feature)])?
                fn compiled<'a, R: Row<$lanes>>(
                    gathered: &'a mut Gathered<R::Value>,
                    rows: &[R],
                    points: &Rows,
                ) -> Tile<'a, $lanes> {
                    gathered.gather(rows, points)
                }
                // SAFETY: as above.
                unsafe { compiled(gathered, rows, points) }
            }

            fn draw_each(keys: &[[u32; 2]; $lanes], epoch: u32, scratch: &mut Vec<u32>, places: &mut [[u32; $lanes]]) {
                $(#[target_feature(enable = $feature)])?
                fn compiled(
                    keys: &[[u32; 2]; $lanes],
                    epoch: u32,
                    scratch: &mut Vec<u32>,
                    places: &mut [[u32; $lanes]],
                ) {
                    orders::draw_each(keys, epoch, scratch, places);
                }
                // SAFETY: as above.
                unsafe { compiled(keys, epoch, scratch, places) }
            }
        }
    };
}

kernels!(Baseline, 8);
#[cfg(target_arch = "x86_64")]
kernels!(Avx2, 8, "avx2");
#[cfg(target_arch = "x86_64")]
kernels!(Avx512, 16, "avx512f");
