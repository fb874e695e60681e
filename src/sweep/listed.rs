//! Trials given one by one: a CSV file with a row per model.

use crate::dataset::{Table, shown};
use crate::error::Result;
use std::io::Read;
use std::path::Path;

/// What the columns are called.
const COLUMNS: [&str; 2] = ["lr", "seed"];
const ALLOWED: &str = "the two columns lr and seed";

/// The rows of a trials file.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Learning rate and seed of each model.
    pub trials: Vec<(f64, u64)>,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

/// Reads a CSV file with the columns `lr` (finite, from 0) and `seed` (0 to 2^64 - 1), in any order.
///
/// # Errors
/// [`crate::Error::File`] names file, line and column (the field's number) of the first thing that is not as it
/// should be, and what is allowed.
pub fn read_trials(path: &Path) -> Result<Listed> {
    read(Table::open(path)?)
}

/// As [`read_trials`], from an open table.
fn read<R: Read>(mut table: Table<R>) -> Result<Listed> {
    let [lr, seed] = places(&table)?;
    let mut trials = Vec::new();
    while table.next_row()? {
        trials.push((learning_rate(&table, lr)?, whole_number(&table, seed)?));
    }
    if trials.is_empty() {
        return Err(table.refuse_no_rows("a row with lr and seed for each model"));
    }
    Ok(Listed { trials, hash: table.hash() })
}

/// Where the columns stand.
fn places<R: Read>(table: &Table<R>) -> Result<[usize; 2]> {
    let columns = table.columns();
    if let Some(n) = columns.iter().position(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(table.refuse(n, format!("unknown column {}", shown(&columns[n])), ALLOWED));
    }
    let place = |wanted: &str| {
        let missing = || table.refuse_header(format!("no column {wanted:?}"), ALLOWED);
        columns.iter().position(|name| name == wanted).ok_or_else(missing)
    };
    Ok([place(COLUMNS[0])?, place(COLUMNS[1])?])
}

fn learning_rate<R: Read>(table: &Table<R>, n: usize) -> Result<f64> {
    let text = table.text(n)?;
    // -0.0 would be a second zero: a learning rate of its own in every table.
    let lr = text.parse::<f64>().ok().map(|lr| lr + 0.0).filter(|lr| lr.is_finite() && *lr >= 0.0);
    lr.ok_or_else(|| table.refuse(n, format!("lr is {}", shown(text)), "a finite number from 0"))
}

fn whole_number<R: Read>(table: &Table<R>, n: usize) -> Result<u64> {
    let text = table.text(n)?;
    text.parse().map_err(|_| table.refuse(n, format!("seed is {}", shown(text)), "a whole number from 0 to 2^64 - 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Listed> {
        read(Table::new(Path::new("trials.csv"), text.as_bytes())?)
    }

    #[test]
    fn columns_come_in_any_order() {
        let expected = [(0.1, u64::MAX), (0.0, 0)];
        for text in ["lr,seed\n0.1,18446744073709551615\n-0,0\n", "seed,\"lr\"\r\n18446744073709551615, 1e-1\r\n0,0"] {
            let Listed { trials, hash } = parse(text).unwrap();
            assert!(trials == expected && trials[1].0.is_sign_positive() && hash.len() == 64, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_trials_is_refused_with_its_place() {
        for (text, expected) in [
            ("", ", line 1, column 1: is empty"),
            ("lr,seed\n", ", line 2, column 1: no rows of data"),
            ("lr\n0.1\n", ", line 1: no column \"seed\""),
            ("\nseed\n1\n", ", line 2: no column \"lr\""),
            ("lr,seed,momentum\n1,2,3\n", ", line 1, column 3: unknown column \"momentum\""),
            ("0.1,7\n0.2,8\n", ", line 1, column 1: unknown column \"0.1\""),
            ("lr,lr\n1,2\n", ", line 1, column 2: column name \"lr\" for the second time"),
            ("lr,seed\n0.1,1\n-0.1,1\n", ", line 3, column 1: lr is \"-0.1\""),
            ("lr,seed\n,1\n", ", line 2, column 1: lr is \"\""),
            ("lr,seed\ninf,1\n", ", line 2, column 1: lr is \"inf\""),
            ("lr,seed\nnan,1\n", ", line 2, column 1: lr is \"nan\""),
            ("seed,lr\n1,fast\n", ", line 2, column 2: lr is \"fast\""),
            ("lr,seed\n1,1.0\n", ", line 2, column 2: seed is \"1.0\""),
            ("lr,seed\n1,-1\n", ", line 2, column 2: seed is \"-1\""),
            ("lr,seed\n1,18446744073709551616\n", ", line 2, column 2: seed is \"18446744073709551616\""),
            ("lr,seed\n1\n", ", line 2, column 2: the row ends after 1 field"),
            ("lr,seed\n1,2,3\n", ", line 2, column 3: the row goes on after 2 fields"),
        ] {
            let error = parse(text).unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with(&format!("trials.csv{expected}")), "{message}");
            assert!(message.contains("; allowed: ") && !message.contains('\n') && error.exit_code() == 2, "{message}");
        }
    }
}
