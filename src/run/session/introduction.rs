//! What a session says before its work, and how to go on after a part of it.

use super::super::{Observer, summary_text};
use super::Session;
use crate::engine::{EngineInfo, Mapping};
use crate::results::{CellSpec, StudySpec};
use crate::sweep::{CellColumn, Inputs};

/// Maximum number of damaged chunks that are reported one by one.
const MAX_DAMAGE_WARNINGS: usize = 5;

impl Session {
    /// Reports device, folder, models and warnings before the work.
    pub fn introduce(&self, observer: &dyn Observer, reason: &str) {
        match self.study.saved_engine() {
            Some((EngineInfo { engine, device, .. }, mappings)) if self.study.missing().is_empty() => {
                let mapping = Mapping::distinct(mappings);
                let line = format!("none needed: trained earlier by {engine} on {device}, mapping {mapping}");
                observer.report("device", &line);
            }
            _ => observer.report("device", reason),
        }
        self.engines[0].notes().iter().for_each(|note| observer.report("warning", note));
        let spec = self.study.spec();
        observer.report("folder", &self.study.folder().display().to_string());
        observer.report("models", &summary_text::models(spec, &self.jobs));
        self.classes.iter().for_each(|classes| observer.report("data", classes));
        self.data_notes.iter().for_each(|note| observer.report("note", note));
        observer.report("kept", &summary_text::curves(spec));
        self.tuned.iter().for_each(|tuned| observer.report("mapping", tuned));
        if self.need.is_big() {
            self.need.lines().iter().for_each(|(about, text)| observer.report(about, text));
        }
        self.room.iter().for_each(|room| observer.report("warning", room));
        self.not_latest.iter().for_each(|error| observer.report("warning", &error.to_string()));
        let damaged = self.study.damaged();
        for damaged in damaged.iter().take(MAX_DAMAGE_WARNINGS) {
            observer.report("warning", &format!("{damaged}; trained again"));
        }
        if damaged.len() > MAX_DAMAGE_WARNINGS {
            let more = damaged.len() as u64 - MAX_DAMAGE_WARNINGS as u64;
            let (chunks, are) = (summary_text::plural(more, "more chunk"), summary_text::verb(more, "are"));
            observer.report("warning", &format!("{chunks} {are} damaged; trained again"));
        }
        let (done, all) = (self.study.finished_models(), spec.models());
        match done {
            0 => {}
            _ if done == all => observer.report("resumed", "all models are trained: nothing left to train"),
            _ => {
                let are = summary_text::verb(done, "are");
                observer.report("resumed", &format!("{done} of {all} models {are} already trained"));
            }
        }
    }

    /// Returns how much is trained, and the command to continue.
    pub fn resume_hint(&self) -> String {
        let (done, all) = (self.study.finished_models(), self.study.spec().models());
        let part = self.study.shard().map_or(String::new(), |shard| format!(" --shard {shard}"));
        let devices = if self.engines.len() > 1 { format!(" --device {}", self.asked) } else { String::new() };
        summary_text::rest(done, all, self.study.folder()) + &part + &devices
    }
}

/// Returns the label of each class, a line for each data set; of several generated alike only for the first.
pub fn classes(spec: &StudySpec, inputs: &Inputs) -> Vec<String> {
    let first = |part: &CellSpec| part.choices.agrees(&spec.cells[0].choices, CellColumn::DataSeed);
    let lines = inputs.jobs.iter().zip(&inputs.descriptions).zip(&spec.cells);
    let lines = lines.filter(|(_, part)| first(part));
    let mut classes: Vec<String> = lines.map(|((job, text), _)| format!("{}: {text}", job.data.name)).collect();
    classes.dedup();
    classes
}
