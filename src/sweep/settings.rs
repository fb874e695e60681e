//! [`Sweep`] and its defaults, generated from the rows of [`table`](super::table).

use super::{Axis, BatchSize, Choices, ClassWeight, CurvesKept, ExtraCurve, InitBias, LabelNoise, MapAxes, Metric};
use super::{ColumnNames, Features, ScheduleKind, Shuffle, Widths};
use crate::dataset::{BuiltIn, Categorical, Delimiter, Missing, Task};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::statistics::Select;
use std::path::PathBuf;

/// Expands to the type of a row's field.
macro_rules! field_type {
    (one ($type:ty)) => { $type };
    (some ($type:ty)) => { Option<$type> };
    (choice ($column:ident: $type:ty)) => { Choices<$type> };
    (axis $type:tt) => { Option<Axis> };
    (lr $type:tt) => { Axis };
}
pub(super) use field_type;

/// Expands to the default of a row's field.
macro_rules! field_default {
    (one $default:expr) => {
        $default
    };
    (choice $default:expr) => {
        Choices::one($default)
    };
    (lr) => {
        Axis::parse_signed("--lr", "linspace:0.001:0.1:40", false).expect("the default axis parses")
    };
    ($other:ident) => {
        None
    };
}

/// Defines [`Sweep`] and its defaults from the table's rows.
macro_rules! define_sweep {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident { $($attribute:ident: $value:expr),* };
    )*) => {
        /// All settings of a sweep; [`Sweep::default`] is the course's experiment.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Sweep {
            $($(#[doc = $doc])+ pub $name: field_type!($kind $type),)*
        }

        impl Default for Sweep {
            fn default() -> Self {
                Self { $($name: field_default!($kind $($default)?),)* }
            }
        }
    };
}

super::settings_table::settings_table!(define_sweep);

impl Sweep {
    /// Number of models without `--models`, `--seeds` and `--trials`.
    pub const DEFAULT_MODELS: u64 = 1000;
    /// Most models per sweep.
    pub const MAX_MODELS: u64 = 1 << 40;
    /// Most models per chunk, for which memory is allocated.
    pub const MOST_CHUNK_MODELS: u64 = 1 << 20;
    /// Most data sets per sweep, and most cells.
    pub const MOST_CELLS: usize = 10_000;
    /// Most curve values kept by [`CurvesKept::Auto`]: 100 MB of f32.
    pub const AUTO_CURVE_VALUES: u64 = 25_000_000;
}
