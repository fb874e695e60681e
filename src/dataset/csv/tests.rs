use super::*;
use crate::Error;
use crate::error::FilePosition;
use crate::math::rng::{Philox, Stream};
use rand::Rng;

fn parse(bytes: impl AsRef<[u8]>, label: Option<&str>, positive: Option<&str>) -> Result<CsvDataset> {
    parse_csv(Path::new("some.csv"), bytes.as_ref(), &CsvOptions { label, positive, ..CsvOptions::default() })
}

fn good(bytes: impl AsRef<[u8]>) -> Dataset {
    parse(bytes, None, None).unwrap().data
}

/// Asserts a one-line error at this position that names the file and contains all `words`.
fn refused(result: Result<CsvDataset>, line: u64, column: u64, words: &[&str]) {
    let error = result.unwrap_err();
    let message = error.to_string();
    let Error::File { place, .. } = &error else { panic!("{message}") };
    assert_eq!(*place, FilePosition { line, column }, "{message}");
    assert!(
        message.starts_with(&format!("some.csv{place}: "))
            && (message.contains("must ") || message.contains("most there may be")),
        "{message}"
    );
    assert!(!message.contains('\n') && message.len() < 2000 && error.exit_code() == 2, "{message}");
    words.iter().for_each(|word| assert!(message.contains(word), "{word:?} not in: {message}"));
}

#[test]
fn real_data_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/breast_cancer.csv");
    let CsvDataset { data, label, hash, .. } = read_csv(&path, &CsvOptions::default()).unwrap();
    assert_eq!((data.train.len(), data.train.features, data.train.x.len()), (569, 30, 569 * 30));
    assert_eq!(data.train.labels().iter().filter(|y| **y).count(), 212);
    assert_eq!((data.name.as_str(), label.as_str()), ("breast_cancer.csv", "label"));
    assert_eq!((data.feature_names[29].as_str(), data.train.row(1)[29]), ("worst_fractal_dimension", 0.08902));
    assert_eq!(data.describe(), "1 = \"1\" (212 of 569 rows), 0 = \"0\" (357)");
    assert_eq!(hash.len(), 64);
}

#[test]
fn the_bytes_that_were_read_are_hashed() {
    // printf 'a,b\n1,0\n2,1\n' | sha256sum
    let expected = "8d1abea01e873e2545f0bbb951062fb0cde467874526d4e27af4298158fbe11b";
    assert_eq!(parse("a,b\n1,0\n2,1\n", None, None).unwrap().hash, expected);
}

#[test]
fn the_usual_variants_are_read_alike() {
    let plain = good("a,b,label\n1,-2.5,0\n3e2,.5,1\n");
    assert_eq!((&plain.train.x[..], &plain.train.labels()[..]), (&[1.0, -2.5, 300.0, 0.5][..], &[false, true][..]));
    let variants = [
        "\u{feff}a,b,label\n1,-2.5,0\n3e2,.5,1\n",
        "a,b,label\r\n1,-2.5,0\r\n3e2,.5,1\r\n",
        "a,b,label\r1,-2.5,0\r3e2,.5,1",
        "\"a\",\"b\",\"label\"\n\"1\",\"-2.5\",\"0\"\n\"3e2\",\".5\",\"1\"",
        " a , b ,label \n 1 ,\t-2.5, 0\n3e2 , .5 ,1 \n",
        " \"a\" , \"b\",label\n\n1,-2.5,0\n   \n3e2,+0.5,1\n\n\n",
        "\u{feff}\"a\",b,label\n1,-2.5,0\n3e2,.5,1.0\n",
    ];
    for variant in variants {
        let data = good(variant);
        assert_eq!((&data.train, &data.feature_names), (&plain.train, &plain.feature_names), "{variant:?}");
    }
    let quoted = good("\"width, \"\"true\"\"\nand all\",label\n1,a\n2,b\n");
    assert_eq!(quoted.feature_names, ["width, \"true\"\nand all"]);
}

#[test]
fn a_constant_feature_is_no_error() {
    assert_eq!(good("a,b\n1,0\n1,1\n").standardize().train.x, [0.0, 0.0]);
}

