//! `gpu-sweep map --zoom X,Y,FACTOR --zoom-movie N`: a zoom into a map, one study per frame.

use super::super::Exit;
use super::super::progress::Terminal;
use super::super::signals::Signals;
use super::super::verbosity::{Verbosity, bold, labelled};
use crate::cli::ExitCode;
use crate::run::summary_text::{percent, short};
use crate::run::{ZoomFrame, ZoomMovie, ZoomOutcome};
use serde_json::{Value, json};
use std::path::Path;

/// Trains and draws frame by frame, and prints a line for each.
pub fn run(output: Verbosity, zoom: &ZoomMovie) -> Result<ExitCode, Exit> {
    let terminal = Terminal { output, signals: Signals::listen()? };
    let mut each = |n: u32, frame: &ZoomFrame| {
        output.report("frame", &format!("{n} of {}: {}", zoom.frames, text(frame)));
    };
    match zoom.run(&crate::cli::typed_words(), &terminal, &mut each)? {
        ZoomOutcome::Whole { folder, movie, frames } => {
            output.gap();
            output.show(&summary(&folder, &frames))?;
            output.object(|| {
                json!({ "out": folder.display().to_string(), "movie": movie.display().to_string(),
                    "frames": frames.iter().map(object).collect::<Vec<_>>() })
            })?;
            Ok(ExitCode::SUCCESS)
        }
        ZoomOutcome::Stopped(frames) => {
            let again = "the same command goes on";
            output.report("stopped", &format!("{frames} of {} frames are there; {again}", zoom.frames));
            Ok(ExitCode::from(terminal.signals.stop().unwrap_or(1)))
        }
        ZoomOutcome::Failed { folder, failure } => {
            let failed = failure.map_or("nothing is known of why".into(), |failure| failure.to_string());
            Err(Exit::Partly(format!("{}: models are missing: {failed}", folder.display())))
        }
    }
}

/// Summary for the terminal.
fn summary(folder: &Path, frames: &[ZoomFrame]) -> String {
    let written = format!("  movie.png  {} frames\n  frame-0001/, ...  a map each\n", frames.len());
    let last = frames.last().map_or(String::new(), text);
    labelled("last", &last) + "\n\n" + &bold(&format!("in {}", folder.display())) + "\n" + &written
}

fn text(frame: &ZoomFrame) -> String {
    let dimension = frame.dimension.map_or("not known".into(), |dimension| format!("{dimension:.2}"));
    let (factor, converged) = (short(frame.factor), percent(Some(frame.converged), 1));
    format!("{factor} times smaller, {converged} converged, dimension {dimension}")
}

fn object(frame: &ZoomFrame) -> Value {
    json!({ "factor": frame.factor, "converged": frame.converged, "dimension": frame.dimension })
}
