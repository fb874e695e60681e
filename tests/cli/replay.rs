//! `replay`: trains one model of a study again.

use crate::support::{Place, SMALL, names};
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::{InMemorySink, Sink};
use gpu_sweep::npz::Npz;
use gpu_sweep::study::Study;
use std::path::Path;

/// Two cells of 12 models: 2 learning rates × 6 seeds, two chunks each; curves of the first 10 models.
const STUDY: &str = "--device cpu --optimizer sgd,adam --lr 0.05,0.5 --models 24 --epochs 40 --chunk-models 7 --hidden 3 \
                     --test-fraction 0.25 --curves 10 --record accuracy,test";

#[test]
fn a_model_of_any_cell_is_the_same_again() {
    let place = Place::new();
    place.run(STUDY).ok();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let header: Vec<&str> = models.lines().next().unwrap().split(',').collect();
    for model in [0, 8, 21] {
        let object =
            place.run(&format!("replay gpu-sweep-out/latest --model {model} --json --snapshots 5")).ok().json();
        let row: Vec<&str> = models.lines().nth(1 + model).unwrap().split(',').collect();
        let kept = |name: &str| row[header.iter().position(|n| *n == name).unwrap()];
        assert_eq!(kept("model_id"), model.to_string());
        assert_eq!(object["train_loss"].as_f64().unwrap(), kept("train_loss").parse::<f64>().unwrap());
        assert_eq!(object["lr"].as_f64().unwrap(), kept("lr").parse::<f64>().unwrap());
        assert_eq!((object["seed"].to_string().as_str(), &object["same_bits"]), (kept("seed"), &true.into()));
        let folder = format!("gpu-sweep-out/latest/replay-{model}");
        let files =
            ["boundaries.png", "boundaries.svg", "replay.json", "trajectory.npz", "trajectory.png", "trajectory.svg"];
        assert_eq!(names(&place.path(&folder)), files);
        let mut npz = Npz::open(&place.path(&folder).join("trajectory.npz")).unwrap();
        let (epochs, states) = (npz.read("epoch").unwrap(), npz.read("state_epoch").unwrap());
        assert_eq!((epochs.values.len(), epochs.values[40]), (41, 40.0));
        assert_eq!(npz.read("parameters").unwrap().shape, [states.values.len(), 13]);
        assert_eq!(npz.read("train_loss").unwrap().values[40], object["train_loss"].as_f64().unwrap());
        assert!(npz.read("sharpness").unwrap().values.iter().all(|v| v.is_finite()));
        assert!(npz.contains("test_loss") && npz.contains("test_acc"));
    }
}

#[test]
fn what_is_shown_fits_a_screen_and_the_epochs_are_those_asked_for() {
    let place = Place::new();
    place.run(STUDY).ok();
    let run = place.run("replay gpu-sweep-out/latest --model 3 --at 0,7,40 --out way --snapshots 9").ok();
    assert!(run.out.contains("every bit as in the study") && run.out.contains("2/lr"), "{}", run.out);
    assert!(!run.out.contains("this training has another"), "{}", run.out);
    let adam = place.run("replay gpu-sweep-out/latest --model 20 --snapshots 3").ok();
    assert!(adam.out.contains("this training has another"), "{}", adam.out);
    let rows: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(["0", "7", "40"].iter().all(|epoch| rows.contains(epoch)) && run.out.lines().count() < 24, "{}", run.out);
    assert!(place.read("way/boundaries.svg").contains("epoch 7") && place.path("way/trajectory.npz").is_file());
    // The study is unchanged, and the same settings still find it.
    assert!(names(&place.path("gpu-sweep-out/latest")).contains(&"replay-20".into()));
    assert!(place.run(STUDY).ok().err.contains("nothing left to train"));
}

