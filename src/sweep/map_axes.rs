//! The axes of a map.

use super::{Axis, BatchSize, CurvesKept, Scalar, Sweep};
use crate::error::{Error, Result};
use crate::math::convergence::LAST;
use serde::{Deserialize, Serialize};

/// The two scalars of a map: a model for each pair of their values, all from one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapAxes {
    /// Runs across, from left to right.
    pub x: Scalar,
    /// Runs up.
    pub y: Scalar,
}

impl MapAxes {
    /// Checks that `sweep` has a pixel for each of its models.
    pub(super) fn validate(self, sweep: &Sweep) -> Result<()> {
        let refuse =
            |name: &str, value: &dyn std::fmt::Display, allowed: &str| Err(Error::setting(name, value, allowed));
        if self.x == self.y {
            return refuse("--x, --y", &self.x.name(), "two different axes");
        }
        if sweep.seeds != Some(1) || sweep.independent_seeds || sweep.trials.is_some() || sweep.cells().len() != 1 {
            return refuse("map", &"more than a model a pixel", "one seed, one data set and one network, no --trials");
        }
        if sweep.hidden.all().iter().all(|widths| widths.0.is_empty()) && [self.x, self.y].contains(&Scalar::LrFirst) {
            return refuse("--hidden", &sweep.hidden, "hidden layers in a map of the first layer's learning rate");
        }
        let unseen = sweep.record_every.is_some() || (!sweep.record.is_empty() && sweep.curves == CurvesKept::Auto);
        if unseen {
            return refuse("--record, --record-every", &"of a map", "every loss is recorded; accuracies with --curves");
        }
        let mut pixels = 1usize;
        for scalar in [self.x, self.y] {
            sweep.check_heeded(scalar, &scalar.flag())?;
            let values = sweep.axis(scalar).map_or(&[][..], Axis::values);
            if values.windows(2).any(|pair| pair[0] >= pair[1]) {
                return refuse(
                    &scalar.flag(),
                    &"values that do not ascend",
                    "each value of a map's axis above the one before",
                );
            }
            let values = values.len();
            if !(2..=MOST_PIXELS).contains(&values) {
                return refuse(&scalar.flag(), &format!("{values} values"), "2 to 65536 values for an axis of a map");
            }
            pixels = pixels.saturating_mul(values);
        }
        if pixels > MOST_OF_ALL {
            return refuse("--x, --y", &format!("{pixels} pixels"), "up to 67108864, such as 8192 × 8192");
        }
        let other = |(scalar, axis): &(Scalar, &Axis)| ![self.x, self.y].contains(scalar) && axis.values().len() > 1;
        if let Some((scalar, axis)) = sweep.axes().into_iter().find(other) {
            return refuse(
                &scalar.flag(),
                &format!("{} values", axis.values().len()),
                "a single value in a map of other axes, such as --lr 1",
            );
        }
        if sweep.batch_size.all() != [BatchSize(None)] {
            return refuse(
                "--batch-size",
                &sweep.batch_size,
                "full in a map, whose colours need the loss of every update",
            );
        }
        if (sweep.epochs as usize) < LAST {
            return refuse("--epochs", &sweep.epochs, "20 or more in a map, whose last 20 losses decide");
        }
        Ok(())
    }
}

/// Most pixels of a row or column.
const MOST_PIXELS: usize = 1 << 16;
/// Most pixels of a map: in the end all are held in memory, some 50 bytes each.
const MOST_OF_ALL: usize = 1 << 26;
