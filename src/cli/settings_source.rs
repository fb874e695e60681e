//! The settings of a command: defaults, then `--preset` or `--config`, then flags.

use super::args::TrainArgs;
use super::setting_args::{ModelSettings, SettingArgs};
use crate::Error;
use crate::builder::Builder;
use crate::study::in_file;
use crate::sweep::Sweep;

/// Applies the given flags to `sweep`, and validates the result.
///
/// # Errors
/// The first invalid setting, named by its flag or by its place in the `--config` file.
pub fn apply_flags(sweep: Sweep, args: &TrainArgs) -> crate::Result<Sweep> {
    args.settings.apply_to(sweep.into())?.sweep().map_err(|error| match &args.running.config {
        Some(file) if !is_typed(&error) => in_file(file, error),
        _ => error,
    })
}

/// Whether the error is about a flag on the command line, not about a setting in a file.
fn is_typed(error: &Error) -> bool {
    let (Error::Setting { name, .. } | Error::Usage { name, .. }) = error else { return true };
    let flag = name.split(' ').next().unwrap_or_default();
    super::typed_words().iter().any(|word| word.split('=').next() == Some(flag))
}

/// Applies these flags to the default settings.
pub fn of_model(args: &SettingArgs<ModelSettings>) -> crate::Result<Builder> {
    args.apply_to(Sweep::builder())
}
