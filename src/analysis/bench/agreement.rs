//! Whether engines came to the same answers: a time counts for nothing without that.

use super::Device;
use crate::engine::cost::Cost;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Collect, Job, Outcome};
use crate::error::Result;

/// Most models whose final losses lie within `CLOSE` of each other; a model that passes a kink of ReLU on the other side goes
/// its own way for a while, so that a few may not. Half of them lie within `MIDDLE`, which is what rounding comes to in a
/// thousand epochs.
const CLOSE: f64 = 1e-3;
const MOST: f64 = 0.99;
const MIDDLE: f64 = 1e-5;
/// Operations that the reference may take for its sample: a few seconds.
const REFERENCE: f64 = 2e9;
const SAMPLE: u64 = 20;

/// How every disagreement begins.
pub const DISAGREES: &str = "no time: ";

/// What a comparison came to, in words.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Agrees(String),
    Disagrees(String),
}

/// Compares every engine's outcomes with those of the first that has any; a lone one's with the reference, for a sample of
/// the models. Where two disagree nobody knows who is right: neither gets a time.
pub fn compare(ends: &[Option<(&Job, &[Outcome])>], devices: &[Device]) -> Result<Vec<Verdict>> {
    let present: Vec<usize> = (0..ends.len()).filter(|n| ends[*n].is_some()).collect();
    let mut verdicts = vec![Verdict::Agrees(String::new()); ends.len()];
    if let [only] = present[..]
        && let Some((job, outcomes)) = ends[only]
    {
        verdicts[only] = with_reference(job, outcomes)?;
    }
    for pair in present.iter().skip(1).map(|other| [present[0], *other]) {
        let [one, other] = pair.map(|n| ends[n].map_or(&[][..], |(_, outcomes)| outcomes));
        for (n, with) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let name = &devices[with].info.engine;
            verdicts[n] = match (apart(one, other), &verdicts[n]) {
                (Some(how), _) => Verdict::Disagrees(format!("{DISAGREES}differs from {name}: {how}")),
                (None, Verdict::Agrees(_)) => Verdict::Agrees(format!("same losses as {name}")),
                (None, before) => before.clone(),
            };
        }
    }
    Ok(verdicts)
}

fn with_reference(job: &Job, outcomes: &[Outcome]) -> Result<Verdict> {
    let model = Cost::of(&job.shape, &job.recipe).flop * job.data.train.len() as f64 * f64::from(job.epochs);
    let models = job.trials.len();
    let sample = ((REFERENCE / model.max(1.0)) as u64).clamp(1, SAMPLE).min(models);
    let job = Job { mapping: "scalar".into(), ..job.clone() };
    let (mut ours, mut exact) = (Vec::new(), Vec::new());
    for index in (0..sample).map(|n| n * models / sample) {
        ours.extend(outcomes.get(index as usize));
        exact.extend(Collect::train(&mut ReferenceEngine::default(), &job, index..index + 1)?.outcomes);
    }
    let ours: Vec<Outcome> = ours.into_iter().copied().collect();
    Ok(match apart(&ours, &exact) {
        Some(how) => Verdict::Disagrees(format!("{DISAGREES}differs from the f64 reference: {how}")),
        None => Verdict::Agrees(format!("same losses as the f64 reference, {sample} models")),
    })
}

/// How two engines' final losses differ; None where they don't, but for rounding.
pub fn apart(one: &[Outcome], other: &[Outcome]) -> Option<String> {
    if one.len() != other.len() || one.is_empty() {
        return Some(format!("{} and {} results", one.len(), other.len()));
    }
    let loss = |outcome: &Outcome| outcome.train.map_or(f64::NAN, |score| score.loss);
    let mut differences: Vec<f64> = one.iter().zip(other).map(|(a, b)| difference(loss(a), loss(b))).collect();
    differences.sort_by(f64::total_cmp);
    let close = differences.partition_point(|d| *d <= CLOSE) as f64 / differences.len() as f64;
    let middle = differences[differences.len() / 2];
    if close >= MOST && middle <= MIDDLE {
        return None;
    }
    let share = (1000.0 * close).floor() / 10.0;
    Some(format!("{share} % of the final losses within {CLOSE:e}, half within {middle:.0e}"))
}

/// Two diverged models are alike; one that diverged and one that did not are not.
fn difference(a: f64, b: f64) -> f64 {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0.0,
        (false, false) => (a - b).abs(),
        _ => f64::INFINITY,
    }
}
