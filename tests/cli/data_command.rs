//! `gpu-sweep data`: what would be learnt of a table.

use crate::support::Place;

const TABLE: &str = "id,size,colour,ok,same,sold,kind\n";

/// 60 rows: an id, numbers of which some are missing, words, booleans, a constant, a number, two classes of 20 and 40.
fn place() -> Place {
    let place = Place::new();
    let row = |n: usize| {
        let size = if n % 10 == 3 { String::new() } else { format!("{}.5", n % 7) };
        let (colour, ok) = (["red", "green", "blue"][n % 3], ["True", "False"][n % 2]);
        format!("{n},{size},{colour},{ok},7,{},{}\n", n % 5, if n.is_multiple_of(3) { "a" } else { "b" })
    };
    place.write("t.csv", TABLE.to_owned() + &(0..60).map(row).collect::<String>());
    place
}

#[test]
fn a_table_is_described_column_by_column() {
    let place = place();
    let run = place.run("data t.csv --missing mean --drop sold --test-fraction 0.25").ok();
    for expected in [
        "data      \"t.csv\": label column \"kind\" (the last): 1 = \"b\" (40 of 60 rows), 0 = \"a\" (20)",
        "size      60 rows, 7 columns, 6 features",
        "\"id\"      whole numbers, all different: an id?",
        "one-hot",
        "left out: constant",
        "left out: not asked for",
        "training  45 rows; always the most common class of the training rows: 66.7 % right",
        "test      15 rows; always the most common class of the training rows: 66.7 % right",
    ] {
        assert!(run.out.contains(expected), "no {expected:?} in {}", run.out);
    }
    let json = place.run("data t.csv --missing mean --drop sold --test-fraction 0.25 --json").ok().json();
    let column = |n: usize| &json["columns"][n];
    assert_eq!(
        (json["rows"].as_u64(), json["features"].as_u64(), json["task"].as_str()),
        (Some(60), Some(6), Some("binary"))
    );
    assert_eq!((column(1)["missing"].as_u64(), column(1)["range"][1].as_f64()), (Some(6), Some(6.5)));
    assert_eq!(
        (column(2)["becomes"].as_str(), column(3)["values"].as_str()),
        (Some("3 features, one-hot"), Some("booleans"))
    );
    assert_eq!((column(6)["becomes"].as_str(), json["classes"][1]["rows"].as_u64()), (Some("label"), Some(40)));
}

#[test]
fn numbers_have_the_error_of_their_mean() {
    let place = place();
    let json = place.run("data t.csv --missing mean --target sold,id --drop kind --json").ok().json();
    // 0 to 4 and 0 to 59: variances of (n² - 1)/12.
    let rmse = &json["sets"][0]["baseline_rmse"];
    assert!((rmse[0].as_f64().unwrap() - 2f64.sqrt()).abs() < 1e-12, "{rmse}");
    assert!((rmse[1].as_f64().unwrap() - (3599.0f64 / 12.0).sqrt()).abs() < 1e-9, "{rmse}");
    assert_eq!((json["task"].as_str(), json["columns"][5]["becomes"].as_str()), (Some("regression"), Some("target")));
    let text = place.run("data --dataset diabetes --folds 5").ok().out;
    for expected in ["442 rows, 11 columns, 10 features", "RMSE 7", "R² 0", "the first of 5", "target"] {
        assert!(text.contains(expected), "no {expected:?} in {text}");
    }
    place.run("data --dataset random").ok();
    place.run("data --dataset digits --json").ok();
}

#[test]
fn what_can_not_be_learnt_is_refused_as_in_training() {
    let place = place();
    place.run("data t.csv").stops(2, &["t.csv, line 5, column 2", "--missing drop"]);
    place.run("data none.csv").stops(2, &["none.csv"]);
    place.run("data --dataset moons,xor").stops(2, &["--dataset", "a single data set where it is described"]);
    place.run("data t.csv --data t.csv").stops(2, &["--data"]);
}
