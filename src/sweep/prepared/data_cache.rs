//! Cache that avoids reading or generating a sweep's data sets repeatedly.

use super::super::{CellChoices, LabelNoise, Sweep};
use super::{MemoryCount, named_files};
use crate::dataset::{BuiltIn, ColumnSummary, CsvOptions, Dataset, Fold, MAX_NUMBER, Missing, TableExtras, hex};
use crate::error::{Error, Result, number, quoted};
use crate::math::Loss;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A prepared data set and its description.
type PreparedData = (Arc<Dataset>, String);

/// All rows of a data set.
#[derive(Clone)]
pub(super) struct RawData {
    pub(super) data: Dataset,
    pub(super) description: String,
    pub(super) extras: TableExtras,
}

impl RawData {
    /// Returns what its columns hold.
    pub(super) fn columns(&self) -> Vec<ColumnSummary> {
        match self.extras.summaries.is_empty() {
            true => ColumnSummary::of_data(&self.data),
            false => self.extras.summaries.clone(),
        }
    }
}

impl From<Dataset> for RawData {
    fn from(data: Dataset) -> Self {
        Self { description: data.describe(), data, extras: TableExtras::default() }
    }
}

/// Data that later cells need again.
#[derive(Default)]
pub(super) struct DataCache<'a> {
    /// Data in memory, in place of a file.
    memory: Option<&'a Dataset>,
    /// The rows of a file, kept if several data seeds split them.
    read: Option<RawData>,
    /// Notes on the file.
    pub(super) notes: Vec<String>,
    /// The last data set with what decides it. One entry is enough: cells with one data set are adjacent.
    last: Option<((BuiltIn, u64, LabelNoise), PreparedData)>,
}

impl<'a> DataCache<'a> {
    /// Creates a cache without data, but for those in memory.
    pub(super) fn of(memory: Option<&'a Dataset>) -> Self {
        Self { memory, ..Self::default() }
    }

    /// Returns the prepared data of a cell and its description; replaces a file's path in `spec` by its hash.
    pub(super) fn get(
        &mut self,
        sweep: &Sweep,
        cell: &CellChoices,
        spec: &mut Sweep,
        held: &mut MemoryCount,
    ) -> Result<PreparedData> {
        let key = (cell.dataset, cell.data_seed, cell.label_noise);
        if let Some((_, last)) = self.last.as_ref().filter(|(last, _)| *last == key) {
            return Ok(last.clone());
        }
        let raw = match self.read.clone() {
            Some(read) => read,
            None => match self.memory {
                Some(data) => in_memory(data, spec),
                // All folds are of the same points.
                None if sweep.folds.is_some() => raw(sweep, cell.dataset, sweep.data_seed, spec)?,
                None => raw(sweep, cell.dataset, cell.data_seed, spec)?,
            },
        };
        if self.last.is_none() {
            // Data sets of other seeds are as large: count them all before they are generated.
            let flag = if sweep.folds.is_some() { "--folds" } else { "--data-seeds" };
            (0..sweep.number_of_data_seeds()).try_for_each(|_| held.add(flag, raw.data.train.x.len()))?;
        }
        if sweep.data.is_some() && sweep.number_of_data_seeds() > 1 && self.read.is_none() {
            self.read = Some(raw.clone());
        }
        self.notes.clone_from(&raw.extras.notes);
        let description = raw.description.clone();
        let made = (Arc::new(prepared(sweep, raw, cell)?), description);
        self.last = Some((key, made.clone()));
        Ok(made)
    }
}

/// Returns data in memory; replaces their name in `spec` by the hash of their CSV text, which is that of a file with
/// the same contents.
fn in_memory(data: &Dataset, spec: &mut Sweep) -> RawData {
    spec.data = Some(hex(Sha256::new().chain_update(data.to_csv())).into());
    data.clone().into()
}

/// Returns all rows of the file, or of the data set generated with `seed`.
pub(super) fn raw(sweep: &Sweep, source: BuiltIn, seed: u64, spec: &mut Sweep) -> Result<RawData> {
    let Some(path) = &sweep.data else {
        if sweep.blur > MAX_NUMBER || sweep.noise > MAX_NUMBER {
            let (name, value) = if sweep.blur > MAX_NUMBER { ("--blur", sweep.blur) } else { ("--noise", sweep.noise) };
            return Err(Error::setting(name, number(value), "a number from 0 to 1e30"));
        }
        return Ok(source.make(&sweep.built_in_settings(seed)).into());
    };
    let features = (sweep.features != Sweep::default().features).then(|| sweep.features.names());
    let options = CsvOptions {
        label: sweep.label.as_deref(),
        target: sweep.target.as_ref().map(|names| names.0.as_str()),
        task: sweep.task,
        positive: sweep.positive.as_deref(),
        no_header: sweep.no_header,
        delimiter: sweep.delimiter,
        features: features.as_deref(),
        drop: sweep.drop.as_ref().map(|names| names.0.as_str()),
        categorical: sweep.categorical,
        missing: sweep.missing,
        max_rows: sweep.max_rows.map(|rows| rows as usize),
        seed: sweep.data_seed,
        split_column: sweep.split_column.as_deref(),
    };
    let read = named_files::table(path, &options)?;
    let description = read.describe();
    spec.data = Some(read.hash.into());
    Ok(RawData { data: read.data, description, extras: read.extras })
}

