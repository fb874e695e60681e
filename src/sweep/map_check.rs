//! Whether a sweep suits its map.

use super::{Axis, BatchSize, CurvesKept, Hyperparameter, MapAxes, Sweep};
use crate::error::{Error, Result};
use crate::math::convergence::LAST;

impl MapAxes {
    /// Checks that `sweep` trains exactly one model per pixel and records what a map needs.
    pub(super) fn validate(self, sweep: &Sweep) -> Result<()> {
        let refuse = |name: &str, what: String| Err(Error::usage(name, what));
        if self.x == self.y {
            return refuse("--x, --y", format!("are both {}; give two different axes", self.x.name()));
        }
        if sweep.seeds != Some(1) || sweep.independent_seeds || sweep.trials.is_some() || sweep.cells().len() != 1 {
            let what = "has one model a pixel: one seed, one data set and one network, without --trials and --independent-seeds";
            return refuse("a map", what.into());
        }
        if sweep.hidden.all().iter().all(|widths| widths.0.is_empty())
            && [self.x, self.y].contains(&Hyperparameter::LrFirst)
        {
            return refuse(
                "--hidden",
                "none leaves no first layer for the axis lr_first; give hidden layers, such as 16".into(),
            );
        }
        let unseen = sweep.record_every.is_some() || (!sweep.record.is_empty() && sweep.curves == CurvesKept::Auto);
        if unseen {
            let what = "have no effect on a map, which records every loss; accuracies are recorded with --curves all";
            return refuse("--record, --record-every", what.into());
        }
        let mut pixels = 1usize;
        for hyperparameter in [self.x, self.y] {
            hyperparameter.setting().check_effect(sweep, &hyperparameter.flag())?;
            let values = sweep.axis(hyperparameter).map_or(&[][..], Axis::values);
            if values.windows(2).any(|pair| pair[0] >= pair[1]) {
                return refuse(
                    &hyperparameter.flag(),
                    "must ascend on the axis of a map: each value above the one before".into(),
                );
            }
            let values = values.len();
            if !(2..=MOST_PIXELS).contains(&values) {
                return refuse(
                    &hyperparameter.flag(),
                    format!("has {values} values; an axis of a map takes 2 to {MOST_PIXELS}"),
                );
            }
            pixels = pixels.saturating_mul(values);
        }
        if pixels > MOST_OF_ALL {
            let what = format!("would have {pixels} pixels; up to {MOST_OF_ALL} are possible, such as 8192 × 8192");
            return refuse("the map", what);
        }
        let other = |(hyperparameter, axis): &(Hyperparameter, &Axis)| {
            ![self.x, self.y].contains(hyperparameter) && axis.values().len() > 1
        };
        if let Some((hyperparameter, axis)) = sweep.axes().into_iter().find(other) {
            let (flag, values) = (hyperparameter.flag(), axis.values().len());
            return refuse(
                &flag,
                format!("has {values} values and is no axis of this map; give a single one, such as {flag} 1"),
            );
        }
        if sweep.batch_size.all() != [BatchSize(None)] {
            let what = format!(
                "{} does not fit a map, whose colours need the loss of every update; leave it out",
                sweep.batch_size
            );
            return refuse("--batch-size", what);
        }
        if (sweep.epochs as usize) < LAST {
            return refuse(
                "--epochs",
                format!("{} is too few for a map, whose last {LAST} losses decide", sweep.epochs),
            );
        }
        Ok(())
    }
}

/// Most pixels of a row or column.
const MOST_PIXELS: usize = 1 << 16;
/// Most pixels of a map. The finished map is held in memory, at about 50 bytes per pixel.
const MOST_OF_ALL: usize = 1 << 26;
