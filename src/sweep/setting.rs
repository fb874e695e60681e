//! A row of the table of settings: what a setting is, and how it is read, written, checked and reset.

use super::needs::Need;
use super::settings::SETTINGS;
use super::{Axis, Hyperparameter, NumberRange, Sweep, TypedValue};
use crate::error::{Error, Result, number};
use std::path::PathBuf;

/// What belongs together: a heading in `--help`, and the flags that a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What to learn from.
    Data,
    /// The network and its initial weights.
    Network,
    /// How long, with which rows and which learning rates.
    Training,
    /// What the gradient does to the parameters.
    Optimizer,
    /// Which models.
    Models,
    /// What is recorded and kept.
    Output,
    /// A map's axes.
    Map,
}

impl Group {
    /// Its heading in `--help`.
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

/// How a setting is typed on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `--key VALUE`.
    Value,
    /// `--key`, which means true.
    Switch,
    /// `--key`, or `--key=false`.
    YesNo,
    /// `--no-key`, or `--no-key=false`.
    Without,
    /// `--key` or `--no-key`.
    Pair,
    /// Not at all: it is a table of `sweep.toml`.
    TableOnly,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The field of [`Sweep`], the builder's method and the column of tables: `weight_decay`.
    pub name: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// What it is, a line for `--help`; after an empty line, more.
    pub text: &'static str,
    /// What the flag's value is called in `--help`.
    pub value: &'static str,
    /// How it is typed.
    pub form: Form,
    /// The numbers that it takes, where it is one.
    pub range: NumberRange,
    /// Whether its value may begin with `-`.
    pub hyphen: bool,
    /// Names of settings that can't be given beside it, and that it gives way to.
    pub excludes: &'static [&'static str],
    /// The name of a setting that says the same in another way: of the two, the one that is given last counts.
    pub instead_of: &'static [&'static str],
    /// Names of settings that, given on the command line, drop what a preset or a file says of this one.
    pub gives_way_to: &'static [&'static str],
    /// When it has an effect.
    pub needs: Need,
    /// Whether results depend on it.
    pub in_digest: bool,
    /// In titles and sentences, where it is a hyper-parameter.
    pub words: &'static str,
    /// How its field is read, written, checked and reset.
    pub field: Field,
}

/// Access to a setting's field of [`Sweep`].
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

/// What a setting's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A single number.
    Number,
    /// The values of a hyper-parameter.
    Axis,
    /// A file.
    Path,
    /// Text, words, lists, yes or no.
    Other,
}

/// A type that a setting may have.
pub trait SettingValue: Clone + PartialEq + Sized {
    /// Reads what was typed, on the command line or in `sweep.toml`.
    ///
    /// # Errors
    /// [`Error::Setting`] without the setting's name, which the caller knows.
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self>;

    /// As `sweep.toml` has it; `None` where it is not given.
    fn write(&self) -> Option<toml::Value>;

    /// An error for a value that [`SettingValue::read`] would have refused, named by the setting's flag.
    ///
    /// # Errors
    /// [`Error::Setting`].
    fn check(&self, _: &Setting) -> Result<()> {
        Ok(())
    }

    /// What it is.
    const KIND: ValueKind = ValueKind::Other;

    /// The path, where it is one.
    fn path(&mut self) -> Option<&mut PathBuf> {
        None
    }

    /// The values, where they are those of a hyper-parameter.
    fn axis(&self) -> Option<&Axis> {
        None
    }

    /// Takes the values of a hyper-parameter, where it is one; the learning rate can't be without.
    fn put_axis(&mut self, _: Option<Axis>) {}

    /// The values of a hyper-parameter, where that is what it is.
    fn from_axis(_: Axis) -> Option<Self> {
        None
    }

    /// The words that it may be, for `{names}` in help texts.
    fn allowed() -> String {
        String::new()
    }
}

