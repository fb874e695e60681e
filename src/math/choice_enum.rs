//! Enums with variants that have names on the command line, in `sweep.toml`, in files and in tables.

/// Defines such an enum: a variant's name is its identifier in kebab case. `#[strum(to_string = "name", serialize =
/// "other")]` on a variant adds a name that other libraries use.
macro_rules! choice_enum {
    ($(#[$attribute:meta])* pub enum $name:ident { $($variants:tt)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[derive(strum::Display, strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
        #[serde(rename_all = "kebab-case")]
        #[strum(serialize_all = "kebab-case")]
        $(#[$attribute])*
        pub enum $name { $($variants)* }
    };
}
pub(crate) use choice_enum;
