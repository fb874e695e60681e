//! Which of the likeliest mappings is the fastest on this very device: each is timed for a moment, on the job itself. The choice
//! is kept in the user's cache folder, and with the study's results: later runs of a study obey it whatever is in the cache.

use super::batch::{BatchRun, Kernels};
use super::cache;
use super::mapping::Mapping;
use super::pace::Pace;
use super::plan::{Plan, candidates};
use super::work::Work;
use super::{GpuEngine, Record};
use crate::engine::{Job, Tuned};
use crate::error::{Error, Result};
use std::time::{Duration, Instant};

/// What a timed dispatch takes at least.
const MOMENT: Duration = Duration::from_millis(20);
/// A training shorter than this is over before a comparison pays; so is one shorter than so many compilations.
const WORTH: Duration = Duration::from_secs(1);
const COMPILATIONS: u32 = 20;
/// Most mappings to compare.
const COMPARED: usize = 3;
/// How far a parameter may lie apart after one update, relative to it and to 1: sums in another order. And the share of
/// parameters that may lie farther: a point at a kink of ReLU falls to either side.
const APART: f64 = 1e-4;
const AT_A_KINK: f64 = 0.01;
const FILE: &str = "tuning.json";

/// A mapping, timed.
struct Timed {
    mapping: Mapping,
    /// Updates (models × epochs) in a second.
    rate: f64,
    /// Seconds until the first epoch was done: compilation, mostly.
    first: f64,
    /// Parameters after one epoch.
    moved: Vec<f64>,
}

/// The fastest mapping for `job`; None where the planner's own choice stands: there is no other, or it is not worth the time.
///
/// # Errors
/// [`Error::Device`] where the device fails, or where two mappings disagree.
pub fn tune(engine: &mut GpuEngine, job: &Job) -> Result<Option<Tuned>> {
    let work = Work { shape: &job.shape, recipe: &job.recipe, rows: job.data.train.len() };
    let models = job.trials.len();
    let mut rivals = candidates(&work, models, &engine.device.limits);
    rivals.truncate(COMPARED);
    // One epoch alone tells of compilation only.
    if rivals.len() < 2 || models == 0 || job.epochs < 2 {
        return Ok(None);
    }
    let key = key(engine, &work, models);
    let kept = cache::get::<String>(engine.options.cache.as_deref(), FILE, &key);
    if let Some(mapping) = rivals.iter().find(|rival| kept.as_ref() == Some(&rival.to_string())) {
        return Ok(Some(Tuned {
            mapping: mapping.to_string(),
            reason: "the fastest here, as timed by an earlier run".into(),
        }));
    }
    let first = time(engine, job, &work, rivals[0])?;
    let expected = (models * u64::from(job.epochs)) as f64 / first.rate;
    if expected < WORTH.as_secs_f64().max(f64::from(COMPILATIONS) * first.first) {
        return Ok(None);
    }
    let mut all = vec![first];
    for mapping in &rivals[1..] {
        all.push(time(engine, job, &work, *mapping)?);
    }
    // Hundreds of updates magnify rounding until nothing agrees.
    if work.is_full() {
        agree(&engine.device.info.device, &all)?;
    }
    all.sort_by(|a, b| b.rate.total_cmp(&a.rate));
    cache::put(engine.options.cache.as_deref(), FILE, key, all[0].mapping.to_string());
    let slower = |timed: &Timed| format!("{} takes {:.2} times as long", timed.mapping, all[0].rate / timed.rate);
    let others: Vec<String> = all[1..].iter().map(slower).collect();
    Ok(Some(Tuned { mapping: all[0].mapping.to_string(), reason: format!("timed here: {}", others.join(", ")) }))
}

