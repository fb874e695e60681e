//! `kill -9` at random moments.

use crate::support::Place;
use crate::{STUDY, chunks, same_tables, start};
use std::time::{Duration, Instant};

/// Kills, unless GPU_SWEEP_KILLS says how many; and the time that they may take.
const KILLS: u32 = 100;
const MOST: Duration = Duration::from_secs(110);

/// Numbers that look random, from a seed.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn a_study_killed_at_any_moment_ends_as_one_that_was_not() {
    let place = Place::new();
    let begun = Instant::now();
    place.run(&format!("{STUDY} --quiet --out calm")).ok();
    // Some are killed before the first chunk, most amid chunks.
    let longest = begun.elapsed().as_millis() as u64 / 3;
    let asked = std::env::var("GPU_SWEEP_KILLS").ok().map(|kills| kills.parse().expect("GPU_SWEEP_KILLS: a number"));
    let (wanted, most) = (asked.unwrap_or(KILLS), if asked.is_some() { Duration::MAX } else { MOST });
    let (begun, mut state, mut kills, mut partly) = (Instant::now(), 1, 0, 0);
    while kills < wanted && begun.elapsed() < most {
        let name = format!("out{kills}");
        let folder = place.path(&name);
        let mut child = start(folder.parent().unwrap(), &format!("{STUDY} --quiet --out {name}"));
        while kills < wanted {
            std::thread::sleep(Duration::from_millis(next(&mut state) % longest));
            if child.try_wait().unwrap().is_some() {
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            partly += u32::from((1..250).contains(&chunks(&folder)));
            // Killed before there was a question: there is nothing to resume.
            let words = match folder.join("sweep.toml").is_file() {
                true => format!("resume {name} --quiet"),
                false => format!("{STUDY} --quiet --out {name}"),
            };
            child = start(folder.parent().unwrap(), &words);
        }
        assert!(child.wait().unwrap().success());
        place.run(&format!("resume {name} --quiet")).ok();
        same_tables(&place.path("calm"), &folder);
    }
    assert!(kills >= wanted.min(20) && partly >= kills / 10, "{kills} kills, {partly} of them amid chunks");
}
