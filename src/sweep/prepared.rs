//! The inputs of a sweep: data, trials, initial weights and batch orders, read, checked and ready for an engine.

#[cfg(feature = "native")]
mod batch_order;
mod data_cache;
mod data_summary;
mod digest;
mod file_contents;
#[cfg(feature = "native")]
mod initial_weights;
mod named_files;
mod target_check;

pub use data_summary::{ClassSummary, DataSummary, SetSummary};

use super::check::MAX_VALUES_IN_CELLS;
use super::trials_csv::TrialsTable;
use super::{
    Axis, BatchSize, BatchSpec, CellChoices, GridAxis, Hyperparameter, Hyperparameters, InitBias, InitialWeights, Job,
    Record, RowOrder, Shuffle, Sweep, TrainSpec, Trials,
};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::math::init::Init;
use crate::model::NetworkShape;
use std::sync::Arc;

/// The inputs of all cells of a sweep.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// A job for each of [`Sweep::cells`], in their order, without a mapping.
    pub jobs: Vec<Job>,
    /// Human-readable line on the labels of the classes of each job's data, such as
    /// `label column "label" (the last): 1 = "1" (212 of 569 rows), 0 = "0" (357)`.
    pub descriptions: Vec<String>,
    /// Lines on what was detected in the data file, and what was left out of it.
    pub notes: Vec<String>,
    /// Hexadecimal SHA-256 of all settings that affect results and of the contents (not the paths) of all files.
    /// Identifies the study: what is trained and recorded.
    pub digest: String,
}

impl Inputs {
    /// Checks the sweep's settings, reads its files or generates its data, and prepares them.
    ///
    /// # Errors
    /// [`Error::Setting`] or [`Error::Usage`] for an invalid setting, [`Error::File`] for an invalid file.
    pub fn load(sweep: &Sweep) -> Result<Self> {
        Self::load_with(sweep, None)
    }

    /// As [`Inputs::load`]; `data` in memory takes the place of the file that [`Sweep::data`] names.
    ///
    /// # Errors
    /// As for [`Inputs::load`].
    pub fn load_with(sweep: &Sweep, data: Option<&Dataset>) -> Result<Self> {
        sweep.validate()?;
        // The settings for the digest: hashes of contents replace the paths of files.
        let mut spec = sweep.clone();
        let listed = sweep.trials.as_deref().map(named_files::trials).transpose()?;
        spec.trials = listed.as_ref().map(|listed| listed.hash.clone().into());
        let (mut sets, mut held) = (data_cache::DataCache::of(data), MemoryCount::default());
        let trials = trials(sweep, listed.as_ref())?;
        let models: u64 = trials.iter().map(Trials::len).sum();
        let (mut first, mut jobs, mut descriptions) = (0, Vec::new(), Vec::new());
        for hyperparameter in listed.iter().flat_map(|listed| &listed.columns) {
            hyperparameter
                .setting()
                .check_effect(sweep, &format!("the column {} of --trials", hyperparameter.name()))?;
        }
        for (cell, trials) in sweep.cells().into_iter().zip(trials) {
            let (data, description) = sets.get(sweep, &cell, &mut spec, &mut held)?;
            let shape =
                NetworkShape::new(data.train.features, &cell.hidden.0)?.with_outputs(data.train.targets.outputs());
            let shape = if sweep.bias { shape } else { shape.without_bias() };
            let initial = match &sweep.init_from {
                None => InitialWeights::Drawn,
                Some(path) => {
                    let given = named_files::weights(path, &shape, trials.len())?;
                    spec.init_from = Some(given.hash.into());
                    InitialWeights::Given(given.weights)
                }
            };
            held.add("--init-from", initial.numbers())?;
            let train_spec = train_spec(sweep, &cell, &trials, &data, &mut spec)?;
            held.add("--batch-order", train_spec.batches.order.numbers())?;
            let record = Record::of(sweep, &trials, first, trials.len() as f64 / models as f64);
            first += trials.len();
            let (epochs, mapping) = (sweep.epochs, None);
            jobs.push(Job { shape, data, trials, initial, train_spec, epochs, record, mapping });
            descriptions.push(description);
        }
        target_check::one_measure(&jobs)?;
        let digest = digest::digest(&spec, &jobs)?;
        Ok(Self { jobs, descriptions, notes: sets.notes, digest })
    }

