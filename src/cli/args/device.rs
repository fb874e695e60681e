//! Flags of every command that trains: the device, and limits on what engines use.

use super::super::values::between;
use crate::engine::Mapping;
use crate::engine::cpu::CpuOptions;
use crate::engine::gpu::gpu_options::GpuOptions;
use crate::engine::select::{DeviceChoice as One, DeviceList, EngineSettings, Selected, select};
use crate::error::{Error, Result};
use etcetera::BaseStrategy;

#[derive(Debug, clap::Args)]
pub struct DeviceArgs {
    /// auto, gpu, cpu, reference, all, or some of `gpu-sweep devices` [default: auto]
    ///
    /// `auto` takes a hardware GPU if there is one, else the cpu; `gpu` insists on a GPU, a software one if need be;
    /// `reference` is slow 64-bit arithmetic that the others are checked against; `0,1` shares the work out to several
    /// devices of one kind, `all` to all GPUs of the best one's kind.
    #[arg(long, value_name = "DEVICE", default_value = "auto", hide_default_value = true)]
    pub device: String,
    /// Force a layout of models onto the device [default: the engine's choice]
    ///
    /// As run.json names it.
    #[arg(long, value_name = "TEXT")]
    pub mapping: Option<Mapping>,
    #[command(flatten)]
    pub limits: ResourceArgs,
}

/// What engines may use.
#[derive(Debug, clap::Args)]
pub struct ResourceArgs {
    /// Threads of the cpu engine [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads, allow_hyphen_values = true)]
    threads: Option<u32>,
    /// Instruction set of the cpu engine, as `devices` lists them [default: the best]
    ///
    /// avx512, avx2 and neon give the same bits; portable rounds more often, which shows in the last digits.
    #[arg(long, value_name = "NAME")]
    isa: Option<String>,
    /// Keep the bounds checks of the gpu engine's kernels: slower, the same bits
    #[arg(long)]
    checked: bool,
}

impl DeviceArgs {
    /// Opens the selected device; several are an error.
    pub fn select(&self) -> Result<Selected> {
        let devices: DeviceList = self.device.parse()?;
        let several = || Error::setting("--device", &self.device, "a single device here");
        select(devices.only().ok_or_else(several)?, &self.limits.settings())
    }
}

impl ResourceArgs {
    /// Returns the settings for any engine.
    pub fn settings(&self) -> EngineSettings {
        let cpu = CpuOptions { threads: self.threads.unwrap_or(0) as usize, isa: self.isa.clone() };
        EngineSettings { cpu, gpu: GpuOptions { checked: self.checked, cache: cache_folder() } }
    }

    /// Returns the settings of one of several benchmarked engines, without options that apply only to the others.
    pub fn settings_among(&self, device: &One, all: &[One]) -> EngineSettings {
        let EngineSettings { mut cpu, mut gpu } = self.settings();
        let is_cpu = |device: &One| *device == One::Cpu;
        if is_cpu(device) && !all.iter().all(is_cpu) {
            gpu.checked = false;
        }
        if !is_cpu(device) && all.iter().any(is_cpu) {
            cpu = CpuOptions::default();
        }
        // The bench times compilation, so it must not read cached kernels.
        gpu.cache = None;
        EngineSettings { cpu, gpu }
    }
}

/// Folder of compiled kernels and timed mappings; `None` for a user without a home folder.
fn cache_folder() -> Option<std::path::PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.cache_dir().join("gpu-sweep"))
}

/// Maximum number of threads; keeps a mistyped number from overloading the system.
const MOST_THREADS: u32 = 4096;

fn threads(text: &str) -> Result<u32> {
    between(text, 1..=MOST_THREADS)
}
