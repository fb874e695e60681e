//! Output of a finished map: its table and arrays, its boundary's dimension, its pictures.

use super::summary_text;
use crate::engine::cost::WorkDone;
use crate::engine::{AchievedSpeed, DeviceCeiling, EngineInfo, Job};
use crate::error::Result;
use crate::plot::{MapAxis, MapFiles, MapPlot, count, percent, tints};
use crate::results::{MapModels, MapSide, StudyResults, StudySpec};
use crate::statistics::BoxCountingDimension;
use crate::study::Study;
use crate::sweep::{MIN_SPACING, Precision};
use std::path::PathBuf;

/// Output of a map.
#[derive(Debug)]
pub struct MapOutput {
    /// Pixels of the map.
    pub map: MapModels,
    /// Dimension of the boundary between models that converged and others; `None` if there is no boundary, or if the
    /// map is too small.
    pub dimension: Option<BoxCountingDimension>,
    /// Precision to which values of the axes were rounded.
    pub precision: Precision,
    /// Minimum distance between pixels, in units in the last place of that precision.
    pub apart: f64,
    /// Red, green and blue of each pixel, row by row from the top.
    pub rgb: Vec<u8>,
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Training speed; `None` unless the map was trained in one run that was long enough to measure.
    pub speed: Option<AchievedSpeed>,
}

impl MapOutput {
    /// Creates all output in the study's folder.
    ///
    /// # Errors
    /// As for [`Study::write_map`] and [`MapPlot::write`].
    pub fn of(study: &Study, jobs: &[Job], engine: &EngineInfo) -> Result<Self> {
        let (map, files) = study.write_map()?;
        let mut output = Self::of_map(map, study.spec(), engine)?;
        let folder = study.folder();
        let drawn = output.with_plot(study.spec(), jobs, engine, |plot| Ok((plot.write(folder)?, plot.rgb())))?;
        (output.files, output.rgb) = ([files, drawn.0].concat(), drawn.1);
        Ok(output)
    }

    /// The same of results in memory, without files; returns also the pictures, PNG files with their names, see
    /// [`MapPlot::files`].
    ///
    /// # Errors
    /// As for [`MapModels::of`] and [`MapPlot::files`].
    pub fn in_memory(results: &dyn StudyResults, jobs: &[Job], engine: &EngineInfo) -> Result<(Self, MapFiles)> {
        let mut output = Self::of_map(MapModels::of(results)?, results.spec(), engine)?;
        let drawn = output.with_plot(results.spec(), jobs, engine, |plot| Ok((plot.files()?, plot.rgb())))?;
        output.rgb = drawn.1;
        Ok((output, drawn.0))
    }

    fn of_map(map: MapModels, spec: &StudySpec, engine: &EngineInfo) -> Result<Self> {
        let dimension = BoxCountingDimension::of_boundary(&map.converged(), [map.y.values.len(), map.x.values.len()]);
        let precision = engine.engine.precision();
        let apart = spec.sweep.check_spacing(precision)?;
        Ok(Self { map, dimension, precision, apart, rgb: Vec::new(), files: Vec::new(), speed: None })
    }

    /// Returns the share of the models that converged.
    pub fn converged(&self) -> f64 {
        self.map.pixels.iter().filter(|pixel| pixel.is_converged()).count() as f64 / self.map.pixels.len() as f64
    }

    /// Records the speed at which the models were trained in `seconds`, on a device with this ceiling.
    pub(super) fn time(&mut self, job: &Job, seconds: f64, ceiling: DeviceCeiling) {
        let work = WorkDone::of(job, self.map.updates as f64);
        // A fused multiply-add is one instruction, and two operations.
        let floor_seconds = work.instructions / (ceiling.flop_per_second / 2.0);
        self.speed = Some(AchievedSpeed {
            seconds,
            sample_steps_per_second: work.sample_steps / seconds,
            flop_per_second: work.flop / seconds,
            floor_seconds,
            share_of_floor: floor_seconds / seconds,
        });
    }

    /// Returns the factor by which a window with as many pixels may be smaller than this one.
    pub fn deepest(&self) -> f64 {
        self.apart / MIN_SPACING
    }

    /// Calls `draw` with the picture.
    fn with_plot<T>(
        &self,
        spec: &StudySpec,
        jobs: &[Job],
        engine: &EngineInfo,
        draw: impl FnOnce(&MapPlot<'_>) -> Result<T>,
    ) -> Result<T> {
        let pixels = &self.map.pixels;
        let sums: Vec<f64> = pixels.iter().map(|pixel| pixel.loss_sum).collect();
        let inverses: Vec<f64> = pixels.iter().map(|pixel| pixel.inverse_sum).collect();
        let tints = tints(&self.map.converged(), &sums, &inverses);
        let seed = jobs[0].trials.get(0).seed;
        let title = format!("{} of {} networks converge", percent(self.converged()), count(spec.models()));
        let rough = self.dimension.as_ref().map(|found| format!(" · dimension of the boundary {:.2}", found.median));
        let network = summary_text::model(spec, 0, &jobs[0]);
        draw(&MapPlot {
            title: &title,
            subtitle: &format!("{network} · seed {seed}{}", rough.unwrap_or_default()),
            x: axis(&self.map.x),
            y: axis(&self.map.y),
            tints: &tints,
            converged: "converged",
            diverged: "not converged",
            metadata: &self.metadata(spec, engine),
        })
    }

    /// Returns the metadata of the picture, for a copy outside of its folder.
    fn metadata(&self, spec: &StudySpec, engine: &EngineInfo) -> Vec<(String, String)> {
        let sweep = &spec.sweep;
        let values = |side: &MapSide| {
            let text = sweep.axis(side.hyperparameter).map_or(String::new(), |axis| axis.to_string());
            format!("{} {text}", side.hyperparameter.name())
        };
        let (precision, apart, deepest) = (self.precision, self.apart, self.deepest());
        let limit = format!(
            "{precision} keeps neighbouring pixels {apart:.1} units in its last place apart; {MIN_SPACING} are the least: a window with as \
             many pixels may be about {deepest:.1} times smaller"
        );
        let dimension = self.dimension.as_ref().map(|found| found.median.to_string());
        let source =
            "after J. Sohl-Dickstein, The boundary of neural network trainability is fractal, arXiv 2402.06184";
        let texts = [
            ("Source", source.to_owned()),
            ("gpu-sweep:x", values(&self.map.x)),
            ("gpu-sweep:y", values(&self.map.y)),
            ("gpu-sweep:zoom-limit", limit),
            ("gpu-sweep:dimension", dimension.unwrap_or_else(|| "not known".into())),
            ("gpu-sweep:engine", format!("{}, {}, {}", engine.engine, engine.device, engine.driver_and_threads())),
            ("gpu-sweep:digest", spec.digest.clone()),
        ];
        texts.map(|(key, text)| (key.to_owned(), text)).into()
    }
}

fn axis(side: &MapSide) -> MapAxis<'_> {
    MapAxis { words: side.hyperparameter.words(), values: &side.values }
}
