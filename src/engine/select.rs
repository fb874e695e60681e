//! Selects engines and devices: `--device auto | gpu | cpu | reference | INDEX-or-NAME`, several separated by commas,
//! or `all`.

#[cfg(feature = "native")]
mod gpu_search;
#[cfg(not(feature = "native"))]
#[path = "select/no_gpu_search.rs"]
mod gpu_search;
mod several;

pub use several::{DeviceList, SelectedDevices, select_several};

use super::cpu::{CpuEngine, CpuOptions};
use super::gpu::device::{DRIVER_HELP, ListedAdapter, describe, is_software};
use super::gpu::gpu_options::GpuOptions;
use super::reference::ReferenceEngine;
use super::{Engine, EngineInfo, EngineKind};
use crate::error::{Error, Result, one_of, quoted};
use gpu_search::{adapters, gpu, is_named_by_environment, room_for_driver};
use std::iter;
use std::str::FromStr;
use strum::VariantArray;

/// Values of `--device` for the best device and for all GPUs of a kind.
const AUTO: &str = "auto";
const ALL: &str = "all";

/// A requested device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A hardware GPU, or the adapter that the environment names; the cpu engine if there is none.
    Auto,
    /// The best adapter, hardware first.
    Gpu,
    /// The cpu engine: f32, by default on all cores.
    Cpu,
    /// The reference engine: f64, plain loops, slow.
    Reference,
    /// Index of an adapter, or a part of its name.
    Adapter(String),
}

impl DeviceChoice {
    /// Returns the request for a device on which the results have the same bits. For a GPU that is the same one; any
    /// processor will do, since the mapping says what it must support.
    pub fn like(info: &EngineInfo) -> Self {
        match info.engine {
            EngineKind::Gpu => Self::Adapter(info.device.clone()),
            kind @ (EngineKind::Cpu | EngineKind::Reference) => kind.into(),
        }
    }
}

impl From<EngineKind> for DeviceChoice {
    fn from(kind: EngineKind) -> Self {
        match kind {
            EngineKind::Gpu => Self::Gpu,
            EngineKind::Cpu => Self::Cpu,
            EngineKind::Reference => Self::Reference,
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.trim().to_lowercase().as_str() {
            AUTO => Self::Auto,
            "" => {
                return Err(Error::setting(
                    "--device",
                    "\"\"",
                    "auto, gpu, cpu, reference, all, or an index or name that gpu-sweep devices lists",
                ));
            }
            word => EngineKind::named(word).map_or_else(|| Self::Adapter(text.to_owned()), Self::from),
        })
    }
}

impl std::fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => AUTO,
            Self::Gpu => EngineKind::Gpu.name(),
            Self::Cpu => EngineKind::Cpu.name(),
            Self::Reference => EngineKind::Reference.name(),
            Self::Adapter(wanted) => wanted,
        })
    }
}

/// Settings of all engines; each engine reads its own part.
#[derive(Debug, Clone, Default)]
pub struct EngineSettings {
    /// Threads and instruction set of the cpu engine.
    pub cpu: CpuOptions,
    /// How the gpu engine opens a device.
    pub gpu: GpuOptions,
}

/// An engine, and why it was selected.
pub struct Selected {
    /// Opened, ready to train.
    pub engine: Box<dyn Engine>,
    /// Reason, in one human-readable line.
    pub reason: String,
}

/// Opens the engine of `device`.
///
/// # Errors
/// [`Error::Setting`] if the processor lacks the requested instruction set, or if no device has that index or name; the
/// message lists those that exist. [`Error::Usage`] for a setting that only another engine reads. [`Error::Device`] if
/// there is no GPU adapter, or if it can't be opened.
pub fn select(device: &DeviceChoice, settings: &EngineSettings) -> Result<Selected> {
    let selected = open_one(device, settings)?;
    let EngineSettings { cpu: CpuOptions { threads, isa }, gpu: GpuOptions { checked, .. } } = settings;
    let engine = selected.engine.info().engine;
    match (engine, isa, threads, checked) {
        (EngineKind::Cpu | EngineKind::Reference, _, _, true) => Err(only(EngineKind::Gpu, "--checked", "", engine)),
        (EngineKind::Cpu, _, _, false) | (EngineKind::Gpu | EngineKind::Reference, None, 0, _) => Ok(selected),
        (EngineKind::Gpu | EngineKind::Reference, Some(isa), ..) => Err(only(EngineKind::Cpu, "--isa", isa, engine)),
        (EngineKind::Gpu | EngineKind::Reference, None, threads, _) => {
            Err(only(EngineKind::Cpu, "--threads", threads, engine))
        }
    }
}

