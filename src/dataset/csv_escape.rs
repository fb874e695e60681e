//! Texts in CSV files: quoted where the format asks for it, and never a formula.
//!
//! A spreadsheet takes a cell that starts with `=`, `+`, `-` or `@` for a formula, which may start programs; OWASP advises
//! an apostrophe before it. Every CSV file and every text that this program writes goes through [`text_cell`], and reading
//! takes the apostrophe away again, so that what was written is read as what was meant.

/// What makes a spreadsheet calculate, at the start of a cell.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];
/// What some spreadsheets skip to look for that.
const BLANK: [char; 3] = ['\t', '\r', '\n'];

/// A text as a field of a CSV file. One that is a number is left as it is: a class may be called -1.
///
/// An apostrophe covers a text that a spreadsheet would calculate, or that looks covered already; two cover one that ends with an
/// apostrophe. A text in quotes of the apostrophe kind, such as `'-1'`, is no formula and stays as it is.
pub fn text_cell(text: &str) -> String {
    let cover = match () {
        () if text.starts_with(BLANK) => "'",
        () if is_number(text) || !is_formula(text) || is_quoted(text) => "",
        () if text.ends_with('\'') => "''",
        () => "'",
    };
    let text = format!("{cover}{text}");
    // Some countries' spreadsheets put semicolons between cells.
    let plain = !text.contains([',', ';', '"', '\n', '\r']) && text.trim() == text && !text.is_empty();
    // At the start of a file it would be taken for the file's mark of its byte order, and skipped.
    let plain = plain && !text.starts_with('\u{feff}');
    if plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// What a field meant that [`text_cell`] wrote. A text that starts with a blank never comes back: fields are trimmed.
pub(super) fn meant(field: &str) -> &str {
    let cover = if field.ends_with('\'') { "''" } else { "'" };
    match field.strip_prefix(cover) {
        Some(text) if is_formula(text) => text,
        _ => field,
    }
}

/// Whether a spreadsheet would calculate a text, or one without its leading apostrophes: covering adds to them.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Whether there is an apostrophe at either end, and only one at the start.
fn is_quoted(text: &str) -> bool {
    text.starts_with('\'') && !text.starts_with("''") && text.ends_with('\'')
}

/// Digits, signs, a point and an exponent: not `-inf` or `+nan`, which are words to a spreadsheet.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula_and_numbers_stay_numbers() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1 day", "'+1 day"),
            ("-cmd", "'-cmd"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=HYPERLINK(\"http://a\",\"b\")", "\"'=HYPERLINK(\"\"http://a\"\",\"\"b\"\")\""),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("-inf", "'-inf"),
            ("-0.5", "-0.5"),
            ("+1e-3", "+1e-3"),
            ("-", "'-"),
            ("16,16", "\"16,16\""),
            ("a;=1", "\"a;=1\""),
            ("\u{feff}x", "\"\u{feff}x\""),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("'-1'", "'-1'"),
            ("-x'", "''-x'"),
            ("''-1'", "''''-1'"),
            ("", "\"\""),
            ("sgd", "sgd"),
        ] {
            assert_eq!(text_cell(text), cell, "{text:?}");
        }
    }

    #[test]
    fn what_was_written_is_read_as_what_was_meant() {
        for text in ["=1+1", "-cmd", "'=1", "''@a", "'tis", "-0.5", "plain", "'", "''"] {
            assert_eq!(meant(&text_cell(text)), text);
        }
        // Every text of up to five of these letters.
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            texts =
                texts.iter().flat_map(|text| ["'", "-", "1", "="].map(|letter| format!("{text}{letter}"))).collect();
            for text in &texts {
                let cell = text_cell(text);
                assert_eq!(meant(&cell), text, "by way of {cell}");
                assert!(!cell.starts_with(FORMULA) || is_number(text), "{text} is written as {cell}");
            }
        }
    }

    #[test]
    fn quotes_of_the_apostrophe_kind_stay() {
        for (field, text) in [("'-1'", "'-1'"), ("'1'", "'1'"), ("'=a'", "'=a'"), ("'-1", "-1"), ("'a", "'a")] {
            assert_eq!(meant(field), text);
        }
    }
}
