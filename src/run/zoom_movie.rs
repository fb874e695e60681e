//! A zoom into a map: a study per frame, and all frames as an animation.

use super::{MapOutput, Observer, RunOutcome};
use crate::builder::RunOptions;
use crate::error::{Error, Result};
use crate::plot::Animation;
use crate::statistics::number_format::short;
use crate::study::{ChunkFailure, OUT, ProgressObserver, Study, write_whole};
use crate::sweep::{Inputs, Sweep};
use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Seconds for which the last frame is shown.
const HELD: f64 = 2.0;
/// Minimum width of a frame in pixels; each network is enlarged to a square.
const WIDTH: usize = 512;

/// A zoom: a sequence of windows that shrink around a target.
#[derive(Debug, Clone)]
pub struct ZoomMovie {
    /// How to train; its sweep is a map with the whole window, and its folder that of all frames.
    pub options: RunOptions,
    /// Target of the zoom, a value on each axis.
    pub centre: [f64; 2],
    /// How many times smaller the last window is than the whole one.
    pub factor: f64,
    /// Number of frames, 2 or more, from the whole window on; each is smaller than the one before by the same factor.
    pub frames: u32,
    /// Frames per second.
    pub frames_per_second: u16,
}

/// Results of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZoomFrame {
    /// How many times smaller than the whole window it is.
    pub factor: f64,
    /// Share of the models that converged.
    pub converged: f64,
    /// Box-counting dimension of the boundary, if it has one.
    pub dimension: Option<f64>,
}

/// How a zoom ended.
#[derive(Debug)]
pub enum ZoomOutcome {
    /// All frames are there.
    Whole {
        /// Folder of the frames.
        folder: PathBuf,
        /// The animation.
        movie: PathBuf,
        /// Results by frame.
        frames: Vec<ZoomFrame>,
    },
    /// The observer stopped it after this number of frames, which are kept.
    Stopped(u32),
    /// Models of a frame could not be trained.
    Failed {
        /// Study of the frame.
        folder: PathBuf,
        /// The last failure, if it is known.
        failure: Option<ChunkFailure>,
    },
}

/// Reports everything about the first frame, and only warnings about later ones.
struct FrameObserver<'a> {
    inner: &'a dyn Observer,
    frame: Cell<u32>,
}

impl Observer for FrameObserver<'_> {
    fn report(&self, about: &str, text: &str) {
        if self.frame.get() == 0 || about == "warning" {
            self.inner.report(about, text);
        }
    }

    fn progress_observer<'a>(&'a self, study: &'a Study) -> Box<dyn ProgressObserver + 'a> {
        self.inner.progress_observer(study)
    }

    fn stop(&self) -> bool {
        self.inner.stop()
    }
}

impl ZoomMovie {
    /// Trains and draws frame by frame; finished frames are kept and not trained again. `each` receives the number of a
    /// frame, from 1, and its results; `command` is recorded in `run.json`.
    ///
    /// # Errors
    /// As for [`RunOptions::run`]; [`Error::Usage`] if the map has no such window; [`Error::Setting`] for fewer than 2
    /// frames or 0 frames per second.
    pub fn run(
        &self,
        command: &[String],
        observer: &dyn Observer,
        each: &mut dyn FnMut(u32, &ZoomFrame),
    ) -> Result<ZoomOutcome> {
        self.check()?;
        let folder = self.options.out.clone().map_or_else(|| self.folder(), Ok)?;
        let frame_observer = FrameObserver { inner: observer, frame: Cell::new(0) };
        let (mut animation, mut frames) = (None, Vec::new());
        for n in 0..self.frames {
            // A frame of a single chunk is trained to its end, so a stop may arrive between two frames.
            if observer.stop() {
                return Ok(ZoomOutcome::Stopped(n));
            }
            frame_observer.frame.set(n);
            let (factor, sweep) = self.window(n)?;
            let out = Some(folder.join(format!("frame-{:04}", n + 1)));
            let options = RunOptions { sweep, out, ..self.options.clone() };
            let map = match options.run(command.to_vec(), &frame_observer)? {
                (_, RunOutcome { map: Some(map), .. }) => map,
                _ if observer.stop() => return Ok(ZoomOutcome::Stopped(n)),
                (session, RunOutcome { mut summary, .. }) => {
                    let folder = session.study.folder().to_owned();
                    return Ok(ZoomOutcome::Failed { folder, failure: summary.failures.pop() });
                }
            };
            let (rgb, (width, height)) = enlarged(&map);
            animation.get_or_insert_with(|| Animation::new(width, height, self.frames_per_second)).frame(&rgb)?;
            let dimension = map.dimension.as_ref().map(|found| found.median);
            let frame = ZoomFrame { factor, converged: map.converged(), dimension };
            each(n + 1, &frame);
            frames.push(frame);
        }
        let movie = folder.join("movie.png");
        let bytes = animation.map_or(Ok(Vec::new()), |animation| animation.finish(HELD))?;
        write_whole(&movie, |file| file.write_all(&bytes).map_err(Error::io(&movie, "write")))?;
        Ok(ZoomOutcome::Whole { folder, movie, frames })
    }

