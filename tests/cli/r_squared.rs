//! Results of regressions: R², RMSE and MAE instead of accuracies, in every file.

use crate::support::Place;

/// A column of a table of the results.
fn column(place: &Place, file: &str, name: &str) -> Vec<f64> {
    let table = place.read(file);
    let at = table.lines().next().unwrap().split(',').position(|column| column == name);
    let at = at.unwrap_or_else(|| panic!("no {name} in {file}"));
    table.lines().skip(1).map(|line| line.split(',').nth(at).unwrap().parse().unwrap()).collect()
}

#[test]
fn r_squared_and_errors_are_those_of_the_tables_own_units() {
    let place = Place::new();
    let rows = place.run("--dataset friedman1 --points 150 --features 5 --print-data").ok().out;
    let targets: Vec<f64> =
        rows.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let variance = targets.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / targets.len() as f64;
    for device in ["reference", "cpu", "gpu"] {
        let train = "--dataset friedman1 --points 150 --features 5 --hidden none --lr 0.01,0.1 --seeds 3 --epochs 200";
        let run = place.run(&format!("{train} --device {device} --out {device} --json")).ok();
        let table = format!("{device}/models.csv");
        let [loss, r2, rmse, mae] =
            ["train_loss", "train_r2", "train_rmse", "train_mae"].map(|name| column(&place, &table, name));
        for n in 0..6 {
            // The loss is that of standardised targets: R² = 1 - loss, RMSE = standard deviation × √loss.
            assert!((r2[n] - (1.0 - loss[n])).abs() < 1e-5, "{device} {}: {} {}", n, r2[n], loss[n]);
            assert!((rmse[n] - (variance * loss[n]).sqrt()).abs() < 1e-4, "{device} {n}: {}", rmse[n]);
            assert!(mae[n] < rmse[n] && mae[n] > 0.5 * rmse[n], "{device} {n}: {}", mae[n]);
        }
        // A linear model learns most of it, but not the product and the square.
        assert!(r2.iter().any(|r2| *r2 > 0.6) && r2.iter().all(|r2| *r2 < 0.95), "{r2:?}");
        let json = run.json();
        assert!((json["all"]["mean_r2"].as_f64().unwrap() - r2.iter().sum::<f64>() / 6.0).abs() < 1e-5, "{json}");
        assert_eq!(json["success_threshold"], 0.5);
        let of_best = json["best"]["success_rate"].as_f64().unwrap();
        assert_eq!(of_best, 1.0, "{json}");
    }
}

#[test]
fn a_regression_nowhere_speaks_of_accuracy() {
    let place = Place::new();
    let train = "--dataset diabetes --hidden 4 --lr 0.001,0.01,0.1,1e30 --seeds 6 --epochs 40 --test-fraction 0.25";
    let run = place.run(&format!("{train} --device cpu --curves all --record both --data-seeds 2 --out s")).ok();
    let says = |text: &str| text.to_lowercase().contains("accurac") || text.contains("most common class");
    // The picture keeps its file name.
    assert!(!says(&run.out.replace(" accuracy, classes", "")) && !says(&run.err), "{run:?}");
    assert!(run.out.contains("mean test R²") && run.out.contains("a success has an R² above 50 %"), "{}", run.out);
    assert!(run.err.contains("no data plot: it needs classes, not numbers as targets"), "{}", run.err);
    let mut seen = 0;
    for file in std::fs::read_dir(place.path("s/pictures")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "svg") {
            let svg = std::fs::read_to_string(&path).unwrap();
            assert!(!says(&svg), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen}");
    for table in ["models.csv", "summary.csv", "distributions.csv", "variance.csv"] {
        let header = place.read(&format!("s/{table}")).lines().next().unwrap().to_owned();
        assert!(!header.contains("acc"), "{table}: {header}");
    }
    let report = place.read("s/report.html");
    let shown = report.split("<style>").next().unwrap().to_owned() + report.split("</style>").last().unwrap();
    // Values of settings and names of files stay.
    let names = ["id=\"accuracy\"", "<dd>accuracy, test</dd>", "&quot;accuracy&quot;", "accuracy, classes"];
    let shown = names.iter().fold(shown, |shown, name| shown.replace(name, ""));
    assert!(!says(&shown), "the report");
    for name in ["train_r2", "test_r2"] {
        let python = std::fs::read(place.path("s/curves.npz")).unwrap();
        assert!(python.windows(name.len()).any(|part| part == name.as_bytes()), "{name}");
    }
    place.run("boundary s --models 0").stops(2, &["boundaries need classes, not numbers as targets"]);
    let replayed = place.run("replay s --model 1").ok();
    assert!(!says(&replayed.out) && replayed.out.contains("R²"), "{replayed:?}");
    let moved = place.run("movie s --frames 3").ok();
    assert!(!says(&moved.out), "{moved:?}");
    let needed = place.run("seeds-needed s --between 0.01,0.1").ok();
    assert!(!says(&needed.out) && needed.out.contains("test R²"), "{needed:?}");
}

/// Targets that have nothing to do with the features: half of all models are below the mean by chance.
#[test]
fn noise_has_no_best_rate() {
    let place = Place::new();
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 40) as f64 / (1u64 << 24) as f64
    };
    let mut state = 7;
    let rows: String = (0..60).map(|_| [0; 3].map(|_| next(&mut state).to_string()).join(",") + "\n").collect();
    place.write("noise.csv", "a,b,y\n".to_owned() + &rows);
    let train = "--data noise.csv --task regression --hidden 4 --lr 0.01,0.1 --seeds 60 --epochs 100";
    let run = place.run(&format!("{train} --validation-fraction 0.4 --device cpu --curves none")).ok();
    assert!(
        run.out.contains("Nothing learned: no mean validation R² is above that of always predicting the mean"),
        "{run:?}"
    );
}

#[test]
fn classes_and_numbers_are_not_averaged() {
    let place = Place::new();
    place
        .run("--dataset diabetes,iris --device cpu --models 2 --epochs 1")
        .stops(2, &["--dataset lists diabetes with numbers as targets and iris with classes", "train them"]);
}
