//! Reads initial weights from a file: arrays `init_w1` `[models, out, in]`, `init_b1` `[models, out]`, `init_w2`, ...

use super::file_contents::WeightsFile;
use crate::dataset::HashingReader;
use crate::error::{Error, Result};
use crate::math::divergence::LARGEST_PARAMETER;
use crate::model::NetworkShape;
use crate::npz::Npz;
use std::fs::File;
use std::io;
use std::path::Path;

/// Reads the initial weights of the first `models` models; ignores arrays with other names.
pub(super) fn read_weights(path: &Path, shape: &NetworkShape, models: u64) -> Result<WeightsFile> {
    let mut npz = Npz::open(path)?;
    let deeper = format!("init_w{}", shape.layers().len() + 1);
    if npz.contains(&deeper) {
        let what = format!(
            "there is an array {deeper:?} of a layer that the network {shape} does not have; use another file, or another --hidden"
        );
        return Err(Error::file(path, what));
    }
    let mut weights = Vec::new();
    for (l, layer) in shape.layers().iter().enumerate() {
        let arrays =
            [("w", layer.weights, vec![layer.outputs, layer.inputs]), ("b", layer.biases, vec![layer.outputs])];
        let biases = usize::from(layer.bias);
        for (kind, start, expected) in arrays.into_iter().take(1 + biases) {
            let name = format!("init_{kind}{}", l + 1);
            let values = read_layer(path, &mut npz, &name, &expected, models)?;
            // Allocate only after the file is known to hold this many models.
            weights.resize(models as usize * shape.parameters(), 0.0);
            let size = expected.iter().product();
            let rows = weights.chunks_exact_mut(shape.parameters()).zip(values.chunks_exact(size));
            rows.for_each(|(model, values)| model[start..start + size].copy_from_slice(values));
        }
    }
    Ok(WeightsFile { weights, hash: hash(path)? })
}

/// Reads an array, which must have at least `models` rows of the `expected` shape and finite values up to 1e30.
fn read_layer(path: &Path, npz: &mut Npz, name: &str, expected: &[usize], models: u64) -> Result<Vec<f64>> {
    let array = npz.read(name)?;
    let refuse = |what: String| Err(Error::file(path, format!("array {name:?} must have {what}")));
    let sizes: String = expected.iter().map(|n| format!(", {n}")).collect();
    match array.shape.split_first() {
        Some((rows, rest)) if rest == expected && *rows as u64 >= models => {}
        Some((rows, rest)) if rest == expected => {
            return refuse(format!("a row for each of {models} models, not {rows}"));
        }
        _ => return refuse(format!("the shape [models{sizes}], not {:?}", array.shape)),
    }
    // With a larger parameter, a model counts as diverged before training.
    match array.values.iter().position(|value| value.is_nan() || value.abs() > LARGEST_PARAMETER) {
        Some(n) => refuse(format!("finite numbers up to 1e30, not {} at element {n} (from 0)", array.values[n])),
        None => Ok(array.values),
    }
}

/// Returns the SHA-256 of a file.
pub(super) fn hash(path: &Path) -> Result<String> {
    let mut hashed = HashingReader::new(File::open(path).map_err(Error::io(path, "read"))?);
    io::copy(&mut hashed, &mut io::sink()).map_err(Error::io(path, "read"))?;
    Ok(hashed.hash())
}
