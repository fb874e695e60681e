//! Short names of settings: their differences from the defaults, or from a preset.

use super::{PRESETS, Setting, Sweep, preset_name};
use crate::error::Result;
use toml::{Table, Value};

/// Maximum length of a name: fits every file system, a terminal line and a browser tab
pub const LONGEST_NAME: usize = 60;
/// Maximum length of one setting's part
const LONGEST_PART: usize = 30;
/// Hexadecimal digits of the digest, for settings with the same words
const DIGITS: usize = 6;

impl Sweep {
    /// Returns the folder name of these settings, equal for equal settings: `default`, `hidden-16-16_seeds-50`.
    /// Settings equal to a preset have its name; settings that started from a `preset` have its name and the changes:
    /// `optimizers_epochs-20`. The name has at most [`LONGEST_NAME`] lower-case letters, digits and `-+._`. If words
    /// were shortened or a file is named, it ends in some digits of `digest`, the content hash of the settings.
    ///
    /// # Errors
    /// As for [`Sweep::to_toml`].
    pub fn short_name(&self, preset: Option<&str>, digest: &str) -> Result<String> {
        let text = self.to_toml()?;
        let own: Table = toml::from_str(&text).unwrap_or_default();
        // Position in the text, because a `Table` does not keep the order of the settings.
        let at = |key: &str| text.find(&format!("\n{key} = ")).or(text.find(&format!("\n[{key}]"))).unwrap_or(0);
        let (base, mut keys) = base(&own, preset)?;
        keys.sort_by_key(|key| at(key));
        let parts: Vec<NamePart> = keys.iter().map(|key| NamePart::of(key, own.get(key))).collect();
        let words: Vec<&str> = base.into_iter().chain(parts.iter().map(|part| part.text.as_str())).collect();
        let exact = parts.iter().all(|part| part.exact) && joined(&words, LONGEST_NAME).1;
        Ok(match (words.is_empty(), exact) {
            (true, _) => "default".to_owned(),
            (_, true) => joined(&words, LONGEST_NAME).0,
            (_, false) => {
                let digits: String = digest.chars().take(DIGITS).collect();
                format!("{}-{digits}", joined(&words, LONGEST_NAME - DIGITS - 1).0)
            }
        })
    }
}

/// Returns the preset that was named or that equals `own`, if any, and the settings that differ from it, or else from
/// the defaults.
fn base(own: &Table, preset: Option<&str>) -> Result<(Option<&'static str>, Vec<String>)> {
    let changed = differences(own, &table(&Sweep::default())?);
    let named = preset.and_then(preset_name);
    for (name, _) in PRESETS {
        let preset = table(&Sweep::preset(name)?)?;
        let differ = differences(own, &preset);
        // A preset equal to the defaults adds nothing to the name.
        let is_default = preset == table(&Sweep::default())?;
        if !is_default && (differ.is_empty() || named == Some(name)) {
            return Ok((Some(name), differ));
        }
    }
    Ok((None, changed))
}

fn table(sweep: &Sweep) -> Result<Table> {
    Ok(toml::from_str(&sweep.to_toml()?).unwrap_or_default())
}

/// Returns the settings in which two tables differ.
fn differences(own: &Table, base: &Table) -> Vec<String> {
    let gone = base.keys().filter(|key| !own.contains_key(*key)).filter(|key| !is_replaced(key, own));
    own.iter().filter(|(key, value)| base.get(*key) != Some(value)).map(|(key, _)| key).chain(gone).cloned().collect()
}

/// Whether `key` is one of `models` and `seeds`, and `own` has the other one instead.
fn is_replaced(key: &str, own: &Table) -> bool {
    (key == "seeds" && own.contains_key("models")) || (key == "models" && own.contains_key("seeds"))
}

/// Joins the first words that fit into `room` bytes, and returns whether all fit.
fn joined(words: &[&str], room: usize) -> (String, bool) {
    let mut name = String::new();
    for word in words {
        let longer = if name.is_empty() { (*word).to_owned() } else { format!("{name}_{word}") };
        if longer.len() > room {
            return (name, false);
        }
        name = longer;
    }
    (name, true)
}

/// A setting's part of a name.
struct NamePart {
    text: String,
    /// Whether no other value has the same text.
    exact: bool,
}

impl NamePart {
    fn of(key: &str, value: Option<&Value>) -> Self {
        let Some(value) = value else { return Self { text: format!("no-{key}"), exact: true } };
        let (text, exact) = to_name_chars(&plain(key, value));
        let values = text.matches('+').count() + 1;
        let longest = LONGEST_PART - key.len().min(LONGEST_PART / 2);
        let (text, exact) = match text.len() > longest {
            true if values > 1 => (format!("{values}-values"), false),
            true => (text[..longest].trim_end_matches(['-', '.']).to_owned(), false),
            false => (text, exact && !is_file(key)),
        };
        Self { text: format!("{key}-{text}"), exact }
    }
}

/// Whether the setting is a file, whose contents matter but do not show in a name.
fn is_file(key: &str) -> bool {
    Setting::named(key).is_some_and(Setting::is_path)
}

/// Returns a value's text. Joins lists of choices by `+`, the widths of one network and the numbers of a range by `-`.
fn plain(key: &str, value: &Value) -> String {
    let list = |texts: Vec<String>| texts.join("+");
    match value {
        Value::String(text) if is_file(key) => {
            std::path::Path::new(text).file_stem().unwrap_or_default().to_string_lossy().into_owned()
        }
        Value::String(text) if key == "hidden" => text.replace(',', "-").replace('/', "+"),
        Value::String(text) => text.replace(',', "+").replace(':', "-"),
        Value::Array(values) => list(values.iter().map(|value| plain(key, value)).collect()),
        Value::Table(values) => list(values.values().map(|value| plain(key, value)).collect()),
        other => other.to_string(),
    }
}

