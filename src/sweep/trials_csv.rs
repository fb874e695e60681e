//! Reads trials from a CSV file with one row per model.

use super::hyperparameter::{Hyperparameter, Hyperparameters};
use super::whole;
use crate::dataset::CsvTable;
use crate::error::{Result, did_you_mean, quoted};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

/// Most rows. They are held in memory, at about 200 bytes each.
const MAX_TRIALS: usize = 10_000_000;

/// The rows of a trials file.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialsTable {
    /// Hyper-parameters and seed of each model.
    pub trials: Vec<(Hyperparameters, u64)>,
    /// Hyper-parameters that have a column.
    pub columns: Vec<Hyperparameter>,
    /// Hexadecimal SHA-256 of the file.
    pub hash: String,
}

/// Reads a CSV file with a column `seed` (0 to 2^64 - 1) and columns of any [`Hyperparameter`], in any order. A column
/// has the hyper-parameter's name in tables or as a flag. Rows must be distinct.
///
/// # Errors
/// [`crate::Error::File`] for the first invalid entry, with file, line, column (the field's number) and the allowed
/// values.
#[cfg(feature = "native")]
pub fn read_trials(path: &std::path::Path) -> Result<TrialsTable> {
    parse_trials(crate::dataset::open_csv(path)?)
}

/// Reads trials from an open table, see [`read_trials`].
///
/// # Errors
/// As in [`read_trials`].
pub fn parse_trials<R: Read>(mut table: CsvTable<R>) -> Result<TrialsTable> {
    table.refuse_row_names();
    let columns = columns(&table)?;
    let (mut trials, mut known) = (Vec::new(), RowLines::default());
    while table.next_row()? {
        if trials.len() == MAX_TRIALS {
            return Err(table.refuse(0, format!("more than {MAX_TRIALS} rows of data, the most there may be")));
        }
        let (mut hyperparameters, mut seed) = (Hyperparameters::default(), 0);
        for (n, column) in columns.iter().enumerate() {
            match column {
                Some(hyperparameter) => {
                    hyperparameters = hyperparameters.with(*hyperparameter, value(&table, n, *hyperparameter)?)
                }
                None => seed = whole_number(&table, n)?,
            }
        }
        if let Some(line) = known.add(&trials, (hyperparameters, seed), table.line(0)) {
            let what = "each combination of values and seed must be there only once";
            return Err(table.refuse(0, format!("the same model as in line {line}; {what}")));
        }
        trials.push((hyperparameters, seed));
    }
    if trials.is_empty() {
        return Err(table.refuse_no_rows("a row with lr and seed for each model"));
    }
    Ok(TrialsTable { trials, columns: columns.into_iter().flatten().collect(), hash: table.hash() })
}

/// Line numbers of rows, to find duplicates.
#[derive(Default)]
struct RowLines {
    /// Row indices by row hash; a colliding hash moves to the next free key.
    indices: HashMap<u64, usize>,
    lines: Vec<u64>,
}

impl RowLines {
    /// Adds `row` on `line`, which follows `rows`; if an equal row exists, returns that row's line instead.
    fn add(&mut self, rows: &[(Hyperparameters, u64)], row: (Hyperparameters, u64), line: u64) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        Hyperparameter::ALL.map(|hyperparameter| row.0.get(hyperparameter).map(f64::to_bits)).hash(&mut hasher);
        row.1.hash(&mut hasher);
        let mut hash = hasher.finish();
        while let Some(index) = self.indices.get(&hash) {
            if rows[*index] == row {
                return Some(self.lines[*index]);
            }
            hash = hash.wrapping_add(1);
        }
        self.indices.insert(hash, rows.len());
        self.lines.push(line);
        None
    }
}

/// Returns the hyper-parameter of each column; `None` for seeds.
fn columns<R: Read>(table: &CsvTable<R>) -> Result<Vec<Option<Hyperparameter>>> {
    let hyperparameters = Hyperparameter::ALL.map(Hyperparameter::name);
    let allowed =
        format!("the columns must be seed, {} and, as wanted, {}", hyperparameters[0], hyperparameters[1..].join(", "));
    let mut columns = Vec::new();
    for (n, name) in table.columns().iter().enumerate() {
        let hyperparameter = Hyperparameter::named(name);
        if hyperparameter.is_none() && !name.eq_ignore_ascii_case("seed") {
            let hint = did_you_mean(name, hyperparameters.into_iter().chain(["seed"]));
            return Err(table.refuse(n, format!("unknown column {}; {allowed}{hint}", quoted(name))));
        }
        if columns.contains(&hyperparameter) {
            return Err(table.refuse(n, format!("a second column for {}; {allowed}", quoted(name))));
        }
        columns.push(hyperparameter);
    }
    if columns.contains(&None) {
        Ok(columns)
    } else {
        Err(table.refuse_header(format!("no column \"seed\"; {allowed}")))
    }
}

