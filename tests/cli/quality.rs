//! What networks learn from real tables, on rows that they have not seen.

use crate::support::Place;

/// Trains four models at one rate; returns their mean score on the test rows.
fn tested(words: &str, score: &str) -> f64 {
    let place = Place::new();
    let run = place.run(&format!("{words} --seeds 4 --test-fraction 0.25 --device cpu --curves none --json"));
    run.ok().json()["all"][score].as_f64().unwrap()
}

#[test]
fn classes_of_tables_are_learnt() {
    let digits = "--dataset digits --hidden 32 --lr 0.1 --batch-size 32 --epochs 30";
    for (words, least) in [
        (digits, 0.96),
        ("--dataset iris --hidden 8 --lr 0.1 --epochs 300", 0.95),
        ("--dataset wine --hidden 8 --lr 0.1 --epochs 300", 0.95),
        ("--dataset breast-cancer --hidden 8 --lr 0.1 --epochs 300", 0.95),
    ] {
        let found = tested(words, "mean_test_acc");
        assert!(found >= least, "{words}: {found}");
    }
}

#[test]
fn numbers_of_tables_are_learnt() {
    for (words, least) in [
        ("--dataset diabetes --hidden none --lr 0.1 --epochs 300 --data-seeds 4", 0.4),
        ("--dataset friedman1 --points 1000 --features 10 --hidden 32 --lr 0.1 --batch-size 32 --epochs 200", 0.9),
    ] {
        let found = tested(words, "mean_test_r2");
        assert!(found >= least, "{words}: {found}");
    }
}
