//! Generated part of every kernel: constants and small functions that specialise the shared files to one training spec,
//! and the buffers that each entry point then uses.

use super::kernel_spec::KernelSpec;
use super::layout::binding;
use super::mapping::GpuMapping;
use crate::math::LossParams;
use crate::math::shuffle::half_bits;
use crate::sweep::{Hyperparameter, TrainSpec, Trial};

/// Name of the initial weights' factor among the fields of `hyper`.
const INIT_SCALE: &str = "init_scale";

/// Returns the fields of `hyper` for each model, in order: only those that the kernels of this training spec read.
pub fn hyper_fields(train_spec: &TrainSpec) -> Vec<&'static str> {
    let mut fields = vec!["lr"];
    let in_play = [
        ("lr_first", train_spec.has(Hyperparameter::LrFirst)),
        ("weight_decay", train_spec.has_weight_decay()),
        ("clip", train_spec.has(Hyperparameter::Clip)),
        (INIT_SCALE, train_spec.has(Hyperparameter::InitScale)),
    ];
    fields.extend(in_play.iter().filter(|(_, used)| *used).map(|(name, _)| name));
    fields.extend(train_spec.optimizer.reads());
    fields.extend(loss_fields(train_spec));
    fields
}

/// Returns those of them that the loss reads.
fn loss_fields(train_spec: &TrainSpec) -> &'static [&'static str] {
    if train_spec.has_loss_params() { LossParams::NAMES } else { &[] }
}

/// Returns the contents of `hyper`, `[fields, models]`, each number rounded only once.
pub fn hyper(train_spec: &TrainSpec, trials: &[Trial]) -> Vec<f32> {
    let fields = hyper_fields(train_spec);
    let mut table = vec![0.0; fields.len() * trials.len()];
    for (m, trial) in trials.iter().enumerate() {
        let mut known = trial.hyperparameters.rates(train_spec.optimizer).fields();
        known.extend(train_spec.loss_params_of(&trial.hyperparameters).iter().flat_map(LossParams::fields));
        for (f, field) in fields.iter().enumerate() {
            let rate = known.iter().find(|(name, _)| name == field).map(|(_, value)| *value);
            table[f * trials.len() + m] = rate.unwrap_or(trial.hyperparameters.init_scale()) as f32;
        }
    }
    table
}

/// Returns the bounds `[weights, biases]` of each layer's uniform initial values; `None` if the host draws them.
pub fn bounds(kernel_spec: &KernelSpec) -> Option<Vec<[f32; 2]>> {
    kernel_spec.shape.layers().iter().map(|layer| kernel_spec.train_spec.bounds(layer)).collect()
}

/// Returns the integer constants that depend on training spec and mapping; flags are loop counts, 0 or 1.
pub fn numbers(kernel_spec: &KernelSpec, mapping: GpuMapping) -> Vec<(&'static str, u32)> {
    let parameters = kernel_spec.shape.parameters() as u32;
    let (firsts, seconds) = match kernel_spec.train_spec.optimizer.state_numbers() {
        0 => (0, 0),
        1 => (1, 0),
        _ => (1, 1),
    };
    let mut numbers = vec![
        ("BIAS", u32::from(kernel_spec.shape.bias())),
        ("CLIPS", u32::from(kernel_spec.clips())),
        ("SCALED_LAYERS", kernel_spec.gradient_factors().map_or(0, |factors| factors.len() as u32)),
        ("FIRST_MOMENTS", firsts),
        ("SECOND_MOMENTS", seconds),
        ("FIRST_MOMENT_NUMBERS", firsts * parameters),
        ("SECOND_MOMENT_NUMBERS", seconds * parameters),
        ("FIRST_LAYER", kernel_spec.shape.layers()[0].end() as u32),
        ("LOSS_TERMS", kernel_spec.loss_terms() as u32),
        ("CLASSIFIES", u32::from(!kernel_spec.regression)),
        ("REGRESSES", u32::from(kernel_spec.regression)),
        ("WEIGHTED", u32::from(kernel_spec.train_spec.class_weights.is_some())),
        ("SMOOTHED", u32::from(kernel_spec.train_spec.has_loss_params())),
        ("BATCH", kernel_spec.batch_rows() as u32),
        ("BATCHES", kernel_spec.batches() as u32),
    ];
    match mapping.tile().zip(mapping.tiling(kernel_spec)) {
        None => numbers.extend([("LANES", mapping.lanes()), ("LANE_BITS", mapping.lanes().ilog2())]),
        Some((tile, tiling)) => numbers.extend([
            ("BLOCK_LAYERS", kernel_spec.block_layers() as u32),
            ("TILE", tile),
            ("QUARTER", tile / 4),
            ("TILES", kernel_spec.tiles(tile)),
            ("BATCH_TILES", kernel_spec.batch_tiles(tile)),
            ("MODEL_VEC4S", tiling.model_vec4s),
            ("GRAD_VEC4S", tiling.grad_vec4s),
            ("ROW_STRIDE", tiling.stride),
        ]),
    }
    numbers
}

