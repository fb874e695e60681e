//! How models lie on the invocations of a GPU.

use std::fmt;

/// Mapping of models to invocations; its text form is saved with the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GpuMapping {
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

impl GpuMapping {
    /// Number of points with one common logarithm for their losses, with one output (`LOSS_TERMS` in the shaders).
    pub const LOSS_TERMS: u64 = 64;
    /// Most points per tile.
    pub const MOST_TILE: u32 = 256;
    /// Describes the text forms.
    pub const FORMS: &str = "thread-W, subgroup-L-W, workgroup-L-W (L lanes per model), tiled-W-P or streamed-W-P \
        (tiles of P points), with W invocations per workgroup, such as thread-64, subgroup-8-64 or tiled-64-40";

    /// Reads the text form; `None` for any other text.
    pub fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |t: &str, most: u32| t.parse::<u32>().ok().filter(|n| (1..=most).contains(n));
        let size = |t: &str| number(t, 1024).filter(|n| n.is_power_of_two());
        let lanes = |l: &str, w: &str| size(l).zip(size(w)).filter(|(l, w)| (2..=*w).contains(l));
        let tile = |w: &str, p: &str| {
            // A lane may gather the losses of at most 64 points before a flush.
            let points = number(p, Self::MOST_TILE).filter(|p| p.is_multiple_of(4));
            size(w).zip(points).filter(|(w, p)| u64::from(*p) <= Self::LOSS_TERMS * u64::from(*w))
        };
        match parts[..] {
            ["thread", w] => size(w).map(|workgroup| Self::Thread { workgroup }),
            ["subgroup", l, w] => lanes(l, w).map(|(lanes, workgroup)| Self::Subgroup { lanes, workgroup }),
            ["workgroup", l, w] => lanes(l, w).map(|(lanes, workgroup)| Self::Workgroup { lanes, workgroup }),
            ["tiled", w, p] => tile(w, p).map(|(workgroup, tile)| Self::Tiled { workgroup, tile }),
            ["streamed", w, p] => tile(w, p).map(|(workgroup, tile)| Self::Streamed { workgroup, tile }),
            _ => None,
        }
    }
}

impl fmt::Display for GpuMapping {
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
