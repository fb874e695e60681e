//! Extreme numbers, as input and as output.

use crate::support::{Place, SMALL, names};
use gpu_sweep::npz::Npz;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;

const MAX: &str = "18446744073709551615";

/// Rows of `models.csv` as fields, without the header.
fn rows(place: &Place, out: &str) -> Vec<Vec<String>> {
    let text = place.read(&format!("{out}/models.csv"));
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    text.lines().skip(1).map(|row| row.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn learning_rates_below_0_or_of_no_size_are_refused_wherever_they_are_given() {
    let place = Place::new();
    for value in [
        "-1",
        "-1e-300",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "0.1,-0.1",
        "0.1,nan,0.2",
        "linspace:-1:1:3",
        "linspace:1:-1e-9:3",
        "linspace:0:nan:3",
        "linspace:0:inf:3",
        "logspace:nan:0:3",
        "logspace:0:400:3",
    ] {
        let run = place.run_args(&["--device", "cpu", &format!("--lr={value}")]);
        run.stops(2, &["--lr must be a number from 0"]);
        place.write("c.toml", format!("epochs = 3\nlr = \"{value}\"\n"));
        place.run("--device cpu --config c.toml").stops(2, &["c.toml, line 2, column 6: lr must be a number from 0"]);
    }
    for value in ["-1", "-1e-300", "nan", "inf", "-inf", "1e400"] {
        place.write("t.csv", format!("seed,lr\n1,0.5\n2,{value}\n"));
        let parts = ["t.csv, line 3, column 2: lr must be a finite number from 0, not ", value];
        place.run("--device cpu --trials t.csv").stops(2, &parts);
    }
    assert!(!place.path("gpu-sweep-out").exists());
}

#[test]
fn learning_rates_of_0_and_1e30_are_rows_like_others() {
    let place = Place::new();
    let words = "--device cpu --lr 0,1e-30,0.1,1e30,1e308 --seeds 4 --epochs 20 --json";
    let run = place.run(&format!("{words} --out out")).ok();
    let rows = rows(&place, "out");
    for seed in rows.chunks(5) {
        let rates: Vec<&str> = seed.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(rates, ["0", "1e-30", "0.1", "1e30", "1e308"]);
        assert_eq!(seed[0][3..], seed[1][3..], "1e-30 rounds away");
        assert!(seed[..3].iter().all(|row| row[6] == "ok" && row[7].is_empty()), "{seed:?}");
        for row in &seed[3..] {
            assert_eq!(row[3..7], ["", "", "", "diverged"], "{row:?}");
            assert!(row[7].parse::<u32>().unwrap() < 3, "{row:?}");
        }
    }
    assert_eq!(run.json()["all"]["diverged"], 8, "{}", run.out);
    // Neighbouring models are the same as in a study without the extreme rates.
    place.run("--device cpu --lr 0,1e-30,0.1 --seeds 4 --epochs 20 --quiet --out calm").ok();
    let calm = self::rows(&place, "calm");
    let kept: Vec<_> = rows.chunks(5).flat_map(|seed| &seed[..3]).map(|row| row[1..].to_vec()).collect();
    assert_eq!(kept, calm.iter().map(|row| row[1..].to_vec()).collect::<Vec<_>>());
    let summary = place.read("out/summary.csv");
    assert!(summary.contains("\n1e30,4,,,,,,0,0,"), "{summary}");
    assert_eq!(names(&place.path("out/pictures")).len(), 20);
}

#[test]
fn the_largest_seeds_are_kept_to_the_last_digit() {
    let place = Place::new();
    let first = "18446744073709551614";
    let words = format!("--device cpu --lr 0.1,0.2 --epochs 2 --quiet --seed {first}");
    place.run(&format!("{words} --seeds 2 --out out")).ok();
    let seeds = |out: &str| rows(&place, out).into_iter().map(|row| row[2].clone()).collect::<Vec<_>>();
    assert_eq!(seeds("out"), [first, first, MAX, MAX]);
    let reader = SerializedFileReader::new(File::open(place.path("out/models.parquet")).unwrap()).unwrap();
    let seed = |row: parquet::record::Row| {
        let found = row.get_column_iter().find(|(name, _)| *name == "seed").map(|(_, field)| field.clone());
        found.unwrap()
    };
    let recorded: Vec<Field> = reader.get_row_iter(None).unwrap().map(|row| seed(row.unwrap())).collect();
    assert_eq!(recorded, [u64::MAX - 1, u64::MAX - 1, u64::MAX, u64::MAX].map(Field::ULong));
    // The same study from its saved file, and from a list of trials.
    place.run("--device cpu --config out/sweep.toml --quiet --out again").ok();
    place.write("t.csv", format!("lr,seed\n0.1,{first}\n0.2,{first}\n0.1,{MAX}\n0.2,{MAX}\n"));
    place.run("--device cpu --trials t.csv --epochs 2 --quiet --out listed").ok();
    for other in ["again", "listed"] {
        assert_eq!(rows(&place, other), rows(&place, "out"), "{other}");
    }
    // There is no seed after the largest.
    let beyond = ["--seed must be", "below 2^64"];
    for more in ["--seeds 3", "--models 5", "--models 3 --independent-seeds"] {
        place.run(&format!("{words} {more} --out beyond")).stops(2, &beyond);
    }
    place.run(&format!("{words} --models 2 --independent-seeds --out just")).ok();
    assert_eq!(seeds("just"), [first, MAX]);
    place.write("t.csv", "lr,seed\n0.1,18446744073709551616\n");
    place.run("--device cpu --trials t.csv").stops(2, &["t.csv, line 2, column 2", "0 to 2^64 - 1"]);
    place.run(&format!("{SMALL} --data-seed {MAX} --quiet --out data")).ok();
}

#[test]
fn a_single_point_is_refused_and_two_in_one_place_are_a_coin() {
    let place = Place::new();
    place.write("one.csv", "a,b,y\n1,2,0\n");
    place.run("--device cpu --data one.csv").stops(2, &["one.csv, line 1, column 3", "one class", "rows of each"]);
    // Both features are constant, so there is nothing to scale by.
    place.write("two.csv", "a,b,y\n1,2,0\n1,2,1\n");
    for standardize in ["--standardize", "--no-standardize"] {
        let out = standardize.trim_start_matches('-');
        place
            .run(&format!(
                "--device cpu --data two.csv {standardize} --hidden none --lr 0.3 --seeds 3 --epochs 2000 --quiet --out {out}"
            ))
            .ok();
        for row in rows(&place, out) {
            let loss: f64 = row[3].parse().unwrap();
            assert!((loss - std::f64::consts::LN_2).abs() <= 1e-7 && row[4] == "0.5" && row[6] == "ok", "{row:?}");
        }
    }
}

#[test]
fn features_of_1e30_are_scaled_or_their_models_diverge() {
    let place = Place::new();
    place.write("big.csv", "a,b,y\n1e30,7,0\n-1e30,7,1\n1e30,7,0\n-5,7,1\n");
    let words = "--device cpu --hidden none --seeds 3 --epochs 50";
    place.run(&format!("{words} --data big.csv --lr 0.5 --quiet --out scaled")).ok();
    for row in rows(&place, "scaled") {
        assert!(row[6] == "ok" && row[4] == "1" && row[3].parse::<f64>().unwrap() < 0.2, "{row:?}");
    }
    // One of the last two rows is always misclassified; at a rate of 1e20 the first step is about 1e49.
    place.write("big.csv", "a,b,y\n1e30,7,0\n-1e30,7,1\n1e30,7,0\n1e30,7,1\n");
    let run = place.run(&format!("{words} --data big.csv --lr 0.5,1e20 --no-standardize --json --out plain")).ok();
    for row in rows(&place, "plain").iter().skip(1).step_by(2) {
        assert_eq!(row[3..8], ["", "", "", "diverged", "0"], "{row:?}");
    }
    assert!(run.json()["all"]["diverged"].as_u64().unwrap() >= 3, "{}", run.out);
    // Without the constant column one feature is left, too few for the picture of the data.
    assert_eq!(names(&place.path("plain/pictures")).len(), 18);
    place.write("large.csv", "a,b,y\n1,7,0\n1.1e30,7,1\n");
    place.run("--device cpu --data large.csv").stops(2, &["large.csv, line 3, column 1", "at most 1e30"]);
}

#[test]
fn no_epochs_and_fewer_than_are_recorded() {
    let place = Place::new();
    let words = "--device cpu --lr 0.1,0.2 --seeds 2 --quiet";
    for (epochs, every, recorded) in [(0, 1, vec![0.0]), (0, 7, vec![0.0]), (3, 7, vec![0.0, 3.0])] {
        let out = format!("e{epochs}-{every}");
        place.run(&format!("{words} --epochs {epochs} --record-every {every} --out {out}")).ok();
        let mut curves = Npz::open(&place.path(&out).join("curves.npz")).unwrap();
        assert_eq!(curves.read("epoch").unwrap().values, recorded, "{out}");
        let losses = curves.read("train_loss").unwrap();
        assert_eq!(losses.shape, [4, recorded.len()], "{out}");
        let last = losses.values.chunks(recorded.len()).map(|curve| *curve.last().unwrap());
        let rows = rows(&place, &out);
        for (row, last) in rows.iter().zip(last) {
            let loss: f64 = row[3].parse().unwrap();
            assert!((loss - last).abs() <= 1e-7 && row[6] == "ok", "{row:?} {last}");
        }
        // Without an update the learning rate has no effect.
        assert_eq!(rows[0][3] == rows[1][3], epochs == 0, "{rows:?}");
    }
}
