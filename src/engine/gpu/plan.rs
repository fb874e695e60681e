//! How a sweep is laid onto a device: pure arithmetic, no GPU needed.
//!
//! A mapping of models onto threads is chosen once per cell, from the shape, the recipe and the data. Batches and dispatches are cut
//! as the device allows; they never change a bit of any result.

use super::glue::hyper_fields;
use super::loops;
use super::work::Work;
use crate::error::{Error, Result};

/// How models lie on threads; its text form is kept with the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// One invocation a model, parameters in registers.
    Thread { workgroup: u32 },
    /// One workgroup a model, parameters in storage, tiles of points in workgroup memory.
    Workgroup { workgroup: u32, tile: u32 },
}

/// What a device can do, as far as planning is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one storage binding.
    pub storage_binding: u64,
    /// Bytes of one uniform binding.
    pub uniform_binding: u64,
    /// Bytes of workgroup memory.
    pub workgroup_storage: u32,
    pub invocations_per_workgroup: u32,
    /// Workgroups in one dimension of a dispatch.
    pub workgroups: u32,
    /// Loop iterations that an invocation may make in one dispatch: measured, see `probe`.
    pub loop_iterations: u32,
    /// Invocations that run in lockstep.
    pub lanes: u32,
}

/// Numbers (parameters, and what the optimizer remembers of them) up to which a model lives in registers; unrolled source
/// grows with them, and compile time faster still.
const REGISTER_NUMBERS: usize = 105;
/// Invocations per workgroup.
const WORKGROUP: u32 = 64;
/// Points in a tile, if they fit.
const TILE: u32 = 16;
/// Models in a batch, if memory allows: enough to fill the largest devices several times over.
const BATCH_MODELS: u64 = 1 << 18;
/// Bytes of one batch's largest buffers together.
const BATCH_BYTES: u64 = 256 << 20;
/// Floating-point operations of the smallest dispatch of a batch (one step of all models), so that even a slow device
/// answers within a second.
const STEP_FLOP: f64 = 4e9;
/// Operations per point and model for the logistic loss and its gradient, counted in `shaders/loss.wgsl`.
const LOSS_FLOP: f64 = 30.0;
/// Operations per point and hidden unit for the dearest activation and its slope.
const UNIT_FLOP: f64 = 70.0;
/// Operations of an update per parameter, and per number that the optimizer remembers.
const UPDATE_FLOP: f64 = 5.0;
/// Epochs of one dispatch whose multipliers the host makes at once.
const TABLE_EPOCHS: u32 = 1 << 16;
/// Rows of all epochs of one dispatch whose order the host makes at once.
const TABLE_ROWS: usize = 4 << 20;

impl Mapping {
    /// The mapping for `work`.
    pub fn choose(work: &Work, limits: &Limits) -> Self {
        let thread = Self::Thread { workgroup: WORKGROUP };
        if work.numbers() <= REGISTER_NUMBERS && thread.iterations(work, limits) <= u64::from(limits.loop_iterations) {
            return thread;
        }
        // Points of a tile beyond the batch would leave lanes idle.
        let fits = |tile: &u32| {
            workgroup_bytes(work, WORKGROUP, *tile) <= limits.workgroup_storage
                && (*tile as usize) < 2 * work.batch_rows()
        };
        let tile = (0..=TILE.ilog2()).rev().map(|power| 1 << power).find(fits).unwrap_or(1);
        Self::Workgroup { workgroup: WORKGROUP, tile }
    }

