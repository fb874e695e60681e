//! Parsing and formatting of setting values. `sweep.toml` accepts every natural form: `lr = 0.1`, `lr = [0.1, 0.2]`,
//! `hidden = [16, 16]`, `models = "10k"`.

use super::choices::{Choice, Choices, parse_choice};
use super::setting::{Setting, SettingValue, ValueKind};
use super::typed_value::TypedValue;
use super::{Axis, ClassWeight, CurvesKept, ExtraCurve, Hyperparameter, InitBias, MapAxes, Metric, Shuffle};
use crate::dataset::{Categorical, Delimiter, Missing, Task};
use crate::error::{Error, Result, one_of, quoted};
use crate::math::{Loss, WeightScaling};
use crate::statistics::Select;
use std::path::PathBuf;
use toml::Value;

/// Converts a whole number to TOML. TOML integers end at 2^63 - 1: larger ones become text.
fn integer(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::String(number.to_string()), Value::Integer)
}

impl<T: SettingValue> SettingValue for Option<T> {
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
        T::read(typed, setting).map(Some)
    }

    fn write(&self) -> Option<Value> {
        self.as_ref()?.write()
    }

    fn check(&self, setting: &Setting) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.check(setting))
    }

    const KIND: ValueKind = T::KIND;

    fn path(&mut self) -> Option<&mut PathBuf> {
        self.as_mut()?.path()
    }

    fn axis(&self) -> Option<&Axis> {
        self.as_ref()?.axis()
    }

    fn put_axis(&mut self, axis: Option<Axis>) {
        *self = axis.and_then(T::from_axis);
    }

    fn allowed() -> String {
        T::allowed()
    }
}

/// Implements [`SettingValue`] for whole numbers.
macro_rules! whole_numbers {
    ($($type:ty),*) => {
        $(impl SettingValue for $type {
            fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
                setting.range.whole(&typed.joined(',')?)
            }

            fn write(&self) -> Option<Value> {
                Some(integer(u64::from(*self)))
            }

            fn check(&self, setting: &Setting) -> Result<()> {
                setting.range.check_whole(&setting.flag(), u64::from(*self))
            }

            const KIND: ValueKind = ValueKind::Number;
        })*
    };
}

whole_numbers!(u32, u64);

impl SettingValue for f64 {
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
        setting.range.number(&typed.joined(',')?)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }

    fn check(&self, setting: &Setting) -> Result<()> {
        setting.range.check(&setting.flag(), *self)
    }

    const KIND: ValueKind = ValueKind::Number;
}

impl SettingValue for bool {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        let text = typed.joined(',')?;
        text.trim().to_lowercase().parse().map_err(|_| Error::setting("", quoted(&text), "true or false"))
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

impl SettingValue for String {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        match typed {
            TypedValue::List(_) => Err(Error::setting("", "a list", "a single text")),
            typed => typed.joined(','),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl SettingValue for PathBuf {
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
        String::read(typed, setting).map(Self::from)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string_lossy().into_owned()))
    }

    /// Refuses a path that is not UTF-8, which `sweep.toml` can't hold.
    fn check(&self, setting: &Setting) -> Result<()> {
        if self.to_str().is_some() {
            return Ok(());
        }
        let name = self.display();
        let what =
            format!("{name} has a name that is not UTF-8, which sweep.toml can't hold; rename the file or its folder");
        Err(Error::usage(setting.flag(), what))
    }

    const KIND: ValueKind = ValueKind::Path;

    fn path(&mut self) -> Option<&mut PathBuf> {
        Some(self)
    }
}

impl SettingValue for Axis {
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
        Self::parse(&setting.flag(), &typed.joined(',')?).map_err(|error| error.of(""))
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }

    fn check(&self, setting: &Setting) -> Result<()> {
        self.values().iter().try_for_each(|value| setting.range.check(&setting.flag(), *value))
    }

    const KIND: ValueKind = ValueKind::Axis;

    fn axis(&self) -> Option<&Axis> {
        Some(self)
    }

    fn put_axis(&mut self, axis: Option<Axis>) {
        if let Some(axis) = axis {
            *self = axis;
        }
    }

    fn from_axis(axis: Axis) -> Option<Self> {
        Some(axis)
    }
}

impl<T: Choice> SettingValue for Choices<T> {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        Self::parse("", &typed.joined(T::SEPARATOR)?)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }

    fn allowed() -> String {
        T::allowed()
    }
}

/// Implements [`SettingValue`] for enums written as one word.
macro_rules! words {
    ($($type:ty),*) => {
        $(impl SettingValue for $type {
            fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
                parse_choice("", &typed.joined(',')?)
            }

            fn write(&self) -> Option<Value> {
                Some(Value::String(self.text()))
            }

            fn allowed() -> String {
                <Self as Choice>::allowed()
            }
        })*
    };
}

words!(Categorical, ClassWeight, InitBias, Loss, Missing, Select, Shuffle, Task, WeightScaling);

impl SettingValue for Delimiter {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        match typed.joined(',')?.as_str() {
            // Other texts are trimmed.
            "\t" | "\\t" => Ok(Self::Tab),
            " " => Ok(Self::Blanks),
            text => parse_choice("", text),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.text()))
    }

    fn allowed() -> String {
        <Self as Choice>::allowed()
    }
}

impl SettingValue for Vec<ExtraCurve> {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        match typed {
            TypedValue::List(list) if list.is_empty() => Ok(Vec::new()),
            _ => ExtraCurve::several("", &typed.joined(',')?),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().map(|curve| Value::String(curve.text())).collect()))
    }
}

impl SettingValue for Vec<Metric> {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        match typed {
            TypedValue::List(list) if list.is_empty() => Ok(Vec::new()),
            _ => Ok(Choices::<Metric>::parse("", &typed.joined(',')?)?.all().to_vec()),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Array(self.iter().map(|metric| Value::String(metric.text())).collect()))
    }
}

impl SettingValue for CurvesKept {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        typed.joined(',')?.parse()
    }

    fn write(&self) -> Option<Value> {
        Some(match self {
            Self::Auto => Value::String("auto".to_owned()),
            Self::All => Value::String("all".to_owned()),
            Self::None => Value::String("none".to_owned()),
            Self::First(models) => integer(*models),
        })
    }
}

impl SettingValue for MapAxes {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        let TypedValue::Table(table) = typed else {
            return Err(Error::setting(
                "",
                typed.joined(',').map_or_else(|_| "a list".into(), |text| quoted(&text)),
                "a table with x and y",
            ));
        };
        if let Some((other, _)) = table.iter().find(|(key, _)| key != "x" && key != "y") {
            return Err(Error::usage("", format!("has x and y alone, not {}", quoted(other))));
        }
        let axis = |name: &str| {
            let missing = || Error::usage("", format!("must have x and y; {name} is missing"));
            let (_, typed) = table.iter().find(|(key, _)| key == name).ok_or_else(missing)?;
            let (text, names) = (typed.joined(',')?, Hyperparameter::ALL.map(Hyperparameter::name));
            let unknown = || Error::setting("", quoted(&text), one_of(&names)).or_closest(&text, names);
            Hyperparameter::named(&text).ok_or_else(unknown)
        };
        Ok(Self { x: axis("x")?, y: axis("y")? })
    }

    fn write(&self) -> Option<Value> {
        let name = |hyper: Hyperparameter| Value::String(hyper.name().replace('_', "-"));
        Some(Value::Table([("x".to_owned(), name(self.x)), ("y".to_owned(), name(self.y))].into_iter().collect()))
    }
}
