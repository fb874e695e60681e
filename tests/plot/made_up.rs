//! Synthetic runs, points and boundaries.

use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::plot::{Boundary, DataPlot};
use gpu_sweep::statistics::{CorrectRows, Ending, ModelResult, OutcomeClass, Summary};

/// Deterministic uniform numbers in [0, 1) (a linear congruential generator is enough for pictures).
struct Shaker(u64);

impl Shaker {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Approximately standard normal: the sum of twelve uniforms minus 6.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// A synthetic run.
pub struct Run {
    pub summary: Summary,
    pub epochs: Vec<u32>,
    pub rates: Vec<f64>,
    pub losses: Vec<f32>,
}

/// A run whose models form two groups, more of them in the better one at larger learning rates.
pub fn run(rates: &[f64], seeds: usize, tested: bool, diverging: f64) -> Run {
    let mut shaker = Shaker(7);
    let epochs: Vec<u32> = (0..=200).map(|i| i * 5).collect();
    let mut run = Run {
        summary: Summary::of_points(vec![[200, if tested { 60 } else { 0 }]]),
        epochs,
        rates: vec![],
        losses: vec![],
    };
    let most = rates.iter().copied().fold(0.0, f64::max).max(1e-300);
    for seed in 0..seeds {
        for lr in rates {
            let share = (lr / most).powf(0.3);
            let good = (0.6180339887 * seed as f64).fract() < 0.15 + 0.62 * share;
            let diverged = shaker.uniform() < diverging * share;
            let middle = if good { 191.0 - 30.0 * (1.0 - share) } else { 100.0 };
            let spread = if good { 5.0 + 18.0 * (1.0 - share) } else { 3.0 };
            let correct = (middle + spread * shaker.normal()).round().clamp(0.0, 200.0) as u32;
            let test = (f64::from(correct) * 0.3 + shaker.normal()).clamp(0.0, 60.0) as u32;
            // Most models of the worse group are dead.
            let ending = Ending { diverged, correct, dead: !good && seed % 4 > 0, ..Ending::default() };
            run.rates.push(*lr);
            let (start, end) = (0.75 + 0.4 * shaker.uniform(), if good { 0.06 + 0.2 * (1.0 - share) } else { 0.69 });
            let death = if diverged { (shaker.uniform() * 150.0) as u32 * 5 } else { u32::MAX };
            run.losses.extend(run.epochs.iter().map(|epoch| {
                let decay = (-f64::from(*epoch) / 900.0 * (0.3 + 14.0 * share)).exp();
                if *epoch >= death { f32::NAN } else { (end + (start - end) * decay) as f32 }
            }));
            let model = ModelResult {
                id: run.rates.len() as u64 - 1,
                class: OutcomeClass::of(&ending, 200, 100, 0.7),
                hits: [
                    (!diverged).then_some(CorrectRows::of_negatives(correct)),
                    None,
                    (tested && !diverged).then_some(CorrectRows::of_negatives(test)),
                ],
                loss: run.losses.last().map(|loss| f64::from(*loss)).filter(|loss| loss.is_finite()),
            };
            run.summary.add(0, &[Some(*lr)], model);
        }
    }
    run
}

/// 40 learning rates with 25 seeds each, the course's grid.
pub fn main_job() -> Run {
    let rates: Vec<f64> = (0..40).map(|i| 0.001 + 0.099 * f64::from(i) / 39.0).collect();
    run(&rates, 25, false, 0.0)
}

pub fn qwerties(n: usize) -> Points {
    let mut shaker = Shaker(3);
    let y: Vec<bool> = (0..n).map(|i| i >= n / 2).collect();
    let x = y.iter().flat_map(|y| [if *y { 5.0 } else { 1.0 } + shaker.normal(), 1.0 + shaker.normal()]).collect();
    Points { features: 2, x, targets: Targets::Binary(y) }
}

/// A straight, a bent and an S-shaped boundary, and none.
pub fn boundaries(points: &Points) -> Vec<Boundary> {
    let places = DataPlot::grid(points).points();
    let evaluate = |f: &dyn Fn(f64, f64) -> f64| {
        (0..places.len()).map(|n| f(places.row(n)[0], places.row(n)[1])).collect::<Vec<f64>>()
    };
    let boundary =
        |label: &str, f: &dyn Fn(f64, f64) -> f64| Boundary { label: label.into(), outputs: evaluate(f).into() };
    vec![
        boundary("learning rate 0.1, seed 3: 97.5 %", &|x, y| x - 3.0 - 0.1 * (y - 1.0)),
        boundary("learning rate 0.05, seed 3: 96 %", &|x, y| (x - 2.5).max(0.0) - 0.3 - 0.2 * y.max(0.0)),
        boundary("learning rate 0.01, seed 7: 83.5 %", &|x, y| x - 3.6 + 1.2 * (0.8 * y).sin()),
        boundary("learning rate 0.001, seed 0: 50 %", &|_, _| -0.2),
    ]
}
