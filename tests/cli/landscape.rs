//! `landscape`: the loss on a plane through a model's final parameters.

use crate::support::{Place, SMALL, names};
use gpu_sweep::npz::Npz;

/// Three learning rates, 8 seeds, one hidden unit: five parameters.
const STUDY: &str = "--device cpu --lr 0.02,0.1,0.5 --models 24 --epochs 60 --chunk-models 9";
const QUICK: &str = "--grid 21 --snapshots 6";

#[test]
fn a_panel_for_each_learning_rate_goes_through_the_same_seeds_end_points() {
    let place = Place::new();
    place.run(STUDY).ok();
    // Learning rate 0.1, the third seed.
    let object = place.run(&format!("landscape gpu-sweep-out/latest --model 7 --json {QUICK}")).ok().json();
    let files = ["hessian.csv", "landscape.json", "landscape.npz", "landscape.png", "landscape.svg"];
    assert_eq!(names(&place.path("gpu-sweep-out/latest/landscape-7")), files);
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let row = |id: usize| models.lines().nth(1 + id).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
    let header: Vec<&str> = models.lines().next().unwrap().split(',').collect();
    let loss = |id: usize| -> f64 { row(id)[header.iter().position(|n| *n == "train_loss").unwrap()].parse().unwrap() };
    let panels = object["panels"].as_array().unwrap();
    assert_eq!(panels.len(), 3);
    let mut npz = Npz::open(&place.path("gpu-sweep-out/latest/landscape-7/landscape.npz")).unwrap();
    let mut read = |name: &str| npz.read(name).unwrap();
    assert_eq!((read("lr").values, read("model_id").values), (vec![0.02, 0.1, 0.5], vec![6.0, 7.0, 8.0]));
    assert_eq!((read("loss").shape, read("a").shape, read("u").shape), (vec![3, 21, 21], vec![3, 21], vec![3, 5]));
    let (epochs, paths) = (read("epoch").values, read("path_parameters"));
    assert_eq!((epochs[0], epochs.last().copied(), &paths.shape[..]), (0.0, Some(60.0), &[24, epochs.len(), 5][..]));
    // The first path of each panel belongs to the panel's model, whose end is the origin of the plane.
    let (origin, ids) = (read("origin").values, read("path_model_id").values);
    for (n, panel) in panels.iter().enumerate() {
        assert_eq!(panel["train_loss"].as_f64(), Some(loss(6 + n)), "{panel}");
        let end = ((n * 8 + 1) * epochs.len() - 1) * 5;
        assert_eq!((&paths.values[end..end + 5], ids[n * 8]), (&origin[n * 5..n * 5 + 5], 6.0 + n as f64));
        let shares = panel["view"]["shares"].as_array().unwrap();
        assert!(shares[0].as_f64() >= shares[1].as_f64() && shares[0].as_f64() > Some(0.3), "{panel}");
    }
    let table = place.read("gpu-sweep-out/latest/landscape-7/hessian.csv");
    assert_eq!((table.lines().count(), table.lines().next().unwrap().ends_with("eig_5,flat,negative")), (25, true));
}

#[test]
fn directions_are_those_asked_for() {
    let place = Place::new();
    place.run(STUDY).ok();
    let uv = |words: &str| {
        place.run(&format!("landscape --model 7 {QUICK} --out land {words} gpu-sweep-out/latest")).ok();
        let mut npz = Npz::open(&place.path("land/landscape.npz")).unwrap();
        ["u", "v", "a"].map(|name| npz.read(name).unwrap().values)
    };
    let [u, v, a] = uv("--span 0.5 --directions params w1[0,1] b2[0]");
    assert_eq!((&u[..5], &v[..5]), (&[0.0, 1.0, 0.0, 0.0, 0.0][..], &[0.0, 0.0, 0.0, 0.0, 1.0][..]));
    assert!(a[0] == -0.5 && a[20] == 0.5 && place.read("land/landscape.svg").contains("across: w1[0,1], up: b2[0]"));
    let [filter, other] = [3, 4].map(|seed| uv(&format!("--directions filter --direction-seed {seed} --paths 2")));
    assert!(filter[0] != other[0] && filter[0][2] == 0.0 && filter[0][4] == 0.0, "{filter:?}");
}

#[test]
fn what_is_shown_says_how_fast_and_what_the_hessian_says() {
    let place = Place::new();
    place.run(STUDY).ok();
    let run = place.run(&format!("landscape gpu-sweep-out/latest --model 7 {QUICK}")).ok();
    for part in [
        "ends as in the study",
        "1,323 networks × 200 points in",
        "eig 5",
        "in the median of ",
        "gradient",
        "hessian.csv",
    ] {
        assert!(run.out.contains(part), "no {part:?}: {}", run.out);
    }
    assert!(run.out.lines().count() < 30, "{}", run.out);
    assert!(names(&place.path("gpu-sweep-out/latest")).contains(&"landscape-7".into()));
}

