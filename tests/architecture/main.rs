//! Architecture rules checked by machine: allowed imports, allowed printing, maximum file length.

mod imports;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer: a file may use modules of lower layers and its own. `error` is below all of them.
const LAYERS: [&[&str]; 16] = [
    &["model", "disk", "threads", "plural", "clock"],
    &["parallel"],
    &["math"],
    &["npz"],
    &["statistics", "dataset"],
    &["sweep"],
    &["engine"],
    &["results"],
    &["builder"],
    &["study"],
    &["analysis"],
    &["plot"],
    &["report"],
    &["run"],
    &["cli"],
    &["main"],
];

const LONGEST_FILE: usize = 320;

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

/// Files with this extension below `folder`, as paths from the repository root.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (Vec::new(), vec![root.join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            match path.is_dir() {
                // Build output of the fuzz targets is generated code.
                true if path.ends_with("target") => {}
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == ending) => {
                    found.push(path.strip_prefix(root).unwrap().to_owned());
                }
                false => {}
            }
        }
    }
    assert!(!found.is_empty(), "no .{ending} file in {folder}/: the rules below would hold for nothing");
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The code without comments. (A `//` inside a string also ends its line; the rules below look for nothing after one.)
fn code(path: &Path) -> String {
    read(path).lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Top-level module of a file: `engine` for both `src/engine/cpu/tiles.rs` and `src/engine.rs`.
fn room(path: &Path) -> String {
    let inner = path.strip_prefix("src").unwrap().with_extension("");
    inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

/// Whether `text` ends inside an identifier: `my_crate::` is not `crate::`.
fn inside_a_word(text: &str) -> bool {
    text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Top-level modules named by paths from the crate root, as in `crate::model::NetworkShape` or
/// `use crate::{error::Error, model}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for root in ["crate::", "gpu_sweep::"] {
        for (at, _) in code.match_indices(root).filter(|(at, _)| !inside_a_word(&code[..*at])) {
            let rest = code[at + root.len()..].trim_start();
            let heads = if let Some(group) = rest.strip_prefix('{') { group_heads(group) } else { vec![head(rest)] };
            rooms.extend(heads.into_iter().filter(|name| name.starts_with(|c: char| c.is_lowercase())));
        }
    }
    rooms
}

/// The identifier that `text` starts with.
fn head(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first identifier of each member of `a::{b, c}, d}`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut heads, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(head(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn the_parser_of_paths_sees_single_and_grouped_ones() {
    let code = "use crate::{a::{b, c}, d, error::Error};\nlet x = crate::e::f(my_crate::no::one); use gpu_sweep::g;";
    let expected = ["a", "d", "e", "error", "g"].map(String::from);
    assert_eq!(rooms_used(code), BTreeSet::from(expected));
}

#[test]
fn a_file_uses_only_its_own_room_and_lower_layers() {
    let mut uses = 0;
    for path in files("src", "rs").into_iter().filter(|path| path != Path::new("src/lib.rs")) {
        let own = room(&path);
        if own == "error" {
            assert_eq!(rooms_used(&code(&path)), BTreeSet::new(), "error.rs lies below everything");
            continue;
        }
        let own_layer = layer(&own).unwrap_or_else(|| panic!("{}: in no layer", path.display()));
        for used in rooms_used(&code(&path)).into_iter().filter(|used| *used != own && used != "error") {
            let used_layer = layer(&used).unwrap_or_else(|| panic!("{}: uses {used}, in no layer", path.display()));
            assert!(used_layer < own_layer, "{} (layer {own_layer}) uses {used} (layer {used_layer})", path.display());
            uses += 1;
        }
    }
    assert!(uses > 20, "only {uses} imports found: the parser is blind");
}

#[test]
fn the_reference_engine_owes_nothing_to_the_engines_it_judges() {
    let is_reference = |path: &PathBuf| path.to_string_lossy().starts_with("src/engine/reference");
    let reference: Vec<PathBuf> = files("src", "rs").into_iter().filter(is_reference).collect();
    assert!(!reference.is_empty());
    for path in reference {
        let code = code(&path);
        let named = |room: &str| code.contains(&format!("{room}::")) || code.contains(&format!("::{room}"));
        assert!(!named("gpu") && !named("cpu"), "{} imports an engine that it judges", path.display());
    }
}

#[test]
fn only_the_command_line_prints_and_exits() {
    let printing = ["println!", "print!", "eprintln!", "eprint!", "dbg!", "process::exit", "process::abort"];
    for path in files("src", "rs").into_iter().filter(|path| !["cli", "main"].contains(&room(path).as_str())) {
        let code = code(&path);
        let found: Vec<&&str> = printing.iter().filter(|macro_| code.contains(**macro_)).collect();
        assert!(found.is_empty(), "{} has {found:?}", path.display());
    }
}

/// Modules declared under `#[cfg(feature = "native")]`: not in the core.
fn native_modules() -> Vec<PathBuf> {
    let mut modules = Vec::new();
    for path in files("src", "rs") {
        let text = read(&path);
        let folder = if path == Path::new("src/lib.rs") { "src".into() } else { path.with_extension("") };
        for (line, next) in text.lines().zip(text.lines().skip(1)) {
            let name = next.trim_start_matches("pub ").strip_prefix("mod ").and_then(|name| name.strip_suffix(';'));
            if line == "#[cfg(feature = \"native\")]" {
                modules.extend(name.map(|name| folder.join(name)));
            }
        }
    }
    modules
}

/// Files of the core, which a page runs.
fn core_files() -> Vec<PathBuf> {
    let native = native_modules();
    assert!(native.len() > 20, "{native:?}");
    let shell = |path: &Path| ["cli", "main"].contains(&room(path).as_str());
    let is_test = |path: &Path| {
        path.to_string_lossy().ends_with("tests.rs") || path.components().any(|c| c.as_os_str() == "tests")
    };
    let is_native = |path: &Path| native.iter().any(|module| path.with_extension("").starts_with(module));
    files("src", "rs").into_iter().filter(|path| !shell(path) && !is_test(path) && !is_native(path)).collect()
}

/// The code of a file without its inline tests.
fn code_without_tests(path: &Path) -> String {
    code(path).split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

/// The core has no files, threads, clock, environment or command line: a page has none of them. Each is in a module of
/// the feature `native`, or in the one file that stands for it.
#[test]
fn the_core_uses_nothing_that_a_page_lacks() {
    let lacking: [(&[&str], &str); 4] = [
        (
            &[
                "std::fs",
                "File::",
                "tempfile::",
                "parquet::",
                "std::env::var",
                "std::process",
                "crate::disk",
                "crate::npz",
            ],
            "",
        ),
        (&["std::thread"], "src/clock.rs"),
        (&["rayon", "crate::threads"], "src/parallel.rs"),
        (&["web_time"], "src/clock.rs"),
    ];
    let all = core_files();
    assert!(all.len() > 200, "{} files", all.len());
    for (words, its_file) in lacking {
        for path in all.iter().filter(|path| **path != Path::new(its_file)) {
            let code = code_without_tests(path);
            let native_use =
                |word: &str| code.lines().filter(|line| line.contains(word)).count() == guarded(&code, word);
            let found: Vec<&&str> = words.iter().filter(|word| code.contains(**word) && !native_use(word)).collect();
            assert!(found.is_empty(), "{} has {found:?}", path.display());
        }
    }
    // `Duration` is a number; the system's `Instant` fails in a page.
    let system_clock = |line: &str| line.contains("std::time") && line.contains("Instant");
    for path in &all {
        assert!(!code_without_tests(path).lines().any(system_clock), "{} has a clock of its own", path.display());
    }
    let shell_only = ["clap", "indicatif", "signal_hook"];
    for path in files("src", "rs").into_iter().filter(|path| !["cli", "main"].contains(&room(path).as_str())) {
        let found: Vec<&&str> = shell_only.iter().filter(|name| code(&path).contains(&format!("{name}::"))).collect();
        assert!(found.is_empty(), "{} has {found:?}", path.display());
    }
}

/// Number of lines with this word in items under `#[cfg(feature = "native")]`: such an item ends at the first line that
/// is indented as its attribute is and ends a block or a statement.
fn guarded(code: &str, word: &str) -> usize {
    let (mut count, mut indent) = (0, None);
    for line in code.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.trim() == "#[cfg(feature = \"native\")]" {
            indent = Some(depth);
        } else if let Some(of) = indent {
            count += usize::from(line.contains(word));
            if depth == of && (line.ends_with(';') || line.trim_start().starts_with('}')) {
                indent = None;
            }
        }
    }
    count
}

#[test]
fn items_of_the_native_feature_are_found() {
    let code = "#[cfg(feature = \"native\")]\nuse std::fs;\nuse std::fs as two;\n    #[cfg(feature = \"native\")]\n    \
                fn f() {\n        std::fs::read();\n    }\n    fn g() {\n        std::fs::read();\n    }\n";
    assert_eq!((guarded(code, "std::fs"), guarded(code, "std::env")), (2, 0));
}

/// A jump of the system clock may change only the dates in run.json: durations use `Instant`, and no decision depends
/// on a file's date.
#[test]
fn the_clock_on_the_wall_is_read_for_run_json_alone() {
    let clocks = ["SystemTime", "UNIX_EPOCH", ".modified()", ".accessed()", ".created()"];
    let reads = |path: &PathBuf| clocks.iter().any(|clock| code(path).contains(clock));
    let found: Vec<PathBuf> = files("src", "rs").into_iter().filter(reads).collect();
    assert_eq!(found, [Path::new("src/study/run_record.rs")]);
}

#[test]
fn every_file_is_short_enough_to_be_read() {
    let all = [files("src", "rs"), files("tests", "rs"), files("shaders", "wgsl")].concat();
    let long = |path: &&PathBuf| read(path).lines().count() > LONGEST_FILE;
    let long: Vec<&PathBuf> = all.iter().filter(long).collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:?}");
}

/// rustfmt wraps code, not comments.
#[test]
fn comments_fit_in_120_columns() {
    let all = ["src", "tests", "benches", "examples"].map(|folder| files(folder, "rs"));
    let all = [all.concat(), files("shaders", "wgsl")].concat();
    for path in all {
        for (n, line) in (1..).zip(read(&path).lines()) {
            let is_comment = line.trim_start().starts_with("//");
            assert!(!is_comment || line.chars().count() <= 120, "{}, line {n}: {line}", path.display());
        }
    }
}

/// Package sources come from the system's configuration.
#[test]
fn no_script_names_a_host_of_packages() {
    let scripts = ["tests/run", "tests/drivers", "tests/slurm"].map(|path| (path, read(Path::new(path))));
    for (path, text) in scripts {
        let urls = text.lines().filter(|line| line.contains("://") && !line.trim_start().starts_with('#'));
        assert_eq!(urls.collect::<Vec<_>>(), Vec::<&str>::new(), "{path} names a host");
    }
}
