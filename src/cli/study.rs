//! `gpu-sweep study WHAT`: the main job with another default question and another end.

use super::args::Train;
use super::train::{Kind, run_as};
use super::{Stop, distributions};
use std::process::ExitCode;

/// Flags of `study`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// How differently identical networks end: 100,000 seeds at learning rate 0.05, all flags of the main job
    ///
    /// Several --lr, --init, --init-scale are compared. Beside the main job's tables, distributions.csv has quantiles of accuracies and
    /// losses and Hartigan's dip; the summary is of these.
    Init(Box<Train>),
}

const INIT: Kind = Kind { text: distributions::text };

/// Does it.
pub fn run(args: Args) -> Result<ExitCode, Stop> {
    match args.what {
        What::Init(mut train) => {
            train.running.begin_from("init-study");
            run_as(*train, INIT)
        }
    }
}
