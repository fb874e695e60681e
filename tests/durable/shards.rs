//! Several processes, in one folder or in separate ones.

use crate::support::Place;
use crate::{STUDY, same_tables, start};

#[test]
fn shards_in_one_folder_and_merged_ones_are_the_whole() {
    let place = Place::new();
    place.run(&format!("{STUDY} --quiet --out calm")).ok();
    let together: Vec<_> = (0..3)
        .map(|i| start(&place.path(""), &format!("{STUDY} --quiet --out together --shard {i}/3 --threads 1")))
        .collect();
    for child in together {
        let (ended, err) = child.end();
        assert!(ended.success(), "{err}");
    }
    same_tables(&place.path("calm"), &place.path("together"));
    for i in 0..3 {
        let run = place.run(&format!("{STUDY} --out part{i} --shard {i}/3")).ok();
        let last = run.err.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("shard ") && last.contains(" of 5000 models are trained, the others are for other shards"),
            "{}",
            run.err
        );
    }
    place.run("merge part0 part1 part2 --out whole --quiet").ok();
    same_tables(&place.path("calm"), &place.path("whole"));
    // Merging also works into a new folder inside a part.
    place.run("merge part0 part1 part2 --out part0/whole --quiet").ok();
    same_tables(&place.path("calm"), &place.path("part0/whole"));
    place.run("merge part0 part1 part2 --out part0 --quiet").ok();
    same_tables(&place.path("calm"), &place.path("part0"));
    // Merging again adds nothing.
    let run = place.run("merge part1 --out whole").ok();
    assert!(run.err.contains("0 chunks into whole"), "{}", run.err);
}

#[test]
fn what_does_not_belong_together_is_not_merged() {
    let place = Place::new();
    let small = "--device cpu --models 80 --epochs 5 --chunk-models 40 --quiet";
    place.run(&format!("{small} --out a --shard 0/2")).ok();
    place.run(&format!("{small} --out b --shard 0/2 --seed 7")).ok();
    place.run("merge a b --out c").stops(2, &["b: holds a part of another study than a", "seed: 7 there, 0 here"]);
    place.run("merge a --out c").stops(2, &["40 models", "40 to 79", "--allow-gaps"]);
    place.run("merge a nothing --out c").stops(2, &["nothing: no such folder"]);
    let run = place.run("merge a --out c --allow-gaps").ok();
    assert!(run.err.contains("40 of 80 models are trained and kept; to go on: gpu-sweep resume c"), "{}", run.err);
    place.run("resume c --quiet").ok();
    assert!(place.path("c/models.csv").exists());
    // A copy of the chunk of which one byte is changed: damaged, so left out.
    std::fs::copy(place.path("c/chunks/000001.chunk"), place.path("a/chunks/000001.chunk")).unwrap();
    place.run("merge a c --out d --quiet").ok();
    let path = place.path("a/chunks/000001.chunk");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let run = place.run("merge a c --out e").ok();
    assert!(run.err.contains("damaged") && run.err.contains("left out"), "{}", run.err);
}

#[test]
fn two_sound_chunks_of_one_number_that_differ_are_not_merged() {
    let place = Place::new();
    let small = "--device cpu --models 80 --epochs 5 --chunk-models 40 --quiet";
    place.run(&format!("{small} --out a --shard 0/2")).ok();
    place.run(&format!("{small} --out b")).ok();
    let chunk = place.path("a/chunks/000000.chunk");
    let sound = std::fs::read(&chunk).unwrap();
    // One changed bit in the last number, with a valid checksum: intact, but from another training.
    let mut other = sound.clone();
    let last = other.len() - crate::seal::DIGITS - 1;
    other[last] ^= 1;
    std::fs::write(&chunk, crate::seal::sealed(other)).unwrap();
    let words = ["a/chunks/000000.chunk", "differs from", "b/chunks/000000.chunk", "two trainings"];
    place.run("merge b a --out c").stops(2, &words);
    assert_eq!(crate::chunks(&place.path("c")), 0, "nothing is copied unless everything fits");
    // Control: `sealed` with the original bytes is accepted.
    std::fs::write(&chunk, crate::seal::sealed(sound)).unwrap();
    place.run("merge b a --out c --quiet").ok();
}

