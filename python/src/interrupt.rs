//! Long computations: without the interpreter's lock, with progress, and ended by Ctrl-C within a second.

use gpu_sweep::ProgressEvent;
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// Time between two looks at signals and progress.
const INTERVAL: Duration = Duration::from_millis(100);

/// State that a computation shares with the thread that waits for it.
#[derive(Default)]
pub struct Shared {
    stop: AtomicBool,
    trained: AtomicU64,
    messages: Mutex<Vec<(&'static str, String)>>,
}

impl Shared {
    /// Whether the computation is to end.
    pub fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Passes a line on to Python: its kind (`step`, `note`), and the text.
    pub fn say(&self, kind: &'static str, text: String) {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push((kind, text));
    }

    /// The library's callback.
    pub fn receive(&self, event: ProgressEvent<'_>) -> ControlFlow<()> {
        match event {
            ProgressEvent::Step(what) => self.say("step", what.to_owned()),
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
        listener.call1(py, ("trained", self.trained.load(Ordering::Relaxed)))?;
        Ok(())
    }
}

/// Runs `work` on a thread of its own, while this one reports progress to `listener` and looks for signals. An
/// exception, such as `KeyboardInterrupt`, stops the work, and is raised once it has ended.
///
/// # Errors
/// That exception.
pub fn run<T: Send>(
    py: Python<'_>,
    listener: Option<&Py<PyAny>>,
    work: impl FnOnce(&Shared) -> T + Send,
) -> PyResult<T> {
    let shared = Shared::default();
    let mut raised = None;
    let done = py.detach(|| {
        std::thread::scope(|scope| {
            let (ended, end) = mpsc::channel::<()>();
            let shared = &shared;
            let worker = scope.spawn(move || {
                let _ended = ended;
                work(shared)
            });
            // The worker drops its end of the channel when it is done.
            while end.recv_timeout(INTERVAL) == Err(mpsc::RecvTimeoutError::Timeout) {
                if raised.is_none() {
                    raised = Python::attach(|py| shared.report(py, listener)).err();
                    shared.stop.store(raised.is_some(), Ordering::Relaxed);
                }
            }
            worker.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    });
    if raised.is_none() {
        raised = shared.report(py, listener).err();
    }
    raised.map_or(Ok(done), Err)
}
