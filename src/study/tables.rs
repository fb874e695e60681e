//! The tables, from the chunks alone and chunk by chunk: memory does not grow with the number of models.

use super::Study;
use super::chunk::{Models, status};
use super::columns::{Column, Table, TableWriter};
use super::files::write_whole;
use crate::engine::Outcome;
use crate::error::{Error, Result};
use crate::statistics::{Counts, Group, Summary};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Most models for which `models.csv` is written; `models.parquet` always is.
const MOST_CSV_MODELS: u64 = 100_000;
const MODELS_HEADER: &str = "model_id,lr,seed,train_loss,train_acc,test_loss,test_acc,status,diverged_epoch\n";
const SUMMARY_HEADER: &str =
    "lr,n,mean_acc,median_acc,q25_acc,q75_acc,success_rate,success_ci_low,success_ci_high,diverged";
const SUMMARY_TEST_HEADER: &str = ",mean_test_acc,median_test_acc,q25_test_acc,q75_test_acc";

/// What was made of the chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// Counts by learning rate.
    pub summary: Summary,
    /// The files written.
    pub files: Vec<PathBuf>,
}

impl Study {
    /// Writes `models.parquet`, `models.csv` (to 100,000 models), `summary.csv`, `curves.npz` and `weights.npz` (if
    /// they were kept). The same chunks give the same bytes.
    ///
    /// # Errors
    /// [`Error::Folder`] while models are missing; [`Error::Io`]; [`Error::Damaged`].
    pub fn write_tables(&self) -> Result<Tables> {
        if !self.missing().is_empty() {
            let what = format!("{} of {} models are trained", self.finished_models(), self.plan.models);
            return Err(Error::Folder { path: self.folder.clone(), what });
        }
        let parquet = self.folder.join("models.parquet");
        let mut files = vec![parquet.clone()];
        let csv = self.folder.join("models.csv");
        let summary = if self.plan.models <= MOST_CSV_MODELS {
            files.push(csv.clone());
            write_whole(&csv, |to| self.write_models(&parquet, Some((&csv, to))))?
        } else {
            self.write_models(&parquet, None)?
        };
        files.push(self.write_summary(&summary)?);
        files.extend(self.write_curves()?);
        files.extend(self.write_weights()?);
        Ok(Tables { summary, files })
    }

    /// One pass over the chunks: `models.parquet`, perhaps `models.csv`, and the counts.
    fn write_models(&self, path: &Path, mut csv: Option<(&PathBuf, &mut BufWriter<File>)>) -> Result<Summary> {
        let question = &self.question;
        let points = [question.train_points, question.test_points];
        let mut summary = Summary::new(points[0], points[1], question.sweep.success_threshold);
        let labels = [("gpu-sweep.digest".to_owned(), question.digest.clone())];
        let failed = |e: parquet::errors::ParquetError| Error::io(path, "write")(std::io::Error::other(e));
        write_whole(path, |file| {
            let empty = Models { first: 0, lr: Vec::new(), seed: Vec::new(), outcomes: Vec::new() };
            let mut parquet = TableWriter::new(file, &columns(&empty, points), &labels).map_err(failed)?;
            if let Some((path, csv)) = &mut csv {
                csv.write_all(MODELS_HEADER.as_bytes()).map_err(Error::io(path, "write"))?;
            }
            for chunk in self.chunks() {
                let models = chunk?.models()?;
                parquet.write(&columns(&models, points)).map_err(failed)?;
                if let Some((path, csv)) = &mut csv {
                    write_rows(csv, &models, points).map_err(Error::io(path, "write"))?;
                }
                count(&mut summary, &models);
            }
            parquet.finish().map_err(failed).map(|_| ())
        })?;
        Ok(summary)
    }

    fn write_summary(&self, summary: &Summary) -> Result<PathBuf> {
        let path = self.folder.join("summary.csv");
        let with_test = self.question.test_points > 0;
        let mut text = SUMMARY_HEADER.to_owned() + if with_test { SUMMARY_TEST_HEADER } else { "" } + "\n";
        for group in summary.groups() {
            text += &summary_row(group, with_test);
        }
        self.write_text("summary.csv", &text)?;
        Ok(path)
    }
}

