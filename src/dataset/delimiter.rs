//! Delimiters of columns, and their detection in the first lines of a text.

use crate::math::choice_enum::choice_enum;

/// Maximum number of lines examined.
const LINES: usize = 20;

choice_enum! {
    /// What stands between two columns.
    pub enum Delimiter {
        /// `,`
        #[strum(to_string = "comma", serialize = ",", serialize = "commas")]
        Comma,
        /// `;`
        #[strum(to_string = "semicolon", serialize = ";", serialize = "semicolons")]
        Semicolon,
        /// A tab.
        #[strum(to_string = "tab", serialize = "\\t", serialize = "tabs")]
        Tab,
        /// `|`
        #[strum(to_string = "bar", serialize = "|", serialize = "pipe")]
        Bar,
        /// Any number of blanks and tabs.
        #[strum(to_string = "blanks", serialize = "blank", serialize = "space", serialize = "whitespace")]
        Blanks,
    }
}

/// Delimiters other than commas, in the order in which they are tried.
const OTHERS: [Delimiter; 4] = [Delimiter::Semicolon, Delimiter::Tab, Delimiter::Bar, Delimiter::Blanks];

impl Delimiter {
    /// Returns the only byte that is this delimiter, if there is only one.
    pub(super) fn byte(self) -> Option<u8> {
        match self {
            Self::Comma => Some(b','),
            Self::Semicolon => Some(b';'),
            Self::Tab => Some(b'\t'),
            Self::Bar => Some(b'|'),
            Self::Blanks => None,
        }
    }

    /// Whether a byte separates columns.
    pub(super) fn is(self, byte: u8) -> bool {
        self.byte().map_or(matches!(byte, b' ' | b'\t'), |own| own == byte)
    }

    /// Returns its name for a note: `semicolons`.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Bar => "vertical bars",
            Self::Blanks => "blanks",
        }
    }
}

/// Layout of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) delimiter: Delimiter,
    /// Whether the first line is one like `sep=;`, which tells Excel the delimiter.
    pub(super) has_sep_line: bool,
    /// Fields in the first line that starts with no `#`.
    pub(super) fields: usize,
}

impl Layout {
    /// Finds out the layout of the text that starts with `bytes`; `given` overrides its delimiter.
    pub(super) fn of(bytes: &[u8], given: Option<Delimiter>) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(LINES + 1);
        let mut lines: Vec<&str> = lines.map(|line| line.trim_start_matches('\u{feff}')).collect();
        // Drop a last line that may be incomplete.
        if lines.len() > 1 && !text.ends_with(['\n', '\r']) {
            lines.pop();
        }
        let named = lines.first().and_then(|line| named_by_excel(line));
        let mut rows = lines[usize::from(named.is_some())..].to_vec();
        if rows.iter().any(|row| !row.starts_with('#')) {
            rows.retain(|row| !row.starts_with('#'));
        }
        let found = || OTHERS.into_iter().find(|delimiter| separates(*delimiter, &rows));
        let delimiter = given.or(named).or_else(found).unwrap_or(Delimiter::Comma);
        let fields = rows.first().map_or(0, |row| fields(delimiter, row).len());
        Self { delimiter, has_sep_line: named.is_some(), fields }
    }
}

/// Returns the delimiter that a line such as `sep=;` names.
fn named_by_excel(line: &str) -> Option<Delimiter> {
    let line = line.trim_end_matches(' ').trim_matches('"').to_ascii_lowercase();
    match line.strip_prefix("sep=")? {
        "" => Some(Delimiter::Blanks),
        name => OTHERS
            .into_iter()
            .chain([Delimiter::Comma])
            .find(|one| one.byte().is_some_and(|byte| name.as_bytes() == [byte])),
    }
}

/// Whether every row has as many fields as the first with this delimiter, and commas fit worse.
fn separates(delimiter: Delimiter, rows: &[&str]) -> bool {
    let Some(first) = rows.first() else { return false };
    let is_even = |delimiter: Delimiter| {
        let expected = fields(delimiter, first).len();
        // Row names without a header, or a delimiter at each line's end, make the rows longer by one field.
        let others = rows.get(1).map_or(expected, |row| fields(delimiter, row).len());
        let fits = others == expected || others == expected + 1;
        expected > 1 && fits && rows.iter().skip(1).all(|row| fields(delimiter, row).len() == others)
    };
    let numbers = || {
        let mut values = rows.iter().skip(1).flat_map(|row| fields(delimiter, row));
        values.all(|field| super::table_stats::is_missing(field) || is_number(field))
    };
    is_even(delimiter) && (!is_even(Delimiter::Comma) || delimiter != Delimiter::Blanks && rows.len() > 1 && numbers())
}

/// Splits a line into fields. A delimiter between quotes does not count, and several blanks count as one.
pub(super) fn fields(delimiter: Delimiter, line: &str) -> Vec<&str> {
    let mut quoted = false;
    let is_end = |c: char| {
        quoted ^= c == '"';
        u8::try_from(c).is_ok_and(|byte| delimiter.is(byte)) && !quoted
    };
    let fields = line.split(is_end).map(|field| field.trim().trim_matches('"'));
    match delimiter {
        Delimiter::Blanks => fields.filter(|field| !field.is_empty()).collect(),
        _ => fields.collect(),
    }
}

/// Whether a text is a number, maybe with a decimal comma.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() || super::number::has_decimal_comma(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_seen_in_the_first_lines() {
        for (text, delimiter, has_sep_line, fields) in [
            ("a,b\n1,2\n", Delimiter::Comma, false, 2),
            ("a;b;y\n1;2;0\n3;4;1\n", Delimiter::Semicolon, false, 3),
            ("a;b;y\n1,5;2;0\n3;4,5;1\n", Delimiter::Semicolon, false, 3),
            ("1,5;2,5;0\n3,5;4,5;1\n", Delimiter::Semicolon, false, 3),
            ("a;b;y\n1,5;NA;0\n3,5;4,5;1\n", Delimiter::Semicolon, false, 3),
            ("\"a\";\"b;c\"\r\n1;2\r\n", Delimiter::Semicolon, false, 2),
            ("a;b\n1;2;\n3;4;\n", Delimiter::Semicolon, false, 2),
            ("sep=;\na;b\n1;2\n", Delimiter::Semicolon, true, 2),
            ("\u{feff}\"sep=,\"\na,b\n1,2\n", Delimiter::Comma, true, 2),
            ("SEP=\t\na\tb\n", Delimiter::Tab, true, 2),
            ("a\tb b\n1\t2\n", Delimiter::Tab, false, 2),
            ("a|b\n1|2\n3|4", Delimiter::Bar, false, 2),
            ("a   b c\n 1 2  3\n", Delimiter::Blanks, false, 3),
            ("# made by, me, today\na;b\n1;2\n", Delimiter::Semicolon, false, 2),
            ("", Delimiter::Comma, false, 0),
            ("label\n0\n1\n", Delimiter::Comma, false, 1),
            ("a b,c d\n1,2\n", Delimiter::Comma, false, 2),
            ("a;x,b\n1,2\n", Delimiter::Comma, false, 2),
            ("\"a;b\",c\n1,2\n", Delimiter::Comma, false, 2),
            ("my label\n0\n", Delimiter::Comma, false, 1),
            ("sep=x\n1\n", Delimiter::Comma, false, 1),
        ] {
            assert_eq!(Layout::of(text.as_bytes(), None), Layout { delimiter, has_sep_line, fields }, "{text:?}");
        }
        assert_eq!(Layout::of(b"a;b,c\n1;2,3\n", Some(Delimiter::Comma)).fields, 2);
    }
}
