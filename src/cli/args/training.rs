//! Which networks, and how they learn.

use super::super::values::{axis, choices, count, measure, signed_axis, word, yes_or_no};
use gpu_sweep::math::init::Scheme;
use gpu_sweep::math::{Activation, Loss, Optimizer, WeightScaling};
use gpu_sweep::statistics::Select;
use gpu_sweep::sweep::{Axis, BatchSize, Choices, InitBias, ScheduleKind, Shuffle, Widths};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Widths of the hidden layers: 16 or 16,16 or none [default: 1]
    ///
    /// Up to 4 layers of 1 to 64 units each; `none` is logistic regression. Several networks with slashes: `4/16,16/none`.
    #[arg(long, value_name = "WIDTHS", value_parser = choices::<Widths>, allow_hyphen_values = true)]
    pub hidden: Option<Choices<Widths>>,
    /// relu, leaky-relu, tanh, sigmoid, gelu, silu or identity [default: relu]
    #[arg(long, value_name = "NAMES", value_parser = choices::<Activation>, hide_possible_values = true)]
    pub activation: Option<Choices<Activation>>,
    /// Layers without biases
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = yes_or_no)]
    pub no_bias: Option<bool>,
    /// Initial weights: torch, zeros, xavier-uniform, ... [default: torch]
    ///
    /// torch (PyTorch's default for nn.Linear), xavier-uniform, xavier-normal, kaiming-uniform, kaiming-normal, normal, uniform, orthogonal or zeros.
    #[arg(long, value_name = "NAMES", value_parser = choices::<Scheme>, hide_possible_values = true)]
    pub init: Option<Choices<Scheme>>,
    /// Multiplies the initial weights; of normal the standard deviation [default: 1]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub init_scale: Option<Axis>,
    /// Moves initial weights along a random direction, 1 as far as they are from 0 [default: 0]
    #[arg(long, value_name = "VALUES", value_parser = signed_axis, allow_hyphen_values = true)]
    pub offset_a: Option<Axis>,
    /// The same along a second direction [default: 0]
    #[arg(long, value_name = "VALUES", value_parser = signed_axis, allow_hyphen_values = true)]
    pub offset_b: Option<Axis>,
    /// standard, or mean-field: weights times 1/√inputs, in the last layer 1/inputs [default: standard]
    ///
    /// Raw weights are trained, their products work and are what is kept. For sgd, momentum and nesterov, without biases.
    #[arg(long, value_name = "NAME", value_parser = word::<WeightScaling>)]
    pub scaling: Option<WeightScaling>,
    /// Initial biases: torch or zeros [default: torch]
    #[arg(long, value_name = "NAME", value_parser = word::<InitBias>)]
    pub init_bias: Option<InitBias>,
    /// bce, the logistic loss, or mse, the squared error [default: bce]
    #[arg(long, value_name = "NAME", value_parser = word::<Loss>)]
    pub loss: Option<Loss>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// Passes over the training rows [default: 1000]
    #[arg(long, value_name = "N", value_parser = count::<u32>("epochs"), allow_hyphen_values = true)]
    pub epochs: Option<u32>,
    /// Learning rates [default: linspace:0.001:0.1:40]
    ///
    /// A number, a list such as 0.01,0.1, or a range: `linspace:START:STOP:COUNT` is evenly spaced, both ends included; `geomspace:1e-4:1:20` goes by equal factors, and `1e-4..1` is short for it; `logspace:-4:0:20` is the same by powers of 10. So do all VALUES below.
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub lr: Option<Axis>,
    /// Learning rates of the first layer alone [default: as --lr]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub lr_first: Option<Axis>,
    #[command(flatten)]
    pub update: OptimizerArgs,
    /// Rows of an update, or full [default: full]
    #[arg(long, value_name = "SIZES", value_parser = choices::<BatchSize>, allow_hyphen_values = true)]
    pub batch_size: Option<Choices<BatchSize>>,
    /// Order of the rows in mini-batches: shared or per-seed [default: shared]
    ///
    /// A fresh one each epoch, the same for all models, or each model's own by its seed.
    #[arg(long, value_name = "WHOSE", value_parser = word::<Shuffle>)]
    pub shuffle: Option<Shuffle>,
    /// The order from a file instead: an array order [epochs, rows]
    #[arg(long, value_name = "FILE.npz", conflicts_with = "shuffle")]
    pub batch_order: Option<PathBuf>,
    /// constant, step, exponential, cosine or warmup-cosine [default: constant]
    ///
    /// What the learning rate does from epoch to epoch, by PyTorch's definitions.
    #[arg(long, value_name = "NAMES", value_parser = choices::<ScheduleKind>, hide_possible_values = true)]
    pub schedule: Option<Choices<ScheduleKind>>,
    /// Epochs between two steps of step [default: a third of all]
    #[arg(long, value_name = "N", value_parser = count::<u32>("step-size"), allow_hyphen_values = true)]
    pub step_size: Option<u32>,
    /// Factor of each step of step [default: 0.1] and exponential [ends at 0.01]
    #[arg(long, value_name = "X", value_parser = measure("gamma"), allow_hyphen_values = true)]
    pub gamma: Option<f64>,
    /// Epochs of the rise in warmup-cosine [default: a tenth of all]
    #[arg(long, value_name = "N", value_parser = count::<u32>("warmup"), allow_hyphen_values = true)]
    pub warmup: Option<u32>,
    /// Success: more than this share of training rows right [default: 40 % of the way from the larger class to 1]
    ///
    /// The default is 0.7 for classes of the same size, 0.985 where 97.5 % of the rows are of one class.
    #[arg(long, value_name = "SHARE", value_parser = measure("success-threshold"), allow_hyphen_values = true)]
    pub success_threshold: Option<f64>,
    /// The best value has the best accuracy, balanced, auc or loss [default: accuracy]
    ///
    /// Chosen on validation rows where there are any, else on training rows; never on test rows.
    #[arg(long, value_name = "WHAT", value_parser = word::<Select>)]
    pub select: Option<Select>,
}

/// What the gradient does to the parameters.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Training")]
pub struct OptimizerArgs {
    /// sgd, momentum, nesterov, adam, adamw or rmsprop [default: sgd]
    #[arg(long, value_name = "NAMES", value_parser = choices::<Optimizer>, hide_possible_values = true)]
    pub optimizer: Option<Choices<Optimizer>>,
    /// Momentum of momentum and nesterov [default: 0.9]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub momentum: Option<Axis>,
    /// Weight decay, of biases too [default: 0; adamw: 0.01]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub weight_decay: Option<Axis>,
    /// Decay of adam's and adamw's mean of gradients [default: 0.9]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub beta1: Option<Axis>,
    /// Decay of their mean of squares [default: 0.999]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub beta2: Option<Axis>,
    /// Decay of rmsprop's mean of squares [default: 0.99]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub alpha: Option<Axis>,
    /// What adam, adamw and rmsprop add to the root [default: 1e-8]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub epsilon: Option<Axis>,
    /// Largest norm of a model's gradient; longer ones are cut [default: any]
    #[arg(long, value_name = "VALUES", value_parser = axis, allow_hyphen_values = true)]
    pub clip: Option<Axis>,
}
