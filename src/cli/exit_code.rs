//! Exit codes that can be read: `std`'s own can't, and a script that calls [`super::command_line`] needs the number.

use std::process::Termination;

/// How the program ends: 0 done, 1 a device, disk or check failed, 2 bad input, 3 some chunks failed; 128 and a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCode(pub u8);

impl ExitCode {
    /// Everything asked for is done.
    pub const SUCCESS: Self = Self(0);
}

impl From<u8> for ExitCode {
    fn from(code: u8) -> Self {
        Self(code)
    }
}

impl Termination for ExitCode {
    fn report(self) -> std::process::ExitCode {
        self.0.into()
    }
}
