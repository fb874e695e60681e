//! Parsing of whole numbers in human-friendly notation.

/// Parses a whole number such as `1000000`, `1_000_000`, `1e6`, `1.5e3`, `10k`, `2M` or `7.0`. Returns `None` for
/// anything else, and beyond 2^64 - 1.
pub fn whole(text: &str) -> Option<u64> {
    let text = text.trim().replace('_', "");
    let (text, thousands) = match text.chars().next_back()? {
        'k' | 'K' => (&text[..text.len() - 1], 3),
        'm' | 'M' => (&text[..text.len() - 1], 6),
        _ => (text.as_str(), 0),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = before.strip_prefix('+').unwrap_or(before).to_owned() + after.trim_end_matches('0');
    let is_number = before.starts_with(|c: char| c.is_ascii_digit() || c == '+');
    if !is_number || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.parse::<i32>().ok()?.checked_add(thousands)?;
    shifted(digits.parse().ok()?, exponent.checked_sub(after.trim_end_matches('0').len() as i32)?)
}

/// Returns `number` × 10^`exponent` if it is a whole number below 2^64.
fn shifted(number: u64, exponent: i32) -> Option<u64> {
    match (number, 10u64.checked_pow(exponent.unsigned_abs())) {
        (0, _) => Some(0),
        (_, None) => None,
        (_, Some(factor)) if exponent >= 0 => number.checked_mul(factor),
        (_, Some(factor)) => number.is_multiple_of(factor).then(|| number / factor),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn every_way_to_write_a_whole_number_is_read_exactly() {
        let cases =
            [("0", 0), ("1e6", 1_000_000), ("10k", 10_000), ("1.5K", 1500), ("2M", 2_000_000), ("7.0", 7), ("+5", 5)];
        let more = [
            ("1_000", 1000),
            (" 3 ", 3),
            ("1.25e2", 125),
            ("20e-1", 2),
            ("0e99", 0),
            ("18446744073709551615", u64::MAX),
        ];
        for (text, number) in cases.into_iter().chain(more) {
            assert_eq!(whole(text), Some(number), "{text}");
        }
        // An f64 would round it.
        assert_eq!(whole("9007199254740993.0"), Some(9_007_199_254_740_993));
    }

    #[test]
    fn what_is_no_whole_number_of_64_bits_is_none() {
        let cases =
            ["", " ", "k", "1.5", "-1", "1e-1", "1e20", "18446744073709551616", "1e99999999999", "0x10", "1,000", "."];
        for text in cases
            .into_iter()
            .chain(["e3", "1e", "1e3k5", "++1", "+", "nan", "inf", "1 000", "½", ".5e1", "1..2", "1.+5"])
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
