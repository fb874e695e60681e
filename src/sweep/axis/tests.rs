use super::*;

fn values(text: &str) -> Vec<f64> {
    Axis::parse("--lr", text).unwrap().values().to_vec()
}

fn refused(text: &str) -> String {
    let error = Axis::parse("--lr", text).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

#[test]
fn every_form_is_read() {
    assert_eq!(values("0.05"), [0.05]);
    assert_eq!(values("0.01, 0.1"), [0.01, 0.1]);
    assert_eq!(values("linspace:0:1:5"), [0.0, 0.25, 0.5, 0.75, 1.0]);
    assert_eq!(values("linspace:0.3:9:1"), [0.3]);
    assert_eq!(values("logspace:-2:0:3"), [0.01, 0.1, 1.0]);
    assert_eq!(values("LinSpace:0:1:1e1").len(), 10);
    let course = values("linspace:0.001:0.1:40");
    assert_eq!((course.len(), course[0], course[39]), (40, 0.001, 0.1));
}

#[test]
fn a_geometric_range_is_numpys_with_both_ends_exact() {
    // numpy.geomspace(1e-4, 1, 5), numpy.geomspace(0.003, 0.7, 4), numpy.geomspace(3, 0.5, 3).
    let cases: [(&str, &[f64]); 3] = [
        ("geomspace:1e-4:1:5", &[0.0001, 0.001, 0.01, 0.1, 1.0]),
        ("geomspace:0.003:0.7:4", &[0.003, 0.01846914750447834, 0.11370313651405946, 0.7]),
        ("geomspace:3:0.5:3", &[3.0, 1.224744871391589, 0.5]),
    ];
    for (text, expected) in cases {
        let found = values(text);
        assert_eq!(found.len(), expected.len());
        assert_eq!((found[0], found.last()), (expected[0], expected.last()), "{text}");
        for (found, expected) in found.iter().zip(expected) {
            // `powf` differs by a unit in the last place between math libraries.
            assert!((found - expected).abs() <= 2.0 * f64::EPSILON * expected, "{text}: {found} {expected}");
        }
    }
    let short = Axis::parse("--lr", "1e-4 .. 1").unwrap();
    assert_eq!(
        (short.to_string().as_str(), short.values()),
        ("geomspace:1e-4:1:20", &values("geomspace:1e-4:1:20")[..])
    );
    assert_eq!((short.values().len(), short.values()[0], short.values()[19]), (20, 1e-4, 1.0));
    let below = Axis::parse("--offset-a", "geomspace:-1:-100:3").unwrap();
    assert_eq!((below.values()[0], below.values()[2]), (-1.0, -100.0));
    assert_eq!(values("geomspace:0.3:9:1"), [0.3]);
}

#[test]
fn a_list_names_the_part_that_is_no_number() {
    let message = refused("0.1,fast,0.3");
    assert!(
        message.starts_with("--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT"),
        "{message}"
    );
    assert!(message.ends_with(", not \"0.1,fast,0.3\"; \"fast\" is no such number"), "{message}");
    assert!(refused("linspce:0:1:3").ends_with("not \"linspce:0:1:3\"; did you mean linspace?"));
    let texts = ["", ",", "a", "0.1,", "-0.1", "nan", "inf", "linspace:0:1", "linspace:0:1:3:4", "logspace:0:999:2"];
    for text in texts.into_iter().chain(["linspace:-1:1:3", "0.1..", "..", "1..2..3", "geomspace:nan:1:3", "0.1:0.2"]) {
        assert!(refused(text).starts_with("--lr must be a number from 0, a list"), "{text}: {}", refused(text));
    }
}

#[test]
fn a_range_that_can_not_be_says_why() {
    for count in ["0", "2.5", "99999999999", "many"] {
        let expected = format!(
            "--lr has COUNT {count} in linspace:0:1:{count}; the number of values must be a whole number from 1 to 1000000"
        );
        assert_eq!(refused(&format!("linspace:0:1:{count}")), expected);
    }
    let expected =
        "--lr goes from 0 to 1 by equal factors, which needs two ends above 0; for equal steps type linspace:0:1:20";
    assert_eq!(refused("0..1"), expected);
    assert!(refused("geomspace:-1:1:3").contains("linspace:-1:1:3"));
}

#[test]
fn equal_values_are_refused_however_they_are_written() {
    let end = "more than once; give each value only once (--seeds N trains each value N times)";
    for (text, value) in [
        ("0.1,0.1,0.1,0.1", "0.1"),
        ("0,0.0", "0"),
        ("0,-0", "0"),
        ("0.1,0.2,1e-1", "0.1"),
        ("linspace:0.1:0.1:3", "0.1"),
        ("geomspace:2:2:2", "2"),
        ("logspace:-1:-1:2", "0.1"),
    ] {
        assert_eq!(refused(text), format!("--lr has {value} {end}"));
    }
    assert!(refused("0,01,0,1").ends_with("has 0 more than once; a fraction is typed with a point: 0.01"));
    assert_eq!(values("linspace:0.1:0.1:1"), [0.1]);
}

#[test]
fn what_was_probably_not_meant_is_noted() {
    let note = |name: &str, text: &str| Axis::parse(name, text).unwrap().warning(name);
    let expected = "--lr logspace:0.0001:0.1:5 runs from 1.00023028502 to 1.25892541179: the ends of logspace are powers of 10; for \
                    values from 0.0001 to 0.1 type --lr geomspace:0.0001:0.1:5";
    assert_eq!(note("--lr", "logspace:0.0001:0.1:5").unwrap(), expected);
    let expected = "--lr 0,01 is read as the values 0 and 1; for a fraction type a point: --lr 0.01";
    assert_eq!(note("--lr", "0,01").unwrap(), expected);
    assert!(note("--lr", "logspace:1:10:5").is_some(), "learning rates from 10 to 10^10");
    for (name, text) in
        [("--lr", "logspace:-4:0:20"), ("--clip", "logspace:1:3:3"), ("--lr", "0,0.1"), ("--lr", "0.1,1")]
    {
        assert_eq!(note(name, text), None, "{name} {text}");
    }
    assert_eq!((note("--lr", "0"), note("--lr", "geomspace:0.0001:0.1:5")), (None, None));
}

/// Settings keep the text alone, so a derived axis must have the values that its text has.
#[test]
fn a_derived_range_is_what_its_text_says() {
    let reread = |axis: &Axis| Axis::parse("--offset-a", &axis.to_string()).unwrap();
    let texts = ["linspace:-2:2:5", "logspace:-3:3:7", "geomspace:1e-4:1:20", "1e-3..10", "LINSPACE:0:1e-7:1e1"];
    for axis in texts.map(|text| Axis::parse("--offset-a", text).unwrap()) {
        for (centre, factor, rest) in [(0.1, 3.0, 0.0), (0.7, 0.1, 0.25), (1e-9, 7.5, 1.0)] {
            let window = axis.window(centre, factor, rest).unwrap();
            assert_eq!((&window, window.values().len()), (&reread(&window), axis.values().len()));
        }
        let fewer = axis.of_count(4).unwrap();
        assert_eq!((&fewer, fewer.values().len()), (&reread(&fewer), 4));
        assert_eq!((axis.of_count(0), axis.of_count(MAX_VALUES as u32 + 1)), (None, None));
    }
    let zoomed = Axis::parse("--lr", "geomspace:0.01:1:5").unwrap().window(0.1, 2.0, 0.0).unwrap();
    assert_eq!(zoomed.to_string(), "logspace:-1.5:-0.5:5");
    let logspace = Axis::parse("--lr", "logspace:-1:1:3").unwrap();
    let windows =
        [(-1.0, 2.0), (0.0, 2.0), (1.0, f64::NAN)].map(|(centre, factor)| logspace.window(centre, factor, 0.0));
    assert_eq!((windows, Axis::parse("--lr", "1,2").unwrap().window(1.0, 2.0, 0.0)), ([None, None, None], None));
}
