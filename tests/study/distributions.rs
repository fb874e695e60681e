//! `distributions.csv`, computed from all outcomes.

use crate::fake::{Fake, TRAIN, finished, outcome, spec, sweep, train};
use gpu_sweep::statistics::modality::{UniformDips, dip};
use gpu_sweep::study::Study;
use gpu_sweep::sweep::{Axis, CurvesKept, Sweep};
use std::fs;
use std::path::Path;

/// Column names and values; `None` for an empty field.
fn read(folder: &Path) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
    let text = fs::read_to_string(folder.join("distributions.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let number = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let names = header.split(',').map(str::to_owned).collect();
    (names, rows.lines().map(|line| line.split(',').map(number).collect()).collect())
}

/// The order statistics on both sides of a quantile.
fn around(sorted: &[f64], q: f64) -> (f64, f64) {
    let at = q * (sorted.len() - 1) as f64;
    (sorted[at.floor() as usize], sorted[at.ceil() as usize])
}

/// Quantile of type 7 of Hyndman and Fan, from all values.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let (low, high) = around(sorted, q);
    low + (high - low) * (q * (sorted.len() - 1) as f64).fract()
}

const QS: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

#[test]
fn quantiles_and_dips_are_of_the_models_that_have_losses() {
    let folder = tempfile::tempdir().unwrap();
    let study = finished(folder.path(), sweep(), 7);
    let (names, rows) = read(folder.path());
    let header = "lr,n,acc_q01,acc_q05,acc_q10,acc_q25,acc_q50,acc_q75,acc_q90,acc_q95,acc_q99,loss_q01,loss_q05,loss_q10,\
                  loss_q25,loss_q50,loss_q75,loss_q90,loss_q95,loss_q99,loss_n,dip,dip_n,dip_p,dip_p_n";
    assert_eq!((names.join(",").as_str(), rows.len()), (header, 3));
    for (k, row) in rows.iter().enumerate() {
        let trials = (0..30).map(|i| study.spec().cells[0].trials.get(i)).filter(|t| t.index as usize % 3 == k);
        // One or two of every ten models diverge.
        let scores: Vec<_> = trials.filter_map(|trial| outcome(&trial, true).train).collect();
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values
        };
        let losses = sorted(scores.iter().map(|s| s.loss).collect());
        let accuracies = sorted(scores.iter().map(|s| f64::from(s.correct) / f64::from(TRAIN)).collect());
        assert_eq!((row[0], row[1]), (Some([0.001, 0.1, 0.30000000000000004][k]), Some(10.0)));
        for (i, q) in QS.into_iter().enumerate() {
            assert!((row[2 + i].unwrap() - quantile(&accuracies, q)).abs() < 1e-12, "{k} {q}");
            assert!((row[11 + i].unwrap() - quantile(&losses, q)).abs() < 1e-12, "{k} {q}");
        }
        let n = Some(losses.len() as f64);
        assert!(losses.len() < 10);
        let p = UniformDips::default().p(&losses);
        assert_eq!(row[20..], [n, Some(dip(&losses)), n, Some(p), n]);
    }
}

#[test]
fn what_is_missing_is_empty() {
    // One model per rate has no p-value; a diverged one has no values at all. (The fourth diverges.)
    let folder = tempfile::tempdir().unwrap();
    let lr = Axis::parse("--lr", "0.1,0.2,0.3,0.4").unwrap();
    finished(folder.path(), Sweep { lr, models: Some(4), ..sweep() }, 7);
    let (_, rows) = read(folder.path());
    assert_eq!((rows[0][20..].to_vec(), rows[0][4]), (vec![Some(1.0), Some(0.0), Some(1.0), None, None], rows[0][2]));
    assert!(rows[3][1] == Some(1.0) && rows[3][2..20].iter().all(Option::is_none));
    assert_eq!(rows[3][20..], [Some(0.0), None, None, None, None]);
}

#[test]
fn many_models_keep_within_the_promised_error_and_neither_chunks_nor_batches_matter() {
    let many = |chunk: u64| Sweep {
        models: Some(30_000),
        seed: 0,
        curves: CurvesKept::None,
        record: vec![],
        save_weights: false,
        chunk_models: Some(chunk),
        ..sweep()
    };
    let write = |chunk, batch| {
        let folder = tempfile::tempdir().unwrap();
        let mut study = Study::open(folder.path(), spec(many(chunk)), false).unwrap();
        train(&mut study, &mut Fake::new(batch), &()).unwrap();
        study.write_tables().unwrap();
        (fs::read(folder.path().join("distributions.csv")).unwrap(), read(folder.path()).1)
    };
    let (bytes, rows) = write(4096, 1000);
    assert!(bytes == write(777, 5000).0, "other chunks, other bytes");
    let trials = spec(many(4096)).cells[0].trials.clone();
    let mut losses: Vec<f64> =
        (0..10_000).filter_map(|seed| outcome(&trials.get(3 * seed), false).train).map(|s| s.loss).collect();
    losses.sort_by(f64::total_cmp);
    for (i, q) in QS.into_iter().enumerate() {
        let (found, (low, high)) = (rows[0][11 + i].unwrap(), around(&losses, q));
        assert!((0.995 * low..=1.005 * high).contains(&found), "{q}: {found}, {low} to {high}");
    }
    assert_eq!(rows[0][20], Some(losses.len() as f64));
    assert_eq!((rows[0][22], rows[0][24]), (Some(2048.0), Some(256.0)));
}
