//! Parses numbers in the fields of a table: fast, and rounded as the standard library rounds them.

/// Powers of ten that f64 holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Whole numbers up to this one are exact in f64.
const EXACT_WHOLE: u64 = 1 << 53;

/// Decimal mark of a table. Both marks in one table would leave open what `1.234` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DecimalMark {
    /// No number has had a mark yet, and either may come.
    #[default]
    Unknown,
    Point,
    Comma,
}

/// Parses the numbers of one table and finds out its decimal mark.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NumberParser {
    pub(super) mark: DecimalMark,
}

impl NumberParser {
    /// Creates a parser for a table; `with_points`: commas never stand in numbers, since they separate the columns.
    pub(super) fn new(with_points: bool) -> Self {
        Self { mark: if with_points { DecimalMark::Point } else { DecimalMark::Unknown } }
    }

    /// Returns a plain number such as `-12.5e3`, the usual case; None if [`NumberParser::parse`] has to decide.
    ///
    /// A mantissa below 2^53 and a power of ten up to 10^22 are exact, so that their product or quotient is rounded
    /// once, as it should be (Clinger 1990).
    pub(super) fn plain(self, bytes: &[u8]) -> Option<f64> {
        let (negative, digits) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, bytes),
        };
        if self.mark == DecimalMark::Comma || digits.len() > 19 {
            return None;
        }
        let (mut mantissa, mut scale, mut n) = (0u64, 0usize, 0);
        while let Some(digit) = digits.get(n).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            mantissa = mantissa * 10 + u64::from(digit);
            n += 1;
        }
        let mut any = n > 0;
        if digits.get(n) == Some(&b'.') {
            // A mark that is seen for the first time is noted by `parse`.
            if self.mark == DecimalMark::Unknown {
                return None;
            }
            n += 1;
            let start = n;
            while let Some(digit) = digits.get(n).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
                mantissa = mantissa * 10 + u64::from(digit);
                n += 1;
            }
            scale = n - start;
            any |= scale > 0;
        }
        if n < digits.len() || !any || mantissa > EXACT_WHOLE {
            return None;
        }
        let value = mantissa as f64 / EXACT_POWERS[scale];
        Some(if negative { -value } else { value })
    }

    /// Parses a trimmed text as a number, infinite and NaN ones included; None if it is none. The first number with a
    /// decimal mark decides which mark the table has; one with the other mark is text from then on.
    pub(super) fn parse(&mut self, text: &str) -> Option<f64> {
        let (points, commas) = (text.contains('.'), text.bytes().filter(|byte| *byte == b',').count());
        let (number, mark) = match (points, commas) {
            (_, 0) => (text.parse().ok()?, if points { DecimalMark::Point } else { DecimalMark::Unknown }),
            (false, 1) => (text.replace(',', ".").parse().ok()?, DecimalMark::Comma),
            _ => return None,
        };
        match (self.mark, mark) {
            (_, DecimalMark::Unknown) => {}
            (DecimalMark::Unknown, found) => self.mark = found,
            (known, found) if known != found => return None,
            _ => {}
        }
        Some(number)
    }
}

/// Whether a text looks like a number with a decimal comma.
pub(super) fn has_decimal_comma(text: &str) -> bool {
    text.matches(',').count() == 1 && !text.contains('.') && text.replace(',', ".").parse::<f64>().is_ok()
}

/// Whether a text is a date or a time of day, such as `2024-01-31`, `31.1.2024`, `1/31/24 12:00` or `12:30:01`.
pub(super) fn is_date(text: &str) -> bool {
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    let parts = |separator: char| {
        let parts: Vec<&str> = first.split(separator).collect();
        let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.iter().all(digits) { parts.len() } else { 0 }
    };
    let is_time = || first.split(':').count() >= 2 && first.split(':').all(|part| part.parse::<f64>().is_ok());
    ['-', '/', '.'].into_iter().any(|separator| parts(separator) == 3) || is_time()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_rounded_as_by_the_standard_library() {
        let parser = NumberParser::new(true);
        let mut generator = 1u64;
        let mut plain = 0;
        for _ in 0..200_000 {
            generator = generator.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = (generator >> 20) % 10u64.pow((generator % 17) as u32 + 1);
            let places = (generator >> 60) as usize;
            let text = match places {
                0 => digits.to_string(),
                _ => format!("-{}.{:0places$}", digits / 1000, digits % 10u64.pow(places as u32)),
            };
            if let Some(number) = parser.plain(text.as_bytes()) {
                assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
                plain += 1;
            }
        }
        assert!(plain > 100_000, "{plain}");
        for text in ["", "-", ".", "-.", "1e5", "1,5", "+1", " 1", "1 ", "0x1", "inf", "12345678901234567890", "1.2.3"]
        {
            assert_eq!(parser.plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parser.plain(b"5.").zip(parser.plain(b"-.5")), Some((5.0, -0.5)));
    }

    #[test]
    fn the_first_mark_decides() {
        let parse = |texts: &[&str]| {
            let mut parser = NumberParser::new(false);
            texts.iter().map(|text| parser.plain(text.as_bytes()).or_else(|| parser.parse(text))).collect::<Vec<_>>()
        };
        assert_eq!(parse(&["1", "1,5", "1.5", "1e3", "-2,25"]), [Some(1.0), Some(1.5), None, Some(1e3), Some(-2.25)]);
        assert_eq!(parse(&["1.5", "1,5", "2.5"]), [Some(1.5), None, Some(2.5)]);
        assert_eq!(parse(&["1,234,567", "1.234,5", "1,2x", ","]), [None; 4]);
    }

    #[test]
    fn dates_are_no_numbers_and_versions_are_no_dates() {
        for text in
            ["2024-01-31", "31.1.2024", "1/31/24", "2024-01-31T12:00:00Z", "2024-01-31 12:00", "12:30", "1:02:03.5"]
        {
            assert!(is_date(text), "{text}");
        }
        for text in ["a-b-c", "1.5", "2024", "1-2", "10.0.0.1", "red", "", "1-2-3-4", "12345-1-1", ":"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
