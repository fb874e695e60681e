//! Targets of a table: what is taken for classes and what for numbers.

use super::*;
use crate::dataset::Task;

const PLAIN: CsvOptions<'_> = CsvOptions::PLAIN;

fn read(text: &str, options: CsvOptions<'_>) -> Result<CsvDataset> {
    parse_csv(Path::new("t.csv"), text.as_bytes(), &options)
}

fn task(task: Task) -> CsvOptions<'static> {
    CsvOptions { task: Some(task), ..PLAIN }
}

/// Rows of a feature and this label.
fn labelled(labels: &[&str]) -> String {
    labels.iter().enumerate().fold("a,y\n".into(), |text, (n, label)| format!("{text}{n},{label}\n"))
}

#[test]
fn the_label_column_decides_between_two_classes_and_several() {
    let targets = |labels: &[&str], options| read(&labelled(labels), options).unwrap().data.train.targets;
    assert_eq!(targets(&["1.5", "2", "1.5"], PLAIN), Targets::Binary(vec![false, true, false]));
    assert_eq!(targets(&["b", "c", "a", "b"], PLAIN), Targets::Classes { classes: 3, labels: vec![1, 2, 0, 1] });
    let two = Targets::Classes { classes: 2, labels: vec![0, 1, 0] };
    assert_eq!(targets(&["no", "yes", "no"], task(Task::Classes)), two);
    assert_eq!(targets(&["no", "yes"], task(Task::Binary)), Targets::Binary(vec![false, true]));
    // Half stars are no whole numbers, but may be meant as classes.
    let halves = Targets::Classes { classes: 3, labels: vec![0, 1, 2, 2] };
    assert_eq!(targets(&["1", "1.5", "2", "2"], task(Task::Classes)), halves);
    let numbers = |outputs, values: &[f64]| Targets::Real { outputs, values: values.to_vec() };
    assert_eq!(targets(&["1", "0", "-2.5"], task(Task::Regression)), numbers(1, &[1.0, 0.0, -2.5]));
    let whole = read(&labelled(&["3", "5", "4", "5"]), PLAIN).unwrap();
    assert_eq!(
        whole.extras.notes,
        ["the 3 whole numbers of \"y\" are classes; --task regression learns them as numbers"]
    );
    assert_eq!(read(&labelled(&["3", "5", "4", "5"]), task(Task::Classes)).unwrap().extras.notes, [""; 0]);
}

#[test]
fn numbers_with_decimal_commas_are_numbers_as_labels_too() {
    let commas = read("x;y\n1,5;10,0\n2,5;9,5\n3,5;10,0\n", PLAIN).unwrap();
    assert_eq!(
        (&commas.data.class_names[..], commas.data.train.labels()),
        (&["9,5".into(), "10,0".into()][..], vec![true, false, true])
    );
    let nine = CsvOptions { positive: Some("9,5"), ..PLAIN };
    assert_eq!(read("x;y\n1,5;10,0\n2,5;9,5\n3,5;10,0\n", nine).unwrap().data.class_names, ["10,0", "9,5"]);
    let header = read("1,5;2,5;0\n3,5;4,5;1\n5,5;1,5;0\n2,5;2,5;1\n", PLAIN).unwrap_err().to_string();
    assert!(header.contains("the first line holds numbers only") && header.contains("--no-header"), "{header}");
    // Are these thousands?
    let prices = "x;price\n1.5;1,234\n2.5;2,345\n3.5;1,200\n";
    let mixed = read(prices, task(Task::Regression)).unwrap_err().to_string();
    assert!(mixed.contains("\"price\" has another decimal mark than the other columns"), "{mixed}");
    let alike = read(&prices.replace('.', ","), task(Task::Regression)).unwrap();
    assert_eq!(alike.data.train.target_number(0, 0), 1.234);
    assert!(alike.extras.notes.iter().any(|note| note.contains("commas in numbers")), "{:?}", alike.extras.notes);
}

