//! `gpu-sweep data FILE`: what would be learnt of a table.

mod data_text;

use super::Exit;
use super::setting_args::{DataSettings, SettingArgs};
use super::standard_input;
use super::verbosity::Verbosity;
use crate::builder::Builder;
use crate::cli::ExitCode;
use crate::error::{Error, quoted};
use crate::math::Loss;
use crate::sweep::{DataSummary, Sweep};
use std::path::Path;

/// Flags of `data`.
#[derive(Debug, clap::Args)]
pub struct DataArgs {
    /// The table, or - for standard input [default: --dataset]
    #[arg(value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    settings: SettingArgs<DataSettings>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Reads the data and prints what they are.
pub fn run(args: DataArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.json };
    // Every data set can be learnt with the squared error, and nothing is trained here.
    let mut builder: Builder = Sweep { loss: Loss::Mse, ..Sweep::default() }.into();
    if let Some(file) = &args.file {
        if let Some(flag) = ["data", "dataset"].into_iter().find(|name| args.settings.has(name)) {
            let what = format!("can't be used together with the file {}; leave one of them out", quoted(file));
            return Err(Error::usage(format!("--{flag}"), what).into());
        }
        let file = if file == "-" { standard_input::kept()? } else { file.clone() };
        builder = builder.data(Path::new(&file));
    }
    let sweep = args.settings.apply_to(builder)?.sweep()?;
    let summary = DataSummary::of(&sweep)?;
    output.show(&data_text::text(&summary))?;
    output.object(|| serde_json::json!(summary))?;
    Ok(ExitCode::SUCCESS)
}
