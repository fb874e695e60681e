//! Writes a trajectory as a file.

use super::Trajectory;
use crate::error::Result;
use crate::npz::NpzWriter;
use crate::results::CurveKind;
use crate::statistics::Measure;
use std::path::Path;

impl Trajectory {
    /// Writes an npz file: `epoch [R]`, `train_loss`, `train_acc`, `test_loss`, `test_acc` `[R]` (NaN from a divergence
    /// on; of a regression `train_r2`, `test_r2`), and before the epochs `state_epoch [S]` the `parameters [S, P]`
    /// (layer by layer the weights `[out, in]`, then the biases `[out]`), `gradient_norm [S]`, `sharpness [S]` (NaN
    /// where a logit is not finite) and `lr [S]`.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn write(&self, path: &Path, measure: Measure) -> Result<()> {
        let (recorded, states) = (self.epochs.len(), self.states.len());
        let mut npz = NpzWriter::create(path)?;
        npz.array("epoch", &[recorded], self.epochs.iter().map(|e| i64::from(*e)))?;
        let curves = [
            (CurveKind::TrainLoss, Some(&self.train_loss)),
            (CurveKind::TrainAccuracy, Some(&self.train_accuracy)),
            (CurveKind::TestLoss, self.test_loss.as_ref()),
            (CurveKind::TestAccuracy, self.test_accuracy.as_ref()),
        ];
        for (kind, curve) in curves {
            if let Some(curve) = curve {
                npz.array(&kind.array_name(measure), &[recorded], curve.iter().copied())?;
            }
        }
        npz.array("state_epoch", &[states], self.states.iter().map(|s| i64::from(s.epoch)))?;
        let parameters = self.states.iter().flat_map(|s| s.parameters.iter().copied());
        npz.array("parameters", &[states, self.last.len()], parameters)?;
        npz.array("gradient_norm", &[states], self.states.iter().map(|s| s.gradient_norm.unwrap_or(f64::NAN)))?;
        npz.array("sharpness", &[states], self.states.iter().map(|s| s.sharpness.map_or(f64::NAN, |s| s.value)))?;
        npz.array("lr", &[states], self.states.iter().map(|s| s.lr))?;
        npz.finish()
    }
}
