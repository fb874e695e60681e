//! Parameters of a few models of a sweep at some epochs, from trainings that end there.

use super::retrain::of_trials;
use crate::engine::{Engine, Job, Outcome, ProgressCallback, Record, begin_step, train_reporting};
use crate::error::{Error, Result};

/// One model's trajectory in parameter space.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterPath {
    /// Trial index.
    pub index: u64,
    /// Final outcome.
    pub outcome: Outcome,
    /// Epochs trained, ascending, and the parameters there, `[parameters]` in the order of
    /// [`crate::model::NetworkShape`]; no entry after a divergence.
    pub states: Vec<(u32, Vec<f64>)>,
}

/// Trains the given trials of `job` again, together, to the end and up to each of `epochs` (ascending), without those
/// after a model's divergence.
///
/// # Errors
/// As for [`Engine::train`]; [`Error::Stopped`] by the callback.
pub fn paths(
    engine: &mut dyn Engine,
    job: &Job,
    trials: &[u64],
    epochs: &[u32],
    callback: &mut ProgressCallback<'_>,
) -> Result<Vec<ParameterPath>> {
    let subset = of_trials(job, trials);
    let mut train = |epochs: u32| {
        begin_step(callback, &format!("{} models up to epoch {epochs} of {}", trials.len(), job.epochs))?;
        let record = Record { epochs: vec![epochs], weights: true, ..Record::default() };
        let job = Job { record, epochs, ..subset.clone() };
        let batch = train_reporting(engine, &job, 0..trials.len() as u64, callback)?;
        match batch.weights {
            Some(weights) if batch.outcomes.len() == trials.len() => Ok((batch.outcomes, weights.last)),
            _ => Err(Error::Device(format!("the engine returned {} of {} models", batch.outcomes.len(), trials.len()))),
        }
    };
    let (outcomes, end) = train(job.epochs)?;
    let path = |(index, outcome): (&u64, Outcome)| ParameterPath { index: *index, outcome, states: Vec::new() };
    let mut paths: Vec<ParameterPath> = trials.iter().zip(outcomes).map(path).collect();
    for &epoch in epochs {
        let last = if epoch == job.epochs { end.clone() } else { train(epoch)?.1 };
        for (path, parameters) in paths.iter_mut().zip(last.chunks_exact(job.shape.parameters())) {
            if path.outcome.diverged.is_none_or(|end| epoch <= end) {
                path.states.push((epoch, parameters.to_vec()));
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::reference::ReferenceEngine;
    use crate::engine::{Mapping, ignore_progress};
    use crate::sweep::{Axis, Inputs, Sweep};

    #[test]
    fn a_path_begins_at_the_start_ends_at_the_end_and_stops_where_the_model_does() {
        let sweep = Sweep { lr: Axis::parse("--lr", "0.1,1e30").unwrap(), epochs: 9, ..Sweep::default() };
        let inputs = Inputs::load(&sweep).unwrap();
        let job = Job { record: Record::default(), ..inputs.jobs[0].mapped(Mapping::Reference) };
        let mut engine = ReferenceEngine::default();
        let found = paths(&mut engine, &job, &[0, 1], &[0, 3, 9], &mut ignore_progress).unwrap();
        let again = crate::analysis::retrain::retrain(&mut engine, &job, &[0, 1]).unwrap();
        let epochs: Vec<u32> = found[0].states.iter().map(|(epoch, _)| *epoch).collect();
        assert_eq!(epochs, [0, 3, 9]);
        assert_eq!((&found[0].states[0].1, &found[0].states[2].1), (&again[0].initial, &again[0].last));
        assert_ne!(found[0].states[0].1, found[0].states[1].1);
        let end = found[1].outcome.diverged.expect("a learning rate of 1e30 diverges");
        assert!(found[1].states.iter().all(|(epoch, _)| *epoch <= end) && found[1].states.len() < 3, "{:?}", found[1]);
    }
}
