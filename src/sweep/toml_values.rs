//! Values of `sweep.toml` in the form that comes to mind: `lr = 0.1`, `lr = [0.1, 0.2]`, `hidden = [16, 16]`, `models = "10k"`. Each is
//! turned into the text that the command line takes, and read as such.

use super::choices::{Choice, Choices, word};
use super::{Axis, CurvesKept, ExtraCurve, Hyperparameter, InitBias, Metric, Shuffle, typing_hints, whole};
use crate::error::{Error, Result, number, one_of, shown};
use crate::math::{Loss, WeightScaling};
use crate::statistics::Select;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serializer};
use std::path::PathBuf;

/// A value as it was typed.
pub(super) enum TypedValue {
    /// A text, or yes and no.
    Text(String),
    /// A number, as text.
    Number(String),
    /// A list of such values.
    List(Vec<TypedValue>),
}

impl TypedValue {
    /// One text, with `separator` between the parts of a list.
    fn joined(&self, separator: char) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            // Of networks, a list of numbers is a single one.
            Self::List(list) if separator != ',' && list.iter().all(|one| matches!(one, Self::Number(_))) => {
                self.joined(',')
            }
            Self::List(list) => {
                let parts: Vec<String> = list.iter().map(|one| one.joined(',')).collect();
                parts.join(&separator.to_string())
            }
        }
    }
}

impl<'de> Deserialize<'de> for TypedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = TypedValue;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a number, a text in quotes or a list of these")
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
}

/// What a setting is read as.
pub(super) trait FromTyped: Sized {
    /// # Errors
    /// [`Error::Setting`] without the setting's name, which the caller knows.
    fn from_typed(typed: &TypedValue) -> Result<Self>;
}

/// Reads a setting of any type, for serde.
pub(super) fn read<'de, D: Deserializer<'de>, T: FromTyped>(deserializer: D) -> Result<T, D::Error> {
    T::from_typed(&TypedValue::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// TOML has no integers beyond 2^63 - 1: a larger seed is written as text.
pub(super) fn write_large<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*number) {
        Ok(number) => serializer.serialize_i64(number),
        Err(_) => serializer.serialize_str(&number.to_string()),
    }
}

impl<T: FromTyped> FromTyped for Option<T> {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        T::from_typed(typed).map(Some)
    }
}

impl FromTyped for u64 {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        let text = typed.joined(',');
        whole(&text).ok_or_else(|| Error::setting("", shown(&text), "a whole number from 0 to 2^64 - 1"))
    }
}

impl FromTyped for u32 {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        let text = typed.joined(',');
        let number = whole(&text).and_then(|number| number.try_into().ok());
        number.ok_or_else(|| Error::setting("", shown(&text), format!("a whole number from 0 to {}", u32::MAX)))
    }
}

impl FromTyped for f64 {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        let text = typed.joined(',');
        let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let hint = || typing_hints::of_number(&text);
        number.ok_or_else(|| Error::setting("", shown(&text), "a finite number").hinted(&hint()))
    }
}

impl FromTyped for bool {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        let text = typed.joined(',');
        text.parse().map_err(|_| Error::setting("", shown(&text), "true or false"))
    }
}

impl FromTyped for String {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        match typed {
            TypedValue::Text(text) | TypedValue::Number(text) => Ok(text.clone()),
            TypedValue::List(_) => Err(Error::setting("", "a list", "a single text")),
        }
    }
}

impl FromTyped for PathBuf {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        String::from_typed(typed).map(Self::from)
    }
}

impl FromTyped for Axis {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        Self::parse("", &typed.joined(','))
    }
}

/// An axis whose values may be below 0.
pub(super) fn read_signed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Axis>, D::Error> {
    let text = TypedValue::deserialize(deserializer)?.joined(',');
    let axis = Axis::parse(&Hyperparameter::OffsetA.flag(), &text).map_err(|error| error.of(""));
    axis.map(Some).map_err(serde::de::Error::custom)
}

impl<T: Choice> FromTyped for Choices<T> {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        Self::parse("", &typed.joined(T::SEPARATOR))
    }
}

/// Settings that are one word.
macro_rules! words {
    ($($type:ty),*) => {
        $(impl FromTyped for $type {
            fn from_typed(typed: &TypedValue) -> Result<Self> {
                word("", &typed.joined(','))
            }
        })*
    };
}

words!(Loss, InitBias, Shuffle, WeightScaling, Select);

impl FromTyped for Vec<ExtraCurve> {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        match typed {
            TypedValue::List(list) if list.is_empty() => Ok(Vec::new()),
            _ => ExtraCurve::several("", &typed.joined(',')),
        }
    }
}

impl FromTyped for Vec<Metric> {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        match typed {
            TypedValue::List(list) if list.is_empty() => Ok(Vec::new()),
            _ => Ok(Choices::<Metric>::parse("", &typed.joined(','))?.all().to_vec()),
        }
    }
}

impl FromTyped for CurvesKept {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        typed.joined(',').parse()
    }
}

impl FromTyped for Hyperparameter {
    fn from_typed(typed: &TypedValue) -> Result<Self> {
        let (text, names) = (typed.joined(','), Self::ALL.map(Self::name));
        Self::named(&text).ok_or_else(|| Error::setting("", shown(&text), one_of(&names)).or_closest(&text, names))
    }
}
