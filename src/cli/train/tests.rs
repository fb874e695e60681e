//! Runs whose device fails.

use super::super::Cli;
use super::*;
use crate::cli::ExitCode;
use crate::cli::verbosity::report;
use crate::engine::reference::ReferenceEngine;
use crate::engine::{CustomEngine, Job, Sink};
use clap::Parser;
use std::ops::Range;

/// Runs a study of five chunks, of which those that start below trial `below` fail.
fn ended(below: u64) -> (Result<ExitCode, Exit>, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let words = "gpu-sweep --models 50 --epochs 2 --chunk-models 10 --quiet --out".split(' ');
    let args = Cli::try_parse_from(words.chain([folder.path().to_str().unwrap()])).unwrap().train;
    let options = args.run_options(settings_source::apply_flags(base(&args).unwrap(), &args).unwrap()).unwrap();
    let inputs = Inputs::load(&options.sweep).unwrap();
    let train = move |engine: &mut ReferenceEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink| {
        let fails = range.start < below && !range.is_empty();
        if fails { Err(Error::Device("it burns".into())) } else { engine.train(job, range, sink) }
    };
    let engine = CustomEngine::training(ReferenceEngine::default(), train);
    let mut session = Session::open(&options, &inputs, vec![Box::new(engine)], PhaseClock::start()).unwrap();
    let terminal = Terminal { output: Verbosity { quiet: true, json: false }, signals: Signals::listen().unwrap() };
    let ended = complete(&mut session, &terminal, RunRecord::begin(Vec::new()), MAIN);
    let run = std::fs::read_to_string(folder.path().join("run.json")).unwrap();
    (ended, serde_json::from_str(&run).unwrap())
}

#[test]
fn some_failed_chunks_are_exit_code_three_and_all_or_a_device_less_are_one() {
    let (some, run) = ended(20);
    let some = some.unwrap_err();
    assert_eq!(some.to_string(), "2 of 5 chunks failed, the last one so: it burns");
    assert_eq!((some.exit_code(), run["failed"].as_array().unwrap().len()), (3, 2), "{run}");
    assert_eq!(run["failed"][1], "chunk 1: it burns");
    let (all, run) = ended(50);
    let all = all.unwrap_err();
    assert_eq!((all.to_string().as_str(), all.exit_code(), &run["trained"]), ("it burns", 1, &0.into()));
    assert_eq!(format!("{:?}", report(some)), format!("{:?}", ExitCode::from(3)));
    // After three failures in a row, no device is left for the other two chunks; if any had been trained, the message
    // would say so.
    assert_eq!(run["failed"].as_array().unwrap().len(), 3);
}
