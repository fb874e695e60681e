//! `gpu-sweep replay DIR --model ID`: retrains one model of a study and shows its trajectory.

use super::Exit;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::reopened_study::ReopenedStudy;
use super::study_folder_arg::{OutputFolder, StudyFolderArg};
use super::values::{between, whole};
use super::verbosity::{Verbosity, bold, labelled, write_log, written};
use gpu_sweep::analysis::trajectory::{Trajectory, TrajectoryPoint, differences, follow, replay_mismatch, spaced};
use gpu_sweep::engine::reference::Network;
use gpu_sweep::engine::{EngineInfo, Job};
use gpu_sweep::math::Optimizer;
use gpu_sweep::plot::sentences::baseline_words;
use gpu_sweep::plot::{BoundariesPlot, BoundaryPanel, MOST_PANELS, Picture, TrajectoryPlot, write_all};
use gpu_sweep::run::summary_text::{self, percent, short};
use gpu_sweep::{Error, Result};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `replay`.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    study: StudyFolderArg,
    /// Which model: its model_id in models.csv
    #[arg(long, value_name = "ID", value_parser = whole::<u64>, allow_hyphen_values = true)]
    model: u64,
    /// Folder for arrays and pictures [default: DIR/replay-ID]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Epochs whose decision boundaries are drawn, up to nine [default: 0, the last one and some between]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = whole::<u32>, allow_hyphen_values = true)]
    at: Option<Vec<u32>>,
    /// At about how many epochs to look at parameters, gradient norm and sharpness
    ///
    /// Half of them evenly spaced, half geometrically. The model is trained up to each of them.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = |text: &str| between(text, 2..=10_000), allow_hyphen_values = true)]
    snapshots: u32,
    #[command(flatten)]
    limits: ResourceArgs,
    #[command(flatten)]
    output: Verbosity,
}

/// A retrained model with its settings.
struct ReplayOutput {
    model: u64,
    job: Job,
    info: EngineInfo,
    way: Trajectory,
    /// Epochs with a panel and a table row.
    chosen: Vec<u32>,
    /// Settings such as `learning rate 0.0238 · seed 3 · qwerties · 2-1-1 ReLU · 200 points · 1000 epochs`.
    settings: String,
}

/// Retrains, compares and draws; exit code 1 if any bit differs from the study.
pub fn run(args: ReplayArgs) -> Result<ExitCode, Exit> {
    let output = args.output;
    let folder = args.study.find(&output)?;
    let mut again = ReopenedStudy::open(&folder, &args.limits)?;
    let (cell, trial) = again.model(args.model)?;
    let out = OutputFolder::of(args.out.as_deref(), &folder, &format!("replay-{}", args.model))?;
    let job = again.job(cell)?;
    let kept = again.study.kept(cell, trial.index)?;
    let kept = kept.ok_or_else(|| again.untrained("this model is not trained yet; gpu-sweep resume goes on"))?;
    output.report("device", &again.reason);
    let question = again.study.spec();
    let part = &question.cells[cell];
    let chosen = args.chosen(job.epochs)?;
    let wanted = [spaced(job.epochs, args.snapshots), chosen.clone()].concat();
    let way = {
        let ticker = StatusLine::new(&output);
        follow(again.engine.as_mut(), &job, trial.index, &wanted, &mut |what| ticker.report(what))?
    };
    let differ = differences(&kept, &part.record.epochs, &way);
    if let Some(first) = differ.first() {
        return Err(replay_mismatch(args.model, first).into());
    }
    let values = question.scalars().into_iter().filter_map(|scalar| {
        let value = trial.hyperparameters.get(scalar)?;
        Some(format!("{} {}", scalar.words(), short(value)))
    });
    let words = [format!("seed {}", trial.seed), summary_text::model(question, cell, &job)];
    let baseline = baseline_words(part.train.baseline());
    let settings = values.chain(words).chain([baseline]).collect::<Vec<_>>().join(" · ");
    summary_text::undrawable(std::slice::from_ref(&job), Some(0))
        .iter()
        .for_each(|note| output.report("pictures", note));
    let replay = ReplayOutput { model: args.model, job, info: again.engine.info().clone(), way, chosen, settings };
    let files = replay.write(out.make()?)?;
    if replay.job.shape.features() != 2 {
        let features = replay.job.shape.features();
        output.report("pictures", &format!("none of the boundaries: that would need 2 features, not {features}"));
    }
    output.show(&replay.text(&files))?;
    output.object(|| replay.json(&files))?;
    Ok(ExitCode::SUCCESS)
}

