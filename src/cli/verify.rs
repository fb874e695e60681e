//! `gpu-sweep verify`: checks a device against reference calculations.

use super::Exit;
use super::args::DeviceArgs;
use super::verbosity::{Verbosity, bold};
use crate::analysis::verify::{Check, verify};
use crate::cli::ExitCode;
use serde_json::json;
use std::fmt::Write;

/// Flags of `verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    device: DeviceArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the checks; exit code 1 if one fails.
pub fn run(args: VerifyArgs) -> Result<ExitCode, Exit> {
    let output = Verbosity { quiet: false, json: args.json };
    let mut selected = args.device.select()?;
    output.report("device", &selected.reason);
    let checks = verify(selected.engine.as_mut(), args.device.mapping)?;
    let failed = checks.iter().filter(|check| check.passed == Some(false)).count();
    output.show(&table(&checks, failed))?;
    output.object(|| {
        let rows: Vec<_> = checks.iter().map(row).collect();
        json!({ "engine": selected.engine.info(), "passed": failed == 0, "checks": rows })
    })?;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// A row per check, and the overall result.
fn table(checks: &[Check], failed: usize) -> String {
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut text = format!("{}\n", bold(&format!("{:width$}  largest error  allowed", "check")));
    for Check { name, error, tolerance, passed, why } in checks {
        let (error, tolerance) = (number(*error), number(*tolerance));
        let verdict = match passed {
            Some(true) => "pass".to_owned(),
            Some(false) => bold("FAIL"),
            None => "left out".to_owned(),
        };
        let _ = writeln!(text, "{name:width$}  {error:>13}  {tolerance:>7}  {verdict}  {why}");
    }
    let all = checks.iter().filter(|check| check.passed.is_some()).count();
    let left_out = match checks.len() - all {
        0 => String::new(),
        n => format!(", {n} left out"),
    };
    let whole = match failed {
        0 => format!("all {all} checks passed{left_out}"),
        _ => format!("{failed} of {all} checks FAILED{left_out}"),
    };
    text + "\n" + &bold(&whole) + "\n"
}

/// `0`, or two digits and a power of ten.
fn number(x: f64) -> String {
    if x == 0.0 { "0".to_owned() } else { format!("{x:.1e}") }
}

/// A check as JSON; an error that is not finite is null.
fn row(check: &Check) -> serde_json::Value {
    let Check { name, error, tolerance, passed, why } = check;
    json!({ "check": name, "error": error, "tolerance": tolerance, "pass": passed, "why": why })
}
