//! Trials given one by one: a CSV file with a row per model.

use super::scalar::{Hyperparameters, Scalar};
use crate::dataset::Table;
use crate::error::{Result, shown};
use std::io::Read;
use std::path::Path;

/// Most rows: they are held in memory, some 200 bytes each.
const MAX_TRIALS: usize = 10_000_000;

/// The rows of a trials file.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Hyper-parameters and seed of each model.
    pub trials: Vec<(Hyperparameters, u64)>,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

/// Reads a CSV file with the columns `lr` and `seed` (0 to 2^64 - 1) and any other [`Scalar`], by its column's or its
/// flag's name, in any order.
///
/// # Errors
/// [`crate::Error::File`] names file, line and column (the field's number) of the first thing that is not as it
/// should be, and what is allowed.
pub fn read_trials(path: &Path) -> Result<Listed> {
    parse_trials(Table::open(path)?)
}

/// As [`read_trials`], from an open table.
///
/// # Errors
/// As there.
pub fn parse_trials<R: Read>(mut table: Table<R>) -> Result<Listed> {
    let columns = columns(&table)?;
    let mut trials = Vec::new();
    while table.next_row()? {
        if trials.len() == MAX_TRIALS {
            return Err(table.refuse(0, format!("more than {MAX_TRIALS} rows of data"), format!("up to {MAX_TRIALS}")));
        }
        let (mut hyperparameters, mut seed) = (Hyperparameters::default(), 0);
        for (n, column) in columns.iter().enumerate() {
            match column {
                Some(scalar) => hyperparameters = hyperparameters.with(*scalar, value(&table, n, *scalar)?),
                None => seed = whole_number(&table, n)?,
            }
        }
        trials.push((hyperparameters, seed));
    }
    if trials.is_empty() {
        return Err(table.refuse_no_rows("a row with lr and seed for each model"));
    }
    Ok(Listed { trials, hash: table.hash() })
}

/// What each column holds; `None`: seeds.
fn columns<R: Read>(table: &Table<R>) -> Result<Vec<Option<Scalar>>> {
    let scalars: Vec<&str> = Scalar::ALL.iter().map(|scalar| scalar.name()).collect();
    let allowed = format!("the columns seed, {} and, as wanted, {}", scalars[0], scalars[1..].join(", "));
    let mut columns = Vec::new();
    for (n, name) in table.columns().iter().enumerate() {
        let scalar = Scalar::ALL.into_iter().find(|scalar| scalar.name() == name.replace('-', "_"));
        if scalar.is_none() && name != "seed" {
            return Err(table.refuse(n, format!("unknown column {}", shown(name)), allowed));
        }
        if columns.contains(&scalar) {
            return Err(table.refuse(n, format!("a second column for {}", shown(name)), allowed));
        }
        columns.push(scalar);
    }
    for (column, name) in [(Some(Scalar::Lr), "lr"), (None, "seed")] {
        if !columns.contains(&column) {
            return Err(table.refuse_header(format!("no column {name:?}"), allowed));
        }
    }
    Ok(columns)
}

fn value<R: Read>(table: &Table<R>, n: usize, scalar: Scalar) -> Result<f64> {
    let text = table.text(n)?;
    // -0.0 would be a second zero: a value of its own in every table.
    let value = text.parse::<f64>().ok().map(|value| value + 0.0).filter(|value| scalar.allows(*value));
    value.ok_or_else(|| table.refuse(n, format!("{} is {}", scalar.name(), shown(text)), scalar.allowed()))
}

fn whole_number<R: Read>(table: &Table<R>, n: usize) -> Result<u64> {
    let text = table.text(n)?;
    text.parse().map_err(|_| table.refuse(n, format!("seed is {}", shown(text)), "a whole number from 0 to 2^64 - 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Listed> {
        parse_trials(Table::new(Path::new("trials.csv"), text.as_bytes())?)
    }

    #[test]
    fn columns_come_in_any_order() {
        let expected = [(Hyperparameters::lr(0.1), u64::MAX), (Hyperparameters::lr(0.0), 0)];
        for text in ["lr,seed\n0.1,18446744073709551615\n-0,0\n", "seed,\"lr\"\r\n18446744073709551615, 1e-1\r\n0,0"] {
            let Listed { trials, hash } = parse(text).unwrap();
            assert!(
                trials == expected && trials[1].0.get(Scalar::Lr).unwrap().is_sign_positive() && hash.len() == 64,
                "{text}"
            );
        }
    }

    #[test]
    fn every_scalar_may_have_a_column() {
        let Listed { trials, .. } = parse("weight-decay,seed,lr,clip\n0.5,7,0.1,2\n").unwrap();
        let expected = Hyperparameters::lr(0.1).with(Scalar::WeightDecay, 0.5).with(Scalar::Clip, 2.0);
        assert_eq!(trials, [(expected, 7)]);
    }

    #[test]
    fn what_is_no_list_of_trials_is_refused_with_its_place() {
        for (text, expected) in [
            ("", ", line 1, column 1: is empty"),
            ("lr,seed\n", ", line 2, column 1: no rows of data"),
            ("lr\n0.1\n", ", line 1: no column \"seed\""),
            ("\nseed\n1\n", ", line 2: no column \"lr\""),
            ("lr,seed,moment\n1,2,3\n", ", line 1, column 3: unknown column \"moment\""),
            ("lr,seed,lr-first,lr_first\n1,2,3,4\n", ", line 1, column 4: a second column for \"lr_first\""),
            ("lr,beta1,seed\n1,1,3\n", ", line 2, column 2: beta1 is \"1\""),
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
