//! Builder that sets a sweep's settings one by one, as the command line does, and runs it.

mod data_source;
mod into_setting;
mod planning;
mod run_options;
mod sweep_results;

pub use data_source::DataSource;
pub use into_setting::IntoSetting;
pub use planning::{plan, tune};
pub use run_options::RunOptions;
pub use sweep_results::SweepResults;

use crate::dataset::{BuiltIn, Categorical, Dataset, Delimiter, Missing, Task};
use crate::engine::Mapping;
use crate::engine::select::{DeviceList, EngineSettings};
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::statistics::Select;
use crate::sweep::Shard;
use crate::sweep::{
    Axis, BatchSize, Choices, ClassWeight, ColumnNames, CurvesKept, ExtraCurve, Features, InitBias, LabelNoise,
    MapAxes, Metric, ScheduleKind, Setting, Shuffle, Sweep, TypedValue, Widths, settings_table,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Builder of a sweep. Each setting has a method with the name of its flag, which takes a value, or the flag's text
/// for a word, a list or a range.
/// `run`, [`Builder::train`] and [`Builder::sweep`] return the first error of all calls.
#[derive(Debug)]
pub struct Builder {
    pub(crate) options: RunOptions,
    /// The settings before any was named: those of a preset or a file, or the defaults.
    base: Sweep,
    /// Names of the settings given through the builder's methods
    pub(crate) named: BTreeSet<&'static str>,
    first_error: Option<Error>,
    /// Data set in memory, in place of a file.
    pub(crate) memory: Option<Dataset>,
}

impl Sweep {
    /// Returns a builder with the default settings, those of the course's experiment.
    pub fn builder() -> Builder {
        Self::default().into()
    }
}

impl From<Sweep> for Builder {
    /// Later method calls override the settings in `sweep`, such as those of a preset.
    fn from(sweep: Sweep) -> Self {
        Self {
            base: sweep.clone(),
            options: RunOptions::of(sweep),
            named: BTreeSet::new(),
            first_error: None,
            memory: None,
        }
    }
}

/// Defines a method for each row of the table of settings.
macro_rules! builder_methods {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident $attributes:tt;
    )*) => {
        impl Builder { $(builder_method!($kind $name $type [$($doc),+]);)* }
    };
}

