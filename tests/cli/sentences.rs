//! Sentences with counts: correct singular and plural, and row sets named, in all output.

use crate::support::{Place, names};

/// Phrases that use a plural for one: `1 models`, `1 of 1 model have`.
fn slips(text: &str) -> Vec<String> {
    let text = text.replace('\u{a0}', " ");
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || "<>()\"".contains(c)).collect();
    let many =
        ["models", "seeds", "points", "rates", "rows", "epochs", "chunks", "steps", "curves", "networks", "times"];
    let is_many = |word: &str| many.contains(&word.trim_end_matches([',', '.', ';', ':']));
    let one = |pair: &&[&str]| pair[0] == "1" && is_many(pair[1]);
    let mut found: Vec<String> = words.windows(2).filter(one).map(|pair| pair.join(" ")).collect();
    let verbs = ["have", "get", "succeed", "are", "end", "converge", "drew", "fail", "do"];
    let of_one = |five: &&[&str]| five[1] == "of" && five[2] == "1" && verbs.contains(&five[4]);
    found.extend(words.windows(5).filter(of_one).map(|five| five.join(" ")));
    for phrase in ["All of 1", "all 1 ", "The first 1 "] {
        found.extend(text.contains(phrase).then(|| phrase.to_owned()));
    }
    found
}

/// All text of a study's output: the report and the text of all pictures.
fn said(place: &Place, folder: &str) -> String {
    let pictures = names(&place.path(&format!("{folder}/pictures")));
    let svgs = pictures.iter().filter(|name| name.ends_with(".svg"));
    let mut text: String = svgs.map(|name| place.read(&format!("{folder}/pictures/{name}"))).collect();
    text += &place.read(&format!("{folder}/report.html"));
    text
}

#[test]
fn slips_are_seen() {
    assert_eq!(slips("of 1 models, 11 models and 1 model; 1,001 models"), ["1 models,"]);
    assert_eq!(slips("<b>1 of 1 model have</b>"), ["1 of 1 model have"]);
}

#[test]
fn one_is_not_many() {
    let place = Place::new();
    for (n, words) in [
        "--models 1 --epochs 30",
        "--models 1 --epochs 1 --lr 1e-6",
        "--lr 0.01,0.1,1 --seeds 1 --epochs 30",
        "--lr 0.1 --seeds 2 --epochs 30",
        "--lr 0.01,0.1 --optimizer sgd,adam --seeds 1 --epochs 5",
        "--lr 1e38 --seeds 1 --epochs 5",
        "--hidden 1 --lr 0.01,0.1 --seeds 2 --epochs 1 --test-fraction 0.005",
    ]
    .into_iter()
    .enumerate()
    {
        let run = place.run(&format!("--device cpu --threads 2 {words} --out s{n}")).ok();
        let all = [run.out, run.err, said(&place, &format!("s{n}"))].concat();
        assert_eq!(slips(&all), [""; 0], "{words}");
    }
    let run = place.run("replay s0 --model 0 --snapshots 2").ok();
    assert_eq!(slips(&(run.out + &run.err)), [""; 0]);
    let run = place.run("lr-find --device cpu --seeds 1 --plot p").ok();
    assert_eq!(slips(&(run.out + &run.err + &place.read("p/lr-find.svg"))), [""; 0]);
    assert!(place.read("p/lr-find.svg").contains("the only seed"));
}

#[test]
fn rows_are_named_by_their_sets_everywhere() {
    let place = Place::new();
    let fractions = "--device cpu --threads 2 --validation-fraction 0.2 --test-fraction 0.3";
    let words = "100 training, 40 validation and 60 test points";
    let run = place.run(&format!("{fractions} --lr 0.01,0.1 --seeds 3 --epochs 5 --out s")).ok();
    assert!(run.err.contains(words), "{}", run.err);
    assert!(place.read("s/report.html").matches(words).count() > 1, "in the head and below the points");
    assert!(place.read("s/pictures/success.svg").contains(words));
    assert!(place.run("replay s --model 0 --snapshots 2").ok().out.contains(words));
    assert!(place.run(&format!("lr-find {fractions} --seeds 3")).ok().err.contains(words));
}

/// In this study the learning rate affects accuracy but no success; only the first of four data sets is drawn.
#[test]
fn the_caption_of_seeds_speaks_of_success_and_of_the_first_data_set() {
    let place = Place::new();
    let flags =
        "--device cpu --threads 2 --hidden 8 --lr 0.03,0.1 --seeds 5 --data-seeds 4 --test-fraction 0.3 --epochs 100";
    place.run(&format!("{flags} --out s --quiet")).ok();
    let page = place.read("s/report.html");
    assert!(page.contains("Of 5 seeds on the first of 4 data sets "), "no data set in the caption");
    assert!(!page.contains("make a difference.") && page.contains("difference to success."), "accuracies may differ");
}
