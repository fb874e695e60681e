//! Singular and plural in sentences with counts: `1 seed`, `25 seeds`; `1 of 2 gets`, `2 of 2 get`.

/// Formats a count with its noun: `1 seed`, `25 seeds`.
pub fn plural(n: u64, thing: &str) -> String {
    format!("{n} {}", noun(n, thing))
}

/// Returns the noun for a count: `seed` for 1, `seeds` for any other.
pub fn noun(n: u64, thing: &str) -> String {
    if n == 1 { thing.to_owned() } else { format!("{thing}s") }
}

/// Formats an already formatted number with its noun: `1 point`, `1.0 points`. Signs do not matter.
pub fn written(number: &str, thing: &str) -> String {
    format!("{number} {}", noun(u64::from(number.trim_start_matches(['±', '-', '−']) != "1") + 1, thing))
}

/// Returns the verb for a count, given its plural: `get` becomes `gets` for 1.
pub fn verb(n: u64, many: &str) -> String {
    match (n, many) {
        (1, "have") => "has".to_owned(),
        (1, "are") => "is".to_owned(),
        (1, "do") => "does".to_owned(),
        (1, _) => format!("{many}s"),
        _ => many.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!([0, 1, 2].map(|n| plural(n, "seed")), ["0 seeds", "1 seed", "2 seeds"]);
        assert_eq!(
            ["1", "-1", "±1", "1.0", "0.5"].map(|n| written(n, "point").split(' ').nth(1).unwrap().len()),
            [5, 5, 5, 6, 6]
        );
        assert_eq!(["have", "are", "do", "get"].map(|many| verb(1, many)), ["has", "is", "does", "gets"]);
        assert_eq!([verb(0, "have"), verb(2, "get")], ["have", "get"]);
    }
}
