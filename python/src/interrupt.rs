//! Long computations: without the interpreter's lock, with progress, and ended by Ctrl-C within a second.

use gpu_sweep::ProgressEvent;
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time between two looks at signals and progress.
const INTERVAL: Duration = Duration::from_millis(100);
/// Time that work is given to end once it is to stop.
const GRACE: Duration = Duration::from_millis(700);

/// Calls that were left behind, with the process that they run in: a forked one has none of its parent's threads.
static LEFT: Mutex<Vec<(u32, JoinHandle<()>)>> = Mutex::new(Vec::new());

/// Waits for calls that were left behind, which may still be writing a folder. To be called by work itself, which may
/// then be left behind, too.
pub fn wait_for_those_left() {
    let left = std::mem::take(&mut *LEFT.lock().unwrap_or_else(PoisonError::into_inner));
    let own = left.into_iter().filter(|(process, _)| *process == std::process::id());
    own.for_each(|(_, call)| _ = call.join());
}

/// State that a computation shares with the thread that waits for it.
#[derive(Default)]
pub struct Shared {
    stop: AtomicBool,
    planned: AtomicU64,
    trained: AtomicU64,
    messages: Mutex<Vec<(&'static str, String)>>,
}

impl Shared {
    /// Whether the computation is to end.
    pub fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Passes a line on to Python: its kind (`step`, `note`, `warning`), and the text.
    pub fn say(&self, kind: &'static str, text: String) {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push((kind, text));
    }

    /// The library's callback.
    pub fn receive(&self, event: ProgressEvent<'_>) -> ControlFlow<()> {
        match event {
            ProgressEvent::Step(what) => self.say("step", what.to_owned()),
            ProgressEvent::Planned(epochs) => self.planned.store(epochs, Ordering::Relaxed),
            ProgressEvent::Trained(epochs) => _ = self.trained.fetch_add(epochs, Ordering::Relaxed),
        }
        if self.stops() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Hands progress to `listener(kind, value)`, and looks for signals.
    fn report(&self, py: Python<'_>, listener: Option<&Py<PyAny>>) -> PyResult<()> {
        py.check_signals()?;
        let Some(listener) = listener else { return Ok(()) };
        let messages = std::mem::take(&mut *self.messages.lock().unwrap_or_else(PoisonError::into_inner));
        for (kind, text) in messages {
            listener.call1(py, (kind, text))?;
        }
        listener.call1(py, ("planned", self.planned.load(Ordering::Relaxed)))?;
        listener.call1(py, ("trained", self.trained.load(Ordering::Relaxed)))?;
        Ok(())
    }
}

/// Runs `work` on a thread of its own, while this one reports progress to `listener` and looks for signals. An
/// exception, such as `KeyboardInterrupt`, stops the work. Work that takes longer to stop, such as a picture, is left
/// to end by itself: its result is dropped, and what it writes is whole files. Work that writes a folder calls
/// [`wait_for_those_left`] first.
///
/// # Errors
/// That exception.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    listener: Option<&Py<PyAny>>,
    work: impl FnOnce(&Shared) -> T + Send + 'static,
) -> PyResult<T> {
    let shared = Arc::new(Shared::default());
    let (sender, mut results) = mpsc::channel();
    let shared_there = shared.clone();
    let call = std::thread::Builder::new().name("gpu_sweep call".into()).spawn(move || {
        // Nobody receives the result of work that was left behind.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(|| work(&shared_there))));
    })?;
    loop {
        let received;
        (results, received) = receive(py, results, INTERVAL);
        let reported = shared.report(py, listener);
        match (received, reported) {
            (Ok(Ok(done)), Ok(())) => return Ok(done),
            (Ok(Err(panic)), _) => resume_unwind(panic),
            (Err(RecvTimeoutError::Disconnected), _) => unreachable!("the thread sends before it ends"),
            (Ok(Ok(_)), Err(exception)) => return Err(exception),
            (Err(RecvTimeoutError::Timeout), Err(exception)) => {
                shared.stop.store(true, Ordering::Relaxed);
                if receive(py, results, GRACE).1.is_err() {
                    LEFT.lock().unwrap_or_else(PoisonError::into_inner).push((std::process::id(), call));
                }
                return Err(exception);
            }
            (Err(RecvTimeoutError::Timeout), Ok(())) => {}
        }
    }
}

/// Waits for a message without the interpreter's lock.
fn receive<T: Send>(
    py: Python<'_>,
    results: Receiver<T>,
    time: Duration,
) -> (Receiver<T>, Result<T, RecvTimeoutError>) {
    py.detach(move || {
        let received = results.recv_timeout(time);
        (results, received)
    })
}
