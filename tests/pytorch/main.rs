//! Every engine compared with trainings by PyTorch in float64 (`tests/data/README.md`): initial gradients, losses of
//! all epochs, final weights and accuracies of every case; the reference engine also update by update.

mod case;
mod gradients;
mod manifest;
mod steps;
mod trainings;

#[path = "../common/mod.rs"]
mod common;

use case::Case;
use common::is_reference;
use gpu_sweep::engine::Engine;
use manifest::manifests;

/// Defines a test for every case on every engine, and the list of cases.
macro_rules! cases {
    (on $engine:ident: $($case:ident),+) => {
        mod $engine {
            $(#[test]
            fn $case() {
                for mut engine in super::common::Engines::all(super::common::$engine()) {
                    println!("on {}", engine.info().driver);
                    super::compare(&mut *engine, stringify!($case));
                }
            })+
        }
    };
    ($($case:ident),+ $(,)?) => {
        const CASES: &[&str] = &[$(stringify!($case)),+];
        cases!(on reference: $($case),+);
        cases!(on cpu: $($case),+);
        cases!(on gpu: $($case),+);
    };
}

cases!(
    relu_2_1_1_sgd,
    tanh_2_3_1_sgd,
    relu_2_16_16_1_sgd,
    gelu_2_8_1_sgd,
    sigmoid_2_8_1_sgd,
    relu_2_4_1_sgd_batch32,
    relu_2_4_1_adam_batch32,
    relu_2_1_1_momentum,
    tanh_2_3_1_momentum,
    relu_2_16_16_1_momentum,
    relu_2_1_1_nesterov,
    tanh_2_3_1_nesterov,
    relu_2_16_16_1_nesterov,
    relu_2_1_1_weight_decay,
    tanh_2_3_1_weight_decay,
    relu_2_16_16_1_weight_decay,
    relu_2_1_1_adam,
    tanh_2_3_1_adam,
    relu_2_16_16_1_adam,
    relu_2_4_1_rmsprop,
    tanh_2_3_1_rmsprop,
    relu_2_4_1_adamw,
    tanh_2_3_1_adamw,
    relu_2_4_1_sgd_clip,
    tanh_2_3_1_sgd_clip,
    tanh_2_6_1_sgd_step,
    tanh_2_6_1_sgd_exponential,
    tanh_2_6_1_sgd_cosine,
    tanh_2_6_1_sgd_warmup_cosine,
    leaky_relu_2_8_1_sgd,
    silu_2_8_1_sgd,
    identity_2_8_1_sgd,
    tanh_2_8_8_8_1_sgd,
    identity_2_1_sgd_no_hidden,
    tanh_2_6_1_sgd_mse,
    tanh_2_6_1_sgd_no_bias,
    relu_30_8_1_sgd_breast_cancer,
    relu_2_8_3_sgd,
    tanh_2_6_3_momentum,
    softmax_2_3_no_hidden,
    gelu_5_12_10_adam_batch32,
    relu_5_16_16_10_adamw,
    silu_6_10_97_sgd,
    relu_2_8_3_weighted,
    relu_2_8_3_smoothed,
    relu_2_8_2_softmax,
    tanh_4_8_1_mse,
    relu_4_8_2_mse_adam,
    tanh_4_8_1_mae_batch25,
    silu_4_8_2_huber,
);

#[test]
fn the_cases_are_the_manifests() {
    let names: Vec<String> = manifests().into_iter().flat_map(|list| list.cases).map(|case| case.name).collect();
    assert_eq!(names, CASES);
}

fn compare(engine: &mut dyn Engine, name: &str) {
    let case = Case::open(name);
    gradients::compare(engine, &case);
    trainings::compare(engine, &case);
    if is_reference(engine) {
        steps::compare(&case);
    }
}
