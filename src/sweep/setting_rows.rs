//! [`SETTINGS`], generated from the rows of [`table`](super::table).

use super::needs;
use super::number_ranges::whole_from as whole;
use super::setting::{Field, Form, Setting, SettingGroup, SettingValue};
use super::settings::{Sweep, field_type};
use super::{Axis, BatchSize, Choices, ClassWeight, CurvesKept, ExtraCurve, InitBias, LabelNoise, MapAxes, Metric};
use super::{ColumnNames, Features, NumberRange, ScheduleKind, Shuffle, Widths};
use crate::dataset::{BuiltIn, Categorical, Delimiter, MAX_CLASSES, MAX_VALUES, Missing, Task};
use crate::math::init::Scheme;
use crate::math::{Activation, Loss, Optimizer, WeightScaling};
use crate::model::MAX_FEATURES;
use crate::statistics::Select;
use std::path::PathBuf;

/// Defines [`SETTINGS`] from the table's rows.
macro_rules! define_settings {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:ident $type:tt $(= $default:expr)?, $group:ident { $($attribute:ident: $value:expr),* };
    )*) => {
        /// All settings, in the order of `sweep.toml`.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            $($attribute: $value,)*
            ..Setting::new(
                stringify!($name),
                SettingGroup::$group,
                concat!($($doc, "\n"),+),
                Field {
                    read: |sweep, typed, setting| {
                        sweep.$name = SettingValue::read(typed, setting)?;
                        Ok(())
                    },
                    write: |sweep| SettingValue::write(&sweep.$name),
                    check: |sweep, setting| SettingValue::check(&sweep.$name, setting),
                    copy: |from, to| to.$name = from.$name.clone(),
                    is_same: |one, other| one.$name == other.$name,
                    path: |sweep| SettingValue::path(&mut sweep.$name),
                    axis: |sweep| SettingValue::axis(&sweep.$name),
                    put_axis: |sweep, axis| SettingValue::put_axis(&mut sweep.$name, axis),
                    allowed: <field_type!($kind $type) as SettingValue>::allowed,
                    kind: <field_type!($kind $type) as SettingValue>::KIND,
                },
            )
        }),*];
    };
}

super::settings_table::settings_table!(define_settings);
