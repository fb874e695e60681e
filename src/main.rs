//! Entry point of `gpu-sweep`.

use gpu_sweep::cli::{ExitCode, command_line};

fn main() -> ExitCode {
    command_line(std::env::args_os().collect())
}
