//! What is named goes before what a preset or a file set: what it leaves without effect there is dropped.

use crate::dataset::Generator;
use crate::sweep::{Hyperparameter, ScheduleKind, Sweep};

/// Drops from `sweep` what came from a preset or a file, and what the settings `named` leave without effect.
pub(super) fn give_way(sweep: &mut Sweep, named: impl Fn(&str) -> bool) {
    let plain = Sweep::default();
    data(sweep, &plain, &named);
    if named("init_from") {
        for (name, back) in [
            ("init", (|s, p| s.init = p.init) as fn(&mut Sweep, Sweep)),
            ("init_bias", |s, p| s.init_bias = p.init_bias),
            ("init_scale", |s, p| s.init_scale = p.init_scale),
        ] {
            if !named(name) {
                back(sweep, plain.clone());
            }
        }
    }
    let listed = named("trials");
    if listed {
        sweep.models = sweep.models.filter(|_| named("models"));
        sweep.seeds = sweep.seeds.filter(|_| named("seeds"));
        sweep.independent_seeds &= named("independent_seeds");
        if !named("lr") {
            sweep.lr = plain.lr.clone();
        }
        let others = [
            Hyperparameter::LrFirst,
            Hyperparameter::WeightDecay,
            Hyperparameter::InitScale,
            Hyperparameter::Clip,
            Hyperparameter::OffsetA,
            Hyperparameter::OffsetB,
        ];
        others.into_iter().filter(|scalar| !named(scalar.name())).for_each(|scalar| sweep.free(scalar));
    }
    let optimizers = sweep.optimizer.all().to_vec();
    let read = |scalar: Hyperparameter| optimizers.iter().any(|optimizer| scalar.optimizers().contains(optimizer));
    for (scalar, setting) in [
        (Hyperparameter::Momentum, &mut sweep.momentum),
        (Hyperparameter::Beta1, &mut sweep.beta1),
        (Hyperparameter::Beta2, &mut sweep.beta2),
        (Hyperparameter::Alpha, &mut sweep.alpha),
        (Hyperparameter::Epsilon, &mut sweep.epsilon),
    ] {
        if (listed || !read(scalar)) && !named(scalar.name()) {
            *setting = None;
        }
    }
    schedule(sweep, &plain, &named);
}

fn data(sweep: &mut Sweep, plain: &Sweep, named: &impl Fn(&str) -> bool) {
    let made = |heeds: fn(Generator) -> bool| !named("data") && sweep.dataset.all().iter().any(|s| heeds(*s));
    let (noisy, blurred) = (made(Generator::is_noisy), made(Generator::is_blurred));
    if !noisy && !named("noise") {
        sweep.noise = plain.noise;
    }
    if !blurred && !named("blur") {
        sweep.blur = plain.blur;
    }
    if named("data") {
        (sweep.dataset, sweep.points) = (plain.dataset.clone(), plain.points);
        let split = sweep.is_split();
        sweep.data_seeds = sweep.data_seeds.filter(|_| split || named("data_seeds"));
    }
}

fn schedule(sweep: &mut Sweep, plain: &Sweep, named: &impl Fn(&str) -> bool) {
    let scheduled = |kinds: &[ScheduleKind]| sweep.schedule.all().iter().any(|kind| kinds.contains(kind));
    let steps = scheduled(&[ScheduleKind::Step]);
    let shrinks = steps || scheduled(&[ScheduleKind::Exponential]);
    let warms_up = scheduled(&[ScheduleKind::WarmupCosine]);
    sweep.step_size = sweep.step_size.filter(|_| steps || named("step_size"));
    sweep.gamma = sweep.gamma.filter(|_| shrinks || named("gamma"));
    sweep.warmup = sweep.warmup.filter(|_| warms_up || named("warmup"));
    if sweep.batch_size.all().iter().all(|size| size.0.is_none()) {
        if !named("shuffle") {
            sweep.shuffle = plain.shuffle;
        }
        sweep.batch_order = sweep.batch_order.take().filter(|_| named("batch_order"));
    }
}