/// Returns the per-layer integer constants of the tile mappings.
pub fn layer_numbers(kernel_spec: &KernelSpec, mapping: GpuMapping) -> Vec<(&'static str, Vec<u32>)> {
    let Some(tiling) = mapping.tiling(kernel_spec) else { return Vec::new() };
    vec![
        // Inputs that are hidden units: none in the first layer.
        ("HIDDEN_IN_VEC4S", [&[0], &tiling.in_vec4s[1..]].concat()),
        ("IN_VEC4S", tiling.in_vec4s),
        ("OUT_VEC4S", tiling.out_vec4s),
        ("WEIGHT_OFFSET", tiling.weights),
        ("BIAS_OFFSET", tiling.biases),
        ("ACT_OFFSET", tiling.input_offsets),
        ("GRAD_OFFSET", tiling.sums),
        ("LAYER_STRIDE", tiling.layer_vec4s),
        ("GRAD_SPLITS", tiling.grad_splits),
    ]
}

/// Returns the declarations of constants that are not unsigned integers.
pub fn constants(kernel_spec: &KernelSpec) -> String {
    let train_spec = kernel_spec.train_spec;
    let mut text = format!(
        "const THRESHOLD = {:?}f;\nconst WEIGHT_DECAY = {};\n",
        train_spec.loss.threshold() as f32,
        train_spec.has_weight_decay()
    );
    if let Some(bounds) = bounds(kernel_spec) {
        for (name, which) in [("WEIGHT_BOUNDS", 0), ("BIAS_BOUNDS", 1)] {
            text += &array(name, bounds.iter().map(|both| both[which]));
        }
    }
    if let Some(weights) = &train_spec.class_weights {
        text += &array("CLASS_WEIGHTS", weights.iter().map(|weight| *weight as f32));
    }
    if let Some(factors) = kernel_spec.gradient_factors() {
        text += &array("GRADIENT_FACTORS", factors.into_iter().map(|factor| factor as f32));
    }
    text
}

fn array(name: &str, values: impl Iterator<Item = f32>) -> String {
    // {:?} of an f32 parses back to the same bits.
    let list: Vec<String> = values.map(|value| format!("{value:?}f")).collect();
    format!("const {name} = array<f32, {}>({});\n", list.len(), list.join(", "))
}

/// Returns the functions that the entry points call by the same names for every training spec.
pub fn functions(kernel_spec: &KernelSpec) -> String {
    let TrainSpec { activation, loss, optimizer, .. } = kernel_spec.train_spec;
    let [activate, slope] = activation.functions();
    let step = optimizer.function();
    let terms = match loss.shifted_function().filter(|_| kernel_spec.train_spec.has_loss_params()) {
        Some(shifted) => format!("{shifted}(z, y, target_shift(y, rates))"),
        None => format!("{}(z, y)", loss.function()),
    };
    let scale = hyper_fields(kernel_spec.train_spec).iter().position(|field| *field == INIT_SCALE);
    let scale = scale.map_or("1.0".to_owned(), |at| format!("hyper[{at}u * job.models + model]"));
    let scheduled = match kernel_spec.is_scheduled() {
        true => "scheduled(rates, multipliers[epoch - job.first_epoch])",
        false => "rates",
    };
    let correction = match optimizer.corrects_bias() {
        true => {
            "BiasCorrection(bias_correction(rates.half_decay_rate1, updates), bias_correction(rates.half_decay_rate2, updates))"
        }
        false => "BiasCorrection(1.0, 1.0)",
    };
    format!(
        "fn activate(z: f32) -> f32 {{\n    return {activate}(z);\n}}
fn activation_slope(z: f32, a: f32) -> f32 {{\n    return {slope}(z, a);\n}}
fn loss_terms(z: f32, y: f32, rates: LossParams) -> Terms {{\n    return {terms};\n}}
fn optimizer_step(
    now: ParameterState, gradient: f32, lr: f32, rates: UpdateParams, correction: BiasCorrection,
) -> ParameterState {{
    return {step}(now, gradient, StepParams(lr, rates, correction));\n}}
fn epoch_rates(rates: UpdateParams, epoch: u32) -> UpdateParams {{\n    return {scheduled};\n}}
fn bias_correction_after(rates: UpdateParams, updates: f32) -> BiasCorrection {{\n    return {correction};\n}}
fn init_scale(model: u32) -> f32 {{\n    return {scale};\n}}\n{}{}{}{}",
        class_weights(kernel_spec.train_spec),
        load_rates(kernel_spec.train_spec),
        load_loss_params(kernel_spec.train_spec),
        order(kernel_spec)
    )
}

