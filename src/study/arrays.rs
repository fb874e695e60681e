//! `curves.npz` and `weights.npz`, streamed from the chunks.

use super::{ChunkFile, CurveKind, Study};
use crate::error::Result;
use crate::model::Layer;
use crate::npz::NpzWriter;
use std::ops::Range;
use std::path::PathBuf;

/// Reads a chunk's weights, row-major `[models, parameters]`.
type Read = fn(&ChunkFile) -> Result<Vec<f64>>;

impl Study {
    /// `epoch [R]`, `model_id [models]`, `lr [models]` and each recorded curve `[models, R]`, over the models that keep
    /// curves; no file where none does.
    pub(super) fn write_curves(&self) -> Result<Option<PathBuf>> {
        let record = &self.question.record;
        let kept = record.curves_below.min(self.plan.models);
        if kept == 0 {
            return Ok(None);
        }
        let path = self.folder.join("curves.npz");
        let (models, epochs) = (kept as usize, record.epochs.len());
        let mut npz = NpzWriter::create(&path)?;
        npz.array("epoch", &[epochs], record.epochs.iter().map(|e| i64::from(*e)))?;
        npz.array("model_id", &[models], (0..kept).map(u64::cast_signed))?;
        npz.array("lr", &[models], (0..kept).map(|i| self.question.trials.get(i).lr()))?;
        for kind in CurveKind::ALL.into_iter().filter(|kind| kind.is_kept(record)) {
            let mut array = npz.begin::<f32>(kind.name(), &[models, epochs])?;
            for chunk in self.chunks_with_curves() {
                array.extend(chunk?.curves(kind)?)?;
            }
            array.finish()?;
        }
        npz.finish()?;
        Ok(Some(path))
    }

    /// `init_w1 [models, out, in]`, `init_b1 [models, out]`, ... and `final_*`, as `--init-from` reads them; no file
    /// where weights were not asked for.
    pub(super) fn write_weights(&self) -> Result<Option<PathBuf>> {
        if !self.question.record.weights {
            return Ok(None);
        }
        let path = self.folder.join("weights.npz");
        let mut npz = NpzWriter::create(&path)?;
        let kinds: [(&str, Read); 2] = [("init", ChunkFile::initial_weights), ("final", ChunkFile::final_weights)];
        for (kind, read) in kinds {
            for (l, layer) in self.question.shape.layers().into_iter().enumerate() {
                let Layer { inputs, outputs, weights, biases, bias } = layer;
                self.write_part(&mut npz, &format!("{kind}_w{}", l + 1), &[outputs, inputs], weights..biases, read)?;
                if bias {
                    self.write_part(&mut npz, &format!("{kind}_b{}", l + 1), &[outputs], biases..layer.end(), read)?;
                }
            }
        }
        npz.finish()?;
        Ok(Some(path))
    }

    /// One array: the `part` of every model's parameters, of shape `[models, ...shape]`.
    fn write_part(
        &self,
        npz: &mut NpzWriter,
        name: &str,
        shape: &[usize],
        part: Range<usize>,
        read: Read,
    ) -> Result<()> {
        let shape = [&[self.plan.models as usize], shape].concat();
        let mut array = npz.begin::<f64>(name, &shape)?;
        for chunk in self.chunks() {
            let parameters = read(&chunk?)?;
            let models = parameters.chunks_exact(self.question.shape.parameters());
            array.extend(models.flat_map(|model| model[part.clone()].iter().copied()))?;
        }
        array.finish()
    }
}
