//! `preprocessing.json` and `gpu-sweep predict`: trained models on other tables.

use crate::support::Place;
use gpu_sweep::dataset::{CsvOptions, Dataset, TargetEncoding, read_csv};
use gpu_sweep::study::read_preprocessing;
use std::path::Path;

/// Returns the columns of a CSV table without quotes, by name.
pub fn table(text: &str) -> Vec<(String, Vec<String>)> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.collect();
    names.into_iter().enumerate().map(|(n, name)| (name, rows.iter().map(|row| row[n].clone()).collect())).collect()
}

pub fn column(text: &str, name: &str) -> Vec<String> {
    let found = table(text).into_iter().find(|(own, _)| own == name);
    found.unwrap_or_else(|| panic!("no column {name} in {text:.200}")).1
}

fn numbers(text: &str, name: &str) -> Vec<f64> {
    column(text, name).iter().map(|field| field.parse().unwrap_or_else(|_| panic!("{name}: {field}"))).collect()
}

/// The table of the repository's example.
fn breast_cancer() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/breast_cancer.csv")).unwrap()
}

const STUDY: &str = "--device cpu --data train.csv --hidden 4 --lr 0.003,0.1,3 --seeds 4 --epochs 40 --test-fraction 0.3 \
                     --data-seed 5 --quiet --out study";

#[test]
fn held_out_rows_are_right_to_the_row_as_in_the_study() {
    let place = Place::new();
    place.write("train.csv", breast_cancer());
    place.run(STUDY).ok();
    let all = read_csv(&place.path("train.csv"), &CsvOptions::default()).unwrap().data;
    let held_out = all.split(0.0, 0.3, 5).test.unwrap();
    let (rows, data) = (held_out.len(), Dataset::of("held out", held_out));
    let names = read_csv(&place.path("train.csv"), &CsvOptions::default()).unwrap().data.feature_names;
    place
        .write("new.csv", Dataset { feature_names: names, class_names: vec!["0".into(), "1".into()], ..data }.to_csv());
    let models = place.read("study/models.csv");
    let (accuracies, ids) = (numbers(&models, "test_acc"), column(&models, "model_id"));
    let train = numbers(&models, "train_acc");
    assert_eq!(ids.len(), 12);
    let mut counts = Vec::new();
    for (id, accuracy) in ids.iter().zip(&accuracies) {
        let words = format!("predict study --model {id} --data new.csv --out {id}.csv --json");
        let found = place.run(&words).ok().json();
        let correct = found["correct"].as_u64().unwrap();
        assert_eq!((correct as f64 / rows as f64, found["rows"].as_u64()), (*accuracy, Some(rows as u64)), "{id}");
        counts.push(correct);
    }
    counts.dedup();
    assert!(counts.len() > 2, "models differ: {counts:?}");
    // The best one by training rows, since there are no validation rows; the first of equally good ones.
    let best = (0..12).fold(0, |best, n| if train[n] > train[best] { n } else { best });
    let found = place.run("predict study --data new.csv --json").ok().json();
    assert_eq!(found["models"], serde_json::json!([best]));
    assert_eq!(place.read("predictions.csv"), place.read(&format!("{best}.csv")));
    let text = place.run("predict study --data new.csv").ok();
    let line = format!("accuracy  {:.1} % ({} of {rows} rows)", accuracies[best] * 100.0, counts_of(&found));
    assert!(text.out.contains(&line), "{line}: {text:?}");
}

fn counts_of(found: &serde_json::Value) -> u64 {
    found["correct"].as_u64().unwrap()
}

