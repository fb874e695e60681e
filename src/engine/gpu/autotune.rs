//! Times the most promising mappings on the job itself and picks the fastest on this device. The choice is kept in the
//! user's cache folder and with the study's results; later runs of a study use the latter, whatever the cache holds.

use super::batch::BatchRun;
use super::cache_file;
use super::device_plan::{DevicePlan, candidates};
use super::dispatch_sizing::DispatchSizing;
use super::kernel_spec::KernelSpec;
use super::kernels::Kernels;
use super::mapping::GpuMapping;
use super::{GpuEngine, Record};
use crate::clock::Instant;
use crate::engine::cost::WorkDone;
use crate::engine::{Job, Mapping, TunedMapping};
use crate::error::{Error, Result};
use std::time::Duration;

/// Minimum duration of a timed dispatch, if the job has enough steps.
const MIN_DISPATCH_TIME: Duration = Duration::from_millis(20);
/// Instructions of a job, per invocation that keeps the device busy, from which a comparison pays off. The work is
/// counted, not timed, so that the decision does not depend on the machine's load. A GPU takes about a second for this
/// work; a software adapter needs more, since its invocations are lanes of a CPU core and its compiler takes seconds.
const MIN_INSTRUCTIONS_GPU: f64 = 1.5e8;
const MIN_INSTRUCTIONS_SOFTWARE: f64 = 6e9;
/// Rounds of timing. Each times every mapping twice; the shortest time counts, since other load only lengthens it.
const ROUNDS: usize = 4;
/// Speed-up over the planned mapping that another one needs to replace it; less is noise.
const MIN_SPEEDUP: f64 = 1.1;
/// Most mappings compared.
const COMPARED: usize = 3;
/// Tolerance for a parameter after one update, relative to the larger of its magnitude and 1: mappings sum in different
/// orders. Then the share of parameters that may exceed it: a point at the kink of ReLU may fall on either side.
const PARAMETER_TOLERANCE: f64 = 1e-4;
const MAX_DIFFERING_SHARE: f64 = 0.01;
const FILE: &str = "tuning.json";

/// Mapping and its measured speed.
struct TimedMapping {
    mapping: GpuMapping,
    /// Most updates (models × epochs) per second so far.
    rate: f64,
    /// Steps of a dispatch that takes at least [`MOMENT`].
    steps: u64,
    /// Parameters after one epoch.
    moved: Vec<f64>,
}

/// Returns the fastest mapping for `job`; None keeps the planner's choice: no alternative exists, or the job is too
/// short.
///
/// # Errors
/// [`Error::Device`] if the device fails or two mappings disagree.
pub async fn tune(engine: &mut GpuEngine, job: &Job) -> Result<Option<TunedMapping>> {
    let kernel_spec = KernelSpec::of(job);
    let models = job.trials.len();
    let mut rivals = candidates(&kernel_spec, models, &engine.device.limits);
    rivals.truncate(COMPARED);
    if rivals.len() < 2
        || models == 0
        || !is_worth_tuning(job, engine.device.limits.saturating_invocations, engine.device.info.software)
    {
        return Ok(None);
    }
    let key = key(engine, &kernel_spec, models);
    let kept = cache_file::get::<String>(engine.options.cache.as_deref(), FILE, &key);
    if let Some(mapping) = rivals.iter().find(|rival| kept.as_ref() == Some(&rival.to_string())) {
        return Ok(Some(tuned(*mapping, "as timed by an earlier run")));
    }
    let mut all = Vec::new();
    for mapping in rivals {
        all.push(begin(engine, job, &kernel_spec, mapping).await?);
    }
    // Only with one update per epoch: over hundreds of updates, rounding differences grow until no two mappings agree.
    if kernel_spec.is_full() {
        agree(&engine.device.info.device, &all)?;
    }
    for _ in 0..ROUNDS {
        for timed in &mut all {
            time(engine, job, &kernel_spec, timed).await?;
        }
    }
    let best = choose(&all);
    cache_file::put(engine.options.cache.as_deref(), FILE, key, best.mapping.to_string());
    let others = all.iter().filter(|timed| timed.mapping != best.mapping);
    let times = others.map(|timed| format!("{} takes {:.2} times as long", timed.mapping, best.rate / timed.rate));
    Ok(Some(tuned(best.mapping, &format!("timed here: {}", times.collect::<Vec<_>>().join(", ")))))
}

/// Builds the result, with the flag that repeats the choice whatever the cache folder holds.
fn tuned(mapping: GpuMapping, reason: &str) -> TunedMapping {
    TunedMapping { mapping: Mapping::Gpu(mapping), reason: format!("{reason}; --mapping {mapping} pins it") }
}