/// Trains the job's first models with `mapping` for a moment.
fn time(engine: &mut GpuEngine, job: &Job, work: &Work, mapping: Mapping) -> Result<Timed> {
    let begun = Instant::now();
    let points = engine.points(*work, &job.data.train, mapping, true)?;
    let plan = Plan::new(mapping, work, 1, &engine.device.limits);
    let kernels = Kernels {
        device: &engine.device,
        plan,
        work: *work,
        tally: None,
        convergence: None,
        train: &points,
        validation: None,
        test: None,
    };
    let quiet = Job { record: Record::default(), mapping: mapping.to_string(), ..job.clone() };
    let models = plan.batch(0..job.trials.len(), 0, u64::MAX);
    let per_epoch = u64::from(mapping.steps_per_epoch(work));
    let run = BatchRun::new(&kernels, &quiet, 0, models as u32)?;
    // One epoch, in as many dispatches as are safe; then dispatches that grow until one takes a moment.
    let (mut steps, mut pace) = (0, Pace::new(&plan));
    while steps < per_epoch {
        let next = (per_epoch - steps).min(u64::from(pace.steps())) as u32;
        steps += pace.time(|| run.steps(steps, next))?;
    }
    let (moved, first) = (run.parameters()?, begun.elapsed().as_secs_f64());
    let (mut wanted, end) = (u64::from(pace.steps()), per_epoch * u64::from(job.epochs));
    let mut rate = models as f64 / first;
    while steps < end {
        let begun = Instant::now();
        let done = run.steps(steps, (end - steps).min(wanted) as u32)?;
        let took = begun.elapsed();
        steps += done;
        rate = (models * done) as f64 / per_epoch as f64 / took.as_secs_f64().max(1e-9);
        if took >= MOMENT || wanted >= u64::from(plan.most_steps) {
            break;
        }
        wanted = (4 * wanted).min(u64::from(plan.most_steps));
    }
    Ok(Timed { mapping, rate, first, moved })
}

/// # Errors
/// [`Error::Device`] where two mappings made different models of the same.
fn agree(device: &str, all: &[Timed]) -> Result<()> {
    let size = all.iter().map(|timed| timed.moved.len()).min().unwrap_or(0);
    for other in &all[1..] {
        let apart = differing(&all[0].moved[..size], &other.moved[..size]);
        if apart > AT_A_KINK {
            let (one, other) = (all[0].mapping, other.mapping);
            let what =
                format!("{device}: mappings {one} and {other} disagree in {:.0} % of the parameters", 100.0 * apart);
            return Err(Error::Device(format!("{what}; gpu-sweep verify tells more, --no-tune does without")));
        }
    }
    Ok(())
}

/// The share of numbers that lie apart; not finite ones count where only one is so.
fn differing(one: &[f64], other: &[f64]) -> f64 {
    let apart = |(a, b): (&f64, &f64)| match (a.is_finite(), b.is_finite()) {
        (true, true) => (a - b).abs() > APART * a.abs().max(b.abs()).max(1.0),
        (a, b) => a != b,
    };
    one.iter().zip(other).filter(|pair| apart(*pair)).count() as f64 / one.len().max(1) as f64
}

/// Device, driver, version and everything that speed hangs on, numbers in powers of two.
fn key(engine: &GpuEngine, work: &Work, models: u64) -> String {
    let recipe = work.recipe;
    let numbers = [work.rows as u64, work.batch_rows() as u64, models].map(|n| n.max(1).ilog2().to_string());
    let kind = [
        work.shape.to_string(),
        recipe.activation.to_string(),
        recipe.loss.to_string(),
        recipe.optimizer.to_string(),
        numbers.join(" "),
        format!("{} {} {}", work.order_per_seed(), work.clips(), work.is_scheduled()),
        engine.options.checked.to_string(),
    ];
    format!("{}|{}", engine.identity(), kind.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_that_disagree_are_refused_by_name() {
        let timed = |text: &str, moved: &[f64]| Timed {
            mapping: Mapping::parse(text).unwrap(),
            rate: 1.0,
            first: 1.0,
            moved: moved.to_vec(),
        };
        let (one, close) = (timed("thread-64", &[1.0, 2.0, 3.0]), timed("subgroup-2-64", &[1.0, 2.00001, 3.0]));
        let far = timed("subgroup-4-64", &[1.0, 2.1, 3.0]);
        agree("this device", &[one, close]).unwrap();
        let error = agree("this device", &[timed("thread-64", &[1.0, 2.0, 3.0]), far]).unwrap_err().to_string();
        assert!(error.contains("thread-64 and subgroup-4-64 disagree in 33 %"), "{error}");
    }

    #[test]
    fn parameters_apart_are_found() {
        assert_eq!(differing(&[1.0, 2.0, f64::NAN, 1e6], &[1.00001, 2.0, f64::INFINITY, 1e6 + 1.0]), 0.0);
        assert_eq!(differing(&[1.0, 2.0, f64::NAN, 1e6], &[1.001, 2.0, 0.0, 1e6 + 1e3]), 0.75);
    }
}
