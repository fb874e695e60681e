//! Predefined studies, each a `sweep.toml`.

use super::Sweep;
use crate::error::{Error, Result, is_same, one_of, quoted};

/// Name and TOML text of every preset.
pub const PRESETS: [(&str, &str); 10] = [
    ("course", include_str!("presets/course.toml")),
    ("momentum", include_str!("presets/momentum.toml")),
    ("optimizers", include_str!("presets/optimizers.toml")),
    ("init-std", include_str!("presets/init-std.toml")),
    ("init-study", include_str!("presets/init-study.toml")),
    ("depth-breadth", include_str!("presets/depth-breadth.toml")),
    ("xor-playground", include_str!("presets/xor-playground.toml")),
    ("fractal-tanh", include_str!("presets/fractal-tanh.toml")),
    ("fractal-relu", include_str!("presets/fractal-relu.toml")),
    ("fractal-identity", include_str!("presets/fractal-identity.toml")),
];

/// Returns the canonical name of a preset; `name` may differ in case, `-`, `_` and blanks.
pub fn preset_name(name: &str) -> Option<&'static str> {
    PRESETS.iter().map(|(name, _)| *name).find(|preset| is_same(preset, name.trim()))
}

impl Sweep {
    /// Returns the preset called `name`.
    ///
    /// # Errors
    /// [`Error::Setting`] for an unknown name; lists the presets.
    pub fn preset(name: &str) -> Result<Self> {
        let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        let own = preset_name(name);
        let found = PRESETS.iter().find(|(preset, _)| Some(*preset) == own);
        let refuse =
            || Error::setting("--preset", quoted(name), one_of(&names)).or_closest(name, names.iter().copied());
        let (_, text) = found.ok_or_else(refuse)?;
        toml::from_str(text).map_err(|e| Error::usage("--preset", format!("{name} can't be read: {}", e.message())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Inputs;

    #[test]
    fn every_preset_makes_sense() {
        let models = [2000, 2000, 2000, 2500, 100_000, 1215, 280, 65_536, 65_536, 65_536];
        for (name, models) in PRESETS.iter().map(|(name, _)| *name).zip(models) {
            let sweep = Sweep::preset(name).unwrap();
            assert_eq!(Inputs::load(&sweep).unwrap().models(), models, "{name}");
        }
        assert!(Sweep::preset("curse").unwrap_err().to_string().ends_with(", not \"curse\"; did you mean course?"));
    }
}
