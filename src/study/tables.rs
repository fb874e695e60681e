//! Writes the tables from the chunks alone, chunk by chunk: memory grows with the number of combinations of settings,
//! not with the number of models.

use super::Study;
use super::columns::{RowGroups, unwritten};
use super::files::write_whole;
use crate::dataset::text_cell;
use crate::error::{Error, Result};
use crate::results::{
    Column, CrossedTables, MapCollector, MapModels, ModelColumns, NamedColumns, VarianceShare, count, model_table,
    no_models, summary_csv, text,
};
use crate::statistics::Summary;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Maximum models for which `models.csv` is written; `models.parquet` always is.
const MOST_CSV_MODELS: u64 = 100_000;

/// Tables made from the chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenTables {
    /// Statistics by cell and hyper-parameters.
    pub summary: Summary,
    /// Variance of outcomes by source; none if no factors are crossed.
    pub splits: Vec<VarianceShare>,
    /// Written files.
    pub files: Vec<PathBuf>,
}

impl Study {
    /// Writes `models.parquet`, `models.csv` (up to 100,000 models), `summary.csv`, `distributions.csv` (up to 100,000
    /// combinations), `variance.csv` (if there is a complete crossed table), and `curves.npz`, `loss_histograms.npz`
    /// and `weights.npz` (if these are kept). Equal chunks give equal bytes.
    ///
    /// # Errors
    /// [`Error::Folder`] if models are missing; [`Error::Io`]; [`Error::Damaged`].
    pub fn write_tables(&self) -> Result<WrittenTables> {
        self.check_whole()?;
        let spec = &self.spec;
        let (mut summary, mut crossed) = (no_models(spec), CrossedTables::of(spec));
        let mut files = self.write_models(&mut |models| {
            count(&mut summary, spec, models);
            crossed.add(spec, models);
        })?;
        files.push(self.write_text("summary.csv", &summary_csv(spec, &summary))?);
        files.extend(self.write_distributions(&summary)?);
        let splits = crossed.splits();
        files.extend(crossed.csv(&splits).map(|csv| self.write_text("variance.csv", &csv)).transpose()?);
        files.extend(self.write_curves()?);
        files.extend(self.write_loss_counts()?);
        files.extend(self.write_weights()?);
        Ok(WrittenTables { summary, splits, files })
    }

    /// Checks that all models are trained.
    pub(super) fn check_whole(&self) -> Result<()> {
        self.lock.check()?;
        if self.missing().is_empty() {
            return Ok(());
        }
        let what = format!("{} of {} models are trained", self.finished_models(), self.plan.models());
        Err(Error::Folder { path: self.folder.clone(), what })
    }

    /// Writes `models.parquet`, `models.csv` (up to 100,000 models) and `map.npz` of a map whose models are all
    /// trained, with curves and weights if they are kept; returns the map and the files. Equal chunks give equal bytes.
    ///
    /// # Errors
    /// [`Error::Folder`] if the study is no map or models are missing; [`Error::Io`]; [`Error::Damaged`].
    pub fn write_map(&self) -> Result<(MapModels, Vec<PathBuf>)> {
        self.check_whole()?;
        let none = || Error::Folder { path: self.folder.clone(), what: "is not a map".into() };
        let mut map = MapCollector::of(&self.spec).ok_or_else(none)?;
        let mut files = self.write_models(&mut |models| map.add(models))?;
        let (map, path) = (map.finish(), self.folder.join("map.npz"));
        map.write(&path)?;
        files.push(path);
        files.extend(self.write_curves()?);
        files.extend(self.write_weights()?);
        Ok((map, files))
    }

    /// Writes `models.parquet` and, for at most 100,000 models, `models.csv` in one pass over the chunks; `each` gets
    /// every chunk, too.
    pub(super) fn write_models(&self, each: &mut dyn FnMut(&ModelColumns)) -> Result<Vec<PathBuf>> {
        let [parquet, csv] = ["models.parquet", "models.csv"].map(|name| self.folder.join(name));
        if self.plan.models() > MOST_CSV_MODELS {
            self.write_rows(&parquet, None, each)?;
            return Ok(vec![parquet]);
        }
        write_whole(&csv, |to| self.write_rows(&parquet, Some((&csv, to)), each))?;
        Ok(vec![parquet, csv])
    }

    fn write_rows(
        &self,
        path: &Path,
        mut csv: Option<(&PathBuf, &mut BufWriter<File>)>,
        each: &mut dyn FnMut(&ModelColumns),
    ) -> Result<()> {
        let spec = &self.spec;
        let labels = [("gpu-sweep.digest".to_owned(), spec.digest.clone())];
        write_whole(path, |file| {
            let nothing = model_table(spec, &ModelColumns { cell: 0, first: 0, outcomes: Vec::new() });
            if let Some((path, csv)) = &mut csv {
                let names: Vec<String> = nothing.iter().map(|(name, _)| text_cell(name)).collect();
                writeln!(csv, "{}", names.join(",")).map_err(Error::io(path, "write"))?;
            }
            let mut parquet = RowGroups::new(file, nothing, &labels).map_err(unwritten(path))?;
            for chunk in self.chunks() {
                let models = chunk?.models()?;
                let table = model_table(spec, &models);
                if let Some((path, csv)) = &mut csv {
                    write_rows(csv, &table, models.outcomes.len()).map_err(Error::io(path, "write"))?;
                }
                parquet.write(table).map_err(unwritten(path))?;
                each(&models);
            }
            parquet.finish().map_err(unwritten(path)).map(|_| ())
        })
    }
}

/// Writes the rows of a table as CSV: numbers with the fewest digits that round-trip, missing values empty.
fn write_rows(csv: &mut impl Write, table: &NamedColumns, rows: usize) -> std::io::Result<()> {
    for row in 0..rows {
        let fields: Vec<String> = table.iter().map(|(_, column)| field(column, row)).collect();
        writeln!(csv, "{}", fields.join(","))?;
    }
    Ok(())
}

fn field(column: &Column, row: usize) -> String {
    match column {
        Column::Whole(values) => values[row].to_string(),
        Column::Real(values) => text(Some(values[row])),
        Column::MaybeReal(values) => text(values[row]),
        Column::MaybeInt(values) => values[row].map_or(String::new(), |n| n.to_string()),
        Column::Text(values) => text_cell(values[row]),
        Column::Shared(values) => text_cell(&values[row]),
    }
}
