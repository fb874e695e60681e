//! The main job: settings → inputs → engines → results on disk → tables → pictures, report → summary.

use super::args::{RunArgs, TrainArgs};
use super::progress::Terminal;
use super::signals::Signals;
use super::summary::SummaryInput;
use super::verbosity::{Verbosity, labelled, list_of_files};
use super::{Exit, distributions, map_summary, settings_source, standard_input, variance};
use crate::builder::{RunOptions, plan, tune};
use crate::cli::ExitCode;
use crate::engine::Engine;
use crate::engine::select::{SelectedDevices, select_several};
use crate::plot::Facets;
use crate::results::StudySpec;
use crate::run::{PhaseClock, ResourceEstimate, RunOutcome, Session, summary_text};
use crate::study::{RunRecord, StudySize, TrainingSummary, WrittenTables, read_config};
use crate::sweep::{Inputs, Sweep};
use crate::{Error, Result};
use serde_json::json;

/// What differs between kinds of jobs.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// Formats the results for the terminal, above the list of files.
    pub text: fn(&SummaryInput) -> String,
}

/// The main job.
pub const MAIN: JobKind = JobKind { text: |results| results.of_values() + &distributions::text_if_large(results) };

/// Trains what is missing in the results folder, then writes tables and pictures.
pub fn run(args: TrainArgs) -> Result<ExitCode, Exit> {
    run_as(args, MAIN)
}

/// The same for another kind of job.
pub fn run_as(args: TrainArgs, kind: JobKind) -> Result<ExitCode, Exit> {
    // Read once: the file may be a pipe.
    let base = base(&args)?;
    // A preset's settings are intended, so notes about them are not printed.
    let meant = base.notes();
    let sweep = settings_source::apply_flags(base, &args)?;
    let notes = sweep.notes().into_iter().filter(|note| args.running.config.is_some() || !meant.contains(note));
    notes.for_each(|note| args.running.output.report("note", &note));
    run_sweep(args, sweep, kind)
}