#[test]
fn an_ensemble_is_the_mean_of_its_models() {
    let place = Place::new();
    place.write("train.csv", breast_cancer());
    place.run(STUDY).ok();
    let found = place.run("predict study --data train.csv --model ensemble:3 --out three.csv --json").ok().json();
    let ids: Vec<u64> = found["models"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
    assert_eq!((ids.len(), &found["columns"]), (3, &serde_json::json!(["class", "p_1", "p_1_std"])));
    let three = place.read("three.csv");
    let single = |id: &u64| {
        place.run(&format!("predict study --data train.csv --model {id} --out one.csv")).ok();
        numbers(&place.read("one.csv"), "p_1")
    };
    let singles: Vec<Vec<f64>> = ids.iter().map(single).collect();
    let (means, spreads, classes) = (numbers(&three, "p_1"), numbers(&three, "p_1_std"), column(&three, "class"));
    assert_eq!(means.len(), 569);
    for row in 0..569 {
        let of: Vec<f64> = singles.iter().map(|one| one[row]).collect();
        let mean = of.iter().sum::<f64>() / 3.0;
        let spread = (of.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
        // Sums of three numbers up to 1, each rounded at 1e-16.
        assert!((means[row] - mean).abs() <= 1e-15 && (spreads[row] - spread).abs() <= 1e-15, "row {row}");
        assert_eq!(classes[row], if mean > 0.5 { "1" } else { "0" }, "row {row}");
    }
    assert!(spreads.iter().any(|spread| *spread > 1e-3));
}

#[test]
fn weights_that_are_kept_and_weights_trained_again_say_the_same() {
    let place = Place::new();
    place.write("train.csv", breast_cancer());
    place.run(STUDY).ok();
    place.run(&format!("{STUDY}-kept --save-weights")).ok();
    for id in 0..12 {
        for study in ["study", "study-kept"] {
            let run = place.run(&format!("predict {study} --data train.csv --model {id} --out {study}.csv")).ok();
            let kept = run.err.contains("kept in the study");
            assert!(kept || study == "study", "{run:?}");
        }
        assert_eq!(place.read("study.csv"), place.read("study-kept.csv"), "model {id}");
    }
}

const WORDS: &str = "id;size;colour;y\n1;1,5;red;small\n2;;blue;small\n3;2,5;red;big\n4;9,5;green;big\n5;8,0;blue;big\n\
                     6;1,0;;small\n7;7,5;green;big\n8;0,5;red;small\n";

#[test]
fn the_rules_of_the_table_hold_for_others() {
    let place = Place::new();
    place.write("t.csv", WORDS);
    let words = "--device cpu --data t.csv --drop id --missing median --models 4 --epochs 5 --quiet --out study";
    place.run(words).ok();
    let preprocessing = read_preprocessing(&place.path("study/preprocessing.json")).unwrap();
    let [data] = &preprocessing.data[..] else { panic!("{preprocessing:?}") };
    let [size, colour] = &data.columns[..] else { panic!("{data:?}") };
    // Of 0.5, 1, 1.5, 2.5, 7.5, 8, 9.5 the middle one; of the words the most frequent one.
    assert_eq!((&size.filling, &colour.filling), (&Some(vec![2.5]), &Some(vec![0.0, 0.0, 1.0])));
    assert_eq!((colour.words.join(" ").as_str(), data.features.len()), ("blue green red", 4));
    let target = TargetEncoding::Classes { name: "y".into(), classes: vec!["big".into(), "small".into()] };
    assert_eq!((&data.target, preprocessing.cells[0].sizes.as_slice()), (&target, &[4, 1, 1][..]));
    // Another order, another delimiter, a column more, values missing, no label.
    place.write("new.csv", "colour,note,size\nred,x,1.5\n,y,\n");
    let run = place.run("predict study --data new.csv --model 0").ok();
    assert!(run.err.contains("ignored, since the model did not learn from them: \"note\""), "{run:?}");
    let new = place.read("predictions.csv");
    place.run("predict study --data t.csv --model 0 --out old.csv").ok();
    let (new, old) = (numbers(&new, "p_small"), numbers(&place.read("old.csv"), "p_small"));
    assert_eq!((new[0], new.len(), old.len()), (old[0], 2, 8));
    // A table from standard input.
    let piped =
        format!("cat new.csv | {} predict study --data - --model 0 --out piped.csv", env!("CARGO_BIN_EXE_gpu-sweep"));
    let status = std::process::Command::new("sh").args(["-c", &piped]).current_dir(place.path(".")).output().unwrap();
    assert!(status.status.success(), "{status:?}");
    assert_eq!(place.read("piped.csv"), place.read("predictions.csv"));
}

#[test]
fn other_losses_have_columns_of_their_own() {
    let place = Place::new();
    place.run("--dataset iris --print-data").ok();
    place.write("iris.csv", place.run("--dataset iris --print-data").ok().out);
    let small = "--device cpu --models 2 --epochs 20 --quiet";
    place.run(&format!("--data iris.csv {small} --out softmax")).ok();
    place.run("predict softmax --data iris.csv --model 1").ok();
    let text = place.read("predictions.csv");
    let all = ["p_setosa", "p_versicolor", "p_virginica"].map(|name| numbers(&text, name));
    let sums = (0..150).map(|row| all.iter().map(|p| p[row]).sum::<f64>());
    assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() <= 1e-15));
    for (loss, header) in [("hinge", "row,class,output"), ("mse", "row,class,p_1")] {
        place.run(&format!("--dataset moons --loss {loss} {small} --out {loss}")).ok();
        place.write("moons.csv", "x1,x2\n1,0.5\n0,1\n");
        let run = place.run(&format!("predict {loss} --data moons.csv --model 0")).ok();
        assert_eq!(run.err.contains("the hinge loss gives no probabilities"), loss == "hinge");
        assert_eq!(place.read("predictions.csv").lines().next(), Some(header));
    }
    // Numbers: the values of the target, and R² of them.
    let diabetes = place.run("--dataset diabetes --loss mse --print-data").ok().out;
    place.run(&format!("--dataset diabetes --loss mse --lr 1e-6 {small} --out values")).ok();
    let target = read_preprocessing(&place.path("values/preprocessing.json")).unwrap().data[0].target.clone();
    let TargetEncoding::Numbers { names, .. } = target else { panic!("{target:?}") };
    place.write("diabetes.csv", diabetes.replacen("target\n", &format!("{}\n", names[0]), 1));
    let found = place.run("predict values --data diabetes.csv --json").ok().json();
    let (own, values) =
        (numbers(&place.read("diabetes.csv"), &names[0]), numbers(&place.read("predictions.csv"), &names[0]));
    let mean = own.iter().sum::<f64>() / own.len() as f64;
    let squares = |of: &dyn Fn(usize) -> f64| (0..own.len()).map(|n| (own[n] - of(n)).powi(2)).sum::<f64>();
    let r2 = 1.0 - squares(&|n| values[n]) / squares(&|_| mean);
    // Sums of 442 terms.
    assert!((found["r2"].as_f64().unwrap() - r2).abs() <= 1e-12 * r2.abs().max(1.0), "{found} {r2}");
}