#[test]
fn a_folder_keeps_the_data_that_it_was_trained_on() {
    let place = Place::new();
    let rows: String = (0..40).map(|n| format!("{},{},{}\n", n % 7, n % 5, n % 2)).collect();
    place.write("points.csv", format!("a,b,label\n{rows}"));
    let words = "--device cpu --data points.csv --models 80 --epochs 5 --chunk-models 40 --quiet";
    place.run(&format!("{words} --out calm")).ok();
    place.run(&format!("{words} --out out --shard 1/2")).ok();
    place.write("points.csv", "a,b,label\n1,2,0\n2,3,1\n");
    place.run(&format!("{words} --out out")).stops(2, &["the contents of", "points.csv"]);
    std::fs::remove_file(place.path("points.csv")).unwrap();
    std::fs::rename(place.path("out"), place.path("moved")).unwrap();
    place.run("resume moved --quiet").ok();
    for name in ["summary.csv", "models.csv"] {
        assert_eq!(place.read(&format!("calm/{name}")), place.read(&format!("moved/{name}")));
    }
}

#[test]
fn shards_that_begin_in_the_same_moment_find_the_folder_theirs() {
    let place = Place::new();
    place.write("points.csv", format!("a,b,label\n{}", "1,2,0\n2,1,1\n".repeat(20_000)));
    for n in 0..5 {
        let words =
            format!("--device cpu --data points.csv --models 8 --epochs 1 --chunk-models 2 --quiet --out out{n}");
        let all: Vec<_> = (0..4).map(|i| start(&place.path(""), &format!("{words} --shard {i}/4"))).collect();
        for child in all {
            let (ended, err) = child.end();
            assert!(ended.success(), "{err}");
        }
    }
}

#[test]
fn a_folder_that_was_left_before_its_settings_were_written_is_begun_again() {
    let place = Place::new();
    let words = "--device cpu --data points.csv --models 8 --epochs 1 --quiet --out out";
    place.write("points.csv", "a,b,label\n1,2,0\n2,1,1\n");
    place.run(words).ok();
    let whole = place.read("out/summary.csv");
    for name in ["chunks", "pictures"] {
        std::fs::remove_dir_all(place.path(&format!("out/{name}"))).unwrap();
    }
    for entry in std::fs::read_dir(place.path("out")).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_file() && !entry.file_name().unwrap().to_string_lossy().starts_with(".lock") {
            std::fs::remove_file(entry).unwrap();
        }
    }
    // Another program's folder may also contain `inputs`.
    std::fs::create_dir(place.path("theirs")).unwrap();
    std::fs::create_dir(place.path("theirs/inputs")).unwrap();
    place.run(&words.replace("--out out", "--out theirs")).stops(2, &["it holds inputs", "choose another --out"]);
    assert!(place.path("out/inputs").exists());
    place.run(words).ok();
    assert_eq!(place.read("out/summary.csv"), whole);
}

#[test]
fn a_folder_in_use_is_refused_by_name_of_its_user() {
    let place = Place::new();
    let long = "--device cpu --models 40 --hidden 64,64,64,64 --epochs 1000000";
    let mut child = start(&place.path(""), &format!("{long} --out out"));
    assert!(child.reaches(|| place.path("out/engine.json").exists()));
    let holder = format!("in use by process {}", child.id());
    place.run(&format!("{long} --out out")).stops(2, &[&holder, "--shard"]);
    place.run("resume out --shard 0/2").stops(2, &[&holder]);
    child.kill().unwrap();
    child.wait().unwrap();
    place.run("--device cpu --models 40 --epochs 1 --out out --force --quiet").ok();
}

/// AUCs and validation scores survive chunks and merging.
#[test]
fn areas_and_validation_rows_stay_what_they_are() {
    let place = Place::new();
    let more = "--metrics auc --validation-fraction 0.2 --test-fraction 0.2 --select auc";
    let study = format!(
        "--device cpu --threads 2 --lr 0.01,0.1 --models 80 --epochs 20 --chunk-models 10 --curves 20 --save-weights {more} --quiet"
    );
    place.run(&format!("{study} --out calm")).ok();
    let models = place.read("calm/models.csv");
    for column in ["auc", "val_loss", "val_acc", "val_auc", "test_auc"] {
        let at = models.lines().next().unwrap().split(',').position(|name| name == column);
        let at = at.unwrap_or_else(|| panic!("no {column}"));
        assert!(models.lines().skip(1).all(|line| !line.split(',').nth(at).unwrap().is_empty()), "{column} is empty");
    }
    for part in [0, 1] {
        place.run(&format!("{study} --out part{part} --shard {part}/2")).ok();
    }
    place.run("merge part0 part1 --out whole --quiet").ok();
    same_tables(&place.path("calm"), &place.path("whole"));
    place.run(&format!("{study} --out again")).ok();
    std::fs::remove_file(place.path("again/chunks/000003.chunk")).unwrap();
    std::fs::remove_file(place.path("again/models.csv")).unwrap();
    place.run("resume again --quiet").ok();
    same_tables(&place.path("calm"), &place.path("again"));
}
