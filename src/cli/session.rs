//! A question, the engines that answer it and the folder for the answers.

use super::args::Train;
use super::clock::Clock;
use super::output::Output;
use super::pictures::Drawn;
use super::progress::Bar;
use super::signals::Signals;
use super::summary::Results;
use super::{Stop, words};
use gpu_sweep::engine::{Achieved, Collect, Engine, EngineInfo, Job, Phase};
use gpu_sweep::study::{Progress, Question, Run, Study, Trained};
use gpu_sweep::sweep::{Batches, CellInputs, Inputs, Order, Recipe, Sweep};
use gpu_sweep::{Error, Result};
use std::path::PathBuf;

/// Damaged chunks that are told one by one.
const MOST_TOLD: usize = 5;

/// What the main job works on.
pub struct Session {
    pub sweep: Sweep,
    /// One for each cell.
    pub jobs: Vec<Job>,
    /// One or more, all alike.
    pub engines: Vec<Box<dyn Engine>>,
    pub study: Study,
    /// The devices as they were asked for.
    asked: String,
    /// Which label means what, for each data set.
    pub classes: Vec<String>,
    /// What timing mappings came to.
    tuned: Vec<String>,
}

/// The jobs of all cells, with the mappings that were forced or that the engine plans; refuses a mapping that the engine can't run.
pub fn plan(
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
pub fn tune(args: &Train, jobs: &mut [Job], engine: &mut dyn Engine) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if args.running.no_tune || args.running.device.mapping.is_some() {
        return Ok(found);
    }
    for n in 0..jobs.len() {
        // Other points of the same number take as long.
        if n > 0 && same_work(&jobs[n - 1], &jobs[n]) {
            jobs[n].mapping = jobs[n - 1].mapping.clone();
        } else if let Some(tuned) = engine.tune(&jobs[n])? {
            found.push(format!("{} ({})", tuned.mapping, tuned.reason));
            jobs[n].mapping = tuned.mapping;
        }
    }
    Ok(found)
}

/// Whether two jobs differ in their points and trials alone, and have as many of each.
fn same_work(one: &Job, other: &Job) -> bool {
    let sizes = |job: &Job| (job.data.train.len(), job.data.test.as_ref().map(|test| test.len()), job.trials.len());
    // Whose order of the rows it is, is the whole sweep's; a shared one follows the seed of the data.
    let recipe = |job: &Job| {
        let batches = Batches { order: Order::PerSeed, size: job.recipe.batches.size };
        Recipe { batches, ..job.recipe.clone() }
    };
    one.shape == other.shape && sizes(one) == sizes(other) && recipe(one) == recipe(other)
}

/// Which label means what, a line for each data set; of several drawn alike for the first.
pub fn classes(inputs: &Inputs) -> Vec<String> {
    let describe = |cell: &CellInputs| format!("{}: {}", cell.data.name, cell.description);
    let first = |cell: &&CellInputs| cell.cell.data_seed == inputs.cells[0].cell.data_seed;
    let mut classes: Vec<String> = inputs.cells.iter().filter(first).map(describe).collect();
    classes.dedup();
    classes
}

