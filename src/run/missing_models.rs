//! Studies in which models are missing: what needs all of them refuses, unless gaps are allowed.

use super::summary_text;
use crate::error::{Error, Result};
use crate::study::Study;

/// What a message says of the way to do without the missing models.
pub const ALLOW: &str = "; --allow-gaps takes the others alone";

/// Makes sure that all models are there. With `allow` it is enough that some are: then a warning says how many are missing.
/// `otherwise` is what the message says of another way than to go on.
///
/// # Errors
/// [`Error::Folder`] says how many are missing, whether by damage, and how to go on.
pub fn check(study: &Study, allow: bool, otherwise: &str) -> Result<Option<String>> {
    let (there, all) = (study.finished_models(), study.question().models());
    if there == all {
        return Ok(None);
    }
    let damage = damage(study);
    if allow && there > 0 {
        let (models, are) = (summary_text::plural(all, "model"), summary_text::verb(all - there, "are"));
        return Ok(Some(format!("{} of {models} {are} missing{damage}; counted are the others", all - there)));
    }
    let what = format!("{}{otherwise}{damage}", summary_text::rest(there, all, study.folder()));
    Err(Error::Folder { path: study.folder().into(), what })
}

/// ` (2 chunks can't be used, the first: out/chunks/000001.parquet: damaged: ...)`; nothing where none is damaged.
fn damage(study: &Study) -> String {
    match study.damaged() {
        [] => String::new(),
        [one] => format!(" (a chunk can't be used: {one})"),
        [first, ..] => format!(" ({} chunks can't be used, the first: {first})", study.damaged().len()),
    }
}
