//! `--data-seeds`: several data sets drawn from the same distribution.

use crate::support::Place;

const FLAGS: &str = "--device cpu --lr 0.01,0.5 --hidden 3 --seeds 4 --epochs 6 --batch-size 32";
const MADE: &str = "--dataset moons --noise 0.1 --points 80";
const READ: &str = "--test-fraction 0.3";

/// Rows of a table without their first `columns` fields.
fn rows(table: &str, columns: usize) -> Vec<String> {
    table.lines().skip(1).map(|row| row.split(',').skip(columns).collect::<Vec<_>>().join(",")).collect()
}

/// The data seed decides points, split and mini-batch order; the models' seeds are the same for every data set.
#[test]
fn a_data_set_among_several_is_what_it_is_alone() {
    let place = Place::new();
    place.write("d.csv", place.run(&format!("{MADE} --print-data")).ok().out);
    for data in [MADE.to_owned(), format!("--data d.csv {READ}"), format!("{MADE} {READ}")] {
        let run = place.run(&format!("{FLAGS} {data} --data-seed 5 --data-seeds 3 --out all --force")).ok();
        assert!(run.err.contains("24 models: 3 data sets × 2 learning rates × 4 seeds, "), "{run:?}");
        let models = place.read("all/models.csv");
        assert!(models.starts_with("model_id,data_seed,lr,seed,train_loss,"), "{models}");
        let all = rows(&models, 2);
        assert_eq!(all.len(), 24);
        for (n, seed) in [5, 6, 7].into_iter().enumerate() {
            place.run(&format!("{FLAGS} {data} --data-seed {seed} --out alone --force")).ok();
            assert_eq!(all[8 * n..8 * n + 8], rows(&place.read("alone/models.csv"), 1), "{data}, data seed {seed}");
            assert!(models.lines().nth(1 + 8 * n).unwrap().starts_with(&format!("{},{seed},0.01,0,", 8 * n)));
        }
        assert_ne!(all[..8], all[8..16], "{data}");
    }
}

/// Curves pool all data sets; tables have separate rows for each.
#[test]
fn data_sets_are_pooled_for_the_eye_and_apart_in_the_tables() {
    let place = Place::new();
    let run = place.run(&format!("{FLAGS} {MADE} --data-seeds 3")).ok();
    let summary = place.read("gpu-sweep-out/latest/summary.csv");
    assert!(summary.starts_with("data_seed,lr,n,mean_acc,"), "{summary}");
    assert_eq!(summary.lines().count(), 1 + 3 * 2);
    let of_rate = |lr: &str| -> Vec<f64> {
        let fields = summary.lines().map(|line| line.split(',').collect::<Vec<_>>());
        fields.filter(|fields| fields[1] == lr).map(|fields| fields[3].parse().unwrap()).collect()
    };
    for lr in ["0.01", "0.5"] {
        let means = of_rate(lr);
        assert_eq!(means.len(), 3);
        let mean = format!("{:.1} %", 100.0 * means.iter().sum::<f64>() / 3.0);
        let row = run.out.lines().find(|line| line.split_whitespace().next() == Some(lr));
        assert!(row.is_some_and(|row| row.contains(&mean)), "no {mean} at {lr} in {run:?}");
    }
    assert!(run.out.contains("of 12 above 70 %"), "{run:?}");
    for (picture, expected) in [("accuracy", false), ("losses", false), ("data", true)] {
        let svg = place.read(&format!("gpu-sweep-out/latest/pictures/{picture}.svg"));
        assert_eq!(svg.contains("data seed"), expected, "{picture}");
    }
    let page = place.read("gpu-sweep-out/latest/report.html");
    assert!(page.contains("Data seed</button>"), "a column of the report's table");
}

