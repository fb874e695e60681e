//! Checks of single settings and of their combination. Settings without effect are refused, too.

use super::setting::Setting;
use super::setting_rows::SETTINGS;
use super::{ExtraCurve, Metric, Schedule, ScheduleKind, Sweep};
use crate::dataset::{BuiltIn, Task};
use crate::error::{Error, Result, number};
use crate::math::{Loss, WeightScaling};
use crate::statistics::Select;

/// Maximum number of points of a curve
const MOST_POINTS: usize = 1_000_000;
/// Maximum number of axis values, and of curve points, over all cells
pub(super) const MAX_VALUES_IN_CELLS: usize = 10_000_000;

impl Sweep {
    /// Checks every setting that can be checked without reading a file.
    ///
    /// # Errors
    /// [`Error::Setting`] with the first invalid setting and what is allowed; [`Error::Usage`] with the first settings
    /// that exclude each other or have no effect.
    pub fn validate(&self) -> Result<()> {
        SETTINGS.iter().try_for_each(|setting| (setting.field.check)(self, setting))?;
        let plain = Self::default();
        for setting in SETTINGS.iter().filter(|setting| !setting.is_same(self, &plain)) {
            let rivals = setting.conflicts().filter_map(Setting::named);
            if let Some(rival) = rivals.into_iter().find(|rival| !rival.is_same(self, &plain)) {
                return Err(exclusive_error(&setting.flag(), &rival.flag()));
            }
            setting.check_effect(self, &setting.flag())?;
        }
        self.validate_fractions()?;
        self.validate_data()?;
        self.validate_built_in()?;
        self.validate_size()?;
        self.schedule.all().iter().try_for_each(|kind| self.schedule_of(*kind).map(|_| ()))?;
        if self.select == Select::Auc && !self.metrics.contains(&Metric::Auc) {
            return Err(Error::usage("--select auc", "needs the areas; add --metrics auc"));
        }
        self.validate_scaling()?;
        self.map.map_or(Ok(()), |axes| axes.validate(self))
    }

    /// Resets settings of `base`, a preset or a file, that the settings `named` on the command line replace or leave
    /// without effect. One that had no effect in `base` stays, and [`Sweep::validate`] refuses it.
    pub fn drop_overridden(&mut self, base: &Self, named: impl Fn(&str) -> bool) {
        let defaults = Self::default();
        for setting in SETTINGS.iter().filter(|setting| !named(setting.name)) {
            let is_replaced = setting.overriding_settings().any(|other| named(other.name));
            let lost_effect = (setting.needs)(self, setting).is_err() && (setting.needs)(base, setting).is_ok();
            if is_replaced || lost_effect {
                setting.copy(&defaults, self);
            }
        }
    }

    /// Returns warnings about values that were probably not meant, one line each.
    pub fn notes(&self) -> Vec<String> {
        self.axes().into_iter().filter_map(|(hyper, axis)| axis.warning(&hyper.flag())).collect()
    }

    /// Checks the validation and test fractions, the data seeds and whether test curves have test rows.
    fn validate_fractions(&self) -> Result<()> {
        let (tests, flag) = match self.folds {
            Some(folds) => (1.0 / f64::from(folds), "the fold of --folds"),
            None => (self.test_fraction, "--test-fraction"),
        };
        let both = self.validation_fraction + tests;
        if both >= 1.0 {
            let what = format!("and {flag} together must be less than 1, not {}: some rows train", number(both));
            return Err(Error::usage("--validation-fraction", what));
        }
        let seeds = self.number_of_data_seeds();
        if self.data_seed.checked_add(u64::from(seeds) - 1).is_none() {
            let what =
                format!("{seeds} from --data-seed {} on go beyond 2^64 - 1; use a smaller --data-seed", self.data_seed);
            return Err(Error::usage(if self.folds.is_some() { "--folds" } else { "--data-seeds" }, what));
        }
        let has_tests = self.test_fraction > 0.0 || self.split_column.is_some() || self.folds.is_some();
        if self.record.contains(&ExtraCurve::Test) && !has_tests {
            return Err(Error::usage(
                "--record",
                "has test curves, which need rows for testing; add --test-fraction 0.25",
            ));
        }
        Ok(())
    }