/// Defines one of these methods. `data` has a hand-written one, since it also accepts data in memory.
macro_rules! builder_method {
    (some data $type:tt $doc:tt) => {};
    (one $name:ident ($type:ty) $doc:tt) => { builder_method!(@ $name $type, $doc, |value| value); };
    (lr $name:ident $variant:tt $doc:tt) => { builder_method!(@ $name Axis, $doc, |value| value); };
    (some $name:ident ($type:ty) $doc:tt) => { builder_method!(@ $name $type, $doc, Some); };
    (axis $name:ident $variant:tt $doc:tt) => { builder_method!(@ $name Axis, $doc, Some); };
    (choice $name:ident ($column:ident: $type:ty) $doc:tt) => { builder_method!(@ $name Choices<$type>, $doc, |value| value); };
    (@ $name:ident $type:ty, [$($doc:literal),+], $wrap:expr) => {
        $(#[doc = $doc])+
        pub fn $name(self, value: impl IntoSetting<$type>) -> Self {
            self.set(stringify!($name), value, |sweep, value| sweep.$name = $wrap(value))
        }
    };
}

settings_table!(builder_methods);

impl Builder {
    /// Replaces all settings by those of a preset.
    pub fn preset(self, name: &str) -> Self {
        self.try_with(|builder| {
            builder.based_on(Sweep::preset(name)?, Some(name.to_owned()));
            Ok(())
        })
    }

    pub(crate) fn based_on(&mut self, sweep: Sweep, preset: Option<String>) {
        self.base = sweep.clone();
        (self.options.sweep, self.options.preset) = (sweep, preset);
        self.named.clear();
        self.memory = None;
    }

    /// Sets the data: the path of a CSV file, or a reference to a [`crate::Dataset`] in memory. The sweep splits and
    /// standardises either one.
    pub fn data(self, data: impl DataSource) -> Self {
        self.try_with(|builder| data.apply_to(builder))
    }

    /// Sets the devices, as `--device` does.
    pub fn device(self, devices: impl IntoSetting<DeviceList>) -> Self {
        self.try_with(|builder| devices.into_setting("--device").map(|devices| builder.options.devices = devices))
    }

    /// Sets limits on what engines use, such as the number of threads.
    pub fn limits(self, limits: EngineSettings) -> Self {
        Self { options: RunOptions { limits, ..self.options }, ..self }
    }

    /// Forces a mapping of models to the device, instead of the engine's choice.
    pub fn mapping(self, mapping: impl IntoSetting<Mapping>) -> Self {
        self.try_with(|builder| {
            builder.options.mapping = Some(mapping.into_setting("--mapping")?);
            Ok(())
        })
    }

    /// Sets whether long trainings may first time alternative mappings.
    pub fn tune(mut self, tune: bool) -> Self {
        self.named.insert("tune");
        Self { options: RunOptions { tune, ..self.options }, ..self }
    }

    /// Sets the results folder; the default is a folder in `gpu-sweep-out` named after the settings.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.named.insert("out");
        Self { options: RunOptions { out: Some(folder.into()), ..self.options }, ..self }
    }

    /// Sets whether to replace earlier results in the folder, even those of other settings.
    pub fn force(mut self, force: bool) -> Self {
        self.named.insert("force");
        Self { options: RunOptions { force, ..self.options }, ..self }
    }

    /// Trains only this shard of the study.
    pub fn shard(self, shard: Shard) -> Self {
        Self { options: RunOptions { shard: Some(shard), ..self.options }, ..self }
    }

    /// Returns the validated settings.
    ///
    /// # Errors
    /// The first error of the calls before, [`Error::Setting`] or [`Error::Usage`] for invalid settings, and
    /// [`Error::Usage`] for data in memory, which a [`Sweep`] can't hold.
    pub fn sweep(self) -> Result<Sweep> {
        if self.memory.is_some() {
            let what = "from memory can't be in a sweep that is handed on; call run() or train(), or name a file";
            return Err(Error::usage("data", what));
        }
        self.first_error.map_or(Ok(()), Err)?;
        let mut sweep = self.options.sweep;
        sweep.record.sort();
        sweep.record.dedup();
        sweep.metrics.dedup();
        sweep.drop_overridden(&self.base, |name| self.named.contains(name));
        if sweep.trials.is_some() && self.named.contains("lr") && sweep.lr.values().len() > 1 {
            let what = "has several values, but every row of --trials is a single model; give one value for all rows, or a column lr";
            return Err(Error::usage("--lr", what));
        }
        sweep.validate()?;
        Ok(sweep)
    }

    /// Trains in memory, on one device, with the planned mapping; writes nothing.
    ///
    /// # Errors
    /// As for [`SweepResults::train`]; [`Error::Usage`] for options that have no effect here, such as [`Builder::out`].
    pub fn train(self) -> Result<SweepResults> {
        if let Some(name) = ["out", "force", "tune"].into_iter().find(|name| self.named.contains(name)) {
            return Err(Error::usage(
                format!("--{name}"),
                "has no effect on train(), which writes nothing; call run()",
            ));
        }
        let (options, data) = self.prepared()?;
        SweepResults::train(&options, data.as_ref())
    }

    /// Returns the checked options, and the data set if it is in memory.
    ///
    /// # Errors
    /// The first error of the calls before; [`Error::Setting`] or [`Error::Usage`] for invalid settings.
    pub fn prepared(mut self) -> Result<(RunOptions, Option<Dataset>)> {
        let data = self.memory.take();
        Ok((self.checked_options()?, data))
    }

    pub(crate) fn checked_options(self) -> Result<RunOptions> {
        let options = self.options.clone();
        Ok(RunOptions { sweep: self.sweep()?, ..options })
    }

    /// Sets a setting from its command-line text.
    pub fn typed(self, setting: &'static Setting, text: &str) -> Self {
        self.value(setting, &TypedValue::Text(text.to_owned()))
    }

    /// Sets a setting from a value as `sweep.toml` has it: a number, a text, or a list of these.
    pub fn value(self, setting: &'static Setting, value: &TypedValue) -> Self {
        self.try_with(|builder| {
            let put = setting.put_value(&mut builder.options.sweep, value);
            put.map_err(|error| error.of(&setting.flag()))?;
            builder.name(setting);
            Ok(())
        })
    }

    fn set<T>(self, name: &'static str, value: impl IntoSetting<T>, put: impl FnOnce(&mut Sweep, T)) -> Self {
        self.try_with(|builder| {
            let setting = named(name)?;
            put(&mut builder.options.sweep, value.into_setting(&setting.flag())?);
            builder.name(setting);
            Ok(())
        })
    }

    /// Records that a setting was given, and resets its alternatives: the last one given counts.
    pub(crate) fn name(&mut self, setting: &'static Setting) {
        for other in setting.alternatives() {
            other.copy(&Sweep::default(), &mut self.options.sweep);
            self.named.remove(other.name);
            if other.name == "data" {
                self.memory = None;
            }
        }
        self.named.insert(setting.name);
    }

    /// Applies `change` unless an earlier one failed, and keeps the first error.
    pub(crate) fn try_with(mut self, change: impl FnOnce(&mut Self) -> Result<()>) -> Self {
        if self.first_error.is_none() {
            self.first_error = change(&mut self).err();
        }
        self
    }
}

/// Returns the table row that a method was generated from.
fn named(name: &str) -> Result<&'static Setting> {
    Setting::named(name).ok_or_else(|| Error::usage(name, "is no setting"))
}
