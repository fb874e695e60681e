//! A sweep put together setting by setting, as the command line does it, and run.

use super::into_setting::IntoSetting;
use super::{DataSource, Observer, RunOptions, RunOutcome, Session, SweepResults};
use crate::dataset::Generator;
use crate::engine::select::{DeviceList, EngineSettings};
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::statistics::Select;
use crate::study::{Shard, read_config};
use crate::sweep::{
    Axis, BatchSize, Choices, CurvesKept, ExtraCurve, InitBias, MapAxes, Metric, ScheduleKind, Setting, Shuffle, Sweep,
    Widths, settings_table,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A sweep that is being put together. A method for every setting, named like its flag, takes a value, or the flag's text where that is
/// a word, a list or a range.
/// The first thing that makes no sense is told in the end, by [`Builder::run`], [`Builder::train`] or [`Builder::sweep`].
#[derive(Debug)]
pub struct Builder {
    pub(super) options: RunOptions,
    /// The settings that were named.
    pub(super) named: BTreeSet<&'static str>,
    refused: Option<Error>,
    /// Where data from memory lie as long as they are needed.
    pub(super) kept: Option<TempDir>,
}

impl Sweep {
    /// The course's experiment, to be changed setting by setting.
    pub fn builder() -> Builder {
        Self::default().into()
    }
}

impl From<Sweep> for Builder {
    /// What is named from now on goes before what `sweep` says, such as a preset's.
    fn from(sweep: Sweep) -> Self {
        Self { options: RunOptions::of(sweep), named: BTreeSet::new(), refused: None, kept: None }
    }
}

/// A method for each row of the table of settings.
macro_rules! builder_methods {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident $attributes:tt;
    )*) => {
        impl Builder { $(builder_method!($kind $name $type [$($doc),+]);)* }
    };
}

