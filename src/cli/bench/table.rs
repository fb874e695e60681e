//! The `bench` report as a table.

use crate::analysis::bench::{BenchDevice, BenchReport, BenchRow, BreakEven, BreakEvenRange, Measured};
use crate::cli::verbosity::bold;
use std::fmt::Write;

/// Formats the whole report.
pub fn text(report: &BenchReport) -> String {
    let mut text = devices(&report.devices);
    for (n, rows) in report.rows.chunk_by(|a, b| a.work == b.work).enumerate() {
        let (BenchRow { work, title, .. }, amount) = (&rows[0], amount(rows));
        let _ = writeln!(text, "\n{}", bold(&format!("{work}: {title}, {amount}")));
        text += &table(rows, n == 0, |row| row.info.engine.to_string());
    }
    if let Some(BenchRow { title, epochs_uncut, .. }) = report.growth.first() {
        let _ = writeln!(text, "\n{}", bold(&format!("growing numbers of models: {title}, {epochs_uncut} epochs")));
        text += &table(&report.growth, true, |row| format!("{} {:>8}", row.info.engine, row.models));
    }
    let lines: Vec<String> = report.break_even.iter().map(break_even).collect();
    if !lines.is_empty() {
        let _ = writeln!(text, "\n{}", lines.join("\n"));
    }
    text
}

fn devices(devices: &[BenchDevice]) -> String {
    let mut text = format!("{}\n", bold("device  start-up  multiply-add       copy  what it is"));
    for BenchDevice { info, start_up, ceiling } in devices {
        let (flop, copy) = match ceiling {
            Some(ceiling) => (rate(ceiling.flop_per_second, "FLOP/s"), rate(ceiling.copied_bytes_per_second, "B/s")),
            None => ("–".into(), "–".into()),
        };
        let software = if info.software { " (software adapter)" } else { "" };
        let what = format!("{}, {}{software}", info.device, info.driver_and_threads());
        let _ = writeln!(text, "{:<6}  {start_up:>6.2} s  {flop:>12}  {copy:>9}  {what}", info.engine);
    }
    text
}

/// `2000 models × 1000 epochs`, with the planned number of epochs if time allowed fewer.
fn amount(rows: &[BenchRow]) -> String {
    let BenchRow { models, epochs, epochs_uncut, .. } = &rows[0];
    let cut = if epochs < epochs_uncut { format!(" (of {epochs_uncut}, cut to fit --seconds)") } else { String::new() };
    format!("{models} models × {epochs} epochs{cut}")
}

const HEADING: &str = "    median     lowest – highest  runs   ratio  model-epochs/s  sample-steps/s  FLOP/s  of peak  of copy  \
                       compile    device  readback  mapping, device, driver";

/// One line per row, below column headings if `heading`.
fn table(rows: &[BenchRow], heading: bool, label: impl Fn(&BenchRow) -> String) -> String {
    let width = rows.iter().map(|row| label(row).chars().count()).max().unwrap_or(0);
    let mut text = if heading { format!("{:width$}  {HEADING}\n", "") } else { String::new() };
    for row in rows {
        let first = rows.iter().find(|other| other.models == row.models && other.device_index == 0);
        let line = match &row.measured {
            Some(measured) => numbers(measured, first.and_then(|first| first.measured.as_ref())),
            None => format!("{}; ", row.note),
        };
        let (info, mapping) = (&row.info, row.mapping.map_or("no mapping".to_owned(), |mapping| mapping.to_string()));
        let _ =
            writeln!(text, "{:width$}  {line}{mapping}, {}, {}", label(row), info.device, info.driver_and_threads());
    }
    text
}

/// Columns of one row; `first` is the first device's row with equally many models, for the time ratio.
fn numbers(measured: &Measured, first: Option<&Measured>) -> String {
    let [low, high] = measured.spread();
    let phase = |name: &str| measured.phases.iter().find(|phase| phase.name == name).map(|phase| phase.seconds);
    let spread = format!("{} – {}", seconds(low), seconds(high));
    format!(
        "{:>10}  {spread:>19}  {:>4}  {:>6}  {:>14.3e}  {:>14.3e}  {:>6}  {:>7}  {:>7}  {:>7}  {:>8}  {:>8}  ",
        seconds(measured.median),
        measured.runs.len(),
        first.map_or("–".into(), |first| format!("{:.2}", measured.median / first.median)),
        measured.model_epochs_per_second,
        measured.sample_steps_per_second,
        rate(measured.flop_per_second, ""),
        percent(measured.share_of_flop),
        percent(measured.share_of_copy),
        seconds(measured.compile),
        phase("device").or(phase("training")).map_or("–".into(), seconds),
        phase("readback").map_or("–".into(), seconds),
    )
}

/// Number of models from which on one device is faster than the other.
fn break_even(BreakEven { device, than, training, with_start, .. }: &BreakEven) -> String {
    let from = |from: &BreakEvenRange| match from {
        BreakEvenRange::First => "with any number of models".to_owned(),
        BreakEvenRange::Models(models) => format!("from {} models on", round(*models)),
        BreakEvenRange::NotUpTo(models) => format!("not with up to {models} models"),
    };
    let (training, whole) = (from(training), from(with_start));
    let (heading, compared) = (bold("break-even"), format!("{device} ahead of {than}"));
    format!("{heading}  {compared}\n  training alone               {training}\n  with start-up, compilation   {whole}")
}

/// Rounds to two significant digits; numbers below 100 to whole ones.
fn round(x: f64) -> u64 {
    let digit = 10f64.powf((x.max(1.0).log10().floor() - 1.0).max(0.0));
    ((x / digit).round() * digit) as u64
}

/// Formats a duration with three significant digits, below 1 ms in whole microseconds.
fn seconds(s: f64) -> String {
    let (size, unit) = [(1.0, "s"), (1e-3, "ms")].into_iter().find(|(size, _)| s >= *size).unwrap_or((1e-6, "µs"));
    let x = s / size;
    let digits = if unit == "µs" { 0 } else { 2 - x.log10().floor().clamp(0.0, 2.0) as usize };
    format!("{x:.digits$} {unit}")
}

/// Formats a rate with an SI prefix: `236 GFLOP/s`.
fn rate(x: f64, unit: &str) -> String {
    let (size, letter) = [(1e12, "T"), (1e9, "G"), (1e6, "M")].into_iter().find(|(s, _)| x >= *s).unwrap_or((1.0, ""));
    let x = x / size;
    let digits = if x < 10.0 { 1 } else { 0 };
    format!("{x:.digits$} {letter}{unit}")
}

fn percent(share: Option<f64>) -> String {
    match share {
        None => "–".into(),
        Some(share) if share < 0.01 => format!("{:.2} %", 100.0 * share),
        Some(share) => format!("{:.0} %", 100.0 * share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_for_the_eye() {
        assert_eq!([12e-6, 0.0123, 1.5].map(seconds), ["12 µs", "12.3 ms", "1.50 s"]);
        assert_eq!([rate(236.4e9, "FLOP/s"), rate(5.25e12, "B/s")], ["236 GFLOP/s", "5.2 TB/s"]);
        assert_eq!([0.531, 0.00042].map(|s| percent(Some(s))), ["53 %", "0.04 %"]);
        assert_eq!([1.0, 87.4, 12_345.0].map(round), [1, 87, 12_000]);
    }
}