/// Maps the text to characters allowed in names, and returns whether nothing was lost. Case is lost, because some file
/// systems ignore it.
fn to_name_chars(text: &str) -> (String, bool) {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    let letter = |c: char| if allowed(c.to_ascii_lowercase()) { c.to_ascii_lowercase() } else { '-' };
    (text.chars().map(letter).collect(), !text.is_empty() && text.chars().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Axis, Choices};

    const DIGEST: &str = "0123456789abcdef";

    fn name(edit: impl FnOnce(&mut Sweep)) -> String {
        let mut sweep = Sweep::default();
        edit(&mut sweep);
        sweep.short_name(None, DIGEST).unwrap()
    }

    fn axis(text: &str) -> Axis {
        Axis::parse("--offset-a", text).unwrap()
    }

    #[test]
    fn a_name_says_what_differs_from_the_defaults() {
        assert_eq!(name(|_| ()), "default");
        let grid = |s: &mut Sweep| {
            (s.lr, s.seeds) = (axis("logspace:-4:0:30"), Some(50));
            s.hidden = Choices::parse("--hidden", "16,16").unwrap();
        };
        assert_eq!(name(grid), "hidden-16-16_lr-logspace--4-0-30_seeds-50");
        assert_eq!(name(|s| s.optimizer = Choices::parse("", "sgd,adam").unwrap()), "optimizer-sgd+adam");
        assert_eq!(name(|s| s.hidden = Choices::parse("", "4/16,16").unwrap()), "hidden-4+16-16");
        assert_eq!(name(|s| s.lr = axis("0.01,1e-5")), "lr-0.01+1e-5");
    }

    #[test]
    fn a_preset_lends_its_name_only_where_it_was_named_or_is_the_question() {
        for (preset, _) in PRESETS {
            let mut sweep = Sweep::preset(preset).unwrap();
            assert_eq!(sweep.short_name(None, DIGEST).unwrap(), preset);
            assert_eq!(sweep.short_name(Some(preset), DIGEST).unwrap(), preset);
            sweep.epochs = 7;
            assert_eq!(sweep.short_name(Some(&preset.to_uppercase()), DIGEST).unwrap(), format!("{preset}_epochs-7"));
            let unnamed = sweep.short_name(None, DIGEST).unwrap();
            assert!(!unnamed.starts_with(&format!("{preset}_")), "{unnamed}");
        }
        let mut study = Sweep::preset("init-study").unwrap();
        study.seeds = Some(50);
        assert_eq!(study.short_name(Some("init-study"), DIGEST).unwrap(), "init-study_seeds-50");
        (study.seeds, study.models) = (None, Some(60));
        assert_eq!(study.short_name(Some("init-study"), DIGEST).unwrap(), "init-study_models-60");
        // Close to a preset, but not started from one.
        assert_eq!(name(|s| (s.lr, s.seeds) = (axis("0.05"), Some(20))), "lr-0.05_seeds-20");
    }

    #[test]
    fn digits_tell_apart_what_words_do_not() {
        let file = |path: &str| name(|s| s.data = Some(path.into()));
        assert_eq!(file("tests/My Data.csv"), "data-my-data-012345");
        assert_eq!(file("t.csv"), "data-t-012345");
        assert_eq!(name(|s| s.label = Some("Übel/..".into())), "label--bel-..-012345");
        let many: Vec<String> = (0..40).map(|n| format!("0.1{n:02}")).collect();
        assert_eq!(name(|s| s.lr = axis(&many.join(","))), "lr-40-values-012345");
        assert!(name(|s| s.lr = axis("linspace:0.0012345678901234567:0.1:40")).ends_with("-012345"));
    }

    #[test]
    fn any_name_is_short_and_safe_everywhere() {
        let all = |s: &mut Sweep| {
            (s.data, s.label, s.positive) = (Some("/a/CON.csv".into()), Some("..".into()), Some("x\u{0}y".into()));
            (s.epochs, s.seeds, s.blur, s.data_seeds) = (123_456, Some(7), 0.25, Some(20));
            (s.test_fraction, s.save_weights, s.momentum) = (0.25, true, Some(axis("0.5,0.9")));
        };
        let long = name(all);
        assert!(long.len() <= LONGEST_NAME && long.ends_with("-012345") && long.starts_with("data-con_"), "{long}");
        assert!(long.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-+._".contains(c)), "{long}");
    }

    /// Values that would be equal after a careless replacement of punctuation.
    #[test]
    fn different_questions_have_different_names() {
        let lr = |text: &str| name(|s| s.lr = axis(text));
        let hidden = |text: &str| name(|s| s.hidden = Choices::parse("", text).unwrap());
        let names = [
            lr("logspace:-4:0:30"),
            lr("logspace:4:0:30"),
            lr("1,2"),
            lr("1.2"),
            lr("12"),
            hidden("1,2"),
            hidden("1/2"),
            hidden("12"),
            name(|s| s.lr_first = Some(axis("0.1"))),
            name(|s| s.seeds = Some(5)),
            name(|s| s.seed = 5),
            name(|s| s.models = Some(5)),
        ];
        let mut once = names.to_vec();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{names:?}");
    }
}
