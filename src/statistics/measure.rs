//! Measure of a model's success: accuracy, or R² where targets are numbers.

/// What is reported of models: a share from 0 to 1, the higher the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Share of rows with the right class.
    #[default]
    Accuracy,
    /// Coefficient of determination of a regression. Statistics and pictures count a negative R², which is worse than
    /// always predicting the mean, as 0; `models.csv` has it as it is.
    RSquared,
}

impl Measure {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        if self == Self::Accuracy { "accuracy" } else { "R²" }
    }

    /// Returns its name with an article.
    pub fn a_name(self) -> &'static str {
        if self == Self::Accuracy { "an accuracy" } else { "an R²" }
    }

    /// Returns the name of several.
    pub fn plural(self) -> &'static str {
        if self == Self::Accuracy { "accuracies" } else { "R² values" }
    }

    /// Returns its name at the beginning of a sentence.
    pub fn title(self) -> &'static str {
        if self == Self::Accuracy { "Accuracy" } else { "R²" }
    }

    /// Returns the condition of a share above `threshold`, a percentage in words, on `points` such as `points`: `more
    /// than 70 % of the points right`, `an R² above 50 %`.
    pub fn above(self, threshold: &str, points: &str) -> String {
        match self {
            Self::Accuracy => format!("more than {threshold} of the {points} right"),
            Self::RSquared if points == "points" => format!("an R² above {threshold}"),
            Self::RSquared => format!("an R² above {threshold} on the {points}"),
        }
    }

    /// Returns the same as a heading: `above 70 % right`, `R² above 50 %`.
    pub fn above_short(self, threshold: &str) -> String {
        match self {
            Self::Accuracy => format!("above {threshold} right"),
            Self::RSquared => format!("R² above {threshold}"),
        }
    }

    /// Returns what a model does that ignores the inputs.
    pub fn ignoring_inputs(self) -> &'static str {
        if self == Self::Accuracy { "always the most common class" } else { "always the mean" }
    }

    /// Returns what its values are rounded to.
    pub fn rounding(self) -> &'static str {
        if self == Self::Accuracy { "whole rows" } else { "0.00001" }
    }

    /// Returns a text about accuracies as one about this measure.
    pub fn in_text(self, text: &str) -> String {
        match self {
            Self::Accuracy => text.to_owned(),
            Self::RSquared => {
                let named = text.replace("an accuracy", self.a_name()).replace("accuracies", self.plural());
                named.replace("accuracy", self.name()).replace("Accuracy", self.title())
            }
        }
    }

    /// Returns its name in names of columns and arrays.
    pub fn column(self) -> &'static str {
        if self == Self::Accuracy { "acc" } else { "r2" }
    }
}
