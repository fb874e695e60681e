//! Maps models to GPU threads; why a mapping may be infeasible.

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::device_plan::points_bytes;
use super::iteration_bounds;
use super::kernel_spec::KernelSpec;
use super::tiling::Tiling;
use crate::error::{Error, Result};
use std::fmt;

/// Mapping of models to invocations; its text form is saved with the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// One invocation per model, everything in registers.
    Thread { workgroup: u32 },
    /// `lanes` lanes of a subgroup per model, everything in registers; each lane has a share of the points.
    Subgroup { lanes: u32, workgroup: u32 },
    /// Like `Subgroup`, with lanes of a workgroup that exchange numbers through workgroup memory.
    Workgroup { lanes: u32, workgroup: u32 },
    /// One workgroup per model, which is in workgroup memory; points are processed in tiles.
    Tiled { workgroup: u32, tile: u32 },
    /// Like `Tiled`, with the model in storage, for models too large for workgroup memory.
    Streamed { workgroup: u32, tile: u32 },
}

/// Accepted forms of `--mapping`.
const FORMS: &str = "thread-W, subgroup-L-W, workgroup-L-W (L lanes per model), tiled-W-P or streamed-W-P (tiles of P \
    points), with W invocations per workgroup, such as thread-64, subgroup-8-64 or tiled-64-40";
/// Most numbers (parameters and optimizer state) of a model in registers: the unrolled source grows with them, compile
/// time even faster.
pub const MAX_REGISTER_NUMBERS: usize = 105;
/// Most points per tile.
pub const MOST_TILE: u32 = 256;

