//! Full and read-only disks.
#![cfg(unix)]

use crate::same_tables;
use crate::small_disk::{Way, files, full, read_only, room, ways};
use crate::support::Place;
use std::path::{Path, PathBuf};

/// Ten chunks, and tables larger than any chunk.
const LARGE: &str = "--device cpu --models 1000 --epochs 60 --chunk-models 100 --curves 400 --save-weights";
/// Pictures larger than everything else.
const SMALL: &str = "--device cpu --lr 0.1,0.2 --models 40 --epochs 5 --chunk-models 10 --curves 20 --save-weights";

/// Files in the order in which they are written; `|` separates files that are written together.
const ORDER: [&str; 9] = [
    ".lock",
    "inputs",
    "sweep.toml",
    "engine.json",
    "progress",
    "chunks",
    "models.|summary|distributions|variance|curves|loss_|weights",
    "preprocessing",
    "representatives",
];

/// Position of a file in the writing order; unlisted files come later.
fn turn(file: &Path) -> usize {
    let text = file.to_string_lossy();
    let is = |names: &&str| names.split('|').any(|name| text.starts_with(name));
    // Pictures first, then run.json, then the report.
    let late = ["run.json", "report.html"].iter().position(|name| text == *name).map_or(0, |k| k + 1);
    ORDER.iter().position(is).unwrap_or(ORDER.len() + late)
}

/// Whether the file has the same bytes after every run; the others contain times and process ids.
fn is_lasting(file: &Path) -> bool {
    !["run.json", "report.html", "progress.json", ".lock"].iter().any(|name| file.to_string_lossy().starts_with(name))
}

/// An undisturbed study, and its files in the order in which they are written.
struct Calm {
    words: String,
    place: Place,
    order: Vec<PathBuf>,
}

impl Calm {
    fn run(words: &str) -> Self {
        let place = Place::new();
        place.run(&format!("{words} --quiet --out calm")).ok();
        let mut order = files(&place.path("calm"));
        order.sort_by_key(|file| turn(file));
        Self { words: words.into(), place, order }
    }

    fn folder(&self) -> PathBuf {
        self.place.path("calm")
    }
}

/// Runs the study on a disk with room for all files before `until` and the first `more` files from there. It must fail
/// with one clear line and leave only complete files; once there is room, it must finish.
fn runs_out(way: Way, study: &Calm, until: &str, more: usize) {
    let (place, calm, order) = (Place::new(), study.folder(), &study.order);
    let first = order.iter().position(|file| file.to_string_lossy().starts_with(until)).unwrap();
    let first = order.iter().position(|file| turn(file) == turn(&order[first])).unwrap();
    let before: Vec<PathBuf> = order[..first + more].iter().map(|file| calm.join(file)).collect();
    let [short, roomy] = full(&place, way, &study.words, room(way, &before));
    let what = format!("{way:?}, {until}");
    let reason = if way == Way::Limit { "File too large" } else { "No space left on device" };
    assert_eq!(short.err.lines().count(), 1, "{what}: {short:?}");
    let named = until.split('/').next().unwrap();
    let short = short.stops(1, &["error: small/out/"]);
    let acts = ["write", "create", "lock"].map(|act| format!(": cannot {act}: {reason} (os error "));
    assert!(acts.iter().any(|act| short.err.contains(act)), "{what}: {}", short.err);
    let reported = short.err.split(": cannot ").next().unwrap().rsplit("small/out/").next().unwrap();
    assert_eq!(turn(Path::new(reported)), turn(Path::new(named)), "{what}: {}", short.err);
    let there = files(&place.path("full"));
    for file in there.iter().filter(|file| is_lasting(file)) {
        // A temporary file has no counterpart in the finished study.
        let [ours, whole] = [place.path("full"), calm.clone()].map(|folder| std::fs::read(folder.join(file)).ok());
        assert!(ours.is_some() && ours == whole, "{what}: {} is no whole file of the study", file.display());
    }
    assert!(there.iter().all(|file| turn(file) <= turn(Path::new(named))), "{what}: {there:?}");
    roomy.ok();
    same_tables(&calm, &place.path("whole"));
    let lasting = |folder: &Path| files(folder).into_iter().filter(|file| is_lasting(file)).collect::<Vec<_>>();
    assert_eq!(lasting(&place.path("whole")), lasting(&calm), "{what}");
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost_once_there_is_room() {
    let (large, small) = (Calm::run(LARGE), Calm::run(SMALL));
    for way in ways() {
        runs_out(way, &large, "sweep.toml", 0);
        runs_out(way, &large, "chunks/", 0);
        runs_out(way, &large, "models.csv", 0);
        runs_out(way, &small, "pictures/", 0);
    }
}

/// These cases fill the disk as a whole, which a limit per file cannot do.
#[test]
fn a_disk_that_fills_up_between_files_of_a_kind() {
    let (large, small) = (Calm::run(LARGE), Calm::run(SMALL));
    for way in ways().into_iter().filter(|way| *way != Way::Limit) {
        runs_out(way, &small, "engine.json", 0);
        runs_out(way, &large, "chunks/", 7);
        // After the models' tables, among the arrays.
        runs_out(way, &large, "models.csv", 2);
        runs_out(way, &small, "pictures/", 5);
        runs_out(way, &small, "run.json", 0);
        runs_out(way, &small, "report.html", 0);
    }
}

#[test]
fn a_disk_that_is_full_of_inputs_alone_is_begun_again() {
    let rows = |n: usize| (0..n).map(|n| format!("{},{},{}\n", n % 7, n % 5, n % 2)).collect::<String>();
    // Either the copy of the data does not fit, or it does and the settings do not.
    for (n, until) in [(2000, "inputs"), (30, "sweep.toml")] {
        let data = Place::new();
        data.write("t.csv", format!("a,b,label\n{}", rows(n)));
        let study = Calm::run(&format!("{SMALL} --data {}", data.path("t.csv").display()));
        ways().into_iter().for_each(|way| runs_out(way, &study, until, 0));
    }
}

#[test]
fn a_disk_that_cannot_be_written_to_is_told() {
    for way in ways().into_iter().filter(|way| *way != Way::Limit) {
        let (place, calm) = (Place::new(), Calm::run(SMALL));
        let [half, new, again] = read_only(&place, way, SMALL);
        for (run, path) in [(half, "small/out"), (new, "small/new")] {
            assert_eq!(run.err.lines().count(), 1, "{run:?}");
            run.stops(1, &[path, "cannot ", "Read-only file system"]);
        }
        again.ok();
        same_tables(&calm.folder(), &place.path("whole"));
    }
}
