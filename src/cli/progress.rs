//! The progress bar.

use super::output::{Output, has_colour};
use super::signals::Signals;
use super::words;
use gpu_sweep::study::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;

/// A bar over model-epochs that speaks of models, hidden where nobody would see it; and the user's wish to stop.
pub struct Bar<'a> {
    bar: ProgressBar,
    output: Output,
    signals: &'a Signals,
}

impl<'a> Bar<'a> {
    /// For `models` models of `epochs` epochs each, `done` of them trained by an earlier run.
    pub fn new(output: &Output, signals: &'a Signals, models: u64, done: u64, epochs: u32) -> Self {
        // Without an update there is still an evaluation to wait for.
        let each = u64::from(epochs.max(1));
        let bar = ProgressBar::with_draw_target(Some(models * each), target(output));
        bar.set_style(style(models, each));
        bar.set_position(done * each);
        bar.reset_eta();
        Self { bar, output: *output, signals }
    }
}

/// One line that says what is being done. Hidden where nobody would see it.
pub struct Ticker(ProgressBar);

impl Ticker {
    /// Nothing said yet.
    pub fn new(output: &Output) -> Self {
        let bar = ProgressBar::with_draw_target(None, target(output));
        bar.set_style(ProgressStyle::with_template("  {elapsed}  {msg}").expect("the template is ours"));
        Self(bar)
    }

    /// Says it.
    pub fn tell(&self, what: &str) {
        self.0.set_message(what.to_owned());
        self.0.tick();
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Watch for Bar<'_> {
    fn worked(&mut self, model_epochs: u64) {
        self.bar.inc(model_epochs);
    }

    fn trouble(&mut self, what: &str) {
        self.bar.suspend(|| self.output.note(&words::labelled("warning", what)));
    }

    fn stop(&mut self) -> bool {
        self.signals.stop().is_some()
    }
}

impl Drop for Bar<'_> {
    /// Takes the bar away: the summary, or an error, says the rest.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn target(output: &Output) -> ProgressDrawTarget {
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

/// A rate for the eye: three digits at most before rounding to whole numbers.
fn significant(x: f64) -> String {
    if x < 10.0 { format!("{x:.1}") } else { format!("{x:.0}") }
}

/// Seconds for the eye: `0.35 s`, `12 s`, `3 min 20 s`, `2 h 05 min`.
fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match seconds {
        s if s < 1.0 => format!("{s:.2} s"),
        s if s < 10.0 => format!("{s:.1} s"),
        _ if whole < 60 => format!("{whole} s"),
        _ if whole < 3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}
