//! Conversions into settings, from values or from text as on the command line.

use crate::dataset::{BuiltIn, Categorical, Delimiter, Missing};
use crate::engine::Mapping;
use crate::engine::select::{DeviceChoice, DeviceList};
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::sweep::{
    Axis, BatchSize, Choice, Choices, ClassWeight, ColumnNames, CurvesKept, ExtraCurve, Features, InitBias, LabelNoise,
    Metric, ScheduleKind, Shuffle, Widths, parse_choice,
};
use std::path::{Path, PathBuf};

/// Conversion into a setting of type `T`; `flag` is the setting's flag, for messages.
pub trait IntoSetting<T> {
    /// # Errors
    /// [`crate::Error::Setting`] says what is allowed.
    fn into_setting(self, flag: &str) -> Result<T>;
}

impl<T> IntoSetting<T> for T {
    fn into_setting(self, _: &str) -> Result<T> {
        Ok(self)
    }
}

/// A number, a list or a range: `0.1`, `0.1,0.2`, `linspace:0:1:11`, `geomspace:1e-4:1:20`, `logspace:-4:0:20`.
impl IntoSetting<Axis> for &str {
    fn into_setting(self, flag: &str) -> Result<Axis> {
        Axis::parse(flag, self)
    }
}

impl IntoSetting<Axis> for f64 {
    fn into_setting(self, flag: &str) -> Result<Axis> {
        [self].into_setting(flag)
    }
}

impl<const N: usize> IntoSetting<Axis> for [f64; N] {
    fn into_setting(self, flag: &str) -> Result<Axis> {
        self.to_vec().into_setting(flag)
    }
}

impl IntoSetting<Axis> for Vec<f64> {
    fn into_setting(self, flag: &str) -> Result<Axis> {
        let texts: Vec<String> = self.iter().map(f64::to_string).collect();
        Axis::parse(flag, &texts.join(","))
    }
}

/// One choice or a list: `sgd,adam`; networks are separated by slashes: `4/16,16/none`.
impl<T: Choice> IntoSetting<Choices<T>> for &str {
    fn into_setting(self, flag: &str) -> Result<Choices<T>> {
        Choices::parse(flag, self)
    }
}

/// Converts a single choice.
macro_rules! one {
    ($($type:ty),*) => {
        $(impl IntoSetting<Choices<$type>> for $type {
            fn into_setting(self, _: &str) -> Result<Choices<$type>> {
                Ok(Choices::one(self))
            }
        })*
    };
}

one!(BuiltIn, LabelNoise, Widths, Activation, Scheme, Optimizer, ScheduleKind, BatchSize);

impl<T: Choice, const N: usize> IntoSetting<Choices<T>> for [T; N] {
    fn into_setting(self, flag: &str) -> Result<Choices<T>> {
        let texts: Vec<String> = self.iter().map(Choice::text).collect();
        Choices::parse(flag, &texts.join(&T::SEPARATOR.to_string()))
    }
}

/// Share of the training rows with label noise.
impl IntoSetting<Choices<LabelNoise>> for f64 {
    fn into_setting(self, flag: &str) -> Result<Choices<LabelNoise>> {
        Choices::parse(flag, &self.to_string())
    }
}

/// Hidden-layer widths of one network.
impl<const N: usize> IntoSetting<Choices<Widths>> for [usize; N] {
    fn into_setting(self, flag: &str) -> Result<Choices<Widths>> {
        Choices::parse(flag, &Widths(self.to_vec()).text())
    }
}

/// Rows per update.
impl IntoSetting<Choices<BatchSize>> for u32 {
    fn into_setting(self, flag: &str) -> Result<Choices<BatchSize>> {
        Choices::parse(flag, &self.to_string())
    }
}

impl IntoSetting<String> for &str {
    fn into_setting(self, _: &str) -> Result<String> {
        Ok(self.to_owned())
    }
}

/// Parses a word into a setting with named values.
macro_rules! word {
    ($($type:ty),*) => {
        $(impl IntoSetting<$type> for &str {
            fn into_setting(self, flag: &str) -> Result<$type> {
                parse_choice(flag, self)
            }
        })*
    };
}

word!(Categorical, ClassWeight, Delimiter, InitBias, Loss, Missing, Shuffle, WeightScaling);

/// Number of features.
impl IntoSetting<Features> for u32 {
    fn into_setting(self, _: &str) -> Result<Features> {
        Ok(Features::Count(self))
    }
}

/// Names of columns, separated by commas.
impl IntoSetting<Features> for &str {
    fn into_setting(self, _: &str) -> Result<Features> {
        Ok(Features::Columns(ColumnNames(self.to_owned())))
    }
}

/// Names of columns, separated by commas.
impl IntoSetting<ColumnNames> for &str {
    fn into_setting(self, _: &str) -> Result<ColumnNames> {
        Ok(ColumnNames(self.to_owned()))
    }
}

/// `auto`, `all`, `none` or a number of models.
impl IntoSetting<CurvesKept> for &str {
    fn into_setting(self, flag: &str) -> Result<CurvesKept> {
        self.parse().map_err(|error: Error| error.of(flag))
    }
}

/// Text as in `run.json`: `thread-64`, `fused-tile64`, ...
impl IntoSetting<Mapping> for &str {
    fn into_setting(self, flag: &str) -> Result<Mapping> {
        self.parse().map_err(|error: Error| error.of(flag))
    }
}

impl IntoSetting<PathBuf> for &str {
    fn into_setting(self, _: &str) -> Result<PathBuf> {
        Ok(self.into())
    }
}

impl IntoSetting<PathBuf> for &Path {
    fn into_setting(self, _: &str) -> Result<PathBuf> {
        Ok(self.into())
    }
}

/// Text as for `--device`: `auto`, `gpu`, `cpu`, `0,1`, `all`, ...
impl IntoSetting<DeviceList> for &str {
    fn into_setting(self, _: &str) -> Result<DeviceList> {
        self.parse()
    }
}

impl IntoSetting<DeviceList> for DeviceChoice {
    fn into_setting(self, _: &str) -> Result<DeviceList> {
        Ok(self.into())
    }
}

/// Converts arrays of named values.
macro_rules! list {
    ($($type:ty),*) => {
        $(
            impl<const N: usize> IntoSetting<Vec<$type>> for [$type; N] {
                fn into_setting(self, _: &str) -> Result<Vec<$type>> {
                    Ok(self.to_vec())
                }
            }
        )*
    };
}

list!(ExtraCurve, Metric);
