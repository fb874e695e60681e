//! Trainings cut into dispatches and batches, within limits, and ended by the sink.

use super::*;

/// Trains `job` as it is, then in dispatches of one step (an epoch, or a tile within one) and in several batches:
/// results must agree bit for bit.
pub(super) fn cuts_change_nothing(job: &Job) {
    let what = format!("{} {:?}", job.mapping_text(), job.train_spec);
    let mut engine = engine();
    let whole = train(&mut engine, job);
    assert_eq!((whole.batches.len(), whole.model_epochs), (1, job.trials.len() * u64::from(job.epochs)), "{what}");
    engine.device.limits.loop_iterations = job_iterations(job, &engine) as u32;
    engine.device.limits.storage_binding = 700;
    let cut = train(&mut engine, job);
    assert!(cut.batches.len() > 1, "{what}");
    assert_eq!(cut.model_epochs, whole.model_epochs, "{what}");
    assert_eq!(differing(&cut, &whole), 0, "{what}");
}

#[test]
fn cuts_into_dispatches_and_batches_change_no_bit() {
    for (hidden, mapping) in [
        (&[3][..], "thread-64"),
        (&[3], "subgroup-4-64"),
        (&[3, 2], "workgroup-8-64"),
        (&[3, 5], "tiled-64-16"),
        (&[3], "streamed-64-16"),
        (&[], "tiled-32-4"),
        (&[], "streamed-32-4"),
    ] {
        // 37 points leave the last tile partly empty, 70 models the last workgroup.
        cuts_change_nothing(&job(hidden, 37, 70, 7, mapping));
    }
}

fn job_iterations(job: &Job, engine: &GpuEngine) -> u64 {
    let kernel_spec = KernelSpec::of(job);
    own_mapping(job).unwrap().iterations(&kernel_spec, &engine.device.limits)
}

/// A driver that cuts off long loops reports nothing: the longest dispatches that the probe allows must give the
/// results of short ones.
#[test]
fn the_loop_limit_holds() {
    let batches = |order| TrainSpec { batches: BatchSpec { size: 1, order }, ..TrainSpec::plain() };
    let one_unit = || NetworkShape::new(2, &[1]).unwrap();
    // Epochs of few points spend most of their iterations on overhead, which an iteration bound may miss.
    let jobs = [
        family_job(one_unit(), TrainSpec::plain(), 200, 8, 1000, "thread-64"),
        family_job(one_unit(), TrainSpec::plain(), 1, 8, 20_000, "thread-64"),
        family_job(one_unit(), TrainSpec::plain(), 200, 8, 1000, "workgroup-8-64"),
        family_job(one_unit(), TrainSpec::plain(), 1, 2, 2000, "streamed-1-16"),
        family_job(one_unit(), TrainSpec::plain(), 1, 2, 2000, "tiled-1-4"),
        family_job(one_unit(), batches(RowOrder::Shared { seed: 1 }), 40, 8, 2000, "thread-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 8, 1000, "thread-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 8, 300, "workgroup-4-64"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 2, 100, "streamed-1-4"),
        family_job(one_unit(), batches(RowOrder::PerSeed), 40, 2, 100, "tiled-1-4"),
    ];
    // Several layers, optimizer state, clipping.
    let adam = TrainSpec {
        optimizer: Optimizer::Adam,
        given: vec![Hyperparameter::Lr, Hyperparameter::Clip],
        ..TrainSpec::plain()
    };
    let wide = ["subgroup-4-64", "tiled-8-8", "streamed-8-8"]
        .map(|mapping| family_job(NetworkShape::new(2, &[3, 2]).unwrap(), adam.clone(), 40, 4, 400, mapping));
    for mut job in jobs.into_iter().chain(wide) {
        // Without recorded epochs in between, dispatches soon grow to hundreds of steps.
        job.record.epochs = vec![0, job.epochs];
        let mut engine = engine();
        let long = train(&mut engine, &job);
        engine.device.limits.loop_iterations = 10 * job_iterations(&job, &engine) as u32;
        let wrong = differing(&train(&mut engine, &job), &long);
        assert_eq!(wrong, 0, "{} {:?}: wrong results of long dispatches", job.mapping_text(), job.train_spec);
    }
}

/// The device thread trains the next batch when the sink fails: it stops, and the sink's error is returned.
#[test]
fn an_error_of_the_sink_ends_the_training() {
    struct Full(u32);
    impl Sink for Full {
        fn accept(&mut self, _: Batch) -> Result<ControlFlow<()>> {
            self.0 += 1;
            Err(Error::Device("disk full".into()))
        }
        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let (mut engine, mut full) = (engine(), Full(0));
    engine.device.limits.storage_binding = 400;
    let error = engine.train(&job(&[1], 20, 500, 2, "thread-64"), 0..500, &mut full).unwrap_err();
    assert_eq!((error.to_string().contains("disk full"), full.0), (true, 1));
}

#[test]
fn the_sink_stops_the_training() {
    struct Stop(u32);
    impl Sink for Stop {
        fn accept(&mut self, _: Batch) -> Result<ControlFlow<()>> {
            self.0 += 1;
            Ok(ControlFlow::Break(()))
        }
        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let (mut engine, mut stop) = (engine(), Stop(0));
    engine.device.limits.storage_binding = 400;
    engine.train(&job(&[1], 20, 50, 2, "thread-64"), 0..50, &mut stop).unwrap();
    assert_eq!(stop.0, 1);
}