impl ReplayArgs {
    /// The requested epochs; else the first, the last, and some between, each three times the one before.
    fn chosen(&self, epochs: u32) -> Result<Vec<u32>> {
        let mut chosen =
            self.at.clone().unwrap_or_else(|| vec![0, epochs / 81, epochs / 27, epochs / 9, epochs / 3, epochs]);
        if let Some(beyond) = chosen.iter().find(|epoch| **epoch > epochs) {
            return Err(Error::setting("--at", beyond, format!("a list of epochs from 0 to {epochs}")));
        }
        chosen.sort_unstable();
        chosen.dedup();
        match chosen.len() {
            1..=MOST_PANELS => Ok(chosen),
            n => Err(Error::setting("--at", format!("{n} epochs"), format!("a list of 1 to {MOST_PANELS} epochs"))),
        }
    }
}

impl ReplayOutput {
    /// States that are shown: those of the chosen epochs, and the end of a diverged model.
    fn shown(&self) -> Vec<&TrajectoryPoint> {
        let end = self.way.outcome.diverged;
        let shown = |state: &&TrajectoryPoint| self.chosen.contains(&state.epoch) || Some(state.epoch) == end;
        let mut states: Vec<&TrajectoryPoint> = self.way.states.iter().filter(shown).collect();
        if states.len() > MOST_PANELS {
            states.remove(MOST_PANELS - 1);
        }
        states
    }

    /// Loss and accuracy before an epoch.
    fn scores(&self, epoch: u32) -> (Option<f64>, Option<f64>) {
        let way = &self.way;
        let at = |curve: &[f64]| curve.get(way.epochs.binary_search(&epoch).ok()?).copied().filter(|v| v.is_finite());
        (at(&way.train_loss), at(&way.train_accuracy))
    }

    /// Writes arrays, pictures and log; returns their paths.
    fn write(&self, out: &Path) -> Result<Vec<PathBuf>> {
        let arrays = out.join("trajectory.npz");
        self.way.write(&arrays)?;
        let (job, model) = (&self.job, format!("model {}", self.model));
        let loss = job.train_spec.loss.words();
        let trajectory = TrajectoryPlot { model: &model, loss, trajectory: &self.way, settings: &self.settings };
        let (panels, axes) = (self.panels(), summary_text::axes(job));
        let boundaries = BoundariesPlot {
            model: &model,
            points: &job.data.train,
            features: [0, 1].map(|axis| axes.get(axis).map_or("", String::as_str)),
            classes: [&job.data.class_names[0], &job.data.class_names[1]],
            panels: &panels,
            settings: &self.settings,
        };
        let pictures: [&dyn Picture; 2] = [&trajectory, &boundaries];
        let drawn = write_all(&pictures[..if job.shape.features() == 2 { 2 } else { 1 }], out)?;
        let log = out.join("replay.json");
        let files = [vec![arrays], drawn, vec![log.clone()]].concat();
        write_log(&log, &self.json(&files))?;
        Ok(files)
    }

    fn panels(&self) -> Vec<BoundaryPanel> {
        if self.job.shape.features() != 2 {
            return Vec::new();
        }
        let (grid, shift) = (BoundariesPlot::grid(&self.job.data.train).points(), self.job.train_spec.loss.threshold());
        let panel = |state: &&TrajectoryPoint| {
            let network = Network::new(&self.job.shape, &self.job.train_spec, state.parameters.clone());
            let logits = (0..grid.len()).map(|n| network.logit(grid.row(n)) - shift).collect();
            BoundaryPanel { epoch: state.epoch, accuracy: self.scores(state.epoch).1, logits }
        };
        self.shown().par_iter().map(panel).collect()
    }

