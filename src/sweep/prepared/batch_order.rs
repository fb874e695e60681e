//! Reads the order of the training rows from a file with an array `order` `[epochs, points]`.

use super::file_contents::OrderFile;
use super::initial_weights::hash;
use crate::error::{Error, Result};
use crate::npz::Npz;
use std::path::Path;

/// Reads the row orders of the first `epochs` epochs; each must be a permutation of 0 to `rows` - 1.
pub(super) fn read_order(path: &Path, epochs: u32, rows: usize) -> Result<OrderFile> {
    let array = Npz::open(path)?.read("order")?;
    let refuse = |what: String| Err(Error::file(path, format!("array \"order\" {what}")));
    match array.shape[..] {
        [have, points] if points == rows && have as u64 >= u64::from(epochs) => {}
        _ => {
            return refuse(format!(
                "must have the shape [epochs, points], here [{epochs}, {rows}], not {:?}",
                array.shape
            ));
        }
    }
    let mut order = Vec::with_capacity(epochs as usize * rows);
    for (epoch, places) in array.values.chunks_exact(rows.max(1)).take(epochs as usize).enumerate() {
        let mut seen = vec![false; rows];
        for row in places {
            let known = *row >= 0.0 && row.fract() == 0.0 && *row < rows as f64;
            if !known || std::mem::replace(&mut seen[*row as usize], true) {
                let what = format!("has {row} out of place in epoch {epoch} (from 0)");
                return refuse(format!("{what}; it must have each of 0 to {} once in every epoch", rows - 1));
            }
            order.push(*row as u32);
        }
    }
    Ok(OrderFile { order, hash: hash(path)? })
}