#[test]
fn what_can_not_be_predicted_is_refused() {
    let place = Place::new();
    place.write("t.csv", WORDS);
    let words =
        "--device cpu --data t.csv --drop id --missing drop --lr 0.1,1e30 --models 4 --epochs 5 --quiet --out study";
    place.run(words).ok();
    place.write("short.csv", "colour,note\nred,1\n");
    place.write("word.csv", "size,colour\n1,red\n2,gren\n");
    place.write("letters.csv", "size,colour\n1,red\nx,red\n");
    place.write("class.csv", "size,colour,y\n1,red,big\n2,red,tiny\n");
    place.write("empty.csv", "size,colour\n,red\n");
    for (words, message) in [
        ("--data none.csv", "none.csv: can't be opened: No such file or directory"),
        (
            "--data short.csv",
            "short.csv, line 1: no column \"size\", which the model learned from; the table has \"colour\", \"note\"",
        ),
        (
            "--data word.csv",
            "word.csv, line 3, column 2: \"colour\" must be \"blue\", \"green\" or \"red\", the words that the model learned from, not \"gren\"; did you mean green?",
        ),
        (
            "--data letters.csv",
            "letters.csv, line 3, column 1: \"size\" must be a finite number, at most 1e30 in magnitude, not \"x\"",
        ),
        (
            "--data class.csv",
            "class.csv, line 3, column 3: \"y\" must be a class that the model knows, \"big\", \"small\", not \"tiny\"",
        ),
        ("--data empty.csv", "empty.csv, line 1: a value is missing in each row"),
        ("--data t.csv --model 1", "--model 1 diverged in epoch"),
        ("--data t.csv --model 4", "--model must be an id from 0 to 3, not 4"),
        (
            "--data t.csv --model worst",
            "--model must be an id from models.csv, best, or ensemble:N with 2 to 1000 models, not \"worst\"",
        ),
        (
            "--data t.csv --model ensemble:3",
            "--model must be ensemble:N with 2 to 2, the models of the best cell that did not diverge, not ensemble:3",
        ),
        (
            "--data t.csv --out study/models.csv",
            "--out must be a file outside of the results folder, not study/models.csv",
        ),
        ("--data t.csv --out t.csv", "--out must be another file than --data, not t.csv"),
        ("--data t.csv --out study", "--out must be a file, and no folder, not study"),
        ("--data t.csv --out none/p.csv", "--out must be a file in a folder that exists, not none/p.csv"),
        ("", "needs --data <FILE>"),
    ] {
        place.run(&format!("predict study {words}")).stops(2, &[message]);
    }
    assert!(!place.path("predictions.csv").exists(), "refused predictions leave nothing behind");
    let run = place.run("predict study --data t.csv --model 0").ok();
    assert!(run.err.contains("2 of 8 rows left out, where a value is missing"), "{run:?}");
    assert_eq!(column(&place.read("predictions.csv"), "row"), ["1", "3", "4", "5", "7", "8"]);
}

