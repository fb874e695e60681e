//! Options shared by all cells of a sweep.

use super::choices::Choice;
use super::typing_hints;
use crate::error::{Error, Result, quoted};
use crate::math::choice_enum::choice_enum;

choice_enum! {
    /// A curve that can be recorded beside the training loss.
    pub enum ExtraCurve {
        /// Training accuracy (and test accuracy with `test`).
        Accuracy,
        /// Test loss.
        Test,
    }
}

impl ExtraCurve {
    /// Parses `accuracy`, `test`, a comma-separated list of them, or `both`; `name` is the flag in error messages.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] for anything else.
    pub fn several(name: &str, text: &str) -> Result<Vec<Self>> {
        if text.trim().eq_ignore_ascii_case("both") {
            return Ok(vec![Self::Accuracy, Self::Test]);
        }
        let refuse = || {
            let allowed = "accuracy, test or both";
            let error = Error::setting(name, quoted(text), allowed).or_closest(text, ["accuracy", "test", "both"]);
            error.with_hint(&typing_hints::of_list(text, ','))
        };
        let curves: Option<Vec<Self>> = text.split(',').map(Self::read).collect();
        let mut curves = curves.ok_or_else(refuse)?;
        curves.sort();
        curves.dedup();
        Ok(curves)
    }
}

choice_enum! {
    /// What is found out about each model beside its loss and accuracies.
    pub enum Metric {
        /// The area under the ROC curve.
        Auc,
    }
}

choice_enum! {
    /// How much the rows of each class weigh in the loss.
    pub enum ClassWeight {
        /// All rows the same.
        None,
        /// Rows / (classes · rows of the class), as in scikit-learn: all classes the same.
        Balanced,
    }
}

choice_enum! {
    /// How initial biases are drawn.
    pub enum InitBias {
        /// Uniform on ±1/√fan_in: PyTorch's default for `nn.Linear`.
        #[strum(to_string = "torch", serialize = "pytorch", serialize = "default")]
        Torch,
        /// All 0.
        #[strum(to_string = "zeros", serialize = "zero")]
        Zeros,
    }
}

choice_enum! {
    /// Scope of the order of the training rows in an epoch of mini-batches.
    pub enum Shuffle {
        /// One for all models, drawn from the seed of the data.
        Shared,
        /// Each model's own, drawn from its seed.
        PerSeed,
    }
}