#[test]
fn classes_are_numbers_by_value_or_words_by_spelling() {
    type Case<'a> = (&'a str, Option<&'a str>, [&'a str; 2], [bool; 3]);
    let cases: [Case; 11] = [
        ("0 1 1", None, ["0", "1"], [false, true, true]),
        ("10 9 9.0", None, ["9", "10"], [true, false, false]),
        ("-1 1 1.0", None, ["-1", "1"], [false, true, true]),
        ("0 -0.0 1e0", None, ["0", "1e0"], [false, false, true]),
        ("10 9 9", Some("9.00"), ["10", "9"], [false, true, true]),
        ("no yes no", None, ["no", "yes"], [false, true, false]),
        ("no yes no", Some("no"), ["yes", "no"], [true, false, true]),
        ("b B b", None, ["B", "b"], [true, false, true]),
        ("1 one 1", None, ["1", "one"], [false, true, false]),
        ("10 9a 10", None, ["10", "9a"], [false, true, false]),
        ("no yes no", Some(" yes "), ["no", "yes"], [false, true, false]),
    ];
    for (labels, positive, names, y) in cases {
        let rows: String = labels.split(' ').map(|label| format!("1,{label}\n")).collect();
        let data = parse(format!("x,label\n{rows}"), None, positive).unwrap().data;
        assert_eq!(
            (&data.class_names, &data.train.labels()[..]),
            (&names.map(String::from).to_vec(), &y[..]),
            "{labels}"
        );
    }
}

#[test]
fn the_label_column_can_be_any() {
    let CsvDataset { data, label, .. } = parse("a,class,b\n1,x,2\n3,y,4\n", Some("class"), None).unwrap();
    assert_eq!(
        (data.train.x, data.feature_names, label.as_str()),
        (vec![1., 2., 3., 4.], vec!["a".into(), "b".into()], "class")
    );
}

