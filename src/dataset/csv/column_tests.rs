//! Text layouts and columns: what a table becomes, and what is said about it.

use super::*;
use crate::dataset::{Categorical, Delimiter, Missing, RowUse};

fn read(text: impl AsRef<[u8]>, options: CsvOptions<'_>) -> Result<CsvDataset> {
    parse_csv(Path::new("t.csv"), text.as_ref(), &options)
}

fn good(text: impl AsRef<[u8]>, options: CsvOptions<'_>) -> CsvDataset {
    read(text, options).unwrap()
}

#[track_caller]
fn refused(text: &str, options: CsvOptions<'_>, expected: &str) {
    let message = read(text, options).unwrap_err().to_string();
    assert_eq!(message, expected);
}

const PLAIN: CsvOptions<'_> = CsvOptions::PLAIN;

#[test]
fn all_layouts_are_the_same_table() {
    let plain = good("a,b,y\n1.5,-2,0\n300,0.5,1\n", PLAIN);
    assert_eq!(plain.extras.notes, Vec::<String>::new());
    for (text, note) in [
        ("a;b;y\n1.5;-2;0\n300;0.5;1\n", "semicolons between columns"),
        ("a;b;y\n1,5;-2;0\n300;0,5;1\n", "semicolons between columns, commas in numbers"),
        ("a\tb\ty\n1.5\t-2\t0\n300\t0.5\t1\n", "tabs between columns"),
        ("a|b|y\n1.5|-2|0\n300|0.5|1\n", "vertical bars between columns"),
        ("  a b   y\n 1.5 -2 0  \n300\t0.5 1\n", "blanks between columns"),
        (
            "sep=;\na;b;y\n1,5;-2;0\n3e2;0,5;1\n",
            "a first line for Excel, semicolons between columns, commas in numbers",
        ),
        ("# made\n#by, me\na,b,y\n# a comment\n1.5,-2,0\n300,0.5,1\n", "3 comment lines left out"),
        ("a,b,y,\n1.5,-2,0,\n300,0.5,1,\n", "empty ends of lines left out"),
        ("a,b,y,\n1.5,-2,0\n300,0.5,1\n", "empty ends of lines left out"),
        ("a,b,y\n1.5,-2,0,\n300,0.5,1\n", "empty ends of lines left out"),
        ("a,b,y\none,1.5,-2,0\ntwo,300,0.5,1\n", "row names left out"),
    ] {
        let table = good(text, PLAIN);
        assert_eq!(
            (&table.data, table.extras.notes.join("; ")),
            (&plain.data.clone().named("t.csv"), format!("read as text: {note}")),
            "{text}"
        );
    }
    for (bytes, note) in [
        (utf16("a,b,y\n1.5,-2,0\n300,0.5,1\n", false), "in UTF-16"),
        (utf16("\u{feff}a,b,y\n1.5,-2,0\n300,0.5,1\n", true), "in UTF-16"),
    ] {
        let table = good(bytes, PLAIN);
        assert_eq!((table.data, table.extras.notes), (plain.data.clone(), vec![format!("read as text: {note}")]));
    }
    assert_eq!(
        good(
            "a|b;y\n1|2;0\n3|4;1\n",
            CsvOptions { delimiter: Some(Delimiter::Semicolon), categorical: Some(Categorical::OneHot), ..PLAIN }
        )
        .data
        .feature_names,
        ["a|b=3|4"]
    );
}

impl Dataset {
    fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }
}

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn letters_beyond_ascii_decide_on_the_encoding() {
    let latin1 = good(b"gr\xf6\xdfe,y\n1,\x80\n2,b\n", PLAIN);
    assert_eq!(
        (&latin1.data.feature_names[..], &latin1.data.class_names),
        (&["größe".to_owned()][..], &vec!["b".to_owned(), "€".to_owned()])
    );
    assert_eq!(latin1.extras.notes, ["read as text: in Latin-1"]);
    assert_eq!(good("größe,y\n1,€\n2,b\n", PLAIN).data, latin1.data);
}

#[test]
fn a_hash_may_begin_a_name_or_a_value() {
    assert_eq!(good("#,b,y\n1,5,0\n2,6,1\n", PLAIN).data.feature_names, ["#", "b"]);
    assert_eq!(
        good("y,c\n0,#ff0000\n1,#00ff00\n", CsvOptions { label: Some("y"), ..PLAIN }).data.feature_names,
        ["c=#ff0000"]
    );
    let hex = good("c,y\n#f00,0\n#0f0,1\n#00f,1\n", PLAIN);
    assert_eq!((hex.data.train.len(), hex.data.feature_names.len()), (3, 3));
}

