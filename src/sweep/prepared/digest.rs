//! Content hash of a study's settings and inputs.

use super::super::{Hyperparameter, Hyperparameters, InitialWeights, Job, RowOrder, SETTINGS, Sweep, Trials};
use crate::dataset::{Points, Targets, hex};
use crate::error::Result;
use sha2::{Digest, Sha256};

/// Version of the hashed format, itself hashed, so that digests of different formats never agree.
const VERSION: &str = "gpu-sweep study 4";

/// Hashes numbers and texts. Each list is preceded by its length, so that different sequences hash different bytes.
struct DigestWriter(Sha256);

impl DigestWriter {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text);
    }

    /// Hashes the bits of floats.
    fn floats(&mut self, floats: &[f64]) {
        self.number(floats.len() as u64);
        floats.iter().for_each(|float| self.0.update(float.to_le_bytes()));
    }

    fn points(&mut self, points: &Points) {
        self.number(points.features as u64);
        self.floats(&points.x);
        match &points.targets {
            Targets::Classes { classes, labels } => {
                self.number(*classes as u64);
                labels.iter().for_each(|label| self.number((*label).into()));
            }
            Targets::Real { outputs, values } => {
                self.number(*outputs as u64);
                self.floats(values);
            }
            Targets::Binary(_) | Targets::Thresholded(_) => {
                points.labels().into_iter().for_each(|label| self.0.update([u8::from(label)]));
            }
        }
        if let Targets::Thresholded(values) = &points.targets {
            self.floats(values);
        }
    }

    fn hyperparameters(&mut self, hyperparameters: &Hyperparameters) {
        for hyper in Hyperparameter::ALL {
            if let Some(value) = hyperparameters.get(hyper) {
                self.text(hyper.name());
                self.floats(&[value]);
            }
        }
        self.text("seed");
    }

    fn trials(&mut self, trials: &Trials) {
        match trials {
            Trials::Grid { axes, first_seed, independent_seeds, count } => {
                self.text("grid");
                for (hyperparameter, values) in axes {
                    self.text(hyperparameter.name());
                    self.floats(values);
                }
                [*first_seed, u64::from(*independent_seeds), *count].into_iter().for_each(|number| self.number(number));
            }
            Trials::List(list) => {
                self.text("list");
                self.number(list.len() as u64);
                for (hyperparameters, seed) in list {
                    self.hyperparameters(hyperparameters);
                    self.number(*seed);
                }
            }
        }
    }

    fn job(&mut self, job: &Job) {
        self.points(&job.data.train);
        for set_apart in [&job.data.validation, &job.data.test] {
            self.number(u64::from(set_apart.is_some()));
            set_apart.iter().for_each(|points| self.points(points));
        }
        // The same standardised targets in other units have other errors.
        if let Some(scaling) = &job.data.target_scaling {
            [&scaling.mean, &scaling.std].into_iter().for_each(|numbers| self.floats(numbers));
        }
        self.trials(&job.trials);
        match &job.initial {
            InitialWeights::Drawn => self.text("drawn"),
            InitialWeights::Given(weights) => {
                self.text("given");
                self.floats(weights);
            }
        }
        if let RowOrder::Given(order) = &job.train_spec.batches.order {
            self.number(order.len() as u64);
            order.iter().for_each(|row| self.0.update(row.to_le_bytes()));
        }
    }
}

/// Returns the hexadecimal SHA-256 of the jobs' inputs and of the settings that differ from their defaults, with
/// hashes of contents in place of paths. A setting added in a later version changes no digest until it is used.
pub(super) fn digest(sweep: &Sweep, jobs: &[Job]) -> Result<String> {
    let (mut hasher, defaults) = (DigestWriter(Sha256::new()), Sweep::default());
    hasher.text(VERSION);
    for setting in SETTINGS.iter().filter(|setting| setting.in_digest && !setting.is_same(sweep, &defaults)) {
        hasher.text(&setting.key());
        hasher.text(&setting.to_text(sweep));
    }
    hasher.text("cells");
    jobs.iter().for_each(|job| hasher.job(job));
    Ok(hex(hasher.0))
}
