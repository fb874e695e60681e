//! The clock for durations: the system's, or a page's where there is no system.

use std::time::Duration;
pub use web_time::Instant;

/// Lets other threads run for `time`. Without threads there is nothing to wait for: callbacks run while their future is
/// awaited.
pub fn sleep(time: Duration) {
    #[cfg(feature = "native")]
    std::thread::sleep(time);
    #[cfg(not(feature = "native"))]
    let _ = time;
}
