//! A `sweep.toml` that asks for more than a machine has.

use crate::{LITTLE, refused, says};
use gpu_sweep::results::StudySpec;
use gpu_sweep::study::{Study, parse_config, read_config};
use gpu_sweep::sweep::{Inputs, Sweep};
use std::fs::{self, File};
use std::path::Path;

#[track_caller]
fn refusal(text: &str) -> String {
    refused(20 * LITTLE, || {
        let sweep = parse_config(Path::new("sweep.toml"), text)?;
        Inputs::load(&sweep)
    })
}

#[test]
fn numbers_beyond_reason_are_refused_by_name() {
    for (text, parts) in [
        ("seeds = 1000000000000000000", &["seeds must be", "1099511627776"][..]),
        ("models = 1000000000000000000", &["models must be", "1099511627776"]),
        ("seeds = 1000000000000", &["--seeds", "models in all"]),
        ("lr = \"linspace:0:1:1000000000000\"", &["sweep.toml, line 1, column 6", "from 1 to 1000000"]),
        ("points = 4000000000", &["points must be", "100000"]),
        ("epochs = 100000000\nrecord-every = 1", &["--record-every", "up to 1000000 are possible"]),
        ("epochs = 1000000000", &["epochs must be", "100000000"]),
    ] {
        says(&refusal(text), parts);
    }
}

#[test]
fn what_is_small_alone_may_be_much_together() {
    let widths: Vec<String> = (0..900).map(|n| format!("{},{}", n / 60 + 1, n % 60 + 1)).collect();
    let batches: Vec<String> = (1..900).map(|n| n.to_string()).collect();
    let cells = format!("hidden = \"{}\"\nbatch-size = \"{}\"", widths.join("/"), batches.join(","));
    says(&refusal(&cells), &["have 809100 combinations", "10000"]);
    let axes: String =
        ["lr", "lr-first", "weight-decay", "init-scale", "clip", "momentum", "beta1", "beta2", "alpha", "epsilon"]
            .map(|axis| format!("{axis} = \"linspace:0:0.5:999999\"\n"))
            .concat();
    let optimizers = "optimizer = \"sgd,momentum,nesterov,adam,adamw,rmsprop\"\n";
    says(&refusal(&format!("{optimizers}{axes}")), &["up to 10000000"]);
    let few = format!("hidden = \"{}\"\nlr = \"linspace:0:1:100000\"", widths.join("/"));
    says(&refusal(&few), &["up to 10000000"]);
}

#[test]
fn lists_without_end_are_refused() {
    let list = "0.1,".repeat(1_000_001);
    says(&refusal(&format!("lr = \"{list}0\"")), &["1000000 values"]);
    let sizes: Vec<String> = (1..100_000).map(|n| n.to_string()).collect();
    says(&refusal(&format!("batch-size = \"{}\"", sizes.join(","))), &["up to 1000"]);
}

/// The toml crate limits nesting; without that, reading would overflow the stack.
#[test]
fn settings_nested_without_end_are_refused() {
    for text in [
        format!("{}a = 1", "a.".repeat(500_000)),
        format!("a = {}", "[".repeat(500_000)),
        format!("a = {}", "{a=".repeat(300_000)),
        format!("[{}a]", "a.".repeat(500_000)),
        format!("[study]\n{}a = 1", "a.".repeat(500_000)),
    ] {
        let message = refusal(&text);
        says(&message, &["sweep.toml"]);
    }
}

#[test]
fn a_file_of_a_terabyte_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.toml");
    // A sparse file without disk blocks; archives store such files in a few bytes.
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    says(&refused(2 * LITTLE, || read_config(&path)), &["sweep.toml: must be ", "of up to 4 MiB, not longer"]);
}

/// Error for a study of a hundred million models whose saved `chunk-models` is `text`.
#[track_caller]
fn cut(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let sweep = Sweep { models: Some(100_000_000), epochs: 0, ..Sweep::default() };
    let spec = || StudySpec::of(&sweep, &Inputs::load(&sweep).unwrap());
    drop(Study::open(folder.path(), spec(), false).unwrap());
    let path = folder.path().join("sweep.toml");
    let saved = fs::read_to_string(&path).unwrap();
    let line = saved.lines().find(|line| line.starts_with("chunk-models = [")).unwrap();
    fs::write(&path, saved.replace(line, &format!("chunk-models = {text}"))).unwrap();
    refused(LITTLE, || Study::open(folder.path(), spec(), false))
}

#[test]
fn chunks_that_no_study_is_cut_into_are_refused() {
    for text in ["[1]", "[]", "[0]", "[9000000000]", "[65520, 65520]"] {
        says(&cut(text), &["chunk-models in its sweep.toml are not what gpu-sweep writes"]);
    }
}