#[test]
fn what_can_not_be_used_is_refused_with_its_place() {
    let header: String = (0..1026).map(|n| format!("x{n},")).collect::<String>() + "label\n";
    let cases: Vec<(&[u8], u64, u64, &[&str])> = vec![
        (b"", 1, 1, &["but is empty"]),
        (b"\xEF\xBB\xBF\n \r\n", 1, 1, &["but is empty"]),
        (b"a,label\n", 2, 1, &["no rows of data"]),
        (b"a,label", 2, 1, &["no rows of data"]),
        (b"a,label\n\n\n", 2, 1, &["no rows of data"]),
        (b"a,b,label\n1,2,0\n1,2\n", 3, 3, &["ends after 2 fields", "3 fields"]),
        (b"a,b,label\n1,2,0\n1\n", 3, 2, &["ends after 1 field", "3 fields"]),
        (b"a,b,label\n1,2,0\n1,2,0,5\n", 3, 4, &["goes on after 3 fields", "3 fields"]),
        (b"a,b,label,\n1,2,0,5\n", 2, 4, &["a column without a name", "each must have one"]),
        (b"a,b,label\n7,1,2,0\n1,2,0\n", 3, 4, &["ends after 3 fields", "4 fields"]),
        (b"a,b,label\n1,2,0\n1,2,1,4,5,6\n", 3, 4, &["goes on after 3 fields"]),
        (b"a,b,label\n1,2,0\n1,two,1\n", 3, 2, &["\"b\" must be", "not \"two\"", "a finite number"]),
        (b"a,b,label\n1,2,0\n,2,1\n", 3, 1, &["\"a\" must be", "not empty", "a finite number"]),
        (b"a,b,label\n1,2,0\n1,  ,1\n", 3, 2, &["\"b\" must be", "not empty"]),
        (b"a,b,label\n1,NaN,0\n2,3,1\n", 2, 2, &["\"b\" must be", "not \"NaN\"", "a finite number"]),
        (b"a,b,label\n1,2,0\n-inf,2,1\n", 3, 1, &["\"a\" must be", "not \"-inf\""]),
        (b"a,b,label\n1,1e999,0\n", 2, 2, &["\"b\" must be", "not \"1e999\""]),
        (b"a,b,label\n1,2e30,0\n", 2, 2, &["\"b\" must be", "not \"2e30\"", "1e30"]),
        (b"a,b,label\n1,\"1,5\",0\n2,3,1\n", 2, 2, &["\"b\" must be", "not \"1,5\""]),
        (b"a,label\n1,0\n2,0\n", 1, 2, &["label \"label\" has one class, \"0\"", "two classes"]),
        (
            b"a,label\n1,0\n2,1\n3,0\n4,.5\n",
            5,
            2,
            &["not all are whole", "\"0\", \"1\" and \".5\"", "lines 2, 3 and 5"],
        ),
        (b"a,label\n1,x\n2,1\n3,1.0\n", 1, 2, &["another value in each of its 3 rows"]),
        (b"a,label\n1,x\n2,\n", 3, 2, &["label \"label\" must be a class in each row", "not empty"]),
        (b"a,label\n1,0\n2,nan\n", 3, 2, &["label \"label\" must be", "not \"nan\""]),
        (b"a,b,a,label\n1,2,3,0\n", 1, 3, &["\"a\" for the second time"]),
        (b"\n\na, ,label\n1,2,0\n", 3, 2, &["column without a name"]),
        (b"label\n0\n1\n", 1, 0, &["no features beside label \"label\"", "two or more columns"]),
        (header.as_bytes(), 1, 1026, &["more than 1025 columns", "up to 1024 features"]),
        (b"a,label\n1,\xC3\xA9\n2,\xFF\n", 3, 2, &["text in UTF-8 like the rest"]),
        (b"a,label\n1,\xFF\0\n", 2, 2, &["must be text"]),
        (b"\xFF\xFEa\0,\0", 1, 0, &["no features beside label \"a\""]),
        (b"a,label\n1,0\n2,inf\n", 3, 2, &["label \"label\" must be a class in each row", "not \"inf\""]),
        (
            b"a,label\n1,yes\n2,None\n3,\n4,n/a\n",
            3,
            2,
            &["not \"None\"", "of 4 rows, 3 have no label", "--missing drop"],
        ),
        (b"a,b,label\n1,x,0\nNA,2,1\n1,2\n", 4, 3, &["ends after 2 fields"]),
        (b"a,b,label\n1,x,0\nNA,2,1\n1,2,1\n", 2, 2, &["not \"x\" (of 3 rows, \"b\" has text in 1)", "--drop \"b\""]),
        (b"a,b,label\n,3,0\nNA,?,1\n1,2,1\n", 2, 1, &["(of 3 rows, \"a\" has no value in 2, \"b\" has no value in 1)"]),
        // After the first error, rows are counted up to the first unreadable one.
        (b"a,b,label\n1,inf,0\nNA,2,1\n1,2\n", 2, 2, &["not \"inf\""]),
        (b"a,b,c\n1,0,5\n1,1,6\n2,1,7\n2,0,8\n", 1, 3, &["--label", "with two values"]),
        (b"a,z,c\n1,0,5\n1,1,6\n2,1,7\n3,0,8\n", 1, 3, &["\"z\" has two values: --label \"z\""]),
        (b"1.5,yes\n2.5,no\n3.5,yes\n", 1, 0, &["its \"yes\" is one of the classes", "--no-header"]),
        (b"2,1,a\n2.5,3,b\n3.5,4,c\n", 1, 0, &["looks like a row of data", "--no-header"]),
        (b"Class,a,sex\n0,5,1\n1,6,1\n1,7,0\n", 1, 0, &["the last column \"sex\"", "--label \"Class\""]),
        (b"a,label\n1,\"x\n2,y\n", 2, 2, &["never closed"]),
        (b"a,label\n1,\"x\"y\n", 2, 2, &["after a closing quote"]),
        (b"a,label\n1,\"x\" \"y\"\n", 2, 2, &["after a closing quote"]),
        (b"a,label\n1,\"x\ny\"\n2,\"x\ny\"\nz,v\n", 6, 1, &["\"a\" must be", "not \"z\""]),
        (b"a,label\r\n1,\"x\r\ny\"\r\nz,v\r\n", 4, 1, &["\"a\" must be", "not \"z\""]),
        (b"a,label\n1,\"x\ry\n\"\n2,\"x\r\"\nz,v\n", 7, 1, &["\"a\" must be", "not \"z\""]),
        (b"a,label\r1,\"x\ry\"\rz,v\r", 4, 1, &["\"a\" must be", "not \"z\""]),
        (b"a,b,label\n\"\n1\n\",zwei,v\n2,2,w\n", 4, 2, &["\"b\" must be", "not \"zwei\""]),
    ];
    for (bytes, line, column, words) in cases {
        refused(parse(bytes, None, None), line, column, words);
    }
}

#[test]
fn a_header_that_is_one_is_no_row_of_data() {
    for (header, rows) in [
        ("0,1,2,kind", "5,6,7,a\n5,6,8,b\n"),
        ("400.5,410,label", "5,6,0\n5,6,1\n"),
        ("2,1,label", "5,6,0\n5,6,1\n"),
        ("fraud,fraud2", "1,fraud2\n2,no\n"),
        // `y` and `class` are both common label names: the last column wins.
        ("y,a,class", "0,1,1\n1,1,0\n0,1,1\n"),
    ] {
        assert_eq!(good(format!("{header}\n{rows}")).train.len(), rows.lines().count(), "{header}");
    }
}

