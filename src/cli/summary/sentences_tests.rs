//! Tests the terminal's sentences against counts over random models.

use super::SummaryInput;
use crate::cli::distributions;
use crate::plot::Facets;
use crate::plot::sentences::random::{RandomModel, RandomNumbers, RandomStudy, matched, plain, succeeds};
use crate::results::StudySpec;
use crate::statistics::OutcomeClass;
use crate::sweep::{Inputs, Sweep};
use std::path::Path;

#[test]
fn what_the_terminal_counts_is_counted() {
    let (mut lots, mut seen) = (RandomNumbers(9_000_000), [0; 4]);
    let sweep = Sweep::default();
    let spec = StudySpec::of(&sweep, &Inputs::load(&sweep).unwrap());
    for _ in 0..400 {
        let study = RandomStudy::draw(&mut lots);
        let (summary, all) = (study.summary(), study.own(""));
        let facets = Facets::of(&spec, &summary);
        let results =
            SummaryInput { facets: &facets, tested: false, threshold: study.threshold, out: Path::new(""), files: &[] };
        let successes =
            |about: &[&RandomModel]| about.iter().filter(|model| model.class == OutcomeClass::Success).count() as f64;
        assert!(all.iter().all(|model| model.class != OutcomeClass::Success || succeeds(&study, model)));
        let best = plain(&results.best_line());
        if let (Some(found), Some((_, near))) = (matched(&best, "accuracy # %"), facets.view.top()) {
            let about: Vec<&RandomModel> = study.models.iter().filter(|model| model.x == near.group.x).collect();
            seen[0] += study.check(&format!("mean {} %", found[0]), &about);
            let found = matched(&best, "# of # above").unwrap();
            assert_eq!(found, [successes(&about), about.len() as f64], "{best}: {study:?}");
        }
        let total = plain(&results.total_line());
        assert_eq!(matched(&total, "# of # above").unwrap(), [successes(&all), all.len() as f64], "{total}");
        seen[1] += study.check(&total, &all);
        // A paragraph for each value, with its classes.
        let text = distributions::text(&results);
        for paragraph in text.split("\n\n").filter(|text| text.contains("success ")) {
            let (heading, rest) = paragraph.trim().split_once('\n').unwrap();
            let about = study.own(&plain(heading));
            let success = plain(rest.lines().next().unwrap());
            let found = matched(&success, "success # % of # above").unwrap();
            let share = 100.0 * successes(&about) / about.len() as f64;
            assert!((found[0] - share).abs() < 0.0501 && found[1] == about.len() as f64, "{success}");
            for line in rest.lines().filter(|line| line.contains("accuracy") || line.contains("loss")) {
                seen[2] += study.check(line, &about);
            }
            for class in OutcomeClass::ALL {
                let n = about.iter().filter(|model| model.class == class).count() as f64;
                if let Some(found) = matched(&plain(rest), &format!("{} # %", class.name())) {
                    let fits =
                        class == OutcomeClass::Success || (found[0] - 100.0 * n / about.len() as f64).abs() < 0.0501;
                    assert!(fits, "{rest}");
                    seen[3] += 1;
                }
            }
        }
        // `100 %` appears only if a share is exactly that.
        let extreme = all.iter().filter_map(|model| study.share(model)).any(|share| share == 100.0);
        let whole = successes(&all) == all.len() as f64 || study.threshold == 1.0;
        assert!(extreme || whole || !total.contains(" 100 %"), "{total}");
    }
    assert!(seen.iter().all(|n| *n > 50), "sentences that were held against the counts: {seen:?}");
}
