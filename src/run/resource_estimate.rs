//! Estimates the time, memory and disk space of a training; reported before a big job, and checked against free disk
//! space.

use super::summary_text::{bytes, duration};
use crate::disk;
use crate::engine::cost::WorkDone;
use crate::engine::{Engine, EngineKind, Job};
use crate::error::{Error, Result};
use crate::study::StudySize;
use std::path::Path;

/// Seconds from which a job is big.
pub const BIG: f64 = 60.0;
/// Instructions below which no device takes a minute, so that its speed is not measured.
const FEW_INSTRUCTIONS: f64 = 1e11;
/// Bytes of a chunk below which free disk space is not checked.
const SMALL_CHUNK: f64 = 1e6;
/// Ratio of a training's duration to that of its counted instructions alone.
const OVERHEAD: f64 = 2.0;
/// Instructions per second of the reference engine's one thread, counted as those of the fast engines: rough, from a
/// study that took 6.5 s on a Zen 5 core (1.4e8 to 3e8, depending on the machine's load).
const REFERENCE_SPEED: f64 = 2e8;

/// Resource estimate of one training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResourceEstimate {
    /// Seconds; `None`: below a minute, and not worth measuring.
    pub seconds: Option<f64>,
    /// Bytes on disk, in memory and of a chunk.
    pub size: StudySize,
}

impl ResourceEstimate {
    /// Estimates this share of the jobs on `devices` devices like `engine`, whose ceiling is measured if the job is
    /// long enough.
    ///
    /// # Errors
    /// As for [`Engine::ceiling`].
    pub fn of(jobs: &[Job], size: StudySize, share: f64, engine: &mut dyn Engine, devices: usize) -> Result<Self> {
        let instructions = share * jobs.iter().map(|job| WorkDone::of_all(job).instructions).sum::<f64>();
        let is_reference = engine.info().engine == EngineKind::Reference;
        if instructions < FEW_INSTRUCTIONS && !is_reference {
            return Ok(Self { seconds: None, size });
        }
        // A fused multiply-add is one instruction.
        let fused = engine.ceiling()?.map(|ceiling| ceiling.flop_per_second / 2.0);
        let speed = fused.map_or(REFERENCE_SPEED, |fused| fused / OVERHEAD) * devices as f64;
        Ok(Self { seconds: Some(instructions / speed), size })
    }

    /// Whether the estimate is worth reporting before the job begins.
    pub fn is_big(&self) -> bool {
        self.seconds.is_some_and(|seconds| seconds >= BIG)
    }

    /// Returns lines such as `about 12 min 05 s`, by subject.
    pub fn lines(&self) -> [(&'static str, String); 3] {
        let time = match self.seconds {
            Some(seconds) if seconds >= 1.0 => {
                format!("about {}, by counted instructions; a run measures it on its first chunk", duration(seconds))
            }
            _ => "seconds".to_owned(),
        };
        let disk = format!("about {} when all is done", bytes(self.size.disk));
        [("time", time), ("memory", format!("about {}", bytes(self.size.memory))), ("disk", disk)]
    }
}

/// Does the same as [`room`] if the system reports the free space.
pub fn room_at(size: StudySize, share: f64, folder: &Path) -> Result<Option<String>> {
    disk::free_bytes(folder).map_or(Ok(None), |free| room(size, share, free, folder))
}

/// Returns a warning if the disk at `folder` has fewer bytes `free` than this share of `size` needs. Chunks below a
/// megabyte are not checked: the disk itself knows better than an estimate.
///
/// # Errors
/// [`Error::Folder`] if even the first chunk has no room.
fn room(size: StudySize, share: f64, free: u64, folder: &Path) -> Result<Option<String>> {
    let (free, needed) = (free as f64, size.disk * share);
    let less = format!("only {} are free there", bytes(free));
    if size.chunk < SMALL_CHUNK {
        return Ok(None);
    }
    if share > 0.0 && free < size.chunk {
        let advice = "make room, or choose another --out";
        let what = format!("{less}, and the first chunk alone takes about {}; {advice}", bytes(size.chunk));
        return Err(Error::Folder { path: folder.into(), what });
    }
    Ok((free < needed).then(|| format!("{}: {less}, and all of it takes about {}", folder.display(), bytes(needed))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::{RunOptions, plan};
    use crate::engine::reference::ReferenceEngine;
    use crate::results::StudySpec;
    use crate::sweep::{Inputs, Sweep};

    fn need(edit: impl FnOnce(&mut Sweep), share: f64) -> ResourceEstimate {
        let mut options = RunOptions::of(Sweep::default());
        edit(&mut options.sweep);
        let (inputs, mut engine) = (Inputs::load(&options.sweep).unwrap(), ReferenceEngine::default());
        let spec = StudySpec::of(&options.sweep, &inputs);
        let jobs = plan(None, &inputs, &mut engine).unwrap();
        ResourceEstimate::of(&jobs, StudySize::of(&spec, 1000), share, &mut engine, 1).unwrap()
    }

    #[test]
    fn time_goes_with_models_epochs_and_what_is_left() {
        let whole = need(|_| (), 1.0);
        // 1000 models x 1000 epochs x 200 points of 46 instructions.
        assert_eq!(whole.seconds, Some(1000.0 * 1000.0 * 200.0 * 46.0 / REFERENCE_SPEED));
        assert_eq!(need(|s| s.epochs = 2000, 0.5).seconds, whole.seconds);
        assert!(!whole.is_big() && need(|s| s.epochs = 100_000, 1.0).is_big());
        assert!(need(|s| s.epochs = 100_000, 1.0).lines()[0].1.starts_with("about 1 h"));
    }

    #[test]
    fn a_disk_is_enough_too_small_or_hopeless() {
        let size = StudySize { disk: 1e9, chunk: 2e6, memory: 1e8 };
        let room = |share: f64, free: f64| room(size, share, free as u64, Path::new("out"));
        assert_eq!(room(1.0, 2e9).unwrap(), None);
        let warning = room(1.0, 5e8).unwrap().unwrap();
        assert!(warning.contains("out: only") && warning.contains("all of it takes about"), "{warning}");
        let error = room(1.0, 1e6).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("--out"), "{error}");
        // Finished models take no more room; a small chunk is not checked.
        assert_eq!(room(0.0, 0.0).unwrap(), None);
        assert_eq!(super::room(StudySize { chunk: 1e5, ..size }, 1.0, 0, Path::new("out")).unwrap(), None);
    }
}