#[test]
fn columns_are_chosen_by_names_and_patterns() {
    let text = "id,x1,x2,z,y\n7,1,2,3,0\n9,4,5,6,1\n";
    let features = |options| good(text, options).data.feature_names.join(" ");
    assert_eq!(features(CsvOptions { drop: Some("id"), ..PLAIN }), "x1 x2 z");
    assert_eq!(features(CsvOptions { features: Some("x*"), ..PLAIN }), "x1 x2");
    assert_eq!(features(CsvOptions { features: Some("x*, z"), drop: Some("?2"), ..PLAIN }), "x1 z");
    assert_eq!(features(CsvOptions { features: Some("*"), drop: Some("id"), ..PLAIN }), "x1 x2 z");
    // The default label is the last column that is left.
    let table = good("id,x1,y,note\n7,1,0,a\n9,4,1,b\n", CsvOptions { drop: Some("note"), ..PLAIN });
    assert_eq!((table.label.as_str(), table.by_default), ("y", true));
    refused(
        text,
        CsvOptions { drop: Some("idd"), ..PLAIN },
        "t.csv, line 1: no column \"idd\"; --drop must name some of \"id\", \"x1\", \"x2\", \"z\", \"y\", or match them as x* does; did you mean id?",
    );
    refused(
        text,
        CsvOptions { features: Some("x1,y"), ..PLAIN },
        "t.csv, line 1: \"y\" is the label, and no feature; leave it out of --features",
    );
    refused(
        text,
        CsvOptions { drop: Some("id,x?,z"), ..PLAIN },
        "t.csv, line 1: no features beside label \"y\"; --drop must leave one of \"id\", \"x1\", \"x2\", \"z\", \"y\"",
    );
}

#[test]
fn row_numbers_and_constants_are_left_out_and_ids_pointed_out() {
    let rows: String = (0..60).map(|n| format!("{n},{},7,{},{}\n", 1000 - n * 3, n % 5, n % 2)).collect();
    for name in ["", "Unnamed: 0"] {
        let table = good(format!("{name},key,k,a,y\n{rows}"), PLAIN);
        assert_eq!(table.data.feature_names, ["key", "a"]);
        let id = "\"key\" looks like an id, a different whole number in each row; --drop \"key\" leaves it out";
        assert_eq!(table.extras.notes, [format!("left out: {name:?} (row numbers), \"k\" (constant)"), id.into()]);
    }
    let kept = good(format!("Unnamed: 0,key,k,a,y\n{rows}"), CsvOptions { features: Some("Unnamed*,a"), ..PLAIN });
    assert_eq!(kept.data.feature_names, ["Unnamed: 0", "a"]);
}

