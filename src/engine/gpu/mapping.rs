//! How models lie on invocations, and what stands against it.

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::device_plan::points_bytes;
use super::iteration_bounds;
use super::kernel_spec::KernelSpec;
use super::tiling::Tiling;
use crate::error::{Error, Result};
use std::fmt;

/// How models lie on invocations; its text form is kept with the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// One invocation a model, everything in registers.
    Thread { workgroup: u32 },
    /// As many lanes of a subgroup a model, everything in registers, each with a share of the points.
    Subgroup { lanes: u32, workgroup: u32 },
    /// The same with lanes of a workgroup, which exchange numbers through its memory.
    Workgroup { lanes: u32, workgroup: u32 },
    /// One workgroup a model, in workgroup memory, tile of points by tile.
    Tiled { workgroup: u32, tile: u32 },
    /// The same with the model in storage: for what workgroup memory can't hold.
    Streamed { workgroup: u32, tile: u32 },
}

/// What `--mapping` takes.
const FORMS: &str = "thread-W, subgroup-L-W, workgroup-L-W (L lanes a model), tiled-W-P or streamed-W-P (tiles of P points), \
    with W invocations a workgroup, such as thread-64, subgroup-8-64 or tiled-64-40";
/// Numbers (parameters, and what the optimizer remembers of them) up to which a model lives in registers; unrolled source
/// grows with them, and compile time faster still.
pub const REGISTER_NUMBERS: usize = 105;
/// Most points of a tile.
pub const MOST_TILE: u32 = 256;

