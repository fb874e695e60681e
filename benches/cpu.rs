//! CPU engine by layer: shapes, instruction sets, activations, optimizers and mini-batch orders, on one thread.
//! `cargo bench --bench cpu [-- FILTER]`; with `--test` each runs once.

mod work;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use gpu_sweep::engine::cpu::{CpuEngine, CpuOptions};
use gpu_sweep::math::{Activation, Optimizer};
use gpu_sweep::sweep::{BatchSpec, RowOrder, TrainSpec};
use work::Work;

/// Times one workload, in sample-steps.
fn time(group: &mut BenchmarkGroup<WallTime>, name: &str, work: &Work, isa: Option<&str>) {
    let limits = CpuOptions { threads: 1, isa: isa.map(Into::into) };
    let mut engine = CpuEngine::with_options(&limits).expect("the processor has what it lists");
    let job = work.job(&engine);
    group.throughput(Throughput::Elements(work.sample_steps()));
    group.bench_function(name, |bencher| bencher.iter(|| work.run(&mut engine, &job)));
}

fn shapes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("shape");
    for (features, hidden, epochs) in [
        (2, &[][..], 300),
        (2, &[1], 300),
        (2, &[4], 150),
        (2, &[16, 16], 10),
        (30, &[32], 5),
        (30, &[64, 64], 1),
        (64, &[64; 4], 1),
    ] {
        let work = Work::new(features, hidden, 64, epochs);
        time(&mut group, &work.shape.to_string(), &work, None);
    }
    time(&mut group, "2-1-1, every loss", &Work { record_every: 1, ..Work::new(2, &[1], 64, 300) }, None);
}

fn instruction_sets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("isa");
    for isa in CpuEngine::instruction_sets() {
        time(&mut group, &format!("{isa} 2-1-1"), &Work::new(2, &[1], 64, 300), Some(isa));
        time(&mut group, &format!("{isa} 2-16-16-1"), &Work::new(2, &[16, 16], 64, 10), Some(isa));
    }
}

fn activations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("activation");
    for activation in Activation::ALL {
        let train_spec = TrainSpec { activation: *activation, ..TrainSpec::plain() };
        time(&mut group, &activation.to_string(), &Work { train_spec, ..Work::new(2, &[4], 64, 150) }, None);
    }
}

fn updates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("update");
    for optimizer in Optimizer::ALL {
        for (order, kind) in [(RowOrder::Shared { seed: 1 }, "shared"), (RowOrder::PerSeed, "per seed")] {
            for size in [1, 32] {
                let batches = BatchSpec { size, order: order.clone() };
                let train_spec = TrainSpec { optimizer: *optimizer, batches, ..TrainSpec::plain() };
                let work = Work { train_spec, ..Work::new(2, &[4], 64, 10) };
                time(&mut group, &format!("{optimizer}, batches of {size}, {kind}"), &work, None);
            }
        }
    }
}

criterion_group! {
    name = cpu;
    config = Criterion::default().sample_size(20);
    targets = shapes, instruction_sets, activations, updates
}
criterion_main!(cpu);
