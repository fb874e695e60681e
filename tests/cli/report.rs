//! `report.html`: written by a run and rewritten by `gpu-sweep report`, whatever the models' outcomes.

use crate::support::{Place, SMALL, names};
use crate::well_formed::pictures;
use std::fs;

#[test]
fn the_page_is_made_with_the_rest_and_again_to_the_byte() {
    let place = Place::new();
    let run = place.run(SMALL).ok();
    assert!(run.out.contains("report.html"), "{}", run.out);
    let page = place.read("gpu-sweep-out/latest/report.html");
    assert_eq!(pictures(&page).len(), 10);
    let log: serde_json::Value = serde_json::from_str(&place.read("gpu-sweep-out/latest/run.json")).unwrap();
    assert!(log["files"].as_array().unwrap().contains(&"report.html".into()), "{log}");
    // The page depends only on the folder's contents, not on its location.
    fs::rename(place.path("gpu-sweep-out/latest").canonicalize().unwrap(), place.path("moved")).unwrap();
    let before = names(&place.path("moved"));
    fs::remove_file(place.path("moved/report.html")).unwrap();
    let run = place.run("report moved").ok();
    assert_eq!((run.out.as_str(), run.err.as_str()), ("moved/report.html\n", ""));
    assert!(place.read("moved/report.html") == page, "the same bytes");
    assert_eq!(names(&place.path("moved")), before);
    assert_eq!(place.run("report moved --json").ok().json()["pictures"], 10);
    let quiet = place.run("report moved --quiet").ok();
    assert_eq!((quiet.out, quiet.err), (String::new(), String::new()));
    assert!(!page.contains(&place.path("").display().to_string()), "no place of this machine");
}

#[test]
fn a_run_that_finds_all_done_makes_a_page_that_is_missing_and_leaves_the_log_alone() {
    let place = Place::new();
    place.run(SMALL).ok();
    let (page, log) = (place.read("gpu-sweep-out/latest/report.html"), place.read("gpu-sweep-out/latest/run.json"));
    fs::remove_file(place.path("gpu-sweep-out/latest/report.html")).unwrap();
    place.run(SMALL).ok();
    assert!(
        place.read("gpu-sweep-out/latest/report.html") == page && place.read("gpu-sweep-out/latest/run.json") == log
    );
    // `--force` may delete the folder: its files are ours.
    place.run(&format!("{SMALL} --force")).ok();
}

#[test]
fn what_is_seen_is_said_in_numbers() {
    let place = Place::new();
    place.run("--device cpu --lr 0.001,0.1 --models 50 --epochs 300 --quiet --out two").ok();
    let page = place.read("two/report.html");
    let summary = place.read("two/summary.csv");
    let rows: Vec<Vec<&str>> = summary.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 2);
    for row in &rows {
        // As in the table: percent with one decimal, plus the raw number for sorting.
        let shown = |text: &str| format!("{:.1}", 100.0 * text.parse::<f64>().unwrap());
        for k in [2, 3, 7] {
            let cell = format!("<td data-value=\"{}\">{}</td>", row[k], shown(row[k]));
            assert!(page.contains(&cell), "no {cell}");
        }
    }
    // The title names the table's best rate: the lowest of those that are indistinguishable.
    let near = |row: &&Vec<&str>| row.last() == Some(&"true");
    let best: f64 = rows.iter().find(near).expect("something is learned")[2].parse().unwrap();
    assert!(page.contains(&format!("mean accuracy {}", gpu_sweep::plot::percent(best))));
    assert!(page.contains("always the most common class"));
    let successes = rows.iter().map(|row| (row[7].parse::<f64>().unwrap() * 25.0).round() as u64).collect::<Vec<_>>();
    assert!(page.contains(&format!("At 0.001 it is {} of 25, at 0.1 {} of 25.", successes[0], successes[1])));
    let failures = 50 - successes[0] - successes[1];
    assert!(page.contains(&format!("Of the {failures} failures ")), "{failures}");
}