/// Counts models.
fn count(summary: &mut Summary, models: &Models) {
    for (lr, outcome) in models.lr.iter().zip(&models.outcomes) {
        let correct = |score: Option<crate::engine::Score>| score.map(|s| s.correct);
        summary.add(*lr, correct(outcome.train), correct(outcome.test), outcome.diverged.is_some());
    }
}

fn accuracies(outcome: &Outcome, points: [u32; 2]) -> [Option<f64>; 2] {
    [(outcome.train, points[0]), (outcome.test, points[1])]
        .map(|(score, points)| score.map(|s| f64::from(s.correct) / f64::from(points)))
}

/// The columns of `models.parquet`.
fn columns(models: &Models, points: [u32; 2]) -> Table {
    let real = |value: &dyn Fn(&Outcome) -> Option<f64>| Column::MaybeReal(models.outcomes.iter().map(value).collect());
    vec![
        ("model_id", Column::Whole(models.range().collect())),
        ("lr", Column::Real(models.lr.clone())),
        ("seed", Column::Whole(models.seed.clone())),
        ("train_loss", real(&|o| o.train.map(|s| s.loss))),
        ("train_acc", real(&|o| accuracies(o, points)[0])),
        ("test_loss", real(&|o| o.test.map(|s| s.loss))),
        ("test_acc", real(&|o| accuracies(o, points)[1])),
        ("status", Column::Text(models.outcomes.iter().map(status).collect())),
        (
            "diverged_epoch",
            Column::MaybeInt(models.outcomes.iter().map(|o| o.diverged.map(u32::cast_signed)).collect()),
        ),
    ]
}

/// The rows of `models.csv`: numbers in the fewest digits that read back the same, nothing where there is none.
fn write_rows(csv: &mut impl Write, models: &Models, points: [u32; 2]) -> std::io::Result<()> {
    for (((id, lr), seed), outcome) in models.range().zip(&models.lr).zip(&models.seed).zip(&models.outcomes) {
        let [train, test] = [outcome.train, outcome.test].map(|score| text(score.map(|s| s.loss)));
        let [train_acc, test_acc] = accuracies(outcome, points).map(text);
        let (status, epoch) = (status(outcome), outcome.diverged.map_or(String::new(), |e| e.to_string()));
        let lr = text(Some(*lr));
        writeln!(csv, "{id},{lr},{seed},{train},{train_acc},{test},{test_acc},{status},{epoch}")?;
    }
    Ok(())
}

/// The fewest digits that read back as the same number, nothing for none; with an exponent where zeros would fill the
/// line.
fn text(value: Option<f64>) -> String {
    let plain = |v: f64| v == 0.0 || (1e-6..1e16).contains(&v.abs());
    value.map_or(String::new(), |v| if plain(v) { v.to_string() } else { format!("{v:e}") })
}

/// One learning rate's row of `summary.csv`.
fn summary_row(group: &Group, with_test: bool) -> String {
    let spread = |counts: &Counts| {
        let [mean, median] = [counts.mean(), counts.quantile(0.5)].map(text);
        let [q25, q75] = [0.25, 0.75].map(|q| text(counts.quantile(q)));
        format!("{mean},{median},{q25},{q75}")
    };
    let interval = group.success_interval();
    let (low, high) = (text(interval.map(|i| i.0)), text(interval.map(|i| i.1)));
    let (lr, n, rate) = (text(Some(group.lr)), group.n, text(group.success_rate()));
    let test = if with_test { format!(",{}", spread(&group.test)) } else { String::new() };
    format!("{lr},{n},{},{rate},{low},{high},{}{test}\n", spread(&group.train), group.diverged)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn numbers_read_back_the_same_and_stay_short() {
        for (value, shown) in [(0.1, "0.1"), (0.0, "0"), (1e-6, "0.000001"), (2.5e-7, "2.5e-7"), (1e300, "1e300")] {
            assert_eq!((text(Some(value)).as_str(), text(Some(value)).parse()), (shown, Ok(value)));
        }
        assert_eq!((text(Some(0.1 + 0.2)).as_str(), text(None).as_str()), ("0.30000000000000004", ""));
    }
}
