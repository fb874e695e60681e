//! Rows for trained models.

use super::super::{CsvOptions, Dataset, Points, TableRules, Targets, parse_csv};
use super::*;
use crate::dataset::{Categorical, Standardization};

/// Learns from a table, as a sweep does.
fn learned(table: &str, missing: Missing) -> Preprocessing {
    let options = CsvOptions { missing, categorical: Some(Categorical::OneHot), ..CsvOptions::default() };
    let read = parse_csv(Path::new("train.csv"), table.as_bytes(), &options).unwrap();
    let mut data = read.data;
    data.columns.clone_from(&read.extras.columns);
    if matches!(missing, Missing::Mean | Missing::Median) {
        data.fill_missing(missing, &read.extras.columns).unwrap();
    }
    Preprocessing::of(&data.standardize(), TableRules { no_header: false, delimiter: None, missing })
}

fn parse(rules: &Preprocessing, table: &str) -> Result<NewRows, String> {
    rules.parse(Path::new("new.csv"), table.as_bytes(), true, None).map_err(|error| error.to_string())
}

const TABLE: &str = "id,a,colour,on,y\n1,1.5,red,yes,b\n2,2.5,blue,no,a\n3,3.5,red,yes,b\n4,4.5,green,no,a\n";

#[test]
fn rows_of_the_training_table_become_its_inputs() {
    let options = CsvOptions { drop: Some("id"), ..CsvOptions::default() };
    let read = parse_csv(Path::new("t.csv"), TABLE.as_bytes(), &options).unwrap();
    let data = Dataset { columns: read.extras.columns.clone(), ..read.data }.standardize();
    let rules = TableRules { no_header: false, delimiter: None, missing: Missing::Refuse };
    let prepared = Preprocessing::of(&data, rules);
    let rows = parse(&prepared, TABLE).unwrap();
    assert_eq!((rows.x, &rows.numbers), (data.train.x.clone(), &vec![1, 2, 3, 4]));
    assert_eq!(rows.targets, Some(NewTargets::Classes(vec![Some(1), Some(0), Some(1), Some(0)])));
    assert_eq!(rows.notes, ["ignored, since the model did not learn from them: \"id\""]);
    // In another order, with semicolons, decimal commas and without the label.
    let rows = parse(&prepared, "colour;on;a\nred;yes;1,5\n").unwrap();
    assert_eq!((rows.x.as_slice(), rows.targets), (data.train.row(0), None));
    let text = serde_json::to_string(&prepared).unwrap();
    assert_eq!(serde_json::from_str::<Preprocessing>(&text).unwrap(), prepared);
}

#[test]
fn missing_values_are_filled_by_the_training_rows_or_left_out_or_refused() {
    let table = "a,colour,y\n1,red,0\n,red,1\n4,,1\n5,blue,0\n";
    for (missing, a) in [(Missing::Mean, 10.0 / 3.0), (Missing::Median, 4.0)] {
        let rules = learned(table, missing);
        let Some(Standardization { mean, std }) = rules.scaling.clone() else { panic!("{rules:?}") };
        let rows = parse(&rules, "a,colour\nNA,blue\n2,\n").unwrap();
        let scaled = |x: f64, n: usize| (x - mean[n]) / std[n];
        assert_eq!(rows.x, [scaled(a, 0), scaled(0.0, 1), scaled(2.0, 0), scaled(1.0, 1)], "{missing}");
    }
    // A column that had all values in training may lack some now.
    let rules = learned("a,b,y\n1,2,0\n,6,1\n3,4,1\n", Missing::Median);
    assert_eq!(rules.columns[1].filling, Some(vec![4.0]));
    let rows = parse(&learned(table, Missing::Drop), "a,colour,y\n1,red,0\n,red,1\n5,blue,\n").unwrap();
    assert_eq!((rows.numbers, rows.targets), (vec![1, 3], Some(NewTargets::Classes(vec![Some(0), None]))));
    let left = ["1 of 3 rows left out, where a value is missing", "1 row without a label, not counted in the score"];
    assert_eq!(rows.notes, left);
}

#[test]
fn what_the_model_does_not_know_is_refused_with_its_place() {
    let rules = learned(TABLE, Missing::Refuse);
    for (table, message) in [
        (
            "id,a,colour,on\n1,2,rd,no\n",
            "new.csv, line 2, column 3: \"colour\" must be \"blue\", \"green\" or \"red\", the words that the model learned from, not \"rd\"; did you mean red?",
        ),
        (
            "id,a,colour,on\n1,x,red,no\n",
            "new.csv, line 2, column 2: \"a\" must be a finite number, at most 1e30 in magnitude, not \"x\"",
        ),
        (
            "id,a,colour,on\n1,1e31,red,no\n",
            "new.csv, line 2, column 2: \"a\" must be a finite number, at most 1e30 in magnitude, not \"1e31\"",
        ),
        (
            "id,a,colour,on\n1,2,,no\n",
            "new.csv, line 2, column 3: \"colour\" must be a word, not empty: the study knows nothing to put in its place; fill it in, leave the row out, or train with --missing median",
        ),
        (
            "id,A,colour\n1,2,red\n",
            "new.csv, line 1: no columns \"a\", \"on\", which the model learned from; the table has \"id\", \"A\", \"colour\"; did you mean A?",
        ),
        (
            "id,a,colour,on,y\n1,2,red,no,c\n",
            "new.csv, line 2, column 5: \"y\" must be a class that the model knows, \"a\", \"b\", not \"c\"; without its label, leave the field empty",
        ),
        ("id,a,colour,on\n", "new.csv, line 2, column 1: no rows of data; there must be one or more"),
    ] {
        assert_eq!(parse(&rules, table).unwrap_err(), message);
    }
}

#[test]
fn numbers_as_targets_are_read_where_all_are_there() {
    let points = Points { features: 1, x: vec![1.0, 2.0], targets: Targets::Real { outputs: 2, values: vec![0.0; 4] } };
    let rules = TableRules { no_header: false, delimiter: None, missing: Missing::Refuse };
    let rules = Preprocessing::of(&Dataset::of("numbers", points), rules);
    let rows = parse(&rules, "y2,x1,y1\n3,1,2\n,1,5\n").unwrap();
    let Some(NewTargets::Numbers(numbers)) = rows.targets else { panic!("{rows:?}") };
    assert!(numbers[..3] == [2.0, 3.0, 5.0] && numbers[3].is_nan() && rows.x == [1.0, 1.0], "{numbers:?}");
    assert_eq!(parse(&rules, "y2,x1\n3,1\n").unwrap().targets, None);
    let refused = parse(&rules, "y2,x1,y1\n3,1,x\n").unwrap_err();
    assert!(refused.contains("line 2, column 3: \"y1\" must be a finite number"), "{refused}");
}