/// Returns `class_weight` of a label, and `weighted`, which weights the loss of a data row and so takes its logarithm.
fn class_weights(train_spec: &TrainSpec) -> String {
    let (weight, terms) = match train_spec.class_weights {
        None => ("1.0", "terms".to_owned()),
        Some(_) => {
            let weight = "class_weight(point(n, FEATURES))";
            let loss = "terms.linear + log1p_positive(terms.e)";
            ("CLASS_WEIGHTS[u32(label)]", format!("Terms({weight} * terms.gradient, {weight} * ({loss}), 0.0)"))
        }
    };
    format!(
        "fn class_weight(label: f32) -> f32 {{\n    return {weight};\n}}
fn weighted(terms: Terms, n: u32) -> Terms {{\n    return {terms};\n}}\n"
    )
}

/// Returns `load_rates`, which reads the fields of `hyper` of one model.
fn load_rates(train_spec: &TrainSpec) -> String {
    let mut text = "fn load_rates(model: u32) -> UpdateParams {\n    var rates = UpdateParams();\n".to_owned();
    let others = [&[INIT_SCALE], loss_fields(train_spec)].concat();
    text += &load_fields(train_spec, |field| !others.contains(&field));
    if !train_spec.has(Hyperparameter::LrFirst) {
        text += "    rates.lr_first = rates.lr;\n";
    }
    text + "    return rates;\n}\n"
}

/// Returns `load_loss_params`, which reads the numbers of one model's loss.
fn load_loss_params(train_spec: &TrainSpec) -> String {
    let fields = load_fields(train_spec, |field| loss_fields(train_spec).contains(&field));
    format!(
        "fn load_loss_params(model: u32) -> LossParams {{\n    var rates = LossParams();\n{fields}    return rates;\n}}\n"
    )
}

/// Returns statements that read the `wanted` fields of `hyper` into `rates`.
fn load_fields(train_spec: &TrainSpec, wanted: impl Fn(&str) -> bool) -> String {
    let fields = hyper_fields(train_spec).into_iter().enumerate().filter(|(_, field)| wanted(field));
    fields.map(|(at, field)| format!("    rates.{field} = hyper[{at}u * job.models + model];\n")).collect()
}

/// Returns the row order of mini-batches: `epoch_key`, and `row_at` a position of the epoch. Empty with full batches.
fn order(kernel_spec: &KernelSpec) -> String {
    if kernel_spec.is_full() {
        return String::new();
    }
    let half = half_bits(kernel_spec.rows as u32);
    let (key, row) = match kernel_spec.order_per_seed() {
        true => ("order_key(seeds[model], epoch)".to_owned(), format!("shuffled(key, place, POINTS, {half}u)")),
        false => ("vec4<u32>()".to_owned(), "order[(epoch - job.first_epoch) * POINTS + place]".to_owned()),
    };
    format!(
        "fn epoch_key(model: u32, epoch: u32) -> vec4<u32> {{\n    return {key};\n}}
fn row_at(key: vec4<u32>, epoch: u32, place: u32) -> u32 {{\n    return {row};\n}}\n"
    )
}

/// Returns the buffers that `train` uses.
pub fn train_bindings(kernel_spec: &KernelSpec, mapping: GpuMapping) -> Vec<u32> {
    use binding::*;
    let in_play = [
        (LOSSES, kernel_spec.is_full()),
        (RECORDED, kernel_spec.is_full()),
        (GRADIENTS, matches!(mapping, GpuMapping::Streamed { .. })),
        (OPTIMIZER_STATE, kernel_spec.state_numbers() > 0),
        (MULTIPLIERS, kernel_spec.is_scheduled()),
        (SEEDS, kernel_spec.order_per_seed()),
        (ORDER, kernel_spec.order_from_host()),
    ];
    let mut used = vec![JOB, POINTS, HYPER, PARAMETERS, DIVERGED];
    used.extend(in_play.iter().filter(|(_, used)| *used).map(|(binding, _)| binding));
    used
}

/// Returns the buffers that `initialise` uses.
pub fn initialise_bindings(train_spec: &TrainSpec) -> Vec<u32> {
    use binding::*;
    let mut used = vec![JOB, SEEDS, PARAMETERS];
    used.extend(train_spec.has(Hyperparameter::InitScale).then_some(HYPER));
    used
}

/// Buffers that `write_logits` uses.
pub const LOGIT_BINDINGS: [u32; 4] = [binding::JOB, binding::POINTS, binding::PARAMETERS, binding::LOGITS];

/// Returns the buffers that `evaluate` uses.
pub fn evaluate_bindings(train_spec: &TrainSpec) -> Vec<u32> {
    use binding::*;
    let mut used = vec![JOB, POINTS, PARAMETERS, SCORES];
    used.extend(train_spec.has_loss_params().then_some(HYPER));
    used
}