    /// Reads the text form: `thread-64` or `workgroup-64-16` (invocations, then points in a tile).
    ///
    /// # Errors
    /// [`Error::Setting`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let size = |t: &str| t.parse::<u32>().ok().filter(|n| n.is_power_of_two() && *n <= 1024);
        let parsed = match parts[..] {
            ["thread", workgroup] => size(workgroup).map(|workgroup| Self::Thread { workgroup }),
            ["workgroup", workgroup, tile] => {
                size(workgroup).zip(size(tile)).map(|(workgroup, tile)| Self::Workgroup { workgroup, tile })
            }
            _ => None,
        };
        parsed.ok_or_else(|| Error::setting("--mapping", text, "thread-64, workgroup-64-16 or other powers of two"))
    }

    /// Whether the device can run this mapping for `work`.
    ///
    /// # Errors
    /// [`Error::Setting`] with the limit that stands against it.
    pub fn check(&self, work: &Work, limits: &Limits) -> Result<()> {
        let refuse = |why: String| Err(Error::setting("--mapping", self, why));
        if self.workgroup_size() > limits.invocations_per_workgroup {
            return refuse(format!("workgroups up to {} on this device", limits.invocations_per_workgroup));
        }
        if self.iterations(work, limits) > u64::from(limits.loop_iterations) {
            return refuse(format!("a step of at most {} loop iterations on this device", limits.loop_iterations));
        }
        match *self {
            Self::Thread { .. } if work.numbers() > REGISTER_NUMBERS => {
                let (shape, memory) = (work.shape, work.memory());
                let remembered = if memory == 0 { String::new() } else { format!(" and remembers {memory} numbers") };
                refuse(format!(
                    "thread mappings up to {REGISTER_NUMBERS} parameters, with what the optimizer remembers of them; \
                     {shape} has {}{remembered}",
                    shape.parameters()
                ))
            }
            Self::Workgroup { workgroup, tile }
                if workgroup_bytes(work, workgroup, tile) > limits.workgroup_storage =>
            {
                let (bytes, most) = (workgroup_bytes(work, workgroup, tile), limits.workgroup_storage);
                refuse(format!("tiles that fit in {most} bytes of workgroup memory; this one takes {bytes}"))
            }
            _ => Ok(()),
        }
    }

    /// Invocations of one workgroup.
    pub fn workgroup_size(&self) -> u32 {
        match *self {
            Self::Thread { workgroup } | Self::Workgroup { workgroup, .. } => workgroup,
        }
    }

    /// Steps in an epoch: the smallest piece of work that a dispatch can do. An epoch itself, or a tile of points.
    pub fn steps_per_epoch(&self, work: &Work) -> u32 {
        match *self {
            Self::Thread { .. } => 1,
            Self::Workgroup { tile, .. } => work.tiles(tile),
        }
    }

    /// Upper bound of the loop iterations that one invocation makes in a step.
    pub fn iterations(&self, work: &Work, limits: &Limits) -> u64 {
        loops::step(*self, work, limits.lanes)
    }

    /// Points that one dispatch may evaluate, given the steps that a training dispatch does now: a multiple of the number
    /// of points that share a logarithm, so that sums are the same however they are cut.
    pub fn points_per_dispatch(&self, work: &Work, steps: u32, limits: &Limits) -> u32 {
        let allowed = u64::from(limits.loop_iterations);
        match *self {
            Self::Thread { .. } => {
                let paced = (work.rows as u64 * u64::from(steps)).div_ceil(loops::LOSS_TERMS);
                let per_chunk = loops::chunks(2 * loops::LOSS_TERMS) - loops::chunks(loops::LOSS_TERMS);
                let most = allowed.saturating_sub(loops::chunks(0)) / per_chunk;
                (loops::LOSS_TERMS * paced.min(most).max(1)) as u32
            }
            Self::Workgroup { tile, .. } => {
                let most = allowed / self.iterations(work, limits).max(1);
                tile * (u64::from(steps).min(most) as u32).clamp(1, 1 << 20)
            }
        }
    }

    /// Workgroups for `models` models.
    pub fn workgroups(&self, models: u32) -> u32 {
        match *self {
            Self::Thread { workgroup } => models.div_ceil(workgroup),
            Self::Workgroup { .. } => models,
        }
    }
}

impl std::fmt::Display for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Thread { workgroup } => write!(f, "thread-{workgroup}"),
            Self::Workgroup { workgroup, tile } => write!(f, "workgroup-{workgroup}-{tile}"),
        }
    }
}

