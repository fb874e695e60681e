//! The core alone: data in memory, training, statistics and pictures, without a file. `tests/run --all` also builds it
//! without default features, as a page has it.

use gpu_sweep::plot::{Facet, HistogramPlot, SuccessPlot, png, svg};
use gpu_sweep::results::{StudyCurves, summary_csv};
use gpu_sweep::{Builder, Dataset, Device, Sweep};

fn xor() -> Dataset {
    let rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    Dataset::new("xor", &rows, &[false, true, true, false]).unwrap()
}

fn sweep() -> Builder {
    Sweep::builder().hidden("4").activation("tanh").lr("0.1,1").seeds(30).epochs(300)
}

#[test]
fn data_in_memory_are_trained_and_drawn() {
    let results = sweep().data(&xor()).device(Device::Cpu).train().unwrap();
    let curves = StudyCurves::of(&results.spec, &results.summary);
    let view = Facet::of(&results.summary, "learning rate", curves.series, vec![String::new()]);
    let threshold = results.spec.success_threshold();
    let succeeded: u64 = results.summary.groups().map(|group| group.successes()).sum();
    assert!((1..60).contains(&succeeded), "{succeeded} of 60: the pictures would show one bar");
    let success = SuccessPlot { view, threshold, settings: "four points" };
    let histogram = HistogramPlot { summary: &results.summary, threshold, settings: "four points" };
    for text in [svg(&success).unwrap(), svg(&histogram).unwrap()] {
        assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"), "{text}");
    }
    assert!(png(&success).unwrap().starts_with(b"\x89PNG"));
    let table = summary_csv(&results.spec, &results.summary);
    assert_eq!(table.lines().count(), 3, "{table}");
}

/// Without threads the engine computes on the calling thread; the bits are those of any number of threads.
#[test]
fn the_cpu_engine_gives_the_references_outcomes() {
    let train = |device| sweep().data(&xor()).device(device).train().unwrap();
    let (cpu, reference) = (train(Device::Cpu), train(Device::Reference));
    let losses = |results: &gpu_sweep::builder::SweepResults| -> Vec<f64> {
        results.models().map(|(_, _, outcome)| outcome.train.unwrap().loss).collect()
    };
    let apart = losses(&cpu).iter().zip(losses(&reference)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart > 0.0 && apart < 1e-3, "{apart}");
    assert_eq!(cpu.spec.digest, reference.spec.digest);
}

/// A build without files or GPU search says so instead of computing on something else.
#[cfg(not(feature = "native"))]
#[test]
fn what_this_build_lacks_is_refused_in_words() {
    let refused = |builder: Builder| builder.train().unwrap_err().to_string();
    let message = refused(sweep().data("points.csv").device(Device::Cpu));
    assert_eq!(message, "points.csv: can't be read: this build has no files; hand data over in memory");
    let message = refused(sweep().device(Device::Gpu));
    assert!(message.contains("await GpuEngine::new"), "{message}");
}

/// Data in memory are the same study as a file with the same contents.
#[cfg(feature = "native")]
#[test]
fn data_in_memory_are_those_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xor.csv");
    std::fs::write(&path, xor().to_csv()).unwrap();
    let memory = sweep().data(&xor()).device(Device::Cpu).train().unwrap();
    let file = sweep().data(path).positive("1").device(Device::Cpu).train().unwrap();
    assert_eq!(memory.batches, file.batches);
    assert_eq!(memory.spec.digest, file.spec.digest);
}
