//! A finished map: its table and arrays, its boundary's dimension, its pictures.

use super::summary_text;
use crate::engine::cost::SampleStepCost;
use crate::engine::{AchievedSpeed, DeviceCeiling, EngineInfo, Job};
use crate::error::Result;
use crate::plot::{MapAxis, MapPlot, count, percent, tints};
use crate::statistics::BoxCountingDimension;
use crate::study::{MapModels, MapSide, Study};
use crate::sweep::{CLOSEST, Precision};
use std::path::PathBuf;

/// What was made of a map's models.
#[derive(Debug)]
pub struct MapOutput {
    /// Its pixels.
    pub map: MapModels,
    /// Of the boundary between models that converged and others; none where there is none, or the map is too small.
    pub dimension: Option<BoxCountingDimension>,
    /// What values of the axes were rounded to.
    pub precision: Precision,
    /// How many units in the last place of that the pixels are apart at least.
    pub apart: f64,
    /// Red, green and blue of each pixel, row by row from above.
    pub rgb: Vec<u8>,
    /// The files written.
    pub files: Vec<PathBuf>,
    /// How fast it was trained, where it was in one go, and long enough to tell.
    pub speed: Option<AchievedSpeed>,
}

impl MapOutput {
    /// Makes all of it in the study's folder.
    ///
    /// # Errors
    /// As for [`Study::write_map`] and [`MapPlot::write`].
    pub fn of(study: &Study, jobs: &[Job], engine: &EngineInfo) -> Result<Self> {
        let (map, files) = study.write_map()?;
        let dimension = BoxCountingDimension::of_boundary(&map.converged(), [map.y.values.len(), map.x.values.len()]);
        let precision = Precision::of_engine(&engine.engine);
        let apart = study.question().sweep.check_depth(precision)?;
        let mut chart = Self { map, dimension, precision, apart, rgb: Vec::new(), files, speed: None };
        chart.draw(study, jobs, engine)?;
        Ok(chart)
    }

    /// Share of the models that converged.
    pub fn converged(&self) -> f64 {
        self.map.pixels.iter().filter(|pixel| pixel.is_converged()).count() as f64 / self.map.pixels.len() as f64
    }

    /// Notes how fast the models were trained, in so many seconds, on a device with this ceiling.
    pub(super) fn time(&mut self, job: &Job, seconds: f64, ceiling: DeviceCeiling) {
        let steps = self.map.updates as f64 * job.data.train.len() as f64;
        let cost = SampleStepCost::of(&job.shape, &job.recipe);
        // A multiplication with an addition is one instruction, and two operations.
        let floor_seconds = steps * cost.instructions / (ceiling.flop_per_second / 2.0);
        self.speed = Some(AchievedSpeed {
            seconds,
            sample_steps_per_second: steps / seconds,
            flop_per_second: steps * cost.flop / seconds,
            floor_seconds,
            share_of_floor: floor_seconds / seconds,
        });
    }

    /// By how much a window may be smaller than this one, with as many pixels.
    pub fn deepest(&self) -> f64 {
        self.apart / CLOSEST
    }

    fn draw(&mut self, study: &Study, jobs: &[Job], engine: &EngineInfo) -> Result<()> {
        let pixels = &self.map.pixels;
        let sums: Vec<f64> = pixels.iter().map(|pixel| pixel.loss_sum).collect();
        let inverses: Vec<f64> = pixels.iter().map(|pixel| pixel.inverse_sum).collect();
        let tints = tints(&self.map.converged(), &sums, &inverses);
        let (question, seed) = (study.question(), jobs[0].trials.get(0).seed);
        let title = format!("{} of {} networks converge", percent(self.converged()), count(question.models()));
        let rough = self.dimension.as_ref().map(|found| format!(" · dimension of the boundary {:.2}", found.median));
        let network = summary_text::model(question, 0, &jobs[0]);
        let plot = MapPlot {
            title: &title,
            subtitle: &format!("{network} · seed {seed}{}", rough.unwrap_or_default()),
            x: axis(&self.map.x),
            y: axis(&self.map.y),
            tints: &tints,
            converged: "converged",
            diverged: "not converged",
            metadata: &self.metadata(study, engine),
        };
        self.files.extend(plot.write(study.folder())?);
        self.rgb = plot.rgb();
        Ok(())
    }

    /// What a picture that has lost its folder should still say.
    fn metadata(&self, study: &Study, engine: &EngineInfo) -> Vec<(String, String)> {
        let sweep = &study.question().sweep;
        let values = |side: &MapSide| {
            let text = sweep.axis(side.scalar).map_or(String::new(), |axis| axis.to_string());
            format!("{} {text}", side.scalar.name())
        };
        let (precision, apart, deepest) = (self.precision, self.apart, self.deepest());
        let limit = format!(
            "{precision} keeps neighbouring pixels {apart:.1} units in its last place apart; {CLOSEST} are the least: a window with as \
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
            ("gpu-sweep:digest", study.question().digest.clone()),
        ];
        texts.map(|(key, text)| (key.to_owned(), text)).into()
    }
}

fn axis(side: &MapSide) -> MapAxis<'_> {
    MapAxis { words: side.scalar.words(), values: &side.values }
}
