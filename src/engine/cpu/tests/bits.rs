//! What must not change a bit: lanes, instruction sets, threads, the other models, recording.

use super::*;

#[test]
fn a_seed_for_all_lanes_or_for_some_gives_the_same_bits() {
    let (shape, train_spec, mut engine) =
        (NetworkShape::new(3, &[5, 3]).unwrap(), batches(7, RowOrder::PerSeed), CpuEngine::new().unwrap());
    let mut train = |seed: fn(u64) -> u64| {
        let trials = Trials::List((0..MODELS).map(|i| (hyperparameters(&train_spec, i), seed(i))).collect());
        InMemorySink::train(&mut engine, &Job { trials, ..job(&shape, &train_spec, 50, 4) }, 0..MODELS).unwrap()
    };
    let (one, pairs) = (train(|_| 7), train(|i| if i / 2 % 2 == 0 { 7 } else { i }));
    for model in [0, 1, 4, 5, 36] {
        assert_eq!(text_of(&one, model), text_of(&pairs, model), "{model}");
    }
    assert_ne!(text_of(&one, 2), text_of(&pairs, 2));
}

/// All results as text, NaNs included; floats print with all digits.
fn text(batch: &Batch) -> String {
    format!("{batch:?}")
}

/// Results of one model as text.
fn text_of(batch: &Batch, model: usize) -> String {
    let (epochs, weights) = (batch.curves.train_loss.len() / batch.curves.models, batch.weights.as_ref().unwrap());
    let parameters = weights.last.len() / batch.outcomes.len();
    let curve = &batch.curves.train_loss[model * epochs..][..epochs];
    format!("{:?} {curve:?} {:?}", batch.outcomes[model], &weights.last[model * parameters..][..parameters])
}

#[test]
fn instruction_sets_that_round_alike_give_the_same_bits() {
    for (shape, train_spec) in
        shapes().iter().flat_map(|shape| train_specs(150, 4).into_iter().map(move |r| (shape, r)))
    {
        let job = job(shape, &train_spec, 150, 4);
        let mut seen = HashMap::new();
        for mut engine in engines() {
            let trained = train(&mut engine, &job);
            let parameters = &trained.weights.as_ref().unwrap().last;
            let scores = engine.evaluate(shape, &train_spec, parameters, &job.data.train).unwrap();
            let (rounding, result) = (engine.sets[0].rounding(), (text(&trained), scores));
            let first = seen.entry(rounding).or_insert_with(|| result.clone());
            assert_eq!(*first, result, "{} {shape} {train_spec:?}", engine.info().driver);
        }
    }
}

#[test]
fn a_mapping_is_used_on_every_processor_that_can() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    let plain = Job { mapping: Some("plain-tile16".parse().unwrap()), ..job(&shape, &TrainSpec::plain(), 50, 4) };
    let results: Vec<String> = [CpuEngine::new().unwrap(), engines().pop().unwrap()]
        .iter_mut()
        .map(|engine| text(&InMemorySink::train(engine, &plain, 0..MODELS).unwrap()))
        .collect();
    assert_eq!(results[0], results[1]);
    let fused = Job { mapping: Some("fused-tile16".parse().unwrap()), ..plain };
    let refused = InMemorySink::train(&mut engines().pop().unwrap(), &fused, 0..MODELS).unwrap_err().to_string();
    assert!(
        refused.contains("fused-tile16") && refused.contains("plain-tileN on the cpu engine, N from 1 to 64"),
        "{refused}"
    );
    let unknown = CpuEngine::with_options(&CpuOptions { isa: Some("mmx".into()), ..CpuOptions::default() })
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("--isa must be") && unknown.contains("portable"), "{unknown}");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (shape, train_spec) in
        shapes().iter().flat_map(|shape| train_specs(150, 4).into_iter().map(move |r| (shape, r)))
    {
        let train = |threads| {
            let mut engine = CpuEngine::with_options(&CpuOptions { threads, ..CpuOptions::default() }).unwrap();
            text(&train(&mut engine, &job(shape, &train_spec, 150, 4)))
        };
        assert_eq!(train(1), train(3), "{shape} {train_spec:?}");
    }
}

#[test]
fn a_model_alone_gives_the_bits_that_it_gives_among_others() {
    let shape = NetworkShape::new(3, &[5, 3]).unwrap();
    for train_spec in train_specs(50, 4) {
        let (mut engine, job) = (CpuEngine::new().unwrap(), job(&shape, &train_spec, 50, 4));
        let all = InMemorySink::train(&mut engine, &job, 0..MODELS).unwrap();
        // A model that diverges, its neighbour, and the last one are included.
        for model in [0, 3, 4, MODELS - 1] {
            let alone = InMemorySink::train(&mut engine, &job, model..model + 1).unwrap();
            assert_eq!(text_of(&alone, 0), text_of(&all, model as usize), "model {model}, {train_spec:?}");
        }
    }
}

#[test]
fn all_rows_at_once_need_no_order() {
    let (shape, mut engine) = (NetworkShape::new(3, &[5, 3]).unwrap(), CpuEngine::new().unwrap());
    let mut train = |train_spec: &TrainSpec| {
        text(&InMemorySink::train(&mut engine, &job(&shape, train_spec, 50, 4), 0..MODELS).unwrap())
    };
    let full = train(&TrainSpec::plain());
    for order in [RowOrder::Shared { seed: 4 }, RowOrder::PerSeed] {
        assert_eq!(train(&batches(50, order.clone())), full);
        assert_ne!(train(&batches(49, order)), full);
    }
}

#[test]
fn recording_changes_no_training() {
    let (shape, mut engine) = (NetworkShape::new(3, &[5, 3]).unwrap(), CpuEngine::new().unwrap());
    for train_spec in train_specs(50, 4) {
        let recorded = job(&shape, &train_spec, 50, 4);
        let plain = Job { record: Record { curves_below: 0, ..recorded.record.clone() }, ..recorded.clone() };
        let mut last = |job: &Job| InMemorySink::train(&mut engine, job, 0..MODELS).unwrap().weights.unwrap().last;
        let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(last(&plain)), bits(last(&recorded)), "{train_spec:?}");
    }
}
