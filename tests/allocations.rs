//! The CPU engine does not allocate while it trains: a longer training allocates as often as a short one.

use gpu_sweep::dataset::{Dataset, Points, Targets};
use gpu_sweep::engine::cpu::{CpuEngine, CpuOptions};
use gpu_sweep::engine::{Engine, InMemorySink, Job, Record};
use gpu_sweep::math::{Activation, Optimizer};
use gpu_sweep::model::NetworkShape;
use gpu_sweep::sweep::{BatchSpec, InitialWeights, RowOrder, TrainSpec, Trials};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system allocator, counting its calls.
struct Counted;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: forwards every call to the system allocator.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: same contract as the caller's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: same contract as the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTED: Counted = Counted;

fn dataset(rows: usize, features: usize) -> Dataset {
    let x = (0..rows * features).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
    let train = Points { features, x, targets: Targets::Binary((0..rows).map(|n| n * 7 % 3 == 0).collect()) };
    Dataset::of("made up", train)
}

/// Allocations while 40 models train for `epochs` epochs, 8 of which are recorded.
fn allocations(train_spec: &TrainSpec, epochs: u32) -> usize {
    let shape = NetworkShape::new(3, &[17, 4]).unwrap();
    let mut engine = CpuEngine::with_options(&CpuOptions { threads: 1, isa: None }).unwrap();
    let trials = Trials::pairs((0..40).map(|i| (0.001 * i as f64, i)).collect());
    let epochs_recorded = (0..8).map(|n| n * epochs / 8).collect();
    let record = Record { epochs: epochs_recorded, curves_below: 40, ..Record::default() };
    let (data, train_spec, initial) = (dataset(150, 3).into(), train_spec.clone(), InitialWeights::Drawn);
    let job = Job { shape, data, trials, initial, train_spec, epochs, record, mapping: None };
    let job = job.mapped(engine.choose_mapping(&job, 1).unwrap());
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    InMemorySink::train(&mut engine, &job, 0..40).unwrap();
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

#[test]
fn longer_trainings_allocate_no_more() {
    let mini = |order| BatchSpec { size: 7, order };
    let given = RowOrder::Given((0..400).flat_map(|_| 0..150).collect::<Vec<u32>>().into());
    for batches in [TrainSpec::plain().batches, mini(RowOrder::PerSeed), mini(given)] {
        for (optimizer, activation) in [(Optimizer::Sgd, Activation::Relu), (Optimizer::Adam, Activation::Gelu)] {
            let train_spec = TrainSpec { batches: batches.clone(), optimizer, activation, ..TrainSpec::plain() };
            let (short, long) = (allocations(&train_spec, 8), allocations(&train_spec, 400));
            assert!(short > 0 && long <= short + 8, "{short} and {long} allocations: {train_spec:?}");
        }
    }
}
