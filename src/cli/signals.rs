//! Ctrl-C, `kill` and a closed terminal: the first signal requests a stop that keeps finished results, the second ends
//! the program at once.

use crate::error::{Error, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The caught signal, 0 if none.
#[derive(Debug, Clone)]
pub struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Installs the signal handlers.
    ///
    /// # Errors
    /// [`Error::Io`] if the system refuses to install them.
    pub fn listen() -> Result<Self> {
        let (caught, again) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for signal in [SIGINT, SIGTERM].into_iter().chain(hangup()) {
            // Order matters: at the first signal, the shutdown handler must find `again` unset.
            let listening = register_conditional_shutdown(signal, exit_code(signal), Arc::clone(&again))
                .and_then(|_| register(signal, Arc::clone(&again)))
                .and_then(|_| register_usize(signal, Arc::clone(&caught), signal as usize));
            listening.map_err(Error::io(Path::new("signals"), "listen to"))?;
        }
        Ok(Self(caught))
    }

    /// The exit code for the caught signal; `None` before the first one.
    pub fn stop(&self) -> Option<u8> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(exit_code(signal as i32) as u8),
        }
    }
}

/// Turns exceeding the file size limit (`ulimit -f`) into a write error with a path and a reason; by default, SIGXFSZ
/// ends the program without a message.
///
/// # Errors
/// [`Error::Io`] if the system refuses to install the handler.
pub fn ignore_sigxfsz() -> Result<()> {
    #[cfg(unix)]
    register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)))
        .map_err(Error::io(Path::new("signals"), "listen to"))?;
    Ok(())
}

/// The signal of a closed terminal; `None` if it is ignored, as `nohup` requests.
#[cfg(unix)]
fn hangup() -> Option<i32> {
    // SAFETY: all zeros is a valid `sigaction`; with a null pointer, the call only reads.
    let ignored = unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGHUP, std::ptr::null(), &mut now) == 0 && now.sa_sigaction == libc::SIG_IGN
    };
    (!ignored).then_some(libc::SIGHUP)
}

#[cfg(not(unix))]
fn hangup() -> Option<i32> {
    None
}

/// 128 plus the signal's number, as in shells: 129 for a closed terminal, 130 for Ctrl-C, 143 for `kill`.
fn exit_code(signal: i32) -> i32 {
    128 + signal
}
