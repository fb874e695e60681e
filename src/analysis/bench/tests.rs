//! Times are given only for matching results; arithmetic of the report.

use super::agreement::{Agreement, apart, compare};
use super::growth::crossing;
use super::*;
use crate::engine::cpu::CpuEngine;
use crate::engine::{CustomEngine, Engine, Job, Outcome, Score, Sink};
use std::ops::Range;

/// Returns an engine that trains one epoch too few in the runs, counted from 1, that `now` selects.
fn lazy_in(now: fn(u32) -> bool) -> Box<dyn Engine> {
    let mut runs = 0;
    let train = move |engine: &mut CpuEngine, job: &Job, range: Range<u64>, sink: &mut dyn Sink| {
        runs += 1;
        let epochs = job.epochs.saturating_sub(u32::from(now(runs)));
        engine.train(&Job { epochs, ..job.clone() }, range, sink)
    };
    Box::new(CustomEngine::training(CpuEngine::new().unwrap(), train))
}

fn honest() -> Box<dyn Engine> {
    Box::new(CpuEngine::new().unwrap())
}

fn lazy() -> Box<dyn Engine> {
    lazy_in(|_| true)
}

fn report(engines: Vec<Box<dyn Engine>>) -> BenchReport {
    let mut contestants: Vec<_> = engines.into_iter().map(|engine| Contestant { engine, start_up: 0.5 }).collect();
    let works = vec![Workload::growing(40, 60)];
    let settings = BenchSettings { time: Duration::from_millis(10), rounds: Some(2), works, growth: false };
    bench(&mut contestants, &settings, &mut |_| ()).unwrap()
}

#[test]
fn engines_that_agree_get_times() {
    let report = report(vec![honest(), honest()]);
    assert!(!report.failed() && report.rows.len() == 2, "{report:?}");
    for row in &report.rows {
        let measured = row.measured.as_ref().unwrap();
        assert!(measured.runs.len() >= 2 && row.models == 40, "{row:?}");
        assert!(row.epochs >= 1 && row.epochs <= row.epochs_uncut && row.note == "same losses as cpu", "{row:?}");
        let steps = f64::from(row.epochs) * 40.0 * 200.0;
        assert!((measured.sample_steps_per_second * measured.median / steps - 1.0).abs() < 1e-9);
        // 46 operations per sample-step.
        assert!((measured.flop_per_second * measured.median / (46.0 * steps) - 1.0).abs() < 1e-9);
        assert!(measured.spread()[0] <= measured.median && measured.median <= measured.spread()[1]);
        assert!(measured.share_of_flop.is_some_and(|share| share > 0.0), "{row:?}");
    }
}

#[test]
fn nobody_gets_a_time_where_answers_differ() {
    let lost = |engines| {
        let report = report(engines);
        assert!(report.failed());
        report.rows.iter().map(|row| row.measured.is_none()).collect::<Vec<_>>()
    };
    assert_eq!(lost(vec![honest(), lazy()]), [true, true]);
    assert_eq!(lost(vec![lazy(), honest()]), [true, true]);
    assert_eq!(lost(vec![lazy()]), [true]);
    // The majority counts as right.
    assert_eq!(lost(vec![honest(), honest(), lazy()]), [false, false, true]);
    assert_eq!(lost(vec![lazy(), honest(), honest()]), [true, false, false]);
    // Wrong only in every third run.
    let wavers = lazy_in(|run| run % 3 == 0);
    assert_eq!(lost(vec![honest(), honest(), wavers]), [false, false, true]);
}

#[test]
fn of_three_that_all_differ_none_is_right() {
    let all = [outcomes(&[0.1; 20]), outcomes(&[0.2; 20]), outcomes(&[0.3; 20])];
    let device = BenchDevice { info: honest().info().clone(), start_up: 0.0, ceiling: None };
    let ends: Vec<_> = all.iter().map(|ends| Some(&ends[..])).collect();
    let verdicts = compare(&ends, &[device.clone(), device.clone(), device]);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Agreement::Disagrees(_))), "{verdicts:?}");
}