#[test]
fn models_that_are_missing_may_be_better_so_gaps_are_refused() {
    let place = Place::new();
    place.write("t.csv", "a,y\n1,0\n2,1\n3,0\n4,1\n");
    place.run("--device cpu --data t.csv --models 8 --epochs 2 --chunk-models 4 --quiet --out study").ok();
    std::fs::remove_file(place.path("study/chunks/000001.chunk")).unwrap();
    place.run("predict study --data t.csv").stops(2, &["--allow-gaps"]);
    let run = place.run("predict study --data t.csv --allow-gaps").ok();
    assert!(run.err.contains("4 of 8 models are missing"), "{run:?}");
    place.run("predict study --data t.csv --model 1").ok();
    place.run("predict study --data t.csv --model 6").stops(2, &["this model is not trained yet"]);
}

#[cfg(target_os = "linux")]
#[test]
fn kept_weights_predict_where_the_gpu_is_not() {
    let place = Place::new();
    place.write("t.csv", WORDS);
    let words = "--device gpu --data t.csv --drop id --missing median --lr 0.1 --seeds 12 --epochs 5 --quiet --out";
    place.run(&format!("{words} kept --save-weights")).ok();
    place.run(&format!("{words} bare")).ok();
    place.run("predict kept --data t.csv --model 7 --out here.csv").ok();
    let hidden = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].map(|name| (name, "/nowhere.json"));
    let elsewhere = |words: &str| place.run_with(&words.split_whitespace().collect::<Vec<_>>(), &hidden);
    let run = elsewhere("predict kept --data t.csv --model 7 --out elsewhere.csv").ok();
    assert!(run.err.contains("the device that trained the models is not here; last digits may differ"), "{run:?}");
    for (a, b) in
        numbers(&place.read("here.csv"), "p_small").iter().zip(numbers(&place.read("elsewhere.csv"), "p_small"))
    {
        // Logits of about 1 in f32.
        assert!((a - b).abs() <= 1e-6, "{a} {b}");
    }
    elsewhere("export kept --model 7 --format json").ok();
    // Of the study without weights, those in representatives.npz are kept.
    let runs = (0..12).map(|id| elsewhere(&format!("predict bare --data t.csv --model {id}")));
    let (kept, gone): (Vec<_>, Vec<_>) = runs.partition(|run| run.code == 0);
    assert!(!kept.is_empty() && !gone.is_empty(), "{} {}", kept.len(), gone.len());
    gone.into_iter().for_each(|run| _ = run.stops(2, &["was trained by gpu on", "which is not here"]));
}
