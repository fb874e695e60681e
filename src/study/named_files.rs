//! Files that the settings name: absolute paths, and the content hashes of copies.

use crate::dataset::hex;
use crate::disk;
use crate::error::{Error, Result};
use crate::results::StudySpec;
use crate::sweep::{Setting, Sweep};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

impl StudySpec {
    /// Makes the paths absolute, so that the study can be continued from any working directory.
    pub(super) fn with_absolute_paths(mut self) -> Result<Self> {
        for setting in Setting::paths() {
            if let Some(path) = setting.path(&mut self.sweep) {
                *path = std::path::absolute(&*path).map_err(Error::io(path, "find"))?;
            }
        }
        Ok(self)
    }
}

/// Returns the SHA-256 of each file that the settings name, by the setting's key.
pub(super) fn file_digests(sweep: &Sweep) -> Result<BTreeMap<String, String>> {
    let mut sweep = sweep.clone();
    let digest = |setting: &Setting| setting.path(&mut sweep).map(|path| Ok((setting.key(), file_digest(path)?)));
    Setting::paths().filter_map(digest).collect()
}

fn file_digest(path: &Path) -> Result<String> {
    let mut file = disk::open(path, "a file of data")?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).map_err(Error::io(path, "read"))? {
            0 => return Ok(hex(hash)),
            n => hash.update(&piece[..n]),
        }
    }
}