#[test]
fn larger_networks_and_lone_models_have_a_landscape_too() {
    let place = Place::new();
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/breast_cancer.csv");
    place.run(&format!("--device cpu --data {data} --hidden 3 --lr 0.1 --models 2 --epochs 20")).ok();
    let run = place.run(&format!("landscape gpu-sweep-out/latest --model 1 {QUICK}")).ok();
    assert!(run.out.contains("no Hessian: 97 parameters"), "{}", run.out);
    assert!(
        !place.path("gpu-sweep-out/latest/landscape-1/hessian.csv").exists()
            && place.path("gpu-sweep-out/latest/landscape-1/landscape.png").is_file()
    );
}

#[test]
fn a_diverged_model_is_refused_and_a_diverged_neighbour_is_told() {
    let place = Place::new();
    place.run("--device cpu --hidden none --loss mse --lr 0.01,1e6 --models 6 --epochs 90").ok();
    place.run("landscape gpu-sweep-out/latest --model 1").stops(2, &["--model", "diverged in epoch", "status ok"]);
    let object = place.run(&format!("landscape gpu-sweep-out/latest --model 0 --json {QUICK}")).ok().json();
    let panels = object["panels"].as_array().unwrap();
    assert!(panels[1]["view"].is_null() && panels[1]["diverged"] == 3 && panels[0]["view"].is_object(), "{panels:?}");
    assert!(place.read("gpu-sweep-out/latest/landscape-0/landscape.svg").contains("diverged: there is no end point"));
    let table = place.read("gpu-sweep-out/latest/landscape-0/hessian.csv");
    assert!(table.lines().last().unwrap().ends_with("diverged,,,,,,,"), "{table}");
}

#[test]
fn another_end_than_the_study_holds_is_exit_code_one() {
    let place = Place::new();
    place.run(SMALL).ok();
    let [own, forged] = super::replay::forge(&place.path("gpu-sweep-out/latest"), &place.path("forged"), 5)
        .map(|loss| loss.to_string());
    place.run(&format!("landscape forged --model 4 {QUICK}")).ok();
    let run = place.run(&format!("landscape forged --model 5 {QUICK}"));
    run.stops(1, &["model 5", "final training loss", &format!("{forged} in the study"), &format!("{own} again")]);
    assert!(!place.path("forged/landscape-5").exists());
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let place = Place::new();
    place.run(SMALL).ok();
    let refused = |words: &str, parts: &[&str]| {
        place.run(&format!("landscape gpu-sweep-out/latest --model 3 {words}")).stops(2, parts);
    };
    refused("--directions up", &["--directions", "up", "pca, filter"]);
    refused("--directions params w1[0,0]", &["--directions", "two names"]);
    refused("--directions params w1[0,0] w9[0,0]", &["w9[0,0]", "w1[0,0-1] b1[0] w2[0,0] b2[0]"]);
    refused("--directions params b1[0] b1[0]", &["b1[0] twice"]);
    refused("--grid 1025", &["--grid", "1025", "2 to 1024"]);
    refused("--grid 1", &["--grid", "2 to 1024"]);
    refused("--span 0", &["--span", "above 0"]);
    refused("--paths 0", &["--paths", "1 to 1000"]);
    place.run("landscape gpu-sweep-out/latest --model 8").stops(2, &["--model", "8", "0 to 7"]);
    refused("--directions pca other", &["--directions", "pca other", "pca, filter"]);
    place.run("landscape --directions pca nowhere --model 3").stops(2, &["nowhere"]);
    let newest = place.run(&format!("landscape --model 3 --directions filter {QUICK}")).ok();
    assert!(newest.err.contains("study     gpu-sweep-out/epochs-5_"), "{}", newest.err);
    place.run("landscape nowhere --model 3").stops(2, &["nowhere"]);
    place.run("landscape gpu-sweep-out/latest").stops(2, &["--model"]);
}

/// The summary sentence on successes states their median, not a bound.
#[test]
fn the_sentence_on_the_hessian_tells_the_median() {
    let place = Place::new();
    place.run(STUDY).ok();
    let run = place.run(&format!("landscape gpu-sweep-out/latest --model 7 {QUICK}")).ok();
    let table = place.read("gpu-sweep-out/latest/landscape-7/hessian.csv");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let [class, sharpest] = ["class", "eig_1"].map(|name| rows[0].iter().position(|own| *own == name).unwrap());
    let of = |success: bool| {
        let own = rows[1..].iter().filter(|row| (row[class] == "success") == success);
        let mut values: Vec<f64> = own.filter_map(|row| row[sharpest].parse().ok()).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    for (who, values) in [("successes", of(true)), ("failures", of(false))] {
        assert!(values.len() > 2 && values[0] < values[values.len() - 1], "{who}: {values:?}");
        let n = values.len();
        let median = (values[(n - 1) / 2] + values[n / 2]) / 2.0;
        let words = format!("in the median of {n} {who} the largest Hessian eigenvalue is ");
        let said = run.out.split(&words).nth(1).unwrap_or_else(|| panic!("no {words:?} in {}", run.out));
        let said: f64 = said.split(';').next().unwrap().parse().unwrap();
        assert!((said / median - 1.0).abs() < 0.006, "{said} {median}");
    }
    assert!(!run.out.contains("at most,"), "{}", run.out);
}
