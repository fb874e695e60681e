//! `lr-find`: the learning-rate range test on the command line.

use crate::support::{Place, names};
use gpu_sweep::npz::Npz;
use serde_json::Value;

const TEST: &str = "--device cpu --dataset moons --hidden 3 --activation tanh --seeds 7";

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

/// Median of an odd number of values.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Compares with a normal training whose learning rate grows exponentially.
#[test]
fn the_losses_are_those_of_an_exponential_schedule() {
    let place = Place::new();
    let test = "--start 0.001 --stop 10 --steps 50 --smoothing 0";
    let object = place.run(&format!("lr-find {TEST} {test} --json")).ok().json();
    assert!(!place.path("gpu-sweep-out").exists(), "nothing is written that nobody asked for");
    let gamma = 10f64.powf(4.0 / 50.0);
    place.run(&format!("{TEST} --lr 0.001 --schedule exponential --gamma {gamma} --epochs 50 --record-every 1")).ok();
    let losses = Npz::open(&place.path("gpu-sweep-out/latest/curves.npz")).unwrap().read("train_loss").unwrap();
    assert_eq!(losses.shape, [7, 51]);
    let (rates, medians) = (numbers(&object["lr"]), numbers(&object["loss"]["median"]));
    assert_eq!((rates.len(), rates[0], object["diverged"].as_u64()), (50, 0.001, Some(0)));
    for (step, median) in medians.iter().enumerate().take(30) {
        let expected = middle((0..7).map(|seed| losses.values[51 * seed + step]).collect());
        assert!((median - expected).abs() < 1e-6, "step {step}: {median} {expected}");
        assert!((rates[step] / (0.001 * gamma.powi(step as i32)) - 1.0).abs() < 1e-12);
    }
    for name in ["steepest", "minimum"] {
        let each = object["seeds"].as_array().unwrap().iter().filter_map(|seed| seed[name].as_f64()).collect();
        assert!((object[name]["median"].as_f64().unwrap() / middle(each) - 1.0).abs() < 1e-12, "{name}");
        assert_eq!(object[name]["models"], 7);
    }
}

#[test]
fn what_is_suggested_is_told_drawn_and_can_be_trained_with() {
    let place = Place::new();
    let run = place.run(&format!("lr-find {TEST} --steps=60 --stop 100 --plot lr-find")).ok();
    assert_eq!(names(&place.path("lr-find")), ["lr-find.png", "lr-find.svg"]);
    let words = [
        "steepest fall ",
        "a tenth of the minimum's ",
        "of 7 seeds 0 diverged",
        "to train with these rates: gpu-sweep ",
    ];
    assert!(words.iter().all(|word| run.out.contains(word)), "{run:?}");
    let command = run.out.lines().last().unwrap().split_once("gpu-sweep ").unwrap().1;
    let (flags, lr) = command.split_once(" --lr ").unwrap();
    assert_eq!((flags, lr.starts_with("geomspace:")), (TEST, true), "{command}");
    place.run(&format!("{command} --epochs 2")).ok();
}

#[test]
fn a_loss_that_never_falls_suggests_nothing() {
    let place = Place::new();
    let run = place
        .run("lr-find --device cpu --hidden none --init zeros --init-bias zeros --lr-first 0.1")
        .stops(2, &["--lr-first"]);
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    // With all-zero weights nothing is learned.
    let flags = "--device cpu --hidden 1 --init zeros --init-bias zeros --seeds 3";
    let run = place.run(&format!("lr-find {flags} --plot p --json")).ok();
    let object = run.json();
    assert!(
        object["steepest"].is_null() && object["tenth_of_minimum"].is_null() && object["train"].is_null(),
        "{run:?}"
    );
    assert!(place.read("p/lr-find.svg").contains("The loss never falls"));
    let run = place.run(&format!("lr-find {flags}")).ok();
    assert!(run.out.contains("in 3 the loss never falls") && !run.out.contains("to train"), "{run:?}");
}

#[test]
fn what_a_range_test_can_not_do_is_refused() {
    let place = Place::new();
    for (words, parts) in [
        ("--optimizer sgd,adam", ["--optimizer must be", "a single one"]),
        ("--hidden 1/2 --dataset moons", ["--hidden must be", "a single one"]),
        ("--data-seeds 2", ["--data-seeds must be", "a single one"]),
        ("--optimizer momentum --momentum 0.5,0.9", ["--momentum must be", "a single one"]),
        ("--momentum 0.5", ["--momentum has no effect", "--optimizer momentum"]),
        ("--start 0", ["--start must be", "above 0"]),
        ("--start 1e-300 --stop 1e300", ["--start, --stop must be", "a number above the one before"]),
        ("--start 1 --stop 1.0000000000000002", ["--start, --stop must be", "a number above the one before"]),
        ("--stop 1e-6", ["--stop must be", "above --start 0.00001"]),
        ("--steps 49", ["--steps must be", "50 to 100000"]),
        ("--smoothing 1", ["--smoothing must be", "below 1"]),
        ("--seeds 0", ["--seeds must be", "from 1"]),
        ("--seeds 200000", ["--seeds must be", "up to 99009 with 100 steps"]),
        ("--batch-size 16,32", ["--batch-size must be", "a single one"]),
        ("--lr 0.1", ["lr-find has no flag --lr", "--help"]),
        ("--device cpu,reference", ["--device must be", "a single device here"]),
    ] {
        let run = place.run(&format!("lr-find {words}")).stops(2, &parts);
        assert_eq!(run.err.lines().filter(|line| line.contains("error")).count(), 1, "{words}: {run:?}");
    }
}

