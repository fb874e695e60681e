//! Substitutes in PNGs for names that no font here can draw: `column 2`, `class 1`, `data`. SVGs keep the names,
//! because viewers have other fonts.

use super::text_layout::{is_drawable, printable};
use std::collections::BTreeSet;

/// Pairs of a text and its replacement.
pub type Substitutes = Vec<(String, String)>;

/// Part of a name that can't be drawn, from the first such character to the last.
fn missing(name: &str) -> Option<&str> {
    let mut letters = name.char_indices().filter(|(_, c)| !is_drawable(*c));
    let (first, c) = letters.next()?;
    let end = letters.next_back().map_or(first + c.len_utf8(), |(last, c)| last + c.len_utf8());
    Some(&name[first..end])
}

/// Substitutes for names of a data set, its columns and its classes that can't be drawn.
pub fn substitutes(data: &str, features: &[&str], classes: &[&str]) -> Substitutes {
    let column = |(k, name): (usize, &&str)| missing(name).map(|part| (part.to_owned(), format!("column {}", k + 1)));
    let class = |(k, name): (usize, &&str)| {
        let part = missing(name)?;
        Some([(format!("class {part}"), format!("class {k}")), (part.to_owned(), format!("class {k}"))])
    };
    let classes = classes.iter().enumerate().filter_map(class).flatten();
    let data = missing(data).map(|part| (part.to_owned(), "data".to_owned()));
    by_length(classes.chain(features.iter().enumerate().filter_map(column)).chain(data).collect())
}

/// Parts of a text that can't be drawn, including characters that join them to one name.
fn stretches(text: &str) -> Vec<&str> {
    let joins = |c: char| matches!(c, ' ' | '_' | '-');
    let parts = text.split(|c: char| !joins(c) && is_drawable(c)).flat_map(missing);
    parts.collect()
}

/// Adds substitutes for what is still undrawable in the texts: the start of a shortened name gets that name's
/// substitute; all others are names of data sets, which get numbers if there are several.
pub fn completed<'a>(substitutes: &Substitutes, texts: impl Iterator<Item = &'a str>) -> Substitutes {
    let (mut pairs, mut others) = (substitutes.clone(), BTreeSet::new());
    for text in texts.filter(|text| !text.chars().all(is_drawable)) {
        for part in stretches(&written(text, substitutes)) {
            match substitutes.iter().find(|(name, _)| name.starts_with(part)) {
                Some((_, other)) => pairs.push((part.to_owned(), other.clone())),
                None => _ = others.insert(part.to_owned()),
            }
        }
    }
    pairs.extend(numbered(others));
    by_length(pairs)
}

/// Substitutes for names of data sets.
fn numbered(names: BTreeSet<String>) -> Substitutes {
    let several = names.len() > 1;
    let numbers = names.into_iter().zip(1..);
    numbers.map(|(name, k)| (name, if several { format!("data {k}") } else { "data".to_owned() })).collect()
}

/// Sorts the longest names first, because a name may be part of another.
fn by_length(mut pairs: Substitutes) -> Substitutes {
    pairs.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    pairs
}

/// Applies the substitutes to a text.
pub fn written(text: &str, substitutes: &Substitutes) -> String {
    substitutes.iter().fold(text.to_owned(), |text, (name, other)| text.replace(name, other))
}

/// Note about names that PNGs replace; `None` if all can be drawn.
pub fn undrawable(data: &[&str], features: &[&str], classes: &[&str]) -> Option<String> {
    let of = |names: &[&str]| -> Vec<String> {
        let names = names.iter().filter(|name| missing(name).is_some());
        names.map(|name| format!("“{}”", printable(name))).collect()
    };
    let names = [of(features), of(classes), of(data)].concat();
    let of_data = numbered(data.iter().flat_map(|name| stretches(name)).map(str::to_owned).collect());
    let pairs = [substitutes("", features, classes), of_data].concat();
    let mut others: Vec<&str> = pairs.iter().map(|(_, other)| other.as_str()).collect();
    others.sort_unstable();
    others.dedup();
    let (names, others) = (names.join(", "), others.join(", "));
    (!pairs.is_empty()).then(|| format!("no font here can draw {names}: PNGs say {others} instead, SVGs keep the name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_font_has_become_columns_and_classes() {
        let pairs = substitutes("قلب", &["वज़न (standard deviations from the mean)", "рост"], &["не", "שלום"]);
        assert_eq!(written("class שלום", &pairs), "class 1");
        assert_eq!(written("white: only שלום", &pairs), "white: only class 1");
        assert_eq!(
            written("वज़न (standard deviations from the mean)", &pairs),
            "column 1 (standard deviations from the mean)"
        );
        assert_eq!(written("قلب: the boundary of рост, class не", &pairs), "data: the boundary of рост, class не");
        let note = undrawable(&["x"], &["वज़न", "рост"], &["не", "שלום"]).unwrap();
        assert_eq!(note, "no font here can draw “वज़न”, “שלום”: PNGs say class 1, column 1 instead, SVGs keep the name");
        assert_eq!(undrawable(&["moons"], &["x1", "рост"], &["0", "да"]), None);
    }

    #[test]
    fn what_a_picture_itself_does_not_know_is_a_data_set() {
        let pairs = substitutes("", &["वज़न बड़ा", "рост"], &["0", "1"]);
        let said = |texts: &[&str]| -> Vec<String> {
            let all = completed(&pairs, texts.iter().copied());
            texts.iter().map(|text| written(text, &all)).collect()
        };
        assert_eq!(said(&["across: वज़न बड़ा, up: рост", "वज़न…"]), &["across: column 1, up: рост", "column 1…"]);
        assert_eq!(said(&["קלב · 2-1-1 ReLU", "moons"]), &["data · 2-1-1 ReLU", "moons"]);
        assert_eq!(said(&["with عين_2: 83 %", "שלום עולם, 0.1"]), &["with data 2_2: 83 %", "data 1, 0.1"]);
        let note = undrawable(&["عين_2", "moons", "שלום עולם"], &[], &["0", "1"]).unwrap();
        assert!(note.contains("“عين_2”, “שלום עולם”: PNGs say data 1, data 2 instead"), "{note}");
    }
}
