//! How differently do identical networks end from different initial weights? Ten thousand models at one learning rate.
//!
//! `cargo run --release --example init_study`

use gpu_sweep::Sweep;
use gpu_sweep::statistics::OutcomeClass;

fn main() -> gpu_sweep::Result<()> {
    let crowd =
        Sweep::builder().lr(0.05).seeds(10_000).epochs(500).curves(gpu_sweep::sweep::CurvesKept::None).train()?;
    let all = crowd.summary.total();
    // The distribution has two modes: its mean would describe no model.
    for (low, high) in (50..100).step_by(5).map(|low| (low, low + 5)) {
        let points = |percent: u32| all.train.points * percent / 100;
        let inside = all.train.models.range(points(low) + u32::from(low > 50)..=points(high));
        let models: u64 = inside.map(|(_, models)| models).sum();
        println!("{low:>3} to {high:>3} % {:>6} {}", models, "█".repeat((60 * models / all.n) as usize));
    }
    for class in OutcomeClass::ALL.into_iter().filter(|class| all.of_class(*class) > 0) {
        println!("{:>12} {:>6}", class.name(), all.of_class(class));
    }
    if let Some((low, high)) = all.success_interval() {
        println!("success: {:.1} to {:.1} % (95 %)", 100.0 * low, 100.0 * high);
    }
    Ok(())
}
