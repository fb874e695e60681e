//! The course's experiment compared with its published curve: 40 learning rates × 50 independent models, 500 epochs.
//!
//! `cargo run --release --example course -- FOLDER` writes `course.png` and `course.svg` there.

use gpu_sweep::engine::InMemorySink;
use gpu_sweep::engine::select::{DeviceChoice, EngineSettings, select};
use gpu_sweep::plot::{AccuracyPlot, Facet, ReferenceCurve, write};
use gpu_sweep::statistics::{ModelResult, OutcomeClass, Summary};
use gpu_sweep::sweep::{Inputs, Sweep};
use std::path::PathBuf;

/// Mean accuracies over the course's 50 repeats, as published for six of its 40 learning rates; its data are unseeded.
const COURSE: [(f64, f64); 6] =
    [(0.001, 0.554), (0.0112, 0.716), (0.0238, 0.743), (0.0492, 0.828), (0.0746, 0.814), (0.1, 0.819)];
/// Standard error of each mean: a standard deviation of about 20 percentage points over the square root of 50.
const STANDARD_ERROR: f64 = 0.029;

fn main() -> gpu_sweep::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let sweep = Sweep::preset("course")?;
    let inputs = Inputs::load(&sweep)?;
    let mut engine = select(&DeviceChoice::Auto, &EngineSettings::default())?.engine;
    let job = &inputs.jobs[0];
    let mapping = engine.choose_mapping(job, job.trials.len())?;
    let job = job.mapped(mapping);
    let batch = InMemorySink::train(&mut *engine, &job, 0..job.trials.len())?;
    let ([rows, ..], points) = (job.row_counts(), job.data.train.len() as u32);
    let mut summary = Summary::of_points(vec![[points, 0]]);
    for (i, outcome) in batch.outcomes.iter().enumerate() {
        let lr = Some(job.trials.get(i as u64).lr());
        let class = OutcomeClass::of(&outcome.ending(rows), points, points / 2, sweep.success_threshold.unwrap_or(0.7));
        let (train, loss) = (outcome.train.map(|s| s.correct), outcome.train.map(|s| s.loss));
        summary.add(0, &[lr], ModelResult::of_training(i as u64, class, train, loss));
    }
    for (lr, theirs) in COURSE {
        let nearest = summary.groups().min_by(|a, b| (a.x - lr).abs().total_cmp(&(b.x - lr).abs()));
        let ours = nearest.and_then(|g| g.train.mean()).unwrap_or(f64::NAN);
        println!("learning rate {lr:.4}: ours {:.1} %, the course {:.1} %", 100.0 * ours, 100.0 * theirs);
    }
    println!("all 40: ours {:.1} %, the course 78.3 %", 100.0 * summary.total().train.mean().unwrap_or(f64::NAN));
    let points = COURSE.map(|(lr, mean)| (lr, mean, STANDARD_ERROR)).to_vec();
    let reference = ReferenceCurve { label: "the course".into(), points };
    let settings = "qwerties · 2-1-1 ReLU · 200 points · 500 epochs · 50 independent models per learning rate";
    write(
        &AccuracyPlot { view: Facet::plain(&summary), settings, reference: Some(&reference) },
        &folder.join("course"),
    )?;
    Ok(())
}
