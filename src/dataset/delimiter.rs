//! Detects delimiters other than commas, and decimal commas, in the first lines of a text.

use super::conversion_hints::{pandas, read_csv};
use std::path::Path;

/// Maximum number of lines examined.
const LINES: usize = 5;
/// Delimiters with their names and the values of pandas' option `sep`.
const KNOWN: [(char, &str, &str); 4] =
    [(';', "semicolons", "';'"), ('\t', "tabs", "'\\t'"), ('|', "vertical bars", "'|'"), (' ', "blanks", "r'\\s+'")];

/// A table that is not plain comma-separated text.
#[derive(Debug, PartialEq)]
pub(super) struct OtherDelimiter {
    /// Description: `semicolons between columns and commas in numbers`.
    pub(super) what: String,
    /// Command that converts the file to CSV.
    pub(super) way_on: String,
}

/// Detects the delimiter of the text that starts with `bytes`; None for commas, and for a text that is no table.
pub(super) fn other_than_comma(path: &Path, bytes: &[u8]) -> Option<OtherDelimiter> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(LINES + 1);
    let mut lines: Vec<&str> = lines.map(|line| line.trim_start_matches('\u{feff}')).collect();
    // Drop a last line that may be incomplete.
    if lines.len() > 1 && !text.ends_with(['\n', '\r']) {
        lines.pop();
    }
    let excels = lines.first().is_some_and(|line| line.len() <= 8 && line.to_ascii_lowercase().starts_with("sep="));
    let rows = &lines[usize::from(excels)..];
    let found = KNOWN.into_iter().find(|(delimiter, ..)| separates(*delimiter, rows));
    if found.is_none() && !excels {
        return None;
    }
    let (delimiter, name, pandas_name) = found.unwrap_or((',', "commas", "','"));
    let decimal = delimiter != ',' && rows.iter().skip(1).flat_map(|row| fields(delimiter, row)).any(has_decimal_comma);
    let mut options = vec![format!("sep={pandas_name}")];
    let mut what = format!("{name} between columns");
    if decimal {
        what += " and commas in numbers";
        options.push("decimal=','".into());
    }
    if excels {
        what = format!("a line for Excel, {:?}, before the header, and {what}", lines[0]);
        options.push("skiprows=1".into());
    }
    Some(OtherDelimiter { what, way_on: pandas(&read_csv(path, &options), &[], "commas.csv") })
}

/// Whether every row has as many fields as the first with this delimiter, and commas fit worse.
fn separates(delimiter: char, rows: &[&str]) -> bool {
    let Some(first) = rows.first() else { return false };
    let expected = fields(delimiter, first).len();
    let even = expected > 1 && rows.iter().all(|row| fields(delimiter, row).len() == expected);
    let commas = fields(',', first).len();
    let even_commas = commas > 1 && rows.iter().all(|row| fields(',', row).len() == commas);
    let numbers = || {
        rows.iter()
            .skip(1)
            .flat_map(|row| fields(delimiter, row))
            .all(|field| is_number(field) || has_decimal_comma(field))
    };
    even && (!even_commas || delimiter != ' ' && rows.len() > 1 && numbers())
}

/// Splits a line into fields. A delimiter between quotes does not count, and several blanks count as one.
fn fields(delimiter: char, line: &str) -> Vec<&str> {
    let mut quoted = false;
    let is_end = |c: char| {
        quoted ^= c == '"';
        c == delimiter && !quoted
    };
    match delimiter {
        ' ' => line.split_whitespace().collect(),
        _ => line.split(is_end).map(|field| field.trim().trim_matches('"')).collect(),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// Whether a text is a number after replacing its only comma by a point.
pub(super) fn has_decimal_comma(text: &str) -> bool {
    text.matches(',').count() == 1 && is_number(&text.replace(',', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_seen_in_the_first_lines() {
        for (text, expected, options) in [
            ("a;b;y\n1;2;0\n3;4;1\n", "semicolons between columns", "sep=';'"),
            ("a;b;y\n1,5;2;0\n3;4,5;1\n", "semicolons between columns and commas in numbers", "sep=';', decimal=','"),
            ("1,5;2,5;0\n3,5;4,5;1\n", "semicolons between columns and commas in numbers", "sep=';', decimal=','"),
            ("\"a\";\"b;c\"\r\n1;2\r\n", "semicolons between columns", "sep=';'"),
            (
                "sep=;\na;b\n1;2\n",
                "a line for Excel, \"sep=;\", before the header, and semicolons between columns",
                "sep=';', skiprows=1",
            ),
            (
                "sep=,\na,b\n1,2\n",
                "a line for Excel, \"sep=,\", before the header, and commas between columns",
                "sep=',', skiprows=1",
            ),
            ("a\tb b\n1\t2\n", "tabs between columns", "sep='\\t'"),
            ("a|b\n1|2\n3|4", "vertical bars between columns", "sep='|'"),
            ("a   b c\n 1 2  3\n", "blanks between columns", "sep=r'\\s+'"),
        ] {
            let found =
                other_than_comma(Path::new("t.csv"), text.as_bytes()).unwrap_or_else(|| panic!("nothing in {text:?}"));
            let command = format!("t = pandas.read_csv('t.csv', {options}); t.to_csv('commas.csv', index=False)");
            assert!(found.what == expected && found.way_on.contains(&command), "{text:?}: {found:?}");
        }
        for text in
            ["a,b\n1,2\n", "", "label\n0\n1\n", "a b,c d\n1,2\n", "a;x,b\n1,2\n", "\"a;b\",c\n1,2\n", "my label\n0\n"]
        {
            assert_eq!(other_than_comma(Path::new("t.csv"), text.as_bytes()), None, "{text:?}");
        }
    }
}