/// The same for a sweep that is already complete.
pub fn run_sweep(args: TrainArgs, sweep: Sweep, kind: JobKind) -> Result<ExitCode, Exit> {
    let output = args.running.output;
    let mut clock = PhaseClock::start();
    let log = RunRecord::begin(super::typed_words());
    if args.running.print_config || args.running.print_data {
        return print(&args.running, &sweep);
    }
    let options = args.run_options(sweep)?;
    // Before the folder is created, so that a stop from then on says how to resume.
    let signals = if args.running.explain { None } else { Some(Signals::listen()?) };
    let SelectedDevices { mut engines, reason } =
        clock.time("start-up", || select_several(&options.devices, &options.limits))?;
    let inputs = clock.time("data", || Inputs::load(&options.sweep))?;
    let Some(signals) = signals else {
        output.report("engine", &reason);
        output.show(&explain(&options, &inputs, engines[0].as_mut())?)?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut session = Session::open(&options, &inputs, engines, clock)?;
    let terminal = Terminal { output, signals };
    session.introduce(&terminal, &reason);
    let ended = complete(&mut session, &terminal, log, kind);
    if let Err(stop) = &ended
        && stop.exit_code() != 2
    {
        output.report("failed", &session.resume_hint());
        // Fails, too, if the disk is the problem.
        let _ = session.progress("failed", Some(stop.to_string()));
    }
    ended
}

/// Runs the session to its end and prints how it ended.
pub fn complete(session: &mut Session, terminal: &Terminal, log: RunRecord, kind: JobKind) -> Result<ExitCode, Exit> {
    match session.complete(terminal, log)? {
        RunOutcome { map: Some(map), trained, .. } => map_summary::finished(session, &terminal.output, trained, &map),
        RunOutcome { tables: None, trained, summary, .. } => incomplete(session, terminal, trained, summary),
        RunOutcome { tables: Some(tables), trained, .. } => finished(session, &terminal.output, trained, &tables, kind),
    }
}

/// Prints the summary of a run after which nothing is missing.
fn finished(
    session: &Session,
    output: &Verbosity,
    trained: u64,
    tables: &WrittenTables,
    kind: JobKind,
) -> Result<ExitCode, Exit> {
    output.gap();
    let facets = Facets::of(session.study.spec(), &tables.summary);
    let files = summary_text::files(session.study.folder());
    let results = SummaryInput {
        facets: &facets,
        tested: session.jobs.iter().any(|job| job.data.test.is_some()),
        threshold: session.study.spec().success_threshold(),
        out: session.study.folder(),
        files: &files,
    };
    output.show(
        &((kind.text)(&results) + &variance::text(&tables.splits) + &list_of_files(session.study.folder(), &files)),
    )?;
    output.object(|| {
        let mut object = results.json();
        object["version"] = env!("CARGO_PKG_VERSION").into();
        let (engine, mappings) = session.study.saved_engine().unzip();
        object["engine"] = json!(engine);
        object["mappings"] = json!(mappings);
        object["trained"] = trained.into();
        object["seconds"] = session.clock.phases().iter().map(|p| (p.name, p.seconds)).collect();
        object
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Ends a run after which models are missing: it was stopped, chunks failed, or other shards are still training.
fn incomplete(
    session: &Session,
    terminal: &Terminal,
    trained: u64,
    summary: TrainingSummary,
) -> Result<ExitCode, Exit> {
    let (kept, all, failed) = (session.study.finished_models(), session.study.spec().models(), summary.failures.len());
    let (out, Terminal { output, signals }) = (session.study.folder(), terminal);
    output
        .object(|| json!({ "trained": trained, "kept": kept, "models": all, "failed_chunks": failed, "out": out.display().to_string() }))?;
    let (state, code) = match (signals.stop(), verdict(session, trained, summary)) {
        (None, Some(stop)) => return Err(stop),
        (None, None) => ("shard", ExitCode::SUCCESS),
        (Some(signal), _) => ("stopped", ExitCode::from(signal)),
    };
    session.progress(state, None)?;
    let rest = if state == "shard" { summary_text::others(kept, all) } else { session.resume_hint() };
    output.report(state, &rest);
    Ok(code)
}

/// Exit of a run that trained `models` models, if chunks failed.
fn verdict(session: &Session, models: u64, mut trained: TrainingSummary) -> Option<Exit> {
    let (number, all, untried) = (trained.failures.len(), session.study.number_of_chunks(), trained.untried);
    let last = trained.failures.pop()?.error;
    Some(match (models, untried) {
        (0, _) => Exit::Failed(last),
        (_, 0) => {
            Exit::Partly(format!("{number} of {} failed, the last one so: {last}", summary_text::plural(all, "chunk")))
        }
        _ => Exit::Failed(Error::Device(format!(
            "no device is left for {untried} of {}: {last}",
            summary_text::plural(all, "chunk")
        ))),
    })
}

/// Sweep of the preset or file, without flags.
fn base(args: &TrainArgs) -> Result<Sweep> {
    match (&args.running.preset, &args.running.config) {
        (Some(preset), _) => Sweep::preset(preset),
        (None, Some(config)) => read_config(config),
        (None, None) => Ok(Sweep::default()),
    }
}

/// Prints the settings or the data, even with --quiet.
fn print(running: &RunArgs, sweep: &Sweep) -> Result<ExitCode, Exit> {
    if running.print_config && standard_input::is_kept() {
        // The file with its bytes is gone when this program ends, and sweep.toml must name one.
        let what =
            "can't be printed as a setting, since no other run can read it again; write it into a file and name that";
        return Err(Error::usage("--data -", what).into());
    }
    let text = if running.print_config { sweep.to_toml()? } else { Inputs::raw_data(sweep)?.to_csv() };
    Verbosity { quiet: false, json: false }.show(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Describes how everything would be trained, cell by cell.
fn explain(options: &RunOptions, inputs: &Inputs, engine: &mut dyn Engine) -> Result<String> {
    let spec = StudySpec::of(&options.sweep, inputs);
    let mut jobs = plan(options.mapping, inputs, engine)?;
    let tuned = tune(options, &mut jobs, engine)?;
    let mut lines = vec![labelled("folder", &options.folder(inputs)?.display().to_string())];
    lines.push(labelled("models", &summary_text::models(&spec, &jobs)));
    lines.extend(tuned.iter().map(|tuned| labelled("fastest", tuned)));
    let need = ResourceEstimate::of(&jobs, StudySize::planned(&spec)?, 1.0, engine, 1)?;
    lines.extend(need.lines().iter().map(|(about, text)| labelled(about, text)));
    for (n, job) in jobs.iter().enumerate() {
        if jobs.len() > 1 {
            lines.push(labelled("cell", &format!("{} of {}: {}", n + 1, jobs.len(), job.shape)));
        }
        lines.extend(engine.explain(job)?.iter().map(|reason| labelled(reason.subject, &reason.text)));
    }
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests;
