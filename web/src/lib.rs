//! gpu-sweep's core for the page in the browser. Texts go in and out as JSON, numbers as typed arrays. Each worker of
//! the page has an instance of its own.
//!
//! A question is the fragment of a link, `lr=0.1,1&seeds=20`, and the bytes of a table if it names one.

mod closeup;
mod crowd;
mod form;
mod gpu_trainer;
mod map;
mod question;
mod trainer;

use gpu_sweep::Error;
use wasm_bindgen::prelude::*;

/// Reports a panic's message, which a browser would show as `unreachable executed`.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_str(&format!("this is a fault of the page: {panic}"))));
}

/// Converts an error to the exception that the page shows.
fn thrown(error: Error) -> JsError {
    JsError::new(&error.to_string())
}
