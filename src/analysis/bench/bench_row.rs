//! The engines of a benchmark, and a row of its report.

use crate::engine::{DeviceCeiling, Engine, EngineInfo, Mapping, Phase};
use serde::{Serialize, Serializer};

/// An engine and the time it took to open.
pub struct Contestant {
    /// Opened engine, ready to train.
    pub engine: Box<dyn Engine>,
    /// Seconds to open the engine.
    pub start_up: f64,
}

/// A device in the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchDevice {
    /// Engine and device.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// Seconds to open the engine.
    pub start_up: f64,
    /// Attainable throughput; `None` if the engine does not measure it.
    pub ceiling: Option<DeviceCeiling>,
}

/// Result of one workload on one engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchRow {
    /// Workload name: `W`, `W2`, ...; `growth` for growing numbers of models.
    pub work: String,
    /// Human-readable description of the workload.
    pub title: String,
    /// Index into the report's devices.
    pub device_index: usize,
    /// Engine and device that ran it.
    #[serde(flatten)]
    pub info: EngineInfo,
    /// Mapping of models to the hardware; `None`, in JSON an empty text, if the engine cannot run the workload.
    #[serde(serialize_with = "text_or_empty")]
    pub mapping: Option<Mapping>,
    /// Models trained.
    pub models: u64,
    /// Epochs per model; fewer than `epochs_uncut` if time is short.
    pub epochs: u32,
    /// Epochs per model of the complete workload.
    pub epochs_uncut: u32,
    /// `None` if the engine cannot run the workload or its results differ from the other engines'.
    pub measured: Option<Measured>,
    /// Reason for a missing time; otherwise what the results were compared with.
    pub note: String,
}

fn text_or_empty<S: Serializer>(mapping: &Option<Mapping>, serializer: S) -> Result<S::Ok, S::Error> {
    match mapping {
        Some(mapping) => serializer.collect_str(mapping),
        None => serializer.serialize_str(""),
    }
}

/// Run times and the throughput derived from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Seconds of each training run, from submitting the job to receiving the last result.
    pub runs: Vec<f64>,
    /// Median of `runs`.
    pub median: f64,
    /// Extra seconds of the first run over a later one: kernel compilation, upload of points.
    pub compile: f64,
    /// Median seconds of each phase of a run, as reported by the engine. Phases may overlap.
    pub phases: Vec<Phase>,
    /// Models × epochs per second.
    pub model_epochs_per_second: f64,
    /// Models × epochs × points per second.
    pub sample_steps_per_second: f64,
    /// Multiplications and additions per second.
    pub flop_per_second: f64,
    /// `flop_per_second` as a share of the device's ceiling.
    pub share_of_flop: Option<f64>,
    /// Memory traffic per second that every mapping needs: parameters, points and results cross the memory once.
    pub bytes_per_second: f64,
    /// `bytes_per_second` as a share of the device's copy ceiling.
    pub share_of_copy: Option<f64>,
    /// Multiplications and additions per byte of that traffic.
    pub flop_per_byte: f64,
}

impl Measured {
    /// Returns the seconds of the shortest and of the longest run.
    pub fn spread(&self) -> [f64; 2] {
        self.runs.iter().fold([f64::INFINITY, 0.0], |[low, high], run| [low.min(*run), high.max(*run)])
    }
}
