//! A sweep's settings as a command, as a call in Python, and as the fragment of a link to the page.

use super::setting::{Form, Setting};
use super::setting_rows::SETTINGS;
use super::{Sweep, TypedValue};
use crate::error::{Error, Result, quoted};

/// Bytes that a link's fragment may hold as they are, beside letters and digits: all that browsers leave alone, without
/// the two that separate settings.
const PLAIN_IN_LINKS: &[u8] = b"-._~!*,:;/?@$'()";

/// Characters that a shell takes as they are, beside letters and digits.
const PLAIN_IN_SHELLS: &str = "-_./:+,=@%\\";

impl Sweep {
    /// Returns the command that trains this sweep: `gpu-sweep --lr 0.1,1 --seeds 20`.
    pub fn command(&self) -> String {
        let words = self.changed().filter_map(|(setting, value)| flag(setting, &value));
        std::iter::once("gpu-sweep".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Returns the call in Python that trains this sweep: `gs.sweep(lr="0.1,1", seeds=20)`.
    pub fn python_call(&self) -> String {
        let argument = |(setting, value): (&Setting, toml::Value)| match value {
            toml::Value::Boolean(value) => format!("{}={}", setting.name, if value { "True" } else { "False" }),
            // TOML's texts, numbers and lists of texts are also Python's.
            value => format!("{}={value}", setting.name),
        };
        format!("gs.sweep({})", self.changed().map(argument).collect::<Vec<_>>().join(", "))
    }

    /// Returns the settings that differ from their defaults as the fragment of a link: `lr=0.1,1&seeds=20`.
    pub fn link_fragment(&self) -> String {
        let pair = |(setting, value): (&Setting, toml::Value)| format!("{}={}", setting.key(), encoded(&text(&value)));
        self.changed().map(pair).collect::<Vec<_>>().join("&")
    }

    /// Returns the settings that differ from their defaults, and their values.
    fn changed(&self) -> impl Iterator<Item = (&'static Setting, toml::Value)> {
        let defaults = Self::default();
        SETTINGS
            .iter()
            .filter(move |setting| !setting.is_same(self, &defaults))
            .filter_map(|setting| Some((setting, (setting.field.write)(self)?)))
    }
}

impl Setting {
    /// Returns this setting's value as the command line has it; `None` if it is unset.
    pub fn flag_text(&self, sweep: &Sweep) -> Option<String> {
        (self.field.write)(sweep).map(|value| text(&value))
    }
}

/// Returns the settings and texts of a link's fragment; names of none of the settings are left to `other`.
///
/// # Errors
/// [`Error::Usage`] for a part without `=` or with a broken escape; those of `other`.
pub fn link_settings(
    fragment: &str,
    mut other: impl FnMut(&str, String) -> Result<()>,
) -> Result<Vec<(&'static Setting, TypedValue)>> {
    let mut found = Vec::new();
    for part in fragment.split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(|| {
            Error::usage("the link", format!("has the part {}; each must be SETTING=VALUE", quoted(part)))
        })?;
        let value = decoded(value).ok_or_else(|| {
            Error::usage("the link", format!("has a value of {key} that is cut off or no text: {}", quoted(value)))
        })?;
        match SETTINGS.iter().find(|setting| setting.key() == key) {
            Some(setting) => found.push((setting, TypedValue::Text(value))),
            None => other(key, value)?,
        }
    }
    Ok(found)
}

/// Returns a flag with its value as words for a shell; `None` for a setting without a flag.
fn flag(setting: &Setting, value: &toml::Value) -> Option<String> {
    let key = setting.key();
    Some(match (setting.form, value) {
        (Form::TableOnly, _) => return None,
        (Form::Switch | Form::YesNo | Form::Pair, toml::Value::Boolean(true)) => format!("--{key}"),
        (Form::Without | Form::Pair, toml::Value::Boolean(false)) => format!("--no-{key}"),
        (Form::Without, toml::Value::Boolean(true)) => format!("--no-{key}=false"),
        (_, value) => {
            let text = text(value);
            let sign = if text.starts_with('-') { "=" } else { " " };
            format!("--{key}{sign}{}", shell_word(&text))
        }
    })
}

/// Returns a value as the command line has it.
fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}

/// Quotes a word for a shell, if necessary.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || PLAIN_IN_SHELLS.contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Percent-encodes a text.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() || PLAIN_IN_LINKS.contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Decodes percent-encoding; `None` for a broken escape or bytes that are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Builder;

    fn sweep(typed: &[(&str, &str)]) -> Sweep {
        let put = |builder: Builder, (name, text): &(&str, &str)| builder.typed(Setting::named(name).unwrap(), text);
        typed.iter().fold(Sweep::builder(), put).sweep().unwrap()
    }

    const TYPED: [(&str, &str); 8] = [
        ("data", "my points & more.csv"),
        ("lr", "geomspace:1e-3:1:40"),
        ("hidden", "4/16,16"),
        ("bias", "false"),
        ("standardize", "false"),
        ("test_fraction", "0.25"),
        ("record", "test,accuracy"),
        ("positive", "-1"),
    ];

    #[test]
    fn settings_become_a_command_a_call_and_a_link() {
        assert_eq!(Sweep::default().command(), "gpu-sweep");
        assert_eq!(
            (Sweep::default().python_call().as_str(), Sweep::default().link_fragment().as_str()),
            ("gs.sweep()", "")
        );
        let sweep = sweep(&TYPED);
        assert_eq!(
            sweep.command(),
            "gpu-sweep --data 'my points & more.csv' --positive=-1 --no-standardize --test-fraction 0.25 --hidden 4/16,16 --no-bias \
             --lr geomspace:1e-3:1:40 --record accuracy,test"
        );
        let call = sweep.python_call();
        assert!(call.contains("lr=\"geomspace:1e-3:1:40\"") && call.contains("bias=False"), "{call}");
        assert!(call.contains("record=[\"accuracy\", \"test\"]"), "{call}");
    }

    #[test]
    fn a_link_gives_the_sweep_again() {
        let sweep = sweep(&TYPED);
        let link = sweep.link_fragment();
        assert!(link.contains("data=my%20points%20%26%20more.csv&") && !link.contains([' ', '"', '#']), "{link}");
        let read = link_settings(&link, |key, _| panic!("{key}")).unwrap();
        let again = read.iter().fold(Sweep::builder(), |builder, (setting, value)| builder.value(setting, value));
        assert_eq!(again.sweep().unwrap(), sweep);
    }

    #[test]
    fn a_broken_link_is_refused_and_foreign_names_are_handed_on() {
        let mut others = Vec::new();
        let mut read = |fragment: &str| {
            link_settings(fragment, |key, value| {
                others.push((key.to_owned(), value));
                Ok(())
            })
            .map(|found| found.len())
            .map_err(|error| error.to_string())
        };
        assert_eq!(read("lr=0.1&epoch=3%2c4&"), Ok(1));
        assert!(read("lr").unwrap_err().contains("SETTING=VALUE"));
        for broken in ["lr=%", "lr=%2", "lr=%zz", "lr=%+1", "lr=%ff"] {
            assert!(read(broken).unwrap_err().contains("value of lr"), "{broken}");
        }
        assert_eq!(others, [("epoch".to_owned(), "3,4".to_owned())]);
    }

    #[test]
    fn a_shell_takes_a_word_as_one() {
        let words = ["--lr", "a/b.csv", "", "two words", "it's", "$(rm)"].map(shell_word);
        assert_eq!(words, ["--lr", "a/b.csv", "''", "'two words'", r"'it'\''s'", "'$(rm)'"]);
    }
}
