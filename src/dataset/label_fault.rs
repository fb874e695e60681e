//! What is wrong with the labels of a column, for the message that refuses it.

use super::points::MAX_CLASSES;
use crate::error::quoted;
use std::fmt;

/// First occurrence of a label.
#[derive(Debug, Clone)]
pub(super) struct FirstSeen {
    pub(super) text: String,
    pub(super) line: u64,
}

/// Why labels are no classes.
#[derive(Debug)]
pub(super) enum LabelFault {
    /// More than two numbers, not all of which are whole: three of them.
    Numbers([FirstSeen; 3]),
    /// More than [`MAX_CLASSES`] classes: the first one beyond, and whether all of them are numbers.
    TooMany(FirstSeen, bool),
}

impl LabelFault {
    /// Whether the labels are numbers.
    pub(super) fn are_numbers(&self) -> bool {
        matches!(self, Self::Numbers(_) | Self::TooMany(_, true))
    }
}

/// Formats as the end of `label "y" has ...`.
impl fmt::Display for LabelFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbers([a, b, third]) => {
                write!(f, "more than two numbers, and not all are whole: ")?;
                write!(f, "{}, {} and {} ", quoted(&a.text), quoted(&b.text), quoted(&third.text))?;
                write!(f, "(first in lines {}, {} and {})", a.line, b.line, third.line)
            }
            Self::TooMany(last, _) => {
                write!(f, "more than {MAX_CLASSES} classes: {} in line {} is one more", quoted(&last.text), last.line)
            }
        }
    }
}
