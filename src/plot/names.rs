//! What PNGs write in the place of names that no font here can draw: `column 2`, `class 1`. SVGs keep the names: their readers have
//! fonts of their own.

use super::text::is_drawable;

/// Pairs of what is replaced and by what.
pub type Substitutes = Vec<(String, String)>;

/// The part of a name that can't be drawn, from the first such letter to the last.
fn missing(name: &str) -> Option<&str> {
    let mut letters = name.char_indices().filter(|(_, c)| !is_drawable(*c));
    let (first, c) = letters.next()?;
    let end = letters.next_back().map_or(first + c.len_utf8(), |(last, c)| last + c.len_utf8());
    Some(&name[first..end])
}

/// For the names of a data set, its columns and its two classes, as far as they can't be drawn.
pub fn substitutes(data: &str, features: &[&str], classes: [&str; 2]) -> Substitutes {
    let column = |(k, name): (usize, &&str)| missing(name).map(|part| (part.to_owned(), format!("column {}", k + 1)));
    let class = |(k, name): (usize, &str)| {
        let part = missing(name)?;
        Some([(format!("class {part}"), format!("class {k}")), (part.to_owned(), format!("class {k}"))])
    };
    let classes = classes.into_iter().enumerate().filter_map(class).flatten();
    let data = missing(data).map(|part| (part.to_owned(), "data".to_owned()));
    let mut pairs: Substitutes = classes.chain(features.iter().enumerate().filter_map(column)).chain(data).collect();
    // A name may be part of another.
    pairs.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    pairs
}

/// The text as PNGs write it.
pub fn written(text: &str, substitutes: &Substitutes) -> String {
    substitutes.iter().fold(text.to_owned(), |text, (name, other)| text.replace(name, other))
}

/// What to say of names that PNGs write otherwise; `None` where all can be drawn.
pub fn undrawable(data: &str, features: &[&str], classes: [&str; 2]) -> Option<String> {
    let of = |names: &[&str]| -> Vec<String> {
        let names = names.iter().filter(|name| missing(name).is_some());
        names.map(|name| format!("“{}”", super::scene::printable(name))).collect()
    };
    let names = [of(features), of(&classes), of(&[data])].concat();
    let pairs = substitutes(data, features, classes);
    let mut others: Vec<&str> = pairs.iter().map(|(_, other)| other.as_str()).collect();
    others.sort_unstable();
    others.dedup();
    let (names, others) = (names.join(", "), others.join(", "));
    (!pairs.is_empty())
        .then(|| format!("no font here can draw {names}: the PNG says {others} instead, the SVG keeps the name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_font_has_become_columns_and_classes() {
        let pairs = substitutes("قلب", &["वज़न (standard deviations from the mean)", "рост"], ["не", "שלום"]);
        assert_eq!(written("class שלום", &pairs), "class 1");
        assert_eq!(written("white: only שלום", &pairs), "white: only class 1");
        assert_eq!(
            written("वज़न (standard deviations from the mean)", &pairs),
            "column 1 (standard deviations from the mean)"
        );
        assert_eq!(written("قلب: the boundary of рост, class не", &pairs), "data: the boundary of рост, class не");
        let note = undrawable("x", &["वज़न", "рост"], ["не", "שלום"]).unwrap();
        assert_eq!(
            note,
            "no font here can draw “वज़न”, “שלום”: the PNG says class 1, column 1 instead, the SVG keeps the name"
        );
        assert_eq!(undrawable("moons", &["x1", "рост"], ["0", "да"]), None);
    }
}
