//! `merge` copies only the chunks of the study, under names that it chooses.

use crate::fuzz::seal::sealed;
use crate::support::{Place, SMALL, names};
use std::fs;

#[test]
fn only_chunks_are_copied() {
    let place = Place::new();
    place.run(&format!("{SMALL} --chunk-models 4 --quiet --out a")).ok();
    for foreign in ["chunks/evil.sh", "chunks/000002.chunk", "chunks/0000000.chunk", "pictures/evil.svg", "evil"] {
        fs::create_dir_all(place.path("a/pictures")).unwrap();
        place.write(&format!("a/{foreign}"), "#!/bin/sh\n");
    }
    place.run("merge a --out b --quiet").ok();
    assert_eq!(names(&place.path("b/chunks")), ["000000.chunk", "000001.chunk"]);
    assert!(!names(&place.path("b")).contains(&"evil".into()));
    assert!(!names(&place.path("b/pictures")).contains(&"evil.svg".into()));
}

#[test]
fn a_label_is_no_path() {
    let place = Place::new();
    place.run(&format!("{SMALL} --chunk-models 4 --quiet --out a")).ok();
    let chunk = place.path("a/chunks/000000.chunk");
    // Replaces the digest by a path out of the folder, of the same length.
    let mut bytes = fs::read(&chunk).unwrap();
    let digest = bytes.windows(10).position(|window| window == b"\"digest\",\"").unwrap() + 10;
    bytes[digest..digest + 12].copy_from_slice(b"../../../../");
    fs::write(&chunk, sealed(bytes)).unwrap();
    let run = place.run("merge a --out deep/b").stops(2, &["4 models", "--allow-gaps"]);
    assert!(!run.err.contains("merged"), "{run:?}");
    let run = place.run("merge a --out deep/b --allow-gaps").ok();
    assert!(run.err.contains("digest is ../../../../") && run.err.contains("left out"), "{run:?}");
    assert_eq!(names(&place.path("deep")), ["b"]);
    assert_eq!(names(&place.path("deep/b/chunks")), ["000001.chunk"]);
    let allowed = ["a", "cache", "deep"];
    assert!(names(&place.path("")).iter().all(|name| allowed.contains(&name.as_str())), "{:?}", names(&place.path("")));
}
