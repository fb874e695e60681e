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
pub fn text_cell(text: &str) -> String {
    let is_formula = text.starts_with(BLANK) || (text.starts_with(FORMULA) && !is_number(text));
    let text = if is_formula || is_covered(text) { format!("'{text}") } else { text.to_owned() };
    // Some countries' spreadsheets put semicolons between cells.
    let plain = !text.contains([',', ';', '"', '\n', '\r']) && text.trim() == text && !text.is_empty();
    // At the start of a file it would be taken for the file's mark of its byte order, and skipped.
    let plain = plain && !text.starts_with('\u{feff}');
    if plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// What a field meant that [`text_cell`] wrote. A text that starts with a blank never comes back: fields are trimmed.
pub(super) fn meant(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(text) if text.starts_with(FORMULA) || is_covered(text) => text,
        _ => field,
    }
}

/// Whether a text looks as if it had been given an apostrophe: it then gets one more, so that it comes back whole.
fn is_covered(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA) && text.starts_with('\'')
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
    }
}