    /// Checks everything before the first frame is trained. Windows are made one at a time, as a map's axes may have
    /// tens of thousands of values.
    fn check(&self) -> Result<()> {
        if self.frames < 2 {
            return Err(Error::setting("--zoom-movie", self.frames, "2 frames or more"));
        }
        if self.frames_per_second == 0 {
            return Err(Error::setting("--fps", 0, "1 or more"));
        }
        (0..self.frames).try_for_each(|n| self.window(n).map(drop))
    }

    /// Returns the default folder, named after the number of frames and the settings of the last one.
    fn folder(&self) -> Result<PathBuf> {
        let (_, last) = self.window(self.frames - 1)?;
        let name = last.short_name(self.options.preset.as_deref(), &Inputs::load(&last)?.digest)?;
        Ok(Path::new(OUT).join(format!("zoom-{}-{}_{name}", self.frames, short(self.factor))))
    }

    /// Returns zoom factor and sweep of frame `n`, from 0. The target stays at one position of the picture at first and
    /// reaches the middle in the last frame.
    fn window(&self, n: u32) -> Result<(f64, Sweep)> {
        let factor = self.factor.powf(f64::from(n) / f64::from(self.frames - 1));
        let rest =
            if n + 1 == self.frames { 0.0 } else { (1.0 / factor - 1.0 / self.factor) / (1.0 - 1.0 / self.factor) };
        let mut sweep = self.options.sweep.clone();
        sweep.zoom_towards(self.centre, factor, if rest.is_finite() { rest } else { 0.0 })?;
        sweep.validate()?;
        Ok((factor, sweep))
    }
}

/// Returns the map's pixels, enlarged to visible squares, with width and height.
fn enlarged(map: &MapOutput) -> (Vec<u8>, (u32, u32)) {
    let (width, height) = (map.map.x.values.len(), map.map.y.values.len());
    let side = WIDTH.div_ceil(width);
    let row = |pixels: &[u8]| pixels.chunks_exact(3).flat_map(|pixel| pixel.repeat(side)).collect::<Vec<u8>>();
    let rgb = map.rgb.chunks_exact(3 * width).flat_map(|pixels| row(pixels).repeat(side)).collect();
    (rgb, ((width * side) as u32, (height * side) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Device;
    use crate::sweep::MapRequest;

    /// Stops after the first frame.
    struct StopsAfterOne(Cell<u32>);

    impl Observer for StopsAfterOne {
        fn stop(&self) -> bool {
            self.0.get() > 0
        }
    }

    #[test]
    fn a_zoom_is_a_study_per_frame_and_an_animation() {
        let (folder, mut sweep) = (tempfile::tempdir().unwrap(), Sweep::preset("fractal-tanh").unwrap());
        let axis = |text: &str| Some(MapRequest::parse_axis("--x", text).unwrap());
        let (x, y) = (axis("lr=logspace:-2:1:5"), axis("init-scale=logspace:-1:1:4"));
        MapRequest { x, y, ..MapRequest::default() }.set_axes(&mut sweep).unwrap();
        sweep.epochs = 20;
        let options =
            RunOptions { devices: Device::Cpu.into(), out: Some(folder.path().join("zoom")), ..RunOptions::of(sweep) };
        let zoom = ZoomMovie { options, centre: [0.1, 1.0], factor: 2.0, frames: 2, frames_per_second: 5 };
        let observer = StopsAfterOne(Cell::new(0));
        let stopped = zoom.run(&[], &observer, &mut |n, _| observer.0.set(n)).unwrap();
        assert!(matches!(stopped, ZoomOutcome::Stopped(1)), "{stopped:?}");
        let ZoomOutcome::Whole { movie, frames, .. } = zoom.run(&[], &(), &mut |_, _| ()).unwrap() else {
            panic!("nothing stops it");
        };
        assert!(movie.is_file() && folder.path().join("zoom/frame-0002/map.png").is_file());
        assert_eq!(frames.iter().map(|frame| frame.factor).collect::<Vec<_>>(), [1.0, 2.0]);
        assert!(frames.iter().all(|frame| (0.0..=1.0).contains(&frame.converged)));
        for wrong in [ZoomMovie { frames: 1, ..zoom.clone() }, ZoomMovie { frames_per_second: 0, ..zoom.clone() }] {
            assert!(matches!(wrong.run(&[], &(), &mut |_, _| ()), Err(Error::Setting { .. })));
        }
    }
}
