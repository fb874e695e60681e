//! Alternatives to gpu-sweep in Rust: burn or candle, one network after the other.
//!
//! ```text
//! cargo build --release --manifest-path benches/rust_rivals/Cargo.toml
//! benches/rust_rivals/target/release/rust-rivals NAME --problem problem.npz --models 20 [--epochs N]
//! ```
//!
//! NAME is `burn-flex`, `burn-ndarray`, `burn-wgpu` (on Vulkan) or `candle` (on the CPU). The problem is a file written
//! by `Problem.save` of `benches/peers/problem.py`. `--models` of its models are trained, evenly spread. Standard
//! output gets one line of JSON: `name`, `version`, `backend`, for wgpu `adapter`, `models` (their indices), `seconds`
//! (`start`, `warm_up`, `train`) and `losses` (the last one of each model, null if it is not finite). Exit code 2 means
//! invalid input, 1 a library failure.
//!
//! Set `RAYON_NUM_THREADS=1` for `candle`, as an informed user would: it splits even the smallest matrix products among
//! threads, and waiting for them takes several times as long as computing. Leave it unset for `burn-ndarray`, which is
//! slower with it; `burn-flex` is not affected.
//!
//! Building needs no system library; `burn-wgpu` loads the system's Vulkan driver at run time. With `--features spirv`
//! burn compiles its kernels to SPIR-V itself instead of leaving that to wgpu.

mod burn_rival;
mod candle_rival;
mod error;
mod problem;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use serde::Serialize;

use crate::burn_rival::Burn;
use crate::candle_rival::Candle;
use crate::error::{Error, Result};
use crate::problem::{Model, Problem};

/// Untimed epochs at the start: enough for a GPU backend to compile, tune and fuse all that training needs.
const WARM_UP: usize = 20;

#[derive(Parser)]
#[command(about = "Trains small networks one at a time with burn or candle")]
struct Args {
    name: Name,
    /// The rows, initial weights and learning rates, as npz
    #[arg(long)]
    problem: PathBuf,
    /// How many models to train, evenly spread over all
    #[arg(long, default_value_t = 20)]
    models: usize,
    /// Instead of as many as the problem says
    #[arg(long)]
    epochs: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Name {
    BurnFlex,
    BurnNdarray,
    BurnWgpu,
    Candle,
}

/// A library that holds the rows and trains one network at a time on them.
trait Rival {
    /// Trains for `epochs` epochs; returns the losses before epochs 0, `every`, 2 `every`, ... and after the last one.
    fn train(&self, model: &Model, epochs: usize, every: usize) -> Result<Vec<f32>>;

    /// Waits until the device has finished all submitted work.
    fn sync(&self) -> Result<()>;

    fn backend(&self) -> &str;

    fn adapter(&self) -> Option<&str> {
        None
    }
}

#[derive(Serialize)]
struct Report {
    name: Name,
    version: &'static str,
    backend: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    adapter: Option<String>,
    models: Vec<usize>,
    seconds: Seconds,
    losses: Vec<f32>,
}

#[derive(Serialize)]
struct Seconds {
    start: f64,
    warm_up: f64,
    train: f64,
}

impl Name {
    fn start(self, problem: &Problem) -> Result<Box<dyn Rival>> {
        Ok(match self {
            Name::BurnFlex => Box::new(Burn::flex(problem)),
            Name::BurnNdarray => Box::new(Burn::ndarray(problem)),
            Name::BurnWgpu => Box::new(Burn::wgpu(problem)?),
            Name::Candle => Box::new(Candle::new(problem)?),
        })
    }

    fn library(self) -> &'static str {
        match self {
            Name::BurnFlex | Name::BurnNdarray | Name::BurnWgpu => "burn",
            Name::Candle => "candle-core",
        }
    }
}

fn main() -> ExitCode {
    match Args::try_parse().map_or_else(refuse, |args| run(&args)) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}", error.line());
            ExitCode::from(error.code())
        }
    }
}

/// Returns help text as output; for a usage error, only what is wrong, without clap's paragraph on usage.
fn refuse(error: clap::Error) -> Result<String> {
    let text = error.to_string();
    if !error.use_stderr() {
        return Ok(text.trim_end().into());
    }
    let lines: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    Err(Error::Input(lines.join(" ").trim_start_matches("error: ").into()))
}

fn run(args: &Args) -> Result<String> {
    let problem = Problem::load(&args.problem)?;
    let sample = problem.sample(args.models)?;
    let epochs = problem.epochs(args.epochs)?;
    let clock = Instant::now();
    let rival = args.name.start(&problem)?;
    rival.sync()?;
    let start = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    rival.train(&problem.model(sample[0]), epochs.min(WARM_UP), problem.every)?;
    rival.sync()?;
    let warm_up = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    let losses = train_all(rival.as_ref(), &problem, &sample, epochs)?;
    let train = clock.elapsed().as_secs_f64();
    let report = Report {
        name: args.name,
        version: version(args.name.library()),
        backend: rival.backend().into(),
        adapter: rival.adapter().map(Into::into),
        models: sample,
        seconds: Seconds { start, warm_up, train },
        losses,
    };
    serde_json::to_string(&report).map_err(|error| Error::Library(error.to_string()))
}

/// Trains the models one after the other; returns the last loss of each.
fn train_all(rival: &dyn Rival, problem: &Problem, sample: &[usize], epochs: usize) -> Result<Vec<f32>> {
    let mut last = Vec::with_capacity(sample.len());
    for &index in sample {
        let losses = rival.train(&problem.model(index), epochs, problem.every)?;
        last.extend(losses.last());
    }
    rival.sync()?;
    Ok(last)
}

/// The version of a package in this program's lock file.
fn version(package: &str) -> &'static str {
    let head = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = include_str!("../Cargo.lock").split_once(&head).expect("the lock file names every dependency");
    rest.split('"').next().unwrap_or_default()
}
