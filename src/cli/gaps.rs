//! `--allow-gaps`: the commands that need every model of a study refuse one in which some are missing, unless this is given.

use super::output::Output;
use gpu_sweep::Result;
use gpu_sweep::run::gaps;
use gpu_sweep::study::Study;

/// The flag.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Gaps {
    /// Take the models that are there, even if others are missing
    #[arg(long)]
    allow_gaps: bool,
}

impl Gaps {
    /// Refuses a study with gaps, or warns of them.
    ///
    /// # Errors
    /// As for [`gaps::check`].
    pub fn check(self, study: &Study, output: &Output) -> Result<()> {
        if let Some(warning) = gaps::check(study, self.allow_gaps, gaps::ALLOW)? {
            output.tell("warning", &warning);
        }
        Ok(())
    }
}
