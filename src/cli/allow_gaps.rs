//! `--allow-gaps`: commands that need every model of a study refuse an incomplete study unless this flag is given.

use super::verbosity::Verbosity;
use crate::Result;
use crate::run::missing_models;
use crate::study::Study;

/// The flag.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AllowGaps {
    /// Take the models that are there, even if others are missing
    #[arg(long)]
    allow_gaps: bool,
}

impl AllowGaps {
    /// Whether the flag is given.
    pub fn allow(self) -> bool {
        self.allow_gaps
    }

    /// Refuses an incomplete study, or warns about the missing models if the flag is given.
    ///
    /// # Errors
    /// As for [`missing_models::check`].
    pub fn check(self, study: &Study, output: &Verbosity) -> Result<()> {
        if let Some(warning) = missing_models::check(study, self.allow_gaps, missing_models::ALLOW)? {
            output.report("warning", &warning);
        }
        Ok(())
    }
}