/// Whether the job is long enough for a comparison to pay off on a device that `busy` invocations keep busy. A single
/// epoch would measure compilation only.
fn is_worth_tuning(job: &Job, busy: u32, software: bool) -> bool {
    let least = f64::from(busy) * if software { MIN_INSTRUCTIONS_SOFTWARE } else { MIN_INSTRUCTIONS_GPU };
    job.epochs > 1 && WorkDone::of_all(job).instructions >= least
}

/// Returns the first (planned) mapping, unless another is clearly faster.
fn choose(all: &[TimedMapping]) -> &TimedMapping {
    let faster = |a: &&TimedMapping, b: &&TimedMapping| a.rate.total_cmp(&b.rate);
    all.iter().max_by(faster).filter(|best| best.rate > MIN_SPEEDUP * all[0].rate).unwrap_or(&all[0])
}

/// Compiles a mapping, trains the job's first models for one epoch, and finds the steps of a dispatch of [`MOMENT`].
async fn begin(
    engine: &mut GpuEngine,
    job: &Job,
    kernel_spec: &KernelSpec<'_>,
    mapping: GpuMapping,
) -> Result<TimedMapping> {
    with_run(engine, job, kernel_spec, mapping, async |run: &BatchRun<'_>, plan: &DevicePlan, _| {
        let per_epoch = u64::from(mapping.steps_per_epoch(kernel_spec));
        // One epoch in dispatches of safe length; then longer and longer dispatches, until one takes `MOMENT`.
        let (mut steps, mut pace) = (0, DispatchSizing::new(plan));
        while steps < per_epoch {
            let next = (per_epoch - steps).min(u64::from(pace.steps())) as u32;
            steps += pace.time(run.steps(steps, next)).await?;
        }
        let (moved, most) =
            (run.parameters().await?, u64::from(plan.most_steps).min(per_epoch * u64::from(job.epochs)));
        let mut steps = u64::from(pace.steps()).min(most);
        while seconds(run, steps).await?.0 < MIN_DISPATCH_TIME.as_secs_f64() && steps < most {
            steps = (4 * steps).min(most);
        }
        Ok(TimedMapping { mapping, rate: 0.0, steps, moved })
    })
    .await
}

/// Times a mapping twice and updates its best rate.
async fn time(engine: &mut GpuEngine, job: &Job, kernel_spec: &KernelSpec<'_>, timed: &mut TimedMapping) -> Result<()> {
    let (mapping, steps) = (timed.mapping, timed.steps);
    let rate = with_run(engine, job, kernel_spec, mapping, async |run: &BatchRun<'_>, _, models| {
        let per_epoch = f64::from(mapping.steps_per_epoch(kernel_spec));
        let once = async || -> Result<f64> {
            let (took, done) = seconds(run, steps).await?;
            Ok(models as f64 * done as f64 / per_epoch / took)
        };
        Ok(f64::max(once().await?, once().await?))
    })
    .await?;
    timed.rate = timed.rate.max(rate);
    Ok(())
}

/// Runs the first `steps` steps in one dispatch; returns its seconds and the number of steps done.
async fn seconds(run: &BatchRun<'_>, steps: u64) -> Result<(f64, u64)> {
    let begun = Instant::now();
    let done = run.steps(0, steps as u32).await?;
    Ok((begun.elapsed().as_secs_f64().max(1e-9), done))
}

