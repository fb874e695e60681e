//! Everything that a sweep's question refers to, read, checked and ready for an engine.

mod digest;
mod given;

use super::listed::read_trials;
use super::{Initial, Sweep, Trials};
use crate::dataset::{Dataset, FromCsv, MAX_NUMBER, qwerties, read_csv, shown};
use crate::error::{Error, Result};
use crate::model::Shape;

/// The data, trials and initial weights that a sweep names.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Split and standardised as the sweep says.
    pub data: Dataset,
    /// The models to train.
    pub trials: Trials,
    /// Where their weights start.
    pub initial: Initial,
    /// The network that fits data and `--hidden`.
    pub shape: Shape,
    /// SHA-256, hexadecimal, over every setting and over the contents (not the places) of all files: equal exactly for
    /// the same question.
    pub digest: String,
    /// Which class has which label, in one line for people, such as
    /// `label column "label": 1 = "1" (212 of 569 rows), 0 = "0" (357)`.
    pub description: String,
}

impl Inputs {
    /// Checks the sweep's settings, reads its files or makes its data, and prepares them.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting, [`Error::File`] for a file that makes no sense.
    pub fn load(sweep: &Sweep) -> Result<Self> {
        sweep.validate()?;
        let mut question = sweep.clone();
        let (data, description) = data(sweep, &mut question)?;
        let listed = sweep.trials.as_deref().map(read_trials).transpose()?;
        question.trials = listed.as_ref().map(|listed| listed.hash.clone().into());
        let trials = Trials::of(sweep, listed.map(|listed| listed.trials))?;
        let shape = Shape::new(data.train.features, &sweep.hidden)?;
        let initial = match &sweep.init_from {
            None => Initial::Torch,
            Some(path) => {
                let given = given::read_weights(path, &shape, trials.len())?;
                question.init_from = Some(given.hash.into());
                Initial::Given(given.weights)
            }
        };
        let digest = digest::digest(&question, &data, &trials, &initial)?;
        Ok(Self { data, trials, initial, shape, digest, description })
    }
}

/// The prepared data and its description; puts the file's hash in its place in `question`.
fn data(sweep: &Sweep, question: &mut Sweep) -> Result<(Dataset, String)> {
    let (raw, description) = match &sweep.data {
        Some(path) => {
            let FromCsv { data, label, hash } = read_csv(path, sweep.label.as_deref(), sweep.positive.as_deref())?;
            question.data = Some(hash.into());
            let description = format!("label column {}: {}", shown(&label), data.describe());
            (data, description)
        }
        None if sweep.blur > MAX_NUMBER => return Err(Error::setting("--blur", sweep.blur, "a number from 0 to 1e30")),
        None => {
            let data = qwerties(sweep.blur, sweep.data_seed);
            let description = data.describe();
            (data, description)
        }
    };
    let split = raw.split(sweep.test_fraction, sweep.data_seed);
    if sweep.test_fraction > 0.0 && split.test.is_none() {
        return Err(Error::setting("--test-fraction", sweep.test_fraction, "0 for data with one row of each class"));
    }
    let data = if sweep.standardize.unwrap_or(sweep.data.is_some()) { split.standardize() } else { split };
    check_range(sweep, &data)?;
    Ok((data, description))
}

/// A test row far outside a nearly constant feature's training rows can pass f32 once it is standardised.
fn check_range(sweep: &Sweep, data: &Dataset) -> Result<()> {
    for points in [Some(&data.train), data.test.as_ref()].into_iter().flatten() {
        if let Some(n) = points.x.iter().position(|x| !(0.0..=f64::from(f32::MAX)).contains(&x.abs())) {
            let feature = shown(&data.feature_names[n % points.features]);
            let what = format!("feature {feature} reaches {:e} standard deviations", points.x[n]);
            let allowed = "features whose standardised values f32 can hold, or --no-standardize";
            return Err(Error::file(sweep.data.as_deref().unwrap_or(data.name.as_ref()), what, allowed));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
