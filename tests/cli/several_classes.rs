//! Data with more than two classes, from the table to the results.

use crate::support::Place;

const CLUSTERS: &[u8] = include_bytes!("../data/targets/clusters3.csv");

fn place() -> Place {
    let place = Place::new();
    place.write("three.csv", CLUSTERS);
    place
}

/// A column of `models.csv`.
fn column(place: &Place, folder: &str, name: &str) -> Vec<String> {
    let table = place.read(&format!("{folder}/models.csv"));
    let at = table.lines().next().unwrap().split(',').position(|column| column == name).unwrap();
    table.lines().skip(1).map(|line| line.split(',').nth(at).unwrap().to_owned()).collect()
}

#[test]
fn three_classes_are_learnt_alike_by_every_engine() {
    let place = place();
    let train = "--data three.csv --hidden 6 --lr 0.3 --seeds 6 --epochs 300 --test-fraction 0.25";
    let mut found: Vec<Vec<f64>> = Vec::new();
    for device in ["reference", "cpu", "gpu"] {
        let run = place.run(&format!("{train} --device {device} --out {device}")).ok();
        assert!(run.err.contains("3 classes: 0 = \"0\" (60 of 180 rows), 1 = \"1\" (60), 2 = \"2\" (60)"), "{run:?}");
        let accuracies = column(&place, device, "test_acc").iter().map(|text| text.parse().unwrap()).collect();
        found.push(accuracies);
        // Three overlapping clusters: most points can be told apart.
        assert!(found[0].iter().all(|accuracy| *accuracy > 0.8), "{found:?}");
    }
    // At most one of 45 rows is so close to a boundary that rounding moves it across.
    for other in &found[1..] {
        assert!(found[0].iter().zip(other).all(|(a, b)| (a - b).abs() < 0.03), "{found:?}");
    }
}

#[test]
fn the_baseline_is_the_largest_class() {
    let place = Place::new();
    place.write("uneven.csv", include_bytes!("../data/targets/uneven3.csv"));
    let run = |more: &str| {
        let train = "--data uneven.csv --hidden 4 --lr 1e-9 --seeds 8 --epochs 2 --device cpu --json";
        place.run(&format!("{train} {more}")).ok().json()
    };
    let plain = run("--out plain");
    let rows = place.read("uneven.csv");
    let count = |class: &str| rows.lines().filter(|line| line.ends_with(&format!(",{class}"))).count();
    let largest = ["0", "1", "2"].map(count).into_iter().max().unwrap() as f64 / 180.0;
    let threshold = largest + 0.4 * (1.0 - largest);
    assert!((plain["success_threshold"].as_f64().unwrap() - threshold).abs() < 1e-9, "{plain}");
    // Weights of the classes change the loss before the first update, not the predictions.
    let weighted = run("--class-weight balanced --out weighted");
    assert_eq!(plain["all"]["mean_acc"], weighted["all"]["mean_acc"]);
    assert_eq!(column(&place, "plain", "train_acc"), column(&place, "weighted", "train_acc"));
    assert_ne!(column(&place, "plain", "train_loss"), column(&place, "weighted", "train_loss"));
}

#[test]
fn what_two_classes_alone_have_is_refused_with_the_reason() {
    let place = place();
    let run = |more: &str| place.run(&format!("--data three.csv --device cpu --models 4 --epochs 1 {more}"));
    run("--loss mse").stops(2, &["--loss must be softmax for 3 classes, not mse"]);
    run("--metrics auc").stops(2, &["--metrics auc is for two classes with one logit", "leave it out"]);
    run("--select balanced").stops(2, &["--select balanced is for two classes with one logit"]);
    run("--positive 1").stops(2, &["--positive is for two classes; label \"label\" has 3"]);
    run("--loss mae").stops(2, &["--loss must be softmax for 3 classes, not mae"]);
    place
        .run("--device cpu --models 4 --epochs 1 --loss huber")
        .stops(2, &["--loss must be", "for two classes, not huber"]);
}

#[test]
fn two_classes_may_have_a_logit_each() {
    let place = Place::new();
    let run = |loss: &str| {
        let train = "--dataset moons --noise 0.1 --hidden 8 --lr 0.5 --seeds 4 --epochs 300 --device cpu";
        let run = place.run(&format!("{train} --loss {loss} --out {loss} --json")).ok();
        assert!(run.err.contains(if loss == "bce" { "2-8-1" } else { "2-8-2" }), "{run:?}");
        run.json()
    };
    let (one, two) = (run("bce"), run("softmax"));
    assert_eq!(one["success_threshold"], two["success_threshold"]);
    assert!(two["all"]["mean_acc"].as_f64().unwrap() > 0.8, "{two}");
}

#[test]
fn commands_on_a_study_take_several_classes_or_say_why_not() {
    let place = place();
    let train = "--data three.csv --hidden 4 --lr 0.1,0.5 --seeds 3 --epochs 40 --device cpu --out s";
    place.run(train).ok();
    place.run("replay s --model 1").ok();
    place.run("landscape s --model 1").ok();
    place.run("boundary s --models 1").ok();
    assert!(place.path("s/pictures/data.png").exists() && place.path("s/boundary/boundary.png").exists());
    place.run("movie s --of boundaries --frames 3").ok();
    place.run("lr-find --data three.csv --hidden 4 --device cpu --steps 50").ok();
    place.run("seeds-needed s").ok();
}
