//! `boundary`: predictions of selected models over the plane of the features.

use crate::support::{Place, names};

/// Two cells of 12 models, two chunks each.
const STUDY: &str =
    "--device cpu --optimizer sgd,adam --lr 0.05,0.5 --models 24 --epochs 40 --chunk-models 7 --hidden 3";

#[test]
fn the_best_a_typical_and_the_worst_model_and_the_other_classes_are_shown_once_each() {
    let place = Place::new();
    place.run("--device cpu --lr 0.01,0.1,1e30 --models 60 --epochs 60").ok();
    let run = place.run("boundary gpu-sweep-out/latest").ok();
    assert!(run.out.contains("ends as in the study") && run.out.lines().count() < 24, "{}", run.out);
    assert_eq!(names(&place.path("gpu-sweep-out/latest/boundary")), ["boundary.json", "boundary.png", "boundary.svg"]);
    let object: serde_json::Value =
        serde_json::from_str(&place.read("gpu-sweep-out/latest/boundary/boundary.json")).unwrap();
    let shown = object["models"].as_array().unwrap();
    let mut ids: Vec<u64> = shown.iter().map(|one| one["model"].as_u64().unwrap()).collect();
    let roles: Vec<&str> = shown.iter().filter_map(|one| one["role"].as_str()).collect();
    assert_eq!(roles, ["best", "typical", "worst"]);
    // According to the table: the best has the highest accuracy, and every class has a model.
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let header: Vec<&str> = models.lines().next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|n| *n == name).unwrap();
    let rows: Vec<Vec<&str>> = models.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let accuracy = |row: &Vec<&str>| row[column("train_acc")].parse::<f64>().ok();
    let best = rows.iter().filter_map(accuracy).fold(0.0, f64::max);
    assert_eq!(shown[0]["train_acc"].as_f64(), Some(best));
    assert_eq!(shown[2]["class"], "diverged");
    let mut classes: Vec<&str> = rows.iter().map(|row| row[column("class")]).collect();
    let mut seen: Vec<&str> = shown.iter().map(|one| one["class"].as_str().unwrap()).collect();
    for list in [&mut classes, &mut seen] {
        list.sort_unstable();
        list.dedup();
    }
    assert_eq!(classes, seen);
    for one in shown {
        let row = &rows[one["model"].as_u64().unwrap() as usize];
        assert_eq!((one["train_acc"].as_f64(), one["class"].as_str().unwrap()), (accuracy(row), row[column("class")]));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), shown.len());
    assert!(place.read("gpu-sweep-out/latest/boundary/boundary.svg").contains("diverged in epoch"));
}

#[test]
fn models_of_several_cells_stand_side_by_side_with_what_sets_them_apart() {
    let place = Place::new();
    place.run(STUDY).ok();
    let before = names(&place.path("gpu-sweep-out/latest"));
    let object = place.run("boundary gpu-sweep-out/latest --models 3,20,3 --out side --json").ok().json();
    let ids: Vec<u64> = object["models"].as_array().unwrap().iter().map(|one| one["model"].as_u64().unwrap()).collect();
    assert_eq!(ids, [3, 20]);
    let svg = place.read("side/boundary.svg");
    assert!(
        svg.contains("model 3 · sgd · lr 0.5 · seed 1") && svg.contains("model 20 · adam · lr 0.05 · seed 4"),
        "{svg}"
    );
    assert!(svg.contains("probability of class 1") && svg.contains("How 2 of 24 models"), "{svg}");
    // The study is unchanged, and the same settings still find it.
    assert_eq!(names(&place.path("gpu-sweep-out/latest")), before);
    assert!(place.run(STUDY).ok().err.contains("nothing left to train"));
}

#[test]
fn outputs_of_squared_error_are_no_probabilities() {
    let place = Place::new();
    place.run("--device cpu --loss mse --hidden 3 --lr 0.1 --models 2 --epochs 20").ok();
    place.run("boundary gpu-sweep-out/latest").ok();
    let svg = place.read("gpu-sweep-out/latest/boundary/boundary.svg");
    assert!(svg.contains("output, cut to 0 to 1") && !svg.contains("probability"), "{svg}");
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let place = Place::new();
    place.run(STUDY).ok();
    place.run("boundary gpu-sweep-out/latest --models 24").stops(2, &["--models", "24", "0 to 23"]);
    place.run("boundary gpu-sweep-out/latest --models one").stops(2, &["--models", "one", "whole number"]);
    let many = (0..25).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    place
        .run(&format!("boundary gpu-sweep-out/latest --models {many}"))
        .stops(2, &["--models", "25 models", "1 to 24"]);
    place.run("boundary nowhere").stops(2, &["nowhere"]);
    for out in ["gpu-sweep-out/latest", "gpu-sweep-out/latest/pictures/x", "a/../gpu-sweep-out/latest"] {
        place.run(&format!("boundary gpu-sweep-out/latest --out {out}")).stops(2, &["--out", "outside"]);
    }
    std::fs::remove_file(place.path("gpu-sweep-out/latest/chunks/000001.chunk")).unwrap();
    place.run("boundary gpu-sweep-out/latest --models 8").stops(2, &["model 8", "not trained yet", "resume"]);
    place.write("three.csv", "a,b,c,label\n0,0,1,0\n1,0,1,1\n0,1,0,0\n1,1,0,1\n");
    place.run("--device cpu --data three.csv --lr 0.1 --models 2 --epochs 5 --out three").ok();
    place.run("boundary three").stops(2, &["three", "2 features, not 3"]);
    assert!(!place.path("gpu-sweep-out/latest/boundary").exists() && !place.path("three/boundary").exists());
}
