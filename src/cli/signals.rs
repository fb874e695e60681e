//! Ctrl-C, `kill` and a closed terminal: the first signal asks for a stop that keeps what is finished, the second ends the
//! program at once.

use gpu_sweep::error::{Error, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What has come so far.
#[derive(Debug, Clone)]
pub struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// [`Error::Io`] where the system does not let a program listen.
    pub fn listen() -> Result<Self> {
        let (caught, again) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for signal in [SIGINT, SIGTERM].into_iter().chain(hangup()) {
            // In this order: the first signal finds `again` unset.
            let listening = register_conditional_shutdown(signal, exit_code(signal), Arc::clone(&again))
                .and_then(|_| register(signal, Arc::clone(&again)))
                .and_then(|_| register_usize(signal, Arc::clone(&caught), signal as usize));
            listening.map_err(Error::io(Path::new("signals"), "listen to"))?;
        }
        Ok(Self(caught))
    }

    /// The exit code that the first signal asks for; None before there is one.
    pub fn stop(&self) -> Option<u8> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(exit_code(signal as i32) as u8),
        }
    }
}

/// Makes a file beyond the limit on sizes (`ulimit -f`) an error of its write, with a path and a reason; left alone, the
/// signal for it ends the program without a line.
///
/// # Errors
/// [`Error::Io`] where the system does not let a program listen.
pub fn expect_long_files() -> Result<()> {
    #[cfg(unix)]
    register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)))
        .map_err(Error::io(Path::new("signals"), "listen to"))?;
    Ok(())
}

/// The signal of a closed terminal, unless it is ignored, as `nohup` asks for.
#[cfg(unix)]
fn hangup() -> Option<i32> {
    // SAFETY: all zeros is a valid `sigaction`, and a null pointer changes nothing.
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

/// 128 and the signal's number, as shells have it: 129 for a closed terminal, 130 for Ctrl-C, 143 for `kill`.
fn exit_code(signal: i32) -> i32 {
    128 + signal
}
