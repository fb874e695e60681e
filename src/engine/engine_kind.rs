//! The three engines.

use crate::math::choice_enum::choice_enum;
use crate::sweep::Precision;
use strum::VariantArray;

choice_enum! {
    /// Kind of an engine, independent of its device.
    pub enum EngineKind {
        /// f32 kernels on a graphics card.
        Gpu,
        /// f32 on the processor's cores.
        Cpu,
        /// f64, plain loops: the definition of right.
        Reference,
    }
}

impl EngineKind {
    /// Returns the engine with exactly this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|kind| kind.name() == name)
    }

    /// Returns the name: `gpu`, `cpu` or `reference`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the format that the engine rounds hyper-parameters to.
    pub fn precision(self) -> Precision {
        match self {
            Self::Gpu | Self::Cpu => Precision::F32,
            Self::Reference => Precision::F64,
        }
    }
}
