//! Flags of commands that take trained models out of a study, and the file that they write.

use super::allow_gaps::AllowGaps;
use super::args::ResourceArgs;
use super::progress::StatusLine;
use super::study_folder_arg::{StudyFolderArg, real};
use super::verbosity::Verbosity;
use crate::analysis::model_choice::ModelChoice;
use crate::engine::Engine;
use crate::run::TakenModels;
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// Which models, of which study.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    #[command(flatten)]
    pub study: StudyFolderArg,
    /// Which model: its model_id in models.csv, best, or ensemble:N for the N best together [default: best]
    ///
    /// The best by what the study chooses by, on validation rows if there are any, else on training rows; the others
    /// of an ensemble are of the same network and data. Weights that the study keeps are taken, others are trained
    /// again, to the bit.
    #[arg(long, value_name = "MODEL", value_parser = choice, allow_hyphen_values = true)]
    model: Option<ModelChoice>,
    #[command(flatten)]
    gaps: AllowGaps,
    #[command(flatten)]
    pub limits: ResourceArgs,
}

fn choice(text: &str) -> Result<ModelChoice> {
    text.parse()
}

impl ModelArgs {
    /// Returns the choice.
    pub fn choice(&self) -> ModelChoice {
        self.model.unwrap_or(ModelChoice::Best)
    }

    /// Chooses the models in `folder`.
    pub fn take(&self, folder: &Path, output: &Verbosity) -> Result<TakenModels> {
        let taken = TakenModels::choose(folder, self.choice(), self.gaps.allow())?;
        output.report_each("warning", taken.warning.as_deref());
        Ok(taken)
    }
}

/// Returns the models' weights; trains them again on `engine` if they are not kept.
pub fn weights(taken: &mut TakenModels, engine: Option<&mut dyn Engine>, output: &Verbosity) -> Result<Vec<f64>> {
    match (taken.weights.clone(), engine) {
        (Some(weights), _) => {
            output.report("weights", "kept in the study");
            Ok(weights)
        }
        (None, Some(engine)) => {
            let weights = StatusLine::during(output, |callback| taken.train(engine, callback).map(<[f64]>::to_vec))?;
            output.report("weights", "trained again, every model ends as in the study");
            Ok(weights)
        }
        (None, None) => Err(Error::Device("no engine trained the models again".into())),
    }
}

/// Describes the models: `model 12 (lr 0.1 · seed 3)`, `20 models, the best: 12 (...)`.
pub fn described(taken: &TakenModels) -> String {
    let best = taken.models[0].note(taken.study.spec());
    let id = taken.models[0].id;
    match taken.models.len() {
        1 => format!("model {id} ({best})"),
        count => format!("{count} models, the best: {id} ({best})"),
    }
}

/// Checks that a file can be written without harm: neither into the study, nor over `input`.
pub fn output_file(out: PathBuf, study: &Path, input: Option<&Path>) -> Result<PathBuf> {
    let refuse = |allowed: &str| Err(Error::setting("--out", out.display(), allowed));
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if out.is_dir() || out.file_name().is_none() {
        return refuse("a file, and no folder");
    }
    if !folder.is_dir() {
        return refuse("a file in a folder that exists");
    }
    let place = real(&out)?;
    if place.starts_with(real(study)?) {
        return refuse("a file outside of the results folder");
    }
    match input.map(real).transpose()? {
        Some(input) if input == place => refuse("another file than --data"),
        _ => Ok(out),
    }
}
