//! Several devices of one machine: `--device all` or a list such as `0,1`.

use super::super::gpu::device::{DRIVER_HELP, describe, is_software};
use super::gpu_search::{adapters, gpu};
use super::{ALL, DeviceChoice, EngineSettings, Selected, select};
use crate::engine::{Engine, EngineKind};
use crate::error::{Error, Result};
use std::str::FromStr;

/// Requested devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceList {
    /// Every hardware GPU of the same kind as the best one.
    All,
    /// These devices, one or more.
    Each(Vec<DeviceChoice>),
}

impl DeviceList {
    /// Returns the device if there is exactly one in the list.
    pub fn only(&self) -> Option<&DeviceChoice> {
        match self {
            Self::Each(devices) if devices.len() == 1 => devices.first(),
            Self::Each(_) | Self::All => None,
        }
    }
}

impl Default for DeviceList {
    fn default() -> Self {
        DeviceChoice::Auto.into()
    }
}

impl From<DeviceChoice> for DeviceList {
    fn from(device: DeviceChoice) -> Self {
        Self::Each(vec![device])
    }
}

impl std::fmt::Display for DeviceList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str(ALL),
            Self::Each(devices) => {
                f.write_str(&devices.iter().map(DeviceChoice::to_string).collect::<Vec<_>>().join(","))
            }
        }
    }
}

impl FromStr for DeviceList {
    type Err = Error;

    /// Names of devices may contain commas: only keywords and numbers form a list.
    fn from_str(text: &str) -> Result<Self> {
        let plain = |part: &str| EngineKind::named(part).is_some() || part.parse::<u8>().is_ok();
        match text {
            ALL => Ok(Self::All),
            list if list.contains(',') && list.split(',').all(plain) => {
                list.split(',').map(str::parse).collect::<Result<_>>().map(Self::Each)
            }
            one => Ok(Self::Each(vec![one.parse()?])),
        }
    }
}

/// Engines of one kind, and why they were selected.
pub struct SelectedDevices {
    /// One or more.
    pub engines: Vec<Box<dyn Engine>>,
    /// Reason, in one human-readable line.
    pub reason: String,
}

/// Opens the engines of `devices`.
///
/// # Errors
/// As for [`select`]; [`Error::Usage`] for devices of different kinds, whose results must not be mixed;
/// [`Error::Device`] for `all` without a hardware GPU.
pub fn select_several(devices: &DeviceList, settings: &EngineSettings) -> Result<SelectedDevices> {
    match devices {
        DeviceList::All => all(settings),
        DeviceList::Each(devices) => {
            let selected = devices.iter().map(|device| select(device, settings)).collect::<Result<Vec<_>>>()?;
            each(selected)
        }
    }
}

fn each(selected: Vec<Selected>) -> Result<SelectedDevices> {
    let kind = |selected: &Selected| selected.engine.info().bit_identity();
    let (first, number) = (kind(&selected[0]), selected.len());
    if let Some(other) = selected.iter().map(kind).find(|kind| *kind != first) {
        let what = format!("names {first} and {other}, whose results may differ; choose devices of one kind");
        return Err(Error::usage("--device", what));
    }
    let mut reason = selected[0].reason.clone();
    if number > 1 {
        reason = format!("{number} × {reason}");
    }
    Ok(SelectedDevices { engines: selected.into_iter().map(|selected| selected.engine).collect(), reason })
}

/// Opens every GPU through the interface of the best one: the system may list one GPU once per interface.
fn all(settings: &EngineSettings) -> Result<SelectedDevices> {
    let hardware: Vec<_> = adapters()?.into_iter().filter(|adapter| !is_software(adapter)).collect();
    let Some(best) = hardware.first().map(wgpu::Adapter::get_info) else {
        let what = "no hardware GPU found; a software adapter must be asked for by its number or name";
        return Err(Error::Device(format!("{what}; {DRIVER_HELP}")));
    };
    let alike = |adapter: &&wgpu::Adapter| {
        let info = adapter.get_info();
        (info.backend, &info.name) == (best.backend, &best.name)
    };
    let open = |adapter| gpu(adapter, &settings.gpu);
    let engines = hardware.iter().filter(alike).map(open).collect::<Result<Vec<_>>>()?;
    let others: Vec<_> = hardware.iter().filter(|a| !alike(a)).map(|a| describe(0, a).name).collect();
    let mut reason = format!("gpu: {} × {}, {} (all of this kind)", engines.len(), best.name, best.driver_info);
    if !others.is_empty() {
        reason += &format!("; not used, because their results may differ in the last bits: {}", others.join(", "));
    }
    Ok(SelectedDevices { engines, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_make_lists_and_names_with_commas_do_not() {
        let parse = |text: &str| text.parse::<DeviceList>().unwrap();
        let adapter = |name: &str| DeviceChoice::Adapter(name.into());
        assert_eq!(parse("all"), DeviceList::All);
        assert_eq!(parse("cpu"), DeviceList::Each(vec![DeviceChoice::Cpu]));
        assert_eq!(parse("0,1,gpu"), DeviceList::Each(vec![adapter("0"), adapter("1"), DeviceChoice::Gpu]));
        ["all", "cpu", "0,1,gpu"].iter().for_each(|text| assert_eq!(parse(text).to_string(), *text));
        let name = "llvmpipe (LLVM 15.0.6, 256 bits)";
        assert_eq!(parse(name), DeviceList::Each(vec![adapter(name)]));
    }

    #[test]
    fn engines_of_different_kinds_are_refused() {
        let open = |text: &str| select_several(&text.parse().unwrap(), &EngineSettings::default());
        let Err(error) = open("cpu,reference") else { panic!("accepted") };
        assert!(error.to_string().contains("results may differ"), "{error}");
        let threads = |threads| {
            let cpu = crate::engine::cpu::CpuOptions { threads, isa: None };
            select(&DeviceChoice::Cpu, &EngineSettings { cpu, ..EngineSettings::default() }).unwrap()
        };
        // Results do not depend on the number of threads.
        assert_eq!(each(vec![threads(1), threads(2)]).unwrap().engines.len(), 2);
        let both = open("cpu,cpu").unwrap();
        assert!(both.engines.len() == 2 && both.reason.starts_with("2 × cpu: "), "{}", both.reason);
    }
}