fn only(device: EngineKind, flag: &str, value: impl ToString, engine: EngineKind) -> Error {
    let what = format!("only applies to --device {device}; this run uses the {engine} engine");
    Error::usage(format!("{flag} {}", value.to_string()).trim_end(), what)
}

fn open_one(device: &DeviceChoice, settings: &EngineSettings) -> Result<Selected> {
    match device {
        DeviceChoice::Auto => auto(settings),
        DeviceChoice::Gpu => open(&listed_adapters()?, 0, settings),
        DeviceChoice::Cpu => cpu("as requested", &settings.cpu),
        DeviceChoice::Reference => Ok(selected(Box::new(ReferenceEngine::default()), "as requested")),
        DeviceChoice::Adapter(wanted) => {
            let found = listed_adapters()?;
            let at = position(wanted, &found).ok_or_else(|| unknown(wanted, &found))?;
            open(&found, at, settings)
        }
    }
}

fn auto(settings: &EngineSettings) -> Result<Selected> {
    if let Err(why) = room_for_driver() {
        return cpu(&format!("GPU search skipped: {why}"), &settings.cpu);
    }
    // A software adapter is used only on request: by a flag, or by its name in the environment.
    let is_named = is_named_by_environment();
    let best = adapters()?.into_iter().find(|adapter| is_named || !is_software(adapter));
    let reason = if is_named { "named by WGPU_ADAPTER_NAME" } else { "best GPU found" };
    match best {
        Some(adapter) => Ok(selected(gpu(&adapter, &settings.gpu)?, reason)),
        None => cpu("no hardware GPU found", &settings.cpu),
    }
}

fn cpu(reason: &str, limits: &CpuOptions) -> Result<Selected> {
    Ok(selected(Box::new(CpuEngine::with_options(limits)?), reason))
}

fn listed_adapters() -> Result<Vec<(ListedAdapter, wgpu::Adapter)>> {
    Ok(adapters()?.into_iter().enumerate().map(|(index, adapter)| (describe(index, &adapter), adapter)).collect())
}

/// Finds the adapter with this index, or else the first with this text in its name. One or two digits are always an
/// index: a request for a missing second GPU must not select the first one because its name contains a 1.
fn position(wanted: &str, found: &[(ListedAdapter, wgpu::Adapter)]) -> Option<usize> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() || (wanted.len() <= 2 && wanted.bytes().all(|b| b.is_ascii_digit())) {
        return wanted.parse().ok().filter(|index| *index < found.len());
    }
    found.iter().position(|(listed, _)| listed.name.to_lowercase().contains(&wanted))
}

fn unknown(wanted: &str, found: &[(ListedAdapter, wgpu::Adapter)]) -> Error {
    let engines = EngineKind::VARIANTS.iter().map(|kind| kind.name());
    let words: Vec<&str> = iter::once(AUTO).chain(engines).chain([ALL]).collect();
    let listed = found.iter().map(|(listed, _)| format!("{} ({})", listed.index, listed.name));
    let names: Vec<String> = words.iter().map(|word| (*word).to_owned()).chain(listed).collect();
    let error = Error::setting("--device", quoted(wanted), one_of(&names));
    error.or_closest(wanted, words)
}

fn open(found: &[(ListedAdapter, wgpu::Adapter)], at: usize, settings: &EngineSettings) -> Result<Selected> {
    let Some((listed, adapter)) = found.get(at) else {
        return Err(Error::Device(format!("no GPU adapter found, only the engines cpu and reference; {DRIVER_HELP}")));
    };
    let reason = if listed.software { "warning: a software adapter, slower than cpu" } else { "as requested" };
    Ok(selected(gpu(adapter, &settings.gpu)?, reason))
}

fn selected(engine: Box<dyn Engine>, why: &str) -> Selected {
    let info = engine.info();
    let reason = format!("{}: {}, {} ({why})", info.engine, info.device, info.driver_and_threads());
    Selected { engine, reason }
}
