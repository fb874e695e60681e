//! What a study answers: the settings and what they came to once the files were read.

use crate::dataset::Points;
use crate::engine::Record;
use crate::error::{Error, Result};
use crate::model::Shape;
use crate::sweep::{Inputs, Sweep, Trials};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A sweep with everything that a folder of results depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Paths in it are absolute.
    pub sweep: Sweep,
    /// The models.
    pub trials: Trials,
    /// Their network.
    pub shape: Shape,
    /// What to keep of each.
    pub record: Record,
    /// Training rows.
    pub train_points: u32,
    /// Test rows; 0: none.
    pub test_points: u32,
    /// Content hash over settings, data, trials and given weights: the same digest is the same question.
    pub digest: String,
}

impl Question {
    /// The sweep with what its files and data came to.
    pub fn of(sweep: &Sweep, inputs: &Inputs) -> Self {
        let crate::sweep::CellInputs { data, trials, shape, .. } = &inputs.cells[0];
        Self {
            sweep: sweep.clone(),
            trials: trials.clone(),
            shape: shape.clone(),
            record: Record::of(sweep, trials),
            train_points: data.train.len() as u32,
            test_points: data.test.as_ref().map_or(0, Points::len) as u32,
            digest: inputs.digest.clone(),
        }
    }

    /// Makes the paths absolute, so that the question can be asked again from anywhere.
    pub(super) fn with_absolute_paths(mut self) -> Result<Self> {
        for path in paths_mut(&mut self.sweep).into_iter().filter_map(|(_, path)| path.as_mut()) {
            *path = std::path::absolute(&*path).map_err(Error::io(path, "find"))?;
        }
        Ok(self)
    }
}

/// The settings that name a file.
pub(super) fn paths_mut(sweep: &mut Sweep) -> [(&'static str, &mut Option<PathBuf>); 3] {
    [("data", &mut sweep.data), ("trials", &mut sweep.trials), ("init-from", &mut sweep.init_from)]
}

/// SHA-256 of each file that the settings name, by the setting's name.
pub(super) fn file_digests(sweep: &Sweep) -> Result<BTreeMap<String, String>> {
    let named = [("data", &sweep.data), ("trials", &sweep.trials), ("init-from", &sweep.init_from)];
    let digest =
        |(name, path): (&str, &Option<PathBuf>)| path.as_ref().map(|path| Ok((name.to_owned(), file_digest(path)?)));
    named.into_iter().filter_map(digest).collect()
}

fn file_digest(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io(path, "read"))?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).map_err(Error::io(path, "read"))? {
            0 => return Ok(super::chunk_file::hex(&hash.finalize())),
            n => hash.update(&piece[..n]),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The course's experiment, edited.
    pub fn question(edit: impl FnOnce(&mut Sweep)) -> Question {
        let mut sweep = Sweep::default();
        edit(&mut sweep);
        let axes = vec![(crate::sweep::Scalar::Lr, sweep.lr.values().to_vec())];
        let count = sweep.models.unwrap_or(1000);
        let trials = Trials::grid(&sweep, axes, count).unwrap();
        let record = Record::of(&sweep, &trials);
        let shape = Shape::new(2, &sweep.hidden.all()[0].0).unwrap();
        let digest = super::super::chunk_file::hex(&Sha256::digest(format!("{sweep:?}")));
        Question { sweep, trials, shape, record, train_points: 200, test_points: 0, digest }
    }
}
