//! The table of predictions.

use super::json_record::names;
use crate::analysis::prediction::{PredictionScore, Predictions};
use crate::dataset::{NewRows, Preprocessing, TargetEncoding, text_cell};
use crate::error::{Error, Result};
use crate::study::write_whole;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

impl Predictions {
    /// Writes a CSV table: the number of each row in its table, its class, probabilities or values.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path, prepared: &Preprocessing, rows: &NewRows) -> Result<()> {
        let unwritten = |error| Error::io(path, "write")(error);
        write_whole(path, |file| {
            let columns: Vec<String> = self.columns(prepared).iter().map(|name| text_cell(name)).collect();
            writeln!(file, "row,{}", columns.join(",")).map_err(unwritten)?;
            for (row, number) in rows.numbers.iter().enumerate() {
                let class = self.class_name(prepared, row).map(text_cell);
                let fields = class.into_iter().chain(self.numbers(row).map(|value| value.to_string()));
                writeln!(file, "{number},{}", fields.collect::<Vec<_>>().join(",")).map_err(unwritten)?;
            }
            Ok(())
        })
    }

    fn class_name<'a>(&self, prepared: &'a Preprocessing, row: usize) -> Option<&'a str> {
        match &prepared.target {
            TargetEncoding::Classes { classes, .. } => classes.get(self.classes[row] as usize).map(String::as_str),
            TargetEncoding::Numbers { .. } => None,
        }
    }

    /// Returns the results as JSON; `models` are the ids, `path` the table.
    pub fn json(&self, models: &[u64], prepared: &Preprocessing, score: Option<PredictionScore>, path: &Path) -> Value {
        let mut object = json!({
            "version": env!("CARGO_PKG_VERSION"), "models": models, "rows": self.classes.len(),
            "columns": self.columns(prepared), "output": self.reading, "files": names(&[path.into()]),
        });
        match score {
            Some(PredictionScore::Accuracy { correct, rows }) => {
                object["accuracy"] = (correct as f64 / rows as f64).into();
                object["correct"] = correct.into();
                object["labelled_rows"] = rows.into();
            }
            Some(PredictionScore::R2(r2)) => object["r2"] = json!(r2),
            None => {}
        }
        object
    }
}