/// Workgroup memory of the `workgroup` mapping: signals and deltas of all units, logits, two flags; rows of mini-batches;
/// sums of squares to clip by.
fn workgroup_bytes(work: &Work, workgroup: u32, tile: u32) -> u32 {
    let units = work.shape.hidden_units().max(1) as u32;
    let rows = if work.is_full() { 0 } else { tile };
    let squares = if work.clips() { 2 * workgroup } else { 0 };
    4 * (2 * tile * units + tile + 2 + rows + squares)
}

/// How one cell runs on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub mapping: Mapping,
    /// Most models trained together.
    pub batch_models: u64,
    /// Most steps of one dispatch.
    pub most_steps: u32,
    /// Steps of the first dispatch; later ones follow the clock.
    pub first_steps: u32,
    /// Most epochs that one dispatch may touch: the host makes tables for them.
    pub most_epochs: u32,
}

impl Plan {
    /// The plan for `work` and `slots` recorded losses a model.
    pub fn new(mapping: Mapping, work: &Work, slots: usize, limits: &Limits) -> Self {
        let bytes = |numbers: usize| 4 * numbers as u64;
        let (parameters, memory) = (bytes(work.shape.parameters()), bytes(work.memory()));
        let (losses, hyper) = (bytes(slots.max(1)), bytes(hyper_fields(work.recipe).len()));
        let per_binding = limits.storage_binding / parameters.max(memory).max(losses).max(hyper).max(12);
        let per_memory = BATCH_BYTES / (2 * parameters + memory + losses + hyper);
        let threads = if matches!(mapping, Mapping::Thread { .. }) { u64::from(mapping.workgroup_size()) } else { 1 };
        let per_dispatch = u64::from(limits.workgroups) * threads;
        let per_step = (STEP_FLOP / step_flop(work, mapping)) as u64;
        let batch_models = BATCH_MODELS.min(per_binding).min(per_memory).min(per_dispatch).min(per_step).max(1);
        let most_steps = u64::from(limits.loop_iterations) / mapping.iterations(work, limits).max(1);
        Self {
            mapping,
            batch_models,
            most_steps: most_steps.clamp(1, 1 << 24) as u32,
            first_steps: 1,
            most_epochs: most_epochs(work),
        }
    }

    /// Models of the batch that starts with trial `range.start`, at most `wanted`; none crosses `edge` (where curves end).
    pub fn batch(&self, range: std::ops::Range<u64>, edge: u64, wanted: u64) -> u64 {
        let end = if range.start < edge { edge.min(range.end) } else { range.end };
        end.saturating_sub(range.start).min(self.batch_models).min(wanted.max(1))
    }
}

/// Trials to take from `first` on for `units` whole units of `unit` trials: up to the next boundary, then whole ones.
pub fn whole_units(first: u64, unit: u64, units: u64) -> u64 {
    (unit - first % unit).saturating_add(unit.saturating_mul(units - 1))
}

/// Operations of one model's step: an epoch, or a tile with its update.
fn step_flop(work: &Work, mapping: Mapping) -> f64 {
    let units = UNIT_FLOP * work.shape.hidden_units() as f64;
    let point = work.shape.flops_per_sample_step() + LOSS_FLOP + units;
    let update = UPDATE_FLOP * work.numbers() as f64;
    match mapping {
        Mapping::Thread { .. } => work.rows as f64 * point + work.batches() as f64 * update,
        Mapping::Workgroup { tile, .. } => f64::from(tile) * point + update,
    }
}

fn most_epochs(work: &Work) -> u32 {
    match work.order_from_host() {
        true => ((TABLE_ROWS / work.rows) as u32).clamp(1, TABLE_EPOCHS),
        false => TABLE_EPOCHS,
    }
}

/// Whether points lie in a uniform buffer, which some drivers read twice as fast, if all invocations read the same one.
pub fn uniform_points(work: &Work, limits: &Limits) -> bool {
    !work.order_per_seed() && points_bytes(work.shape.features(), work.rows) <= limits.uniform_binding
}

/// `vec4`s that a point takes: its features and its label.
pub fn point_vectors(features: usize) -> usize {
    (features + 1).div_ceil(4)
}

/// Bytes of a data set on the device.
pub fn points_bytes(features: usize, rows: usize) -> u64 {
    16 * (point_vectors(features) * rows) as u64
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