#[test]
fn words_are_one_hot_and_numbers_among_them_must_be_typed() {
    let text = "c,flag,y\nred,True,0\nblue,False,1\nred,True,1\ngreen,True,0\n";
    let table = good(text, PLAIN);
    assert_eq!(table.data.feature_names, ["c=blue", "c=green", "c=red", "flag=True"]);
    assert_eq!(table.data.train.row(1), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(table.extras.notes, ["one-hot: \"c\" (\"blue\", \"green\", \"red\"), \"flag\" (\"False\", \"True\")"]);
    let numbers = "a,c,y\n1,red,0\n2,blue,1\n";
    let dropped = good(numbers, CsvOptions { categorical: Some(Categorical::Drop), ..PLAIN });
    assert_eq!(
        (dropped.data.feature_names, dropped.extras.notes),
        (vec!["a".into()], vec!["left out: \"c\" (text)".into()])
    );
    refused(
        numbers,
        CsvOptions { categorical: Some(Categorical::Refuse), ..PLAIN },
        "t.csv, line 2, column 2: \"c\" must be a finite number, at most 1e30 in magnitude, not \"red\" (of 2 rows, \"c\" has text in 2); to go on: --categorical one-hot or drop, or --drop \"c\"",
    );
    let mixed = "a,y\n1,0\n3+,1\n2,1\n";
    refused(
        mixed,
        PLAIN,
        "t.csv, line 3, column 1: \"a\" must be a finite number, at most 1e30 in magnitude, not \"3+\" (of 3 rows, \"a\" has text in 1); to go on: --drop \"a\", or --categorical one-hot to take all its values as words",
    );
    let typed = good(mixed, CsvOptions { categorical: Some(Categorical::OneHot), ..PLAIN });
    assert_eq!(
        (typed.data.feature_names, typed.data.train.x),
        (["a=1", "a=2", "a=3+"].map(String::from).into(), vec![1., 0., 0., 0., 0., 1., 0., 1., 0.])
    );
    let many: String = (0..33).map(|n| format!("P{n},{}\n", n % 2)).collect();
    refused(
        &format!("name,y\n{many}"),
        PLAIN,
        "t.csv, line 2, column 1: \"name\" must be a finite number, at most 1e30 in magnitude, or one of up to 32 words, not \"P0\" and more than 32 others, all different, as in an id; to go on: --drop \"name\", or --categorical drop for all columns of text",
    );
    let most: String = (0..32).map(|n| format!("P{n},{}\n", n % 2)).collect();
    assert_eq!(good(format!("name,y\n{most}"), PLAIN).data.feature_names.len(), 32);
    refused(
        "when,y\n2024-01-01,0\n2024-01-02,1\n",
        PLAIN,
        "t.csv, line 2, column 1: \"when\" must be a finite number, at most 1e30 in magnitude, not the date \"2024-01-01\", of which neither size nor sameness says much; to go on: --drop \"when\", or put a number in its place, such as days since the first",
    );
    refused(
        "a;y\n1,5;0\n1.5;1\n",
        PLAIN,
        "t.csv, line 3, column 1: \"a\" must be a finite number, at most 1e30 in magnitude, not \"1.5\" (of 2 rows, \"a\" has text in 1); the numbers before have decimal commas; to go on: --drop \"a\", or --categorical one-hot to take all its values as words",
    );
}

#[test]
fn missing_values_are_refused_left_out_or_filled_from_training_rows() {
    let text = "a,c,set,y\n1,red,train,0\n,blue,train,1\n4,red,train,0\nNA,?,test,1\n100,blue,test,0\n4,red,train,1\n";
    let options = CsvOptions { split_column: Some("set"), ..PLAIN };
    refused(
        text,
        options,
        "t.csv, line 3, column 1: \"a\" must be a finite number, at most 1e30 in magnitude, not empty (of 6 rows, \"a\" has no value in 2, \"c\" has no value in 1); to go on: --missing drop leaves out such rows, --missing mean or median fills them",
    );
    let drop = good(text, CsvOptions { missing: Missing::Drop, ..options });
    assert_eq!(
        (drop.data.train.len(), drop.data.train.targets.len(), drop.extras.uses.as_ref().map(Vec::len)),
        (4, 4, Some(4))
    );
    assert!(
        drop.extras.notes.contains(&"2 of 6 rows left out, where a value is missing".into()),
        "{:?}",
        drop.extras.notes
    );
    for (missing, a) in [(Missing::Mean, 3.0), (Missing::Median, 4.0)] {
        let CsvDataset { data, extras, .. } = good(text, CsvOptions { missing, ..options });
        let uses = extras.uses.unwrap();
        assert_eq!(uses.iter().filter(|set| **set == RowUse::Test).count(), 2);
        let mut split = data.split_as(&uses);
        split.fill_missing(missing, &extras.columns).unwrap();
        // The 100 is in a test row; `red` is the most frequent word of training rows.
        assert_eq!(split.train.row(1), [a, 0.0]);
        assert_eq!(split.test.as_ref().unwrap().row(0), [a, 1.0]);
        let kept: Vec<_> =
            split.columns.iter().map(|column| (column.name.as_str(), column.filling.as_deref())).collect();
        assert_eq!(kept, [("a", Some(&[a][..])), ("c", Some(&[1.0]))]);
        assert_eq!(split.columns[1].words, ["blue", "red"]);
    }
    let empty = good("a,b,y\n1,2,0\n,3,1\n", CsvOptions { missing: Missing::Mean, ..PLAIN });
    let (mut data, columns) = (empty.data.split_as(&[RowUse::Test, RowUse::Train]), empty.extras.columns);
    assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["b"]);
    data.train.x[0] = f64::NAN;
    assert!(
        data.fill_missing(Missing::Mean, &columns)
            .unwrap_err()
            .contains("column \"b\" has no value in any training row")
    );
    let labels = good("a,y\n1,0\n2,\n3,1\n", CsvOptions { missing: Missing::Drop, ..PLAIN });
    assert_eq!((labels.data.train.len(), labels.extras.notes), (2, vec!["1 row without a label left out".into()]));
    refused(
        "a,set,y\n1,train,0\n2,tes,1\n",
        CsvOptions { split_column: Some("set"), ..PLAIN },
        "t.csv, line 3, column 2: \"set\" must be train, validation or test in each row, as --split-column, not \"tes\"",
    );
}

#[test]
fn a_sample_has_the_rows_that_belong_together() {
    let rows: String = (0..5000).map(|n| format!("{n},{},{}\n", n * 2, u8::from(n % 10 == 0))).collect();
    let sample = |seed| good(format!("a,b,y\n{rows}"), CsvOptions { max_rows: Some(200), seed, ..PLAIN });
    let table = sample(1);
    assert_eq!((table.data.train.len(), table.data.train.labels().iter().filter(|y| **y).count()), (200, 20));
    for n in 0..200 {
        let row = table.data.train.row(n);
        assert_eq!((row[1], table.data.train.label(n)), (row[0] * 2.0, row[0] % 10.0 == 0.0));
    }
    assert_eq!(table.extras.notes.last().unwrap(), "200 of 5000 rows, drawn with --data-seed, class by class");
    assert_eq!(sample(1).data, table.data);
    assert_ne!(sample(2).data, table.data);
    refused(
        "a,b,y\n",
        CsvOptions { max_rows: Some(6_000_000), ..PLAIN },
        "t.csv, line 1: --max-rows 6000000 with 2 features is more than 10000000 values; use up to 5000000",
    );
}
