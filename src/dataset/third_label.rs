//! The labels of a column with a third class, for the message that refuses it.

use crate::error::quoted;
use std::fmt;

/// First occurrence of a label.
#[derive(Debug, Clone)]
pub(super) struct FirstSeen {
    pub(super) text: String,
    pub(super) line: u64,
}

/// The first label of each of three classes.
#[derive(Debug)]
pub(super) struct ThirdLabel(pub(super) [FirstSeen; 3]);

/// Formats as `"a", "b" and "c" (first in lines 2, 3 and 5)`.
impl fmt::Display for ThirdLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, third] = &self.0;
        write!(f, "{}, {} and {} ", quoted(&a.text), quoted(&b.text), quoted(&third.text))?;
        write!(f, "(first in lines {}, {} and {})", a.line, b.line, third.line)
    }
}
