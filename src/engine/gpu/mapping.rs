//! Maps models to GPU threads.

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
/// Points whose losses share one logarithm (`LOSS_TERMS` in `shaders/lanes.wgsl`).
pub const LOSS_TERMS: u64 = 64;
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
            size(w).zip(points).filter(|(w, p)| u64::from(*p) <= LOSS_TERMS * u64::from(*w))
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

    /// Workgroups that `models` models need.
    pub fn workgroups(&self, models: u32) -> u32 {
        (models * self.lanes().min(self.workgroup_size())).div_ceil(self.workgroup_size())
    }
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
