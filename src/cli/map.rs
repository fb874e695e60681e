//! `gpu-sweep map`: which pairs of hyper-parameter values train, with one network per pixel.

mod movie;

use super::args::TrainArgs;
use super::train::{MAIN, run_sweep};
use super::values::{between, finite_numbers};
use super::{Exit, settings_source};
use gpu_sweep::engine::select::{DeviceChoice, DeviceList};
use gpu_sweep::error::{Error, Result, one_of, quoted};
use gpu_sweep::study::read_config;
use gpu_sweep::sweep::{Axis, Hyperparameter, MapAxes, Precision, Sweep};
use std::process::ExitCode;

/// Flags of `map`.
#[derive(Debug, clap::Args)]
pub struct MapArgs {
    #[command(flatten)]
    window: MapWindow,
    #[command(flatten)]
    train: TrainArgs,
}

/// What the map is of.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Map")]
struct MapWindow {
    /// What changes from left to right, such as lr-first=logspace:-3:3:1024 [default: the preset's]
    #[arg(long, value_name = "AXIS=VALUES", long_help = axis_help(), allow_hyphen_values = true)]
    x: Option<String>,
    /// What changes from bottom to top, in the same way
    #[arg(long, value_name = "AXIS=VALUES", allow_hyphen_values = true)]
    y: Option<String>,
    /// So many pixels across and up, instead of the counts of the axes
    #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 2..=65536), allow_hyphen_values = true)]
    pixels: Option<u32>,
    /// Another window: around x and y, values of the axes, so many times smaller
    #[arg(long, value_name = "X,Y,FACTOR", value_parser = finite_numbers::<3>, allow_hyphen_values = true)]
    zoom: Option<[f64; 3]>,
    /// Number of zoom frames, each a map of its own, and all together as movie.png
    #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 2..=1000), requires = "zoom", conflicts_with_all = ["explain", "print_config", "print_data", "shard"], allow_hyphen_values = true)]
    zoom_movie: Option<u32>,
    /// Frames per second of --zoom-movie
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = |text: &str| between(text, 1..=60), requires = "zoom_movie", allow_hyphen_values = true)]
    fps: u32,
}

/// Returns the long help of `--x`.
fn axis_help() -> String {
    let short = "What changes from left to right, such as lr-first=logspace:-3:3:1024 [default: the preset's]";
    format!("{short}\n\n{}, and its values. The flags of these names say what they are.", one_of(&axis_names()))
}

/// Returns what a hyper-parameter is called as an axis: its flag without the dashes.
fn axis_names() -> Vec<String> {
    Hyperparameter::ALL.iter().map(|hyper| hyper.setting().key()).collect()
}

/// Preset used if neither `--preset` nor `--config` is given.
const USUAL: &str = "fractal-tanh";

/// Trains the missing models of the map and draws it.
pub fn run(mut args: MapArgs) -> Result<ExitCode, Exit> {
    // A map with other axes is not named after the default preset.
    let usual = args.window.x.is_none() && args.window.y.is_none();
    let base = base_sweep(&args)?;
    if usual {
        args.train.running.default_preset(USUAL);
    }
    let mut sweep = base.clone();
    args.window.zoom.map_or(Ok(()), |[x, y, factor]| sweep.zoom([x, y], factor))?;
    sweep.validate()?;
    sweep.check_spacing(precision(&args.train)?)?;
    match (args.window.zoom_movie, args.window.zoom) {
        (Some(frames), Some([x, y, factor])) => {
            let preset = args.train.running.preset.clone();
            let way = movie::Zoom { base, preset, centre: [x, y], factor, frames, fps: args.window.fps };
            movie::run(&args.train, &way)
        }
        _ => run_sweep(args.train, sweep, MAIN),
    }
}

/// Precision of numbers on the requested devices.
fn precision(train: &TrainArgs) -> Result<Precision> {
    let devices = train.running.device.device.parse()?;
    let reference = matches!(&devices, DeviceList::Each(devices) if devices.contains(&DeviceChoice::Reference));
    Ok(if reference { Precision::F64 } else { Precision::F32 })
}

/// The sweep from the preset or file, then --x and --y, then the other flags.
fn base_sweep(args: &MapArgs) -> Result<Sweep> {
    let mut base = match (&args.train.running.preset, &args.train.running.config) {
        (None, Some(config)) => read_config(config)?,
        (preset, _) => Sweep::preset(preset.as_deref().unwrap_or(USUAL))?,
    };
    let axes = [(&args.window.x, "--x"), (&args.window.y, "--y")];
    let [x, y] = axes.map(|(text, flag)| text.as_deref().map(|text| axis(flag, text)).transpose());
    let (given, old) = ([x?, y?], base.map.map(|axes| [axes.x, axes.y]));
    let scalar = |n: usize| given[n].as_ref().map(|(scalar, _)| *scalar).or(old.map(|old| old[n]));
    let (Some(x), Some(y)) = (scalar(0), scalar(1)) else {
        return Err(Error::usage("--x, --y", "are both needed where neither --preset nor --config has a map"));
    };
    // A former axis returns to its default value; the learning rate has no default that suits every network.
    if let Some(freed) = old.into_iter().flatten().find(|old| ![x, y, Hyperparameter::Lr].contains(old)) {
        base.clear_axis(freed);
    }
    given.into_iter().flatten().for_each(|(scalar, axis)| base.set_axis(scalar, axis));
    base.map = Some(MapAxes { x, y });
    (base.seeds, base.models) = (Some(1), None);
    let mut sweep = settings_source::apply_flags(base, &args.train)?;
    args.window.pixels.map_or(Ok(()), |pixels| sweep.set_pixels(pixels))?;
    Ok(sweep)
}

/// Parses an axis and its values, such as `lr=logspace:-3:0:100`.
fn axis(flag: &str, text: &str) -> Result<(Hyperparameter, Axis)> {
    let names = || axis_names().join(", ");
    let allowed = || format!("AXIS=VALUES, such as lr=geomspace:0.001:1:100, with one of {}", names());
    let (name, values) = text.split_once('=').unwrap_or((text, ""));
    let refuse = || {
        Error::setting(flag, quoted(text), allowed()).or_closest(name, Hyperparameter::ALL.map(Hyperparameter::name))
    };
    let scalar = Hyperparameter::named(name).filter(|_| text.contains('=')).ok_or_else(refuse)?;
    let of_flag = |error: Error| error.of(&format!("{flag} {name}"));
    Ok((scalar, Axis::parse(&scalar.flag(), values).map_err(of_flag)?))
}
