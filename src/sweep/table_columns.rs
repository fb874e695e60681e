//! Settings that name columns of a table.

/// Names of columns, separated by commas; `*` and `?` stand for any text and any letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNames(pub String);

impl ColumnNames {
    /// Whether they are several.
    pub fn are_several(&self) -> bool {
        self.0.contains(',')
    }
}

/// The features: of a table their columns, of the data set `random` their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Features {
    /// Number of features to make; of a table, the column with this name.
    Count(u32),
    /// Columns of a table.
    Columns(ColumnNames),
}

impl Features {
    /// Returns the number of features to make.
    pub fn count(&self) -> usize {
        if let Self::Count(count) = self { *count as usize } else { 1 }
    }

    /// Returns the names of columns.
    pub fn names(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Columns(names) => names.0.clone(),
        }
    }
}
