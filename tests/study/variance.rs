//! `variance.csv`, computed from all outcomes.

use crate::fake::{Fake, TRAIN, finished, outcome, spec, sweep, train};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::Sweep;
use std::fs;
use std::path::Path;

fn read(folder: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join("variance.csv")).unwrap();
    let header = "outcome,component,variance,share,ci_low,ci_high,seeds,levels";
    assert_eq!(text.lines().next(), Some(header));
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Variance components of rates (fixed), seeds (random) and their interaction, for values `[seeds, rates]`, from the
/// mean squares.
fn components(values: &[f64], rates: usize) -> [f64; 3] {
    let (r, s) = (rates as f64, (values.len() / rates) as f64);
    let mean = |of: &dyn Fn(usize) -> bool| {
        let some: Vec<f64> = values.iter().enumerate().filter(|(i, _)| of(*i)).map(|(_, v)| *v).collect();
        some.iter().sum::<f64>() / some.len() as f64
    };
    let all = mean(&|_| true);
    let rate: Vec<f64> = (0..rates).map(|rate| mean(&|i| i % rates == rate)).collect();
    let seed: Vec<f64> = (0..values.len() / rates).map(|seed| mean(&|i| i / rates == seed)).collect();
    let rest = values.iter().enumerate().map(|(i, v)| (v - rate[i % rates] - seed[i / rates] + all).powi(2));
    let both = rest.sum::<f64>() / ((r - 1.0) * (s - 1.0));
    let between = |means: &[f64]| means.iter().map(|m| (m - all).powi(2)).sum::<f64>() / (means.len() as f64 - 1.0);
    [between(&rate) - both / s, between(&seed), both]
}

#[test]
fn a_diverged_model_is_a_failure_and_its_rate_has_no_accuracies() {
    // Three rates and three seeds, no test rows; model 3, at the first rate, diverges.
    let folder = tempfile::tempdir().unwrap();
    let few = Sweep { models: Some(9), test_fraction: 0.0, record: vec![], ..sweep() };
    let study = finished(folder.path(), few, 2);
    let rows = read(folder.path());
    assert_eq!(rows.len(), 6);
    let trials = (0..9).map(|i| study.spec().cells[0].trials.get(i));
    let correct: Vec<Option<u32>> = trials.map(|trial| outcome(&trial, false).train.map(|s| s.correct)).collect();
    // A dead network (every fourth) is not a success, whatever its accuracy.
    let is_success =
        |(i, c): (usize, &Option<u32>)| i % 4 != 1 && c.is_some_and(|c| f64::from(c) > 0.7 * f64::from(TRAIN));
    let success = correct.iter().enumerate().map(|pair| f64::from(u8::from(is_success(pair))));
    let kept = correct.iter().enumerate().filter(|(i, _)| i % 3 > 0).filter_map(|(_, c)| *c);
    let accuracy: Vec<f64> = kept.map(|c| f64::from(c) / f64::from(TRAIN)).collect();
    assert_eq!((accuracy.len(), correct[3]), (6, None));
    let expected = [components(&success.collect::<Vec<_>>(), 3), components(&accuracy, 2)];
    for (row, (outcome, term)) in rows.iter().zip((0..6).map(|i| (i / 3, i % 3))) {
        assert_eq!(row[..2], [["success", "train_acc"][outcome], ["lr", "seed", "lr:seed"][term]]);
        assert!((row[2].parse::<f64>().unwrap() - expected[outcome][term]).abs() < 1e-12, "{row:?}");
        // A fixed factor contributes (r - 1)/r of its component to the variance of one model.
        let r = [3.0, 2.0][outcome];
        let part = |term: usize| expected[outcome][term] * if term == 1 { 1.0 } else { (r - 1.0) / r };
        let share = part(term) / (part(0) + part(1) + part(2));
        assert!((row[3].parse::<f64>().unwrap() - share).abs() < 1e-9, "{row:?}");
        // Three seeds are too few for an interval.
        assert_eq!(row[4..], ["", "", "3", ["3", "2"][outcome]]);
    }
}

#[test]
fn intervals_are_about_the_shares_and_what_is_missing_is_empty() {
    // Ten seeds; at each rate one model diverges.
    let folder = tempfile::tempdir().unwrap();
    finished(folder.path(), sweep(), 7);
    let rows = read(folder.path());
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["success", "train_acc", "test_acc"].map(|name| [name; 3]).concat());
    for row in &rows[..3] {
        let [share, low, high] = [3, 4, 5].map(|c| row[c].parse::<f64>().unwrap());
        assert!(low < share && share < high && high - low < 1.0, "{row:?}");
    }
    assert!(rows[3..].iter().all(|row| row[2..] == ["", "", "", "", "10", "0"]), "{rows:?}");
}

#[test]
fn a_ragged_last_seed_has_distributions_but_no_variance() {
    let folder = tempfile::tempdir().unwrap();
    finished(folder.path(), Sweep { models: Some(29), ..sweep() }, 7);
    assert!(folder.path().join("distributions.csv").is_file() && !folder.path().join("variance.csv").exists());
}

#[test]
fn other_chunks_and_batches_write_the_same_and_force_removes_it() {
    let write = |chunk, batch| {
        let folder = tempfile::tempdir().unwrap();
        let sweep = Sweep { models: Some(300), seed: 0, chunk_models: Some(chunk), ..sweep() };
        let mut study = Study::open(folder.path(), spec(sweep), false).unwrap();
        train(&mut study, &mut Fake::new(batch), &()).unwrap();
        study.write_tables().unwrap();
        let tables = ["variance.csv", "distributions.csv"].map(|name| fs::read(folder.path().join(name)).unwrap());
        (folder, tables)
    };
    let (folder, tables) = write(300, 1000);
    assert!(tables == write(7, 3).1 && tables == write(64, 64).1);
    Study::open(folder.path(), spec(sweep()), true).unwrap();
    assert!(!folder.path().join("variance.csv").exists() && !folder.path().join("distributions.csv").exists());
}
