//! File dates do not matter: only contents decide what a file is.

use crate::same_tables;
use crate::support::{Place, names};
use std::fs::{File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Six chunks.
pub const SMALL: &str =
    "--device cpu --lr 0.1,0.2 --models 60 --epochs 5 --chunk-models 10 --curves 20 --save-weights --quiet";

/// Sets a file's modification and access times.
fn date(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
}

#[test]
fn files_of_any_date_are_taken_for_what_is_in_them() {
    let place = Place::new();
    place.run(&format!("{SMALL} --out calm")).ok();
    place.run(&format!("{SMALL} --out out --shard 0/2")).ok();
    let epoch = SystemTime::UNIX_EPOCH;
    let (early, late) = (epoch + Duration::from_secs(1), epoch + Duration::from_secs(130 * 365 * 86_400));
    let chunks: Vec<_> = names(&place.path("out/chunks")).iter().map(|n| place.path("out/chunks").join(n)).collect();
    assert_eq!(chunks.len(), 3);
    // The first chunk is dated in the past, the next in the future, and so on; locks and settings alternate, too.
    let others = [".lock", ".lock-setup", "sweep.toml", "engine.json"].map(|name| place.path("out").join(name));
    for (n, path) in chunks.iter().chain(&others).enumerate() {
        date(path, if n % 2 == 0 { early } else { late });
    }
    let dates = || chunks.iter().map(|c| std::fs::metadata(c).unwrap().modified().unwrap()).collect::<Vec<_>>();
    let before = dates();
    place.run(&format!("{SMALL} --out out")).ok();
    assert_eq!(dates(), before, "a chunk that was there was written again");
    same_tables(&place.path("calm"), &place.path("out"));
}