impl Mapping {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`Error::Setting`] for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |t: &str, most: u32| {
            // Canonical spelling only, so that a mapping has one text form.
            t.parse::<u32>().ok().filter(|n| (1..=most).contains(n) && n.to_string() == t)
        };
        let size = |t: &str| number(t, 1024).filter(|n| n.is_power_of_two());
        let lanes = |l: &str, w: &str| size(l).zip(size(w)).filter(|(l, w)| (2..=*w).contains(l));
        let tile = |w: &str, p: &str| {
            // A lane may gather the losses of at most 64 points before a flush.
            let points = number(p, MOST_TILE).filter(|p| p.is_multiple_of(4));
            size(w).zip(points).filter(|(w, p)| u64::from(*p) <= iteration_bounds::LOSS_TERMS * u64::from(*w))
        };
        let parsed = match parts[..] {
            ["thread", w] => size(w).map(|workgroup| Self::Thread { workgroup }),
            ["subgroup", l, w] => lanes(l, w).map(|(lanes, workgroup)| Self::Subgroup { lanes, workgroup }),
            ["workgroup", l, w] => lanes(l, w).map(|(lanes, workgroup)| Self::Workgroup { lanes, workgroup }),
            ["tiled", w, p] => tile(w, p).map(|(workgroup, tile)| Self::Tiled { workgroup, tile }),
            ["streamed", w, p] => tile(w, p).map(|(workgroup, tile)| Self::Streamed { workgroup, tile }),
            _ => None,
        };
        parsed.ok_or_else(|| Error::setting("--mapping", text, FORMS))
    }

    /// Checks that the device can run this mapping for `work`.
    ///
    /// # Errors
    /// [`Error::Setting`] with the limit that it violates.
    pub fn check(&self, work: &KernelSpec, limits: &DeviceLimits) -> Result<()> {
        self.refusal(work, limits).map_or(Ok(()), |why| Err(Error::setting("--mapping", self, why)))
    }

    /// Reason the device cannot run this mapping for `work`, if any, phrased as what it can run.
    pub fn refusal(&self, work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let most = limits.loop_iterations;
        let looping = || {
            let beyond = self.iterations(work, limits) > u64::from(most);
            beyond.then(|| format!("a mapping with at most {most} loop iterations per step (limit of this device)"))
        };
        let first = self.size_refusal(limits).or_else(|| self.register_refusal(work));
        let first = first.or_else(|| data_refusal(work, limits));
        first.or_else(|| self.memory_refusal(work, limits)).or_else(|| self.subgroup_refusal(limits)).or_else(looping)
    }

    fn size_refusal(&self, limits: &DeviceLimits) -> Option<String> {
        let most = limits.invocations_per_workgroup;
        (self.workgroup_size() > most).then(|| format!("workgroups of up to {most} on this device"))
    }

    fn register_refusal(&self, work: &KernelSpec) -> Option<String> {
        if self.tile().is_some() || work.numbers() <= MAX_REGISTER_NUMBERS {
            return None;
        }
        let remembered = match work.state_numbers() {
            0 => String::new(),
            memory => format!(" and {memory} numbers of optimizer state"),
        };
        Some(format!(
            "tiled or streamed: thread, subgroup and workgroup mappings take up to {MAX_REGISTER_NUMBERS} numbers \
             (parameters and optimizer state); {} has {} parameters{remembered}",
            work.shape,
            work.shape.parameters()
        ))
    }

    fn memory_refusal(&self, work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let (bytes, most) = (self.workgroup_bytes(work), limits.workgroup_storage);
        (bytes > most)
            .then(|| format!("a mapping that needs at most {most} bytes of workgroup memory; this one needs {bytes}"))
    }

    fn subgroup_refusal(&self, limits: &DeviceLimits) -> Option<String> {
        let Self::Subgroup { lanes, workgroup } = *self else { return None };
        match limits.subgroups {
            SubgroupSupport::Missing => Some("a mapping without subgroups: this device has none".into()),
            SubgroupSupport::NotLinear => {
                Some("a mapping without subgroups: this device's subgroup lanes are not in thread order".into())
            }
            SubgroupSupport::Linear { least, most } if lanes > least || workgroup < most => Some(format!(
                "at most {least} lanes per model and at least {most} invocations per workgroup (this device's subgroup \
                 sizes)"
            )),
            SubgroupSupport::Linear { .. } => None,
        }
    }

    /// Invocations per workgroup.
    pub fn workgroup_size(&self) -> u32 {
        match *self {
            Self::Thread { workgroup }
            | Self::Subgroup { workgroup, .. }
            | Self::Workgroup { workgroup, .. }
            | Self::Tiled { workgroup, .. }
            | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// Points per tile; `None` for lane mappings.
    pub fn tile(&self) -> Option<u32> {
        match *self {
            Self::Tiled { tile, .. } | Self::Streamed { tile, .. } => Some(tile),
            _ => None,
        }
    }

    /// Invocations per model.
    pub fn lanes(&self) -> u32 {
        match *self {
            Self::Thread { .. } => 1,
            Self::Subgroup { lanes, .. } | Self::Workgroup { lanes, .. } => lanes,
            Self::Tiled { workgroup, .. } | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// Memory layout of a model; `None` for lane mappings.
    pub fn tiling(&self, work: &KernelSpec) -> Option<Tiling> {
        let split = matches!(self, Self::Tiled { .. });
        self.tile().map(|tile| Tiling::new(work, self.workgroup_size(), tile, split))
    }

    /// Numbers per model in storage: its parameters, and its gradient sums (0 unless they are in storage).
    pub fn stored(&self, work: &KernelSpec) -> [usize; 2] {
        match self.tiling(work) {
            None => [work.shape.parameters(), 0],
            Some(tiling) => {
                let streamed = matches!(self, Self::Streamed { .. });
                [4 * tiling.model_vec4s as usize, if streamed { 4 * tiling.grad_vec4s as usize } else { 0 }]
            }
        }
    }

    /// Bytes of workgroup memory: the sum of the `var<workgroup>` declarations that an entry point uses, each rounded
    /// up to 16 bytes. WebGPU counts them so, and so no driver needs more, in whatever order it places them.
    pub fn workgroup_bytes(&self, work: &KernelSpec) -> u32 {
        let workgroup = self.workgroup_size();
        let numbers = |count: u32| (4 * count).next_multiple_of(16);
        let Some((tile, tiling)) = self.tile().zip(self.tiling(work)) else {
            let exchanged = work.shape.parameters() as u32 + 1;
            return if matches!(self, Self::Workgroup { .. }) { numbers(exchanged * workgroup) } else { 0 };
        };
        let rows = if work.is_full() { 0 } else { numbers(tile) };
        let squares = if work.clips() { numbers(2 * workgroup) } else { 0 };
        let kept = if matches!(self, Self::Tiled { .. }) { tiling.model_vec4s + tiling.grad_vec4s } else { 0 };
        // Two peaks and a flag (training), or a peak and two counts (evaluation).
        let single = 3 * numbers(1);
        // Signals and deltas; logits; losses.
        16 * (2 * tile * tiling.stride + kept) + numbers(tile) + numbers(workgroup) + rows + squares + single
    }

    /// Steps in an epoch; a step is the smallest unit of work of a dispatch: an epoch or a tile of points.
    pub fn steps_per_epoch(&self, work: &KernelSpec) -> u32 {
        match *self {
            Self::Streamed { tile, .. } => work.tiles(tile),
            _ => 1,
        }
    }

    /// Iterations of the kernel's outer loop in a step.
    pub fn iterations_per_step(&self, work: &KernelSpec) -> u32 {
        match *self {
            Self::Tiled { tile, .. } => work.tiles(tile),
            _ => 1,
        }
    }

    /// Upper bound on the loop iterations of one invocation in a step.
    pub fn iterations(&self, work: &KernelSpec, limits: &DeviceLimits) -> u64 {
        iteration_bounds::step(*self, work, limits.lanes)
    }

    /// Points that one dispatch may evaluate when a training dispatch has `steps` steps: a multiple of the chunk whose
    /// losses are summed separately, so that the sums do not depend on how dispatches are split.
    pub fn points_per_dispatch(&self, work: &KernelSpec, steps: u32, limits: &DeviceLimits) -> u32 {
        let chunk = match self.tile() {
            Some(tile) => u64::from(tile),
            None => iteration_bounds::LOSS_TERMS * u64::from(self.lanes()),
        };
        let rows = (work.rows as u64).div_ceil(u64::from(self.steps_per_epoch(work)));
        let paced = (rows * u64::from(steps)).div_ceil(chunk);
        let per_chunk = iteration_bounds::evaluated_chunk(*self, work).max(1);
        let most =
            u64::from(limits.loop_iterations).saturating_sub(iteration_bounds::evaluation(*self, work)) / per_chunk;
        (chunk * paced.min(most).clamp(1, (1 << 20) / chunk)) as u32
    }

    /// Workgroups that `models` models need.
    pub fn workgroups(&self, models: u32) -> u32 {
        (models * self.lanes().min(self.workgroup_size())).div_ceil(self.workgroup_size())
    }
}

fn data_refusal(work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
    let (bytes, most) = (points_bytes(work.shape.features(), work.rows), limits.storage_binding);
    (bytes > most).then(|| format!("a data set of at most {most} bytes on this device; this one needs {bytes}"))
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thread { workgroup } => write!(f, "thread-{workgroup}"),
            Self::Subgroup { lanes, workgroup } => write!(f, "subgroup-{lanes}-{workgroup}"),
            Self::Workgroup { lanes, workgroup } => write!(f, "workgroup-{lanes}-{workgroup}"),
            Self::Tiled { workgroup, tile } => write!(f, "tiled-{workgroup}-{tile}"),
            Self::Streamed { workgroup, tile } => write!(f, "streamed-{workgroup}-{tile}"),
        }
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