    /// Summary for the terminal.
    fn text(&self, files: &[PathBuf]) -> String {
        let number = |x: Option<f64>| x.map_or("–".to_owned(), short);
        let mut text = labelled("model", &format!("{}: {}\n", self.model, self.settings));
        text += &labelled(
            "again",
            &format!("{}, mapping {}: every bit as in the study\n\n", self.info.engine, self.job.mapping),
        );
        text += &format!("{}\n", bold("  epoch      loss  accuracy  gradient norm  sharpness       2/lr"));
        for state in self.shown() {
            let (loss, accuracy) = self.scores(state.epoch);
            let (sharp, edge) = (state.sharpness.map(|s| s.value), Some(state.edge()).filter(|e| e.is_finite()));
            let [loss, norm, sharp, edge] = [loss, state.gradient_norm, sharp, edge].map(number);
            let (epoch, accuracy) = (state.epoch, percent(accuracy, 1));
            text += &format!("{epoch:>7}  {loss:>8}  {accuracy:>8}  {norm:>13}  {sharp:>9}  {edge:>9}\n");
        }
        text += &format!("\n{}\n", self.verdict());
        text + "\n" + &written(files)
    }

    /// How the training ended, and at which epochs the sharpness exceeded 2/lr.
    fn verdict(&self) -> String {
        let states = &self.way.states;
        let beyond: Vec<u32> = states.iter().filter(|s| s.is_beyond_edge()).map(|s| s.epoch).collect();
        let edge = match (beyond.first(), beyond.last()) {
            _ if states.iter().any(|state| !state.one_rate) => {
                "no 2/lr to compare with: layers have learning rates of their own, or their weights are scaled"
                    .to_owned()
            }
            (Some(first), Some(last)) => {
                let (n, all) = (beyond.len(), states.len());
                let place = if n == 1 { format!("{first}") } else { format!("from {first} to {last}") };
                format!("sharper than 2/lr at {n} of {} looked at, {place}", summary_text::plural(all as u64, "epoch"))
            }
            _ if states.len() == 1 => "not sharper than 2/lr at the only epoch looked at".to_owned(),
            _ => format!("never sharper than 2/lr at the {} epochs looked at", states.len()),
        };
        let end = self.way.outcome.diverged.map(|epoch| format!("diverged in epoch {epoch}; "));
        let loose = states.iter().filter(|s| s.sharpness.is_some_and(|s| !s.settled)).count();
        let loose = (loose > 0).then(|| format!("; at {loose} of them the power iteration had not settled"));
        let (recipe, rows) = (&self.job.train_spec, self.job.data.train.len());
        let plain = recipe.optimizer == Optimizer::Sgd && recipe.batches.is_full(rows);
        let other =
            (!plain).then_some("\n(2/lr is the limit of plain full-batch gradient descent; this training has another)");
        [end.unwrap_or_default(), edge, loose.unwrap_or_default(), other.unwrap_or_default().to_owned()].concat()
    }

    fn json(&self, files: &[PathBuf]) -> Value {
        let row = |state: &&TrajectoryPoint| {
            let (loss, accuracy) = self.scores(state.epoch);
            let sharpness = state.sharpness.map(|s| s.value);
            json!({ "epoch": state.epoch, "train_loss": loss, "train_acc": accuracy, "lr": state.lr,
                "gradient_norm": state.gradient_norm, "sharpness": sharpness })
        };
        let train = self.way.outcome.train;
        json!({
            "model": self.model, "lr": self.way.trial.lr(), "seed": self.way.trial.seed, "settings": self.settings,
            "version": env!("CARGO_PKG_VERSION"), "engine": self.info, "mapping": self.job.mapping,
            "same_bits": true, "epochs": self.job.epochs, "diverged_epoch": self.way.outcome.diverged,
            "train_loss": train.map(|score| score.loss), "train_correct": train.map(|score| score.correct),
            "states": self.shown().iter().map(row).collect::<Vec<_>>(),
            "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        })
    }
}
