//! Escapes texts in CSV files: quoted where the format requires it, and never a spreadsheet formula.
//!
//! Spreadsheets treat a cell that starts with `=`, `+`, `-` or `@` as a formula, which may start programs; OWASP
//! recommends a leading apostrophe. Every text that this program writes to a CSV file passes through [`text_cell`], and
//! reading removes the apostrophe, so that texts round-trip.

/// First characters of a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];
/// Characters that some spreadsheets skip before a formula.
const BLANK: [char; 3] = ['\t', '\r', '\n'];

/// Returns a text as a CSV field. Numbers stay unchanged: a class may be named -1.
///
/// A text that a spreadsheet would evaluate, or that already looks escaped, gets a leading apostrophe; it gets two if
/// it ends with an apostrophe. A text in apostrophes, such as `'-1'`, is not a formula and stays unchanged.
pub fn text_cell(text: &str) -> String {
    let cover = match () {
        () if text.starts_with(BLANK) => "'",
        () if is_number(text) || !is_formula(text) || is_quoted(text) => "",
        () if text.ends_with('\'') => "''",
        () => "'",
    };
    let text = format!("{cover}{text}");
    // Spreadsheets in some locales use semicolons between cells.
    let plain = !text.contains([',', ';', '"', '\n', '\r']) && text.trim() == text && !text.is_empty();
    // At the start of a file, U+FEFF would be taken for a byte order mark and skipped.
    let plain = plain && !text.starts_with('\u{feff}');
    if plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// Inverts [`text_cell`]. A text with a leading blank is not restored: fields are trimmed.
pub(super) fn meant(field: &str) -> &str {
    let cover = if field.ends_with('\'') { "''" } else { "'" };
    match field.strip_prefix(cover) {
        Some(text) if is_formula(text) => text,
        _ => field,
    }
}

/// Whether a spreadsheet would evaluate a text, ignoring leading apostrophes: escaping adds them.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Whether a text starts and ends with an apostrophe, with only one at the start.
fn is_quoted(text: &str) -> bool {
    text.starts_with('\'') && !text.starts_with("''") && text.ends_with('\'')
}

/// Whether a text is a finite number. `-inf` and `+nan` are not: to a spreadsheet they are words.
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
        // Every text of up to five of these characters.
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