/// Splits `raw`, fills missing values, adds label noise and standardises it, according to the sweep.
pub(super) fn prepared(sweep: &Sweep, raw: RawData, cell: &CellChoices) -> Result<Dataset> {
    let RawData { data, extras, .. } = raw;
    let (seed, noise) = (cell.data_seed, cell.label_noise.share());
    if noise > 0.0 && data.train.has_numbers() {
        let what = format!("has no effect on {}, whose targets are numbers; leave one of them out", quoted(&data.name));
        return Err(Error::usage("--label-noise", what));
    }
    let name = data.name.clone();
    let refuse = |what: String| Error::file(sweep.data.as_deref().unwrap_or(name.as_ref()), what);
    let mut split = match (&extras.uses, sweep.folds) {
        (Some(uses), _) => data.split_as(uses),
        (None, Some(folds)) => {
            let index = (seed - sweep.data_seed) as usize;
            let fold = Fold { index, count: folds as usize, seed: sweep.data_seed };
            data.split_fold(fold, sweep.validation_fraction, seed).map_err(refuse)?
        }
        (None, None) => data.split(sweep.validation_fraction, sweep.test_fraction, seed),
    };
    if let Some(column) = sweep.split_column.as_ref().filter(|_| split.train.is_empty()) {
        return Err(refuse(format!("--split-column {} must have rows for train, not none", quoted(column))));
    }
    let classes = split.train.strata_sizes();
    if classes.len() > 1 && classes.iter().filter(|rows| **rows > 0).count() < 2 {
        return Err(refuse("has training rows of one class only, after rows were left out and set apart".to_owned()));
    }
    split.columns.clone_from(&extras.columns);
    if matches!(sweep.missing, Missing::Mean | Missing::Median) {
        split.fill_missing(sweep.missing, &extras.columns).map_err(refuse)?;
    }
    for (flag, fraction, rows) in [
        ("--validation-fraction", sweep.validation_fraction, &split.validation),
        ("--test-fraction", sweep.test_fraction, &split.test),
    ] {
        if fraction > 0.0 && rows.is_none() {
            let what = "leaves no such row: the classes have too few rows to set one apart; leave it out";
            return Err(Error::usage(format!("{flag} {fraction}"), what));
        }
    }
    // With a logit for each of two classes, these are classes like any others.
    let split = if sweep.loss == Loss::Softmax { split.with_logit_per_class() } else { split };
    let noisy = if noise > 0.0 { split.with_label_noise(noise, seed) } else { split };
    let measured = sweep.data.is_some() || cell.dataset.is_table();
    let data = if sweep.standardize.unwrap_or(measured) { noisy.standardize() } else { noisy };
    if let Some(k) = data.constant_target() {
        let (target, rows) = (quoted(&data.target_names[k]), data.train.len());
        let what = format!("target {target} is {} in all training rows", number(data.train.target_number(0, k)));
        return Err(refuse(format!("{what} ({rows}): there is nothing to learn; name another column with --target")));
    }
    let data = if sweep.standardize_target { data.standardize_targets() } else { data };
    check_range(sweep, &data)?;
    Ok(data)
}

/// Refuses features beyond the range of f32. Standardising by a nearly constant feature of the training rows can push
/// an outlying held-out row there.
fn check_range(sweep: &Sweep, data: &Dataset) -> Result<()> {
    for points in data.sets() {
        if let Some(n) = points.x.iter().position(|x| !(0.0..=f64::from(f32::MAX)).contains(&x.abs())) {
            let feature = quoted(&data.feature_names[n % points.features]);
            let what = format!(
                "feature {feature} reaches {:e} standard deviations, more than f32 can hold; leave it out, or add --no-standardize",
                points.x[n]
            );
            return Err(Error::file(sweep.data.as_deref().unwrap_or(data.name.as_ref()), what));
        }
        for (k, target) in data.target_names.iter().enumerate().filter(|_| points.is_regression()) {
            if let Some(y) = points.target_column(k).into_iter().find(|y| y.abs() > f64::from(f32::MAX)) {
                let what = format!("target {} reaches {y:e} standard deviations", quoted(target));
                let what = format!("{what}, more than f32 can hold; leave it out, or add --no-standardize-target");
                return Err(Error::file(sweep.data.as_deref().unwrap_or(data.name.as_ref()), what));
            }
        }
    }
    Ok(())
}
