//! Runs the commands of README.md and of the book in docs/, as a new user would: each page in order in its own empty
//! folder, and each command must exit with code 0. Also checks links, pictures, the table of contents and the README's
//! length.

use gpu_sweep::plot::PictureKind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Replacements that shrink commands for the test: in a command that starts with the first string, the second is
/// replaced by the third; an empty second string appends the third. Other commands run unchanged.
#[rustfmt::skip]
const SMALLER: [(&str, &str, &str); 28] = [
    // The output shown is the CPU engine's.
    ("gpu-sweep --models 1000", "", CPU),
    ("gpu-sweep --models 1000000", "--models 1000000", "--models 1000 --epochs 20"),
    ("gpu-sweep --device cpu", "--models 100000", "--models 400 --epochs 20"),
    ("gpu-sweep --models 400", "", "--epochs 200"),
    ("gpu-sweep --models 2000", "", "--epochs 20"),
    ("gpu-sweep replay --model 7", "", "--snapshots 8"),
    ("gpu-sweep landscape", "", "--grid 15 --paths 3 --snapshots 5"),
    ("gpu-sweep movie", "", "--frames 3"),
    ("gpu-sweep --config", "--epochs 300", "--epochs 30"),
    ("gpu-sweep --lr logspace:-4:0:30", "--seeds 50", "--seeds 3 --epochs 20"),
    ("gpu-sweep --lr linspace:0.001:0.1:40 --seeds 50", "--epochs 500", "--epochs 20"),
    ("gpu-sweep --data mine.csv", "--models 400", "--models 40 --epochs 20"),
    ("gpu-sweep --data examples/", "--models 400", "--models 40 --epochs 20"),
    ("gpu-sweep --data examples/", "--models 200", "--models 40 --epochs 20"),
    ("gpu-sweep --optimizer sgd,adam", "", "--seeds 2 --epochs 20"),
    ("gpu-sweep --dataset moons --hidden 8", "", "--epochs 20"),
    ("gpu-sweep --dataset moons --hidden 16", "", "--seeds 2 --epochs 20"),
    ("gpu-sweep --data-seeds 20 --seeds 25", "--data-seeds 20 --seeds 25", "--data-seeds 3 --seeds 4 --epochs 20"),
    ("gpu-sweep --preset", "", "--epochs 20 --seeds 2"),
    ("gpu-sweep study init", "", "--seeds 200 --epochs 20"),
    ("gpu-sweep study init", "--seeds 1000000 ", ""),
    ("gpu-sweep map", ":1024", ":12"),
    ("gpu-sweep map", ":256", ":12"),
    ("gpu-sweep map", "--pixels 512", "--pixels 12"),
    ("gpu-sweep map", "--zoom-movie 60 --pixels 128", "--zoom-movie 3 --pixels 12"),
    ("gpu-sweep map", "", "--epochs 30"),
    // A software adapter takes minutes; the engine suites compare it with the reference engine.
    ("gpu-sweep verify", "--device gpu", "--device cpu"),
    ("gpu-sweep bench", "", "--only W --device cpu --seconds 3 --rounds 1"),
];

/// A replacement that does not change the output that a page shows.
const CPU: &str = "--device cpu";

/// Maps without `--pixels`, whose preset axes have 256 values.
const WITHOUT_PIXELS: [&str; 2] = ["gpu-sweep map", "gpu-sweep map --zoom 100,120,50"];

/// Commands covered by other checks: this test suite itself, the cluster tests (tests/slurm, tests/job_yaml.py),
/// examples and documentation, which tests/run builds.
const LEFT_OUT: [&str; 5] = ["bash tests/run", "sbatch ", "kubectl ", "cargo run --release --example ", "cargo doc "];

/// Files of the repository that commands read.
const INPUTS: [&str; 1] = ["examples/breast_cancer.csv"];

const WORKERS: usize = 3;

const LONGEST_README: usize = 150;

/// A command of a page, and a line of its output that the page shows.
#[derive(Debug, PartialEq)]
struct Shown {
    command: String,
    numbers: Option<String>,
}

