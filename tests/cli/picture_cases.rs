//! Pictures of runs that were once drawn badly: divergence, outliers, names in other scripts, a single value.

use crate::support::{Place, names};

/// SVG text of a study's picture.
fn svg(place: &Place, folder: &str, name: &str) -> String {
    place.read(&format!("{folder}/pictures/{name}.svg"))
}

#[test]
fn a_diverging_rate_does_not_set_the_axes_of_the_losses() {
    let place = Place::new();
    let words = "--device cpu --quiet --dataset moons --loss mse --hidden 8 --seeds 10 --epochs 100";
    place.run(&format!("{words} --lr 0.001,0.01,0.1,1,10 --out study")).ok();
    for name in ["fan", "losses", "loss-histogram", "ecdf"] {
        let svg = svg(&place, "study", name);
        // Ticks such as 10¹⁰ do not appear, except in the note on losses beyond the axis.
        let high = svg.lines().filter(|line| line.contains("×10") || line.starts_with("10"));
        let high: Vec<&str> = high.filter(|line| !line.contains('·') && !line.contains('⁻')).collect();
        // 100 is the last epoch.
        assert!(high.iter().all(|line| ["10", "100"].contains(&line.trim())), "{name}: {high:?}");
    }
    let fan = svg(&place, "study", "fan");
    assert!(fan.contains("beyond the axis (triangles)") || fan.contains("diverged: counted as infinite"), "{fan}");
}

#[test]
fn test_losses_are_drawn_beside_training_losses_where_they_are_recorded() {
    let place = Place::new();
    let words = "--device cpu --quiet --lr 0.01,0.1 --seeds 4 --epochs 20 --test-fraction 0.3";
    place.run(&format!("{words} --record test --out with")).ok();
    place.run(&format!("{words} --out without")).ok();
    for name in ["losses", "fan"] {
        let with = svg(&place, "with", name).replace('\n', " ");
        let parts = ["dotted:", "shaded: the gap", "Training and test loss"];
        assert!(parts.iter().all(|part| with.contains(part)), "{name}");
        assert!(!svg(&place, "without", name).contains("dotted"), "{name}");
    }
}

#[test]
fn choices_at_one_rate_are_rows_and_colours_stay() {
    let place = Place::new();
    place
        .run("study init --device cpu --quiet --lr 0.03 --init torch,zeros,normal --seeds 6 --epochs 20 --out study")
        .ok();
    let success = svg(&place, "study", "success");
    assert!(success.contains(" of 6\n") && !success.contains("Learning rate\n"), "{success}");
    assert!(svg(&place, "study", "accuracy").contains("mean "), "a mean at each row");
    assert!(svg(&place, "study", "classes").contains("6 models"));
}

#[test]
fn crossed_data_sets_have_a_picture_of_the_variance_in_the_report_too() {
    let place = Place::new();
    let words = "--device cpu --quiet --lr 0.01,0.1 --seeds 12 --epochs 100";
    place.run(&format!("{words} --data-seeds 10 --out sets")).ok();
    place.run(&format!("{words} --out one")).ok();
    let (files, without) = (names(&place.path("sets/pictures")), names(&place.path("one/pictures")));
    assert!(files.contains(&"variance.svg".into()) && files.contains(&"variance.png".into()), "{files:?}");
    assert!(!without.contains(&"variance.svg".into()));
    let (table, picture) = (place.read("sets/variance.csv"), svg(&place, "sets", "variance"));
    assert!(picture.contains("initial weights × data") && picture.contains("bootstrap"), "{picture}");
    // The share of the first row is printed beside its bar, to a tenth of a percent.
    let head: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let share = head.iter().position(|name| *name == "share").unwrap();
    let first: f64 = table.lines().nth(1).unwrap().split(',').nth(share).unwrap().parse().unwrap();
    let written = format!("{:.1}", 100.0 * first);
    assert!(picture.contains(written.trim_end_matches(".0")), "{written} is not in the picture");
    assert!(place.read("sets/report.html").contains("<figure id=\"variance\">"));
}

/// Arabic letters join, which no bundled font supports; Cyrillic is bundled.
#[test]
fn names_that_no_font_has_are_substituted_with_one_note() {
    let place = Place::new();
    let rows = |zero: &str, one: &str| -> String {
        (0..40).map(|k| format!("{},{},{}\n", k % 7, k % 5, if k % 2 == 0 { zero } else { one })).collect()
    };
    place.write("arabic.csv", format!("قلب,рост,lab\n{}", rows("نعم", "لا")));
    place.write("cyrillic.csv", format!("рост,вес,lab\n{}", rows("да", "нет")));
    let words = "--device cpu --hidden 4 --lr 0.1 --seeds 2 --epochs 20 --label lab --positive";
    let run = place.run(&format!("--data arabic.csv {words} لا --out arabic")).ok();
    assert_eq!(run.err.matches("no font here can draw").count(), 1, "{}", run.err);
    assert!(run.err.contains("“قلب”") && run.err.contains("column 1") && run.err.contains("class 0"), "{}", run.err);
    let picture = svg(&place, "arabic", "data");
    assert!(["قلب", "рост", "class نعم"].iter().all(|name| picture.contains(name)), "the SVG keeps the names");
    let run = place.run(&format!("--data cyrillic.csv {words} да --out cyrillic")).ok();
    assert!(!run.err.contains("no font here"), "{}", run.err);
}
