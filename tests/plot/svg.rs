//! Checks on the contents of picture files.

use gpu_sweep::plot::SIZE;
use std::path::{Path, PathBuf};

/// Creates an empty folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Asserts that a PNG decodes to the expected size and is not blank.
pub fn check_png(path: &Path) {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height, info.color_type), (SIZE.0, SIZE.1, png::ColorType::Rgb), "{}", path.display());
    assert!(pixels.iter().filter(|p| **p < 128).count() > 1000, "{} is blank", path.display());
}

/// Text of an SVG. Panics unless tags are closed in order, and attributes and entities are well formed.
pub fn svg_words(path: &Path) -> String {
    let svg = std::fs::read_to_string(path).unwrap();
    assert!(svg.starts_with(&format!("<svg width=\"{}\" height=\"{}\"", SIZE.0, SIZE.1)), "{}", path.display());
    assert!(svg.contains("font-family=\"Inter, Helvetica, Arial, sans-serif\""));
    let (mut open, mut words, mut rest) = (Vec::new(), String::new(), svg.trim_end());
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(&unescaped(text));
        let (tag, after) = after.split_once('>').expect("a tag that ends");
        assert!(!tag.contains('<') && tag.matches('"').count() % 2 == 0, "<{tag}>");
        assert!(!tag.contains("NaN") && !tag.contains("inf\""), "<{tag}>");
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop().as_deref(), Some(name)),
            (None, false) => open.push(tag.split(' ').next().unwrap().to_string()),
            (None, true) => unescaped(tag).clear(),
        }
        rest = after;
    }
    assert!(open.is_empty() && rest.is_empty(), "{open:?} {rest:?}");
    check_labels(path, &svg);
    // Joins lines that were broken to fit.
    words.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Resolves entities; panics at entities that XML does not define and at forbidden characters.
fn unescaped(text: &str) -> String {
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap().to_string();
    for part in parts {
        let (name, after) = part.split_once(';').expect("an entity that ends");
        let names = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
        whole.push(names.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("&{name};")).1);
        whole.push_str(after);
    }
    whole
}

/// The value of an attribute of an SVG tag.
pub fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = tag.find(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in <{tag}>")) + name.len() + 3;
    tag[start..].split('"').next().unwrap()
}

/// The same as a number.
pub fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).parse().unwrap()
}

/// All tags of one name.
pub fn tags<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!("<{name} ");
    svg.split(&begin).skip(1).map(|rest| &rest[..rest.find('>').unwrap()]).map(|tag| shifted(svg, tag)).collect()
}

/// The tag including the blank before its first attribute.
fn shifted<'a>(svg: &'a str, tag: &'a str) -> &'a str {
    let at = tag.as_ptr() as usize - svg.as_ptr() as usize;
    &svg[at - 1..at + tag.len()]
}

/// Text and left, right and base line of each label, in tenths of a pixel.
pub fn labels(svg: &str) -> Vec<(String, [f64; 3])> {
    let texts =
        svg.split("<text ").skip(1).map(|rest| unescaped(rest.split('>').nth(1).unwrap().split('<').next().unwrap()));
    let place = |tag: &str| {
        let (x, width) = (number(tag, "x"), number(tag, "textLength"));
        let left = match attribute(tag, "text-anchor") {
            "start" => x,
            "middle" => x - width / 2.0,
            _ => x - width,
        };
        [left, left + width, number(tag, "y")]
    };
    texts.map(|text| text.trim().to_owned()).zip(tags(svg, "text").into_iter().map(place)).collect()
}

/// Asserts that no label overlaps another or leaves the picture.
fn check_labels(path: &Path, svg: &str) {
    let labels = labels(svg);
    for (k, (text, [left, right, base])) in labels.iter().enumerate() {
        let name = path.display();
        assert!(
            *left >= 0.0 && *right <= 10.0 * f64::from(SIZE.0),
            "{name}: {text:?} leaves the picture: {left} to {right}"
        );
        for (other, [from, to, below]) in &labels[..k] {
            // Letters of 26 pixels are about 20 pixels high.
            let meets = left < to && from < right && (base - below).abs() < 200.0;
            assert!(!meets, "{name}: {text:?} meets {other:?}");
        }
    }
}
