//! `gpu-sweep export DIR --format onnx`: trained models of a study as a file for other programs.

use super::Exit;
use super::model_arg::{ModelArgs, described, output_file, weights};
use super::verbosity::{Verbosity, labelled, written};
use crate::cli::ExitCode;
use crate::run::{ExportFormat, ExportedModels};
use clap::builder::TypedValueParser;
use serde_json::json;
use std::path::PathBuf;

/// Flags of `export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    models: ModelArgs,
    /// safetensors, onnx, pytorch (a Python file) or json
    ///
    /// onnx and pytorch take raw features: the scaling is inside, and an ensemble is one file. safetensors and json
    /// have weights and scaling side by side.
    #[arg(long, value_name = "FORMAT", value_parser = formats(), ignore_case = true, hide_possible_values = true)]
    format: ExportFormat,
    /// File for the model [default: such as best.onnx]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: Verbosity,
}

fn formats() -> impl TypedValueParser<Value = ExportFormat> {
    let all = [ExportFormat::Safetensors, ExportFormat::Onnx, ExportFormat::Pytorch, ExportFormat::Json];
    let find = move |name: String| all.into_iter().find(|format| format.to_string().eq_ignore_ascii_case(&name));
    clap::builder::PossibleValuesParser::new(all.map(<&'static str>::from)).map(move |name| {
        // The parser lets no other name through.
        find(name).unwrap_or(ExportFormat::Json)
    })
}

/// Chooses models and writes them.
pub fn run(args: ExportArgs) -> Result<ExitCode, Exit> {
    let (output, format) = (args.output, args.format);
    let folder = args.models.study.find(&output)?;
    let name = || format!("{}.{}", args.models.choice().file_name(), format.extension()).into();
    let out = output_file(args.out.clone().unwrap_or_else(name), &folder, None)?;
    let mut taken = args.models.take(&folder, &output)?;
    // Weights that are kept need no device.
    let mut engine = match &taken.weights {
        Some(_) => None,
        None => Some(taken.open_engine(&args.models.limits.settings())?),
    };
    output.report_each("device", engine.as_ref().map(|engine| &engine.reason));
    let weights = weights(&mut taken, engine.as_mut().map(|selected| selected.engine.as_mut() as _), &output)?;
    ExportedModels::of(&taken, &weights).write(format, &out)?;
    let text = labelled("exported", &format!("{} as {format}\n", described(&taken)));
    output.show(&format!("{text}\n{}", written(std::slice::from_ref(&out))))?;
    output.object(|| {
        json!({ "version": env!("CARGO_PKG_VERSION"), "models": taken.ids(), "format": format,
            "files": [out.display().to_string()] })
    })?;
    Ok(ExitCode::SUCCESS)
}
