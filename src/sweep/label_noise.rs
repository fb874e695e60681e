//! The setting `--label-noise`.

use super::NumberRange;
use super::choices::Choice;
use crate::error::number;

/// A share of the training rows whose labels are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelNoise(f64);

impl LabelNoise {
    /// All labels as they are.
    pub const NONE: Self = Self(0.0);

    /// Returns the share, from 0 to 1.
    pub fn share(self) -> f64 {
        self.0
    }
}

impl Choice for LabelNoise {
    fn read(text: &str) -> Option<Self> {
        let share: f64 = text.trim().parse().ok()?;
        // -0 is within the range, but is written as 0.
        NumberRange::SHARE_OF_ROWS.contains(share).then_some(Self(share.abs()))
    }

    fn text(&self) -> String {
        number(self.0)
    }

    fn allowed() -> String {
        NumberRange::SHARE_OF_ROWS.words()
    }
}
