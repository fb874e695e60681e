//! A row of the table of settings: describes a setting, and how to read, write, check and reset it.

use super::{Axis, Hyperparameter, NumberRange, Sweep, TypedValue};
use crate::error::{Error, Result};
use std::path::PathBuf;

/// A group of settings: shares a heading in `--help`; commands accept flags by group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum SettingGroup {
    /// The data sets.
    Data,
    /// The network and its initial weights.
    Network,
    /// Epochs, loss, batches and learning rates.
    Training,
    /// The optimizer and its hyper-parameters.
    Optimizer,
    /// The selection of models.
    Models,
    /// Recorded and saved results.
    Output,
    /// The axes of a map.
    Map,
}

impl SettingGroup {
    /// Returns the heading in `--help`.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Network => "Network",
            Self::Training | Self::Optimizer => "Training",
            Self::Models => "Which models",
            Self::Output => "What to keep",
            Self::Map => "Map",
        }
    }
}

/// Command-line syntax of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `--key VALUE`.
    Value,
    /// `--key` for true.
    Switch,
    /// `--key`, or `--key=false`.
    YesNo,
    /// `--no-key`, or `--no-key=false`.
    Without,
    /// `--key` or `--no-key`.
    Pair,
    /// No flag; only a table of `sweep.toml`.
    TableOnly,
}

/// A row of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name of the field of [`Sweep`], the builder's method and the column of tables, such as `weight_decay`.
    pub name: &'static str,
    /// Group in `--help`.
    pub group: SettingGroup,
    /// Help text: a short line for `--help`; after an empty line, details.
    pub text: &'static str,
    /// Placeholder of the flag's value in `--help`.
    pub value: &'static str,
    /// Command-line syntax.
    pub form: Form,
    /// Range of numeric values; ignored for other settings.
    pub range: NumberRange,
    /// Whether the value may begin with `-`, even if it is not numeric.
    pub hyphen: bool,
    /// Names of settings that conflict with this one. On the command line they override it in a preset or file.
    pub excludes: &'static [&'static str],
    /// Names of alternatives to this setting. They conflict; on the command line, either overrides the other in a
    /// preset or file.
    pub instead_of: &'static [&'static str],
    /// Names of further settings that, on the command line, override this one in a preset or file.
    pub gives_way_to: &'static [&'static str],
    /// Condition under which the setting has an effect.
    pub needs: Need,
    /// Whether results depend on the setting.
    pub in_digest: bool,
    /// Name of a hyper-parameter in titles and sentences; else empty.
    pub words: &'static str,
    /// Start and span of values of a hyper-parameter that suit a small network, for checks of engines.
    pub moderate: (f64, f64),
    /// Access to the field of [`Sweep`].
    pub field: Field,
}

/// Returns `Err` if the setting has no effect in any cell of the sweep. The text gives the cause and an alternative; it
/// follows `--flag has no effect`.
pub type Need = fn(&Sweep, &Setting) -> Result<(), String>;

/// Has no requirement.
fn always(_: &Sweep, _: &Setting) -> Result<(), String> {
    Ok(())
}

/// Functions that read, write, check and reset a setting's field of [`Sweep`].
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(super) read: fn(&mut Sweep, &TypedValue, &Setting) -> Result<()>,
    pub(super) write: fn(&Sweep) -> Option<toml::Value>,
    pub(super) check: fn(&Sweep, &Setting) -> Result<()>,
    pub(super) copy: fn(&Sweep, &mut Sweep),
    pub(super) is_same: fn(&Sweep, &Sweep) -> bool,
    pub(super) path: fn(&mut Sweep) -> Option<&mut PathBuf>,
    pub(super) axis: fn(&Sweep) -> Option<&Axis>,
    pub(super) put_axis: fn(&mut Sweep, Option<Axis>),
    pub(super) allowed: fn() -> String,
    pub(super) kind: ValueKind,
}

/// Kind of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A single number.
    Number,
    /// Values of a hyper-parameter.
    Axis,
    /// Path of a file.
    Path,
    /// Text, words, lists or booleans.
    Other,
}

/// A type of setting values.
pub trait SettingValue: Clone + PartialEq + Sized {
    /// Parses a value from the command line or `sweep.toml`.
    ///
    /// # Errors
    /// [`Error::Setting`] without the setting's name, which the caller adds.
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self>;

    /// Returns the value as `sweep.toml` stores it; `None` if unset.
    fn write(&self) -> Option<toml::Value>;

