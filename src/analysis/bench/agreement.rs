//! Compares the results of engines; a time is valid only if they agree.

use super::bench_row::BenchDevice;
use crate::engine::cost::SampleStepCost;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Engine, InMemorySink, Job, Mapping, Outcome, Record};
use crate::error::Result;

/// Final losses agree if a share of `MOST` is within `CLOSE`, since a model that crosses a ReLU kink on the other side
/// may follow another trajectory for a while, and half of them are within `MIDDLE`, the rounding error after about a
/// thousand epochs.
const CLOSE: f64 = 1e-3;
const MOST: f64 = 0.99;
const MIDDLE: f64 = 1e-5;
/// Number of models from which one may always differ.
const FEW: usize = 10;
/// Operations for the sample trained by the reference: one or two seconds.
const REFERENCE: f64 = 2e9;
const SAMPLE: u64 = 20;

/// Prefix of every note about a disagreement.
pub const DISAGREES: &str = "not timed: ";

/// Result of a comparison, with a note for the report.
#[derive(Debug, Clone, PartialEq)]
pub enum Agreement {
    Agrees(String),
    Disagrees(String),
}

/// Compares the outcomes of each pair of engines. An engine gets its time if it agrees with at least half of the
/// others: if two differ, either may be wrong and neither gets a time; of three, one may be wrong.
pub fn compare(ends: &[Option<&[Outcome]>], devices: &[BenchDevice]) -> Vec<Agreement> {
    let verdict = |n: usize| {
        let Some(mine) = ends[n] else { return Agreement::Agrees(String::new()) };
        let others: Vec<(usize, Option<String>)> =
            (0..ends.len()).filter(|k| *k != n).filter_map(|k| Some((k, apart(mine, ends[k]?)))).collect();
        let names = |agree: bool| {
            let some = others.iter().filter(|(_, how)| how.is_none() == agree);
            some.map(|(k, _)| devices[*k].info.engine.name()).collect::<Vec<_>>().join(", ")
        };
        let apart: Vec<&String> = others.iter().filter_map(|(_, how)| how.as_ref()).collect();
        match apart.first() {
            Some(how) if 2 * apart.len() > others.len() => {
                Agreement::Disagrees(format!("{DISAGREES}results differ from {}: {how}", names(false)))
            }
            _ => Agreement::Agrees(format!("same losses as {}", names(true))),
        }
    };
    (0..ends.len()).map(verdict).collect()
}

/// Compares a single engine with the f64 reference on a sample of the models, for as many epochs as `REFERENCE` allows.
///
/// # Errors
/// As for [`Engine::train`].
pub fn with_reference(engine: &mut dyn Engine, job: &Job) -> Result<Agreement> {
    let models = job.trials.len();
    let sample = SAMPLE.min(models);
    let epoch = SampleStepCost::of(&job.shape, &job.train_spec).flop * (job.data.train.len() as u64 * sample) as f64;
    let epochs = ((REFERENCE / epoch) as u32).clamp(1, job.epochs);
    let record = Record { epochs: vec![epochs], ..Record::default() };
    let job = Job { epochs, record, ..job.clone() };
    let ours = InMemorySink::train(engine, &job, 0..models)?.outcomes;
    let exact = job.mapped(Mapping::Reference);
    let (mut some, mut others) = (Vec::new(), Vec::new());
    for index in (0..sample).map(|n| n * models / sample) {
        some.extend(ours.get(index as usize).copied());
        others.extend(InMemorySink::train(&mut ReferenceEngine::default(), &exact, index..index + 1)?.outcomes);
    }
    Ok(match apart(&some, &others) {
        Some(how) => Agreement::Disagrees(format!("{DISAGREES}results differ from the f64 reference: {how}")),
        None => Agreement::Agrees(format!("same losses as the f64 reference, {sample} models, {epochs} epochs")),
    })
}

/// Whether two runs of one engine agree bit for bit.
pub fn same(one: &[Outcome], other: &[Outcome]) -> bool {
    let bits = |outcome: &Outcome| outcome.train.map(|score| score.loss.to_bits());
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| bits(a) == bits(b) && a.diverged == b.diverged)
}

/// Describes how two engines' final losses differ; `None` if only by rounding.
pub fn apart(one: &[Outcome], other: &[Outcome]) -> Option<String> {
    if one.len() != other.len() || one.is_empty() {
        return Some(format!("{} and {} results", one.len(), other.len()));
    }
    let loss = |outcome: &Outcome| outcome.train.map_or(f64::NAN, |score| score.loss);
    let mut differences: Vec<f64> = one.iter().zip(other).map(|(a, b)| difference(loss(a), loss(b))).collect();
    differences.sort_by(f64::total_cmp);
    let (all, close) = (differences.len(), differences.partition_point(|d| *d <= CLOSE));
    let allowed = ((1.0 - MOST) * all as f64).max(if all < FEW { 0.0 } else { 1.0 }) as usize;
    let middle = differences[all / 2];
    if all - close <= allowed && middle <= MIDDLE {
        return None;
    }
    let share = (1000.0 * close as f64 / all as f64).floor() / 10.0;
    Some(format!("{share} % of the final losses within {CLOSE:e}, half within {middle:.0e}"))
}

/// Absolute difference: 0 if both diverged, infinite if only one did.
fn difference(a: f64, b: f64) -> f64 {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0.0,
        (false, false) => (a - b).abs(),
        _ => f64::INFINITY,
    }
}