    /// Returns all rows of the sweep's data set, before splitting and standardisation.
    ///
    /// # Errors
    /// [`Error::Setting`] if the sweep has several data sets; otherwise as for [`Inputs::load`].
    pub fn raw_data(sweep: &Sweep) -> Result<Dataset> {
        sweep.validate()?;
        let [source] = sweep.dataset.all() else {
            return Err(Error::setting("--dataset", &sweep.dataset, "a single data set where it is printed"));
        };
        if let Some(seeds @ 2..) = sweep.data_seeds {
            return Err(Error::setting("--data-seeds", seeds, "1 where the data set is printed"));
        }
        data_cache::raw(sweep, *source, sweep.data_seed, &mut sweep.clone()).map(|raw| raw.data)
    }

    /// Returns the number of models in all cells.
    pub fn models(&self) -> u64 {
        self.jobs.iter().map(|job| job.trials.len()).sum()
    }
}

/// Counts the numbers that cells hold in memory. Inputs that fit in memory once may not fit for a thousand cells.
#[derive(Default)]
struct MemoryCount {
    first: usize,
    all: usize,
}

/// Most numbers beyond the largest single input: 2 GiB of f64.
const MOST_GIVEN: usize = 1 << 28;

impl MemoryCount {
    fn add(&mut self, name: &str, numbers: usize) -> Result<()> {
        self.first = self.first.max(numbers);
        self.all += numbers;
        if self.all - self.first > MOST_GIVEN {
            let what = format!(
                "makes {} numbers to be held in memory in all combinations; up to {MOST_GIVEN} beyond the first one's are \
                 possible: use fewer models or fewer combinations",
                self.all
            );
            return Err(Error::usage(name, what));
        }
        Ok(())
    }
}

/// Returns the training settings of a cell's models.
fn train_spec(
    sweep: &Sweep,
    cell: &CellChoices,
    trials: &Trials,
    data: &Dataset,
    spec: &mut Sweep,
) -> Result<TrainSpec> {
    let rows = data.train.len();
    let order = match (&sweep.batch_order, sweep.shuffle) {
        (Some(path), _) => {
            let given = named_files::order(path, sweep.epochs, rows)?;
            spec.batch_order = Some(given.hash.into());
            RowOrder::Given(Arc::new(given.order))
        }
        (None, Shuffle::Shared) => RowOrder::Shared { seed: cell.data_seed },
        (None, Shuffle::PerSeed) => RowOrder::PerSeed,
    };
    let size = match cell.batch_size {
        BatchSize(Some(size)) => size as usize,
        BatchSize(None) => usize::MAX,
    };
    Ok(TrainSpec {
        activation: cell.activation,
        loss: target_check::loss(sweep, data)?,
        optimizer: cell.optimizer,
        init: Init { scheme: cell.init, zero_biases: sweep.init_bias == InitBias::Zeros, scaling: sweep.scaling },
        schedule: sweep.schedule_of(cell.schedule)?,
        batches: BatchSpec { size, order },
        given: trials.given(),
        class_weights: target_check::class_weights(sweep, data)?,
        loss_params: None,
    })
}