    /// Refuses a value that [`SettingValue::read`] would refuse.
    ///
    /// # Errors
    /// [`Error::Setting`] or [`Error::Usage`] with the setting's flag.
    fn check(&self, _: &Setting) -> Result<()> {
        Ok(())
    }

    /// Kind of value.
    const KIND: ValueKind = ValueKind::Other;

    /// Returns the path of a file setting.
    fn path(&mut self) -> Option<&mut PathBuf> {
        None
    }

    /// Returns the values of a hyper-parameter.
    fn axis(&self) -> Option<&Axis> {
        None
    }

    /// Sets or clears the values of a hyper-parameter; no effect on other types. The learning rate can't be cleared.
    fn put_axis(&mut self, _: Option<Axis>) {}

    /// Converts the values of a hyper-parameter; `None` for types of other settings.
    fn from_axis(_: Axis) -> Option<Self> {
        None
    }

    /// Returns the allowed words, which replace `{names}` in help texts.
    fn allowed() -> String {
        String::new()
    }
}

impl Setting {
    pub(super) const fn new(name: &'static str, group: SettingGroup, text: &'static str, field: Field) -> Self {
        Self {
            name,
            group,
            text,
            value: "VALUES",
            form: Form::Value,
            range: NumberRange::FINITE_FROM_0,
            hyphen: false,
            excludes: &[],
            instead_of: &[],
            gives_way_to: &[],
            needs: always,
            in_digest: true,
            words: "",
            moderate: (0.0, 0.9),
            field,
        }
    }

    /// Returns the key in `sweep.toml`.
    pub fn key(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Returns the flag for messages.
    pub fn flag(&self) -> String {
        if self.form == Form::Without { format!("--no-{}", self.key()) } else { format!("--{}", self.key()) }
    }

    /// Returns the hyper-parameter that this setting holds, if any.
    pub fn hyperparameter(&self) -> Option<Hyperparameter> {
        Hyperparameter::ALL.into_iter().find(|hyper| hyper.name() == self.name)
    }

    /// Returns the names of settings that conflict with this one.
    pub fn conflicts(&self) -> impl Iterator<Item = &'static str> {
        self.excludes.iter().chain(self.instead_of).copied()
    }

    /// Returns an error if the setting has no effect in any cell of `sweep`; the message starts with `name`.
    pub(super) fn check_effect(&self, sweep: &Sweep, name: &str) -> Result<()> {
        (self.needs)(sweep, self).map_err(|advice| Error::usage(name, format!("has no effect {advice}")))
    }

    /// Parses `typed` into this setting's field of `sweep`.
    ///
    /// # Errors
    /// [`Error::Setting`] without the setting's name, which the caller adds.
    pub fn put(&self, sweep: &mut Sweep, typed: &str) -> Result<()> {
        self.put_value(sweep, &TypedValue::Text(typed.to_owned()))
    }

    /// Parses a value as `sweep.toml` has it into this setting's field of `sweep`.
    ///
    /// # Errors
    /// As for [`Setting::put`].
    pub fn put_value(&self, sweep: &mut Sweep, value: &TypedValue) -> Result<()> {
        (self.field.read)(sweep, value, self)
    }

    /// Copies this setting's value.
    pub fn copy(&self, from: &Sweep, to: &mut Sweep) {
        (self.field.copy)(from, to);
    }

    /// Whether two sweeps have the same value of this setting.
    pub fn is_same(&self, one: &Sweep, other: &Sweep) -> bool {
        (self.field.is_same)(one, other)
    }

    /// Returns the value as `sweep.toml` stores it; empty if unset.
    pub fn to_text(&self, sweep: &Sweep) -> String {
        (self.field.write)(sweep).map_or(String::new(), |value| value.to_string())
    }

    /// Whether the value is the path of a file.
    pub fn is_path(&self) -> bool {
        self.field.kind == ValueKind::Path
    }

    /// Whether the value is a single number.
    pub fn is_number(&self) -> bool {
        self.field.kind == ValueKind::Number
    }

    /// Whether the value may begin with `-` on the command line.
    pub fn takes_hyphen(&self) -> bool {
        self.hyphen || matches!(self.field.kind, ValueKind::Number | ValueKind::Axis)
    }

    /// Returns the path that this setting has in `sweep`, if any.
    pub fn path<'a>(&self, sweep: &'a mut Sweep) -> Option<&'a mut PathBuf> {
        (self.field.path)(sweep)
    }
}
