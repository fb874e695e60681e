//! `gpu-sweep map --zoom X,Y,FACTOR --zoom-movie N`: a zoom into a map, one study per frame.

use super::super::Exit;
use super::super::args::TrainArgs;
use super::super::progress::Terminal;
use super::super::signals::Signals;
use super::super::verbosity::{bold, labelled};
use gpu_sweep::builder::RunOptions;
use gpu_sweep::plot::Animation;
use gpu_sweep::run::summary_text::{percent, short};
use gpu_sweep::run::{MapOutput, Observer, RunOutcome};
use gpu_sweep::study::{ChunkFailure, OUT, ProgressObserver, Study, write_whole};
use gpu_sweep::sweep::{Inputs, Sweep};
use gpu_sweep::{Error, Result};
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Seconds for which the last frame is shown.
const HELD: f64 = 2.0;
/// Minimum width of a frame in pixels; each network is enlarged to a square.
const WIDTH: usize = 512;

/// A zoom: a sequence of windows that shrink around a target.
pub struct Zoom {
    /// Sweep of the whole window.
    pub base: Sweep,
    /// Preset that `base` comes from, if one was named.
    pub preset: Option<String>,
    /// Target of the zoom, a value on each axis.
    pub centre: [f64; 2],
    /// How many times smaller the last window is than the whole one.
    pub factor: f64,
    /// Number of frames, from the whole window on; each is smaller than the one before by the same factor.
    pub frames: u32,
    /// Frames per second.
    pub fps: u32,
}

/// Results of a frame.
struct ZoomFrame {
    factor: f64,
    converged: f64,
    dimension: Option<f64>,
}

/// Reports everything about the first frame, and only warnings about later ones.
struct FrameObserver<'a> {
    terminal: &'a Terminal,
    frame: Cell<u32>,
}

impl Observer for FrameObserver<'_> {
    fn report(&self, about: &str, text: &str) {
        if self.frame.get() == 1 || about == "warning" {
            self.terminal.report(about, text);
        }
    }

    fn watch<'a>(&'a self, study: &'a Study) -> Box<dyn ProgressObserver + 'a> {
        self.terminal.watch(study)
    }

    fn stop(&self) -> bool {
        self.terminal.stop()
    }
}

impl Zoom {
    /// Default folder, named after the number of frames and the settings of the last one.
    fn folder(&self) -> Result<PathBuf> {
        let (_, last) = self.frame(self.frames - 1)?;
        let name = last.short_name(self.preset.as_deref(), &Inputs::load(&last)?.digest)?;
        Ok(Path::new(OUT).join(format!("zoom-{}-{}_{name}", self.frames, short(self.factor))))
    }

    /// Zoom factor and sweep of frame `n`, from 0. The target stays at one position of the picture at first
    /// and reaches the middle in the last frame.
    fn frame(&self, n: u32) -> Result<(f64, Sweep)> {
        let factor = self.factor.powf(f64::from(n) / f64::from(self.frames - 1));
        let rest =
            if n + 1 == self.frames { 0.0 } else { (1.0 / factor - 1.0 / self.factor) / (1.0 - 1.0 / self.factor) };
        let mut sweep = self.base.clone();
        sweep.zoom_towards(self.centre, factor, if rest.is_finite() { rest } else { 0.0 })?;
        sweep.validate()?;
        Ok((factor, sweep))
    }
}

