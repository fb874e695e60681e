//! `gpu-sweep bench`: measures this machine's speed and from how many models on its GPU is the faster device.

mod table;

use super::Exit;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::values::between;
use super::verbosity::Verbosity;
use crate::analysis::bench::{BenchReport, BenchSettings, Contestant, Workload, bench, works};
use crate::cli::ExitCode;
use crate::engine::gpu::device::list;
use crate::engine::select::{DeviceChoice, Selected, select};
use crate::error::{Error, Result, one_of, quoted};
use crate::plot::{self, Picture, RooflinePlot, ScalingPlot};
use crate::study::RunRecord;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name in `--only` of the workload with growing numbers of models.
const GROWTH: &str = "growth";

/// Flags of `bench`.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// The devices to compare, with commas between them: cpu, gpu, or of `gpu-sweep devices` [default: cpu,gpu]
    ///
    /// Without the flag the cpu alone where there is no GPU adapter.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    device: Option<Vec<String>>,
    #[command(flatten)]
    limits: ResourceArgs,
    /// What to time: W, W2, W3, wide, growth [default: all]
    ///
    /// W: the default network, 2000 models × 1000 epochs; W2: 2-16-16-1, 1000 models × 1000 epochs; W3: 100,000 models
    /// of the default network; wide: 30-64-64-1 on the breast-cancer table; growth: from 1 to a million models.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// About how long it may take; what is too long is cut to fewer epochs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = |text: &str| between(text, 1..=86_400), allow_hyphen_values = true)]
    seconds: u32,
    /// Rounds in which the devices take turns [default: 3 to 9, as time allows]
    #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 1..=1000), allow_hyphen_values = true)]
    rounds: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Draw scaling and roofline into this folder
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
}

/// Times the devices, prints and draws the report; exit code 1 if an engine fails or results disagree.
pub fn run(args: BenchArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.json };
    let mut log = RunRecord::begin(super::typed_words());
    let settings = args.settings()?;
    // A folder that cannot be created is an error now, not after the measurements.
    args.plot
        .as_deref()
        .map_or(Ok(()), |folder| std::fs::create_dir_all(folder).map_err(Error::io(folder, "create")))?;
    let mut contestants = args.contestants(&output)?;
    let report = {
        let ticker = StatusLine::new(&output);
        bench(&mut contestants, &settings, &mut |what| ticker.report(what))?
    };
    log.end();
    output.show(&table::text(&report))?;
    output.object(|| {
        let mut object = json!(report);
        object["version"] = json!(log.version);
        object["command_line"] = json!(log.command_line);
        object["host"] = json!(log.host);
        object["started"] = json!(log.started);
        object["ended"] = json!(log.ended);
        object
    })?;
    let files = args.plot.as_deref().map_or(Ok(Vec::new()), |folder| draw(&report, &log, folder))?;
    files.iter().for_each(|file| output.report("drawn", &file.display().to_string()));
    Ok(ExitCode::from(u8::from(report.failed())))
}

impl BenchArgs {
    fn settings(&self) -> Result<BenchSettings> {
        let all = works();
        let wanted = |name: &str| self.only.as_ref().is_none_or(|only| only.iter().any(|wanted| wanted == name));
        let mut names: Vec<&str> = all.iter().map(|work| work.name).collect();
        names.push(GROWTH);
        if let Some(unknown) = self.only.iter().flatten().find(|name| !names.contains(&name.as_str())) {
            return Err(
                Error::setting("--only", quoted(unknown), one_of(&names)).or_closest(unknown, names.iter().copied())
            );
        }
        let works: Vec<Workload> = all.into_iter().filter(|work| wanted(work.name)).collect();
        let time = Duration::from_secs(self.seconds.into());
        Ok(BenchSettings { time, rounds: self.rounds, works, growth: wanted(GROWTH) })
    }

    /// Returns the devices to compare.
    fn devices(&self) -> Result<Vec<DeviceChoice>> {
        let Some(asked) = &self.device else { return Ok(vec![DeviceChoice::Cpu, DeviceChoice::Gpu]) };
        if let Some(twice) = asked.iter().enumerate().find_map(|(n, name)| asked[..n].contains(name).then_some(name)) {
            return Err(Error::usage("--device", format!("names {twice} more than once; name each device only once")));
        }
        asked.iter().map(|name| name.parse()).collect()
    }

    /// Opens the devices to compare and times how long each takes to start.
    fn contestants(&self, output: &Verbosity) -> Result<Vec<Contestant>> {
        let devices = self.devices()?;
        let mut contestants = Vec::new();
        for device in &devices {
            let begun = Instant::now();
            match select(device, &self.limits.settings_among(device, &devices)) {
                Ok(Selected { engine, reason }) => {
                    output.report("device", &reason);
                    contestants.push(Contestant { engine, start_up: begun.elapsed().as_secs_f64() });
                }
                // An adapter that exists but cannot be opened is an error.
                Err(Error::Device(why))
                    if self.device.is_none() && *device == DeviceChoice::Gpu && list()?.is_empty() =>
                {
                    output.report("no gpu", &why);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(contestants)
    }
}

/// Draws the plots for which there are measurements.
fn draw(report: &BenchReport, log: &RunRecord, folder: &Path) -> Result<Vec<PathBuf>> {
    let date = &log.started[..10];
    let (scaling, roofline) = (ScalingPlot { report, date }, RooflinePlot { report, date });
    let mut pictures: Vec<&dyn Picture> = Vec::new();
    if report.growth.iter().any(|row| row.measured.is_some()) {
        pictures.push(&scaling);
    }
    if report.rows.iter().any(|row| row.measured.is_some()) {
        pictures.push(&roofline);
    }
    plot::write_all(&pictures, folder)
}
