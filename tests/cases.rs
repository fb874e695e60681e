//! CSV files as found in practice: the data each one is read as, or the error that rejects it, compared with
//! `expected.txt` in the same folder.

use gpu_sweep::Error;
use gpu_sweep::dataset::{CsvDataset, CsvOptions, Missing, read_csv};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Relative to the folder in which tests run.
const FOLDER: &str = "tests/data/cases";

/// Parses the options after a file name: `label=COLUMN`, `positive=CLASS`, `drop=COLUMNS`, `missing=mean`, `no-header`.
fn options<'a>(words: impl Iterator<Item = &'a str>) -> CsvOptions<'a> {
    words.fold(CsvOptions::default(), |options, word| match word.split_once('=') {
        Some(("label", label)) => CsvOptions { label: Some(label), ..options },
        Some(("positive", positive)) => CsvOptions { positive: Some(positive), ..options },
        Some(("drop", names)) => CsvOptions { drop: Some(names), ..options },
        Some(("missing", "drop")) => CsvOptions { missing: Missing::Drop, ..options },
        Some(("missing", "mean")) => CsvOptions { missing: Missing::Mean, ..options },
        _ if word == "no-header" => CsvOptions { no_header: true, ..options },
        _ => panic!("{word}: no option"),
    })
}

/// Rows, features and label; or the error's place, cause and remedy.
fn outcome(result: Result<CsvDataset, Error>) -> String {
    match result {
        Ok(read) => {
            assert_eq!(read.data.train.x.len(), read.data.train.len() * read.data.feature_names.len());
            let (rows, features) = (read.data.train.len(), read.data.feature_names.join(" "));
            let notes: String = read.extras.notes.iter().map(|note| format!("\n{note}")).collect();
            format!("{rows} rows of {features}\n{}{notes}", read.describe())
        }
        Err(Error::File { place, what, .. }) => {
            format!("refused{place}: {}", what.replace(&format!("{FOLDER}/"), ""))
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_table_is_read_or_refused_as_expected() {
    let folder = Path::new(FOLDER);
    let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
    let (mut files, mut found) = (BTreeSet::new(), Vec::new());
    for case in expected.split("\n\n").filter_map(|block| block.lines().next()) {
        let mut words = case.split(' ');
        let file = folder.join(words.next().unwrap());
        found.push(format!("{case}\n{}", outcome(read_csv(&file, &options(words)))));
        files.insert(file);
    }
    let found = found.join("\n\n") + "\n";
    if found != expected {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases.txt");
        fs::write(&path, found).unwrap();
        panic!("{} is not what {} says", path.display(), folder.join("expected.txt").display());
    }
    for kind in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in fs::read_dir(&kind).unwrap().map(|entry| entry.unwrap().path()) {
            assert!(files.contains(&file), "{} is in no case", file.display());
        }
    }
    assert!(files.len() > 25, "{} files", files.len());
}
