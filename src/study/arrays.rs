//! Writes `curves.npz`, `loss_histograms.npz` and `weights.npz`, streaming from the chunks.

use super::{ChunkFile, Study};
use crate::error::Result;
use crate::math::loss_bins::{BINS, edges};
use crate::model::Layer;
use crate::npz::NpzWriter;
use crate::results::{CellSpec, CurveKind};
use crate::statistics::LossCounts;
use std::ops::Range;
use std::path::PathBuf;

/// Function that reads a chunk's weights, row-major `[models, parameters]`.
type ReadWeights = fn(&ChunkFile) -> Result<Vec<f64>>;

impl Study {
    /// Writes `curves.npz`, over the models that keep curves: `epoch [R]`, `model_id [models]`, `lr [models]` and other
    /// hyper-parameters (NaN where they do not apply), and each recorded curve `[models, R]`. None if none is kept.
    pub(super) fn write_curves(&self) -> Result<Option<PathBuf>> {
        let kept = |part: &CellSpec| part.record.curves_below.min(part.trials.len());
        let cells = &self.spec.cells;
        let models = cells.iter().map(kept).sum::<u64>() as usize;
        if models == 0 {
            return Ok(None);
        }
        let path = self.folder.join("curves.npz");
        let record = &cells[0].record;
        let epochs = record.epochs.len();
        let trials = || cells.iter().flat_map(|part| (0..kept(part)).map(move |i| (part, part.trials.get(i))));
        let mut npz = NpzWriter::create(&path)?;
        npz.array("epoch", &[epochs], record.epochs.iter().map(|e| i64::from(*e)))?;
        npz.array("model_id", &[models], trials().map(|(part, trial)| (part.first + trial.index).cast_signed()))?;
        for hyperparameter in self.spec.hyperparameters() {
            let values = trials().map(|(_, trial)| trial.hyperparameters.get(hyperparameter).unwrap_or(f64::NAN));
            npz.array(hyperparameter.name(), &[models], values)?;
        }
        for kind in CurveKind::ALL {
            if !cells.iter().any(|part| kind.is_kept(&part.record)) {
                continue;
            }
            let mut array = npz.begin::<f32>(&kind.array_name(self.spec.measure()), &[models, epochs])?;
            for chunk in self.chunks_with_curves() {
                array.extend(chunk?.curves(kind)?)?;
            }
            array.finish()?;
        }
        npz.finish()?;
        Ok(Some(path))
    }

    /// Writes `loss_histograms.npz` of each cell that has them (`loss_histograms-0.npz`, ... if there are several
    /// cells): `epoch [R]`, `edge [E]`, the hyper-parameters `[combinations]` and the counts
    /// `models [combinations, R, E + 2]`. Bins: below the first edge, between two edges, above the last, loss unknown.
    pub(super) fn write_loss_counts(&self) -> Result<Vec<PathBuf>> {
        let cells = self.spec.cells.iter().enumerate().filter(|(_, part)| part.record.histograms);
        cells.map(|(cell, _)| self.write_loss_counts_of(cell, self.of_cell("loss_histograms", cell))).collect()
    }

    /// Returns the path `NAME.npz`, or `NAME-0.npz` for one of several cells.
    fn of_cell(&self, name: &str, cell: usize) -> PathBuf {
        match self.spec.cells.len() {
            1 => self.folder.join(format!("{name}.npz")),
            _ => self.folder.join(format!("{name}-{cell}.npz")),
        }
    }

    fn write_loss_counts_of(&self, cell: usize, path: PathBuf) -> Result<PathBuf> {
        let part = &self.spec.cells[cell];
        let (combinations, epochs) = (part.record.combinations(&part.trials) as usize, &part.record.epochs);
        let mut counts = LossCounts::new(combinations, epochs.len());
        for chunk in self.chunks().filter(|chunk| chunk.as_ref().map_or(true, |chunk| chunk.span().cell == cell)) {
            let chunk = chunk?;
            let (first, size) = (chunk.span().trials.start as usize, epochs.len() * BINS as usize);
            for (row, models) in chunk.loss_counts()?.chunks_exact(size).enumerate() {
                let to = &mut counts.models[(first + row) % combinations * size..][..size];
                to.iter_mut().zip(models).for_each(|(to, n)| *to += n);
            }
        }
        let mut npz = NpzWriter::create(&path)?;
        npz.array("epoch", &[epochs.len()], epochs.iter().map(|e| i64::from(*e)))?;
        npz.array("edge", &[edges().len()], edges())?;
        for hyperparameter in self.spec.hyperparameters() {
            let value = |c| part.trials.get(c).hyperparameters.get(hyperparameter).unwrap_or(f64::NAN);
            npz.array(hyperparameter.name(), &[combinations], (0..combinations as u64).map(value))?;
        }
        let shape = [combinations, epochs.len(), BINS as usize];
        npz.array("models", &shape, counts.models.iter().map(|n| i64::from(*n)))?;
        npz.finish()?;
        Ok(path)
    }

    /// Writes `init_w1 [models, out, in]`, `init_b1 [models, out]`, ... and `final_*` in the format of `--init-from`,
    /// one file per cell; none if weights are not kept.
    pub(super) fn write_weights(&self) -> Result<Vec<PathBuf>> {
        let cells = self.spec.cells.iter().enumerate().filter(|(_, part)| part.record.weights);
        cells.map(|(cell, _)| self.write_weights_of(cell, self.of_cell("weights", cell))).collect()
    }

    fn write_weights_of(&self, cell: usize, path: PathBuf) -> Result<PathBuf> {
        let mut npz = NpzWriter::create(&path)?;
        let kinds: [(&str, ReadWeights); 2] =
            [("init", ChunkFile::initial_weights), ("final", ChunkFile::final_weights)];
        for (kind, read) in kinds {
            for (l, layer) in self.spec.cells[cell].shape.layers().into_iter().enumerate() {
                let Layer { inputs, outputs, weights, biases, bias } = layer;
                let mut write = |array, shape: &[usize], part| {
                    self.write_part(&mut npz, &format!("{kind}_{array}{}", l + 1), cell, shape, part, read)
                };
                write("w", &[outputs, inputs], weights..biases)?;
                if bias {
                    write("b", &[outputs], biases..layer.end())?;
                }
            }
        }
        npz.finish()?;
        Ok(path)
    }

    /// Writes one array of shape `[models, ...shape]`: the range `part` of every model's parameters.
    fn write_part(
        &self,
        npz: &mut NpzWriter,
        name: &str,
        cell: usize,
        shape: &[usize],
        part: Range<usize>,
        read: ReadWeights,
    ) -> Result<()> {
        let of_cell = &self.spec.cells[cell];
        let shape = [&[of_cell.trials.len() as usize], shape].concat();
        let mut array = npz.begin::<f64>(name, &shape)?;
        for chunk in self.chunks().filter(|chunk| chunk.as_ref().map_or(true, |chunk| chunk.span().cell == cell)) {
            let parameters = read(&chunk?)?;
            let models = parameters.chunks_exact(of_cell.shape.parameters());
            array.extend(models.flat_map(|model| model[part.clone()].iter().copied()))?;
        }
        array.finish()
    }
}
