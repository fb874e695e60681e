//! Folders and files without read or write permission.
#![cfg(unix)]

use crate::same_tables;
use crate::support::{Place, Run};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

const STUDY: &str =
    "--device cpu --lr 0.1,0.2 --models 40 --epochs 5 --chunk-models 10 --curves 20 --save-weights --quiet";

/// User who is subject to permissions: root drops its rights, and runs a copy of the program, whose original may be out
/// of the user's reach.
struct User {
    place: Place,
    program: std::path::PathBuf,
    is_root: bool,
}

impl User {
    fn new() -> Self {
        let place = Place::new();
        let is_root = std::fs::metadata(place.path("")).unwrap().uid() == 0;
        let mut program = env!("CARGO_BIN_EXE_gpu-sweep").into();
        if is_root {
            allow(&place.path(""), 0o777);
            std::fs::copy(&program, place.path("program")).unwrap();
            program = place.path("program");
        }
        Self { place, program, is_root }
    }

    fn run(&self, words: &str) -> Run {
        let mut command = Command::new(&self.program);
        command.args(words.split_whitespace()).current_dir(self.place.path("")).stdin(Stdio::null());
        if self.is_root {
            // `nobody` on most systems; any id but 0 works.
            command.uid(65534).gid(65534);
        }
        let output = command.env("XDG_CACHE_HOME", self.place.path("cache")).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn allow(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_without_permission_is_told_and_gone_on_with_when_there_is_one() {
    let user = User::new();
    let path = |name: &str| user.place.path(name);
    user.run(&format!("{STUDY} --out calm")).ok();
    user.run(&format!("{STUDY} --out out --shard 0/2")).ok();
    std::fs::create_dir(path("theirs")).unwrap();
    allow(&path("theirs"), 0o555);
    user.run(&format!("{STUDY} --out theirs")).stops(1, &["theirs/.lock: cannot ", "Permission denied"]);
    user.run(&format!("{STUDY} --out theirs/new")).stops(1, &["theirs/new: cannot create: Permission denied"]);
    allow(&path("theirs"), 0o000);
    user.run(&format!("{STUDY} --out theirs/new")).stops(1, &["theirs/new: cannot ", "Permission denied"]);
    // Chunk folders that are read-only or inaccessible: a new chunk cannot be saved.
    for mode in [0o555, 0o000] {
        allow(&path("out/chunks"), mode);
        user.run(&format!("{STUDY} --out out")).stops(1, &["out/chunks/", "Permission denied"]);
        allow(&path("out/chunks"), 0o755);
    }
    assert!(!path("out/models.csv").exists() && !path("out/models.parquet").exists());
    user.run(&format!("{STUDY} --out out")).ok();
    same_tables(&path("calm"), &path("out"));
    allow(&path("theirs"), 0o755);
}

/// Another user's read-only study: results go to a folder of one's own.
#[test]
fn a_study_that_can_only_be_read_is_asked_with_results_elsewhere() {
    let user = User::new();
    let path = |name: &str| user.place.path(name);
    user.run(&format!("{STUDY} --out theirs")).ok();
    allow(&path("theirs"), 0o555);
    ["theirs/.lock", "theirs/.lock-setup"].into_iter().for_each(|lock| allow(&path(lock), 0o444));
    let refused = user.run("replay theirs --model 3 --snapshots 3");
    refused.stops(2, &["theirs: replay-3 can't be written there", "Permission denied", "--out DIR"]);
    user.run("boundary theirs").stops(2, &["boundary can't be written there", "--out DIR"]);
    user.run("replay theirs --model 3 --snapshots 3 --out mine").ok();
    assert!(path("mine/replay.json").is_file());
    user.run("seeds-needed theirs --between 0.1,0.2").ok();
    allow(&path("theirs"), 0o755);
}

#[test]
fn a_chunk_that_cannot_be_read_is_said_and_trained_again() {
    let user = User::new();
    let path = |name: &str| user.place.path(name);
    user.run(&format!("{STUDY} --out calm")).ok();
    user.run(&format!("{STUDY} --out out")).ok();
    allow(&path("out/chunks/000002.chunk"), 0o000);
    let loud = STUDY.replace(" --quiet", "");
    let run = user.run(&format!("{loud} --out out")).ok();
    let warnings: Vec<&str> = run.err.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warnings.len(), 1, "{}", run.err);
    for part in ["out/chunks/000002.chunk: damaged: can't be opened: Permission denied", "trained again"] {
        assert!(warnings[0].contains(part), "{warnings:?}");
    }
    same_tables(&path("calm"), &path("out"));
}

#[test]
fn a_table_without_permission_is_told() {
    let user = User::new();
    user.place.write("t.csv", "a,b,y\n1,2,0\n3,4,1\n");
    allow(&user.place.path("t.csv"), 0o000);
    user.run(&format!("{STUDY} --data t.csv")).stops(2, &["t.csv: can't be opened: Permission denied"]);
}
