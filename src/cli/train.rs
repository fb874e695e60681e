//! The main job: question → inputs → engine → results on disk → tables → pictures → summary.

use super::args::{Running, Train};
use super::output::Output;
use super::pictures::{Drawn, Studio};
use super::progress::Bar;
use super::signals::Signals;
use super::summary::Results;
use super::view::Sides;
use super::{Stop, question, words};
use gpu_sweep::Result;
use gpu_sweep::engine::{Collect, Engine, EngineInfo, Job, Phase};
use gpu_sweep::study::{Question, Run, Study, read_config};
use gpu_sweep::sweep::{Inputs, Sweep};
use std::process::ExitCode;
use std::time::Instant;

/// Trains what is missing in the results folder, and makes tables and pictures of it.
pub fn run(args: Train) -> Result<ExitCode, Stop> {
    let output = Output { quiet: args.running.quiet, json: args.running.json };
    let mut clock = Clock::start();
    let mut log = Run::begin(std::env::args().collect());
    let sweep = asked(&args)?;
    if args.running.print_config || args.running.print_data {
        return print(&args.running, &sweep);
    }
    let selected = clock.time("start-up", || args.running.device.select())?;
    let inputs = clock.time("data", || Inputs::load(&sweep))?;
    if args.running.explain {
        let mut engine = selected.engine;
        output.note(&words::labelled("engine", &selected.reason));
        output.show(&explain(&args, &sweep, &inputs, engine.as_mut())?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut session = clock.time("planning", || Session::open(&args, sweep, inputs, selected.engine))?;
    let signals = Signals::listen()?;
    session.introduce(&output, &selected.reason);
    log.trained = clock.time("training and writing", || session.train(&output, &signals))?;
    clock.phases.extend(session.engine.phases());
    let _alone = session.study.alone()?;
    session.study.look_again();
    if !session.study.missing().is_empty() {
        session.log(log, &clock, &[], &Drawn::default())?;
        output.note(&words::labelled(if signals.stop().is_some() { "stopped" } else { "shard" }, &session.rest()));
        let (done, all) = (session.study.finished_models(), session.study.question().models());
        output.object(|| serde_json::json!({ "trained": done, "models": all, "out": session.study.folder() }))?;
        return Ok(signals.stop().map_or(ExitCode::SUCCESS, ExitCode::from));
    }
    let tables = clock.time("tables", || session.study.write_tables())?;
    let sides = Sides::of(session.study.question(), &tables.summary);
    let engine = session.engine.as_mut();
    let mut studio = Studio { study: &session.study, engine, jobs: &session.jobs, sides: &sides };
    let drawn = clock.time("pictures", || studio.draw(log.trained > 0))?;
    drawn.left_out.iter().for_each(|reason| output.note(&words::labelled("pictures", reason)));
    if log.trained > 0 || !drawn.files.is_empty() {
        log.achieved = session.engine.achieved()?;
        session.log(log.clone(), &clock, &tables.files, &drawn)?;
    }
    output.note("");
    let files = words::files(session.study.folder());
    let results = Results {
        sides: &sides,
        tested: session.jobs.iter().any(|job| job.data.test.is_some()),
        threshold: session.sweep.success_threshold,
        out: session.study.folder(),
        files: &files,
    };
    output.show(&results.text())?;
    output.object(|| session.json(&results, log.trained, &clock))?;
    Ok(ExitCode::SUCCESS)
}

/// Defaults, then `--preset` or `--config`, then flags.
fn asked(args: &Train) -> Result<Sweep> {
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

/// A question, an engine that answers it and the folder for the answers.
pub struct Session {
    pub sweep: Sweep,
    /// One for each cell.
    pub jobs: Vec<Job>,
    pub engine: Box<dyn Engine>,
    pub study: Study,
    /// Which label means what, for each data set.
    classes: Vec<String>,
    /// What timing mappings came to.
    tuned: Vec<String>,
}

/// The jobs of all cells, with the mappings that were forced or that the engine plans; refuses a mapping that the engine can't run.
fn plan(
    args: &Train,
    sweep: &Sweep,
    inputs: &Inputs,
    question: &Question,
    engine: &mut dyn Engine,
) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for (inputs, part) in inputs.cells.iter().zip(&question.cells) {
        let (rows, models) = (inputs.data.train.len(), inputs.trials.len());
        let mapping = match &args.running.device.mapping {
            Some(mapping) => mapping.clone(),
            None => engine.choose_mapping(&inputs.shape, &inputs.recipe, rows, models)?,
        };
        jobs.push(Job::of(sweep, inputs, part.record.clone(), mapping));
    }
    // No trial: nothing is trained.
    jobs.iter().try_for_each(|job| Collect::train(engine, job, 0..0).map(|_| ()))?;
    Ok(jobs)
}

/// Lets the engine time rival mappings, unless one is forced or that is unwanted; returns what came out of it.
fn tune(args: &Train, jobs: &mut [Job], engine: &mut dyn Engine) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if args.running.no_tune || args.running.device.mapping.is_some() {
        return Ok(found);
    }
    for job in jobs {
        if let Some(tuned) = engine.tune(job)? {
            found.push(format!("{} ({})", tuned.mapping, tuned.reason));
            job.mapping = tuned.mapping;
        }
    }
    Ok(found)
}

/// How everything would be done, cell by cell.
fn explain(args: &Train, sweep: &Sweep, inputs: &Inputs, engine: &mut dyn Engine) -> Result<String> {
    let question = Question::of(sweep, inputs);
    let mut jobs = plan(args, sweep, inputs, &question, engine)?;
    let tuned = tune(args, &mut jobs, engine)?;
    let mut lines = vec![words::labelled("models", &words::models(&question, &jobs))];
    lines.extend(tuned.iter().map(|tuned| words::labelled("fastest", tuned)));
    for (n, job) in jobs.iter().enumerate() {
        if jobs.len() > 1 {
            lines.push(words::labelled("cell", &format!("{} of {}: {}", n + 1, jobs.len(), job.shape)));
        }
        lines.extend(engine.explain(job)?.iter().map(|reason| words::labelled(reason.subject, &reason.text)));
    }
    Ok(lines.join("\n") + "\n")
}

impl Session {
    fn open(args: &Train, sweep: Sweep, inputs: Inputs, mut engine: Box<dyn Engine>) -> Result<Self> {
        let question = Question::of(&sweep, &inputs);
        let mut jobs = plan(args, &sweep, &inputs, &question, engine.as_mut())?;
        let mut classes: Vec<String> =
            inputs.cells.iter().map(|cell| format!("{}: {}", cell.data.name, cell.description)).collect();
        classes.dedup();
        let out = &args.keep.out;
        let study = match args.running.part()? {
            Some(shard) => Study::open_shard(out, question, shard)?,
            None => Study::open(out, question, args.keep.force)?,
        };
        let saved = study.saved_engine().filter(|(info, _)| info.engine == engine.info().engine);
        let mut tuned = Vec::new();
        match saved {
            Some((_, saved)) if args.running.device.mapping.is_none() => {
                jobs.iter_mut().zip(saved).for_each(|(job, saved)| job.mapping.clone_from(saved));
            }
            None if !study.own_missing().is_empty() => tuned = tune(args, &mut jobs, engine.as_mut())?,
            _ => {}
        }
        Ok(Self { sweep, jobs, engine, study, classes, tuned })
    }

    /// The lines before the work: who, what, on what.
    fn introduce(&self, output: &Output, reason: &str) {
        match self.study.saved_engine() {
            Some((EngineInfo { engine, device, .. }, mappings)) if self.study.missing().is_empty() => {
                let mapping = words::distinct(mappings);
                let line = format!("none needed: trained earlier by {engine} on {device}, mapping {mapping}");
                output.note(&words::labelled("device", &line));
            }
            _ => output.note(&words::labelled("device", reason)),
        }
        let question = self.study.question();
        output.note(&words::labelled("models", &words::models(question, &self.jobs)));
        self.classes.iter().for_each(|classes| output.note(&words::labelled("data", classes)));
        output.note(&words::labelled("kept", &words::curves(question)));
        self.tuned.iter().for_each(|tuned| output.note(&words::labelled("mapping", tuned)));
        for damaged in self.study.damaged() {
            output.note(&words::labelled("warning", &format!("{damaged}; trained again")));
        }
        let (done, all) = (self.study.finished_models(), question.models());
        match done {
            0 => {}
            _ if done == all => {
                output.note(&words::labelled("resumed", "all models are trained: nothing left to train"))
            }
            _ => output.note(&words::labelled("resumed", &format!("{done} of {all} models are already trained"))),
        }
    }

    /// Trains what is not on disk yet; says how many models that were.
    fn train(&mut self, output: &Output, signals: &Signals) -> Result<u64> {
        let missing = self.study.own_missing();
        if missing.is_empty() {
            return Ok(0);
        }
        self.study.use_engine(self.engine.info(), &words::mappings(&self.jobs))?;
        let done = self.study.finished_models();
        let mut bar = Bar::new(output, signals, self.study.question().models(), done, self.sweep.epochs);
        for span in missing {
            let mut sink = self.study.sink(&span, &mut bar);
            self.engine.train(&self.jobs[span.cell], span.trials, &mut sink)?;
            if signals.stop().is_some() {
                break;
            }
        }
        Ok(self.study.finished_models() - done)
    }

    /// What is there, and how to go on.
    fn rest(&self) -> String {
        let (done, all) = (self.study.finished_models(), self.study.question().models());
        words::rest(done, all, self.study.folder())
    }

    /// Writes `run.json`.
    fn log(&self, mut log: Run, clock: &Clock, tables: &[std::path::PathBuf], drawn: &Drawn) -> Result<()> {
        log.phases = clock.phases();
        let relative = |path: &std::path::PathBuf| {
            let inside = path.strip_prefix(self.study.folder()).unwrap_or(path);
            inside.to_string_lossy().into_owned()
        };
        log.files = tables.iter().chain(&drawn.files).map(relative).collect();
        log.end();
        self.study.write_run(&log)
    }

    fn json(&self, results: &Results, trained: u64, clock: &Clock) -> serde_json::Value {
        let mut object = results.json();
        object["version"] = env!("CARGO_PKG_VERSION").into();
        let (engine, mappings) = self.study.saved_engine().unzip();
        object["engine"] = serde_json::json!(engine);
        object["mappings"] = serde_json::json!(mappings);
        object["trained"] = trained.into();
        object["seconds"] = clock.phases().iter().map(|p| (p.name, p.seconds)).collect();
        object
    }
}

/// Seconds by phase.
struct Clock {
    started: Instant,
    phases: Vec<Phase>,
}

impl Clock {
    fn start() -> Self {
        Self { started: Instant::now(), phases: Vec::new() }
    }

    fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let started = Instant::now();
        let result = work();
        self.phases.push(Phase { name, seconds: started.elapsed().as_secs_f64() });
        result
    }

    /// The phases so far and the whole.
    fn phases(&self) -> Vec<Phase> {
        let total = Phase { name: "total", seconds: self.started.elapsed().as_secs_f64() };
        self.phases.iter().cloned().chain([total]).collect()
    }
}
