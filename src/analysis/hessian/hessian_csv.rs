//! Writes curvatures as a table.

#[cfg(doc)]
use super::FLAT;
use super::HessianSummary;
use crate::error::{Error, Result};
use crate::study::write_whole;
use std::io::Write;
use std::path::Path;

/// Writes a CSV file with a row for each model: `model_id`, `lr`, `seed`, `class`, `loss`, `gradient_norm`, the
/// eigenvalues `eig_1` (the largest), ... in descending order, `flat`, the number of eigenvalues of at most [`FLAT`]
/// times the largest in magnitude, and `negative`, the number below 0 by more than that. Fields are empty if a model
/// diverged. `first` is the id of the cell's first model.
///
/// # Errors
/// [`Error::Io`].
pub fn write(path: &Path, first: u64, parameters: usize, all: &[HessianSummary]) -> Result<()> {
    let header = (1..=parameters).map(|n| format!("eig_{n}")).collect::<Vec<_>>().join(",");
    let shown = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    write_whole(path, |file| {
        let mut line = |text: String| writeln!(file, "{text}").map_err(Error::io(path, "write"));
        line(format!("model_id,lr,seed,class,loss,gradient_norm,{header},flat,negative"))?;
        for one in all {
            let HessianSummary { index, lr, seed, class, loss, gradient_norm, eigenvalues } = one;
            let value = |n: usize| shown(eigenvalues.as_ref().map(|values| values[n]));
            let values = (0..parameters).map(value).collect::<Vec<_>>().join(",");
            let counts = one.counts().map_or(",".to_owned(), |(flat, negative)| format!("{flat},{negative}"));
            let (id, class, loss, norm) = (first + index, class.name(), shown(*loss), shown(*gradient_norm));
            line(format!("{id},{lr},{seed},{class},{loss},{norm},{values},{counts}"))?;
        }
        Ok(())
    })
}
