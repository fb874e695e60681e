//! A replay's summary as text.

use super::super::verbosity::{bold, labelled, written};
use crate::analysis::replay::ModelReplay;
use crate::math::Optimizer;
use crate::run::summary_text::{percent, plural, short};
use std::path::PathBuf;

/// Summary for the terminal.
pub fn text(replay: &ModelReplay, files: &[PathBuf]) -> String {
    let number = |x: Option<f64>| x.map_or("–".to_owned(), short);
    let mut text = labelled("model", &format!("{}: {}\n", replay.model.id, replay.settings));
    text += &labelled(
        "again",
        &format!(
            "{}, mapping {}: every bit as in the study\n\n",
            replay.engine.engine,
            replay.model.job.mapping_text()
        ),
    );
    text += &format!(
        "{}\n",
        bold(&format!("  epoch      loss  {:>8}  gradient norm  sharpness       2/lr", replay.measure.name()))
    );
    for state in replay.shown() {
        let (loss, accuracy) = replay.scores(state.epoch);
        let (sharp, edge) = (state.sharpness.map(|s| s.value), Some(state.edge()).filter(|e| e.is_finite()));
        let [loss, norm, sharp, edge] = [loss, state.gradient_norm, sharp, edge].map(number);
        let (epoch, accuracy) = (state.epoch, percent(accuracy, 1));
        text += &format!("{epoch:>7}  {loss:>8}  {accuracy:>8}  {norm:>13}  {sharp:>9}  {edge:>9}\n");
    }
    text += &format!("\n{}\n", verdict(replay));
    text + "\n" + &written(files)
}

/// How the training ended, and at which epochs the sharpness exceeded 2/lr.
fn verdict(replay: &ModelReplay) -> String {
    let states = &replay.trajectory.states;
    let beyond: Vec<u32> = states.iter().filter(|s| s.is_beyond_edge()).map(|s| s.epoch).collect();
    let edge = match (beyond.first(), beyond.last()) {
        _ if states.iter().any(|state| !state.one_rate) => {
            "no 2/lr to compare with: layers have learning rates of their own, or their weights are scaled".to_owned()
        }
        (Some(first), Some(last)) => {
            let (n, all) = (beyond.len(), states.len());
            let place = if n == 1 { format!("{first}") } else { format!("from {first} to {last}") };
            format!("sharper than 2/lr at {n} of {} looked at, {place}", plural(all as u64, "epoch"))
        }
        _ if states.len() == 1 => "not sharper than 2/lr at the only epoch looked at".to_owned(),
        _ => format!("never sharper than 2/lr at the {} epochs looked at", states.len()),
    };
    let end = replay.trajectory.outcome.diverged.map(|epoch| format!("diverged in epoch {epoch}; "));
    let loose = states.iter().filter(|s| s.sharpness.is_some_and(|s| !s.settled)).count();
    let loose = (loose > 0).then(|| format!("; at {loose} of them the power iteration had not settled"));
    let (train_spec, rows) = (&replay.model.job.train_spec, replay.model.job.data.train.len());
    let plain = train_spec.optimizer == Optimizer::Sgd && train_spec.batches.is_full(rows);
    let other =
        (!plain).then_some("\n(2/lr is the limit of plain full-batch gradient descent; this training has another)");
    [end.unwrap_or_default(), edge, loose.unwrap_or_default(), other.unwrap_or_default().to_owned()].concat()
}
