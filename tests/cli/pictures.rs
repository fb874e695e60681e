//! Which pictures a run draws, and whether they match its models.

use crate::support::{Place, names};
use gpu_sweep::plot::{Facets, HeatmapCell, LossSource};
use gpu_sweep::results::summary_of_results;
use gpu_sweep::run::PerModel;
use gpu_sweep::study::Study;

/// Per-model data of a finished folder.
fn per_model(place: &Place, folder: &str) -> PerModel {
    let (study, inputs) = Study::found(&place.path(folder)).unwrap();
    let summary = summary_of_results(&study).unwrap();
    PerModel::read(&study, &Facets::of(study.spec(), &summary), &inputs.jobs).unwrap()
}

/// Pictures in a folder; all of them must be in its report.
fn drawn(place: &Place, folder: &str) -> Vec<String> {
    let files = names(&place.path(&format!("{folder}/pictures")));
    let kinds: Vec<String> = files.iter().filter_map(|file| file.strip_suffix(".svg")).map(str::to_owned).collect();
    assert_eq!(files.len(), 2 * kinds.len());
    let page = place.read(&format!("{folder}/report.html"));
    assert!(kinds.iter().all(|kind| page.contains(&format!("<figure id=\"{kind}\">"))), "{kinds:?}");
    assert!(!page.contains("<figcaption></figcaption>"), "a sentence for each");
    kinds
}

#[test]
fn a_run_has_the_pictures_that_make_sense_and_says_why_others_are_missing() {
    let place = Place::new();
    place.write(
        "trials.csv",
        (0..200).fold("lr,seed\n".to_owned(), |text, k| format!("{text}{},{k}\n", 0.001 * f64::from(k + 1))),
    );
    let always = ["accuracy", "classes", "data", "ecdf", "histogram", "loss-histogram", "success"];
    let cases: [(&str, &[&str], &[&str]); 8] = [
        ("--lr 0.01,0.1 --models 8", &["fan", "heatmap", "losses"], &[]),
        (
            "--lr 0.1 --models 1",
            &["losses"],
            &["fewer than 3 models at any one value", "there is only one learning rate"],
        ),
        ("--lr 0.1 --models 5", &["fan", "losses"], &["there is only one learning rate"]),
        ("--lr 0.01,0.1 --models 2", &["losses"], &["fewer than 3 models", "there is only one seed"]),
        ("--lr 0.01,0.1 --models 8 --independent-seeds", &["fan", "losses"], &["no two models share a seed"]),
        ("--lr 0.01,0.1 --models 8 --curves none", &["heatmap"], &["no fan of losses: no curves are kept"]),
        ("--trials trials.csv", &["fan", "losses"], &["no two models share a seed"]),
        ("--lr 0.01,0.1 --optimizer sgd,adam --seeds 3", &["comparison", "fan", "heatmap", "losses"], &[]),
    ];
    for (k, (words, more, reasons)) in cases.into_iter().enumerate() {
        let run = place.run(&format!("--device cpu --epochs 5 {words} --out out{k}")).ok();
        let mut expected = [&always[..], more].concat();
        expected.sort_unstable();
        assert_eq!(drawn(&place, &format!("out{k}")), expected, "{words}");
        for reason in reasons {
            assert!(run.err.contains(reason), "no {reason:?} in {}", run.err);
        }
        assert_eq!(run.err.contains("pictures  no"), !reasons.is_empty(), "{}", run.err);
    }
}

#[test]
fn the_heat_map_has_every_model_of_the_table() {
    let place = Place::new();
    let words = "--device cpu --quiet --lr 0.01,0.05,0.1,1e30 --models 42 --epochs 200 --chunk-models 7";
    for (out, more) in [("plain", ""), ("tested", "--test-fraction 0.3")] {
        place.run(&format!("{words} {more} --out {out}")).ok();
        let plot = per_model(&place, out).heatmap.unwrap();
        assert_eq!((plot.values.as_slice(), plot.all_seeds, plot.rows.len()), (&[0.01, 0.05, 0.1, 1e30][..], 11, 11));
        let table = place.read(&format!("{out}/models.csv"));
        let mut seen = 0;
        for row in table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
            let (lr, seed) = (row[1].parse::<f64>().unwrap(), row[2].parse::<u64>().unwrap());
            let own = plot.rows.iter().find(|own| own.seed == seed).unwrap();
            let column = plot.values.iter().position(|value| *value == lr).unwrap();
            let accuracy = row[if more.is_empty() { 4 } else { 7 }];
            let expected = accuracy.parse().map_or(HeatmapCell::Diverged, HeatmapCell::Accuracy);
            assert_eq!(own.spots[column], expected, "{row:?}");
            seen += 1;
        }
        // The last seed has only two models.
        assert_eq!((seen, plot.rows[10].models, plot.rows[10].spots[2..] == [HeatmapCell::Missing; 2]), (42, 2, true));
        let successes = table.lines().filter(|line| line.ends_with(",success")).count() as u64;
        assert_eq!(plot.rows.iter().map(|row| row.successes).sum::<u64>(), successes);
        let svg = place.read(&format!("{out}/pictures/heatmap.svg"));
        let [good, _, bad] = plot.seeds_by_success();
        assert!(
            good == 0 && svg.contains(&format!("{bad} of 11 seeds")) && svg.contains("none succeeds"),
            "{good} {bad}"
        );
    }
}

