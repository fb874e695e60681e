//! Hints on mistyped numbers, lists and ranges: a clause for the error message, empty if no mistake is recognized.

/// Returns a hint on a number: a decimal comma or a percent sign.
pub(super) fn of_number(text: &str) -> String {
    let text = text.trim();
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(percent) = text.strip_suffix('%').and_then(|percent| number(&percent.replace(',', "."))) {
        // Round away the digits that come from binary fractions.
        let share = (percent * 1e10).round() / 1e12;
        return format!("a share is typed without a percent sign: {}", crate::error::number(share));
    }
    let with_point = text.replacen(',', ".", 1);
    match with_point != text && number(&with_point).is_some() {
        true => format!("a fraction is typed with a point: {with_point}"),
        false => String::new(),
    }
}

/// Returns a hint on a list whose items `separator` must divide.
pub(super) fn of_list(text: &str, separator: char) -> String {
    let (text, between) = (text.trim(), if separator == '/' { "slashes" } else { "commas" });
    let parts = || text.split(separator).flat_map(|part| part.split(','));
    if text.is_empty() {
        return String::new();
    }
    if let Some(inner) = text.strip_prefix(['[', '(', '{']) {
        let inner: String = inner.trim_end_matches([']', ')', '}']).split_whitespace().collect();
        return format!("no brackets are needed: {}", crate::error::quoted(&inner).replace('"', ""));
    }
    if parts().any(|part| part.trim().is_empty()) {
        return format!("it has an empty item; take out the {} too many", singular(text, separator));
    }
    if parts().any(|part| part.split_whitespace().count() > 1) {
        return format!("{between} go between values, not blanks");
    }
    if text.contains(';') {
        return format!("{between} go between values, not semicolons");
    }
    String::new()
}

/// Returns the name of the separator beside an empty item.
fn singular(text: &str, separator: char) -> &'static str {
    if separator == '/' && !text.contains(",,") && !text.ends_with(',') && !text.starts_with(',') {
        "slash"
    } else {
        "comma"
    }
}

/// Returns a hint on a range `KIND:START:STOP:COUNT`.
pub(super) fn of_range(text: &str, kinds: &[&str]) -> String {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let Some((kind, rest)) = parts.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return String::new();
    };
    let comma = rest.iter().any(|part| part.contains(',') && !of_number(part).is_empty());
    match crate::error::closest(kind, kinds.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None if !kinds.contains(&kind.to_lowercase().as_str()) => String::new(),
        None if comma => {
            format!("a fraction is typed with a point: {}", text.replace(',', "."))
        }
        None if rest.iter().any(|part| part.is_empty()) => "it has an empty part".to_owned(),
        None => match rest.len() {
            1 => format!("STOP and COUNT are missing: {kind}:{}:STOP:COUNT", rest[0]),
            2 => format!("COUNT is missing: {text}:20"),
            3 => String::new(),
            _ => "it has more than START, STOP and COUNT".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let numbers = [
            ("0,25", "a fraction is typed with a point: 0.25"),
            ("25%", "a share is typed without a percent sign: 0.25"),
            ("7 %", "a share is typed without a percent sign: 0.07"),
            ("x", ""),
            ("1,2,3", ""),
        ];
        for (text, expected) in numbers {
            assert_eq!(of_number(text), expected, "{text}");
        }
        let lists = [
            ("0.1 0.2", "commas go between values, not blanks"),
            ("0.1,,0.2", "it has an empty item; take out the comma too many"),
            ("5,", "it has an empty item; take out the comma too many"),
            ("[0.1,0.2]", "no brackets are needed: 0.1,0.2"),
            ("1;2", "commas go between values, not semicolons"),
            ("fast", ""),
        ];
        for (text, expected) in lists {
            assert_eq!(of_list(text, ','), expected, "{text}");
        }
        assert_eq!(of_list("4//8", '/'), "it has an empty item; take out the slash too many");
        assert_eq!(of_list("16 16", '/'), "slashes go between values, not blanks");
        let kinds = ["linspace", "logspace"];
        for (text, expected) in [
            ("linspace:0,001:0,1:40", "a fraction is typed with a point: linspace:0.001:0.1:40"),
            ("linspace:0:1", "COUNT is missing: linspace:0:1:20"),
            ("linspce:0:1:3", "did you mean linspace?"),
            ("1:2", ""),
            ("fast", ""),
        ] {
            assert_eq!(of_range(text, &kinds), expected, "{text}");
        }
    }
}
