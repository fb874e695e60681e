//! Chunk sizes: chosen once, saved, and without effect on the tables.

use crate::support::Place;
use crate::{chunks, same_tables};

/// Models per chunk according to the folder's settings.
fn cut(place: &Place, name: &str) -> u64 {
    let settings: toml::Table = place.read(&format!("{name}/sweep.toml")).parse().unwrap();
    settings["study"]["chunk-models"][0].as_integer().unwrap().cast_unsigned()
}

#[test]
fn tables_do_not_depend_on_the_cut() {
    let place = Place::new();
    let words = "--device cpu --lr 0.1,0.2,0.3 --models 90 --epochs 20 --curves 40 --save-weights --quiet";
    place.run(&format!("{words} --out whole")).ok();
    for n in [1, 7, 33, 64] {
        place.run(&format!("{words} --out out{n} --chunk-models {n}")).ok();
        assert_eq!(chunks(&place.path(&format!("out{n}"))) as u64, 90_u64.div_ceil(n));
        same_tables(&place.path("whole"), &place.path(&format!("out{n}")));
    }
}

/// 120,000 updates per model: seconds on the reference engine, negligible on the others.
const SLOW: &str = "--device reference --lr 0.1,0.2 --models 60 --epochs 2000 --curves 40 --save-weights --quiet";

#[test]
fn a_slow_engine_has_small_chunks_and_later_runs_keep_to_them() {
    let place = Place::new();
    place.run(&format!("{SLOW} --out out")).ok();
    let first = cut(&place, "out");
    std::fs::remove_file(place.path("out/chunks/000000.chunk")).unwrap();
    place.run("resume out --quiet").ok();
    assert_eq!((cut(&place, "out"), chunks(&place.path("out")) as u64), (first, 60_u64.div_ceil(first)));
}

#[test]
fn shards_on_machines_that_share_nothing_cut_alike() {
    let place = Place::new();
    for i in 0..2 {
        place.run(&format!("{SLOW} --out part{i} --shard {i}/2")).ok();
    }
    assert!(cut(&place, "part0") == cut(&place, "part1") && cut(&place, "part0") < 60, "{}", cut(&place, "part0"));
    place.run("merge part0 part1 --out whole --quiet").ok();
    place.run(&format!("{SLOW} --out one")).ok();
    same_tables(&place.path("one"), &place.path("whole"));
}
