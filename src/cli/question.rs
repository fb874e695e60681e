//! The question asked: defaults, then `--preset` or `--config`, then flags.

use super::args::{Data, Keep, Models, Network, Train, Training, Update};
use gpu_sweep::dataset::Source;
use gpu_sweep::sweep::{Scalar, ScheduleKind, Sweep};

/// Puts the flags that were given on top of `sweep`, and checks the whole.
///
/// # Errors
/// A setting that makes no sense, with the flag's name.
pub fn on_top_of(mut sweep: Sweep, args: &Train) -> gpu_sweep::Result<Sweep> {
    data(&mut sweep, &args.data);
    network(&mut sweep, &args.network);
    training(&mut sweep, &args.training);
    models(&mut sweep, &args.models);
    keep(&mut sweep, &args.keep);
    give_way(&mut sweep, args);
    sweep.validate()?;
    Ok(sweep)
}

/// The defaults with these flags on top of them, unchecked.
pub fn of_parts(data_flags: &Data, network_flags: &Network, update_flags: &Update) -> Sweep {
    let mut sweep = Sweep::default();
    data(&mut sweep, data_flags);
    network(&mut sweep, network_flags);
    update(&mut sweep, update_flags);
    sweep
}

/// Takes the flag's value where the flag was given.
fn set<T: Clone>(setting: &mut T, flag: &Option<T>) {
    if let Some(value) = flag {
        setting.clone_from(value);
    }
}

/// The same for settings that may be absent.
fn fill<T: Clone>(setting: &mut Option<T>, flag: &Option<T>) {
    if flag.is_some() {
        setting.clone_from(flag);
    }
}

/// Flags go before what a preset or a file set: what they leave without effect there is dropped.
fn give_way(sweep: &mut Sweep, args: &Train) {
    let (flags, plain, listed) = (&args.training, Sweep::default(), args.models.trials.is_some());
    let made = |heeds: fn(Source) -> bool| args.data.data.is_none() && sweep.dataset.all().iter().any(|s| heeds(*s));
    let (noisy, blurred) = (made(Source::is_noisy), made(Source::is_blurred));
    set(&mut sweep.noise, &(!noisy && args.data.noise.is_none()).then_some(plain.noise));
    set(&mut sweep.blur, &(!blurred && args.data.blur.is_none()).then_some(plain.blur));
    if args.data.data.is_some() {
        (sweep.dataset, sweep.points) = (plain.dataset, plain.points);
        sweep.data_seeds = sweep.data_seeds.filter(|_| sweep.test_fraction > 0.0).or(args.data.data_seeds);
    }
    if args.models.init_from.is_some() {
        sweep.init = args.network.init.clone().unwrap_or(plain.init);
        sweep.init_bias = args.network.init_bias.unwrap_or(plain.init_bias);
        sweep.init_scale.clone_from(&args.network.init_scale);
    }
    if listed {
        (sweep.models, sweep.seeds) = (args.models.models, args.models.seeds);
        sweep.independent_seeds = args.models.independent_seeds.unwrap_or(false);
        (sweep.lr_first, sweep.weight_decay, sweep.init_scale, sweep.clip) = (None, None, None, None);
    }
    let optimizers = sweep.optimizer.all().to_vec();
    let read = |scalar: Scalar| optimizers.iter().any(|optimizer| scalar.optimizers().contains(optimizer));
    for (scalar, setting, flag) in [
        (Scalar::Momentum, &mut sweep.momentum, &flags.update.momentum),
        (Scalar::Beta1, &mut sweep.beta1, &flags.update.beta1),
        (Scalar::Beta2, &mut sweep.beta2, &flags.update.beta2),
        (Scalar::Alpha, &mut sweep.alpha, &flags.update.alpha),
        (Scalar::Epsilon, &mut sweep.epsilon, &flags.update.epsilon),
    ] {
        if listed || !read(scalar) {
            setting.clone_from(flag);
        }
    }
    let scheduled = |kinds: &[ScheduleKind]| sweep.schedule.all().iter().any(|kind| kinds.contains(kind));
    let steps = scheduled(&[ScheduleKind::Step]);
    let shrinks = steps || scheduled(&[ScheduleKind::Exponential]);
    let warms_up = scheduled(&[ScheduleKind::WarmupCosine]);
    sweep.step_size = sweep.step_size.filter(|_| steps).or(flags.step_size);
    sweep.gamma = sweep.gamma.filter(|_| shrinks).or(flags.gamma);
    sweep.warmup = sweep.warmup.filter(|_| warms_up).or(flags.warmup);
    if sweep.batch_size.all().iter().all(|size| size.0.is_none()) {
        sweep.shuffle = flags.shuffle.unwrap_or(plain.shuffle);
        sweep.batch_order.clone_from(&flags.batch_order);
    }
}

