//! Colours and labels of the outcome classes, and their shares of a group.

use super::theme::{BLACK, BLUE, GREY, ORANGE, PURPLE, Rgb, SKY, VERMILION};
use crate::statistics::{Group, OutcomeClass};

/// Classes from bottom to top with colour and label: success, then those that may still succeed, then failures.
pub const LAYERS: &[(OutcomeClass, Rgb, &str)] = &[
    (OutcomeClass::Success, BLUE, "success"),
    (OutcomeClass::Slow, SKY, "slow"),
    (OutcomeClass::Other, GREY, "other"),
    (OutcomeClass::Chance, ORANGE, "chance"),
    (OutcomeClass::DeadRelu, BLACK, "dead ReLU"),
    (OutcomeClass::Exploded, PURPLE, "exploded"),
    (OutcomeClass::Diverged, VERMILION, "diverged"),
];

/// Returns the name of a class in the pictures.
pub fn words(class: OutcomeClass) -> &'static str {
    LAYERS.iter().find(|(of, ..)| *of == class).map_or(class.name(), |(.., words)| words)
}

/// Returns the share of a group's models that ended in this class.
pub fn share(group: &Group, class: OutcomeClass) -> f64 {
    group.of_class(class) as f64 / group.n.max(1) as f64
}
