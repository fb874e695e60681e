//! Outcome classes: success, chance, divergence and other failures.

use crate::support::{Place, Run};
use serde_json::Value;

fn classes(run: Run) -> Value {
    run.ok().json()["all"]["classes"].clone()
}

/// 390 rows of one class and 10 of the other: always predicting the most common class scores 97.5 % but is no success.
#[test]
fn naming_the_most_common_class_always_is_chance() {
    let place = Place::new();
    place.write("imb.csv", include_bytes!("../data/imbalanced.csv"));
    let train = "--data imb.csv --hidden 1 --lr 0.01 --seeds 20 --epochs 200 --device cpu --json";
    let run = place.run(train).ok();
    let found = run.json();
    assert_eq!((&found["all"]["classes"]["chance"], &found["all"]["success_rate"]), (&20.into(), &0.0.into()));
    assert!((found["success_threshold"].as_f64().unwrap() - 0.985).abs() < 1e-12);
    // Balanced accuracy is one half whatever the share of the most common class; 0.002 allows for one wrong row.
    let models = place.read(&format!("{}/models.csv", found["out"].as_str().unwrap()));
    let column = models.lines().next().unwrap().split(',').position(|name| name == "balanced_acc").unwrap();
    let balanced = models.lines().skip(1).map(|line| line.split(',').nth(column).unwrap().parse::<f64>().unwrap());
    assert!(balanced.into_iter().all(|share| (share - 0.5).abs() < 0.002), "{models}");
    // Nor are they successes with a threshold below the baseline.
    let low = classes(place.run(&format!("{train} --success-threshold 0.7")));
    assert_eq!((&low["chance"], &low["success"]), (&20.into(), &0.into()));
}

#[test]
fn explosions_are_told_from_divergence_and_are_in_no_mean() {
    let place = Place::new();
    let train = "--lr 1.2 --loss mse --seeds 20 --hidden 2 --dataset moons --noise 0.2 --device cpu --json";
    let few = place.run(&format!("{train} --epochs 100 --out few")).ok().json();
    let exploded = few["all"]["classes"]["exploded"].as_u64().unwrap();
    assert!(exploded >= 10 && few["all"]["classes"]["dead-relu"].as_u64().unwrap() < 10, "{few}");
    let models = place.read("few/models.csv");
    assert_eq!(models.lines().filter(|line| line.contains(",exploded,")).count() as u64, exploded);
    let summary = place.read("few/summary.csv");
    let (names, values) = summary.split_once('\n').unwrap();
    let of = |name: &str| values.trim().split(',').nth(names.split(',').position(|n| n == name).unwrap()).unwrap();
    assert_eq!(of("exploded"), exploded.to_string());
    let many = place.run(&format!("{train} --epochs 400 --out many")).ok().json();
    assert_eq!(many["all"]["diverged"], 20);
    assert!(many["all"]["mean_acc"].is_null());
}

#[test]
fn the_area_under_the_roc_curve_is_there_where_it_is_asked_for() {
    let place = Place::new();
    let train = "--dataset moons --noise 0.3 --hidden 4 --models 30 --epochs 40 --validation-fraction 0.2 \
                 --test-fraction 0.25 --chunk-models 7";
    let run = |more: &str| {
        place.run(&format!("{train} {more}")).ok();
    };
    run("--out plain --device cpu");
    run("--out ranked --metrics auc --device cpu");
    run("--out again --metrics auc --device reference");
    let rows = |name: &str| -> Vec<Vec<String>> {
        place.read(name).lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    assert!(!rows("plain/models.csv")[0].iter().any(|column| column.contains("auc")));
    let (models, summary) = (rows("ranked/models.csv"), rows("ranked/summary.csv"));
    for name in ["auc", "val_auc", "test_auc"] {
        let of = |rows: &[Vec<String>], name: &str| -> Vec<f64> {
            let column = rows[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("{name}"));
            rows[1..].iter().map(|row| row[column].parse().unwrap()).collect()
        };
        let areas = of(&models, name);
        assert!(
            areas.iter().all(|area| (0.0..=1.0).contains(area)) && areas.iter().any(|area| *area > 0.75),
            "{areas:?}"
        );
        let other = of(&rows("again/models.csv"), name);
        assert!(areas.iter().zip(&other).all(|(a, b)| (a - b).abs() < 0.02), "{areas:?} {other:?}");
        let means = of(&summary, &format!("mean_{name}"));
        assert!((means.iter().sum::<f64>() / means.len() as f64 - areas.iter().sum::<f64>() / 30.0).abs() < 1e-9);
    }
    let best = place.run(&format!("{train} --out ranked --metrics auc --select auc --force --json")).ok().json();
    assert!(best["all"]["n"] == 30, "{best}");
    place.run("--select auc").stops(2, &["--select auc", "--metrics auc"]);
    // All other columns are unchanged.
    let without = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let keep: Vec<bool> = rows[0].iter().map(|column| !column.contains("auc")).collect();
        rows.into_iter()
            .map(|row| row.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(f, _)| f).collect())
            .collect()
    };
    assert_eq!(without(rows("plain/models.csv")), without(models));
}
