//! The clock for durations: the system's, or a page's where there is no system.

pub use web_time::Instant;
