//! The question asked: defaults, then `--preset` or `--config`, then flags.

use super::args::{DataArgs, ModelsArgs, NetworkArgs, OptimizerArgs, OutputArgs, TrainArgs, TrainingArgs};
use gpu_sweep::Error;
use gpu_sweep::run::Builder;
use gpu_sweep::study::in_file;
use gpu_sweep::sweep::Sweep;

/// Puts the flags that were given on top of `sweep`, and checks the whole.
///
/// # Errors
/// A setting that makes no sense, with the flag's name.
pub fn on_top_of(sweep: Sweep, args: &TrainArgs) -> gpu_sweep::Result<Sweep> {
    let builder = data(sweep.into(), &args.data);
    let builder = network(builder, &args.network);
    let builder = training(builder, &args.training);
    let builder = models(builder, &args.models);
    keep(builder, &args.keep).sweep().map_err(|error| match &args.running.config {
        Some(file) if !is_typed(&error) => in_file(file, error),
        _ => error,
    })
}

/// Whether the error is about a flag of this command line, and not about a setting of a file.
fn is_typed(error: &Error) -> bool {
    let (Error::Setting { name, .. } | Error::Usage { name, .. }) = error else { return true };
    let flag = name.split(' ').next().unwrap_or_default();
    super::typed_words().iter().any(|word| word.split('=').next() == Some(flag))
}

/// The defaults with these flags on top of them.
pub fn of_parts(data_flags: &DataArgs, network_flags: &NetworkArgs, update_flags: &OptimizerArgs) -> Builder {
    update(network(data(Sweep::builder(), data_flags), network_flags), update_flags)
}

/// Gives the builder each flag that was given.
macro_rules! given {
    ($builder:ident, $flags:ident, $($name:ident)*) => {
        $(let $builder = match $flags.$name.clone() {
            Some(value) => $builder.$name(value),
            None => $builder,
        };)*
    };
}

fn data(builder: Builder, flags: &DataArgs) -> Builder {
    given!(builder, flags, data label positive no_header dataset points noise blur features validation_fraction test_fraction data_seed data_seeds);
    match flags.standardize || flags.no_standardize {
        true => builder.standardize(flags.standardize),
        false => builder,
    }
}

fn network(builder: Builder, flags: &NetworkArgs) -> Builder {
    given!(builder, flags, hidden activation init init_scale offset_a offset_b scaling init_bias loss);
    match flags.no_bias {
        Some(without) => builder.bias(!without),
        None => builder,
    }
}

fn training(builder: Builder, flags: &TrainingArgs) -> Builder {
    given!(builder, flags, epochs lr lr_first batch_size shuffle batch_order schedule step_size gamma warmup success_threshold select);
    update(builder, &flags.update)
}

fn update(builder: Builder, flags: &OptimizerArgs) -> Builder {
    given!(builder, flags, optimizer momentum weight_decay beta1 beta2 alpha epsilon clip);
    builder
}

fn models(builder: Builder, flags: &ModelsArgs) -> Builder {
    given!(builder, flags, models seeds seed independent_seeds trials init_from);
    builder
}

fn keep(builder: Builder, flags: &OutputArgs) -> Builder {
    given!(builder, flags, record_every metrics curves save_weights chunk_models);
    match &flags.record {
        Some(curves) => builder.record(curves.0.clone()),
        None => builder,
    }
}
