//! Checks for missing models: an error where all are needed, unless gaps are allowed.

use super::summary_text;
use crate::error::{Error, Result};
use crate::study::Study;

/// Part of a message that explains how to use only the models that are trained.
pub const ALLOW: &str = "; use --allow-gaps to use only the finished models";

/// Checks that all models are trained. With `allow`, some are enough, and a warning says how many are missing. The
/// error message suggests `otherwise` as an alternative to resuming.
///
/// # Errors
/// [`Error::Folder`] with the number of missing models, any damage, and how to continue.
pub fn check(study: &Study, allow: bool, otherwise: &str) -> Result<Option<String>> {
    let (there, all) = (study.finished_models(), study.spec().models());
    if there == all {
        return Ok(None);
    }
    let damage = damage(study);
    if allow && there > 0 {
        let (models, are) = (summary_text::plural(all, "model"), summary_text::verb(all - there, "are"));
        return Ok(Some(format!("{} of {models} {are} missing{damage}; only the others are counted", all - there)));
    }
    let what = format!("{}{otherwise}{damage}", summary_text::rest(there, all, study.folder()));
    Err(Error::Folder { path: study.folder().into(), what })
}

/// Returns ` (2 chunks can't be used, the first: out/chunks/000001.chunk: damaged: ...)`; empty without damage.
fn damage(study: &Study) -> String {
    match study.damaged() {
        [] => String::new(),
        [one] => format!(" (a chunk can't be used: {one})"),
        [first, ..] => format!(" ({} chunks can't be used, the first: {first})", study.damaged().len()),
    }
}
