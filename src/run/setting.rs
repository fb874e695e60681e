//! What a setting may be made of: a value, or text as the command line takes it.

use crate::dataset::Source;
use crate::engine::select::{Device, Devices};
use crate::error::{Error, Result};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, Scaling};
use crate::sweep::{Axis, BatchSize, Choice, Choices, CurvesKept, InitBias, ScheduleKind, Shuffle, Widths, word};
use std::path::{Path, PathBuf};

/// Becomes a `T`; `flag` is the setting's flag, for messages.
pub trait Setting<T> {
    /// # Errors
    /// [`crate::Error::Setting`] names what is allowed.
    fn setting(self, flag: &str) -> Result<T>;
}

impl<T> Setting<T> for T {
    fn setting(self, _: &str) -> Result<T> {
        Ok(self)
    }
}

/// A number, a list or a range: `0.1`, `0.1,0.2`, `linspace:0:1:11`, `geomspace:1e-4:1:20`, `logspace:-4:0:20`.
impl Setting<Axis> for &str {
    fn setting(self, flag: &str) -> Result<Axis> {
        Axis::parse(flag, self)
    }
}

impl Setting<Axis> for f64 {
    fn setting(self, flag: &str) -> Result<Axis> {
        [self].setting(flag)
    }
}

impl<const N: usize> Setting<Axis> for [f64; N] {
    fn setting(self, flag: &str) -> Result<Axis> {
        self.to_vec().setting(flag)
    }
}

impl Setting<Axis> for Vec<f64> {
    fn setting(self, flag: &str) -> Result<Axis> {
        let texts: Vec<String> = self.iter().map(f64::to_string).collect();
        Axis::parse(flag, &texts.join(","))
    }
}

/// One choice or a list: `sgd,adam`; of networks with slashes: `4/16,16/none`.
impl<T: Choice> Setting<Choices<T>> for &str {
    fn setting(self, flag: &str) -> Result<Choices<T>> {
        Choices::parse(flag, self)
    }
}

/// A lone choice.
macro_rules! one {
    ($($type:ty),*) => {
        $(impl Setting<Choices<$type>> for $type {
            fn setting(self, _: &str) -> Result<Choices<$type>> {
                Ok(Choices::one(self))
            }
        })*
    };
}

one!(Source, Widths, Activation, Scheme, Optimizer, ScheduleKind, BatchSize);

impl<T: Choice, const N: usize> Setting<Choices<T>> for [T; N] {
    fn setting(self, flag: &str) -> Result<Choices<T>> {
        let texts: Vec<String> = self.iter().map(Choice::text).collect();
        Choices::parse(flag, &texts.join(&T::SEPARATOR.to_string()))
    }
}

/// The widths of the hidden layers of one network.
impl<const N: usize> Setting<Choices<Widths>> for [usize; N] {
    fn setting(self, flag: &str) -> Result<Choices<Widths>> {
        Choices::parse(flag, &Widths(self.to_vec()).text())
    }
}

/// Rows of an update.
impl Setting<Choices<BatchSize>> for u32 {
    fn setting(self, flag: &str) -> Result<Choices<BatchSize>> {
        Choices::parse(flag, &self.to_string())
    }
}

impl Setting<String> for &str {
    fn setting(self, _: &str) -> Result<String> {
        Ok(self.to_owned())
    }
}

/// One of a few words.
macro_rules! word {
    ($($type:ty),*) => {
        $(impl Setting<$type> for &str {
            fn setting(self, flag: &str) -> Result<$type> {
                word(flag, self)
            }
        })*
    };
}

word!(Loss, InitBias, Shuffle, Scaling);

/// `auto`, `all`, `none` or a number of models.
impl Setting<CurvesKept> for &str {
    fn setting(self, flag: &str) -> Result<CurvesKept> {
        self.parse().map_err(|error: Error| error.of(flag))
    }
}

impl Setting<PathBuf> for &str {
    fn setting(self, _: &str) -> Result<PathBuf> {
        Ok(self.into())
    }
}

impl Setting<PathBuf> for &Path {
    fn setting(self, _: &str) -> Result<PathBuf> {
        Ok(self.into())
    }
}

/// As `--device` takes them: `auto`, `gpu`, `cpu`, `0,1`, `all`, ...
impl Setting<Devices> for &str {
    fn setting(self, _: &str) -> Result<Devices> {
        self.parse()
    }
}

impl Setting<Devices> for Device {
    fn setting(self, _: &str) -> Result<Devices> {
        Ok(self.into())
    }
}
