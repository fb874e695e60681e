use super::*;
use crate::dataset::Dataset;
use crate::engine::{Batch, Collect, Record};
use crate::sweep::{Initial, Trials};

fn job(shape: &Shape) -> Job {
    let x = (0..150 * shape.features()).map(|i| ((i * 7919 + 13) % 1009) as f64 / 250.0 - 2.0).collect();
    let train = Points { features: shape.features(), x, y: (0..150).map(|n| n * 7 % 3 == 0).collect() };
    let (feature_names, class_names) = (vec![String::new(); shape.features()], Default::default());
    let data = Dataset { name: String::new(), train, test: None, feature_names, class_names, scaling: None };
    let trials = Trials::pairs((0..37).map(|i| (if i % 10 == 3 { 1e34 } else { 0.02 * i as f64 }, i)).collect());
    let record = Record { epochs: vec![0, 5, 10], curves_below: 40, weights: true, ..Record::default() };
    let mapping = "tile32".into();
    let (data, recipe) = (data.into(), Recipe::plain());
    Job { shape: shape.clone(), data, trials, initial: Initial::Drawn, recipe, epochs: 10, record, mapping }
}

fn shapes() -> [Shape; 3] {
    [(2, vec![1]), (3, vec![]), (19, vec![17, 9])].map(|(features, hidden)| Shape::new(features, &hidden).unwrap())
}

/// All results as text, NaNs included; floats print with all their digits.
fn text(batch: &Batch) -> String {
    format!("{batch:?}")
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for shape in shapes() {
        let mut best = CpuEngine::new().unwrap();
        let mut baseline = CpuEngine { instructions: Instructions::Baseline, ..CpuEngine::new().unwrap() };
        let train = |engine| text(&Collect::train(engine, &job(&shape), 0..37).unwrap());
        assert_eq!(train(&mut best), train(&mut baseline), "{shape}");
        let parameters = vec![0.1; 20 * shape.parameters()];
        let score = |engine: &mut CpuEngine| {
            engine.evaluate(&shape, &Recipe::plain(), &parameters, &job(&shape).data.train).unwrap()
        };
        assert_eq!(score(&mut best), score(&mut baseline));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for shape in shapes() {
        let train = |threads| {
            let mut engine = CpuEngine::with_threads(threads).unwrap();
            text(&Collect::train(&mut engine, &job(&shape), 0..37).unwrap())
        };
        assert_eq!(train(1), train(3), "{shape}");
    }
}

#[test]
fn tiles_fit_the_caches() {
    let size = |hidden: &[usize]| tile_size(&Shape::new(2, hidden).unwrap(), 0);
    assert_eq!([size(&[]), size(&[1]), size(&[16, 16]), size(&[64, 64]), size(&[64; 4])], [64, 64, 64, 16, 8]);
    for (mapping, tile) in [("tile64", Some(64)), ("tile0", None), ("tile65", None), ("", None), ("scalar", None)] {
        assert_eq!(parse_mapping(mapping).ok(), tile, "{mapping}");
    }
}

#[test]
fn batches_grow_slowly_in_whole_blocks() {
    assert_eq!(next_batch(16, Duration::from_millis(1), 16), 64);
    assert_eq!(next_batch(1600, Duration::from_millis(800), 16), 800);
    assert_eq!(next_batch(4096, Duration::from_millis(1), 16), 4096);
    assert_eq!(next_batch(16, Duration::from_secs(100), 16), 16);
}
