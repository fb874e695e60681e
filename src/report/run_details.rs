//! Device, machine and times of the run, from `run.json`.

use super::Report;
use super::html_writer::Html;
use crate::engine::Mapping;
use crate::plot::{count, number, percent};
use serde_json::Value;

/// Writes the section about the run: of several runs in this folder, the last one that trained.
pub fn section(page: &mut Html, report: &Report) {
    page.raw("<section id=\"run\" aria-labelledby=\"run-title\">\n<h2 id=\"run-title\">Device and times</h2>\n");
    let runs = report.study.runs();
    let trained = |run: &&Value| run["trained"].as_u64().is_some_and(|n| n > 0);
    let working = runs.iter().filter(trained).count();
    page.raw("<dl class=\"pairs\">\n");
    if let Some((engine, mappings)) = report.study.saved_engine() {
        page.pair("Engine", engine.engine.name())
            .pair("Device", &engine.device)
            .pair("Driver", &engine.driver_and_threads());
        page.pair("Mapping of models", &Mapping::distinct(mappings));
    }
    let Some(run) = runs.iter().rfind(trained).or(runs.last()) else {
        page.raw("</dl>\n<p>There is no record of the run (<code>run.json</code>).</p>\n</section>\n");
        return;
    };
    machine(page, run);
    if working > 1 {
        page.pair("Runs", &format!("trained in {working} runs; what is said here is of the last of them"));
    }
    page.raw("</dl>\n");
    speed(page, run);
    times(page, run);
    page.raw("</section>\n");
}

/// Writes machine, version, dates, and failures.
fn machine(page: &mut Html, run: &Value) {
    let text = |place: &str| run.pointer(place).and_then(Value::as_str).unwrap_or("unknown");
    let cores = run.pointer("/host/cores").and_then(Value::as_u64);
    let cores = cores.map_or(String::new(), |n| format!(", {n} threads at once"));
    page.pair("Machine", &format!("{}, {}{cores}", text("/host/os"), text("/host/architecture")));
    page.pair("gpu-sweep", text("/version")).pair("Started", text("/started")).pair("Ended", text("/ended"));
    page.pair("Models trained", &run["trained"].as_u64().map_or("unknown".into(), count));
    for failure in run["failed"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        page.pair("Failed", failure);
    }
}

/// Writes the speed of the devices that report it.
fn speed(page: &mut Html, run: &Value) {
    for achieved in run["achieved"].as_array().into_iter().flatten() {
        let value = |name: &str| achieved[name].as_f64();
        let Some((steps, flop)) = value("sample_steps_per_second").zip(value("flop_per_second")) else { continue };
        let share = value("share_of_floor")
            .map_or(String::new(), |share| format!(", {} of what the device can do", percent(share)));
        let (steps, flop) = (number(steps, 3), number(flop / 1e9, 3));
        page.paragraph(&format!("{steps} points × models × epochs a second, {flop} GFLOP/s{share}."));
    }
}

/// Writes the seconds by phase.
fn times(page: &mut Html, run: &Value) {
    let phases: Vec<(&str, f64)> = run["phases"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|phase| Some((phase["name"].as_str()?, phase["seconds"].as_f64()?)))
        // These phases end after the page is written.
        .filter(|(name, _)| !matches!(*name, "report" | "total"))
        .collect();
    if phases.is_empty() {
        return;
    }
    page.raw("<table class=\"times\">\n<caption>Seconds by phase; some run at the same time</caption>\n");
    page.raw("<thead><tr><th scope=\"col\">Phase</th><th scope=\"col\">Seconds</th></tr></thead>\n<tbody>\n");
    for (name, seconds) in phases {
        page.raw("<tr><th scope=\"row\">")
            .text(name)
            .raw("</th><td>")
            .text(&format!("{seconds:.3}"))
            .raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}
