//! Verifies the learning rates that `lr-find` suggests by training: one of them is within a percentage point of the
//! best of a wide grid.

#[allow(dead_code)] // written for the command-line tests
#[path = "cli/support.rs"]
mod support;

use support::Place;

#[derive(serde::Deserialize)]
struct Recipes {
    recipe: Vec<Recipe>,
}

#[derive(serde::Deserialize)]
struct Recipe {
    flags: String,
}

/// Grid of learning rates for comparison.
const WIDE: &str = "logspace:-4:1:40";

/// Best mean accuracy over the learning rates, 0 to 1; for the default network, which dies for half of all seeds, the
/// best success rate.
fn best(place: &Place, flags: &str, lr: &str, out: &str) -> f64 {
    let run = format!("--device cpu {flags} --lr {lr} --seeds 30 --epochs 200 --curves none --quiet --out {out}");
    place.run(&run).ok();
    let summary = place.read(&format!("{out}/summary.csv"));
    let mut rows = summary.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let wanted = if flags.is_empty() { "success_rate" } else { "mean_acc" };
    let column = rows.next().unwrap().iter().position(|name| *name == wanted).unwrap();
    // Empty if all models diverged.
    rows.map(|row| row[column].parse().unwrap_or(0.0)).fold(0.0, f64::max)
}

#[test]
fn among_the_suggested_rates_is_one_within_a_point_of_the_best() {
    let recipes: Recipes = toml::from_str(include_str!("data/lr_find.toml")).unwrap();
    assert_eq!(recipes.recipe.len(), 8);
    let place = Place::new();
    place.write("breast_cancer.csv", include_str!("../examples/breast_cancer.csv"));
    let mut missed = Vec::new();
    for (n, Recipe { flags }) in recipes.recipe.iter().enumerate() {
        let flags = flags.replace("examples/", "");
        let found = place.run(&format!("lr-find --device cpu --seeds 30 {flags} --json")).ok().json();
        let command = found["train"].as_str().expect("something is suggested").to_owned();
        let lr = command.split_once(" --lr ").expect("learning rates").1;
        let (suggested, wide) =
            (best(&place, &flags, lr, &format!("suggested-{n}")), best(&place, &flags, WIDE, &format!("wide-{n}")));
        assert!(wide > 0.6, "{flags}: nothing is learned, {wide}");
        if suggested < wide - 0.01 {
            missed.push(format!("{flags}: {suggested} with {lr}, {wide} with {WIDE}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
