//! Flags of the settings, generated from the table of settings.

use super::standard_input;
use crate::builder::Builder;
use crate::error::{Error, Result, quoted};
use crate::sweep::{Form, SETTINGS, Setting, SettingGroup, Sweep};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::ffi::OsString;
use std::fmt::Debug;
use std::marker::PhantomData;
use strum::VariantArray;

/// The settings that a command accepts.
pub trait Groups: Clone + Debug + Send + Sync + 'static {
    /// Groups of these settings, in the order of `--help`.
    const GROUPS: &'static [SettingGroup];
}

/// All settings that have flags.
#[derive(Debug, Clone)]
pub struct AllSettings;

impl Groups for AllSettings {
    const GROUPS: &'static [SettingGroup] = SettingGroup::VARIANTS;
}

/// Data, network and optimizer settings: those that the learning rate test does not set itself.
#[derive(Debug, Clone)]
pub struct ModelSettings;

impl Groups for ModelSettings {
    const GROUPS: &'static [SettingGroup] = &[SettingGroup::Data, SettingGroup::Network, SettingGroup::Optimizer];
}

/// The data settings alone.
#[derive(Debug, Clone)]
pub struct DataSettings;

impl Groups for DataSettings {
    const GROUPS: &'static [SettingGroup] = &[SettingGroup::Data];
}

/// The settings given on the command line, with their texts.
#[derive(Debug, Clone)]
pub struct SettingArgs<G: Groups> {
    typed: Vec<(&'static Setting, String)>,
    groups: PhantomData<G>,
}

impl<G: Groups> SettingArgs<G> {
    /// Whether the setting of this name is given.
    pub fn has(&self, name: &str) -> bool {
        self.typed.iter().any(|(setting, _)| setting.name == name)
    }

    /// Passes each given setting to the builder; reads standard input if it is the data.
    pub fn apply_to(&self, builder: Builder) -> Result<Builder> {
        self.typed.iter().try_fold(builder, |builder, (setting, text)| match (setting.name, text.as_str()) {
            ("data", "-") => Ok(builder.typed(setting, &standard_input::kept()?)),
            _ => Ok(builder.typed(setting, text)),
        })
    }
}

/// Iterates over the settings of these groups that have flags.
fn settings<G: Groups>() -> impl Iterator<Item = &'static Setting> {
    let of_group = |group: &'static SettingGroup| SETTINGS.iter().filter(move |setting| setting.group == *group);
    G::GROUPS.iter().flat_map(of_group).filter(|setting| setting.form != Form::TableOnly)
}

/// Returns the argument id of a pair's negative flag, such as `no_standardize`.
fn negative(setting: &Setting) -> String {
    format!("no_{}", setting.name)
}

/// Builds the flags of a setting; most have one.
fn flags<G: Groups>(setting: &'static Setting) -> Vec<Arg> {
    let (short, long) = setting.help();
    let is_there = |name: &&&str| settings::<G>().any(|setting| setting.name == **name);
    let arg = Arg::new(setting.name)
        .long(setting.flag().trim_start_matches('-').to_owned())
        .help_heading(setting.group.heading())
        .conflicts_with_all(setting.excludes.iter().chain(setting.instead_of).filter(is_there))
        .help(short.clone());
    let arg = match long {
        Some(long) => arg.long_help(format!("{short}\n\n{long}")),
        None => arg,
    };
    let read = move |typed: OsString| read(setting, &typed);
    match setting.form {
        Form::Value => {
            let arg = arg.value_name(setting.value).allow_hyphen_values(setting.takes_hyphen());
            vec![arg.value_parser(OsStringValueParser::new().try_map(read))]
        }
        Form::Switch => vec![arg.action(ArgAction::SetTrue)],
        Form::YesNo | Form::Without => {
            let arg = arg.value_name("BOOL").num_args(0..=1).require_equals(true).default_missing_value("true");
            vec![arg.value_parser(OsStringValueParser::new().try_map(read))]
        }
        Form::Pair => {
            let other = Arg::new(negative(setting))
                .long(format!("no-{}", setting.key()))
                .help_heading(setting.group.heading())
                .help(format!("The opposite of {}", setting.flag()))
                .action(ArgAction::SetTrue)
                .overrides_with(setting.name);
            vec![arg.action(ArgAction::SetTrue).overrides_with(negative(setting)), other]
        }
        Form::TableOnly => Vec::new(),
    }
}

/// Checks the typed text, so that mistakes are reported before anything runs.
fn read(setting: &Setting, typed: &OsString) -> Result<String> {
    let lossy = typed.to_string_lossy();
    let Some(text) = typed.to_str() else {
        let text = "has a name that is not UTF-8, which sweep.toml can't hold; rename the file or its folder";
        return Err(match setting.is_path() {
            true => Error::usage("", format!("{lossy} {text}")),
            false => Error::setting("", quoted(&lossy), "UTF-8 text"),
        });
    };
    setting.put(&mut Sweep::default(), text)?;
    Ok(text.to_owned())
}

/// Returns the text given for a setting.
fn typed(matches: &ArgMatches, setting: &Setting) -> Option<String> {
    match setting.form {
        Form::Value | Form::YesNo => matches.get_one::<String>(setting.name).cloned(),
        Form::Without => {
            let without = matches.get_one::<String>(setting.name)?;
            Some((!without.trim().eq_ignore_ascii_case("true")).to_string())
        }
        Form::Switch => matches.get_flag(setting.name).then(|| "true".to_owned()),
        Form::Pair if matches.get_flag(setting.name) => Some("true".to_owned()),
        Form::Pair => matches.get_flag(&negative(setting)).then(|| "false".to_owned()),
        Form::TableOnly => None,
    }
}

impl<G: Groups> Args for SettingArgs<G> {
    fn augment_args(command: Command) -> Command {
        settings::<G>().fold(command, |command, setting| command.args(flags::<G>(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<G: Groups> FromArgMatches for SettingArgs<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = settings::<G>().filter_map(|setting| Some((setting, typed(matches, setting)?))).collect();
        Ok(Self { typed, groups: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
