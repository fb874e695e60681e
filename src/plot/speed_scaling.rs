//! Speed against the number of models, for each device of a benchmark.

use super::frame::{Frame, Heading, begin};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Paint, Position, Scene};
use super::series_style::COLOURS;
use super::theme::{AXIS, BODY, WHITE, count, named, number, readable};
use super::{Picture, PictureKind};
use crate::analysis::bench::{BenchReport, BreakEvenRange, Measured};
use crate::error::Result;

/// Training speed of devices for growing numbers of models.
#[derive(Debug, Clone)]
pub struct ScalingPlot<'a> {
    /// Measurements for growing numbers of models.
    pub report: &'a BenchReport,
    /// Date of the measurements: `2026-11-24`.
    pub date: &'a str,
}

/// Name of each device's curve: its engine's name, with a number if there are several of the same engine.
pub fn names(report: &BenchReport) -> Vec<String> {
    let engine = |n: usize| report.devices[n].info.engine;
    let all = 0..report.devices.len();
    let twins = |n: usize| all.clone().filter(move |k| engine(*k) == engine(n));
    let name = |n: usize| match twins(n).count() {
        1 => engine(n).name().to_uppercase(),
        _ => format!("{} {}", engine(n).name().to_uppercase(), twins(n).filter(|k| *k < n).count() + 1),
    };
    all.clone().map(name).collect()
}

/// Legend of the names: `CPU: AMD EPYC, AVX-512, threads: 2`.
pub fn legend(report: &BenchReport) -> String {
    let line = |(name, device): (String, &crate::analysis::bench::BenchDevice)| {
        let software = if device.info.software { " (a software adapter)" } else { "" };
        format!("{name}: {}, {}{software}", device.info.device, device.info.driver_and_threads())
    };
    names(report).into_iter().zip(&report.devices).map(line).collect::<Vec<_>>().join(" · ")
}

impl ScalingPlot<'_> {
    /// Numbers of models and measurements of device `n`.
    fn points(&self, n: usize) -> Vec<(f64, &Measured)> {
        let own = self.report.growth.iter().filter(|row| row.device_index == n);
        own.filter_map(|row| Some((row.models as f64, row.measured.as_ref()?))).collect()
    }

    fn title(&self) -> String {
        let names = names(self.report);
        match &self.report.break_even[..] {
            [only] => match (only.training, &names[only.device_index]) {
                (BreakEvenRange::First, name) => format!("The {name} is faster with any number of models"),
                (BreakEvenRange::Models(models), name) => {
                    format!("From {} models on the {name} is faster", count(models.round() as u64))
                }
                (BreakEvenRange::NotUpTo(models), _) => {
                    format!("Up to {} models the {} is faster", count(models), names[0])
                }
            },
            _ => {
                let rates = self.report.growth.iter().filter_map(|row| row.measured.as_ref());
                let best = rates.map(|measured| measured.model_epochs_per_second).fold(0.0, f64::max);
                format!("Up to {} model-epochs a second", number(best, 2))
            }
        }
    }

    fn draw_break_even(&self, scene: &mut Scene, frame: &Frame) {
        for found in &self.report.break_even {
            if let BreakEvenRange::Models(models) = found.training {
                let x = frame.x(models);
                scene.dashed(&[(x, frame.top), (x, frame.bottom)], &[10.0, 8.0], 2.5, AXIS);
                scene.text((x - 12.0, frame.bottom - 20.0), "break-even", BODY, Align::End);
            }
        }
    }
}

impl Picture for ScalingPlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Scaling
    }

    fn scene(&self) -> Result<Scene> {
        let title = self.report.growth.first().map_or("", |row| row.title.as_str());
        let epochs = self.report.growth.first().map_or(0, |row| row.epochs);
        let subtitle = format!("{title}, {epochs} epochs · {} · {}", self.date, legend(self.report));
        let all: Vec<(f64, &Measured)> = (0..self.report.devices.len()).flat_map(|n| self.points(n)).collect();
        let rates = || all.iter().map(|(_, m)| m.model_epochs_per_second);
        let (low, high) = (rates().fold(f64::INFINITY, f64::min), rates().fold(1.0, f64::max));
        let most = all.iter().map(|(models, _)| *models).fold(10.0, f64::max);
        let header = Heading {
            title: &self.title(),
            subtitle: &subtitle,
            x: "Models trained at once",
            y: "Model-epochs per second",
            right: 120.0,
        };
        let whole = |value: f64| if value < 1e6 { count(value as u64) } else { number(value, 3) };
        let x = PlotAxis::logarithmic(1.0, most, false).written(|value| count(value as u64));
        let y = PlotAxis::logarithmic(low.min(high / 10.0), high * 1.5, false).written(whole);
        let (mut scene, frame) = begin(&header, x, y);
        frame.draw(&mut scene);
        self.draw_break_even(&mut scene, &frame);
        let mut ends = Vec::new();
        for ((n, name), rgb) in names(self.report).into_iter().enumerate().zip(COLOURS) {
            let points = self.points(n);
            for (models, measured) in &points {
                let ends = measured
                    .spread()
                    .map(|s| frame.at(*models, measured.model_epochs_per_second * measured.median / s));
                scene.line(ends.to_vec(), 6.0, Paint { rgb, alpha: 0.35 });
            }
            let line: Vec<Position> =
                points.iter().map(|(models, m)| frame.at(*models, m.model_epochs_per_second)).collect();
            scene.line(line.clone(), 9.0, WHITE);
            scene.line(line.clone(), 5.0, rgb);
            line.iter().for_each(|at| scene.dot(*at, 8.0, rgb));
            ends.extend(line.last().map(|end| (*end, name, named(readable(rgb)))));
        }
        for (at, name, kind) in ends {
            scene.text((at.0 + 18.0, at.1 + 9.0), name, kind, Align::Start);
        }
        Ok(scene)
    }
}