/// Trains and draws frame by frame; finished frames are kept and not retrained.
pub fn run(args: &TrainArgs, way: &Zoom) -> Result<ExitCode, Exit> {
    let terminal = Terminal { output: args.running.output, signals: Signals::listen()? };
    let how = args.run_options(way.base.clone())?;
    (0..way.frames).try_for_each(|n| way.frame(n).map(|_| ()))?;
    let place = how.out.clone().map_or_else(|| way.folder(), Ok)?;
    let follower = FrameObserver { terminal: &terminal, frame: Cell::new(0) };
    let (mut animation, mut all) = (None, Vec::new());
    for n in 0..way.frames {
        follower.frame.set(n + 1);
        let (factor, sweep) = way.frame(n)?;
        let out = Some(place.join(format!("frame-{:04}", n + 1)));
        let chart = match frame(&RunOptions { sweep, out, ..how.clone() }, &follower)? {
            Ok(chart) => chart,
            Err(code) => {
                let again = "the same command goes on";
                terminal.output.report("stopped", &format!("{n} of {} frames are there; {again}", way.frames));
                return Ok(code);
            }
        };
        let (rgb, size) = enlarged(&chart);
        let film = animation.get_or_insert_with(|| Animation::new(size.0, size.1, way.fps as u16));
        film.frame(&rgb)?;
        let dimension = chart.dimension.as_ref().map(|found| found.median);
        let shown = ZoomFrame { factor, converged: chart.converged(), dimension };
        terminal.output.report("frame", &format!("{} of {}: {}", n + 1, way.frames, shown.text()));
        all.push(shown);
    }
    finish(&terminal, &place, animation, &all)
}

/// Runs one frame; the inner error is the exit code of a stopped run.
fn frame(how: &RunOptions, follower: &FrameObserver) -> Result<Result<MapOutput, ExitCode>, Exit> {
    let (session, ended) = how.run(crate::cli::typed_words(), follower)?;
    match (ended, follower.terminal.signals.stop()) {
        (RunOutcome { map: Some(chart), .. }, _) => Ok(Ok(chart)),
        (_, Some(signal)) => Ok(Err(ExitCode::from(signal))),
        (RunOutcome { summary: how, .. }, None) => {
            let failed = how.failures.last().map_or("nothing is known of why".into(), ChunkFailure::to_string);
            Err(Exit::Partly(format!("{}: models are missing: {failed}", session.study.folder().display())))
        }
    }
}

/// Writes the animation and prints the summary.
fn finish(terminal: &Terminal, out: &Path, animation: Option<Animation>, all: &[ZoomFrame]) -> Result<ExitCode, Exit> {
    let movie = out.join("movie.png");
    let bytes = animation.map_or(Ok(Vec::new()), |film| film.finish(HELD))?;
    write_whole(&movie, |file| file.write_all(&bytes).map_err(Error::io(&movie, "write")))?;
    let output = &terminal.output;
    output.gap();
    let written = format!("  movie.png  {} frames\n  frame-0001/, ...  a map each\n", all.len());
    let last = all.last().map_or(String::new(), ZoomFrame::text);
    output.show(&(labelled("last", &last) + "\n\n" + &bold(&format!("in {}", out.display())) + "\n" + &written))?;
    output
        .object(|| json!({ "out": out.display().to_string(), "movie": movie.display().to_string(), "frames": all.iter().map(ZoomFrame::json).collect::<Vec<_>>() }))?;
    Ok(ExitCode::SUCCESS)
}

/// The map's pixels, enlarged to visible squares, with width and height.
fn enlarged(chart: &MapOutput) -> (Vec<u8>, (u32, u32)) {
    let (width, height) = (chart.map.x.values.len(), chart.map.y.values.len());
    let side = WIDTH.div_ceil(width);
    let row = |pixels: &[u8]| pixels.chunks_exact(3).flat_map(|pixel| pixel.repeat(side)).collect::<Vec<u8>>();
    let rgb = chart.rgb.chunks_exact(3 * width).flat_map(|pixels| row(pixels).repeat(side)).collect();
    (rgb, ((width * side) as u32, (height * side) as u32))
}

impl ZoomFrame {
    fn text(&self) -> String {
        let dimension = self.dimension.map_or("not known".into(), |dimension| format!("{dimension:.2}"));
        let (factor, converged) = (short(self.factor), percent(Some(self.converged), 1));
        format!("{factor} times smaller, {converged} converged, dimension {dimension}")
    }

    fn json(&self) -> Value {
        json!({ "factor": self.factor, "converged": self.converged, "dimension": self.dimension })
    }
}
