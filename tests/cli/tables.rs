//! Tables as they lie around: read, with a line on what was detected, and kept for a resumed study.

use crate::support::{Place, Run, names};
use std::io::Write;
use std::process::{Command, Stdio};

const SMALL: &str = "--device cpu --models 2 --epochs 2 --hidden none";

fn learn_from(table: &[u8], more: &str) -> Run {
    let place = Place::new();
    place.write("t.csv", table);
    place.run(&format!("--data t.csv {SMALL} {more}"))
}

#[test]
fn what_was_detected_is_said() {
    for (table, more, notes) in [
        (
            &b"sep=;\nid;colour;a;y\n1;red;1,5;0\n2;blue;2,5;1\n3;red;0,5;1\n"[..],
            "--drop id",
            &[
                "read as text: a first line for Excel, semicolons between columns, commas in numbers",
                "one-hot: \"colour\" (\"blue\", \"red\")",
            ][..],
        ),
        (
            b"a b y\n1 2 0\n3 NA 1\n5 6 1\n7 8 0\n",
            "--missing median",
            &["blanks between columns", "missing, of 4 rows: \"b\" in 1"],
        ),
        (
            b"a b y\n1 2 0\n3 NA 1\n5 6 1\n7 8 0\n",
            "--missing drop",
            &["1 of 4 rows left out, where a value is missing"],
        ),
        (b"a,set,y\n1,train,0\n2,train,1\n3,test,0\n4,test,1\n", "--split-column set --record test", &[]),
        (b"a/b/y\n1/2/0\n3/4/1\n", "--delimiter comma", &["no features"]),
        (b"a\tb\ty\n1\t2\t0\n3\t4\t1\n", "--delimiter tab --features a", &["tabs between columns"]),
    ] {
        let run = learn_from(table, more);
        let ends = if notes == ["no features"] { 2 } else { 0 };
        assert_eq!(run.code, ends, "{run:?}");
        notes.iter().for_each(|note| assert!(run.err.contains(note), "no {note:?} in {}", run.err));
    }
}

#[test]
fn settings_of_tables_are_refused_where_they_have_no_effect() {
    let place = Place::new();
    place.write("t.csv", "a,set,y\n1,train,0\n2,test,1\n");
    for (words, message) in [
        ("--missing drop", "--missing has no effect without a file; add --data FILE.csv"),
        ("--missing zero --data t.csv", "--missing must be refuse, drop, mean or median, not \"zero\""),
        ("--delimiter x --data t.csv", "--delimiter must be comma, semicolon, tab, bar or blanks, not \"x\""),
        ("--drop a, --data t.csv", "--drop must be names of columns with commas, such as id,name or x*, not \"a,\""),
        (
            "--features a --dataset moons",
            "--features has no effect without a table; add --data FILE, or give a number of features to a --dataset that takes one",
        ),
        (
            "--data t.csv --split-column sets",
            "t.csv, line 1: no column \"sets\"; --split-column must be one of \"a\", \"set\", \"y\"; did you mean set?",
        ),
        (
            "--data t.csv --split-column set --test-fraction 0.5",
            "--split-column can't be used together with --test-fraction; leave one of them out",
        ),
        ("--max-rows 1 --data t.csv", "--max-rows must be a whole number from 2 to 10000000, not \"1\""),
    ] {
        let run = place.run(&format!("{words} {SMALL}"));
        assert_eq!((run.code, run.err.trim_end()), (2, format!("gpu-sweep: error: {message}").as_str()));
    }
}

/// A pipe is read once; the study has a copy and goes on without it.
#[test]
fn a_table_from_standard_input_is_kept_in_the_folder() {
    let place = Place::new();
    let run = |arguments: &str, input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gpu-sweep"));
        command.args(arguments.split_whitespace()).current_dir(place.path(".")).env("TMPDIR", place.path("."));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, err) = run(&format!("--data - {SMALL} --out out"), "a;b;y\n1;2;0\n3;4;1\n");
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("semicolons between columns"), "{err}");
    assert_eq!(place.read("out/inputs/data/stdin"), "a;b;y\n1;2;0\n3;4;1\n");
    // Nothing else is left.
    assert!(
        !names(&place.path(".")).iter().any(|name| name.starts_with("gpu-sweep-")),
        "{:?}",
        names(&place.path("."))
    );
    let (code, err) = run("resume out", "");
    assert_eq!(code, Some(0), "{err}");
    let (code, err) = run("replay out --model 1", "");
    assert_eq!(code, Some(0), "{err}");
    let (code, err) = run(&format!("--data - {SMALL}"), "");
    assert!(code == Some(2) && err.contains("stdin, line 1, column 1: must be ") && err.contains("empty"), "{err}");
}