#[test]
fn wrong_choices_of_label_and_class_are_refused_with_what_there_is() {
    let text = "a,b,label\n1,2,0\n1,2,1\n";
    refused(parse(text, Some("c"), None), 1, 0, &["no label column \"c\"", "one of \"a\", \"b\", \"label\""]);
    refused(parse(text, None, Some("2")), 1, 3, &["--positive \"2\"", "label \"label\"", "\"0\" or \"1\""]);
    refused(parse("a,l\n1,no\n2,yes\n", None, Some("No")), 1, 2, &["--positive \"No\"", "\"no\" or \"yes\""]);
    let many: String = (0..1024).map(|n| format!("a_rather_long_name_{n},")).collect::<String>() + "label\n";
    refused(parse(many, Some("c"), None), 1, 0, &["and 985 more"]);
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = read_csv(&folder.path().join("none.csv"), &CsvOptions::default()).unwrap_err();
    assert!(message.to_string().contains("none.csv: can't be opened: ") && message.exit_code() == 2, "{message}");
    let message = read_csv(folder.path(), &CsvOptions::default()).unwrap_err();
    assert!(message.to_string().contains("not a folder") && message.exit_code() == 2, "{message}");
}

/// Endless input: some first bytes, then one byte repeated forever.
struct Endless(Vec<u8>, u8);

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0.drain(..count);
        buffer[count..].fill(self.1);
        Ok(buffer.len())
    }
}

#[test]
fn a_huge_field_is_refused_before_it_is_read_to_its_end() {
    let endless = |start: &str, byte| {
        parse_csv(Path::new("some.csv"), Endless(start.as_bytes().to_vec(), byte), &CsvOptions::default())
    };
    refused(endless("a,label\n1,0\n2,", b'7'), 3, 2, &["more than 1 MiB"]);
    refused(endless("a,label\n1,\"0\n", b'\n'), 2, 2, &["more than 1 MiB", "closing quote"]);
    refused(endless("", b'z'), 1, 1, &["more than 1 MiB"]);
    refused(endless("a,label\n1,0", b','), 2, 3, &["goes on after 2 fields"]);
    refused(endless("a,label", b' '), 1, 2, &["more than 1 MiB"]);
}

#[test]
fn rows_up_to_the_limit_are_read() {
    let rows = |n: usize| {
        let header: String = (0..100).map(|n| format!("x{n},")).collect();
        let row = |label: &str| format!("{}{label}\n", format!("{label},").repeat(100));
        header
            + "label\n"
            + &(row("0") + &row("1")).repeat(n / 2)
            + if n % 2 == 1 { row("0") } else { String::new() }.as_str()
    };
    assert_eq!(good(rows(MAX_VALUES / 100)).train.len(), MAX_VALUES / 100);
    refused(
        parse(rows(MAX_VALUES / 100 + 1), None, None),
        100_002,
        1,
        &["more than 10000000 values", "--max-rows 100000"],
    );
    let wide = (0..1024).map(|n| format!("x{n},")).collect::<String>() + "label\n";
    let wide = wide + &("0.5,".repeat(1024) + "0\n") + &("1.5,".repeat(1024) + "1\n");
    assert_eq!(good(wide).train.features, 1024);
}

#[test]
fn garbage_is_refused_but_never_panics() {
    let letters = b"0123456789.eE+-,,,\"\"\n\n\r \tab\xC3\xA9\xFFnainf\0;";
    for seed in 0..3000 {
        let mut generator = Philox::new(seed, Stream::Data);
        let mut bytes = vec![0; (generator.next_u32() % 300) as usize];
        generator.fill_bytes(&mut bytes);
        if seed % 3 > 0 {
            bytes.iter_mut().for_each(|b| *b = letters[usize::from(*b) % letters.len()]);
        }
        if seed % 3 == 2 {
            bytes = [b"a,b,label\n1,2,x\n3,4,y\n", &bytes[..]].concat();
        }
        let positive = (seed % 2 == 0).then_some("1");
        match parse(&bytes, None, positive) {
            Ok(CsvDataset { data, .. }) => {
                assert!(data.train.len() >= 2 && data.train.x.len() == data.train.len() * data.train.features);
                assert!(data.train.x.iter().all(|x| x.is_finite()));
            }
            Err(error) => assert!(error.exit_code() == 2 && !error.to_string().contains('\n'), "{error}"),
        }
    }
}

#[test]
fn what_is_printed_holds_no_formula_and_is_read_as_it_was() {
    let data = parse("=a,+b,label\n-0.5,+1,=cmd|' /C calc'!A0\n2,3,-plain\n", None, None).unwrap().data;
    let printed = data.to_csv();
    assert_eq!(printed, "'=a,'+b,label\n-0.5,1,'=cmd|' /C calc'!A0\n2,3,'-plain\n");
    assert_eq!(good(&printed), Dataset { name: "some.csv".into(), ..data });
    // Numeric class names stay numbers.
    assert_eq!(good("a,label\n1,-1\n2,+1\n").to_csv(), "a,label\n1,-1\n2,+1\n");
}
