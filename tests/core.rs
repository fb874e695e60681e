//! The core alone: data in memory, training, statistics and pictures, without a file. `tests/run --all` also builds it
//! without default features, as a page has it.

use gpu_sweep::builder::{PreparedSweep, SweepResults, TableText};
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::engine::{InMemorySink, Sink};
use gpu_sweep::plot::{Facet, HistogramPlot, SuccessPlot, png, svg};
use gpu_sweep::results::{StudyCurves, models_csv, summary_csv};
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
    let losses = |results: &SweepResults| -> Vec<f64> {
        results.models().map(|(_, _, outcome)| outcome.train.unwrap().loss).collect()
    };
    let apart = losses(&cpu).iter().zip(losses(&reference)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart > 0.0 && apart < 1e-3, "{apart}");
    assert_eq!(cpu.spec.digest, reference.spec.digest);
}

/// As workers of a page do: each trains some of the models, and one puts them together.
#[test]
fn models_trained_in_parts_are_those_of_one_training() {
    let whole = sweep().data(&xor()).device(Device::Cpu).train().unwrap();
    let (options, data) = sweep().data(&xor()).device(Device::Cpu).prepared().unwrap();
    let mut engine = CpuEngine::new().unwrap();
    let prepared = PreparedSweep::on(&mut engine, &options, data.as_ref()).unwrap();
    let part = |engine: &mut CpuEngine, range| InMemorySink::train(engine, &prepared.jobs[0], range).unwrap();
    let (first, last) = (part(&mut engine, 0..13), part(&mut engine, 13..60));
    let mut sink = InMemorySink::default();
    assert!(sink.accept(first.clone()).unwrap().is_continue() && sink.accept(last).unwrap().is_continue());
    let joined = SweepResults::of(prepared.clone(), vec![sink.batch.unwrap()]).unwrap();
    assert_eq!((&joined.batches, &joined.spec.digest), (&whole.batches, &whole.spec.digest));
    let refused = SweepResults::of(prepared, vec![first]).unwrap_err().to_string();
    assert!(refused.contains("one batch for each cell, with all of its models"), "{refused}");
    let csv = models_csv(&whole).unwrap();
    assert!(csv.starts_with("model_id,lr,seed,train_loss,") && csv.lines().count() == 61, "{csv}");
}

/// The text of a table is read as its file would be, with its messages.
#[test]
fn a_table_in_memory_is_read_as_a_file() {
    let of = |text: &str| {
        let bytes = text.as_bytes();
        sweep().data(TableText { name: "xor.csv", bytes }).device(Device::Cpu).train()
    };
    let text = "x1,x2,label\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n";
    let table = of(text).unwrap();
    assert_eq!(table.spec.cells[0].train.points, 4);
    let message = of(&text.replace("1,1,0", "1,oops,0")).unwrap_err().to_string();
    assert!(message.starts_with("xor.csv, line 5, column 2"), "{message}");
    let data = TableText { name: "a/b.csv", bytes: text.as_bytes() };
    assert!(sweep().data(data).train().unwrap_err().to_string().contains("a name that a file may have"));
    #[cfg(feature = "native")]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xor.csv");
        std::fs::write(&path, text).unwrap();
        let file = sweep().data(path).device(Device::Cpu).train().unwrap();
        assert_eq!((&file.batches, &file.spec.digest), (&table.batches, &table.spec.digest));
        let out = folder.path().join("out");
        let data = TableText { name: "xor.csv", bytes: text.as_bytes() };
        sweep().data(data).device(Device::Cpu).out(&out).run().unwrap();
        assert_eq!(std::fs::read_to_string(out.join("models.csv")).unwrap(), models_csv(&table).unwrap());
    }
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
