//! Several devices training one study, some of which fail.

use crate::fake::{Fake, contents, finished, info, jobs, mappings, spec, sweep};
use gpu_sweep::engine::Engine;
use gpu_sweep::study::{ProgressObserver, Study, TrainingSummary};
use gpu_sweep::sweep::{Choices, Sweep};
use gpu_sweep::{Error, Result};
use std::path::Path;
use std::sync::{Arc, Barrier, Mutex};

/// Collects failure messages.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl ProgressObserver for Listener {
    fn trouble(&self, what: &str) {
        self.0.lock().unwrap().push(what.to_owned());
    }
}

/// Two cells of two chunks, with 8 and 7 models.
fn cells() -> Sweep {
    Sweep { activation: Choices::parse("--activation", "relu,tanh").unwrap(), ..sweep() }
}

fn open(folder: &Path) -> Study {
    let mut study = Study::open(folder, spec(cells()), false).unwrap();
    study.use_engine(&info(), &mappings(study.spec())).unwrap();
    study
}

/// Trains with one device per element of `breaks`, which says at which trials of a cell the device fails.
fn train(study: &Study, breaks: &[fn(u64) -> bool]) -> (Result<TrainingSummary>, Vec<String>) {
    let meeting = Some(Arc::new(Barrier::new(breaks.len())));
    let new = |breaks: &fn(u64) -> bool| -> Box<dyn Engine> {
        Box::new(Fake { breaks: *breaks, meeting: meeting.clone(), ..Fake::new(3) })
    };
    let (mut engines, listener) = (breaks.iter().map(new).collect::<Vec<_>>(), Listener::default());
    let ended = study.train(&mut engines, &jobs(study.spec()), &listener);
    (ended, listener.0.into_inner().unwrap())
}

#[test]
fn three_devices_leave_the_files_of_one() {
    let (three, one) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let study = open(three.path());
    let (ended, warnings) = train(&study, &[|_| false, |_| false, |_| false]);
    assert!(ended.unwrap().failures.is_empty() && warnings.is_empty() && study.missing().is_empty());
    study.write_tables().unwrap();
    finished(one.path(), cells(), 7);
    assert!(contents(three.path()) == contents(one.path()));
}

#[test]
fn what_fails_on_one_device_is_done_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path());
    let (ended, warnings) = train(&study, &[|_| true, |_| false]);
    assert!(ended.unwrap().failures.is_empty() && study.missing().is_empty(), "{warnings:?}");
    assert!(!warnings.is_empty(), "the broken device got nothing");
}

#[test]
fn a_chunk_that_fails_everywhere_is_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path());
    // They fail in the first chunk of each cell.
    let (ended, warnings) = train(&study, &[|i| i == 5, |i| i == 5]);
    let ended = ended.unwrap();
    assert_eq!((ended.untried, &ended.sound[..]), (0, &[true, true][..]));
    let failures: Vec<String> = ended.failures.iter().map(ToString::to_string).collect();
    assert_eq!(failures, ["chunk 0: broken at 5", "chunk 2: broken at 5"]);
    assert!(warnings.len() == 4 && warnings.iter().all(|line| line.contains("failed on none")), "{warnings:?}");
    assert_eq!(study.finished_models(), 14);
    let (ended, _) = train(&study, &[|_| false]);
    assert!(ended.unwrap().failures.is_empty() && study.missing().is_empty());
}

#[test]
fn a_device_that_always_fails_gets_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path());
    let (ended, warnings) = train(&study, &[|_| true]);
    let TrainingSummary { failures, untried, sound } = ended.unwrap();
    assert_eq!((failures.len(), failures[2].chunk, study.finished_models()), (3, 2, 0));
    assert_eq!((untried, sound), (1, vec![false]));
    assert!(warnings.len() == 4 && warnings[3].contains("3 chunks in a row failed on none"), "{warnings:?}");
}

#[test]
fn the_disks_error_ends_it_all() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path());
    std::fs::remove_dir(folder.path().join("chunks")).unwrap();
    let (ended, _) = train(&study, &[|_| false, |_| false]);
    assert!(matches!(ended, Err(Error::Io { .. })) && study.finished_models() == 0);
}
