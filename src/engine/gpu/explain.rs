//! Human-readable plan of a job, with its minimum time.

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::device_plan::{DevicePlan, candidates};
use super::feasibility::MAX_REGISTER_NUMBERS;
use super::kernel_spec::KernelSpec;
use super::mapping::GpuMapping;
use super::{GpuEngine, own_mapping, peak};
use crate::engine::cost::SampleStepCost;
use crate::engine::{ExplainLine, Job};
use crate::error::Result;

/// Explains the plan for `job` and computes its minimum time from this device's measured ceiling.
///
/// # Errors
/// If the device fails or can't run the job's mapping.
pub async fn explain(engine: &GpuEngine, job: &Job) -> Result<Vec<ExplainLine>> {
    let kernel_spec = KernelSpec::of(job);
    let (limits, mapping) = (&engine.device.limits, own_mapping(job)?);
    mapping.check(&kernel_spec, limits)?;
    let models = job.trials.len();
    let slots = if job.record.records(0) { job.record.epochs.len() } else { 1 };
    let plan = DevicePlan::new(mapping, &kernel_spec, slots, limits);
    let fused = peak::fused_per_second(&engine.device).await?;
    let reason = |subject, text| ExplainLine { subject, text };
    Ok(vec![
        reason("mapping", format!("{mapping}: {}", why(mapping, &kernel_spec, models, limits))),
        reason("others", others(mapping, &kernel_spec, models, limits)),
        reason("device", device(limits)),
        reason("batches", batches(&plan, &kernel_spec, models, job.epochs, limits)),
        reason(
            "min. time",
            floor(&SampleStepCost::of(&job.shape, &job.train_spec), &kernel_spec, models, job.epochs, fused),
        ),
    ])
}

fn why(mapping: GpuMapping, kernel_spec: &KernelSpec, models: u64, limits: &DeviceLimits) -> String {
    let numbers = kernel_spec.numbers();
    let registers = format!("its {numbers} numbers fit in registers (up to {MAX_REGISTER_NUMBERS})");
    let busy = limits.saturating_invocations;
    let beyond = if numbers > MAX_REGISTER_NUMBERS {
        format!(
            "its {numbers} values (parameters and optimizer state) exceed the register limit of {MAX_REGISTER_NUMBERS}"
        )
    } else if candidates(kernel_spec, models, limits).contains(&mapping) {
        "an epoch has more loop iterations than a dispatch may have".to_owned()
    } else {
        "set by --mapping; registers would suffice".to_owned()
    };
    match mapping {
        GpuMapping::Thread { .. } => {
            format!("one invocation a model; {registers}, and {models} models keep the device busy")
        }
        GpuMapping::Subgroup { lanes, .. } | GpuMapping::Workgroup { lanes, .. } => {
            format!(
                "{lanes} lanes a model; {registers}; {models} models with {lanes} lanes each, and {busy} threads \
                 saturate the device"
            )
        }
        GpuMapping::Tiled { tile, .. } => format!(
            "a workgroup a model, {tile} points at a time; {beyond}, and with the model {} bytes fit in workgroup memory",
            mapping.workgroup_bytes(kernel_spec)
        ),
        GpuMapping::Streamed { tile, .. } => {
            format!("a workgroup a model in storage, {tile} points at a time; {beyond}")
        }
    }
}

/// Lists the other candidates, and why subgroups are unavailable to a network small enough for them.
fn others(mapping: GpuMapping, kernel_spec: &KernelSpec, models: u64, limits: &DeviceLimits) -> String {
    let rivals = candidates(kernel_spec, models, limits).into_iter().filter(|rival| *rival != mapping);
    let mut all: Vec<String> = rivals.map(|rival| rival.to_string()).collect();
    let subgroup = GpuMapping::Subgroup { lanes: 2, workgroup: 64 };
    if kernel_spec.numbers() <= MAX_REGISTER_NUMBERS
        && let Some(instead) = subgroup.refusal(kernel_spec, limits)
    {
        all.push(format!("but {subgroup} is unavailable; the device supports {instead}"));
    }
    if all.is_empty() { "none".into() } else { all.join(", ") }
}

fn device(limits: &DeviceLimits) -> String {
    let subgroups = match limits.subgroups {
        SubgroupSupport::Missing => "no subgroups".to_owned(),
        SubgroupSupport::NotLinear => "subgroup lanes not in thread order".to_owned(),
        SubgroupSupport::Linear { least, most } if least == most => format!("subgroups of {least}"),
        SubgroupSupport::Linear { least, most } => format!("subgroups of {least} to {most}"),
    };
    format!(
        "{} bytes of workgroup memory, {subgroups}, {} loop iterations a dispatch, saturated by {} threads",
        limits.workgroup_storage, limits.loop_iterations, limits.saturating_invocations
    )
}

fn batches(plan: &DevicePlan, kernel_spec: &KernelSpec, models: u64, epochs: u32, limits: &DeviceLimits) -> String {
    let size = plan.batch_models.min(models.max(1));
    let per_epoch = plan.mapping.steps_per_epoch(kernel_spec);
    let most = (plan.most_steps / per_epoch).min(plan.most_epochs).min(epochs);
    let dispatch = match most {
        0 => format!("{} of the {per_epoch} tiles of an epoch", plan.most_steps),
        most => format!("{most} epochs"),
    };
    format!(
        "{} of up to {size} models, {:.1} MB each; a dispatch does up to {dispatch} ({} loop iterations a step of {}), as many as \
         take 50 ms",
        models.div_ceil(size),
        (size * plan.model_bytes) as f64 / 1e6,
        plan.mapping.iterations(kernel_spec, limits),
        limits.loop_iterations,
    )
}

fn floor(cost: &SampleStepCost, kernel_spec: &KernelSpec, models: u64, epochs: u32, fused: f64) -> String {
    let steps = models as f64 * f64::from(epochs) * kernel_spec.rows as f64;
    format!(
        "{:.3} s: {steps:.2e} sample-steps of {:.0} instructions ({:.0} flop), at the measured peak of \
         {fused:.2e} multiply-adds per second",
        steps * cost.instructions / fused,
        cost.instructions,
        cost.flop,
    )
}