    fn validate_data(&self) -> Result<()> {
        let uses_random = self.data.is_none() && self.dataset.all().contains(&BuiltIn::Random);
        if uses_random && self.loss != Loss::Mse {
            let what =
                format!("has no classes but numbers above 1/2, which --loss {} can't learn; add --loss mse", self.loss);
            return Err(Error::usage(format!("--dataset {}", BuiltIn::Random), what));
        }
        if let (Some(target), Some(task @ (Task::Binary | Task::Classes))) = (&self.target, self.task)
            && target.are_several()
        {
            let what =
                format!("names several columns, which are numbers, but --task {task} is for one; name one column");
            return Err(Error::usage("--target", what));
        }
        Ok(())
    }

    /// Returns the setting by which the targets of a table are numbers, if any.
    pub(super) fn asks_for_numbers(&self) -> Option<&'static str> {
        match &self.target {
            _ if self.data.is_none() => None,
            Some(target) if target.are_several() => Some("several --target columns"),
            _ => (self.task == Some(Task::Regression)).then_some("--task regression"),
        }
    }

    /// Checks the weight scaling: it multiplies gradients, so the optimizer's update must be linear in them.
    fn validate_scaling(&self) -> Result<()> {
        let flag = || format!("--scaling {}", self.scaling);
        if self.scaling.is_standard() {
            return Ok(());
        }
        if let Some(other) =
            self.optimizer.all().iter().find(|optimizer| !WeightScaling::OPTIMIZERS.contains(optimizer))
        {
            let allowed = format!("sgd, momentum or nesterov with {}", flag());
            return Err(Error::setting("--optimizer", other, allowed));
        }
        if self.clip.is_some() {
            return Err(exclusive_error("--clip", &flag()));
        }
        if self.bias {
            return Err(Error::usage(flag(), "needs a network without biases; add --no-bias"));
        }
        if self.init_from.is_some() {
            return Err(exclusive_error(&flag(), "--init-from"));
        }
        Ok(())
    }

    /// Limits the memory that all cells need before the first model trains.
    fn validate_size(&self) -> Result<()> {
        let cells = self.number_of_cells();
        if cells > Self::MOST_CELLS {
            let what = format!(
                "--dataset, --hidden, --optimizer, ... have {cells} combinations; up to {} are possible",
                Self::MOST_CELLS
            );
            return Err(Error::usage("the lists of", what));
        }
        let values: usize = self.axes().iter().map(|(_, axis)| axis.values().len()).sum();
        let held = values * cells;
        if held > MAX_VALUES_IN_CELLS {
            let what = format!(
                "and the other lists have {held} values in all {cells} combinations; up to {MAX_VALUES_IN_CELLS} are possible"
            );
            return Err(Error::usage("--lr", what));
        }
        let points = self.epochs.div_ceil(self.record_stride()) as usize + 1;
        let stride = self.record_stride();
        let refuse = |what: String| Err(Error::usage(format!("--record-every {stride}"), what));
        if points > MOST_POINTS {
            return refuse(format!(
                "makes {points} points a curve; up to {MOST_POINTS} are possible; use a larger one"
            ));
        }
        match points * cells {
            held if held > MAX_VALUES_IN_CELLS => refuse(format!(
                "makes {held} points in all {cells} combinations; up to {MAX_VALUES_IN_CELLS} are possible; use a larger one"
            )),
            _ => Ok(()),
        }
    }

    /// Whether some rows are held out for validation or testing.
    pub(crate) fn is_split(&self) -> bool {
        self.validation_fraction > 0.0 || self.test_fraction > 0.0 || self.folds.is_some()
    }

    /// Returns the schedule of this kind with the given parameters.
    ///
    /// # Errors
    /// As for [`Schedule::new`].
    pub fn schedule_of(&self, kind: ScheduleKind) -> Result<Schedule> {
        Schedule::new(kind, self.epochs, self.step_size, self.gamma, self.warmup)
    }
}

/// Returns the error for two settings that exclude each other.
fn exclusive_error(name: &str, other: &str) -> Error {
    Error::usage(name, format!("can't be used together with {other}; leave one of them out"))
}
