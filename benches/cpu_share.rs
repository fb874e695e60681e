//! CPU engine relative to the processor's peak: W, W2, wider networks and those of maps on all threads, as a share of
//! the rate of multiplications and additions in registers alone, measured in between.
//!
//! `cargo bench --bench cpu_share [-- --isa NAME] [--threads N] [--repeats N]` prints a table. With
//! `--once WORK EPOCHS` it trains one workload, for counting its instructions.

mod work;

use clap::Parser;
use gpu_sweep::engine::cost::SampleStepCost;
use gpu_sweep::engine::cpu::{CpuEngine, CpuOptions};
use gpu_sweep::math::{Activation, Loss};
use gpu_sweep::sweep::TrainSpec;
use std::time::{Duration, Instant};
use work::Work;

#[derive(Parser)]
struct Args {
    #[arg(long)]
    isa: Option<String>,
    #[arg(long, default_value_t = 0)]
    threads: usize,
    #[arg(long, default_value_t = 7)]
    repeats: usize,
    #[arg(long, num_args = 2, value_names = ["WORK", "EPOCHS"])]
    once: Option<Vec<String>>,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Floating-point operations per sample-step, multiplications and additions counted separately: 46 for W, 1854 for W2.
fn flops(work: &Work) -> f64 {
    SampleStepCost::of(&work.shape, &work.train_spec).flop
}

/// The network of a map: 16-16-1 without biases, squared error.
fn of_map(activation: Activation) -> Work {
    let train_spec = TrainSpec { activation, loss: Loss::Mse, ..TrainSpec::plain() };
    let work = Work { record_every: 1, train_spec, ..Work::new(16, &[16], 400, 500) };
    Work { shape: work.shape.without_bias(), ..work }
}

fn works() -> [(&'static str, Work); 8] {
    [
        ("W", Work { record_every: 1, ..Work::new(2, &[1], 2000, 1000) }),
        ("W2", Work { record_every: 10, ..Work::new(2, &[16, 16], 1000, 1000) }),
        ("30-32", Work { record_every: 10, ..Work::new(30, &[32], 400, 200) }),
        ("30-64-64", Work { record_every: 10, ..Work::new(30, &[64, 64], 200, 50) }),
        ("tanh", of_map(Activation::Tanh)),
        ("relu", of_map(Activation::Relu)),
        ("identity", of_map(Activation::Identity)),
        ("1024-64", Work { record_every: 10, ..Work::new(1024, &[64], 32, 50) }),
    ]
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let args = Args::parse();
    let limits = CpuOptions { threads: args.threads, isa: args.isa };
    let mut engine = CpuEngine::with_options(&limits).unwrap_or_else(|error| panic!("{error}"));
    let mut works = works();
    if let Some([name, epochs]) = args.once.as_deref() {
        let (_, work) = works.iter_mut().find(|(known, _)| known == name).expect("the name of a work");
        (work.epochs, work.models) = (epochs.parse().expect("a number of epochs"), 64);
        let job = work.job(&engine);
        work.run(&mut engine, &job);
        println!("{}", work.sample_steps());
        return;
    }
    let mut seconds = vec![Vec::new(); works.len()];
    let mut peaks = Vec::new();
    for _ in 0..args.repeats {
        for ((_, work), seconds) in works.iter().zip(&mut seconds) {
            peaks.push(engine.peak_flops(Duration::from_millis(50)));
            let job = work.job(&engine);
            let begun = Instant::now();
            work.run(&mut engine, &job);
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    print(&engine, &works, &mut seconds, median(&mut peaks));
}

fn print(engine: &CpuEngine, works: &[(&str, Work)], seconds: &mut [Vec<f64>], peak: f64) {
    use gpu_sweep::engine::Engine;
    let info = engine.info();
    println!("{}, {}: {:.1} GFLOP/s at most (median)", info.device, info.driver_and_threads(), peak / 1e9);
    println!("work      models × epochs  seconds (lowest – highest)  sample-steps/s  flop a step  GFLOP/s  share");
    for ((name, work), seconds) in works.iter().zip(seconds) {
        let middle = median(seconds);
        let rate = work.sample_steps() as f64 / middle;
        println!(
            "{name:<8}  {:>6} × {:<6}  {middle:>7.3} ({:.3} – {:.3})  {rate:>14.3e}  {:>11}  {:>7.1}  {:>4.1} %",
            work.models,
            work.epochs,
            seconds[0],
            seconds[seconds.len() - 1],
            flops(work),
            rate * flops(work) / 1e9,
            100.0 * rate * flops(work) / peak
        );
    }
}
