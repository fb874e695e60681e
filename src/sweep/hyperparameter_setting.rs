//! Hyper-parameters as settings: their rows in the table, and their values in a sweep.

use super::{Axis, Hyperparameter, SETTINGS, Setting, Sweep};
use crate::error::Result;

impl Hyperparameter {
    /// Returns its row in the table of settings.
    pub fn setting(self) -> &'static Setting {
        let found = SETTINGS.iter().find(|setting| setting.name == self.name());
        found.expect("hyper-parameters are made from the table's rows")
    }

    /// Returns its flag.
    pub fn flag(self) -> String {
        self.setting().flag()
    }

    /// Returns its name in words, for pictures and summaries.
    pub fn words(self) -> &'static str {
        self.setting().words
    }

    /// Whether this value is in its range.
    pub fn allows(self, value: f64) -> bool {
        self.setting().range.contains(value)
    }

    /// Returns a value that suits a small network, the first of them for a `unit` of 0 and the last for 1.
    pub fn moderate(self, unit: f64) -> f64 {
        let (start, span) = self.setting().moderate;
        start + span * unit
    }

    /// Describes its range in words.
    pub fn allowed(self) -> String {
        self.setting().range.words()
    }
}

impl Sweep {
    /// Returns the given hyper-parameters, in the order of the trials.
    pub fn axes(&self) -> Vec<(Hyperparameter, &Axis)> {
        Hyperparameter::ALL.into_iter().filter_map(|hyper| Some((hyper, self.axis(hyper)?))).collect()
    }

    /// Returns the values of a hyper-parameter; `None` if it is not given.
    pub fn axis(&self, hyper: Hyperparameter) -> Option<&Axis> {
        (hyper.setting().field.axis)(self)
    }

    /// Sets the values of a hyper-parameter.
    pub fn set_axis(&mut self, hyper: Hyperparameter, axis: Axis) {
        (hyper.setting().field.put_axis)(self, Some(axis));
    }

    /// Resets a hyper-parameter to its default. The learning rate, which is required, keeps its values.
    pub fn clear_axis(&mut self, hyper: Hyperparameter) {
        (hyper.setting().field.put_axis)(self, None);
    }
}

impl Axis {
    /// Parses an axis; `name` is the flag, for messages. All ranges include both ends, as in numpy.
    ///
    /// # Errors
    /// [`Error::Setting`] for anything but finite numbers, which must be at least 0 unless the hyper-parameter of this
    /// flag allows negative ones; [`Error::Usage`] for equal values, which would count the same models several times.
    ///
    /// [`Error::Setting`]: crate::Error::Setting
    /// [`Error::Usage`]: crate::Error::Usage
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let signed = Hyperparameter::ALL
            .iter()
            .any(|hyperparameter| hyperparameter.flag() == name && hyperparameter.allows(-1.0));
        Self::parse_signed(name, text, signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderate_values_are_in_range_and_differ() {
        for hyper in Hyperparameter::ALL {
            let values = [0.0, 0.5, 1.0].map(|unit| hyper.moderate(unit));
            assert!(values.iter().all(|value| hyper.allows(*value)), "{hyper:?}: {values:?}");
            assert!(values[0] != values[1] && values[1] != values[2], "{hyper:?}: {values:?}");
        }
    }

    #[test]
    fn help_names_the_optimizers_that_read_it_and_their_defaults() {
        let help = |hyper: Hyperparameter| hyper.setting().help().0;
        let second = "Second decay of adam, adamw and lion; adam's is that of its mean of squares";
        assert_eq!(help(Hyperparameter::Beta2), format!("{second} [default: 0.999; lion: 0.99]"));
        assert_eq!(help(Hyperparameter::WeightDecay), "Weight decay, of biases too [default: 0; adamw: 0.01]");
        assert_eq!(help(Hyperparameter::Alpha), "Decay of rmsprop's mean of squares [default: 0.99]");
    }
}
