//! Data that are in memory, in place of the file that a sweep names.

use crate::dataset::Dataset;
use std::sync::Arc;

/// Data in memory.
#[derive(Debug, Clone, PartialEq)]
pub enum DataInMemory {
    /// Rows that are already read.
    Rows(Box<Dataset>),
    /// The contents of a table's file, to be read by the sweep's settings. Text alone, unless the build reads files.
    Table(Arc<[u8]>),
}

impl From<Dataset> for DataInMemory {
    fn from(rows: Dataset) -> Self {
        Self::Rows(Box::new(rows))
    }
}