impl Session {
    /// Plans, and opens the folder.
    pub fn open(args: &Train, sweep: Sweep, inputs: Inputs, mut engines: Vec<Box<dyn Engine>>) -> Result<Self> {
        // They are all alike.
        let engine = engines[0].as_mut();
        let question = Question::of(&sweep, &inputs);
        let mut jobs = plan(args, &sweep, &inputs, &question, engine)?;
        let classes = classes(&inputs);
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
            None if !study.own_missing().is_empty() => tuned = tune(args, &mut jobs, engine)?,
            _ => {}
        }
        let asked = args.running.device.device.clone();
        Ok(Self { sweep, jobs, engines, study, asked, classes, tuned })
    }

    /// The lines before the work: who, what, on what.
    pub fn introduce(&self, output: &Output, reason: &str) {
        match self.study.saved_engine() {
            Some((EngineInfo { engine, device, .. }, mappings)) if self.study.missing().is_empty() => {
                let mapping = words::distinct(mappings);
                let line = format!("none needed: trained earlier by {engine} on {device}, mapping {mapping}");
                output.tell("device", &line);
            }
            _ => output.tell("device", reason),
        }
        let question = self.study.question();
        output.tell("models", &words::models(question, &self.jobs));
        self.classes.iter().for_each(|classes| output.tell("data", classes));
        output.tell("kept", &words::curves(question));
        self.tuned.iter().for_each(|tuned| output.tell("mapping", tuned));
        let damaged = self.study.damaged();
        for damaged in damaged.iter().take(MOST_TOLD) {
            output.tell("warning", &format!("{damaged}; trained again"));
        }
        if damaged.len() > MOST_TOLD {
            output.tell("warning", &format!("{} more chunks are damaged; trained again", damaged.len() - MOST_TOLD));
        }
        let (done, all) = (self.study.finished_models(), question.models());
        match done {
            0 => {}
            _ if done == all => output.tell("resumed", "all models are trained: nothing left to train"),
            _ => output.tell("resumed", &format!("{done} of {all} models are already trained")),
        }
    }

    /// Trains what is not on disk yet; says how many models that were, and what failed.
    pub fn train(&mut self, output: &Output, signals: &Signals) -> Result<(u64, Trained)> {
        if self.study.own_missing().is_empty() {
            return Ok((0, Trained { failures: Vec::new(), untried: 0, sound: vec![true; self.engines.len()] }));
        }
        self.study.use_engine(self.engines[0].info(), &words::mappings(&self.jobs))?;
        let done = self.study.finished_models();
        let trained = {
            let bar = Bar::new(output, signals, &self.study);
            self.study.train(&mut self.engines, &self.jobs, &bar)?
        };
        // Whoever is asked from now on is one that works.
        let mut sound = trained.sound.iter();
        self.engines.sort_by_key(|_| sound.next() != Some(&true));
        Ok((self.study.finished_models() - done, trained))
    }

    /// Where the devices' time went; phases of several are added up.
    pub fn phases(&self) -> Vec<Phase> {
        let mut sums: Vec<Phase> = Vec::new();
        for phase in self.engines.iter().flat_map(|engine| engine.phases()) {
            match sums.iter_mut().find(|sum| sum.name == phase.name) {
                Some(sum) => sum.seconds += phase.seconds,
                None => sums.push(phase),
            }
        }
        sums
    }

    /// How fast each device trained, where that is known: one that fails now is none to ask.
    pub fn achieved(engines: &mut [Box<dyn Engine>]) -> Vec<Achieved> {
        engines.iter_mut().filter_map(|engine| engine.achieved().ok().flatten()).collect()
    }

    /// What is there, and how to go on.
    pub fn rest(&self) -> String {
        let (done, all) = (self.study.finished_models(), self.study.question().models());
        let part = self.study.shard().map_or(String::new(), |shard| format!(" --shard {shard}"));
        let devices = if self.engines.len() > 1 { format!(" --device {}", self.asked) } else { String::new() };
        words::rest(done, all, self.study.folder()) + &part + &devices
    }

    /// How a run ends that trained so many models, if chunks failed.
    pub fn verdict(&self, models: u64, mut trained: Trained) -> Option<Stop> {
        let (number, all, untried) = (trained.failures.len(), self.study.number_of_chunks(), trained.untried);
        let last = trained.failures.pop()?.error;
        Some(match (models, untried) {
            (0, _) => Stop::Failed(last),
            (_, 0) => Stop::Partly(format!("{number} of {all} chunks failed, the last one so: {last}")),
            _ => Stop::Failed(Error::Device(format!("no device is left for {untried} of {all} chunks: {last}"))),
        })
    }

    /// Says in `progress.json` how it ended.
    pub fn progress(&self, state: &'static str, trouble: Option<String>) -> Result<()> {
        let (kept, models) = (self.study.finished_models(), self.study.question().models());
        self.study.write_progress(&Progress {
            state,
            models,
            kept,
            models_per_second: None,
            seconds_left: None,
            trouble,
        })
    }

    /// Writes `run.json`.
    pub fn log(&self, mut log: Run, clock: &Clock, tables: &[PathBuf], drawn: &Drawn) -> Result<()> {
        log.phases = clock.phases();
        let relative = |path: &PathBuf| {
            let inside = path.strip_prefix(self.study.folder()).unwrap_or(path);
            inside.to_string_lossy().into_owned()
        };
        log.files = tables.iter().chain(&drawn.files).map(relative).collect();
        // Of a finished run, made of what is written here.
        log.files.extend((!tables.is_empty()).then(|| words::REPORT.to_owned()));
        log.end();
        self.study.write_run(&log)
    }

    /// The summary for programs.
    pub fn json(&self, results: &Results, trained: u64, clock: &Clock) -> serde_json::Value {
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

#[cfg(test)]
mod tests;
