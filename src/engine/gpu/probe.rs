//! What a driver really does, measured at start-up rather than trusted by name.

use super::device::Device;
use super::shaders::PROBE;
use crate::error::{Error, Result};

/// Iterations that a probe asks for: three times the limit of the drivers known to have one (65,535).
const WANTED: u32 = 200_000;
/// Taken for "no limit": far beyond what fits in one dispatch's time.
const UNLIMITED: u32 = 1 << 28;
/// Kept clear of a limit that was found, for loops that the compiler adds.
const MARGIN: u32 = 535;

/// Loop iterations that an invocation may make in one dispatch. Mesa 22's llvmpipe stops all loops of an invocation
/// after 65,535 and reports nothing.
///
/// # Errors
/// [`Error::Device`] where the device fails, or counts nonsense.
pub fn loop_iterations(device: &Device) -> Result<u32> {
    let buffers = device.buffers();
    let counted = buffers.storage(&[WANTED, 0, 0]);
    let pipeline = device.pipeline(&device.module(PROBE), "count");
    device.dispatch(&pipeline, &[(0, &counted)], [1, 1]);
    match buffers.read::<u32>(&counted, 3)?[2] {
        WANTED => Ok(UNLIMITED),
        n if (10_000..WANTED).contains(&n) => Ok(n - MARGIN),
        n => Err(Error::Device(format!("{}: a loop of {WANTED} iterations returned after {n}", device.info.device))),
    }
}