/// One of them; data come from memory, too, and have a method of their own.
macro_rules! builder_method {
    (some data $type:tt $doc:tt) => {};
    (one $name:ident ($type:ty) $doc:tt) => { builder_method!(@ $name $type, $doc, |value| value); };
    (lr $name:ident $variant:tt $doc:tt) => { builder_method!(@ $name Axis, $doc, |value| value); };
    (some $name:ident ($type:ty) $doc:tt) => { builder_method!(@ $name $type, $doc, Some); };
    (axis $name:ident $variant:tt $doc:tt) => { builder_method!(@ $name Axis, $doc, Some); };
    (choice $name:ident ($type:ty) $doc:tt) => { builder_method!(@ $name Choices<$type>, $doc, |value| value); };
    (@ $name:ident $type:ty, [$($doc:literal),+], $wrap:expr) => {
        $(#[doc = $doc])+
        pub fn $name(self, value: impl IntoSetting<$type>) -> Self {
            self.set(stringify!($name), value, |sweep, value| sweep.$name = $wrap(value))
        }
    };
}

settings_table!(builder_methods);

impl Builder {
    /// The settings of a `sweep.toml`, in place of all before.
    pub fn config(self, path: impl AsRef<Path>) -> Self {
        self.try_with(|builder| {
            builder.based_on(read_config(path.as_ref())?, None);
            Ok(())
        })
    }

    /// The settings of a ready question, in place of all before.
    pub fn preset(self, name: &str) -> Self {
        self.try_with(|builder| {
            builder.based_on(Sweep::preset(name)?, Some(name.to_owned()));
            Ok(())
        })
    }

    fn based_on(&mut self, sweep: Sweep, preset: Option<String>) {
        (self.options.sweep, self.options.preset) = (sweep, preset);
        self.named.clear();
        self.kept = None;
    }

    /// A CSV file to learn from, or, by reference, a [`crate::Dataset`] in memory, which the sweep splits and standardises like a file.
    pub fn data(self, data: impl DataSource) -> Self {
        self.try_with(|builder| data.give(builder))
    }

    /// What to compute on, as `--device` takes it.
    pub fn device(self, devices: impl IntoSetting<DeviceList>) -> Self {
        self.try_with(|builder| devices.setting("--device").map(|devices| builder.options.devices = devices))
    }

    /// What devices may use.
    pub fn limits(self, limits: EngineSettings) -> Self {
        Self { options: RunOptions { limits, ..self.options }, ..self }
    }

    /// Forces a layout of models onto the device.
    pub fn mapping(self, mapping: impl Into<String>) -> Self {
        Self { options: RunOptions { mapping: Some(mapping.into()), ..self.options }, ..self }
    }

    /// Whether long trainings may begin with timing rival mappings.
    pub fn tune(mut self, tune: bool) -> Self {
        self.named.insert("tune");
        Self { options: RunOptions { tune, ..self.options }, ..self }
    }

    /// The folder of the results, instead of one of the question's name in `gpu-sweep-out`.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.named.insert("out");
        Self { options: RunOptions { out: Some(folder.into()), ..self.options }, ..self }
    }

    /// Whether earlier results in the folder, of whatever question, are replaced.
    pub fn force(mut self, force: bool) -> Self {
        self.named.insert("force");
        Self { options: RunOptions { force, ..self.options }, ..self }
    }

    /// Trains only that part of the study.
    pub fn shard(self, shard: Shard) -> Self {
        Self { options: RunOptions { shard: Some(shard), ..self.options }, ..self }
    }

    /// The question, checked.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first setting that makes no sense, and data from memory, which no question can hold.
    pub fn sweep(self) -> Result<Sweep> {
        if self.kept.is_some() {
            let what = "from memory can't be in a sweep that is handed on; call run() or train(), or name a file";
            return Err(Error::usage("data", what));
        }
        self.refused.map_or(Ok(()), Err)?;
        let mut sweep = self.options.sweep;
        sweep.record.sort();
        sweep.record.dedup();
        sweep.metrics.dedup();
        sweep.give_way(|name| self.named.contains(name));
        if sweep.trials.is_some() && self.named.contains("lr") && sweep.lr.values().len() > 1 {
            let what = "has several values, but every row of --trials is a single model; give one value for all rows, or a column lr";
            return Err(Error::usage("--lr", what));
        }
        sweep.validate()?;
        Ok(sweep)
    }

    /// Trains, and writes tables, pictures and the report into the folder; the same question goes on where it was stopped.
    ///
    /// # Errors
    /// As for [`RunOptions::run`].
    pub fn run(self) -> Result<(Session, RunOutcome)> {
        self.run_followed(&())
    }

    /// The same, with someone who follows.
    ///
    /// # Errors
    /// As for [`RunOptions::run`].
    pub fn run_followed(mut self, follow: &dyn Observer) -> Result<(Session, RunOutcome)> {
        let _until_the_end = self.kept.take();
        // Nothing was typed.
        self.checked_options()?.run(Vec::new(), follow)
    }

    /// Trains in memory, on one device, by the planned mapping; nothing is written.
    ///
    /// # Errors
    /// As for [`SweepResults::train`]; [`Error::Setting`] for what would do nothing without a folder.
    pub fn train(mut self) -> Result<SweepResults> {
        if let Some(name) = ["out", "force", "tune"].into_iter().find(|name| self.named.contains(name)) {
            return Err(Error::usage(
                format!("--{name}"),
                "has no effect on train(), which writes nothing; call run()",
            ));
        }
        let _until_the_end = self.kept.take();
        SweepResults::train(&self.checked_options()?)
    }

    fn checked_options(self) -> Result<RunOptions> {
        let options = self.options.clone();
        Ok(RunOptions { sweep: self.sweep()?, ..options })
    }

    /// Takes what was typed for a setting.
    pub fn typed(self, setting: &'static Setting, text: &str) -> Self {
        self.try_with(|builder| {
            let put = setting.put(&mut builder.options.sweep, text);
            put.map_err(|error| error.of(&setting.flag()))?;
            builder.name(setting);
            Ok(())
        })
    }

    fn set<T>(self, name: &'static str, value: impl IntoSetting<T>, put: impl FnOnce(&mut Sweep, T)) -> Self {
        self.try_with(|builder| {
            let setting = named(name)?;
            put(&mut builder.options.sweep, value.setting(&setting.flag())?);
            builder.name(setting);
            Ok(())
        })
    }

    /// Notes that a setting was given: of those that say the same in another way, the last one counts.
    pub(super) fn name(&mut self, setting: &'static Setting) {
        for other in setting.alternatives() {
            other.copy(&Sweep::default(), &mut self.options.sweep);
            self.named.remove(other.name);
            if other.name == "data" {
                self.kept = None;
            }
        }
        self.named.insert(setting.name);
    }

    /// Does nothing more once something was refused.
    fn try_with(mut self, change: impl FnOnce(&mut Self) -> Result<()>) -> Self {
        if self.refused.is_none() {
            self.refused = change(&mut self).err();
        }
        self
    }
}

/// The row of the table that a method was made from.
fn named(name: &str) -> Result<&'static Setting> {
    Setting::named(name).ok_or_else(|| Error::usage(name, "is no setting"))
}