#[test]
fn what_else_differs_is_still_compared() {
    let place = Place::new();
    let flags = "--device cpu --hidden 3 --seeds 2 --epochs 3";
    let run = place.run(&format!("{flags} --optimizer sgd,momentum --momentum 0.5,0.9 --lr 0.1 --data-seeds 2")).ok();
    assert!(run.err.contains("12 models: 2 data sets × 2 optimizers in 6 combinations × 2 seeds"), "{run:?}");
    // Along the momentum axis, which sgd does not use.
    assert!(run.out.contains("  sgd  ") && run.out.contains("  momentum, momentum 0."), "{run:?}");
    assert!(!run.out.contains("data seed"), "{run:?}");
    let run = place.run(&format!("{flags} --dataset moons,xor --data-seeds 2 --lr 0.1,0.2 --out sets")).ok();
    assert!(run.err.contains("16 models: 2 data sets × 2 data seeds × 2 learning rates × 2 seeds"), "{run:?}");
    assert!(run.out.contains("moons, learning rate") && run.out.contains("xor, learning rate"), "{run:?}");
    assert_eq!(run.err.lines().filter(|line| line.trim_start().starts_with("data ")).count(), 2, "{run:?}");
    place.write("t.csv", "lr,seed\n0.1,3\n0.2,4\n0.3,5\n");
    let run = place.run("--device cpu --trials t.csv --epochs 3 --data-seeds 2 --out listed").ok();
    assert!(run.err.contains("6 models: 2 data sets × one per row of "), "{run:?}");
    let rows = run.out.lines().filter(|line| line.contains(" %  ")).count();
    assert_eq!(rows, 3, "a row per learning rate: {run:?}");
}

#[test]
fn data_seeds_that_make_no_sense_are_refused() {
    let place = Place::new();
    place.write("d.csv", "a,label\n1,0\n2,1\n4,1\n5,0\n");
    let max = u64::MAX;
    for (words, parts) in [
        ("--data-seeds 0", ["--data-seeds must be", "1 to 10000"]),
        ("--data-seeds 10001", ["--data-seeds must be", "1 to 10000"]),
        ("--data-seeds 5001 --optimizer sgd,adam", ["10002 combinations", "up to 10000"]),
        (
            &format!("--data-seeds 2 --data-seed {max}"),
            ["--data-seeds 2 from --data-seed 18446744073709551615 on", "2^64"],
        ),
        ("--data-seeds 2 --data d.csv", ["--data-seeds has no effect", "--test-fraction"]),
        ("--data-seeds 2 --print-data", ["--data-seeds must be", "1 where the data set is printed"]),
        ("--data-seeds 3000 --points 100000 --models 3000 --lr 0.1", ["--data-seeds makes", "numbers"]),
    ] {
        let run = place.run(words).stops(2, &parts);
        assert_eq!(run.err.lines().count(), 1, "{words}: {run:?}");
    }
    assert!(!place.path("gpu-sweep-out").exists(), "refused settings leave nothing behind");
    place.run(&format!("--data-seed {max} --data-seeds 1 --print-data")).ok();
    // A setting of the file is dropped when a flag makes it meaningless.
    place.write("a.toml", "data-seeds = 3\n");
    assert!(place.run("--config a.toml --print-config").ok().out.contains("data-seeds = 3\n"));
    assert!(!place.run("--config a.toml --data d.csv --print-config").ok().out.contains("data-seeds"));
}

/// Each fold is a data set: tables and statistics have its rows under its data seed.
#[test]
fn folds_are_data_sets_of_the_same_rows() {
    let place = Place::new();
    place.write("d.csv", place.run(&format!("{MADE} --print-data")).ok().out);
    for data in [MADE, "--data d.csv"] {
        let run = place.run(&format!("{FLAGS} {data} --data-seed 5 --folds 4 --out folds --force")).ok();
        assert!(run.err.contains("32 models: 4 data sets × 2 learning rates × 4 seeds, "), "{run:?}");
        assert!(run.err.contains("60 training and 20 test points"), "{run:?}");
        let models = place.read("folds/models.csv");
        let seeds: Vec<&str> = models.lines().skip(1).map(|row| row.split(',').nth(1).unwrap()).collect();
        assert_eq!([0, 8, 16, 24].map(|n| seeds[n]), ["5", "6", "7", "8"]);
        assert!(models.starts_with("model_id,data_seed,lr,seed,"), "{models}");
        assert!(place.read("folds/summary.csv").contains("test"), "columns of test rows");
    }
    let run = |more: &str| place.run(&format!("{FLAGS} --data d.csv {more}"));
    run("--folds 4 --test-fraction 0.2").stops(2, &["--folds", "--test-fraction"]);
    run("--folds 4 --data-seeds 2").stops(2, &["--folds", "--data-seeds"]);
    run("--folds 1").stops(2, &["--folds must be a whole number from 2 to 100, not \"1\""]);
    run("--folds 81").stops(2, &["d.csv: 80 rows make no 81 folds; use --folds 80 or fewer"]);
    run("--folds 2 --validation-fraction 0.5")
        .stops(2, &["--validation-fraction and the fold of --folds together must be less than 1"]);
}
