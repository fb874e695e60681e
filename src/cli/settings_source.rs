//! The settings of a command: defaults, then `--preset` or `--config`, then flags.

use super::args::TrainArgs;
use super::setting_args::{ModelSettings, SettingArgs};
use gpu_sweep::Error;
use gpu_sweep::run::Builder;
use gpu_sweep::study::in_file;
use gpu_sweep::sweep::Sweep;

/// Puts the flags that were given on top of `sweep`, and checks the whole.
///
/// # Errors
/// A setting that makes no sense, with the flag's name.
pub fn on_top_of(sweep: Sweep, args: &TrainArgs) -> gpu_sweep::Result<Sweep> {
    args.settings.put(sweep.into()).sweep().map_err(|error| match &args.running.config {
        Some(file) if !is_typed(&error) => in_file(file, error),
        _ => error,
    })
}

/// Whether the error is about a flag of this command line, and not about a setting of a file.
fn is_typed(error: &Error) -> bool {
    let (Error::Setting { name, .. } | Error::Usage { name, .. }) = error else { return true };
    let flag = name.split(' ').next().unwrap_or_default();
    super::typed_words().iter().any(|word| word.split('=').next() == Some(flag))
}

/// The defaults with these flags on top of them.
pub fn of_model(args: &SettingArgs<ModelSettings>) -> Builder {
    args.put(Sweep::builder())
}
