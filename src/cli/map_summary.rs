//! Summary of a map for the terminal.

use super::Exit;
use super::verbosity::{Verbosity, labelled, list_of_files};
use crate::cli::ExitCode;
use crate::engine::AchievedSpeed;
use crate::plot::number;
use crate::results::MapSide;
use crate::run::summary_text::{self, percent, short};
use crate::run::{MapOutput, Session};
use crate::statistics::BoxCountingDimension;
use serde_json::json;

/// Prints the summary of a run after which no pixel is missing.
pub fn finished(session: &Session, output: &Verbosity, trained: u64, map_output: &MapOutput) -> Result<ExitCode, Exit> {
    output.gap();
    let folder = session.study.folder();
    let files = summary_text::files(folder);
    output.show(&(text(map_output) + &list_of_files(folder, &files)))?;
    output.object(|| {
        let side = |side: &MapSide| json!({ "axis": side.hyperparameter.name(), "from": side.values.first(), "to": side.values.last(), "pixels": side.values.len() });
        let (engine, mappings) = session.study.saved_engine().unzip();
        json!({
            "version": env!("CARGO_PKG_VERSION"), "x": side(&map_output.map.x), "y": side(&map_output.map.y),
            "converged": map_output.converged(),
            "dimension": map_output.dimension.as_ref().map(|dimension| dimension.median),
            "precision": map_output.precision.to_string(), "units_apart": map_output.apart,
            "deepest_zoom": map_output.deepest(), "achieved": map_output.speed,
            "out": folder.display().to_string(),
            "files": files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "engine": engine, "mappings": mappings, "trained": trained,
            "seconds": session.clock.phases().iter().map(|p| (p.name, p.seconds)).collect::<std::collections::BTreeMap<_, _>>(),
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Summary for the terminal.
fn text(map_output: &MapOutput) -> String {
    let side = |side: &MapSide| format!("{} {}", side.hyperparameter.words(), range(&side.values));
    let (x, y) = (&map_output.map.x, &map_output.map.y);
    let mut lines = vec![labelled("map", &format!("{} × {} networks", x.values.len(), y.values.len()))];
    lines.push(labelled("across", &side(x)));
    lines.push(labelled("up", &side(y)));
    lines.push(labelled("converged", &percent(Some(map_output.converged()), 1)));
    lines.push(labelled("boundary", &boundary(map_output)));
    lines.extend(map_output.speed.as_ref().map(|speed| labelled("speed", &rate(speed))));
    let deepest = if map_output.deepest().is_finite() { short(map_output.deepest()) } else { "any".into() };
    let zoom = format!(
        "up to about {deepest} times smaller windows, until {} can no longer distinguish neighbouring pixels",
        map_output.precision
    );
    lines.push(labelled("zoom", &zoom));
    lines.join("\n") + "\n\n"
}

/// Achieved speed, and the share of the time that the instructions alone need.
fn rate(speed: &AchievedSpeed) -> String {
    let [steps, flop] = [speed.sample_steps_per_second, speed.flop_per_second / 1e9].map(|rate| number(rate, 3));
    let (seconds, share) = (speed.seconds, 100.0 * speed.share_of_floor);
    format!("{seconds:.1} s, of which the instructions alone need {share:.0} %: {steps} sample-steps/s, {flop} GFLOP/s")
}

/// First and last value, with two more digits than it takes to distinguish them.
fn range(values: &[f64]) -> String {
    let [from, to] = [values.first(), values.last()].map(|value| value.copied().unwrap_or(f64::NAN));
    let digits = (1..=15).find(|digits| number(from, *digits) != number(to, *digits)).unwrap_or(15) + 2;
    format!("{} to {}", number(from, digits), number(to, digits))
}

/// Box-counting dimension of the boundary, in words.
fn boundary(map_output: &MapOutput) -> String {
    match &map_output.dimension {
        Some(dimension) => {
            let sizes: Vec<String> = dimension.scales.iter().map(|(size, _)| size.to_string()).collect();
            let slopes: Vec<String> = dimension.slopes.iter().map(|slope| format!("{slope:.2}")).collect();
            let (median, sizes) = (dimension.median, sizes.join(", "));
            format!("box-counting dimension {median:.2} (median of {}; boxes of {sizes} pixels)", slopes.join(", "))
        }
        None => format!("no dimension: all alike, or fewer than {} pixels across", BoxCountingDimension::SMALLEST_MAP),
    }
}
