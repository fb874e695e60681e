//! Disks that are full or can't be written to.
#![cfg(unix)]

use crate::same_tables;
use crate::small::{Way, files, full, read_only, room, ways};
use crate::support::Place;
use std::path::{Path, PathBuf};

/// Ten chunks, and tables that are larger than each of them.
const LARGE: &str = "--device cpu --models 1000 --epochs 60 --chunk-models 100 --curves 400 --save-weights";
/// Pictures that are larger than everything else.
const SMALL: &str = "--device cpu --lr 0.1,0.2 --models 40 --epochs 5 --chunk-models 10 --curves 20 --save-weights";

/// What is written one after the other, `|` between things that are written together.
const ORDER: [&str; 8] = [
    ".lock",
    "inputs",
    "sweep.toml",
    "engine.json",
    "progress",
    "chunks",
    "models.|summary|distributions|variance|curves|loss_|weights",
    "representatives",
];

/// The place of a file in the order in which they are written; what is not listed comes later.
fn turn(file: &Path) -> usize {
    let text = file.to_string_lossy();
    let is = |names: &&str| names.split('|').any(|name| text.starts_with(name));
    // Pictures, the log, and the page that is made of both.
    let late = ["run.json", "report.html"].iter().position(|name| text == *name).map_or(0, |k| k + 1);
    ORDER.iter().position(is).unwrap_or(ORDER.len() + late)
}

/// Whether the file has the same bytes after every run: times and process ids are those of one run.
fn is_lasting(file: &Path) -> bool {
    !["run.json", "report.html", "progress.json", ".lock"].iter().any(|name| file.to_string_lossy().starts_with(name))
}

/// A study that nobody disturbs, and its files in the order in which they are written.
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

/// The study on a disk that has room for what is written before `until`, and for the first `more` of that: one clear line,
/// whole files alone, and all of it once there is room.
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
    let told = short.err.split(": cannot ").next().unwrap().rsplit("small/out/").next().unwrap();
    assert_eq!(turn(Path::new(told)), turn(Path::new(named)), "{what}: {}", short.err);
    let there = files(&place.path("full"));
    for file in there.iter().filter(|file| is_lasting(file)) {
        // A left-over of a file that is not done has no counterpart.
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

/// A limit on files knows no "the rest of the disk".
#[test]
fn a_disk_that_fills_up_between_files_of_a_kind() {
    let (large, small) = (Calm::run(LARGE), Calm::run(SMALL));
    for way in ways().into_iter().filter(|way| *way != Way::Limit) {
        runs_out(way, &small, "engine.json", 0);
        runs_out(way, &large, "chunks/", 7);
        // Beyond the models' tables, amid the arrays.
        runs_out(way, &large, "models.csv", 2);
        runs_out(way, &small, "pictures/", 5);
        runs_out(way, &small, "run.json", 0);
        runs_out(way, &small, "report.html", 0);
    }
}

#[test]
fn a_disk_that_is_full_of_inputs_alone_is_begun_again() {
    let rows = |n: usize| (0..n).map(|n| format!("{},{},{}\n", n % 7, n % 5, n % 2)).collect::<String>();
    // The copy has no room; or it has, and then the settings have none.
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
