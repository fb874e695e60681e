//! The main job: question → inputs → engine → results on disk → tables → pictures → summary.

use super::args::Train;
use super::output::Output;
use super::pictures::{self, Drawn};
use super::progress::Bar;
use super::summary::Results;
use super::{Stop, question, words};
use gpu_sweep::Result;
use gpu_sweep::engine::select::select;
use gpu_sweep::engine::{Collect, Engine, EngineInfo, Job, Phase, Record};
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
    let selected = clock.time("start-up", || select(&args.running.device.parse()?))?;
    let inputs = clock.time("data", || Inputs::load(&sweep))?;
    let mut session = Session::open(&args, sweep, inputs, selected.engine)?;
    session.introduce(&output, &selected.reason);
    log.trained = clock.time("training and writing", || session.train(&output))?;
    clock.phases.extend(session.engine.phases());
    let tables = clock.time("tables", || session.study.write_tables())?;
    let drawn = clock.time("pictures", || pictures::draw(&mut session, &tables.summary, log.trained > 0))?;
    drawn.left_out.iter().for_each(|reason| output.note(&words::labelled("pictures", reason)));
    if log.trained > 0 || !drawn.files.is_empty() {
        session.log(log.clone(), &clock, &tables.files, &drawn)?;
    }
    output.note("");
    let files = words::files(session.study.folder());
    let (tested, threshold) = (session.job.data.test.is_some(), session.sweep.success_threshold);
    let results = Results { summary: &tables.summary, tested, threshold, out: session.study.folder(), files: &files };
    output.show(&results.text())?;
    output.object(|| session.json(&results, log.trained, &clock))?;
    Ok(ExitCode::SUCCESS)
}

/// Defaults, then `--config`, then flags.
fn asked(args: &Train) -> Result<Sweep> {
    let config = args.running.config.as_deref().map(read_config).transpose()?;
    question::on_top_of(config.unwrap_or_default(), args)
}

/// A question, an engine that answers it and the folder for the answers.
pub struct Session {
    pub sweep: Sweep,
    pub job: Job,
    pub engine: Box<dyn Engine>,
    pub study: Study,
    /// Which label means what.
    classes: String,
}

impl Session {
    fn open(args: &Train, sweep: Sweep, inputs: Inputs, mut engine: Box<dyn Engine>) -> Result<Self> {
        let inputs_of_cell = &inputs.cells[0];
        let record = Record::of(&sweep, &inputs_of_cell.trials);
        let question = Question::of(&sweep, &inputs);
        let classes = inputs_of_cell.description.clone();
        let mapping = match &args.running.mapping {
            Some(mapping) => mapping.clone(),
            None => {
                engine.choose_mapping(&inputs_of_cell.shape, &inputs_of_cell.recipe, inputs_of_cell.data.train.len())?
            }
        };
        let mut job = Job::of(&sweep, inputs_of_cell, record, mapping);
        // No trial: nothing is trained, but a mapping that the engine can't run is refused before a folder is begun.
        Collect::train(engine.as_mut(), &job, 0..0)?;
        let study = Study::open(&args.keep.out, question, args.keep.force)?;
        if let (None, Some((info, saved))) = (&args.running.mapping, study.saved_engine())
            && info.engine == engine.info().engine
        {
            job.mapping = saved.to_owned();
        }
        Ok(Self { sweep, job, engine, study, classes })
    }

    /// The lines before the work: who, what, on what.
    fn introduce(&self, output: &Output, reason: &str) {
        match self.study.saved_engine() {
            Some((EngineInfo { engine, device, .. }, mapping)) if self.study.missing().is_empty() => {
                let line = format!("none needed: trained earlier by {engine} on {device}, mapping {mapping}");
                output.note(&words::labelled("device", &line));
            }
            _ => output.note(&words::labelled("device", reason)),
        }
        output.note(&words::labelled("models", &words::models(&self.sweep, &self.job)));
        output.note(&words::labelled("data", &format!("{}: {}", self.job.data.name, self.classes)));
        output.note(&words::labelled("kept", &words::curves(&self.job)));
        for damaged in self.study.damaged() {
            output.note(&words::labelled("warning", &format!("{damaged}; trained again")));
        }
        let (done, all) = (self.study.finished_models(), self.job.trials.len());
        match done {
            0 => {}
            _ if done == all => {
                output.note(&words::labelled("resumed", "all models are trained: nothing left to train"))
            }
            _ => output.note(&words::labelled("resumed", &format!("{done} of {all} models are already trained"))),
        }
    }

    /// Trains what is not on disk yet; says how many models that were.
    fn train(&mut self, output: &Output) -> Result<u64> {
        let missing = self.study.missing();
        if missing.is_empty() {
            return Ok(0);
        }
        self.study.use_engine(self.engine.info(), &self.job.mapping)?;
        let done = self.study.finished_models();
        let mut bar = Bar::new(output, self.job.trials.len(), done, self.job.epochs);
        for range in missing {
            let mut sink = self.study.sink(range.start, &mut bar);
            self.engine.train(&self.job, range, &mut sink)?;
        }
        Ok(self.study.finished_models() - done)
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
        let (engine, mapping) = self.study.saved_engine().unzip();
        object["engine"] = serde_json::json!(engine);
        object["mapping"] = serde_json::json!(mapping);
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
