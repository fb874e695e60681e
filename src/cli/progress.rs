//! Progress: a bar for the terminal, a file and a log for programs.

use super::signals::Signals;
use super::verbosity::{Verbosity, has_colour};
use crate::engine::{ProgressCallback, ProgressEvent};
use crate::run::summary_text::duration;
use crate::run::{BIG, Observer};
use crate::study::{Progress, ProgressObserver, Study, TrialRange};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Prints the messages of a run on the command line and reports the user's request to stop.
pub struct Terminal {
    pub output: Verbosity,
    pub signals: Signals,
}

impl Observer for Terminal {
    fn report(&self, about: &str, text: &str) {
        self.output.report(about, text);
    }

    fn progress_observer<'a>(&'a self, study: &'a Study) -> Box<dyn ProgressObserver + 'a> {
        Box::new(TrainingBar::new(&self.output, &self.signals, study))
    }

    fn stop(&self) -> bool {
        self.signals.stop().is_some()
    }
}

/// Observer of a training: a bar over model-epochs, labelled in models and hidden without a terminal; the progress file
/// and log lines for programs; and the user's request to stop.
struct TrainingBar<'a> {
    bar: ProgressBar,
    output: Verbosity,
    signals: &'a Signals,
    study: &'a Study,
    /// Epochs of a model, at least 1: without epochs there is still an evaluation to wait for.
    each: u64,
    /// Model-epochs that this process has to train.
    own: u64,
    /// Models finished before this run.
    there: u64,
    begun: Instant,
    last_report: Mutex<LastReport>,
}

/// Time and content of the last reports.
struct LastReport {
    worked: u64,
    file: Option<Instant>,
    log: Option<Instant>,
    trouble: Option<String>,
    /// Whether writing the file failed, which is reported once.
    file_failed: bool,
    /// Whether the remaining time was reported, which happens once.
    time: bool,
}

/// Minimum time between two versions of the progress file.
const FILE_EVERY: Duration = Duration::from_secs(1);
/// Minimum time between two progress lines of a log.
const LOG_EVERY: Duration = Duration::from_secs(10);

impl<'a> TrainingBar<'a> {
    /// Creates a bar for what this process has to train in `study`.
    fn new(output: &Verbosity, signals: &'a Signals, study: &'a Study) -> Self {
        let (models, done) = (study.spec().models(), study.finished_models());
        let each = u64::from(study.spec().sweep.epochs.max(1));
        let bar = ProgressBar::with_draw_target(Some(models * each), target(output));
        bar.set_style(style(models, each));
        bar.set_position(done * each);
        bar.reset_eta();
        let own = study.own_missing().iter().map(TrialRange::len).sum::<u64>() * each;
        let report =
            Mutex::new(LastReport { worked: 0, file: None, log: None, trouble: None, file_failed: false, time: false });
        let new = Self {
            bar,
            output: *output,
            signals,
            study,
            each,
            own,
            there: done,
            begun: Instant::now(),
            last_report: report,
        };
        new.update(0);
        new
    }

    /// Counts work and reports it if due. Writes after releasing the lock, so that no other device waits for the disk.
    fn update(&self, model_epochs: u64) {
        let mut report = self.lock_report();
        report.worked += model_epochs;
        let is_time = |last: Option<Instant>, every| last.is_none_or(|last| last.elapsed() >= every);
        let (file, log) = (is_time(report.file, FILE_EVERY), is_time(report.log, LOG_EVERY));
        if !(file || log) {
            return;
        }
        let (progress, now) = (self.progress(&report), Some(Instant::now()));
        let time = if report.time { None } else { measured(&progress, self.there) };
        report.time |= time.is_some();
        (report.file, report.log) = (if file { now } else { report.file }, if log { now } else { report.log });
        drop(report);
        time.iter().for_each(|time| self.bar.suspend(|| self.output.report("time", time)));
        if log {
            self.output.log_progress(&progress);
        }
        if let Err(error) = if file { self.study.write_progress(&progress) } else { Ok(()) }
            && !std::mem::replace(&mut self.lock_report().file_failed, true)
        {
            self.warn(&error.to_string());
        }
    }

