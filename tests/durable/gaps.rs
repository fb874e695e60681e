//! Studies with missing or damaged chunks: commands that need all models refuse them unless gaps are allowed.

use crate::support::Place;

/// Four chunks of ten models; model 5 is in the first.
const SMALL: &str = "--device cpu --lr 0.1,0.2 --models 40 --epochs 20 --chunk-models 10 --curves 20 --quiet --out out";
/// Commands that need every model.
const WHOLE: [&str; 4] = [
    "boundary out --out b",
    "movie out --frames 3 --out m",
    "movie out --of boundaries --panels 2 --frames 3 --out n",
    "seeds-needed out --between 0.1,0.2",
];

/// A study whose third chunk is missing and whose last one is damaged.
fn with_gaps() -> Place {
    let place = Place::new();
    place.run(SMALL).ok();
    std::fs::remove_file(place.path("out/chunks/000002.chunk")).unwrap();
    let path = place.path("out/chunks/000003.chunk");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(path, bytes).unwrap();
    place
}

#[test]
fn what_needs_all_models_refuses_gaps_and_says_how_to_go_on() {
    let place = with_gaps();
    let parts = ["out: 20 of 40 models", "gpu-sweep resume out", "000003.chunk: damaged"];
    for words in WHOLE {
        place.run(words).stops(2, &[&parts[..], &["--allow-gaps"]].concat());
    }
    place.run("report out").stops(2, &parts);
    assert!(["b", "m", "n"].iter().all(|name| !place.path(name).exists()));
}

#[test]
fn gaps_that_are_allowed_are_warned_of() {
    let place = with_gaps();
    for words in WHOLE {
        let run = place.run(&format!("{words} --allow-gaps")).ok();
        let warnings = run.err.lines().filter(|line| line.starts_with("warning ")).collect::<Vec<_>>();
        assert!(warnings.len() == 1 && warnings[0].contains("20 of 40 models are missing"), "{words}: {}", run.err);
    }
    std::fs::remove_dir_all(place.path("out/chunks")).unwrap();
    place.run("boundary out --out b --allow-gaps").stops(2, &["0 of 40 models", "gpu-sweep resume out"]);
}

#[test]
fn a_model_whose_chunk_is_there_is_looked_at_whatever_else_is_missing() {
    let place = with_gaps();
    for words in [
        "replay out --model 5 --snapshots 5 --out r",
        "landscape out --model 5 --grid 5 --paths 2 --snapshots 5 --out l",
        "boundary out --models 5,6 --out b",
        "movie out --of boundaries --models 5 --frames 3 --out m",
    ] {
        place.run(words).ok();
    }
    place.run("replay out --model 25").stops(2, &["not trained yet", "gpu-sweep resume"]);
    place.run("resume out --quiet").ok();
    WHOLE.iter().for_each(|words| assert!(!place.run(words).ok().err.contains("warning")));
}