/// Writes a copy of a study in which the loss of one model differs in one bit; returns the two losses.
pub fn forge(from: &Path, to: &Path, model: usize) -> [f64; 2] {
    let (study, inputs) = Study::found(from).unwrap();
    let (info, mappings) = study.saved_engine().unwrap();
    let mut forged = Study::open(to, study.spec().clone(), false).unwrap();
    forged.use_engine(info, mappings).unwrap();
    let mut losses = [0.0; 2];
    let job = inputs.jobs[0].mapped(mappings[0]);
    for span in forged.missing() {
        let mut batch = InMemorySink::train(&mut CpuEngine::new().unwrap(), &job, span.trials.clone()).unwrap();
        let loss = &mut batch.outcomes[model].train.as_mut().unwrap().loss;
        losses[0] = *loss;
        *loss = f64::from_bits(loss.to_bits() + 1);
        losses[1] = *loss;
        let _ = forged.sink(&span, &()).accept(batch).unwrap();
    }
    losses
}

#[test]
fn another_bit_than_the_study_holds_is_exit_code_one_with_both_numbers() {
    let place = Place::new();
    place.run(SMALL).ok();
    let [own, forged] =
        forge(&place.path("gpu-sweep-out/latest"), &place.path("forged"), 5).map(|loss| loss.to_string());
    place.run("replay forged --model 4 --snapshots 3").ok();
    let run = place.run("replay forged --model 5 --snapshots 3");
    run.stops(1, &["model 5", "final training loss", &format!("{forged} in the study"), &format!("{own} again")]);
    assert!(!place.path("forged/replay-5").exists());
}

#[test]
fn a_model_that_is_not_trained_yet_is_no_model() {
    let place = Place::new();
    place.run(STUDY).ok();
    std::fs::remove_file(place.path("gpu-sweep-out/latest/chunks/000001.chunk")).unwrap();
    place.run("replay gpu-sweep-out/latest --model 8").stops(2, &["not trained yet", "resume"]);
    place.run("replay gpu-sweep-out/latest --model 6 --snapshots 3").ok();
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let place = Place::new();
    place.run(STUDY).ok();
    place.run("replay gpu-sweep-out/latest --model 24").stops(2, &["--model", "24", "0 to 23"]);
    place.run("replay gpu-sweep-out/latest --model 3 --at 41").stops(2, &["--at", "41", "0 to 40"]);
    place.run("replay gpu-sweep-out/latest --model 3 --at 0,1,2,3,4,5,6,7,8,9").stops(2, &["--at", "10 epochs", "9"]);
    place.run("replay nowhere --model 3").stops(2, &["nowhere"]);
    place.run("replay gpu-sweep-out/latest").stops(2, &["--model"]);
    std::fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/sweep.toml", "epochs = 5\n");
    place.run("replay mine --model 3").stops(2, &["mine", "results folder"]);
    assert_eq!(names(&place.path("mine")), ["sweep.toml"]);
}

#[test]
fn a_device_that_is_not_here_is_named() {
    let place = Place::new();
    place.run(STUDY).ok();
    let engine: serde_json::Value = serde_json::from_str(&place.read("gpu-sweep-out/latest/engine.json")).unwrap();
    let mut other = engine.clone();
    (other["engine"]["engine"], other["engine"]["device"]) = ("gpu".into(), "Voodoo 2".into());
    place.write("gpu-sweep-out/latest/engine.json", other.to_string());
    place.run("replay gpu-sweep-out/latest --model 3").stops(2, &["gpu-sweep-out/", "gpu on \"Voodoo 2\"", "not here"]);
}

#[test]
fn a_diverged_model_and_one_with_many_features_are_followed_too() {
    let place = Place::new();
    place.run("--device cpu --hidden none --loss mse --lr 1e6 --models 2 --epochs 90").ok();
    let run = place.run("replay gpu-sweep-out/latest --model 1").ok();
    assert!(run.out.contains("diverged in epoch") && run.out.contains("sharper than 2/lr"), "{}", run.out);
    let mut npz = Npz::open(&place.path("gpu-sweep-out/latest/replay-1/trajectory.npz")).unwrap();
    assert!(npz.read("train_loss").unwrap().values[90].is_nan());
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/breast_cancer.csv");
    place.run(&format!("--device cpu --data {data} --lr 0.1 --models 2 --epochs 20 --out cancer")).ok();
    let run = place.run("replay cancer --model 0 --snapshots 4 --out c").ok();
    assert!(run.err.contains("2 features, not 30"), "{}", run.err);
    assert_eq!(names(&place.path("c")), ["replay.json", "trajectory.npz", "trajectory.png", "trajectory.svg"]);
}
