//! Parsing and formatting of settings that name columns of a table.

use super::setting::{Setting, SettingValue};
use super::table_columns::{ColumnNames, Features};
use super::typed_value::TypedValue;
use crate::error::{Error, Result, quoted};
use toml::Value;

impl SettingValue for ColumnNames {
    fn read(typed: &TypedValue, _: &Setting) -> Result<Self> {
        let text = typed.joined(',')?;
        match text.split(',').any(|name| name.trim().is_empty()) {
            true => Err(Error::setting("", quoted(&text), "names of columns with commas, such as id,name or x*")),
            false => Ok(Self(text)),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.0.clone()))
    }
}

impl SettingValue for Features {
    fn read(typed: &TypedValue, setting: &Setting) -> Result<Self> {
        let text = typed.joined(',')?;
        match text.trim().parse::<f64>() {
            Ok(_) => setting.range.whole(&text).map(Self::Count),
            Err(_) => ColumnNames::read(typed, setting).map(Self::Columns),
        }
    }

    fn write(&self) -> Option<Value> {
        match self {
            Self::Count(count) => Some(Value::Integer(i64::from(*count))),
            Self::Columns(names) => names.write(),
        }
    }

    fn check(&self, setting: &Setting) -> Result<()> {
        match self {
            Self::Count(count) => setting.range.check_whole(&setting.flag(), u64::from(*count)),
            Self::Columns(_) => Ok(()),
        }
    }
}
