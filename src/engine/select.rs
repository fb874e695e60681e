//! Which engine and device, and why: `--device auto | gpu | cpu | reference | INDEX-or-NAME`.

use super::cpu::CpuEngine;
use super::gpu::GpuEngine;
use super::gpu::device::{DRIVER_HELP, Listed, adapters, describe};
use super::reference::ReferenceEngine;
use super::{Engine, EngineInfo};
use crate::error::{Error, Result};
use std::str::FromStr;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A hardware GPU if there is one, else the cpu engine.
    Auto,
    /// The best adapter, hardware first.
    Gpu,
    Cpu,
    Reference,
    /// An adapter's index, or a part of its name.
    Adapter(String),
}

impl FromStr for Choice {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "auto" => Self::Auto,
            "gpu" => Self::Gpu,
            "cpu" => Self::Cpu,
            "reference" => Self::Reference,
            "" => return Err(Error::setting("--device", "\"\"", "auto, gpu, cpu, reference, or an index or name")),
            other => Self::Adapter(other.to_owned()),
        })
    }
}

/// An engine, and why it was taken.
pub struct Selected {
    pub engine: Box<dyn Engine>,
    /// One line for people.
    pub reason: String,
}

/// Opens the engine that `choice` means.
///
/// # Errors
/// [`Error::Device`] with what was found, where there is no such device.
pub fn select(choice: &Choice) -> Result<Selected> {
    match choice {
        Choice::Auto => auto(),
        Choice::Gpu => adapter("no GPU adapter found".into(), |_| true),
        Choice::Cpu => cpu("as asked"),
        Choice::Reference => Ok(selected(Box::new(ReferenceEngine::default()), "as asked")),
        Choice::Adapter(wanted) => {
            let lower = wanted.to_lowercase();
            let index = wanted.parse::<usize>().ok();
            adapter(format!("no device {wanted:?}"), |a| {
                index.map_or(a.name.to_lowercase().contains(&lower), |i| i == a.index)
            })
        }
    }
}

fn auto() -> Result<Selected> {
    let hardware = adapters().into_iter().enumerate().find(|(index, a)| !describe(*index, a).software);
    match hardware {
        Some((_, adapter)) => Ok(selected(Box::new(GpuEngine::new(&adapter)?), "the best GPU here")),
        None => cpu("no hardware GPU found"),
    }
}

fn cpu(reason: &str) -> Result<Selected> {
    Ok(selected(Box::new(CpuEngine::new()?), reason))
}

/// The first adapter that `fits`; `missing` begins the message where none does.
fn adapter(missing: String, fits: impl Fn(&Listed) -> bool) -> Result<Selected> {
    let found = adapters();
    let listed: Vec<Listed> = found.iter().enumerate().map(|(index, adapter)| describe(index, adapter)).collect();
    let Some(at) = listed.iter().position(fits) else {
        let names: Vec<String> = listed.iter().map(|a| format!("{} {:?}", a.index, a.name)).collect();
        let there = ["cpu".to_owned(), "reference".to_owned()].into_iter().chain(names).collect::<Vec<_>>().join(", ");
        return Err(Error::Device(format!("{missing}; there are: {there}; {DRIVER_HELP}")));
    };
    let reason = if listed[at].software { "warning: a software adapter, slower than cpu" } else { "as asked" };
    Ok(selected(Box::new(GpuEngine::new(&found[at])?), reason))
}

fn selected(engine: Box<dyn Engine>, why: &str) -> Selected {
    let EngineInfo { engine: name, device, driver, .. } = engine.info();
    let reason = format!("{name}: {device}, {driver} ({why})");
    Selected { engine, reason }
}
