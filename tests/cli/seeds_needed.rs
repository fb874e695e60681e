//! `seeds-needed`: the number of seeds that a comparison needs, estimated from a study.

use crate::support::{Place, names};

const STUDY: &str = "--device cpu --lr 0.001,0.03,0.1 --seeds 60 --epochs 300 --curves none";

#[test]
fn the_numbers_follow_from_the_models_table() {
    let place = Place::new();
    place.run(STUDY).ok();
    let object = place.run("seeds-needed gpu-sweep-out/latest --between 0.001,0.1 --json").ok().json();
    let models = place.read("gpu-sweep-out/latest/models.csv");
    let of = |lr: &str| -> Vec<f64> {
        let rows = models.lines().map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[1] == lr).map(|row| row[4].parse().unwrap()).collect()
    };
    let (low, high) = (of("0.001"), of("0.1"));
    assert_eq!((low.len(), high.len()), (60, 60));
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let variance = |v: &[f64]| v.iter().map(|x| (x - mean(v)).powi(2)).sum::<f64>() / (v.len() - 1) as f64;
    let difference = mean(&high) - mean(&low);
    assert!(difference > 0.05, "{difference}");
    assert!((object["difference"].as_f64().unwrap() - difference).abs() < 1e-12);
    // The normal approximation; the t distribution needs one to three more seeds.
    let seeds = |name: &str| object[name]["seeds"].as_f64().unwrap();
    let normal = |variance: f64| 7.849 * variance / (difference * difference);
    let by_seed: Vec<f64> = high.iter().zip(&low).map(|(a, b)| a - b).collect();
    for (name, expected) in
        [("unpaired", normal(variance(&low) + variance(&high))), ("paired", normal(variance(&by_seed)))]
    {
        let over = seeds(name) - expected;
        assert!((0.0..=3.5).contains(&over), "{name}: {} {expected}", seeds(name));
        let power = object[name]["power"].as_f64().unwrap();
        assert!((0.65..=0.95).contains(&power), "{name}: {power}");
    }
    let error: f64 = [of("0.001"), of("0.03"), high].iter().map(|v| variance(v) / 50.0).sum();
    let found = object["course"]["standard_error"].as_f64().unwrap();
    assert!((found - (error / 3.0).sqrt()).abs() < 1e-12, "{found}");
    // Deterministic to the last digit.
    assert_eq!(place.run("seeds-needed gpu-sweep-out/latest --between 0.1,0.001 --json").ok().json(), object);
}

#[test]
fn a_screen_of_words_and_a_picture() {
    let place = Place::new();
    place.run(STUDY).ok();
    let run = place.run("seeds-needed gpu-sweep-out/latest --difference 2 --plot drawn").ok();
    for words in ["difference 2 points, as requested", "paired", "Welch", "drawn again", "standard error of", "1000"] {
        assert!(run.out.contains(words), "no {words:?} in {}", run.out);
    }
    assert!(run.out.lines().count() < 30, "{}", run.out);
    assert_eq!(names(&place.path("drawn")), ["seeds-needed.png", "seeds-needed.svg"]);
    let error = run.out.split("standard error of ±").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert!(place.read("drawn/seeds-needed.svg").contains(&format!("±{error} points")), "{error}");
}

#[test]
fn seeds_of_their_own_are_not_paired() {
    let place = Place::new();
    place.run("--device cpu --lr 0.01,0.1 --models 40 --epochs 100 --independent-seeds").ok();
    let run = place.run("seeds-needed gpu-sweep-out/latest").ok();
    assert!(run.out.contains("share no seeds"), "{}", run.out);
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let place = Place::new();
    place.run(STUDY).ok();
    place
        .run("seeds-needed gpu-sweep-out/latest --between 0.5,0.1")
        .stops(2, &["--between", "0.5", "0.001, 0.03 or 0.1"]);
    place.run("seeds-needed gpu-sweep-out/latest --between 0.1").stops(2, &["--between", "two"]);
    place.run("seeds-needed gpu-sweep-out/latest --difference 0").stops(2, &["--difference", "above 0"]);
    place.run("seeds-needed nowhere").stops(2, &["nowhere"]);
    place.run("--device cpu --lr 0.1 --models 5 --epochs 2 --out one").ok();
    place.run("seeds-needed one").stops(2, &["one", "learning rates"]);
}

/// Two seeds do not estimate a spread.
#[test]
fn too_few_seeds_are_told_in_one_line() {
    let place = Place::new();
    place.run("--device cpu --threads 2 --seeds 2 --hidden 8 --lr 0.001,0.1 --epochs 100 --out s").ok();
    let run = place.run("seeds-needed s --plot p").ok();
    assert!(run.out.contains("too few seeds: 2 "), "{}", run.out);
    for wrong in ["find it", "±", "standard error", "Welch"] {
        assert!(!run.out.contains(wrong), "{wrong}: {}", run.out);
    }
    assert!(run.err.contains("too few seeds") && !place.path("p/seeds-needed.png").exists(), "{}", run.err);
    let object = place.run("seeds-needed s --json").ok().json();
    assert!(object["too_few_seeds"] == true && object["unpaired"].is_null() && object["widths"].is_null(), "{object}");
}

/// If all seeds end alike, the assumed spread is what rounding to whole rows may hide, and nothing can be compared.
#[test]
fn equal_outcomes_are_no_difference_and_not_without_noise() {
    let place = Place::new();
    let rows: String = (0..200).map(|n| format!("{},{}\n", n * 37 % 101, u8::from(n % 40 == 0))).collect();
    place.write("d.csv", format!("x,y\n{rows}"));
    place.run("--device cpu --threads 2 --data d.csv --lr 0.3,1 --seeds 10 --epochs 100 --quiet --out s").ok();
    let models = place.read("s/models.csv");
    assert_eq!(models.matches(",0.975,").count(), 20, "all of them name the most common class: {models}");
    let run = place.run("seeds-needed s --plot p").ok();
    assert!(run.out.contains("no two of these rates differ, all means are 97.5 %"), "{}", run.out);
    assert!(
        !run.out.contains("±0 ")
            && !run.out.contains(" 0.0 ")
            && !run.out.contains(" 0.0\n")
            && !run.out.contains("find it"),
        "{}",
        run.out
    );
    assert!(run.out.contains("These seeds end alike but for rounding"), "{}", run.out);
    assert!(!place.read("p/seeds-needed.svg").contains("±0 points"));
    let said = place.run("seeds-needed s --between 0.3,1").ok().out;
    assert!(said.contains("these two rates do not differ, both means are 97.5 %"), "{said}");
    let asked = place.run("seeds-needed s --difference 1").ok().out;
    assert!(
        asked.contains("difference 1 point, as requested") && asked.contains("differ by rounding alone"),
        "{asked}"
    );
}