/// If the best rate may be outside the tested range, the reason and the remedy are printed.
#[test]
fn a_suggestion_at_an_edge_is_marked_with_its_cause() {
    let place = Place::new();
    let run = |more: &str| place.run(&format!("lr-find {TEST} {more}")).ok().out;
    let low = run("--stop 0.1");
    assert!(low.contains("in 7, it still falls at the last rates looked at: try a larger --stop"), "{low}");
    let wide = run("--steps 100 --stop 1e5 --optimizer adam");
    assert!(!wide.contains("try a larger --stop"), "{wide}");
    let object = place.run(&format!("lr-find {TEST} --stop 0.1 --json")).ok().json();
    assert_eq!((object["edges"]["stop"].as_u64(), object["seeds"][0]["edges"][1].as_str()), (Some(7), Some("stop")));
}

#[test]
fn mini_batches_take_an_epoch_a_step_and_are_smoothed() {
    let place = Place::new();
    let run = |more: &str| place.run(&format!("lr-find {TEST} --steps 50 --batch-size 64 --json {more}")).ok().json();
    let (usual, plain) = (run(""), run("--smoothing 0"));
    assert_eq!((usual["smoothing"].as_f64(), plain["smoothing"].as_f64()), (Some(0.98), Some(0.0)));
    assert!(usual["train"].as_str().unwrap().contains("--batch-size 64"));
    // Compares with a normal mini-batch training whose learning rate grows exponentially.
    let gamma = 1e6f64.powf(1.0 / 50.0);
    let flags = format!("{TEST} --batch-size 64 --lr 1e-5 --schedule exponential --gamma {gamma} --epochs 50");
    place.run(&format!("{flags} --record-every 1 --out study")).ok();
    let losses = Npz::open(&place.path("study/curves.npz")).unwrap().read("train_loss").unwrap();
    for (step, median) in numbers(&plain["loss"]["median"]).iter().enumerate().take(40) {
        let expected = middle((0..7).map(|seed| losses.values[51 * seed + step]).collect());
        assert!((median - expected).abs() < 1e-6, "step {step}: {median} {expected}");
    }
}

/// If the range ends before the loss minimum, rows, title and the suggested command say so, and no rate outside the
/// range is suggested.
#[test]
fn a_range_that_is_too_low_is_marked_everywhere() {
    let place = Place::new();
    let low = "lr-find --device cpu --threads 2 --start 1e-6 --stop 1e-5";
    let run = place.run(&format!("{low} --plot p")).ok();
    let minimum = run.out.lines().find(|line| line.trim_start().starts_with("the minimum's")).unwrap();
    assert!(minimum.contains("at the edge of what was looked at"), "{}", run.out);
    let tenth = run.out.lines().find(|line| line.trim_start().starts_with("a tenth")).unwrap();
    assert!(tenth.contains("below all rates looked at"), "{}", run.out);
    assert!(
        run.out.contains("to train with these rates, though better ones may lie ")
            && run.out.contains("above: gpu-sweep"),
        "{}",
        run.out
    );
    let svg = place.read("p/lr-find.svg");
    assert!(svg.contains("better ones may lie") && svg.contains("at end of range: "), "unmarked");
    let object = place.run(&format!("{low} --json")).ok().json();
    let [start, stop] = ["start", "stop"].map(|end| object["grid"][end].as_f64().unwrap());
    assert!(start >= 1e-6 && stop <= 1e-5 && start < stop, "{start} {stop}: not looked at");
    let wide = place.run(&format!("lr-find {TEST} --stop 1e5 --optimizer adam")).ok().out;
    assert!(!wide.contains("though better"), "{wide}");
}

#[test]
fn a_range_that_is_too_high_has_a_way_on() {
    let place = Place::new();
    let flags =
        "--device cpu --threads 2 --loss mse --dataset moons --hidden 4 --optimizer momentum --start 1 --stop 1000";
    let run = place.run(&format!("lr-find {flags} --plot p")).ok();
    assert!(
        run.out.contains("rises from the first rates looked at on: try a smaller --start (now 1 to "),
        "{}",
        run.out
    );
    assert!(run.out.contains("in 100 the loss never falls"), "{}", run.out);
    assert!(place.read("p/lr-find.svg").contains("the first rates are too high"));
}
