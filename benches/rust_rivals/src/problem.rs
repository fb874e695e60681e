//! The rows, initial weights and learning rates that every program trains on, read from an npz file.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Tensor};

use crate::error::{Error, Result};

/// Networks of one shape: fully connected, ReLU in the hidden layers, one logit.
pub struct Problem {
    /// `[rows, features]`
    pub x: Vec<f32>,
    /// 0 or 1 for each row
    pub y: Vec<f32>,
    /// Epochs between two recorded losses.
    pub every: usize,
    epochs: usize,
    lr: Vec<f32>,
    layers: Vec<Layers>,
}

/// One layer of all models.
struct Layers {
    inputs: usize,
    outputs: usize,
    /// `[models, outputs, inputs]`
    weights: Vec<f32>,
    /// `[models, outputs]`
    biases: Vec<f32>,
}

/// One model before training.
pub struct Model<'a> {
    pub lr: f64,
    pub layers: Vec<Layer<'a>>,
}

/// One layer of one model.
pub struct Layer<'a> {
    pub inputs: usize,
    pub outputs: usize,
    /// `[outputs, inputs]`
    pub weight: &'a [f32],
    pub bias: &'a [f32],
}

impl Problem {
    pub fn load(path: &Path) -> Result<Problem> {
        let explain = |what: &dyn std::fmt::Display| Error::Input(format!("{}: {what}", path.display()));
        let arrays = Tensor::read_npz(path).map_err(|error| explain(&error))?;
        Problem::new(&arrays.into_iter().collect()).map_err(|error| explain(&error))
    }

    fn new(arrays: &HashMap<String, Tensor>) -> Result<Problem> {
        let (shape, x) = floats::<2>(arrays, "x")?;
        let (_, y) = floats::<1>(arrays, "y")?;
        let (_, lr) = floats::<1>(arrays, "lr")?;
        let [rows, mut inputs] = shape;
        if rows == 0 || inputs == 0 || y.len() != rows {
            return Err(Error::Input(format!("x has {rows} rows and {inputs} features, y has {} rows", y.len())));
        }
        let mut layers = Vec::new();
        while arrays.contains_key(&format!("w{}", layers.len())) {
            let layer = Layers::new(arrays, layers.len(), lr.len(), inputs)?;
            inputs = layer.outputs;
            layers.push(layer);
        }
        if layers.is_empty() || inputs != 1 {
            return Err(Error::Input(format!("{} layers end in {inputs} outputs instead of one logit", layers.len())));
        }
        let [every, epochs] = [count(arrays, "every")?, count(arrays, "epochs")?];
        Ok(Problem { x, y, every, epochs, lr, layers })
    }

    pub fn rows(&self) -> usize {
        self.y.len()
    }

    pub fn features(&self) -> usize {
        self.x.len() / self.y.len()
    }

    /// The number of epochs to train for: `asked`, or else the problem's.
    pub fn epochs(&self, asked: Option<usize>) -> Result<usize> {
        let epochs = asked.unwrap_or(self.epochs);
        if epochs == 0 || !epochs.is_multiple_of(self.every) {
            let every = self.every;
            return Err(Error::Input(format!(
                "{epochs} epochs are no multiple of {every}, the epochs between two losses"
            )));
        }
        Ok(epochs)
    }

    /// Indices of `count` models, evenly spread.
    pub fn sample(&self, count: usize) -> Result<Vec<usize>> {
        let models = self.lr.len();
        if count == 0 || count > models {
            return Err(Error::Input(format!("can't take {count} models of {models}")));
        }
        Ok((0..count).map(|i| i * models / count).collect())
    }

    pub fn model(&self, index: usize) -> Model<'_> {
        Model { lr: self.lr[index].into(), layers: self.layers.iter().map(|layers| layers.of(index)).collect() }
    }
}

impl Layers {
    fn new(arrays: &HashMap<String, Tensor>, k: usize, models: usize, inputs: usize) -> Result<Layers> {
        let (shape, weights) = floats::<3>(arrays, &format!("w{k}"))?;
        let (bias_shape, biases) = floats::<2>(arrays, &format!("b{k}"))?;
        let outputs = shape[1];
        if outputs == 0 || shape != [models, outputs, inputs] || bias_shape != [models, outputs] {
            let found = format!("w{k} {shape:?} and b{k} {bias_shape:?}");
            return Err(Error::Input(format!("{found} don't fit {models} models with {inputs} inputs to the layer")));
        }
        Ok(Layers { inputs, outputs, weights, biases })
    }

    fn of(&self, model: usize) -> Layer<'_> {
        let &Layers { inputs, outputs, .. } = self;
        let size = inputs * outputs;
        let weight = &self.weights[model * size..][..size];
        let bias = &self.biases[model * outputs..][..outputs];
        Layer { inputs, outputs, weight, bias }
    }
}

/// An f32 array and its shape.
fn floats<const D: usize>(arrays: &HashMap<String, Tensor>, name: &str) -> Result<([usize; D], Vec<f32>)> {
    let array = get(arrays, name)?;
    let (shape, dtype) = (array.dims(), array.dtype());
    let wrong = || Error::Input(format!("{name} is {dtype:?} {shape:?} instead of F32 with {D} dimensions"));
    let sizes = shape.try_into().map_err(|_| wrong())?;
    if dtype != DType::F32 {
        return Err(wrong());
    }
    Ok((sizes, array.flatten_all()?.to_vec1()?))
}

/// A positive whole number.
fn count(arrays: &HashMap<String, Tensor>, name: &str) -> Result<usize> {
    let number = get(arrays, name)?.to_scalar::<i64>().ok();
    let number = number.and_then(|number| usize::try_from(number).ok()).filter(|&number| number > 0);
    number.ok_or_else(|| Error::Input(format!("{name} is no positive int64")))
}

fn get<'a>(arrays: &'a HashMap<String, Tensor>, name: &str) -> Result<&'a Tensor> {
    arrays.get(name).ok_or_else(|| Error::Input(format!("has no array {name}")))
}
