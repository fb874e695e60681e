//! Unparsed setting values from the command line or `sweep.toml`.

use crate::error::{Error, Result, number};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A value before a setting parses it.
#[derive(Debug)]
pub enum TypedValue {
    /// Text or a boolean.
    Text(String),
    /// A number, as text.
    Number(String),
    /// A list of values.
    List(Vec<TypedValue>),
    /// A table of `sweep.toml`.
    Table(Vec<(String, TypedValue)>),
}

impl TypedValue {
    /// Returns the value as one text, with `separator` between the items of a list.
    ///
    /// # Errors
    /// [`Error::Setting`] for a table.
    pub(super) fn joined(&self, separator: char) -> Result<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Ok(text.clone()),
            // Where commas join the widths of a network, a list of numbers is a single network.
            Self::List(list) if separator != ',' && list.iter().all(|one| matches!(one, Self::Number(_))) => {
                self.joined(',')
            }
            Self::List(list) => {
                let parts: Vec<String> = list.iter().map(|one| one.joined(',')).collect::<Result<_>>()?;
                Ok(parts.join(&separator.to_string()))
            }
            Self::Table(_) => Err(Error::setting("", "a date or a table", EXPECTED)),
        }
    }
}

const EXPECTED: &str = "a number, a text in quotes or a list of these";

impl<'de> Deserialize<'de> for TypedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = TypedValue;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E>(self, text: &str) -> Result<TypedValue, E> {
        Ok(TypedValue::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<TypedValue, E> {
        Ok(TypedValue::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(number(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<TypedValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(TypedValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<TypedValue, A::Error> {
        let mut table = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            table.push(entry);
        }
        Ok(TypedValue::Table(table))
    }
}