fn value<R: Read>(table: &CsvTable<R>, n: usize, hyperparameter: Hyperparameter) -> Result<f64> {
    let text = table.text(n)?;
    // Adding 0.0 turns -0.0 into 0.0; tables would list the two as different values.
    let value = text.parse::<f64>().ok().map(|value| value + 0.0).filter(|value| hyperparameter.allows(*value));
    value.ok_or_else(|| {
        table.refuse(n, format!("{} must be {}, not {}", hyperparameter.name(), hyperparameter.allowed(), quoted(text)))
    })
}

fn whole_number<R: Read>(table: &CsvTable<R>, n: usize) -> Result<u64> {
    let text = table.text(n)?;
    let allowed = "a whole number from 0 to 2^64 - 1";
    whole(text).ok_or_else(|| table.refuse(n, format!("seed must be {allowed}, not {}", quoted(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TrialsTable> {
        parse_trials(CsvTable::new(std::path::Path::new("trials.csv"), text.as_bytes())?)
    }

    #[test]
    fn columns_come_in_any_order() {
        let expected = [(Hyperparameters::lr(0.1), u64::MAX), (Hyperparameters::lr(0.0), 0)];
        for text in ["lr,seed\n0.1,18446744073709551615\n-0,0\n", "seed,\"lr\"\r\n18446744073709551615, 1e-1\r\n0,0"] {
            let TrialsTable { trials, hash, .. } = parse(text).unwrap();
            assert!(
                trials == expected
                    && trials[1].0.get(Hyperparameter::Lr).unwrap().is_sign_positive()
                    && hash.len() == 64,
                "{text}"
            );
        }
    }

    #[test]
    fn every_scalar_may_have_a_column() {
        let TrialsTable { trials, .. } = parse("weight-decay,seed,lr,clip\n0.5,7,0.1,2\n").unwrap();
        let expected = Hyperparameters::lr(0.1).with(Hyperparameter::WeightDecay, 0.5).with(Hyperparameter::Clip, 2.0);
        assert_eq!(trials, [(expected, 7)]);
    }

    #[test]
    fn whole_seeds_may_be_written_as_other_programs_do() {
        let TrialsTable { trials, columns, .. } = parse("Seed,LR-First\n7.0,1\n1e3,2\n").unwrap();
        assert_eq!(trials.iter().map(|(_, seed)| *seed).collect::<Vec<_>>(), [7, 1000]);
        assert_eq!(columns, [Hyperparameter::LrFirst]);
    }

    #[test]
    fn what_is_no_list_of_trials_is_refused_with_its_place() {
        for (text, expected) in [
            ("", ", line 1, column 1: must be a table of text"),
            ("lr,seed\n", ", line 2, column 1: no rows of data"),
            ("lr\n0.1\n", ", line 1: no column \"seed\""),
            ("lr,seed,lr_frist\n1,2,3\n", ", line 1, column 3: unknown column \"lr_frist\"; the columns must be"),
            ("lr,seed\n0.1,1\n0.2,1\n0.1,1.0\n", ", line 4, column 1: the same model as in line 2"),
            ("seed,lr\n0,0\n0,-0.0\n", ", line 3, column 1: the same model as in line 2"),
            ("lr,seed,moment\n1,2,3\n", ", line 1, column 3: unknown column \"moment\""),
            ("lr,seed,lr-first,lr_first\n1,2,3,4\n", ", line 1, column 4: a second column for \"lr_first\""),
            ("lr,beta1,seed\n1,1,3\n", ", line 2, column 2: beta1 must be a number from 0 to below 1, not \"1\""),
            ("0.1,7\n0.2,8\n", ", line 1, column 1: unknown column \"0.1\""),
            ("lr,lr\n1,2\n", ", line 1, column 2: column name \"lr\" for the second time"),
            ("lr,seed\n0.1,1\n-0.1,1\n", ", line 3, column 1: lr must be a finite number from 0, not \"-0.1\""),
            ("lr,seed\n,1\n", ", line 2, column 1: lr must be a finite number from 0, not \"\""),
            ("lr,seed\ninf,1\n", ", line 2, column 1: lr must be a finite number from 0, not \"inf\""),
            ("lr,seed\nnan,1\n", ", line 2, column 1: lr must be a finite number from 0, not \"nan\""),
            ("seed,lr\n1,fast\n", ", line 2, column 2: lr must be a finite number from 0, not \"fast\""),
            ("lr,seed\n1,1.5\n", ", line 2, column 2: seed must be a whole number from 0 to 2^64 - 1, not \"1.5\""),
            ("lr,seed\n1,-1\n", ", line 2, column 2: seed must be a whole number from 0 to 2^64 - 1, not \"-1\""),
            (
                "lr,seed\n1,18446744073709551616\n",
                ", line 2, column 2: seed must be a whole number from 0 to 2^64 - 1, not \"18446744073709551616\"",
            ),
            ("lr,seed\n1\n", ", line 2, column 2: the row ends after 1 field"),
            ("lr,seed\n1,2,3\n", ", line 2, column 3: the row goes on after 2 fields"),
        ] {
            let error = parse(text).unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with(&format!("trials.csv{expected}")), "{message}");
            assert!(message.contains(" must ") && !message.contains('\n') && error.exit_code() == 2, "{message}");
        }
    }
}