#[test]
fn work_that_fits_keeps_all_its_epochs() {
    let mut contestants = [Contestant { engine: honest(), start_up: 0.0 }];
    let work = Workload::growing(1, 1000);
    for _ in 0..20 {
        let contest = WorkloadTiming::prepare(&mut contestants, &work, |_| true).unwrap();
        assert_eq!(contest.fitting(contest.expected()), 1000);
        assert!((490..=500).contains(&contest.fitting(contest.expected() / 2.0)));
        assert_eq!(contest.fitting(0.0), 1);
    }
}

#[test]
fn a_lone_engine_is_held_against_the_reference() {
    let report = report(vec![honest()]);
    assert!(!report.failed() && report.break_even.is_empty());
    let note = &report.rows[0].note;
    assert!(note.starts_with("same losses as the f64 reference, 20 models"), "{note}");
}

fn outcomes(losses: &[f64]) -> Vec<Outcome> {
    let score = |loss: f64| loss.is_finite().then_some(Score { loss, correct: 0, correct_positive: 0, errors: None });
    losses.iter().map(|loss| Outcome { train: score(*loss), ..Outcome::default() }).collect()
}

#[test]
fn a_few_models_may_go_their_own_way() {
    let one: Vec<f64> = (0..200).map(|n| f64::from(n) / 100.0).collect();
    let changed = |count: usize, by: f64| -> Vec<Outcome> {
        outcomes(&one.iter().enumerate().map(|(n, loss)| loss + if n < count { by } else { 0.0 }).collect::<Vec<_>>())
    };
    let same = |other: &[Outcome]| apart(&outcomes(&one), other).is_none();
    assert!(same(&changed(0, 0.0)) && same(&changed(200, 5e-6)) && same(&changed(2, 0.5)) && same(&changed(99, 1e-4)));
    assert!(!same(&changed(3, 0.5)) && !same(&changed(101, 2e-5)) && !same(&changed(3, f64::NAN)));
    assert!(!same(&outcomes(&one[1..])) && apart(&[], &[]).is_some());
    let lost = outcomes(&[f64::NAN; 4]);
    assert_eq!(apart(&lost, &lost), None);
}

#[test]
fn break_even_lies_between_the_numbers_timed() {
    let times = |all: [f64; 3]| [(1, all[0]), (10, all[1]), (100, all[2])];
    let flat = times([1.0, 1.0, 1.0]);
    let cross = |other: [(u64, f64); 3]| crossing(&times([0.01, 0.1, 10.0]), &other).unwrap();
    // Ten times slower with 10 models, ten times faster with 100: the logarithmic midpoint.
    assert_eq!(cross(flat), BreakEvenRange::Models(10.0 * 10f64.powf(0.5)));
    assert_eq!(cross(times([1e-3, 1e-3, 1e-3])), BreakEvenRange::First);
    assert_eq!(cross(times([1e-3, 1e-3, 20.0])), BreakEvenRange::NotUpTo(100));
    assert_eq!(crossing(&flat, &[(5, 1.0)]), None);
}

#[test]
fn works_are_what_they_are_called() {
    let jobs = works().map(|work| (work.name, work.title.clone(), work.job(work.epochs(), None).unwrap()));
    let facts: Vec<_> = jobs
        .iter()
        .map(|(name, _, job)| {
            let kept = job.record.curves_in(&(0..job.trials.len()));
            let shape = job.shape.to_string();
            (*name, shape, job.trials.len(), job.epochs, job.data.train.len(), job.record.epochs.len(), kept)
        })
        .collect();
    assert_eq!(facts[0], ("W", "2-1-1".into(), 2000, 1000, 200, 1001, 2000));
    assert_eq!(facts[1], ("W2", "2-16-16-1".into(), 1000, 1000, 200, 101, 1000));
    assert_eq!(facts[2], ("W3", "2-1-1".into(), 100_000, 1000, 200, 101, 100_000));
    assert_eq!(facts[3], ("wide", "30-64-64-1".into(), 200, 200, 569, 21, 200));
    assert!(jobs.iter().all(|(_, title, job)| title.starts_with(&job.shape.to_string())));
    let points = &jobs[3].2.data.train;
    let means = (0..30).map(|k| (0..569).map(|n| points.row(n)[k]).sum::<f64>() / 569.0);
    assert!(means.into_iter().all(|mean| mean.abs() < 1e-9) && points.labels().iter().filter(|y| **y).count() == 212);
}
