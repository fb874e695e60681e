//! Roofline plot (Williams, Waterman and Patterson, Communications of the ACM 52, 2009): speeds achieved on devices,
//! and the ceilings of these devices, against operations per byte.

use super::frame::{Heading, begin};
use super::plot_axis::PlotAxis;
use super::scene::{Align, Paint, Position, Scene};
use super::series_style::COLOURS;
use super::speed_scaling::{legend, names};
use super::theme::{BODY, WHITE, named, number, readable};
use super::{Picture, PictureKind};
use crate::analysis::bench::{BenchReport, Measured};
use crate::engine::DeviceCeiling;
use crate::error::Result;

/// Benchmark workloads below the ceilings of their devices.
#[derive(Debug, Clone)]
pub struct RooflinePlot<'a> {
    /// Measurements, with the ceilings.
    pub report: &'a BenchReport,
    /// Date of the measurements: `2026-11-24`.
    pub date: &'a str,
}

impl RooflinePlot<'_> {
    /// Workload names and measurements of device `n`.
    fn points(&self, n: usize) -> Vec<(&str, &Measured)> {
        let own = self.report.rows.iter().filter(|row| row.device_index == n);
        own.filter_map(|row| Some((row.work.as_str(), row.measured.as_ref()?))).collect()
    }

    fn title(&self) -> String {
        let of = |(n, name): (usize, String)| {
            let shares: Vec<f64> = self.points(n).iter().filter_map(|(_, m)| m.share_of_flop).collect();
            let low = shares.iter().copied().reduce(f64::min)?;
            let high = shares.iter().copied().fold(0.0, f64::max);
            let [low, high] = [low, high].map(|share| number(100.0 * share, 2));
            let range = if low == high { low } else { format!("{low} to {high}") };
            let verb = if n == 0 { "reaches " } else { "" };
            Some(format!("the {name} {verb}{range}\u{a0}%"))
        };
        let parts: Vec<String> = names(self.report).into_iter().enumerate().filter_map(of).collect();
        match parts.is_empty() {
            true => "Speed against operations per byte".into(),
            false => format!("Of its multiply-add ceiling, {}", parts.join(", ")),
        }
    }
}

/// The roof: limited by copying below the ridge, by multiply-adds above.
fn roof(ceiling: &DeviceCeiling, per_byte: f64) -> f64 {
    ceiling.flop_per_second.min(per_byte * ceiling.copied_bytes_per_second)
}

impl Picture for RooflinePlot<'_> {
    fn kind(&self) -> PictureKind {
        PictureKind::Roofline
    }

    fn scene(&self) -> Result<Scene> {
        let devices = &self.report.devices;
        let ceilings: Vec<&DeviceCeiling> = devices.iter().filter_map(|device| device.ceiling.as_ref()).collect();
        let dots: Vec<&Measured> = self.report.rows.iter().filter_map(|row| row.measured.as_ref()).collect();
        let most_per_byte = dots.iter().map(|m| m.flop_per_byte).fold(1e3, f64::max) * 3.0;
        let low = dots.iter().map(|m| m.flop_per_second);
        let low = low.chain(ceilings.iter().map(|c| roof(c, 0.3))).fold(f64::INFINITY, f64::min) / 1.5;
        let high = ceilings.iter().map(|c| c.flop_per_second).fold(10.0 * low, f64::max) * 2.0;
        let header = Heading {
            title: &self.title(),
            subtitle: &format!("{} · {}", self.date, legend(self.report)),
            x: "Operations per byte that must cross the memory",
            y: "Floating-point operations per second",
            right: 120.0,
        };
        let (x, y) = (PlotAxis::logarithmic(0.3, most_per_byte, false), PlotAxis::logarithmic(low, high, false));
        let (mut scene, frame) = begin(&header, x, y);
        frame.draw(&mut scene);
        for (((n, name), device), rgb) in names(self.report).into_iter().enumerate().zip(devices).zip(COLOURS) {
            if let Some(ceiling) = &device.ceiling {
                let ridge = ceiling.flop_per_second / ceiling.copied_bytes_per_second;
                let corners = [0.3, ridge, most_per_byte].map(|per_byte| frame.at(per_byte, roof(ceiling, per_byte)));
                scene.line(corners.to_vec(), 4.0, Paint { rgb, alpha: 0.6 });
                let end: Position = corners[2];
                scene.text((end.0 + 22.0, end.1 + 9.0), name, named(readable(rgb)), Align::Start);
            }
            for (work, measured) in self.points(n) {
                let at = frame.at(measured.flop_per_byte, measured.flop_per_second);
                scene.dot(at, 13.0, WHITE);
                scene.dot(at, 10.0, rgb);
                // The label goes below, unless another dot is there.
                let covers = |dot: &&Measured| {
                    let other = frame.at(dot.flop_per_byte, dot.flop_per_second);
                    (other.0 - at.0).abs() < 60.0 && (1.0..70.0).contains(&(other.1 - at.1))
                };
                let down = if dots.iter().any(covers) { -22.0 } else { 42.0 };
                scene.text((at.0, at.1 + down), work, BODY, Align::Middle);
            }
        }
        Ok(scene)
    }
}