impl Setting {
    pub(super) const fn new(name: &'static str, group: Group, text: &'static str, field: Field) -> Self {
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
            needs: super::needs::nothing,
            in_digest: true,
            words: "",
            field,
        }
    }

    /// The setting of this name, key or flag, in any case, with or without `-` and `_`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
        let name = plain(name);
        SETTINGS.iter().find(|setting| plain(setting.name) == name)
    }

    /// Its key in `sweep.toml`.
    pub fn key(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Its flag, as messages name it.
    pub fn flag(&self) -> String {
        if self.form == Form::Without { format!("--no-{}", self.key()) } else { format!("--{}", self.key()) }
    }

    /// The hyper-parameter that it is.
    pub fn hyperparameter(&self) -> Option<Hyperparameter> {
        Hyperparameter::ALL.into_iter().find(|hyper| hyper.name() == self.name)
    }

    /// Names of settings that can't be given beside it.
    pub fn rivals(&self) -> impl Iterator<Item = &'static str> {
        self.excludes.iter().chain(self.instead_of).copied()
    }

    /// The settings that say the same in another way.
    pub fn alternatives(&self) -> impl Iterator<Item = &'static Self> {
        let (name, own) = (self.name, self.instead_of);
        SETTINGS.iter().filter(move |other| own.contains(&other.name) || other.instead_of.contains(&name))
    }

    /// The settings that, given on the command line, drop what a preset or a file says of this one.
    pub(super) fn stronger(&self) -> impl Iterator<Item = &'static Self> {
        let (excludes, gives_way_to) = (self.excludes, self.gives_way_to);
        let named =
            SETTINGS.iter().filter(move |other| excludes.contains(&other.name) || gives_way_to.contains(&other.name));
        named.chain(self.alternatives())
    }

    /// An error where it has no effect in any cell of `sweep`; `name` is what the message calls it.
    pub(super) fn check_effect(&self, sweep: &Sweep, name: &str) -> Result<()> {
        (self.needs)(sweep, self).map_err(|advice| Error::usage(name, format!("has no effect {advice}")))
    }

    /// Puts what was typed into `sweep`.
    ///
    /// # Errors
    /// [`Error::Setting`] without the setting's name, which the caller knows.
    pub fn put(&self, sweep: &mut Sweep, typed: &str) -> Result<()> {
        (self.field.read)(sweep, &TypedValue::Text(typed.to_owned()), self)
    }

    /// Gives it the value that it has in `from`.
    pub fn copy(&self, from: &Sweep, to: &mut Sweep) {
        (self.field.copy)(from, to);
    }

    /// Whether two sweeps agree in it.
    pub fn is_same(&self, one: &Sweep, other: &Sweep) -> bool {
        (self.field.is_same)(one, other)
    }

    /// The settings that name a file.
    pub fn paths() -> impl Iterator<Item = &'static Self> {
        SETTINGS.iter().filter(|setting| setting.is_path())
    }

    /// Its value as `sweep.toml` has it; empty where it is not given.
    pub fn to_text(&self, sweep: &Sweep) -> String {
        (self.field.write)(sweep).map_or(String::new(), |value| value.to_string())
    }

    /// Whether it is a file.
    pub fn is_path(&self) -> bool {
        self.field.kind == ValueKind::Path
    }

    /// Whether it is a single number.
    pub fn is_number(&self) -> bool {
        self.field.kind == ValueKind::Number
    }

    /// Whether what is typed for it may begin with `-`.
    pub fn takes_hyphen(&self) -> bool {
        self.hyphen || matches!(self.field.kind, ValueKind::Number | ValueKind::Axis)
    }

    /// The path that it has in `sweep`.
    pub fn path<'a>(&self, sweep: &'a mut Sweep) -> Option<&'a mut PathBuf> {
        (self.field.path)(sweep)
    }

    /// The first paragraph of its help, with its default; and the rest.
    pub fn help(&self) -> (String, Option<String>) {
        let (short, long) = self.text.trim().split_once("\n\n").map_or((self.text.trim(), None), |(s, l)| (s, Some(l)));
        let others: Vec<String> = Hyperparameter::ALL.iter().skip(1).map(|hyper| hyper.flag()).collect();
        let columns: Vec<&str> = Hyperparameter::ALL.iter().skip(1).map(|hyper| hyper.name()).collect();
        let fill = |text: &str| {
            let names = (self.field.allowed)();
            text.replace("{names}", &names)
                .replace("{axes}", &others.join(", "))
                .replace("{columns}", &columns.join(", "))
        };
        let mut short = fill(short);
        let default = (self.field.write)(&Sweep::default());
        if let (Form::Value, false, Some(default)) = (self.form, short.contains("[default"), default) {
            short += &format!(" [default: {}]", plain(&default));
        }
        (short, long.map(|long| fill(long).trim().replace('\n', " ")))
    }
}

/// A value without quotes.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Float(value) => number(*value),
        other => other.to_string(),
    }
}