/// Returns the trials of every cell. `--seeds` applies to each cell; `--models` is divided in proportion to the cells'
/// combinations, so that all cells get about the same number of seeds.
fn trials(sweep: &Sweep, listed: Option<&TrialsTable>) -> Result<Vec<Trials>> {
    let cells = sweep.cells();
    if let Some(listed) = listed {
        let trials = &listed.trials;
        let constants = constants(sweep, listed)?;
        let (rows, models) = (trials.len() as u64, sweep.models.unwrap_or(trials.len() as u64));
        if models > rows {
            return Err(Error::setting("--models", models, format!("up to {rows}, the rows of the --trials file")));
        }
        let all = models.saturating_mul(cells.len() as u64);
        if cells.len() > 1 && all > MAX_VALUES_IN_CELLS as u64 {
            let what = format!(
                "makes {all} models in all combinations; up to {MAX_VALUES_IN_CELLS} are possible in several ones"
            );
            return Err(Error::usage("--trials", what));
        }
        let completed = |(row, seed): &(Hyperparameters, u64)| {
            (constants.iter().fold(*row, |row, (hyperparameter, value)| row.with(*hyperparameter, *value)), *seed)
        };
        let list = || Trials::List(trials[..models as usize].iter().map(completed).collect());
        return Ok(cells.iter().map(|_| list()).collect());
    }
    let axes: Vec<Vec<GridAxis>> = cells.iter().map(|cell| axes_of(sweep, cell)).collect();
    let combinations = |axes: &Vec<GridAxis>| {
        axes.iter().try_fold(1u64, |product, (_, values)| product.checked_mul(values.len() as u64))
    };
    let per_seed: Option<Vec<u64>> = axes.iter().map(combinations).collect();
    let too_many =
        |count: u128| Err(Error::usage("--seeds", format!("makes {count} models in all; up to 2^40 are possible")));
    let Some(per_seed) = per_seed else { return too_many(u128::from(u64::MAX)) };
    let all: u128 = per_seed.iter().map(|n| u128::from(*n)).sum();
    let count = match (sweep.models, sweep.seeds) {
        (Some(models), _) => u128::from(models),
        (None, Some(seeds)) => u128::from(seeds) * all,
        (None, None) => u128::from(Sweep::DEFAULT_MODELS),
    };
    if count > u128::from(Sweep::MAX_MODELS) {
        return too_many(count);
    }
    let mut before = 0;
    let shares = per_seed.iter().map(|own| {
        let share = |upto: u128| count * upto / all;
        let models = share(before + u128::from(*own)) - share(before);
        before += u128::from(*own);
        models as u64
    });
    let shares: Vec<u64> = shares.collect();
    if shares.contains(&0) {
        let least = per_seed.iter().map(|own| all.div_ceil(u128::from(*own))).max().unwrap_or(1);
        let allowed = format!("{least} or more, so that each of the {} combinations gets one", cells.len());
        return Err(Error::setting("--models", count, allowed));
    }
    axes.into_iter().zip(shares).map(|(axes, count)| Trials::grid(sweep, axes, count)).collect()
}

/// Returns the hyper-parameters that all rows of a trials file share: those set by flags. None may also have a column.
fn constants(sweep: &Sweep, listed: &TrialsTable) -> Result<Vec<(Hyperparameter, f64)>> {
    let mut constants = Vec::new();
    let has_lr = listed.columns.contains(&Hyperparameter::Lr);
    // Only the learning rate always has values; if the file has a column for it, its default counts as not given.
    let unset = |hyperparameter: Hyperparameter| {
        hyperparameter == Hyperparameter::Lr && has_lr && sweep.lr == Sweep::default().lr
    };
    for (hyperparameter, axis) in sweep.axes().into_iter().filter(|(hyperparameter, _)| !unset(*hyperparameter)) {
        let (flag, name) = (hyperparameter.flag(), hyperparameter.name());
        if listed.columns.contains(&hyperparameter) {
            let what = format!("can't be used together with the column {name} of --trials; leave one of them out");
            return Err(Error::usage(flag, what));
        }
        let [value] = axis.values() else {
            let what = format!(
                "has {} values, but every row of --trials is a single model; give one value for all rows, or a column {name}",
                axis.values().len()
            );
            return Err(Error::usage(flag, what));
        };
        constants.push((hyperparameter, *value));
    }
    Ok(constants)
}

/// Returns the axes that the cell's optimizer reads.
fn axes_of(sweep: &Sweep, cell: &CellChoices) -> Vec<GridAxis> {
    let effective =
        |(hyperparameter, _): &(Hyperparameter, &Axis)| hyperparameter.optimizers().contains(&cell.optimizer);
    sweep
        .axes()
        .into_iter()
        .filter(effective)
        .map(|(hyperparameter, axis)| (hyperparameter, axis.values().to_vec()))
        .collect()
}

#[cfg(test)]
mod tests;
