//! Cells: the combinations of everything that is not a number. All that are no mere data sets have kernels of their own.

use super::Sweep;
use super::choices::{BatchSize, Choice, Widths};
use super::schedule::ScheduleKind;
use super::table::settings_table;
use crate::dataset::Generator;
use crate::math::init::Scheme;
use crate::math::{Activation, Optimizer};

/// The column of data sets that are drawn alike: some of many.
pub const DATA_SEED: &str = "data_seed";

/// [`Cell`] and its columns from the table's rows `choice`.
macro_rules! define_cells {
    (@found [$($(#[doc = $doc:literal])+ $name:ident($type:ty);)*]) => {
        /// One combination.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Cell {
            /// The data set that is generated, where none is read.
            pub dataset: Generator,
            /// Seed of that data set, of the train/test split and of a shared order of mini-batches.
            pub data_seed: u64,
            $($(#[doc = $doc])+ pub $name: $type,)*
        }

        /// The settings that cells differ in, as columns, the first one slowest in the order of the cells.
        pub const COLUMNS: [&str; 2 + [$(stringify!($name)),*].len()] = ["dataset", DATA_SEED, $(stringify!($name)),*];

        impl Cell {
            /// What it chose, by [`COLUMNS`].
            pub fn texts(&self) -> [String; COLUMNS.len()] {
                [self.dataset.text(), self.data_seed.to_string(), $(self.$name.text()),*]
            }
        }

        impl Sweep {
            /// All combinations, in the order of [`COLUMNS`], the last one fastest.
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

            /// The number of combinations.
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
    /// Seeds of the data sets, ascending.
    pub(super) fn data_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.data_seed..=self.data_seed.saturating_add(u64::from(self.data_seeds.unwrap_or(1).max(1)) - 1)
    }
}