#[test]
fn the_page_says_what_the_terminal_says_of_success_and_of_the_end_of_the_grid() {
    let place = Place::new();
    let said = place.run("--device cpu --lr 0.001,0.01,0.1 --seeds 6 --epochs 300 --out grid").ok().out;
    let line = |label: &str| said.lines().find_map(|line| line.strip_prefix(label)).unwrap().trim().to_owned();
    let (baseline, further) = (line("baseline"), line("further"));
    let (larger, success) = baseline.split_once("; ").unwrap();
    assert_eq!(larger, "always the most common class: 50 %");
    let why = "70 % of the training rows right: 40 % of the way from the most common class's 50 % to 100 %";
    assert_eq!(success, format!("a success has more than {why}"));
    assert!(further.contains("try --lr logspace:-1:1:20"), "{further}");
    let page = place.read("grid/report.html").replace('\u{a0}', " ").replace("&#39;", "'");
    for words in [success, &further] {
        let sentence = format!("<p class=\"data\">{}.</p>", gpu_sweep::plot::titled(words));
        assert!(page.contains(&sentence), "no {sentence}");
    }
}

#[test]
fn one_model_none_that_learns_and_many_cells_have_their_pages() {
    let place = Place::new();
    let page = |words: &str, out: &str| {
        place.run(&format!("--device cpu --quiet --out {out} {words}")).ok();
        let page = place.read(&format!("{out}/report.html"));
        // The text between style, pictures and script.
        let body = page.split("</style>").nth(1).unwrap().split("<script>").next().unwrap();
        let texts: String = body.split("base64,").map(|part| part.split_once('"').unwrap().1).collect();
        for wrong in ["NaN", "inf ", " -0", "None", "Some("] {
            assert!(!texts.contains(wrong), "{wrong} in {out}");
        }
        assert_eq!(page.matches("<figcaption>").count(), pictures(&page).len());
        page
    };
    let one = page("--models 1 --lr 0.05 --epochs 20", "one");
    assert!(one.contains("<h1>One model, accuracy ") && one.contains("The only model "), "one");
    let diverged = page("--lr 1e30,1e35 --hidden 4 --models 6 --epochs 20", "diverged");
    for part in
        ["<h1>All 6 models diverged", "All 6 failures end as diverged", "<td>–</td>", "No model has an accuracy"]
    {
        assert!(diverged.contains(part), "no {part:?}");
    }
    let cells =
        page("--optimizer sgd,adam --hidden 1/3,2 --lr 0.01,0.1 --models 40 --epochs 200 --curves none", "cells");
    for part in [
        "Optimizer</button>",
        "Hidden</button>",
        "<td class=\"text\">adam</td>",
        "<td class=\"text\">3,2</td>",
        "4 curves",
    ] {
        assert!(cells.contains(part), "no {part:?}");
    }
    let marked = place.read("cells/summary.csv").lines().filter(|line| line.ends_with(",true")).count();
    assert!(marked > 0, "something is learned");
    assert_eq!((pictures(&cells).len(), cells.matches("<tr class=\"best\">").count()), (9, marked));
    let tested = page("--lr 0.05,0.1 --models 60 --epochs 200 --test-fraction 0.2", "tested");
    assert!(tested.contains("Mean test accuracy</button>") && tested.contains("mean test accuracy"));
}

#[test]
fn of_a_long_table_the_page_has_the_first_thousand_rows() {
    let place = Place::new();
    place.run("--device cpu --quiet --lr linspace:0.001:0.1:1200 --seeds 1 --epochs 2").ok();
    let page = place.read("gpu-sweep-out/latest/report.html");
    assert!(page.contains("The first 1,000 of 1,200 rows; all are in summary.csv."));
    assert_eq!(
        page.matches("<tr>").count() + page.matches("<tr class=\"best\">").count()
            - page.matches("scope=\"row\"").count(),
        1002
    );
}

#[test]
fn an_unfinished_run_has_no_page_but_advice() {
    let place = Place::new();
    place.run(&format!("{SMALL} --chunk-models 2 --quiet --out part")).ok();
    fs::remove_file(place.path("part/chunks/000003.chunk")).unwrap();
    let page = place.read("part/report.html");
    place.run("report part").stops(2, &["6 of 8 models are trained", "gpu-sweep resume part"]);
    assert!(place.read("part/report.html") == page, "the old one stays");
    place.run("report nowhere").stops(2, &["nowhere: no such folder"]);
    fs::create_dir(place.path("empty")).unwrap();
    place.run("report empty").stops(2, &["empty: is no results folder"]);
    assert_eq!(names(&place.path("empty")), [""; 0]);
    place.run("report").stops(2, &["no results are here"]);
}