fn data(sweep: &mut Sweep, flags: &Data) {
    fill(&mut sweep.data, &flags.data);
    fill(&mut sweep.label, &flags.label);
    fill(&mut sweep.positive, &flags.positive);
    if flags.dataset.is_some() {
        // One place to learn from: the command line's word replaces the file's.
        (sweep.data, sweep.label, sweep.positive) = (None, None, None);
    }
    set(&mut sweep.dataset, &flags.dataset);
    set(&mut sweep.points, &flags.points);
    set(&mut sweep.noise, &flags.noise);
    set(&mut sweep.blur, &flags.blur);
    let standardize = (flags.standardize || flags.no_standardize).then_some(flags.standardize);
    fill(&mut sweep.standardize, &standardize);
    set(&mut sweep.test_fraction, &flags.test_fraction);
    set(&mut sweep.data_seed, &flags.data_seed);
    fill(&mut sweep.data_seeds, &flags.data_seeds);
}

fn network(sweep: &mut Sweep, flags: &Network) {
    set(&mut sweep.hidden, &flags.hidden);
    set(&mut sweep.activation, &flags.activation);
    set(&mut sweep.bias, &flags.no_bias.map(|without| !without));
    set(&mut sweep.init, &flags.init);
    fill(&mut sweep.init_scale, &flags.init_scale);
    set(&mut sweep.init_bias, &flags.init_bias);
    set(&mut sweep.loss, &flags.loss);
}

fn training(sweep: &mut Sweep, flags: &Training) {
    set(&mut sweep.epochs, &flags.epochs);
    set(&mut sweep.lr, &flags.lr);
    fill(&mut sweep.lr_first, &flags.lr_first);
    update(sweep, &flags.update);
    set(&mut sweep.batch_size, &flags.batch_size);
    set(&mut sweep.shuffle, &flags.shuffle);
    fill(&mut sweep.batch_order, &flags.batch_order);
    set(&mut sweep.schedule, &flags.schedule);
    fill(&mut sweep.step_size, &flags.step_size);
    fill(&mut sweep.gamma, &flags.gamma);
    fill(&mut sweep.warmup, &flags.warmup);
    set(&mut sweep.success_threshold, &flags.success_threshold);
}

fn update(sweep: &mut Sweep, flags: &Update) {
    set(&mut sweep.optimizer, &flags.optimizer);
    fill(&mut sweep.momentum, &flags.momentum);
    fill(&mut sweep.weight_decay, &flags.weight_decay);
    fill(&mut sweep.beta1, &flags.beta1);
    fill(&mut sweep.beta2, &flags.beta2);
    fill(&mut sweep.alpha, &flags.alpha);
    fill(&mut sweep.epsilon, &flags.epsilon);
    fill(&mut sweep.clip, &flags.clip);
}

fn models(sweep: &mut Sweep, flags: &Models) {
    if flags.models.is_some() || flags.seeds.is_some() {
        // Two ways to say how many: the command line's word replaces either one of the file's.
        (sweep.models, sweep.seeds) = (flags.models, flags.seeds);
    }
    set(&mut sweep.seed, &flags.seed);
    set(&mut sweep.independent_seeds, &flags.independent_seeds);
    fill(&mut sweep.trials, &flags.trials);
    fill(&mut sweep.init_from, &flags.init_from);
}

fn keep(sweep: &mut Sweep, flags: &Keep) {
    fill(&mut sweep.record_every, &flags.record_every);
    set(&mut sweep.record, &flags.record);
    sweep.record.sort();
    sweep.record.dedup();
    set(&mut sweep.curves, &flags.curves);
    set(&mut sweep.save_weights, &flags.save_weights);
    fill(&mut sweep.chunk_models, &flags.chunk_models);
}