#[test]
fn of_several_curves_the_heat_map_shows_the_best_and_of_many_seeds_some() {
    let place = Place::new();
    place.run("--device cpu --quiet --lr 0.001,0.1 --momentum 0,0.9 --optimizer momentum --seeds 150 --epochs 60").ok();
    let plot = per_model(&place, "gpu-sweep-out/latest").heatmap.unwrap();
    assert_eq!((plot.curve.as_str(), plot.rows.len(), plot.all_seeds), ("momentum 0.9", 100, 150));
    let table = place.read("gpu-sweep-out/latest/models.csv");
    let head: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let column = |name: &str| head.iter().position(|head| *head == name).unwrap();
    let of = |row: &[&str], name: &str| row[column(name)].parse::<f64>().unwrap();
    for row in table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        let seed = plot.rows.iter().find(|own| own.seed as f64 == of(&row, "seed"));
        if let Some(own) = seed.filter(|_| of(&row, "momentum") == 0.9) {
            let k = usize::from(of(&row, "lr") > 0.01);
            assert_eq!(own.spots[k], HeatmapCell::Accuracy(of(&row, "train_acc")));
        }
    }
}

/// Of eleven models the 0.1, 0.5 and 0.9 quantiles are the second, sixth and tenth.
#[test]
fn losses_counted_in_bins_have_the_spread_of_the_curves() {
    let place = Place::new();
    let words = "--device cpu --quiet --lr 0.01,0.1,1e30 --seeds 11 --epochs 100 --chunk-models 7";
    place.run(&format!("{words} --curves all --out all")).ok();
    place.run(&format!("{words} --curves 3 --out some")).ok();
    let [all, some] = ["all", "some"].map(|out| per_model(&place, out).fan.unwrap());
    assert_eq!((all.source, some.source), (LossSource::All, LossSource::Histograms));
    assert_eq!((all.fans.len(), &all.epochs), (some.fans.len(), &some.epochs));
    let lost = |plot: &gpu_sweep::plot::FanPlot| {
        plot.fans.iter().map(|fan| (fan.models, fan.lost, fan.best)).collect::<Vec<_>>()
    };
    assert_eq!(lost(&all), lost(&some));
    assert!(all.fans[2].lost > 0 && all.fans[2].models == 11);
    for (a, b) in all.fans.iter().zip(&some.fans) {
        assert_eq!(a.group, b.group, "the end is known exactly");
        let last = a.quantiles.last().unwrap();
        // Quantiles of the finite losses only; with diverged models the others differ.
        let ends = a.group.losses.quantiles(&gpu_sweep::plot::SHARES).map(|loss| loss.unwrap_or(f64::INFINITY));
        let same = ends.iter().zip(last).all(|(a, b)| a == b || (a / b - 1.0).abs() < 1e-6);
        assert!(same || a.lost > 0, "{a:?}");
    }
    let mut finite = 0;
    for (a, b) in all.fans.iter().zip(&some.fans).flat_map(|(a, b)| a.quantiles.iter().zip(&b.quantiles)) {
        for (a, b) in a.iter().zip(b) {
            // Losses above 2^8 fall into the last bin.
            let a = if a.is_finite() { a.min(256.0) } else { *a };
            assert!(a == *b || (a / b).ln().abs() < 0.125f64.ln_1p(), "{a} {b}");
            finite += usize::from(a.is_finite());
        }
    }
    assert!(finite > 600, "{finite}");
    // `report` rewrites the same bytes.
    let page = place.read("some/report.html");
    place.run("report some").ok();
    assert!(place.read("some/report.html") == page && page.contains("the median loss begins at"));
    // Several data sets are pooled into one curve; the heat map shows the seeds of the first.
    place.run(&format!("{words} --curves 3 --data-seeds 2 --out sets")).ok();
    let sets = per_model(&place, "sets");
    let (fan, heatmap) = (sets.fan.unwrap(), sets.heatmap.unwrap());
    assert!(fan.source == LossSource::Histograms && fan.fans.iter().all(|fan| fan.models == 22), "{fan:?}");
    assert!(heatmap.rows.len() == 11 && heatmap.settings.ends_with("here: the first of 2 data sets"), "{heatmap:?}");
}

#[test]
fn where_data_sets_are_pooled_no_picture_promises_intervals() {
    let place = Place::new();
    let words =
        "--device cpu --optimizer sgd,adam --lr 0.05,0.5 --seeds 5 --data-seeds 3 --epochs 20 --quiet --out study";
    place.run(words).ok();
    for name in ["comparison", "success", "accuracy"] {
        let svg = place.read(&format!("study/pictures/{name}.svg"));
        assert!(svg.contains("no intervals: models share seeds"), "{name}");
        assert!(!svg.contains("95 % intervals"), "{name}");
    }
}
