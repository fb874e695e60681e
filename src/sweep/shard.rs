//! Shards: parts of a study, each trained by another process.

use crate::error::{Error, Result, quoted};
use std::str::FromStr;

/// Every `count`-th chunk, starting with number `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

/// Maximum number of shards.
const MOST: u64 = 1_000_000;
const ALLOWED: &str = "i/n with 0 ≤ i < n, such as 0/4, or auto";

impl Shard {
    /// Returns the suffix of file names: `-0-of-4`.
    #[cfg(feature = "native")]
    pub(crate) fn suffix(self) -> String {
        format!("-{}-of-{}", self.index, self.count)
    }

    /// Creates shard `index` of `count`.
    ///
    /// # Errors
    /// [`Error::Setting`] unless `index < count` and `count` is at most 1,000,000.
    pub fn new(index: u64, count: u64) -> Result<Self> {
        if index < count && count <= MOST {
            return Ok(Self { index, count });
        }
        Err(Error::setting("--shard", format!("{index}/{count}"), format!("{ALLOWED}; n up to {MOST}")))
    }

    /// Returns the shard that a cluster's scheduler assigned to this process: the task of a Slurm job array
    /// (`sbatch --array`), the task of a Slurm job (`srun`), or the pod of a Kubernetes Indexed Job, for which `count`
    /// must be given. `variable` looks up environment variables.
    ///
    /// # Errors
    /// [`Error::Usage`] for a missing variable or an unevenly spaced array; [`Error::Setting`] for bad values.
    pub fn auto(count: Option<u64>, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let number = |name: &str| -> Result<u64> {
            let missing = || Error::usage("--shard auto", format!("needs the variable {name}, which is not set"));
            let text = variable(name).ok_or_else(missing)?;
            text.parse().map_err(|_| Error::setting(name, &text, "a whole number"))
        };
        let is_set = |name: &str| variable(name).is_some();
        if is_set("SLURM_ARRAY_TASK_ID") {
            let [id, least] = [number("SLURM_ARRAY_TASK_ID")?, number("SLURM_ARRAY_TASK_MIN")?];
            let step = if is_set("SLURM_ARRAY_TASK_STEP") { number("SLURM_ARRAY_TASK_STEP")?.max(1) } else { 1 };
            let (index, count) = (id.saturating_sub(least) / step, number("SLURM_ARRAY_TASK_COUNT")?);
            // An array of selected tasks, as in --array=3,7, would leave shards that no task trains.
            let uneven = |_| {
                let what = format!(
                    "finds task {id} of {count} from {least} on in steps of {step}, which is no evenly spaced array; use"
                );
                Error::usage("--shard auto", format!("{what} one such as --array=0-15"))
            };
            return Self::new(index, count).map_err(uneven);
        }
        if is_set("SLURM_PROCID") {
            return Self::new(number("SLURM_PROCID")?, number("SLURM_NTASKS")?);
        }
        if is_set("JOB_COMPLETION_INDEX") {
            let count = count.ok_or_else(|| {
                Error::usage("--shard auto", "needs --shards n in a Kubernetes job: its number of completions")
            })?;
            return Self::new(number("JOB_COMPLETION_INDEX")?, count);
        }
        let what = "finds no Slurm array or step and no Kubernetes Indexed Job; type i/n instead, such as --shard 0/4";
        Err(Error::usage("--shard auto", what))
    }

    /// Whether chunk `n` belongs to this shard.
    pub fn has(&self, n: u64) -> bool {
        n % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)));
        let (index, count) = parts.ok_or_else(|| Error::setting("--shard", quoted(text), ALLOWED))?;
        Self::new(index, count)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_take_every_chunk_once() {
        let shards: Vec<Shard> = (0..3).map(|i| format!("{i}/3").parse().unwrap()).collect();
        assert!((0..20).all(|n| shards.iter().filter(|shard| shard.has(n)).count() == 1));
        for bad in ["3/3", "1", "/", "-1/3", "0/0", "a/b", "1/3/5", "0/1000001"] {
            let error = bad.parse::<Shard>().unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains("0 ≤ i < n"), "{error}");
        }
    }

    #[test]
    fn schedulers_say_which() {
        let auto = |count: Option<u64>, all: &[(&str, &str)]| {
            let find = |name: &str| all.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            Shard::auto(count, find).map(|shard| shard.to_string()).map_err(|e| e.to_string())
        };
        let array = |id| {
            [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", "10"),
                ("SLURM_ARRAY_TASK_STEP", "5"),
                ("SLURM_ARRAY_TASK_COUNT", "4"),
                ("SLURM_PROCID", "0"),
                ("SLURM_NTASKS", "1"),
            ]
        };
        assert_eq!(auto(None, &array("20")).unwrap(), "2/4");
        assert!(auto(None, &array("40")).unwrap_err().contains("evenly spaced"));
        assert!(auto(None, &array("x")).unwrap_err().contains("SLURM_ARRAY_TASK_ID"));
        assert_eq!(auto(None, &[("SLURM_PROCID", "3"), ("SLURM_NTASKS", "8")]).unwrap(), "3/8");
        assert_eq!(auto(Some(7), &[("JOB_COMPLETION_INDEX", "6")]).unwrap(), "6/7");
        assert!(auto(None, &[("JOB_COMPLETION_INDEX", "6")]).unwrap_err().contains("--shards"));
        assert!(auto(Some(3), &[]).unwrap_err().contains("Slurm"));
    }
}
