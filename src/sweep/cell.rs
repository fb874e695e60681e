//! Cells: combinations of all settings that are choices, not hyper-parameters. Those that differ in more than the data
//! set need separate kernels.

use super::Sweep;
use super::choices::{BatchSize, Choice, Widths};
use super::schedule::ScheduleKind;
use super::table::settings_table;
use crate::dataset::Generator;
use crate::math::init::Scheme;
use crate::math::{Activation, Optimizer};

/// Column of the data seed, which distinguishes random draws of one data set
pub const DATA_SEED: &str = "data_seed";

/// Defines [`Cell`] and [`COLUMNS`] from the `choice` rows of the table.
macro_rules! define_cells {
    (@found [$($(#[doc = $doc:literal])+ $name:ident($type:ty);)*]) => {
        /// One combination of choices.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Cell {
            /// Generator of the data set, unless it is read from a file
            pub dataset: Generator,
            /// Seed of the generated data set, of the train/test split and of a shared order of mini-batches
            pub data_seed: u64,
            $($(#[doc = $doc])+ pub $name: $type,)*
        }

        /// Columns of the settings that cells differ in; the first one varies slowest in the order of the cells
        pub const COLUMNS: [&str; 2 + [$(stringify!($name)),*].len()] = ["dataset", DATA_SEED, $(stringify!($name)),*];

        impl Cell {
            /// Returns the choices as text, in the order of [`COLUMNS`].
            pub fn texts(&self) -> [String; COLUMNS.len()] {
                [self.dataset.text(), self.data_seed.to_string(), $(self.$name.text()),*]
            }
        }

        impl Sweep {
            /// Returns all combinations; the last of [`COLUMNS`] varies fastest.
            pub fn cells(&self) -> Vec<Cell> {
                let first = |dataset, data_seed| Cell { dataset, data_seed, $($name: self.$name.all()[0].clone()),* };
                let sets = self.dataset.all().iter().flat_map(|set| self.data_seeds().map(move |seed| (*set, seed)));
                let mut cells: Vec<Cell> = sets.map(|(dataset, seed)| first(dataset, seed)).collect();
                $(
                    let each = |cell: &Cell| {
                        let cell = cell.clone();
                        self.$name.all().iter().map(move |choice| Cell { $name: choice.clone(), ..cell.clone() })
                    };
                    cells = cells.iter().flat_map(each).collect();
                )*
                cells
            }

            /// Returns the number of combinations.
            pub(super) fn number_of_cells(&self) -> usize {
                let lists = [self.dataset.all().len(), self.data_seeds.unwrap_or(1) as usize, $(self.$name.all().len()),*];
                lists.iter().fold(1, |product: usize, n| product.saturating_mul(*n))
            }
        }
    };
    (@ [$($found:tt)*]) => { define_cells!(@found [$($found)*]); };
    (@ [$($found:tt)*]
        $(#[doc = $doc:literal])+ choice $name:ident $type:tt = $default:expr, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_cells!(@ [$($found)* $(#[doc = $doc])+ $name $type;] $($rest)*); };
    (@ $found:tt
        $(#[doc = $doc:literal])+ $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_cells!(@ $found $($rest)*); };
    ($($rows:tt)*) => { define_cells!(@ [] $($rows)*); };
}

settings_table!(define_cells);

impl Sweep {
    /// Returns the seeds of the data sets, ascending.
    pub(super) fn data_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.data_seed..=self.data_seed.saturating_add(u64::from(self.data_seeds.unwrap_or(1).max(1)) - 1)
    }
}
