//! Reads the files that settings name. A build without files refuses them.

#[cfg(feature = "native")]
pub(super) use super::batch_order::read_order as order;
#[cfg(feature = "native")]
pub(super) use super::initial_weights::read_weights as weights;
#[cfg(feature = "native")]
pub(super) use crate::dataset::read_csv as table;
#[cfg(feature = "native")]
pub(super) use crate::sweep::read_trials as trials;

#[cfg(not(feature = "native"))]
pub(super) use refused::{order, table, trials, weights};

#[cfg(not(feature = "native"))]
mod refused {
    use crate::dataset::{CsvDataset, CsvOptions};
    use crate::error::{Error, Result};
    use crate::model::NetworkShape;
    use crate::sweep::TrialsTable;
    use crate::sweep::prepared::file_contents::{OrderFile, WeightsFile};
    use std::path::Path;

    fn refuse<T>(path: &Path) -> Result<T> {
        Err(Error::file(path, "can't be read: this build has no files; hand data over in memory"))
    }

    pub fn trials(path: &Path) -> Result<TrialsTable> {
        refuse(path)
    }

    pub fn table(path: &Path, _: &CsvOptions<'_>) -> Result<CsvDataset> {
        refuse(path)
    }

    pub fn weights(path: &Path, _: &NetworkShape, _: u64) -> Result<WeightsFile> {
        refuse(path)
    }

    pub fn order(path: &Path, _: u32, _: usize) -> Result<OrderFile> {
        refuse(path)
    }
}
