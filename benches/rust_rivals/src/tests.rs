//! Every CPU backend compared with plain loops in f64, on problems that are saved to a file and loaded.

use std::path::Path;

use candle_core::{Device, Tensor};
use clap::Parser;

use crate::burn_rival::Burn;
use crate::candle_rival::Candle;
use crate::error::{Error, Result};
use crate::problem::{Model, Problem};
use crate::{Args, Rival};

const ROWS: usize = 9;
const MODELS: usize = 5;
const EPOCHS: usize = 60;
const EVERY: usize = 20;

/// Pseudo-random numbers between -1 and 1, different for each seed.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let scramble = |i: usize| (i as u32 + 1 + 1000 * seed).wrapping_mul(2_654_435_761) >> 8;
    (0..count).map(|i| scramble(i) as f32 / (1 << 23) as f32 - 1.0).collect()
}

/// Named arrays, as `Problem.save` writes them.
fn arrays(sizes: &[usize]) -> Vec<(String, Tensor)> {
    let tensor = |values: Vec<f32>, shape: &[usize]| Tensor::from_vec(values, shape, &Device::Cpu).unwrap();
    let scalar = |value: usize| Tensor::new(value as i64, &Device::Cpu).unwrap();
    let mut arrays = vec![
        ("x".into(), tensor(numbers(ROWS * sizes[0], 1), &[ROWS, sizes[0]])),
        ("y".into(), tensor((0..ROWS).map(|row| (row % 3 % 2) as f32).collect(), &[ROWS])),
        ("lr".into(), tensor((0..MODELS).map(|model| 0.1 + 0.4 * model as f32).collect(), &[MODELS])),
        ("epochs".into(), scalar(EPOCHS)),
        ("every".into(), scalar(EVERY)),
    ];
    for (k, layer) in sizes.windows(2).enumerate() {
        let (inputs, outputs, seed) = (layer[0], layer[1], 2 + 2 * k as u32);
        let weights = tensor(numbers(MODELS * outputs * inputs, seed), &[MODELS, outputs, inputs]);
        arrays.push((format!("w{k}"), weights));
        arrays.push((format!("b{k}"), tensor(numbers(MODELS * outputs, seed + 1), &[MODELS, outputs])));
    }
    arrays
}

fn load(arrays: &[(String, Tensor)]) -> Result<Problem> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("problem.npz");
    Tensor::write_npz(arrays, &path).unwrap();
    Problem::load(&path)
}

/// Takes one gradient descent step; returns the mean loss before it.
fn step(problem: &Problem, weights: &mut [Vec<f64>], biases: &mut [Vec<f64>], lr: f64) -> f64 {
    let (rows, mut loss) = (problem.rows() as f64, 0.0);
    let (old_weights, old_biases) = (weights.to_vec(), biases.to_vec());
    for (row, &y) in problem.x.chunks(problem.features()).zip(&problem.y) {
        let mut values = vec![row.iter().map(|&x| f64::from(x)).collect::<Vec<_>>()];
        for (k, (weight, bias)) in old_weights.iter().zip(&old_biases).enumerate() {
            let inputs = values.last().unwrap();
            let sum =
                |(weight, bias): (&[f64], &f64)| inputs.iter().zip(weight).map(|(x, w)| x * w).sum::<f64>() + bias;
            let floor = if k + 1 < old_weights.len() { 0.0 } else { f64::NEG_INFINITY };
            values.push(weight.chunks(inputs.len()).zip(bias).map(sum).map(|sum| sum.max(floor)).collect());
        }
        let (logit, y) = (values.last().unwrap()[0], f64::from(y));
        loss += (logit.max(0.0) - logit * y + (-logit.abs()).exp().ln_1p()) / rows;
        let mut slopes = vec![(1.0 / (1.0 + (-logit).exp()) - y) / rows];
        for k in (0..weights.len()).rev() {
            let inputs = &values[k];
            let mut below = vec![0.0; inputs.len()];
            for (o, slope) in slopes.iter().enumerate() {
                biases[k][o] -= lr * slope;
                for (i, input) in inputs.iter().enumerate() {
                    weights[k][o * inputs.len() + i] -= lr * slope * input;
                    below[i] += if *input > 0.0 { slope * old_weights[k][o * inputs.len() + i] } else { 0.0 };
                }
            }
            slopes = below;
        }
    }
    loss
}

