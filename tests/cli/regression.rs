//! Numbers as targets of a table, from the command line.

use crate::support::Place;

const SHORT: &str = "--device cpu --models 4 --epochs 3";

/// A table with the targets y = 2a - b and z = -y.
fn place() -> Place {
    let place = Place::new();
    let row = |n: i32| (f64::from(n * 7 % 13), f64::from(n * 5 % 11));
    let rows = (0..60).map(row).map(|(a, b)| format!("{a},{b},{},{},{}\n", a * b, 2.0 * a - b, b - 2.0 * a));
    place.write("n.csv", "a,b,c,y,z\n".to_owned() + &rows.collect::<String>());
    place
}

#[test]
fn numbers_are_learnt_by_their_flag() {
    let place = place();
    let run = |more: &str| place.run(&format!("--data n.csv {SHORT} {more}"));
    let one = run("--label y --drop z --task regression").ok();
    assert!(one.err.contains("target column \"y\": numbers from -10 to 24 in 60 rows"), "{one:?}");
    let two = run("--target y,z --loss huber").ok();
    assert!(two.err.contains("2 targets: \"y\" -10 to 24, \"z\" -24 to 10"), "{two:?}");
    // 35 different whole numbers are as many classes.
    assert!(
        run("--label z")
            .ok()
            .err
            .contains("whole numbers of \"z\" are classes; --task regression learns them as numbers")
    );
    place.run(&format!("--dataset diabetes,friedman1 {SHORT}")).ok();
    let printed = place.run("--data n.csv --target z,y --print-data").ok().out;
    assert!(printed.starts_with("a,b,c,z,y\n0,0,0,0,0\n7,5,35,-9,9\n"), "{printed}");
}

#[test]
fn what_classes_alone_have_is_refused_with_the_reason() {
    let place = place();
    let run = |more: &str| place.run(&format!("--data n.csv {SHORT} {more}"));
    for flag in ["--label-smoothing 0.1", "--class-weight balanced", "--positive 1", "--label-noise 0.1"] {
        let named = flag.split(' ').next().unwrap();
        run(&format!("--task regression {flag}"))
            .stops(2, &[named, "has no effect with --task regression, which has numbers as targets", "leave it out"]);
        run(&format!("--target y,z {flag}")).stops(2, &[named, "with several --target columns"]);
    }
    for flag in ["--metrics auc", "--select balanced"] {
        run(&format!("--label z --task regression {flag}"))
            .stops(2, &[flag, "is for classes, but the targets of \"n.csv\" are numbers"]);
    }
    run("--label z --task regression --loss bce").ok();
    run("--label z --task regression --loss softmax")
        .stops(2, &["--loss must be mse, mae or huber for numbers as targets, not softmax"]);
    run("--target y,z --task classes")
        .stops(2, &["--target names several columns", "--task classes", "name one column"]);
    run("--target y --label z").stops(2, &["--label", "--target"]);
    place.run(&format!("--task regression {SHORT}")).stops(2, &["--task has no effect without a file"]);
    place
        .run(&format!("--dataset diabetes --class-weight balanced {SHORT}"))
        .stops(2, &["--class-weight has no effect with --dataset diabetes"]);
}

#[test]
fn a_constant_target_and_scaling_without_numbers_are_refused() {
    let place = place();
    place.write("c.csv", "a,b,y\n1,2,5\n3,1,5\n2,2,5\n");
    place
        .run(&format!("--data c.csv --task regression {SHORT}"))
        .stops(2, &["c.csv: target \"y\" is 5 in all training rows (3): there is nothing to learn"]);
    place
        .run(&format!("--dataset moons --no-standardize-target {SHORT}"))
        .stops(2, &["--no-standardize-target has no effect with classes as targets; use it with --task regression"]);
}