/// All command lines in the page's `sh` blocks, without comments. The last one of a block has the first line that
/// starts with a digit in the `text` block after it, if there is one.
fn commands(page: &str) -> Vec<Shown> {
    let (mut block, mut previous) = ("", "");
    let mut found: Vec<Shown> = Vec::new();
    for line in page.lines() {
        match (line.trim_end(), block) {
            ("```", _) => (block, previous) = ("", block),
            (fence, "") if fence.starts_with("```") => block = &fence[3..],
            (text, "sh") => {
                let command = text.split(" #").next().unwrap_or_default().trim_end().to_owned();
                if !command.is_empty() {
                    found.push(Shown { command, numbers: None });
                }
            }
            (text, "text") if previous == "sh" && text.trim_start().starts_with(|c: char| c.is_ascii_digit()) => {
                let last = found.last_mut().expect("a block of commands has a command");
                last.numbers.get_or_insert_with(|| spaced(text));
            }
            // Prose may stand between a block of commands and its output.
            _ => {}
        }
    }
    found
}

/// The words of a line, with single spaces between them.
fn spaced(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The command as run here, and the indices of the [`SMALLER`] rows applied.
fn smaller(command: &str) -> (String, Vec<usize>) {
    let mut small = command.replacen("cargo run --release -- ", "gpu-sweep ", 1);
    let mut used = Vec::new();
    if WITHOUT_PIXELS.contains(&small.as_str()) {
        small += " --pixels 12";
    }
    for (row, (start, from, to)) in SMALLER.iter().enumerate() {
        if small.starts_with(start) && (from.is_empty() || small.contains(from)) {
            small = if from.is_empty() { format!("{small} {to}") } else { small.replace(from, to) };
            used.push(row);
        }
    }
    (small, used)
}

/// Runs a command in a shell where `gpu-sweep` is the program under test; returns its exit code and output.
fn run(command: &str, folder: &Path) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_gpu-sweep")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("PATH", paths).env("XDG_CACHE_HOME", folder.join("cache"));
    let output = shell.current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code(), text)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|e| panic!("{}: {e}", page.display()))
}

/// The book's pages, docs/**/*.md, as paths from the repository root.
fn book() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join("docs")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// What the commands of some pages came to.
#[derive(Default)]
struct Totals {
    ran: usize,
    rows: BTreeSet<usize>,
    /// Pages of which a line of numbers was compared.
    compared: BTreeSet<PathBuf>,
    failed: Vec<String>,
}

/// Runs the commands of a page in an empty folder, up to the first that fails.
fn try_page(page: &Path) -> Totals {
    let mut totals = Totals::default();
    let place = tempfile::tempdir().unwrap();
    for input in INPUTS {
        let copy = place.path().join(input);
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(root().join(input), copy).unwrap();
    }
    for Shown { command, numbers } in commands(&read(page)) {
        if LEFT_OUT.iter().any(|start| format!("{command} ").starts_with(start)) {
            continue;
        }
        let (small, rows) = smaller(&command);
        if !small.starts_with("gpu-sweep") && !small.starts_with("printf ") {
            totals.failed.push(format!("{}: {command}: neither gpu-sweep nor in LEFT_OUT", page.display()));
            break;
        }
        let started = Instant::now();
        let (code, text) = run(&small, place.path());
        println!("{:6.1} s  {}: {small}", started.elapsed().as_secs_f64(), page.display());
        if code != Some(0) {
            totals.failed.push(format!("{}: {small}: exit code {code:?}\n{text}", page.display()));
            break;
        }
        let as_shown = rows.iter().all(|row| SMALLER[*row].2 == CPU);
        if let Some(numbers) = numbers.filter(|_| as_shown) {
            if text.lines().any(|line| spaced(line) == numbers) {
                totals.compared.insert(page.to_owned());
            } else {
                totals.failed.push(format!("{}: {small} does not print {numbers:?}:\n{text}", page.display()));
            }
        }
        totals.ran += 1;
        totals.rows.extend(rows);
    }
    totals
}

#[test]
fn every_command_of_the_readme_and_the_book_works_after_those_before_it() {
    let pages: Vec<PathBuf> = std::iter::once(PathBuf::from("README.md")).chain(book()).collect();
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Totals::default()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let totals = try_page(page);
                    let mut all = all.lock().unwrap();
                    all.ran += totals.ran;
                    all.rows.extend(totals.rows);
                    all.compared.extend(totals.compared);
                    all.failed.extend(totals.failed);
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    assert!(all.failed.is_empty(), "{}", all.failed.join("\n\n"));
    assert!(all.ran >= 50, "only {} commands found", all.ran);
    for page in ["README.md", "docs/tutorial/train.md", "docs/tutorial/seeds.md"] {
        assert!(all.compared.contains(Path::new(page)), "no line of numbers of {page} was compared");
    }
    let stale: Vec<_> = (0..SMALLER.len()).filter(|row| !all.rows.contains(row)).map(|row| SMALLER[row]).collect();
    assert!(stale.is_empty(), "rows that no command needs: {stale:?}");
}