    fn lock_report(&self) -> MutexGuard<'_, LastReport> {
        self.last_report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, report: &LastReport) -> Progress {
        let rate = report.worked as f64 / self.begun.elapsed().as_secs_f64();
        let rate = Some(rate).filter(|_| report.worked > 0);
        Progress {
            state: "training",
            models: self.study.spec().models(),
            kept: self.study.finished_models(),
            models_per_second: rate.map(|rate| rate / self.each as f64),
            seconds_left: rate.map(|rate| self.own.saturating_sub(report.worked) as f64 / rate),
            trouble: report.trouble.clone(),
        }
    }

    fn warn(&self, what: &str) {
        self.bar.suspend(|| self.output.report("warning", what));
    }
}

/// One line that shows the current step; hidden without a terminal.
pub struct StatusLine(ProgressBar);

impl StatusLine {
    /// Creates an empty line.
    pub fn new(output: &Verbosity) -> Self {
        let bar = ProgressBar::with_draw_target(None, target(output));
        bar.set_style(ProgressStyle::with_template("  {elapsed}  {msg}").expect("the template is ours"));
        Self(bar)
    }

    /// Shows the steps of `work` while it runs.
    pub fn during<T>(output: &Verbosity, work: impl FnOnce(&mut ProgressCallback<'_>) -> T) -> T {
        let line = Self::new(output);
        work(&mut |event| {
            if let ProgressEvent::Step(what) = event {
                line.report(what);
            }
            ControlFlow::Continue(())
        })
    }

    /// Shows `what`.
    pub fn report(&self, what: &str) {
        self.0.set_message(what.to_owned());
        self.0.tick();
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl ProgressObserver for TrainingBar<'_> {
    fn worked(&self, model_epochs: u64) {
        self.bar.inc(model_epochs);
        self.update(model_epochs);
    }

    fn trouble(&self, what: &str) {
        self.lock_report().trouble = Some(what.to_owned());
        self.warn(what);
    }

    fn stop(&self) -> bool {
        self.signals.stop().is_some()
    }
}

impl Drop for TrainingBar<'_> {
    /// Removes the bar; the summary or an error follows.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Remaining time, once a chunk is on disk and if it is at least a minute.
fn measured(progress: &Progress, there: u64) -> Option<String> {
    let left = progress.seconds_left.filter(|left| progress.kept > there && *left >= BIG)?;
    Some(format!("about {} left, measured on what is trained", duration(left)))
}

fn target(output: &Verbosity) -> ProgressDrawTarget {
    if output.has_bar() { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() }
}

fn style(models: u64, each: u64) -> ProgressStyle {
    let bar = if has_colour(&std::io::stderr()) { "{bar:20.cyan/dim}" } else { "{bar:20}" };
    let template = format!("  {bar}  {{models}}  {{rate}}  {{left}}");
    let style = ProgressStyle::with_template(&template).expect("the template is ours").progress_chars("█▉▊▋▌▍▎▏ ");
    let count = move |state: &ProgressState, text: &mut dyn Write| {
        let _ = write!(text, "{}/{models} models", state.pos() / each);
    };
    let rate = move |state: &ProgressState, text: &mut dyn Write| {
        let _ = write!(text, "{} models/s", significant(state.per_sec() / each as f64));
    };
    let left = |state: &ProgressState, text: &mut dyn Write| {
        let _ = write!(text, "{} left", duration(state.eta().as_secs_f64()));
    };
    style.with_key("models", count).with_key("rate", rate).with_key("left", left)
}

/// Formats a rate: one decimal below 10, else a whole number.
fn significant(x: f64) -> String {
    if x < 10.0 { format!("{x:.1}") } else { format!("{x:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_said_after_the_first_chunk_of_a_long_training_alone() {
        let at = |kept, seconds_left| Progress {
            state: "training",
            models: 1000,
            kept,
            models_per_second: Some(1.0),
            seconds_left,
            trouble: None,
        };
        let said = measured(&at(600, Some(754.0)), 500).unwrap();
        assert_eq!(said, "about 12 min 34 s left, measured on what is trained");
        let unknown = [(500, Some(754.0)), (600, Some(59.0)), (600, None)];
        assert!(unknown.into_iter().all(|(kept, left)| measured(&at(kept, left), 500).is_none()));
    }
}
