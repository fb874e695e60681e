//! `run.json`: log of the last run and the runs before it.

use super::Study;
use crate::disk;
use crate::engine::{AchievedSpeed, EngineInfo, Mapping, Phase};
use crate::error::Result;
use serde::Serialize;
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) const FILE: &str = "run.json";
/// Maximum bytes of a file whose runs are kept.
pub(super) const MOST_TEXT: u64 = 64 << 20;

/// One run of the program. Times are UTC.
#[derive(Debug, Clone, Serialize)]
pub struct RunRecord {
    /// Version of this program.
    pub version: &'static str,
    /// Command line, with the program's name first.
    pub command_line: Vec<String>,
    /// Machine on which it ran.
    pub host: HostInfo,
    /// Engine that trained; None before the first training.
    pub engine: Option<EngineInfo>,
    /// Mapping of models to threads, for each cell.
    pub mappings: Option<Vec<Mapping>>,
    /// Models of the study.
    pub models: u64,
    /// Models that this run trained; the others were finished before.
    pub trained: u64,
    /// Failed chunks, each with the reason.
    pub failed: Vec<String>,
    /// Start time in RFC 3339, such as `2025-01-31T23:59:59.123Z`.
    pub started: String,
    /// End time; None while it runs, or if it was killed.
    pub ended: Option<String>,
    /// Speed of each device that reports one.
    pub achieved: Vec<AchievedSpeed>,
    /// Duration of each phase, in seconds.
    pub phases: Vec<Phase>,
    /// Written files, relative to the folder.
    pub files: Vec<String>,
}

/// The machine of a run.
#[derive(Debug, Clone, Serialize)]
pub struct HostInfo {
    /// `linux`, `macos`, `windows`, ...
    pub os: &'static str,
    /// `x86_64`, `aarch64`, ...
    pub architecture: &'static str,
    /// Available hardware threads; None if the system does not report them.
    pub cores: Option<usize>,
}

impl RunRecord {
    /// Creates the record of a run that starts now.
    pub fn begin(command_line: Vec<String>) -> Self {
        let cores = std::thread::available_parallelism().ok().map(usize::from);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            command_line,
            host: HostInfo { os: std::env::consts::OS, architecture: std::env::consts::ARCH, cores },
            engine: None,
            mappings: None,
            models: 0,
            trained: 0,
            started: now(),
            ended: None,
            failed: Vec::new(),
            achieved: Vec::new(),
            phases: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Sets the end time to now.
    pub fn end(&mut self) {
        self.ended = Some(now());
    }
}

impl Study {
    /// Whether there is a `run.json`.
    pub fn has_run(&self) -> bool {
        self.folder.join(FILE).is_file()
    }

    /// Writes `run.json`; earlier runs are kept under `earlier`, oldest first. Engine, mappings and number of models
    /// come from the study.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn write_run(&self, run: &RunRecord) -> Result<()> {
        #[derive(Serialize)]
        struct File<'a> {
            #[serde(flatten)]
            run: &'a RunRecord,
            earlier: Vec<Value>,
        }
        self.lock.check()?;
        let (engine, mappings) = self.saved_engine().map(|(e, m)| (e.clone(), m.to_owned())).unzip();
        let run = RunRecord { engine, mappings, models: self.plan.models(), ..run.clone() };
        self.write_json(FILE, &File { run: &run, earlier: self.earlier_runs(&run.started) })
    }

    /// Returns the runs in `run.json` that did not start at `started`; none if the file can't be read: it is a
    /// human-readable log, and nothing else is made from it.
    fn earlier_runs(&self, started: &str) -> Vec<Value> {
        let text = disk::text(&self.folder.join(FILE), MOST_TEXT, "").unwrap_or_default();
        let mut runs = all(&text);
        runs.retain(|run| run["started"] != started);
        runs
    }
}

/// Parses the runs in the text of a `run.json`, oldest first; none if it is something else.
pub(super) fn all(text: &str) -> Vec<Value> {
    let Ok(Value::Object(mut last)) = serde_json::from_str(text) else { return Vec::new() };
    let mut runs = match last.remove("earlier") {
        Some(Value::Array(runs)) => runs,
        _ => Vec::new(),
    };
    runs.push(Value::Object(last));
    runs
}

/// Returns the time, such as `2025-01-31T23:59:59.123Z` (RFC 3339, UTC).
pub fn now() -> String {
    utc(SystemTime::now())
}

fn utc(time: SystemTime) -> String {
    // A clock before 1970 was never set.
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", since.subsec_millis())
}

/// Returns year, month and day of the Gregorian calendar, `days` after 1 January 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month as u64 + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // `date -u -d @SECONDS +%FT%TZ`
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_740_787_200, "2025-03-01T00:00:00.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }
}
