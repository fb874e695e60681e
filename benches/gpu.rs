//! GPU kernels on the first adapter: each mapping on networks that suit it, evaluation, and kernels with checks.
//! `cargo bench --bench gpu [-- FILTER]`; with `--test` each runs once.

mod work;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use gpu_sweep::dataset::{Points, Targets};
use gpu_sweep::engine::gpu::GpuEngine;
use gpu_sweep::engine::gpu::device::{DRIVER_HELP, adapters};
use gpu_sweep::engine::gpu::gpu_options::GpuOptions;
use gpu_sweep::engine::{Engine, Mapping};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::TrainSpec;
use std::time::Duration;
use work::Work;

fn engine(checked: bool) -> GpuEngine {
    let adapters = adapters().unwrap();
    let adapter = adapters.first().unwrap_or_else(|| panic!("no GPU adapter: {DRIVER_HELP}"));
    pollster::block_on(GpuEngine::new(adapter, &GpuOptions { checked, cache: None })).expect("the adapter opens")
}

/// Times one workload with a mapping, in sample-steps; prints a mapping that the device refuses.
fn time(group: &mut BenchmarkGroup<WallTime>, engine: &mut GpuEngine, work: &Work, mapping: Mapping) {
    let job = work.unmapped().mapped(mapping);
    let losses = if work.record_every == 1 { ", every loss" } else { "" };
    let name = format!("{}{losses} {mapping}", work.shape);
    if let Err(refused) = engine.train(&job, 0..0, &mut gpu_sweep::engine::InMemorySink::default()) {
        eprintln!("{name}: left out: {refused}");
        return;
    }
    group.throughput(Throughput::Elements(work.sample_steps()));
    group.bench_function(name, |bencher| bencher.iter(|| work.run(engine, &job)));
}

/// `many` models, enough to keep a large GPU busy; `few` with `--test`, where each bench only has to run.
fn models(many: u64, few: u64) -> u64 {
    if std::env::args().any(|arg| arg == "--test") { few } else { many }
}

fn mappings(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mapping");
    let mut engine = engine(false);
    let small = Work::new(2, &[1], models(16_384, 256), 100);
    let parsed = |text: &str| text.parse().expect("mappings here are known");
    for mapping in ["thread-64", "subgroup-8-64", "subgroup-32-64", "workgroup-8-64"].map(parsed) {
        time(&mut group, &mut engine, &small, mapping);
    }
    time(&mut group, &mut engine, &Work { record_every: 1, ..small }, parsed("thread-64"));
    for mapping in ["tiled-64-28", "tiled-16-28", "streamed-64-28"].map(parsed) {
        time(&mut group, &mut engine, &Work::new(2, &[16, 16], models(1024, 16), 1), mapping);
    }
    time(&mut group, &mut engine, &Work::new(30, &[64, 64], models(256, 2), 1), parsed("streamed-64-28"));
}

fn checks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checked");
    let (mut engine, work) = (engine(true), Work::new(2, &[1], models(16_384, 256), 100));
    let chosen = work.job(&engine).mapping.expect("the engine chose one");
    time(&mut group, &mut engine, &work, chosen);
}

fn evaluation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    let (mut engine, train_spec, models, rows) =
        (engine(false), TrainSpec::plain(), models(16_384, 256) as usize, work::POINTS);
    for hidden in [&[1][..], &[16, 16]] {
        let shape = NetworkShape::new(2, hidden).expect("shapes here are sound");
        let parameters: Vec<f64> = (0..models * shape.parameters()).map(|n| (n % 17) as f64 / 17.0 - 0.5).collect();
        let x = (0..rows * 2).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
        let points = Points { features: 2, x, targets: Targets::Binary((0..rows).map(|n| n % 2 == 0).collect()) };
        group.throughput(Throughput::Elements((models * rows) as u64));
        group.bench_function(shape.to_string(), |bencher| {
            bencher
                .iter(|| engine.evaluate(&shape, &train_spec, &parameters, &points).expect("nothing here is refused"));
        });
    }
}

criterion_group! {
    name = gpu;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(2));
    targets = mappings, checks, evaluation
}
criterion_main!(gpu);
