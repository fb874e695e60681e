//! Opened engines, kept for the next call: a GPU takes most of a second to open. A process that was forked opens its
//! own, since threads and devices of its parent do not exist in it.

use gpu_sweep::Device;
use gpu_sweep::engine::Engine;
use gpu_sweep::engine::select::{EngineSettings, select};
use gpu_sweep::{Error, Result, threads};
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};

/// Stack size in bytes of a thread that computes statistics and pictures.
const STACK: usize = 4 << 20;

/// Device, with the limits on what its engine uses.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSpec {
    pub device: Device,
    pub threads: usize,
}

/// Idle engines and the threads of one process.
struct ProcessEngines {
    process: u32,
    idle: Vec<(DeviceSpec, Box<dyn Engine>)>,
    pool: Option<Arc<rayon::ThreadPool>>,
}

static OPEN: Mutex<Option<ManuallyDrop<ProcessEngines>>> = Mutex::new(None);

/// Calls `f` with this process's engines.
fn with_open<T>(f: impl FnOnce(&mut ProcessEngines) -> T) -> T {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    // What a parent process opened is forgotten, not closed: its threads are not here to answer.
    if open.as_ref().is_none_or(|open| open.process != process) {
        *open = Some(ManuallyDrop::new(ProcessEngines { process, idle: Vec::new(), pool: None }));
    }
    f(open.as_mut().expect("set above"))
}

/// Calls `f` with an engine, on threads of this process.
///
/// # Errors
/// Those of opening the engine, and of `f`.
pub fn with_engine<T: Send>(spec: &DeviceSpec, f: impl FnOnce(&mut dyn Engine) -> Result<T> + Send) -> Result<T> {
    let found = with_open(|open| {
        let place = open.idle.iter().position(|(other, _)| other == spec);
        place.map(|place| open.idle.swap_remove(place).1)
    });
    let mut engine = match found {
        Some(engine) => engine,
        None => {
            let mut settings = EngineSettings::default();
            settings.cpu.threads = spec.threads;
            select(&spec.device, &settings)?.engine
        }
    };
    let done = on_pool(|| f(engine.as_mut()))?;
    // An engine that failed is not used again.
    if done.is_ok() {
        with_open(|open| open.idle.push((spec.clone(), engine)));
    }
    done
}

/// Calls `f` on threads of this process, which statistics and pictures share.
///
/// # Errors
/// [`Error::Device`] if the system starts no threads.
pub fn on_pool<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, Error> {
    let pool = with_open(|open| match &open.pool {
        Some(pool) => Ok(pool.clone()),
        None => {
            let pool = Arc::new(threads::pool("gpu_sweep", 0, STACK)?);
            open.pool = Some(pool.clone());
            Ok(pool)
        }
    })?;
    Ok(pool.install(f))
}
