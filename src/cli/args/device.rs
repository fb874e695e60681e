//! Which engine, and what it may use: flags of all that trains.

use super::super::values::between;
use etcetera::BaseStrategy;
use gpu_sweep::engine::cpu::Limits;
use gpu_sweep::engine::gpu::options::Options;
use gpu_sweep::engine::select::{Device as One, Devices, Selected, Settings, select};
use gpu_sweep::error::{Error, Result};

#[derive(Debug, clap::Args)]
pub struct Device {
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
    pub mapping: Option<String>,
    #[command(flatten)]
    pub limits: Resources,
}

/// What engines may use.
#[derive(Debug, clap::Args)]
pub struct Resources {
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

impl Device {
    /// Opens what was asked for, one device.
    pub fn select(&self) -> Result<Selected> {
        match self.device.parse()? {
            Devices::Each(devices) if devices.len() == 1 => select(&devices[0], &self.limits.settings()),
            _ => Err(Error::setting("--device", &self.device, "a single device here")),
        }
    }
}

impl Resources {
    /// For any engine.
    pub fn settings(&self) -> Settings {
        let cpu = Limits { threads: self.threads.unwrap_or(0) as usize, isa: self.isa.clone() };
        Settings { cpu, gpu: Options { checked: self.checked, cache: cache_folder() } }
    }

    /// For one of several engines in a bench: what is meant for another of them is none of its business.
    pub fn settings_among(&self, device: &One, all: &[One]) -> Settings {
        let Settings { mut cpu, mut gpu } = self.settings();
        let is_cpu = |device: &One| *device == One::Cpu;
        if is_cpu(device) && !all.iter().all(is_cpu) {
            gpu.checked = false;
        }
        if !is_cpu(device) && all.iter().any(is_cpu) {
            cpu = Limits::default();
        }
        // Compiling is to be timed, not reading what was compiled before.
        gpu.cache = None;
        Settings { cpu, gpu }
    }
}

/// Where compiled kernels and timed mappings are kept; nowhere for a user without a home.
fn cache_folder() -> Option<std::path::PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.cache_dir().join("gpu-sweep"))
}

/// So many threads that a mistyped number does not bring the system down.
const MOST_THREADS: u32 = 4096;

fn threads(text: &str) -> Result<u32> {
    between(text, 1..=MOST_THREADS)
}
