//! The question asked: defaults, then `--config`, then flags.

use super::args::{Data, Keep, Models, Network, Train};
use gpu_sweep::sweep::Sweep;

/// Puts the flags that were given on top of `sweep`, and checks the whole.
///
/// # Errors
/// A setting that makes no sense, with the flag's name.
pub fn on_top_of(mut sweep: Sweep, args: &Train) -> gpu_sweep::Result<Sweep> {
    data(&mut sweep, &args.data);
    network(&mut sweep, &args.network);
    models(&mut sweep, &args.models);
    keep(&mut sweep, &args.keep);
    sweep.validate()?;
    Ok(sweep)
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

fn data(sweep: &mut Sweep, flags: &Data) {
    fill(&mut sweep.data, &flags.data);
    fill(&mut sweep.label, &flags.label);
    fill(&mut sweep.positive, &flags.positive);
    let standardize = (flags.standardize || flags.no_standardize).then_some(flags.standardize);
    fill(&mut sweep.standardize, &standardize);
    set(&mut sweep.test_fraction, &flags.test_fraction);
    set(&mut sweep.data_seed, &flags.data_seed);
    set(&mut sweep.blur, &flags.blur);
}

fn network(sweep: &mut Sweep, flags: &Network) {
    set(&mut sweep.hidden, &flags.hidden);
    set(&mut sweep.epochs, &flags.epochs);
    set(&mut sweep.lr, &flags.lr);
    set(&mut sweep.success_threshold, &flags.success_threshold);
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
