//! Links out of a results folder, and settings that name files elsewhere: such a file may be read, since the settings
//! of large data sets refer to it, but nothing outside is written or removed.
#![cfg(unix)]

use crate::support::{Place, SMALL, names};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

/// A finished study in `study`, and a folder `outside` with a file.
fn place() -> Place {
    let place = Place::new();
    place.run(&format!("{SMALL} --quiet --out study")).ok();
    fs::create_dir(place.path("outside")).unwrap();
    place.write("outside/precious", "mine");
    place
}

/// Asserts that the folder `outside` is unchanged.
#[track_caller]
fn untouched(place: &Place) {
    assert_eq!(names(&place.path("outside")), ["precious"]);
    assert_eq!(place.read("outside/precious"), "mine");
}

#[test]
fn nothing_is_written_through_a_link_in_the_place_of_a_folder() {
    for inner in ["chunks", "pictures", "inputs", "inputs/data"] {
        let place = place();
        let link = place.path("study").join(inner);
        if link.exists() {
            fs::remove_dir_all(&link).unwrap();
        }
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(place.path("outside"), &link).unwrap();
        let words = [&format!("{inner} is a link")[..], "nothing is written through it"];
        place.run("resume study").stops(2, &words);
        place.run("merge study --out study").stops(2, &words);
        place.run(&format!("{SMALL} --out study --force")).stops(2, &["a link"]);
        untouched(&place);
    }
}

#[test]
fn nothing_is_written_through_a_link_in_the_place_of_a_file() {
    let place = place();
    let files =
        ["models.csv", "summary.csv", "run.json", ".models.csv.tmp", ".run.json.tmp", "chunks/.000000.chunk.tmp"];
    let pictures = ["accuracy.png", ".accuracy.png.tmp", ".accuracy.svg.tmp"].map(|name| format!("pictures/{name}"));
    for file in files.map(str::to_owned).into_iter().chain(pictures).chain(["chunks/000000.chunk".to_owned()]) {
        let link = place.path("study").join(&file);
        let _ = fs::remove_file(&link);
        symlink(place.path("outside/precious"), &link).unwrap();
        place.run("resume study --quiet").ok();
        untouched(&place);
    }
}

#[test]
fn a_lock_that_is_a_link_is_refused() {
    for lock in [".lock", ".lock-setup"] {
        let place = place();
        fs::remove_file(place.path("study").join(lock)).unwrap();
        symlink(place.path("outside/precious"), place.path("study").join(lock)).unwrap();
        place.run("resume study").stops(2, &[&format!("{lock} is a link")]);
        untouched(&place);
    }
}

#[test]
fn a_file_elsewhere_may_be_named_but_its_contents_are_not_told() {
    let place = place();
    place.write("outside/passwd", "root:x:0:0:root,label\nfirst,0\nsecond:line:with:secrets,1\n");
    let settings = place.read("study/sweep.toml");
    let outside = place.path("outside/passwd").display().to_string();
    for path in ["../outside/passwd", "chunks/../../outside/passwd", &outside] {
        place.write("study/sweep.toml", format!("data = {path:?}\n{settings}"));
        let run = place.run("resume study").stops(2, &["contains a different study"]);
        assert!(!run.err.contains("second") && !run.err.contains("root:x"), "{run:?}");
        place
            .run("merge study --out merged")
            .stops(2, &["has other settings or files than its models were trained with"]);
        assert!(!place.path("merged").exists());
    }
    fs::remove_file(place.path("outside/passwd")).unwrap();
    untouched(&place);
}

#[test]
fn a_pipe_or_a_device_is_no_file() {
    let place = place();
    let made = Command::new("mkfifo").arg(place.path("study/pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    let settings = place.read("study/sweep.toml");
    for path in ["pipe", "/dev/zero"] {
        for name in ["data", "trials", "init-from"] {
            place.write("study/sweep.toml", format!("{name} = {path:?}\n{settings}"));
            place.run("resume study").stops(2, &["not a pipe or a device"]);
        }
    }
    fs::remove_file(place.path("study/sweep.toml")).unwrap();
    fs::rename(place.path("study/pipe"), place.path("study/sweep.toml")).unwrap();
    place.run("resume study").stops(2, &["sweep.toml: must be ", "not a pipe or a device"]);
}

#[test]
fn what_a_file_is_called_moves_no_cursor() {
    let place = place();
    let settings = place.read("study/sweep.toml");
    place.write("study/sweep.toml", format!("data = \"\\u001b]0;title\\u0007.csv\"\n{settings}"));
    let run = place.run("resume study").stops(2, &["\\u{1b}]0;title\\u{7}.csv"]);
    assert!(!run.err.contains('\x1b'), "{run:?}");
}
