//! README.md's commands, one after the other in one empty folder, as a newcomer types them: each ends with exit code 0.

use std::path::Path;
use std::process::{Command, Stdio};

/// What makes a command small enough for a test: a command that begins so has `from` replaced by `to`; an empty `from`
/// appends. Commands that no row fits run as they stand.
#[rustfmt::skip]
const SMALLER: [(&str, &str, &str); 19] = [
    ("gpu-sweep --models 1000", "", "--epochs 200"),
    ("gpu-sweep replay", "", "--snapshots 8"),
    ("gpu-sweep landscape", "", "--grid 15 --paths 3 --snapshots 5"),
    ("gpu-sweep movie", "", "--frames 3"),
    ("gpu-sweep --config", "--epochs 300", "--epochs 30"),
    ("gpu-sweep --lr logspace:-4:0:30", "--seeds 50", "--seeds 3 --epochs 20"),
    ("gpu-sweep --data tests/", "--models 400", "--models 40 --epochs 20"),
    ("gpu-sweep --optimizer sgd,adam", "", "--seeds 2 --epochs 20"),
    ("gpu-sweep --data-seeds 20 --seeds 25", "--data-seeds 20 --seeds 25", "--data-seeds 3 --seeds 4 --epochs 20"),
    ("gpu-sweep --preset init-std", "", "--epochs 20 --seeds 2"),
    ("gpu-sweep study init", "", "--seeds 200 --epochs 20"),
    ("gpu-sweep lr-find", "", "--seeds 3"),
    ("gpu-sweep map", ":1024", ":12"),
    ("gpu-sweep map", ":256", ":12"),
    ("gpu-sweep map", "--pixels 512", "--pixels 12"),
    ("gpu-sweep map", "--zoom-movie 60 --pixels 128", "--zoom-movie 3 --pixels 12"),
    ("gpu-sweep map", "", "--epochs 30"),
    // A software adapter takes minutes; the suites of engines compare it with the reference engine.
    ("gpu-sweep verify", "--device gpu", "--device cpu"),
    ("gpu-sweep bench", "", "--only W --device cpu --seconds 3 --rounds 1"),
];

/// A map of presets' axes has 256 values unless something says otherwise.
const WITHOUT_PIXELS: [&str; 2] = ["gpu-sweep map", "gpu-sweep map --zoom 100,120,50"];

/// Commands that other checks run: this suite itself, and the clusters' (tests/slurm, tests/job_yaml.py).
const LEFT_OUT: [&str; 3] = ["bash tests/run", "sbatch ", "kubectl "];

/// All lines of the `sh` blocks of a page, without their comments.
fn commands(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in page.lines() {
        match line.trim_end() {
            "```sh" => inside = true,
            "```" => inside = false,
            text if inside => found.push(text.split(" #").next().unwrap_or_default().trim_end().to_owned()),
            _ => {}
        }
    }
    found.retain(|command| !command.is_empty());
    found
}

/// The command as it is run, and which rows of [`SMALLER`] made it so.
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

/// Runs a command by the shell, `gpu-sweep` being the program under test; returns its exit code and what it printed.
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

#[test]
fn every_command_of_the_readme_works_after_those_before_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("README.md")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let data = "tests/data/breast_cancer.csv";
    std::fs::create_dir_all(place.path().join("tests/data")).unwrap();
    std::fs::copy(root.join(data), place.path().join(data)).unwrap();
    let (mut ran, mut used) = (0, [false; SMALLER.len()]);
    for command in commands(&page) {
        if LEFT_OUT.iter().any(|start| command.starts_with(start)) {
            continue;
        }
        let (small, rows) = smaller(&command);
        assert!(small.starts_with("gpu-sweep"), "{command}: neither gpu-sweep nor in LEFT_OUT");
        rows.into_iter().for_each(|row| used[row] = true);
        let started = std::time::Instant::now();
        let (code, text) = run(&small, place.path());
        println!("{:6.1} s  {small}", started.elapsed().as_secs_f64());
        assert_eq!(code, Some(0), "{small}\n{text}");
        ran += 1;
    }
    assert!(ran >= 20, "only {ran} commands found");
    let stale: Vec<_> = SMALLER.iter().zip(used).filter(|(_, used)| !used).map(|(row, _)| row).collect();
    assert!(stale.is_empty(), "rows that no command needs: {stale:?}");
}

#[test]
fn commands_are_found_in_blocks_alone_and_without_comments() {
    let page = "gpu-sweep no\n```sh\ngpu-sweep a   # what\n\nb --x \"w1[0,0]\"\n```\nc\n```rust\nd\n```\n";
    assert_eq!(commands(page), ["gpu-sweep a", "b --x \"w1[0,0]\""]);
}
