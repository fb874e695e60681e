//! `gpu-sweep study WHAT`: the main job with the settings of a preset and another summary.

use super::args::TrainArgs;
use super::train::{JobKind, run_as};
use super::{Exit, distributions};
use crate::cli::ExitCode;

/// Flags of `study`.
#[derive(Debug, clap::Args)]
pub struct StudyArgs {
    #[command(subcommand)]
    what: StudyPreset,
}

#[derive(Debug, clap::Subcommand)]
enum StudyPreset {
    /// How differently identical networks end: 100,000 seeds at learning rate 0.05, all flags of the main job
    ///
    /// Several --lr, --init, --init-scale are compared. Beside the main job's tables, distributions.csv has quantiles
    /// of accuracies and losses and Hartigan's dip; the summary is of these.
    Init(Box<TrainArgs>),
}

const INIT: JobKind = JobKind { text: distributions::text };

/// Runs the main job with the study's preset and summary.
pub fn run(args: StudyArgs) -> Result<ExitCode, Exit> {
    match args.what {
        StudyPreset::Init(mut train) => {
            train.running.default_preset("init-study");
            run_as(*train, INIT)
        }
    }
}