#[test]
fn commands_are_found_in_blocks_alone_and_without_comments() {
    let page = "gpu-sweep no\n```sh\ngpu-sweep a   # what\n\nb --x \"w1[0,0]\"\n```\nc\n```rust\nd\n```\n```text\n1 no\n```\n\
        ```sh\ne\nf\n```\n\n```text\n lr  accuracy\n  0.1   50 %\n 1 2\n```\n";
    let shown = |command: &str, numbers: Option<&str>| Shown {
        command: command.to_owned(),
        numbers: numbers.map(str::to_owned),
    };
    let expected =
        [shown("gpu-sweep a", None), shown("b --x \"w1[0,0]\"", None), shown("e", None), shown("f", Some("0.1 50 %"))];
    assert_eq!(commands(page), expected);
}

#[test]
fn the_readme_is_short() {
    let lines = read(Path::new("README.md")).lines().count();
    assert!(lines <= LONGEST_README, "README.md has {lines} lines, more than {LONGEST_README}");
}

/// Targets of a page's links and pictures, without those in code.
fn targets(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            // Every second piece between backticks is code; a link's text may hold code, its target may not.
            let text: String = line.split('`').step_by(2).collect();
            let parts = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            found.extend(parts.map(|(target, _)| target.to_owned()));
        }
    }
    found
}

/// The files that a page's relative links point to, as paths from the repository root.
fn linked_files(page: &Path) -> Vec<PathBuf> {
    let targets = targets(&read(page));
    let relative = targets.iter().filter(|target| !target.contains("://") && !target.starts_with('#'));
    let folder = page.parent().unwrap_or(Path::new(""));
    relative.map(|target| folder.join(target.split('#').next().unwrap_or_default())).collect()
}

#[test]
fn links_are_found_outside_of_code() {
    let page = "[a](b.md) and ![c `d`](e.png)\n```text\n[f](g.md)\n```\n`[h](i)` [`j`](k.md#l)\n";
    assert_eq!(targets(page), ["b.md", "e.png", "k.md#l"]);
}

#[test]
fn every_relative_link_and_picture_exists() {
    let pages: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].map(PathBuf::from).into_iter().chain(book()).collect();
    let links = pages.iter().flat_map(|page| linked_files(page).into_iter().map(move |file| (page, file)));
    let links: Vec<(&PathBuf, PathBuf)> = links.collect();
    assert!(links.len() >= 150, "only {} links found", links.len());
    let dead: Vec<_> = links.iter().filter(|(_, file)| !root().join(file).exists()).collect();
    assert!(dead.is_empty(), "links to nothing: {dead:?}");
}

#[test]
fn every_page_is_in_the_table_of_contents_and_every_picture_in_the_gallery() {
    let summary = Path::new("docs/SUMMARY.md");
    let listed: BTreeSet<PathBuf> = linked_files(summary).into_iter().collect();
    let pages: BTreeSet<PathBuf> = book().into_iter().filter(|page| page != summary).collect();
    assert_eq!(listed, pages, "docs/SUMMARY.md lists the left ones, docs/ has the right ones");
    let gallery: BTreeSet<PathBuf> = linked_files(Path::new("docs/pictures.md")).into_iter().collect();
    let pictures = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pictures: Vec<PathBuf> = pictures.filter(|path| path.extension().is_some_and(|end| end == "png")).collect();
    assert!(!pictures.is_empty());
    let absent = |path: &&PathBuf| !gallery.contains(path.strip_prefix(root()).unwrap());
    let absent: Vec<&PathBuf> = pictures.iter().filter(absent).collect();
    assert!(absent.is_empty(), "not in docs/pictures.md: {absent:?}");
}

#[test]
fn the_reference_has_a_row_for_each_picture_of_a_study() {
    let page = read(Path::new("docs/reference/pictures.md"));
    let table = page.split("## ").next().unwrap_or_default();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let names = PictureKind::OF_STUDY.iter().map(|kind| kind.name());
    assert_eq!(rows.collect::<Vec<_>>(), names.collect::<Vec<_>>());
}