impl Mapping {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`Error::Setting`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |t: &str, most: u32| {
            // As it is printed, so that one mapping has one text.
            t.parse::<u32>().ok().filter(|n| (1..=most).contains(n) && n.to_string() == t)
        };
        let size = |t: &str| number(t, 1024).filter(|n| n.is_power_of_two());
        let lanes = |l: &str, w: &str| size(l).zip(size(w)).filter(|(l, w)| (2..=*w).contains(l));
        let tile = |w: &str, p: &str| {
            // A lane gathers the losses of at most 64 points.
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

    /// Whether the device can run this mapping for `work`.
    ///
    /// # Errors
    /// [`Error::Setting`] with the limit that stands against it.
    pub fn check(&self, work: &KernelSpec, limits: &DeviceLimits) -> Result<()> {
        self.refusal(work, limits).map_or(Ok(()), |why| Err(Error::setting("--mapping", self, why)))
    }

    /// What would do instead, where the device can't run this mapping for `work`.
    pub fn refusal(&self, work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let most = limits.loop_iterations;
        let looping = || {
            let beyond = self.iterations(work, limits) > u64::from(most);
            beyond.then(|| format!("a step of at most {most} loop iterations on this device"))
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
        if self.tile().is_some() || work.numbers() <= REGISTER_NUMBERS {
            return None;
        }
        let remembered = match work.state_numbers() {
            0 => String::new(),
            memory => format!(" and remembers {memory} numbers"),
        };
        Some(format!(
            "mappings of lanes for up to {REGISTER_NUMBERS} parameters, with what the optimizer remembers of them; {} has \
             {}{remembered}",
            work.shape,
            work.shape.parameters()
        ))
    }

    fn memory_refusal(&self, work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
        let (bytes, most) = (self.workgroup_bytes(work), limits.workgroup_storage);
        (bytes > most).then(|| format!("what fits in {most} bytes of workgroup memory; this takes {bytes}"))
    }

    fn subgroup_refusal(&self, limits: &DeviceLimits) -> Option<String> {
        let Self::Subgroup { lanes, workgroup } = *self else { return None };
        match limits.subgroups {
            SubgroupSupport::Missing => Some("a mapping without subgroups: this device has none".into()),
            SubgroupSupport::NotLinear => Some(
                "a mapping without subgroups: this device numbers their lanes otherwise than the invocations".into(),
            ),
            SubgroupSupport::Linear { least, most } if lanes > least || workgroup < most => {
                Some(format!("at most {least} lanes and at least {most} invocations: this device's subgroups are such"))
            }
            SubgroupSupport::Linear { .. } => None,
        }
    }

    /// Invocations of one workgroup.
    pub fn workgroup_size(&self) -> u32 {
        match *self {
            Self::Thread { workgroup }
            | Self::Subgroup { workgroup, .. }
            | Self::Workgroup { workgroup, .. }
            | Self::Tiled { workgroup, .. }
            | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// Points in a tile, with the mappings of tiles.
    pub fn tile(&self) -> Option<u32> {
        match *self {
            Self::Tiled { tile, .. } | Self::Streamed { tile, .. } => Some(tile),
            _ => None,
        }
    }

    /// Invocations that work on one model.
    pub fn lanes(&self) -> u32 {
        match *self {
            Self::Thread { .. } => 1,
            Self::Subgroup { lanes, .. } | Self::Workgroup { lanes, .. } => lanes,
            Self::Tiled { workgroup, .. } | Self::Streamed { workgroup, .. } => workgroup,
        }
    }

    /// How a model lies in vectors, with the mappings of tiles.
    pub fn tiling(&self, work: &KernelSpec) -> Option<Tiling> {
        let split = matches!(self, Self::Tiled { .. });
        self.tile().map(|tile| Tiling::new(work, self.workgroup_size(), tile, split))
    }

    /// Numbers that a model's parameters take on the device, and the sums of its gradient, where they lie in storage.
    pub fn stored(&self, work: &KernelSpec) -> [usize; 2] {
        match self.tiling(work) {
            None => [work.shape.parameters(), 0],
            Some(tiling) => {
                let streamed = matches!(self, Self::Streamed { .. });
                [4 * tiling.model as usize, if streamed { 4 * tiling.all_sums as usize } else { 0 }]
            }
        }
    }

    /// Bytes of workgroup memory, as the shaders' `var<workgroup>` declare it.
    pub fn workgroup_bytes(&self, work: &KernelSpec) -> u32 {
        let workgroup = self.workgroup_size();
        let Some((tile, tiling)) = self.tile().zip(self.tiling(work)) else {
            let exchanged = work.shape.parameters() as u32 + 1;
            return if matches!(self, Self::Workgroup { .. }) { 4 * exchanged * workgroup } else { 0 };
        };
        let rows = if work.is_full() { 0 } else { tile };
        let squares = if work.clips() { 2 * workgroup } else { 0 };
        let kept = if matches!(self, Self::Tiled { .. }) { tiling.model + tiling.all_sums } else { 0 };
        // Signals and deltas; logits; losses; two peaks and a flag to train with, a peak and two counts to evaluate with.
        16 * (2 * tile * tiling.stride + kept) + 4 * (tile + workgroup + rows + squares + 4)
    }

    /// Steps in an epoch: a step is the smallest piece of work that a dispatch can do, an epoch itself or a tile of points.
    pub fn steps_per_epoch(&self, work: &KernelSpec) -> u32 {
        match *self {
            Self::Streamed { tile, .. } => work.tiles(tile),
            _ => 1,
        }
    }

    /// Turns that the kernel makes in a step.
    pub fn turns_per_step(&self, work: &KernelSpec) -> u32 {
        match *self {
            Self::Tiled { tile, .. } => work.tiles(tile),
            _ => 1,
        }
    }

    /// Upper bound of the loop iterations that one invocation makes in a step.
    pub fn iterations(&self, work: &KernelSpec, limits: &DeviceLimits) -> u64 {
        iteration_bounds::step(*self, work, limits.lanes)
    }

    /// Points that one dispatch may evaluate, given the steps that a training dispatch does now: a multiple of the number
    /// of points whose losses are summed apart, so that sums are the same however they are cut.
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

    /// Workgroups for `models` models.
    pub fn workgroups(&self, models: u32) -> u32 {
        (models * self.lanes().min(self.workgroup_size())).div_ceil(self.workgroup_size())
    }
}

fn data_refusal(work: &KernelSpec, limits: &DeviceLimits) -> Option<String> {
    let (bytes, most) = (points_bytes(work.shape.features(), work.rows), limits.storage_binding);
    (bytes > most).then(|| format!("data of up to {most} bytes on this device; these take {bytes}"))
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
