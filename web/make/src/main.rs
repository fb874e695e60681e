//! Builds the page into `dist`, and serves it on this machine.

mod join;
mod parts;
mod serve;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match &words[..] {
        ["build", options @ ..] => build(options),
        ["serve"] => serve::serve(&web().join("dist"), 8000),
        ["serve", port] => match port.parse() {
            Ok(port) => serve::serve(&web().join("dist"), port),
            Err(_) => Err(format!("{port} must be the number of a port")),
        },
        _ => Err("must be build [--try] [-- CARGO_ARGS] or serve [PORT]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("web: {message}");
            ExitCode::from(2)
        }
    }
}

/// The folder `web`.
fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compiles the core and puts the page together.
fn build(options: &[&str]) -> Result<(), String> {
    let (own, cargo) = match options.iter().position(|option| *option == "--") {
        Some(at) => (&options[..at], &options[at + 1..]),
        None => (options, &[][..]),
    };
    let profile = match own {
        [] => "release",
        ["--try"] => "try",
        _ => return Err(format!("{} must be --try, or stand after --", own.join(" "))),
    };
    let (web, target) = (web(), web().join("target"));
    let mut command = Command::new("cargo");
    command.current_dir(&web).args(["build", "-p", "gpu-sweep-web", "--profile", profile, "--target", TARGET]);
    command.args(cargo).arg("--target-dir").arg(&target).env("RUSTFLAGS", "-C target-feature=+simd128");
    let built = command.status().map_err(|error| format!("cargo can't be started: {error}"))?;
    if !built.success() {
        return Err(format!("the core was not built; rustup target add {TARGET} gets what it takes"));
    }
    let core = target.join(TARGET).join(profile).join("gpu_sweep_web.wasm");
    parts::put_together(&web.join("page"), &core, &web.join("dist"))
}

const TARGET: &str = "wasm32-unknown-unknown";

/// Reads a file.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
