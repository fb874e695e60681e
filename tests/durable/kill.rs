//! `kill -9` at random moments.

use crate::support::Place;
use crate::{CHUNKS, STUDY, chunks, same_tables, start};

/// Number of kills; GPU_SWEEP_KILLS overrides it.
const KILLS: u32 = 60;

/// Pseudo-random numbers of a linear congruential generator.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Files that a study writes before its first chunk and after its last.
const MOMENTS: [&str; 6] = [".lock", "sweep.toml", "engine.json", "models.csv", "pictures", "run.json"];

#[test]
fn a_study_killed_at_any_moment_ends_as_one_that_was_not() {
    let place = Place::new();
    place.run(&format!("{STUDY} --quiet --out calm")).ok();
    let asked = std::env::var("GPU_SWEEP_KILLS").ok().map(|kills| kills.parse().expect("GPU_SWEEP_KILLS: a number"));
    let wanted: u32 = asked.unwrap_or(KILLS);
    let (mut state, mut kills, mut partly) = (1, 0, 0);
    // Progress decides, not time: most kills come after a random number of further chunks, some at the other moments.
    while kills < wanted || partly < wanted / 2 {
        let name = format!("out{kills}");
        let folder = place.path(&name);
        let mut child = start(folder.parent().unwrap(), &format!("{STUDY} --quiet --out {name}"));
        loop {
            let (moment, more) = (next(&mut state) as usize % 24, next(&mut state) as usize % 50);
            let wanted = chunks(&folder) + more;
            let reached = child.reaches(|| match MOMENTS.get(moment) {
                Some(file) => folder.join(file).exists(),
                None => chunks(&folder) >= wanted,
            });
            if !reached || child.try_wait().unwrap().is_some() {
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            partly += u32::from((1..CHUNKS).contains(&chunks(&folder)));
            // Killed before the settings were written: there is nothing to resume.
            let words = match folder.join("sweep.toml").is_file() {
                true => format!("resume {name} --quiet"),
                false => format!("{STUDY} --quiet --out {name}"),
            };
            child = start(folder.parent().unwrap(), &words);
        }
        assert!(child.wait().unwrap().success());
        place.run(&format!("resume {name} --quiet")).ok();
        same_tables(&place.path("calm"), &folder);
        let left = crate::temporaries(&folder);
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}
