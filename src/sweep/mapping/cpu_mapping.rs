//! Everything of an instruction set and of the points' layout that the bits of the cpu engine's results depend on.

use crate::error::one_of;
use crate::math::choice_enum::choice_enum;
use std::fmt;
use strum::VariantArray;

choice_enum! {
    /// Rounding of a multiply-add. All instruction sets with the same rounding give the same bits.
    pub enum Rounding {
        /// Once.
        Fused,
        /// Twice.
        Plain,
    }
}

/// Mapping of the cpu engine, such as `fused-tile64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CpuMapping {
    pub rounding: Rounding,
    /// Points per tile, from 1 to [`CpuMapping::LARGEST_TILE`].
    pub tile: usize,
}

impl CpuMapping {
    /// Most points per tile: the losses of a tile share one logarithm, see [`crate::math::loss::loss_gather`].
    pub const LARGEST_TILE: usize = 64;

    /// Reads the text form; `None` for any other text.
    pub fn read(text: &str) -> Option<Self> {
        let (name, tile) = text.split_once("-tile")?;
        let rounding = Rounding::VARIANTS.iter().copied().find(|rounding| <&str>::from(*rounding) == name)?;
        let tile = tile.parse().ok().filter(|tile| (1..=Self::LARGEST_TILE).contains(tile))?;
        Some(Self { rounding, tile })
    }

    /// Describes the text forms.
    pub fn forms() -> String {
        Self::forms_with(Rounding::VARIANTS)
    }

    /// Describes the text forms with these roundings.
    pub fn forms_with(roundings: &[Rounding]) -> String {
        let forms: Vec<String> = roundings.iter().map(|rounding| format!("{rounding}-tileN")).collect();
        format!("{} on the cpu engine, N from 1 to {}", one_of(&forms), Self::LARGEST_TILE)
    }
}

impl fmt::Display for CpuMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-tile{}", self.rounding, self.tile)
    }
}
