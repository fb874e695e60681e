//! `progress.json`: training progress, for the command `watch` and dashboards.

use super::Study;
use super::files::write_lightly;
use super::run_record::now;
use crate::error::Result;
use crate::sweep::Shard;
use serde::Serialize;

/// Progress of one process with its part of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// `training`; then `stopped` (by a signal), `failed`, `shard` (this process is done, others still train) or `done`
    /// (tables and pictures included).
    pub state: &'static str,
    /// Models of the whole study.
    pub models: u64,
    /// Models on disk that this process knows of: those found at its start, and its results since.
    pub kept: u64,
    /// Models that this process trains per second; None before it starts.
    pub models_per_second: Option<f64>,
    /// Estimated seconds until this process is done, at this rate.
    pub seconds_left: Option<f64>,
    /// Last problem, in one line.
    pub trouble: Option<String>,
}

impl Study {
    /// Replaces `progress.json`, or `progress-0-of-4.json` of a shard. The file is not flushed to the disk: after a
    /// power cut it is of no use.
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
            /// RFC 3339, UTC; a running process writes every second.
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
