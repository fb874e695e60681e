//! Finds settings among all of them, and describes them.

use super::{Choice, Form, Hyperparameter, Hyperparameters, NumberRange, SETTINGS, Setting, Sweep};
use crate::dataset::BuiltIn;
use crate::error::{Result, all_of, number};
use crate::math::Optimizer;
use strum::VariantArray;

impl Setting {
    /// Finds a setting by name, key or flag; ignores case, `-` and `_`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
        let name = plain(name);
        SETTINGS.iter().find(|setting| plain(setting.name) == name)
    }

    /// Returns the alternatives to this setting, declared on either side.
    pub fn alternatives(&self) -> impl Iterator<Item = &'static Self> {
        let (name, own) = (self.name, self.instead_of);
        SETTINGS.iter().filter(move |other| own.contains(&other.name) || other.instead_of.contains(&name))
    }

    /// Returns the settings that, on the command line, override this one in a preset or file.
    pub(super) fn overriding_settings(&self) -> impl Iterator<Item = &'static Self> {
        let (excludes, gives_way_to) = (self.excludes, self.gives_way_to);
        let named =
            SETTINGS.iter().filter(move |other| excludes.contains(&other.name) || gives_way_to.contains(&other.name));
        named.chain(self.alternatives())
    }

    /// Returns the settings that are paths of files.
    pub fn paths() -> impl Iterator<Item = &'static Self> {
        SETTINGS.iter().filter(|setting| setting.is_path())
    }

    /// Returns the first paragraph of the help text, with the default, and the rest.
    pub fn help(&self) -> (String, Option<String>) {
        let (short, long) = self.text.trim().split_once("\n\n").map_or((self.text.trim(), None), |(s, l)| (s, Some(l)));
        let others: Vec<String> = Hyperparameter::ALL.iter().skip(1).map(|hyper| hyper.flag()).collect();
        let columns: Vec<&str> = Hyperparameter::ALL.iter().skip(1).map(|hyper| hyper.name()).collect();
        let datasets = BuiltIn::VARIANTS.iter().filter(|one| one.reads(self.name)).map(Choice::text);
        let datasets: Vec<String> = datasets.collect();
        let fill = |text: &str| {
            let text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
            let text = text.replace("{names}", &(self.field.allowed)());
            let text = text.replace("{datasets}", &all_of(&datasets));
            let text = text.replace("{axes}", &others.join(", ")).replace("{columns}", &columns.join(", "));
            self.hyperparameter().map_or(text.clone(), |hyper| fill_optimizers(hyper, &text))
        };
        let mut short = fill(short);
        let default = (self.field.write)(&Sweep::default());
        if let (Form::Value, false, Some(default)) = (self.form, short.contains("[default"), default) {
            short += &format!(" [default: {}]", plain(&default));
        }
        (short, long.map(fill))
    }
}

impl NumberRange {
    /// Returns the range of a setting, by its key in `sweep.toml` or its flag; `None` if it is not a single number.
    pub fn of(setting: &str) -> Option<Self> {
        Setting::named(setting).filter(|setting| setting.is_number()).map(|setting| setting.range)
    }
}

/// Parses a whole number in the range of `setting`.
///
/// # Errors
/// [`crate::Error::Setting`], which quotes `text`; the caller adds the setting's name.
pub fn parse_whole_for<T: TryFrom<u64>>(setting: &str, text: &str) -> Result<T> {
    NumberRange::of(setting).unwrap_or(NumberRange::ANY_SEED).whole(text)
}

/// Fills in the names of the optimizers that read a hyper-parameter, and its defaults.
fn fill_optimizers(hyper: Hyperparameter, text: &str) -> String {
    let optimizers = hyper.optimizers();
    let names: Vec<String> = optimizers.iter().map(Choice::text).collect();
    let owners: Vec<String> = names.iter().map(|name| format!("{name}'s")).collect();
    text.replace("{optimizers}", &all_of(&names))
        .replace("{optimizers'}", &all_of(&owners))
        .replace("{defaults}", &defaults(hyper, &optimizers))
}

/// Formats the default of the first optimizer, and those of others that differ from it: `0.999; lion: 0.99`.
fn defaults(hyper: Hyperparameter, optimizers: &[Optimizer]) -> String {
    let of = |optimizer: &Optimizer| {
        let known = Hyperparameters::default().rates(*optimizer).fields();
        known.iter().find(|(name, _)| *name == hyper.name()).map_or(String::new(), |(_, value)| number(*value))
    };
    let first = optimizers.first().map(of).unwrap_or_default();
    let others = optimizers.iter().filter(|other| of(other) != first);
    first.clone() + &others.map(|other| format!("; {other}: {}", of(other))).collect::<String>()
}

/// Formats a value without quotes.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Float(value) => number(*value),
        other => other.to_string(),
    }
}
