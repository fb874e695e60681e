//! `progress.json`: how far a training is, for `watch` and dashboards.

use super::files::write_lightly;
use super::run_record::now;
use super::{Shard, Study};
use crate::error::Result;
use serde::Serialize;

/// How far a process is with its part of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// `training`; then `stopped` (by a signal), `failed`, `shard` (this process's part is done, others are at work) or
    /// `done` (tables and pictures, too).
    pub state: &'static str,
    /// Models of the study.
    pub models: u64,
    /// Those whose results are on disk, as far as this process knows: what it found when it began, and its own.
    pub kept: u64,
    /// Models a second that this process trains; None before it has begun.
    pub models_per_second: Option<f64>,
    /// Until this process is done, at this rate.
    pub seconds_left: Option<f64>,
    /// What went wrong last, in one line.
    pub trouble: Option<String>,
}

impl Study {
    /// Replaces the file: `progress.json`, of a shard `progress-0-of-4.json`. It is not forced onto the disk: after a power
    /// cut nobody asks how far a process was.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn write_progress(&self, progress: &Progress) -> Result<()> {
        #[derive(Serialize)]
        struct File<'a> {
            #[serde(flatten)]
            progress: &'a Progress,
            process: u32,
            host: String,
            /// RFC 3339, UTC: who is at work writes every second.
            updated: String,
        }
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let file = File { progress, process: std::process::id(), host, updated: now() };
        let of_shard = self.shard.map_or(String::new(), Shard::suffix);
        self.lock.check()?;
        let text = serde_json::to_string_pretty(&file).unwrap_or_default();
        write_lightly(&self.folder.join(format!("progress{of_shard}.json")), &(text + "\n"))
    }
}
