//! `gpu-sweep map`: which pairs of hyper-parameter values train, with one network per pixel.

mod zoom_movie;

use super::args::TrainArgs;
use super::train::{MAIN, run_sweep};
use super::values::{between, finite_numbers};
use super::{Exit, settings_source};
use crate::cli::ExitCode;
use crate::engine::select::{DeviceChoice, DeviceList};
use crate::error::{Result, one_of};
use crate::run::ZoomMovie;
use crate::study::read_config;
use crate::sweep::{MapRequest, Precision, Sweep};

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
    /// Number of pixels across and up, instead of the counts of the axes
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
    let names = one_of(&MapRequest::axis_names());
    format!("{short}\n\n{names}, and its values. The flags of these names say what they are.")
}

/// Preset used if neither `--preset` nor `--config` is given.
const USUAL: &str = "fractal-tanh";

/// Trains the missing models of the map and draws it.
pub fn run(mut args: MapArgs) -> Result<ExitCode, Exit> {
    // A map with other axes is not named after the default preset.
    let usual = args.window.x.is_none() && args.window.y.is_none();
    let mut base = base(&args.train)?;
    let request = args.window.request()?;
    request.set_axes(&mut base)?;
    let mut map = settings_source::apply_flags(base, &args.train)?;
    request.set_pixels(&mut map)?;
    if usual {
        args.train.running.default_preset(USUAL);
    }
    let window = request.window(&map, precision(&args.train)?)?;
    match (args.window.zoom_movie, request.zoom) {
        (Some(frames), Some((centre, factor))) => {
            let (options, frames_per_second) = (args.train.run_options(map)?, args.window.fps as u16);
            let zoom = ZoomMovie { options, centre, factor, frames, frames_per_second };
            zoom_movie::run(args.train.running.output, &zoom)
        }
        _ => run_sweep(args.train, window, MAIN),
    }
}

impl MapWindow {
    fn request(&self) -> Result<MapRequest> {
        let axis =
            |flag, text: &Option<String>| text.as_ref().map(|text| MapRequest::parse_axis(flag, text)).transpose();
        let zoom = self.zoom.map(|[x, y, factor]| ([x, y], factor));
        Ok(MapRequest { x: axis("--x", &self.x)?, y: axis("--y", &self.y)?, pixels: self.pixels, zoom })
    }
}

/// Precision of numbers on the requested devices.
fn precision(train: &TrainArgs) -> Result<Precision> {
    let devices = train.running.device.device.parse()?;
    let reference = matches!(&devices, DeviceList::Each(devices) if devices.contains(&DeviceChoice::Reference));
    Ok(if reference { Precision::F64 } else { Precision::F32 })
}

/// Sweep of the preset or file, without flags.
fn base(train: &TrainArgs) -> Result<Sweep> {
    match (&train.running.preset, &train.running.config) {
        (None, Some(config)) => read_config(config),
        (preset, _) => Sweep::preset(preset.as_deref().unwrap_or(USUAL)),
    }
}
