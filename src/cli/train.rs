//! The main job: question → inputs → engines → results on disk → tables → pictures, report → summary.

use super::args::{Running, Train};
use super::clock::Clock;
use super::output::{Output, labelled};
use super::pictures::{Drawn, Studio};
use super::session::{Session, plan, tune};
use super::signals::Signals;
use super::summary::Results;
use super::view::Sides;
use super::{Stop, question, report, words};
use gpu_sweep::Result;
use gpu_sweep::engine::Engine;
use gpu_sweep::engine::select::Several;
use gpu_sweep::study::{Failure, Question, Run, Trained, read_config};
use gpu_sweep::sweep::{Inputs, Sweep};
use serde_json::json;
use std::process::ExitCode;

/// Trains what is missing in the results folder, and makes tables and pictures of it.
pub fn run(args: Train) -> Result<ExitCode, Stop> {
    let output = args.running.output;
    let mut clock = Clock::start();
    let log = Run::begin(std::env::args().collect());
    let sweep = asked(&args)?;
    if args.running.print_config || args.running.print_data {
        return print(&args.running, &sweep);
    }
    let Several { mut engines, reason } = clock.time("start-up", || args.running.device.select_several())?;
    let inputs = clock.time("data", || Inputs::load(&sweep))?;
    if args.running.explain {
        output.tell("engine", &reason);
        output.show(&explain(&args, &sweep, &inputs, engines[0].as_mut())?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut session = clock.time("planning", || Session::open(&args, sweep, inputs, engines))?;
    let signals = Signals::listen()?;
    session.introduce(&output, &reason);
    let ended = complete(&mut session, &output, &signals, clock, log);
    if let Err(stop) = &ended
        && stop.exit_code() != 2
    {
        output.tell("failed", &session.rest());
        // Where the disk is the trouble, this can't be written, either.
        let _ = session.progress("failed", Some(stop.to_string()));
    }
    ended
}

/// All of it, as far as it goes.
pub fn complete(
    session: &mut Session,
    output: &Output,
    signals: &Signals,
    mut clock: Clock,
    mut log: Run,
) -> Result<ExitCode, Stop> {
    let (trained, how) = clock.time("training and writing", || session.train(output, signals))?;
    (log.trained, log.failed) = (trained, how.failures.iter().map(Failure::to_string).collect());
    clock.phases.extend(session.phases());
    let stopped = || signals.stop().is_some();
    let alone = session.study.alone(stopped)?;
    session.study.look_again();
    if alone.is_none() || !session.study.missing().is_empty() {
        session.log(log, &clock, &[], &Drawn::default())?;
        return incomplete(session, output, signals, trained, how);
    }
    let tables = clock.time("tables", || session.study.write_tables())?;
    if stopped() {
        return incomplete(session, output, signals, trained, how);
    }
    let sides = Sides::of(session.study.question(), &tables.summary);
    let engine = session.engines[0].as_mut();
    let mut studio = Studio { study: &session.study, engine, jobs: &session.jobs, sides: &sides };
    let drawn = clock.time("pictures", || studio.draw(trained > 0))?;
    drawn.left_out.iter().for_each(|reason| output.tell("pictures", reason));
    let is_new = trained > 0 || !drawn.files.is_empty() || !session.study.has_run();
    if is_new {
        log.achieved = Session::achieved(&mut session.engines);
        session.log(log, &clock, &tables.files, &drawn)?;
    }
    if is_new || !session.study.has_report() {
        let written = report::page(&session.study, &sides, &session.jobs, &session.classes)?;
        written.left_out.iter().for_each(|reason| output.tell("report", reason));
    }
    session.progress("done", None)?;
    output.gap();
    let files = words::files(session.study.folder());
    let results = Results {
        sides: &sides,
        tested: session.jobs.iter().any(|job| job.data.test.is_some()),
        threshold: session.sweep.success_threshold,
        out: session.study.folder(),
        files: &files,
    };
    output.show(&results.text())?;
    output.object(|| session.json(&results, trained, &clock))?;
    Ok(ExitCode::SUCCESS)
}

/// The end of a run after which something is missing: it was stopped, chunks failed, or other shards are at work.
fn incomplete(
    session: &mut Session,
    output: &Output,
    signals: &Signals,
    trained: u64,
    how: Trained,
) -> Result<ExitCode, Stop> {
    let (kept, all, failed) = (session.study.finished_models(), session.study.question().models(), how.failures.len());
    let out = session.study.folder();
    output
        .object(|| json!({ "trained": trained, "kept": kept, "models": all, "failed_chunks": failed, "out": out }))?;
    let (state, code) = match (signals.stop(), session.verdict(trained, how)) {
        (None, Some(stop)) => return Err(stop),
        (None, None) => ("shard", ExitCode::SUCCESS),
        (Some(signal), _) => ("stopped", ExitCode::from(signal)),
    };
    session.progress(state, None)?;
    let rest = if state == "shard" { words::others(kept, all) } else { session.rest() };
    output.tell(state, &rest);
    Ok(code)
}

/// Defaults, then `--preset` or `--config`, then flags.
pub fn asked(args: &Train) -> Result<Sweep> {
    let base = match (&args.running.preset, &args.running.config) {
        (Some(preset), _) => Sweep::preset(preset)?,
        (None, Some(config)) => read_config(config)?,
        (None, None) => Sweep::default(),
    };
    question::on_top_of(base, args)
}

/// The question or the data themselves, whatever --quiet says.
fn print(running: &Running, sweep: &Sweep) -> Result<ExitCode, Stop> {
    let text = if running.print_config { sweep.to_toml()? } else { Inputs::raw_data(sweep)?.to_csv() };
    Output { quiet: false, json: false }.show(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// How everything would be done, cell by cell.
fn explain(args: &Train, sweep: &Sweep, inputs: &Inputs, engine: &mut dyn Engine) -> Result<String> {
    let question = Question::of(sweep, inputs);
    let mut jobs = plan(args, sweep, inputs, &question, engine)?;
    let tuned = tune(args, &mut jobs, engine)?;
    let mut lines = vec![labelled("models", &words::models(&question, &jobs))];
    lines.extend(tuned.iter().map(|tuned| labelled("fastest", tuned)));
    for (n, job) in jobs.iter().enumerate() {
        if jobs.len() > 1 {
            lines.push(labelled("cell", &format!("{} of {}: {}", n + 1, jobs.len(), job.shape)));
        }
        lines.extend(engine.explain(job)?.iter().map(|reason| labelled(reason.subject, &reason.text)));
    }
    Ok(lines.join("\n") + "\n")
}
