//! `gpu-sweep devices`: lists what `--device` can choose from.

use super::Exit;
use super::verbosity::{Verbosity, bold};
use crate::Error;
use crate::cli::ExitCode;
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::device::{DRIVER_HELP, Environment, ListedAdapter, list};
use crate::engine::reference::ReferenceEngine;
use crate::engine::{Engine, EngineInfo, EngineKind};
use serde_json::json;
use std::fmt::Write;

/// Flags of `devices`.
#[derive(Debug, clap::Args)]
pub struct DevicesArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Lists engines and adapters.
pub fn run(args: DevicesArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.json };
    let sets = CpuEngine::instruction_sets();
    let engines = [cpu(), ReferenceEngine::default().info().clone()];
    // If a driver cannot start its threads, the other engines can still be listed.
    let (adapters, trouble) = match list() {
        Ok(adapters) => (adapters, None),
        Err(Error::Device(why)) => (Vec::new(), Some(why)),
        Err(other) => return Err(other.into()),
    };
    let environment = Environment::read().effects();
    let mut text = format!("{}\n", bold("--device    what it is"));
    let also = [format!("; --isa: {}", sets.join(", ")), String::new()];
    for (info, also) in engines.iter().zip(also) {
        let _ = writeln!(text, "{:<10}  {}, {}{also}", info.engine, info.device, info.driver_and_threads());
    }
    adapters.iter().for_each(|adapter| text += &described(adapter));
    match &trouble {
        Some(why) => text += &format!("\nGPU search skipped: {why}\n"),
        None if adapters.is_empty() => text += &format!("\nno GPU adapter found; {DRIVER_HELP}\n"),
        None => {}
    }
    environment.iter().for_each(|effect| text += &format!("\n{effect}\n"));
    output.show(&text)?;
    output.object(
        || json!({ "engines": engines, "instruction_sets": sets, "adapters": adapters, "trouble": trouble, "environment": environment }),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Info of the cpu engine, even if it cannot start a thread now.
fn cpu() -> EngineInfo {
    let none = |why: Error| EngineInfo {
        engine: EngineKind::Cpu,
        device: "can't start now".into(),
        driver: why.to_string(),
        threads: None,
        software: false,
    };
    CpuEngine::new().map_or_else(none, |engine| engine.info().clone())
}

/// Describes an adapter in a few lines.
fn described(adapter: &ListedAdapter) -> String {
    let kind = match adapter.kind.as_str() {
        "DiscreteGpu" => "discrete GPU",
        "IntegratedGpu" => "integrated GPU",
        "VirtualGpu" => "virtual GPU",
        "Cpu" => "software adapter",
        other => other,
    };
    let [least, most] = adapter.subgroup_sizes;
    let lanes = if least == most { least.to_string() } else { format!("{least} to {most}") };
    let binding = bytes(adapter.storage_binding_bytes);
    let (shared, threads) = (bytes(adapter.workgroup_storage_bytes.into()), adapter.workgroup_invocations);
    let features = if adapter.features.is_empty() { "none".to_owned() } else { adapter.features.join(", ") };
    [
        format!("{:<10}  {}, {kind}, {}\n", adapter.index, adapter.name, adapter.backend),
        format!("{:<10}  driver    {}\n", "", adapter.driver),
        format!("{:<10}  limits    {binding} a buffer, {threads} threads and {shared} a workgroup\n", ""),
        format!("{:<10}  subgroups of {lanes} lanes; features: {features}\n", ""),
    ]
    .concat()
}

/// Human-readable size: `128 MiB`.
fn bytes(n: u64) -> String {
    let units = [(1u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let (size, unit) = units.into_iter().find(|(size, _)| n >= *size).unwrap_or((1, "bytes"));
    // Shows limits such as 4 GiB - 1 byte as 4 GiB.
    format!("{:.0} {unit}", n as f64 / size as f64)
}