/// Calls `use_it` with a fresh batch of the job's first models, its plan and the number of models. Only one batch at a
/// time is on the device.
async fn with_run<T>(
    engine: &mut GpuEngine,
    job: &Job,
    kernel_spec: &KernelSpec<'_>,
    mapping: GpuMapping,
    use_it: impl AsyncFnOnce(&BatchRun<'_>, &DevicePlan, u64) -> Result<T>,
) -> Result<T> {
    let points = engine.points(*kernel_spec, &job.data.train, mapping, true).await?;
    let plan = DevicePlan::new(mapping, kernel_spec, 1, &engine.device.limits);
    let kernels = Kernels {
        device: &engine.device,
        plan,
        kernel_spec: *kernel_spec,
        histogram: None,
        convergence: None,
        train: &points,
        validation: None,
        test: None,
    };
    let quiet = Job { record: Record::default(), mapping: Some(Mapping::Gpu(mapping)), ..job.clone() };
    let models = plan.batch(0..job.trials.len(), 0, u64::MAX);
    use_it(&BatchRun::new(&kernels, &quiet, 0, models as u32).await?, &plan, models).await
}

/// Checks that all mappings lead to the same parameters.
///
/// # Errors
/// [`Error::Device`] if two mappings lead to different parameters.
fn agree(device: &str, all: &[TimedMapping]) -> Result<()> {
    let size = all.iter().map(|timed| timed.moved.len()).min().unwrap_or(0);
    for other in &all[1..] {
        let apart = differing(&all[0].moved[..size], &other.moved[..size]);
        if apart > MAX_DIFFERING_SHARE {
            let (one, other) = (all[0].mapping, other.mapping);
            let what =
                format!("{device}: mappings {one} and {other} disagree in {:.0} % of the parameters", 100.0 * apart);
            return Err(Error::Device(format!(
                "{what}; run gpu-sweep verify for details, or skip tuning with --no-tune"
            )));
        }
    }
    Ok(())
}

/// Returns the share of numbers that differ; two non-finite numbers count as equal, only one as different.
fn differing(one: &[f64], other: &[f64]) -> f64 {
    let apart = |(a, b): (&f64, &f64)| match (a.is_finite(), b.is_finite()) {
        (true, true) => (a - b).abs() > PARAMETER_TOLERANCE * a.abs().max(b.abs()).max(1.0),
        (a, b) => a != b,
    };
    one.iter().zip(other).filter(|pair| apart(*pair)).count() as f64 / one.len().max(1) as f64
}

/// Returns the cache key: device, driver, version and everything that affects speed, sizes rounded down to powers of
/// two.
fn key(engine: &GpuEngine, kernel_spec: &KernelSpec<'_>, models: u64) -> String {
    let train_spec = kernel_spec.train_spec;
    let numbers =
        [kernel_spec.rows as u64, kernel_spec.batch_rows() as u64, models].map(|n| n.max(1).ilog2().to_string());
    let kind = [
        kernel_spec.shape.to_string(),
        train_spec.activation.to_string(),
        train_spec.loss.to_string(),
        train_spec.optimizer.to_string(),
        numbers.join(" "),
        format!(
            "{} {} {} {:?}",
            kernel_spec.order_per_seed(),
            kernel_spec.clips(),
            kernel_spec.is_scheduled(),
            train_spec.given
        ),
        engine.options.checked.to_string(),
    ];
    format!("{}|{}", engine.identity(), kind.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_that_disagree_are_refused_by_name() {
        let timed = |text: &str, moved: &[f64]| TimedMapping {
            mapping: GpuMapping::read(text).unwrap(),
            rate: 1.0,
            steps: 1,
            moved: moved.to_vec(),
        };
        let (one, close) = (timed("thread-64", &[1.0, 2.0, 3.0]), timed("subgroup-2-64", &[1.0, 2.00001, 3.0]));
        let far = timed("subgroup-4-64", &[1.0, 2.1, 3.0]);
        agree("this device", &[one, close]).unwrap();
        let error = agree("this device", &[timed("thread-64", &[1.0, 2.0, 3.0]), far]).unwrap_err().to_string();
        assert!(error.contains("thread-64 and subgroup-4-64 disagree in 33 %"), "{error}");
    }

    #[test]
    fn the_planned_mapping_stays_unless_another_is_clearly_faster() {
        let chosen = |rates: [f64; 3]| {
            let timed =
                |(text, rate)| TimedMapping { mapping: GpuMapping::read(text).unwrap(), rate, steps: 1, moved: vec![] };
            let all: Vec<TimedMapping> =
                ["thread-64", "subgroup-2-64", "subgroup-4-64"].into_iter().zip(rates).map(timed).collect();
            choose(&all).mapping.to_string()
        };
        assert_eq!(chosen([1.0, 1.09, 0.5]), "thread-64");
        assert_eq!(chosen([1.0, 1.2, 1.3]), "subgroup-4-64");
        assert_eq!(chosen([1.0, 1.2, 1.0]), "subgroup-2-64");
    }

    #[test]
    fn whether_to_compare_hangs_on_counted_work_alone() {
        let job = |models: u64, epochs: u32| super::super::tests::job(&[1], 20, models, epochs, "thread-64");
        // 20 points × 46 instructions per model and epoch.
        let least = (16.0 * MIN_INSTRUCTIONS_GPU / (20.0 * 46.0)) as u64 / 100 + 1;
        assert!(is_worth_tuning(&job(least, 100), 16, false) && !is_worth_tuning(&job(least - 2, 100), 16, false));
        assert!(!is_worth_tuning(&job(least, 100), 16, true) && is_worth_tuning(&job(40 * least, 100), 16, true));
        assert!(!is_worth_tuning(&job(100 * least, 1), 16, false), "one epoch measures compilation only");
    }

    #[test]
    fn parameters_apart_are_found() {
        assert_eq!(differing(&[1.0, 2.0, f64::NAN, 1e6], &[1.00001, 2.0, f64::INFINITY, 1e6 + 1.0]), 0.0);
        assert_eq!(differing(&[1.0, 2.0, f64::NAN, 1e6], &[1.001, 2.0, 0.0, 1e6 + 1e3]), 0.75);
    }
}
