//! How a sweep is laid onto a device: pure arithmetic, no GPU needed.
//!
//! A mapping of models onto threads is chosen once per sweep, from the shape and the data. Batches and dispatches are cut
//! as the device allows; they never change a bit of any result.

use crate::error::{Error, Result};
use crate::model::Shape;

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
}

/// Parameters up to which a model lives in registers; unrolled source grows with them, and compile time faster still.
const REGISTER_PARAMETERS: usize = 105;
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

impl Mapping {
    /// The mapping for `shape` on `rows` points.
    pub fn choose(shape: &Shape, rows: usize, limits: &Limits) -> Self {
        let thread = Self::Thread { workgroup: WORKGROUP };
        if shape.parameters() <= REGISTER_PARAMETERS
            && thread.iterations(shape, rows) <= u64::from(limits.loop_iterations)
        {
            return thread;
        }
        let fits = |tile: &u32| workgroup_bytes(shape, *tile) <= limits.workgroup_storage;
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

    /// Whether the device can run this mapping for `shape` on `rows` points.
    ///
    /// # Errors
    /// [`Error::Setting`] with the limit that stands against it.
    pub fn check(&self, shape: &Shape, rows: usize, limits: &Limits) -> Result<()> {
        let refuse = |why: String| Err(Error::setting("--mapping", self, why));
        if self.workgroup_size() > limits.invocations_per_workgroup {
            return refuse(format!("workgroups up to {} on this device", limits.invocations_per_workgroup));
        }
        if self.iterations(shape, rows) > u64::from(limits.loop_iterations) {
            return refuse(format!("a step of at most {} loop iterations on this device", limits.loop_iterations));
        }
        match *self {
            Self::Thread { .. } if shape.parameters() > REGISTER_PARAMETERS => refuse(format!(
                "thread mappings up to {REGISTER_PARAMETERS} parameters; {shape} has {}",
                shape.parameters()
            )),
            Self::Workgroup { tile, .. } if workgroup_bytes(shape, tile) > limits.workgroup_storage => {
                let (bytes, most) = (workgroup_bytes(shape, tile), limits.workgroup_storage);
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
    pub fn steps_per_epoch(&self, rows: usize) -> u32 {
        match *self {
            Self::Thread { .. } => 1,
            Self::Workgroup { tile, .. } => (rows as u32).div_ceil(tile),
        }
    }

    /// Upper bound of the loop iterations that one invocation makes in a step.
    pub fn iterations(&self, shape: &Shape, rows: usize) -> u64 {
        match *self {
            Self::Thread { .. } => rows as u64 + rows.div_ceil(64) as u64 + 1,
            Self::Workgroup { workgroup, tile } => tile_iterations(shape, u64::from(workgroup), u64::from(tile)),
        }
    }

    /// Points that one dispatch may evaluate, given the steps that a training dispatch on `rows` points does now: a
    /// multiple of the number of points that share a logarithm, so that sums are the same however they are cut.
    pub fn points_per_dispatch(&self, shape: &Shape, rows: usize, steps: u32, limits: &Limits) -> u32 {
        match *self {
            Self::Thread { .. } => {
                let paced = (rows as u64 * u64::from(steps)).div_ceil(64);
                64 * paced.min(u64::from(limits.loop_iterations) / 66).max(1) as u32
            }
            Self::Workgroup { tile, .. } => {
                let most = u64::from(limits.loop_iterations) / self.iterations(shape, 0).max(1);
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

/// Workgroup memory of the `workgroup` mapping: signals and deltas of all units, logits, two flags.
fn workgroup_bytes(shape: &Shape, tile: u32) -> u32 {
    let units = shape.hidden_units().max(1) as u32;
    4 * (2 * tile * units + tile + 2)
}

/// Loop iterations of an invocation in one tile of `shaders/workgroup.wgsl`, its outer loops counted with the inner ones.
fn tile_iterations(shape: &Shape, workgroup: u64, tile: u64) -> u64 {
    let turns = |items: u64| items.div_ceil(workgroup);
    let layer = |l: &crate::model::Layer| {
        let (inputs, outputs) = (l.inputs as u64, l.outputs as u64);
        let forward = turns(outputs * tile) * (1 + inputs);
        let gradient = turns(outputs * (inputs + 1)) * (1 + tile);
        let back = turns(inputs * tile) * (1 + outputs);
        forward + gradient + back
    };
    let update = turns(shape.parameters() as u64);
    shape.layers().iter().map(layer).sum::<u64>() + 2 * tile + update + 1
}

/// How one sweep runs on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub mapping: Mapping,
    /// Most models trained together.
    pub batch_models: u64,
    /// Most steps of one dispatch.
    pub most_steps: u32,
    /// Steps of the first dispatch; later ones follow the clock.
    pub first_steps: u32,
    /// Whether `rows` points fit in a uniform buffer, which some drivers read twice as fast.
    pub uniform_points: bool,
}

impl Plan {
    /// The plan for `rows` points and `slots` recorded losses a model.
    pub fn new(mapping: Mapping, shape: &Shape, rows: usize, slots: usize, limits: &Limits) -> Self {
        let parameters = 4 * shape.parameters() as u64;
        let losses = 4 * slots.max(1) as u64;
        let per_binding = limits.storage_binding / parameters.max(losses).max(12);
        let per_memory = BATCH_BYTES / (2 * parameters + losses);
        let threads = if matches!(mapping, Mapping::Thread { .. }) { u64::from(mapping.workgroup_size()) } else { 1 };
        let per_dispatch = u64::from(limits.workgroups) * threads;
        let step = step_flop(shape, rows, mapping);
        let per_step = (STEP_FLOP / step) as u64;
        let batch_models = BATCH_MODELS.min(per_binding).min(per_memory).min(per_dispatch).min(per_step).max(1);
        let most_steps = u64::from(limits.loop_iterations) / mapping.iterations(shape, rows).max(1);
        Self {
            mapping,
            batch_models,
            most_steps: most_steps.clamp(1, 1 << 24) as u32,
            first_steps: 1,
            uniform_points: points_bytes(shape.features(), rows) <= limits.uniform_binding,
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

/// Operations of one model's step: an epoch or a tile.
fn step_flop(shape: &Shape, rows: usize, mapping: Mapping) -> f64 {
    let points = match mapping {
        Mapping::Thread { .. } => rows as f64,
        Mapping::Workgroup { tile, .. } => f64::from(tile),
    };
    points * (shape.flops_per_sample_step() + LOSS_FLOP)
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
