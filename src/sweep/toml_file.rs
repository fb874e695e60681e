//! Reads and writes a sweep as `sweep.toml`: every setting by its key, in the order of the table.

use super::Sweep;
use super::TypedValue;
use super::setting::Setting;
use super::setting_rows::SETTINGS;
use crate::error::{Error, Result};
use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::OnceLock;

impl Serialize for Sweep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for setting in SETTINGS {
            if let Some(value) = (setting.field.write)(self) {
                map.serialize_entry(&setting.key(), &value)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Sweep {
    /// Missing settings get their defaults.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Settings)
    }
}

struct Settings;

impl<'de> Visitor<'de> for Settings {
    type Value = Sweep;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sweep, A::Error> {
        let mut sweep = Sweep::default();
        while let Some(setting) = map.next_key_seed(Key)? {
            map.next_value_seed(Value { setting, sweep: &mut sweep })?;
        }
        Ok(sweep)
    }
}

/// Deserializes a key into its setting.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = &'static Setting;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let name = String::deserialize(deserializer)?;
        SETTINGS.iter().find(|setting| setting.key() == name).ok_or_else(|| de::Error::unknown_field(&name, keys()))
    }
}

/// Returns the keys of all settings.
fn keys() -> &'static [&'static str] {
    static KEYS: OnceLock<Vec<&'static str>> = OnceLock::new();
    KEYS.get_or_init(|| SETTINGS.iter().map(|setting| &*setting.key().leak()).collect())
}

/// Deserializes a setting's value into `sweep`.
struct Value<'a> {
    setting: &'static Setting,
    sweep: &'a mut Sweep,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let typed = TypedValue::deserialize(deserializer)?;
        (self.setting.field.read)(self.sweep, &typed, self.setting).map_err(de::Error::custom)
    }
}

impl Sweep {
    /// Formats all settings as `sweep.toml`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a value that TOML can't hold, such as a path that is not UTF-8.
    pub fn to_toml(&self) -> Result<String> {
        Setting::paths().try_for_each(|setting| (setting.field.check)(self, setting))?;
        toml::to_string(self)
            .map_err(|e| Error::usage("the settings", format!("can't be written as a sweep.toml: {e}")))
    }
}
