//! CSV, npz, `sweep.toml` and axes.

use gpu_sweep::dataset::{
    Categorical, CsvDataset, CsvOptions, CsvTable, Dataset, Missing, Preprocessing, TableRules, parse_csv, read_csv,
};
use gpu_sweep::math::Optimizer;
use gpu_sweep::npz::Npz;
use gpu_sweep::results::StudySpec;
use gpu_sweep::study::parse_config;
use gpu_sweep::sweep::Shard;
use gpu_sweep::sweep::{Axis, BatchSize, Choices, Inputs, Sweep, Widths, parse_trials};
use std::io::{Cursor, Write};
use std::path::Path;

/// Reads the file as data and as a list of trials; the first byte selects the options.
pub fn csv(bytes: &[u8]) {
    let Some((options, file)) = bytes.split_first() else { return };
    let path = Path::new("file.csv");
    let label = [None, Some("label"), Some("y"), Some("no such column")][usize::from(options & 3)];
    let positive = [None, Some("1"), Some("yes"), Some("-0")][usize::from(options >> 2 & 3)];
    let no_header = options >> 4 & 1 == 1;
    let plain = CsvOptions { label, positive, no_header, ..CsvOptions::default() };
    let read = parse_csv(path, file, &plain);
    // Everything that a flag may add: whatever comes of it, it ends.
    let missing = [Missing::Refuse, Missing::Drop, Missing::Mean, Missing::Median][usize::from(options >> 5 & 3)];
    let categorical = (options >> 7 == 1).then_some(Categorical::OneHot);
    for (max_rows, split_column) in [(Some(3), None), (None, Some("a"))] {
        let all = CsvOptions { missing, categorical, max_rows, split_column, drop: Some("b*"), ..plain };
        if let Ok(CsvDataset { data, extras, .. }) = parse_csv(path, file, &all) {
            assert_eq!(data.train.x.len(), data.train.len() * data.feature_names.len());
            let mut split = match &extras.uses {
                Some(uses) => data.split_as(uses),
                None => data.split(0.25, 0.25, 1),
            };
            let filled = split.fill_missing(missing, &extras.columns);
            assert!(filled.is_err() || split.sets().all(|points| points.x.iter().all(|x| x.is_finite())));
        }
    }
    let _ = CsvTable::new(path, file).and_then(parse_trials);
    let Ok(read) = read else { return };
    // The table that a model learned from gives the same inputs when it is predicted, unless that is refused: columns
    // that are left out no longer tell the decimal mark.
    let rules = TableRules { no_header, delimiter: None, missing: Missing::Refuse };
    let learned = Preprocessing::of(&Dataset { columns: read.extras.columns, ..read.data.clone() }, rules);
    if let Ok(rows) = learned.parse(path, file, !no_header, None) {
        assert_eq!(rows.x, read.data.train.x);
    }
    // Printed data must read back equal, unless a feature or class has the name that a label named by a number gets.
    let mut data = read.data;
    if data.feature_names.iter().chain(&data.class_names).all(|name| name != "label") {
        let printed = data.to_csv();
        let options = CsvOptions { positive: Some(&data.class_names[1]), ..CsvOptions::default() };
        let again = parse_csv(path, printed.as_bytes(), &options).expect("what was printed is read").data;
        data.target_names.clone_from(&again.target_names);
        assert_eq!(again, data);
    }
}

/// Reads a file of any format, which its first bytes tell.
pub fn table(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let options = CsvOptions { missing: Missing::Mean, ..CsvOptions::default() };
    if let Ok(CsvDataset { data, .. }) = read_csv(file.path(), &options) {
        assert_eq!(data.train.x.len(), data.train.len() * data.feature_names.len());
    }
}

/// Reads an archive, or a single array that is put into one.
pub fn npz(bytes: &[u8]) {
    let packed = if bytes.starts_with(b"\x93NUMPY") { archive(bytes) } else { bytes.to_vec() };
    let Ok(mut npz) = Npz::new(Path::new("file.npz"), Cursor::new(packed)) else { return };
    let _ = npz.read("no such array");
    for name in npz.names().iter().take(8) {
        if let Ok(array) = npz.read(name) {
            assert_eq!(array.values.len(), array.shape.iter().product::<usize>());
        }
    }
}

fn archive(array: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("a.npy", options).unwrap();
    zip.write_all(array).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Reads, validates and rewrites a `sweep.toml`; if it is small and names no files, also builds its study.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(sweep) = parse_config(Path::new("sweep.toml"), text) else { return };
    if sweep.validate().is_err() {
        return;
    }
    let written = sweep.to_toml().expect("settings that were read can be written");
    assert_eq!(parse_config(Path::new("sweep.toml"), &written).expect("what was written is read"), sweep);
    if is_small(&sweep)
        && let Ok(inputs) = Inputs::load(&sweep)
    {
        let spec = StudySpec::of(&sweep, &inputs);
        for cell_spec in spec.cells.iter().filter(|cell_spec| !cell_spec.trials.is_empty()) {
            let _ = (cell_spec.trials.get(0), cell_spec.trials.get(cell_spec.trials.len() - 1));
        }
        assert_eq!(spec.trial(spec.models()), None);
    }
}

fn is_small(sweep: &Sweep) -> bool {
    let files = [&sweep.data, &sweep.trials, &sweep.init_from, &sweep.batch_order];
    let values: usize = sweep.axes().iter().map(|(_, axis)| axis.values().len()).sum();
    files.iter().all(|file| file.is_none()) && sweep.points <= 1000 && sweep.cells().len() * values <= 100_000
}

/// Parses the value of one flag as an axis and as lists.
pub fn axis(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(axis) = Axis::parse("--lr", text) {
        assert!(!axis.values().is_empty() && axis.values().iter().all(|v| v.is_finite() && *v >= 0.0));
        assert_eq!(Axis::parse("--lr", &axis.to_string()).expect("what was written is read"), axis);
    }
    if let Ok(widths) = Choices::<Widths>::parse("--hidden", text) {
        assert_eq!(Choices::parse("--hidden", &widths.to_string()).expect("what was written is read"), widths);
    }
    let _ = Choices::<BatchSize>::parse("--batch-size", text);
    let _ = Choices::<Optimizer>::parse("--optimizer", text);
    let _ = text.parse::<Shard>();
}
