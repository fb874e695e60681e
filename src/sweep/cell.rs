//! Cells: combinations of all settings that are choices, not hyper-parameters. Those that differ in more than the data
//! set need separate kernels.

use super::choices::{BatchSize, Choice, Widths};
use super::schedule::ScheduleKind;
use super::settings_table::settings_table;
use super::{LabelNoise, Sweep};
use crate::dataset::BuiltIn;
use crate::math::init::Scheme;
use crate::math::{Activation, Optimizer};

/// Defines [`CellChoices`] and [`CellColumn`] from the `choice` rows of the table.
macro_rules! define_cells {
    (@found [$($(#[doc = $doc:literal])+ $name:ident($column:ident: $type:ty);)*]) => {
        /// One combination of choices.
        #[derive(Debug, Clone, PartialEq)]
        pub struct CellChoices {
            /// Built-in data set, unless it is read from a file
            pub dataset: BuiltIn,
            /// Seed of the generated data set, of the train/test split and of a shared order of mini-batches
            pub data_seed: u64,
            $($(#[doc = $doc])+ pub $name: $type,)*
        }

        /// A setting in which cells may differ, and its column in every table. The first one varies slowest in the
        /// order of the cells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CellColumn {
            /// Built-in data set
            Dataset,
            /// Seed of the data, which distinguishes random draws of one data set
            DataSeed,
            $($(#[doc = $doc])+ $column,)*
        }

        impl CellColumn {
            /// All columns, in the order of the tables
            pub const ALL: [Self; 2 + [$(stringify!($name)),*].len()] =
                [Self::Dataset, Self::DataSeed, $(Self::$column),*];

            /// Returns its name in every table.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Dataset => "dataset",
                    Self::DataSeed => "data_seed",
                    $(Self::$column => stringify!($name),)*
                }
            }
        }

        impl CellChoices {
            /// Returns a choice as text.
            pub fn text(&self, column: CellColumn) -> String {
                match column {
                    CellColumn::Dataset => self.dataset.text(),
                    CellColumn::DataSeed => self.data_seed.to_string(),
                    $(CellColumn::$column => self.$name.text(),)*
                }
            }

            /// Whether both cells have the same choice in this column.
            pub fn agrees(&self, other: &Self, column: CellColumn) -> bool {
                match column {
                    CellColumn::Dataset => self.dataset == other.dataset,
                    CellColumn::DataSeed => self.data_seed == other.data_seed,
                    $(CellColumn::$column => self.$name == other.$name,)*
                }
            }
        }

        impl Sweep {
            /// Returns all combinations; the last of [`CellColumn::ALL`] varies fastest.
            pub fn cells(&self) -> Vec<CellChoices> {
                let first = |dataset, data_seed| CellChoices { dataset, data_seed, $($name: self.$name.all()[0].clone()),* };
                let sets = self.dataset.all().iter().flat_map(|set| self.data_seeds().map(move |seed| (*set, seed)));
                let mut cells: Vec<CellChoices> = sets.map(|(dataset, seed)| first(dataset, seed)).collect();
                $(
                    let each = |cell: &CellChoices| {
                        let cell = cell.clone();
                        self.$name.all().iter().map(move |choice| CellChoices { $name: choice.clone(), ..cell.clone() })
                    };
                    cells = cells.iter().flat_map(each).collect();
                )*
                cells
            }

            /// Returns the number of combinations.
            pub(super) fn number_of_cells(&self) -> usize {
                let lists = [self.dataset.all().len(), self.number_of_data_seeds() as usize, $(self.$name.all().len()),*];
                lists.iter().fold(1, |product: usize, n| product.saturating_mul(*n))
            }
        }
    };
    (@ [$($found:tt)*]) => { define_cells!(@found [$($found)*]); };
    (@ [$($found:tt)*]
        $(#[doc = $doc:literal])+ choice $name:ident $column:tt = $default:expr, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_cells!(@ [$($found)* $(#[doc = $doc])+ $name $column;] $($rest)*); };
    (@ $found:tt
        $(#[doc = $doc:literal])+ $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident $attributes:tt; $($rest:tt)*
    ) => { define_cells!(@ $found $($rest)*); };
    ($($rows:tt)*) => { define_cells!(@ [] $($rows)*); };
}

settings_table!(define_cells);

impl Sweep {
    /// Returns the seeds of the data sets, ascending.
    pub(super) fn data_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.data_seed..=self.data_seed.saturating_add(u64::from(self.number_of_data_seeds()) - 1)
    }

    /// Returns the number of data seeds: that of the folds of cross-validation or of the data sets.
    pub fn number_of_data_seeds(&self) -> u32 {
        self.folds.or(self.data_seeds).unwrap_or(1).max(1)
    }
}
