//! The columns of a table: which are features, and what becomes of those that hold no numbers.

pub(super) mod encode;
pub(super) mod faults;
pub(super) mod missing;
pub(super) mod plan;
pub(super) mod selection;