fn reference(problem: &Problem, model: &Model) -> Vec<f64> {
    let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect();
    let mut weights: Vec<Vec<f64>> = model.layers.iter().map(|layer| wide(layer.weight)).collect();
    let mut biases: Vec<Vec<f64>> = model.layers.iter().map(|layer| wide(layer.bias)).collect();
    let losses = (0..=EPOCHS).map(|_| step(problem, &mut weights, &mut biases, model.lr));
    losses.step_by(EVERY).collect()
}

#[test]
fn cpu_backends_train_as_plain_loops_do() {
    for sizes in [&[2, 1, 1][..], &[2, 3, 2, 1]] {
        let problem = load(&arrays(sizes)).unwrap();
        let rivals: [Box<dyn Rival>; 3] = [
            Box::new(Burn::flex(&problem)),
            Box::new(Burn::ndarray(&problem)),
            Box::new(Candle::new(&problem).unwrap()),
        ];
        for index in problem.sample(MODELS).unwrap() {
            let model = problem.model(index);
            let expected = reference(&problem, &model);
            for rival in &rivals {
                let losses = rival.train(&model, EPOCHS, EVERY).unwrap();
                let same =
                    losses.iter().zip(&expected).all(|(loss, expected)| (f64::from(*loss) - expected).abs() < 1e-4);
                let name = rival.backend();
                assert!(same && losses.len() == expected.len(), "{name} {sizes:?} {index}: {losses:?} {expected:?}");
            }
        }
    }
}

#[test]
fn losses_stay_finite_far_on_the_wrong_side() {
    let mut arrays = arrays(&[2, 1]);
    arrays.last_mut().unwrap().1 = Tensor::full(500f32, (MODELS, 1), &Device::Cpu).unwrap();
    let problem = load(&arrays).unwrap();
    let expected = reference(&problem, &problem.model(0))[0];
    let rivals: [Box<dyn Rival>; 3] =
        [Box::new(Burn::flex(&problem)), Box::new(Burn::ndarray(&problem)), Box::new(Candle::new(&problem).unwrap())];
    for rival in rivals {
        let loss = f64::from(rival.train(&problem.model(0), 1, 1).unwrap()[0]);
        assert!((loss - expected).abs() < 1e-3, "{}: {loss} instead of {expected}", rival.backend());
    }
}

#[test]
fn samples_are_spread_evenly() {
    let problem = load(&arrays(&[2, 1, 1])).unwrap();
    assert_eq!(problem.sample(3).unwrap(), [0, 1, 3]);
    assert!(problem.sample(0).is_err() && problem.sample(MODELS + 1).is_err());
    assert_eq!(problem.epochs(None).unwrap(), EPOCHS);
    assert!(problem.epochs(Some(EVERY + 1)).is_err() && problem.epochs(Some(0)).is_err());
}

#[test]
fn bad_input_is_one_line_and_exit_code_2() {
    let mut bent = arrays(&[2, 3, 1]);
    bent[5].1 = Tensor::zeros((MODELS, 3, 4), candle_core::DType::F32, &Device::Cpu).unwrap();
    let mut headless = arrays(&[2, 3, 1]);
    headless.truncate(7);
    let missing = Problem::load(Path::new("no such file.npz")).map(|_| ());
    let unknown = Args::try_parse_from(["rust-rivals", "tensorflow", "--problem", "x"]).map(|_| ());
    let unknown = unknown.map_err(|error| crate::refuse(error).unwrap_err());
    for result in [load(&bent).map(|_| ()), load(&headless).map(|_| ()), load(&[]).map(|_| ()), missing, unknown] {
        let error: Error = result.unwrap_err();
        assert!(error.code() == 2 && error.to_string().lines().count() == 1, "{error}");
    }
}

#[test]
fn versions_come_from_the_lock_file() {
    for package in ["burn", "candle-core"] {
        assert!(crate::version(package).starts_with("0."), "{}", crate::version(package));
    }
}
