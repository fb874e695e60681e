//! From models trained one by one, or lane by lane, to a [`Batch`].

use super::{Batch, Curves, Job, Outcome, Weights};
use crate::math::init::initial_parameters;
use crate::sweep::{Initial, Trial};

/// Curves of one model on one set of points, a value for each recorded epoch.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub loss: Vec<f64>,
    /// Fractions.
    pub accuracy: Vec<f64>,
}

impl History {
    /// Nothing yet, with room for `epochs` values.
    pub fn with_capacity(epochs: usize) -> Self {
        Self { loss: Vec::with_capacity(epochs), accuracy: Vec::with_capacity(epochs) }
    }

    /// Adds a recorded epoch: mean loss and fraction right, both missing (NaN) where the loss is not finite.
    pub fn push(&mut self, loss: f64, accuracy: f64) {
        let known = loss.is_finite();
        self.loss.push(if known { loss } else { f64::NAN });
        self.accuracy.push(if known { accuracy } else { f64::NAN });
    }

    /// Fills up to `epochs` values with NaN: the model has diverged.
    pub fn end(&mut self, epochs: usize) {
        self.loss.resize(epochs, f64::NAN);
        self.accuracy.resize(epochs, f64::NAN);
    }
}

/// One trained model.
#[derive(Debug, Clone)]
pub struct Trained {
    pub outcome: Outcome,
    pub train: History,
    pub test: History,
    pub initial: Vec<f64>,
    pub last: Vec<f64>,
}

/// The initial parameters of `trial`.
pub fn initial(job: &Job, trial: &Trial) -> Vec<f64> {
    match &job.initial {
        Initial::Torch => initial_parameters(&job.shape, trial.seed).into_iter().map(f64::from).collect(),
        Initial::Given(values) => {
            let parameters = job.shape.parameters();
            values[trial.index as usize * parameters..][..parameters].to_vec()
        }
    }
}

/// The epochs at which the curves of trial `index` are recorded: none where it keeps no curves.
pub fn recorded(job: &Job, index: u64) -> &[u32] {
    if index < job.record.curves_below { &job.record.epochs } else { &[] }
}

/// Whether test curves are to be recorded.
pub fn records_test(job: &Job) -> bool {
    job.record.test && job.data.test.is_some()
}

/// The batch of consecutive models from trial `first` on.
pub fn batch(job: &Job, first: u64, models: Vec<Trained>) -> Batch {
    let outcomes = models.iter().map(|m| m.outcome).collect();
    let kept = &models[..job.record.curves_in(&(first..first + models.len() as u64))];
    let joined = |curve: fn(&Trained) -> &Vec<f64>| kept.iter().flat_map(|m| curve(m).iter().copied()).collect();
    let (accuracy, test) = (job.record.accuracy, records_test(job));
    let curves = Curves {
        models: kept.len(),
        train_loss: joined(|m| &m.train.loss),
        train_accuracy: accuracy.then(|| joined(|m| &m.train.accuracy)),
        test_loss: test.then(|| joined(|m| &m.test.loss)),
        test_accuracy: (test && accuracy).then(|| joined(|m| &m.test.accuracy)),
    };
    let weights = job.record.weights.then(|| Weights {
        initial: models.iter().flat_map(|m| m.initial.iter().copied()).collect(),
        last: models.iter().flat_map(|m| m.last.iter().copied()).collect(),
    });
    Batch { first, outcomes, curves, weights }
}
