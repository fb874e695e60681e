//! Every bad table is refused in one line that names file, line and column.

use crate::support::{Place, Run, names};

fn learn_from(table: &[u8], more: &str) -> Run {
    let place = Place::new();
    place.write("t.csv", table);
    place.run(&format!("--data t.csv --device cpu --models 2 --epochs 2 --hidden none {more}"))
}

#[test]
fn a_bad_table_is_one_line_with_its_place() {
    let huge = format!("a,b,y\n1,{},0\n2,3,1\n", "9".repeat(200_000));
    let cases: &[(&str, &[&str])] = &[
        ("", &["t.csv, line 1, column 1", "empty"]),
        ("a,b,y\n", &["t.csv, line 2, column 1", "no rows"]),
        ("a,b,y\n1,2,0\n1,2\n3,4,1\n", &["t.csv, line 3"]),
        ("a,b,y\n1,2,0\n1,2,3,1\n", &["t.csv, line 3, column 4"]),
        ("when,y\n2024-01-01,0\n2024-01-02,1\n", &["t.csv, line 2, column 1", "date", "--drop \"when\""]),
        ("a,b,y\n1,2,0\n1,tall,1\n", &["t.csv, line 3, column 2", "tall"]),
        ("a,b,y\n1,2,0\n,3,1\n", &["t.csv, line 3, column 1"]),
        ("a,b,y\n1,NaN,0\n1,2,1\n", &["t.csv, line 2, column 2", "NaN"]),
        ("a,b,y\n1,2,0\ninf,2,1\n", &["t.csv, line 3, column 1", "inf"]),
        ("a,b,y\n1,1e999,0\n1,2,1\n", &["t.csv, line 2, column 2", "1e999"]),
        ("a,b,y\n1,2,0\n3,4,0\n", &["t.csv, line 1, column 3", "one class"]),
        ("a,b,y\n1,2,x\n3,4,y\n5,6,z\n", &["t.csv, line 1, column 3", "another value in each of its 3 rows"]),
        ("a,b,y\n1,2,0.5\n3,4,1\n5,6,2\n", &["t.csv, line 4, column 3", "class"]),
        ("y\n0\n1\n", &["t.csv", "feature"]),
        (&huge, &["t.csv, line 2, column 2"]),
    ];
    for (table, parts) in cases {
        let run = learn_from(table.as_bytes(), "").stops(2, parts);
        assert!(run.err.len() < 2000, "a line, not a page: {} bytes", run.err.len());
    }
    learn_from(b"a,b,y\n1,2,0\n1,\xff\xfe,1\n", "").stops(2, &["t.csv, line 3"]);
}

#[test]
fn a_label_or_class_that_is_not_there_is_refused_with_what_is() {
    let table = b"height,weight,ill\n1,2,no\n3,4,yes\n2,2,no\n";
    learn_from(table, "--label sick").stops(2, &["sick", "height", "weight", "ill"]);
    learn_from(table, "--positive maybe").stops(2, &["maybe", "no", "yes"]);
    learn_from(b"a,b\n1,2\n3,4\n5,2\n", "--label a").stops(2, &["t.csv, line 1, column 1", "class"]);
}

#[test]
fn training_rows_of_one_class_are_refused() {
    let what = "has training rows of one class only";
    learn_from(b"a,y\n1,0\n2,0\nNA,1\n", "--missing drop").stops(2, &["t.csv", what]);
    learn_from(b"s,a,y\ntrain,1,0\ntrain,2,0\ntest,3,1\n", "--split-column s").stops(2, &["t.csv", what]);
}

#[test]
fn odd_but_sound_tables_are_read() {
    for (what, table) in [
        ("byte order mark", "\u{feff}a,b,y\n1,2,0\n3,4,1\n"),
        ("CRLF", "a,b,y\r\n1,2,0\r\n3,4,1\r\n"),
        ("no newline at the end", "a,b,y\n1,2,0\n3,4,1"),
        ("quoted fields", "\"a, left\",\"b \"\"x\"\"\",y\n\"1\",\"2\",\"no\"\n3,4,\"yes, very\"\n"),
        ("constant feature", "a,b,y\n1,7,0\n3,7,1\n2,7,0\n"),
        ("class first in another column", "y,a\nno,1\nyes,3\n"),
    ] {
        let more = if what.contains("another") { "--label y" } else { "" };
        let run = learn_from(table.as_bytes(), more);
        assert_eq!(run.code, 0, "{what}: {run:?}");
    }
}

#[test]
fn the_choice_of_the_positive_class_is_printed() {
    let table = b"a,b,y\n1,2,benign\n3,4,malignant\n2,2,benign\n";
    let positive = |more: &str| learn_from(table, more).ok().err;
    assert!(positive("").contains("1 = \"malignant\""), "{}", positive(""));
    assert!(positive("--positive benign").contains("1 = \"benign\""));
}

#[test]
fn without_two_features_the_data_picture_is_left_out_and_said_so() {
    let place = Place::new();
    place.write("t.csv", "a,b,c,y\n1,2,0,0\n3,4,1,1\n");
    let run = place.run("--data t.csv --device cpu --models 2 --epochs 2 --hidden none").ok();
    assert!(run.err.contains("2 features, not 3"), "{}", run.err);
    let pictures = names(&place.path("gpu-sweep-out/latest/pictures"));
    assert!(
        pictures.contains(&"accuracy.png".to_owned()) && !pictures.contains(&"data.png".to_owned()),
        "{pictures:?}"
    );
}

/// Opening a pipe without a writer blocks forever; one with a writer is already drained when the file is copied.
#[test]
#[cfg(target_os = "linux")]
fn what_is_no_file_is_refused_at_once() {
    let place = Place::new();
    assert!(std::process::Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    std::fs::create_dir(place.path("folder")).unwrap();
    for flag in ["--data", "--trials", "--init-from", "--batch-size 2 --batch-order"] {
        let run = |what: &str| place.run(&format!("--device cpu --models 2 --epochs 2 {flag} {what}"));
        for what in ["/dev/null", "/dev/zero", "/dev/full", "pipe"] {
            run(what).stops(2, &[what, "must be ", "not a pipe or a device"]);
        }
        run("folder").stops(2, &["folder: must be ", "not a folder"]);
    }
    // Settings are read only once, so a pipe works, but their size is limited.
    place.run("--config /dev/zero").stops(2, &["/dev/zero: must be ", "settings", "of up to 4 MiB, not longer"]);
    place.run("--config folder").stops(2, &["folder: must be a file of settings", "not a folder"]);
    let pipe = place.path("pipe");
    let writer = std::thread::spawn(move || std::fs::write(pipe, "epochs = 3\nmodels = 4\n").unwrap());
    let run = place.run("--device cpu --config pipe --out out").ok();
    assert!(run.err.contains("4 models") && run.err.contains("3 epochs"), "{}", run.err);
    writer.join().unwrap();
    assert!(!place.path("gpu-sweep-out").exists());
}