#[test]
fn what_is_no_such_target_is_refused() {
    let message = |labels: &[&str], options| read(&labelled(labels), options).unwrap_err().to_string();
    let numbers = message(&["0.5", "1.5", "2.5"], PLAIN);
    assert!(numbers.contains("up to 128 words or whole numbers; --task regression learns numbers"), "{numbers}");
    let many: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(message(&many, PLAIN).contains("line 130, column 2"), "{}", message(&many, PLAIN));
    assert!(message(&many, PLAIN).contains("--task regression learns numbers"));
    let words: Vec<String> = many.iter().map(|n| format!("w{n}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert!(!message(&words, PLAIN).contains("--task regression"));
    assert!(
        message(&["3", "5", "4"], PLAIN)
            .contains("another value in each of its 3 rows; classes must repeat; --task regression")
    );
    for (labels, options, expected) in [
        (
            &["a", "b", "c", "c"][..],
            task(Task::Binary),
            "t.csv, line 1, column 2: --task binary is for two classes; label \"y\" has 3: \"a\", \"b\", \"c\"; use --task classes; without --label, the last column is the label",
        ),
        (
            &["1", "high"],
            task(Task::Regression),
            "t.csv, line 3, column 2: target \"y\" must be a finite number, at most 1e30 in magnitude, as --task regression or several targets need, not \"high\"; without --label, the last column is the label",
        ),
        (
            &["1", "", "2", ""],
            task(Task::Regression),
            "t.csv, line 3, column 2: target \"y\" must be a number in each row, not empty: its value is missing (of 4 rows, 2 have no target); to leave out such rows: --missing drop",
        ),
    ] {
        assert_eq!(message(labels, options), expected);
    }
    for beyond in ["inf", "-1e31"] {
        assert!(message(&["1", beyond], task(Task::Regression)).contains("line 3, column 2"), "{beyond}");
    }
}

#[test]
fn several_targets_are_numbers() {
    let text = "b,y2,a,y1\n1,2,3,4\n5,6,7,8\n9,,11,12\n";
    let options = |target| CsvOptions { target: Some(target), missing: crate::dataset::Missing::Drop, ..PLAIN };
    let table = read(text, options("y1, y2")).unwrap();
    let data = &table.data;
    assert_eq!(data.train.targets, Targets::Real { outputs: 2, values: vec![4.0, 2.0, 8.0, 6.0] });
    assert_eq!(
        (data.train.x.as_slice(), data.feature_names.join(" "), data.target_names.join(" ")),
        (&[1.0, 3.0, 5.0, 7.0][..], "b a".into(), "y1 y2".into())
    );
    assert_eq!(table.describe(), "2 targets: \"y1\" 4 to 8, \"y2\" 2 to 6, numbers in 2 rows");
    assert_eq!(data.to_csv(), "b,a,y1,y2\n1,3,4,2\n5,7,8,6\n");
    let again = read(&data.to_csv(), options("y1,y2")).unwrap();
    assert_eq!(again.data, *data);
    let one = read("a,y,z\n1,0,5\n2,1,6\n", CsvOptions { target: Some("y"), ..PLAIN }).unwrap();
    assert_eq!((one.data.train.targets, one.label), (Targets::Binary(vec![false, true]), "y".into()));
    let message = |target| read(text, options(target)).unwrap_err().to_string();
    for (target, expected) in [
        ("y1,4", "--target names \"y1\" twice"),
        ("y1,y3", "no target column \"y3\"; --target must be one of \"b\", \"y2\""),
    ] {
        assert!(message(target).contains(expected), "{}", message(target));
    }
    let refused = read(text, CsvOptions { drop: Some("y2"), ..options("y1,y2") }).unwrap_err().to_string();
    assert!(refused.contains("\"y2\" is a target, and no feature; leave it out of --drop"), "{refused}");
}

#[test]
fn a_sample_keeps_numbers_with_their_rows() {
    let rows: String = (0..3000).map(|n| format!("{n},{}\n", f64::from(n) * 0.5)).collect();
    let options = CsvOptions { max_rows: Some(100), ..task(Task::Regression) };
    let table = read(&format!("a,y\n{rows}"), options).unwrap();
    let points = &table.data.train;
    assert_eq!(points.len(), 100);
    assert!((0..100).all(|n| points.target(n) == points.row(n)[0] * 0.5));
}
