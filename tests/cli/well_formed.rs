//! Checks that a report is well formed, as strictly as XML, which is more than browsers require. `tests/report.py`
//! checks it in a browser.

/// Void elements, which have no end tag.
const EMPTY: [&str; 2] = ["meta", "img"];

/// Names and attributes of the page's elements, in order. Panics if an element is not closed, an attribute is not
/// quoted, or text contains forbidden characters.
#[track_caller]
pub fn elements(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let (mut found, mut open): (Vec<(String, Vec<_>)>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = page.strip_prefix("<!doctype html>\n").expect("a doctype");
    while let Some((text, markup)) = rest.split_once('<') {
        assert!(
            !text.contains(['>', '"']) || open.last().is_some_and(|name| name == "style" || name == "script"),
            "{text}"
        );
        let (tag, after) = markup.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "ends after {found:?}", found = found.last());
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "<{tag}>");
        found.push((name.to_owned(), split(attributes)));
        if name == "script" || name == "style" {
            rest = &after[after.find(&format!("</{name}>")).expect("it ends")..];
        }
        if !EMPTY.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert_eq!((open.len(), rest), (0, "\n"), "{open:?}");
    found
}

/// Splits `a="b" c="d"`.
fn split(mut attributes: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while !attributes.is_empty() {
        let (name, rest) = attributes.split_once("=\"").unwrap_or_else(|| panic!("{attributes}: no value"));
        let (value, rest) = rest.split_once('"').expect("quotes end");
        found.push((name.to_owned(), value.to_owned()));
        attributes = rest.strip_prefix(' ').unwrap_or(rest);
    }
    found
}

/// Asserts that a page has only what we generate: one script, one style, pictures as data, links within the folder, no
/// event handlers. Returns the pictures' alternative texts.
#[track_caller]
pub fn pictures(page: &str) -> Vec<String> {
    let elements = elements(page);
    let names = "html head meta title style body header main footer nav section h1 h2 h3 p a span strong code pre dl dt dd div \
                 details summary figure img figcaption table caption thead tbody tr th td button script";
    let names: Vec<&str> = names.split_whitespace().collect();
    let attributes = "lang charset http-equiv content name class id aria-labelledby aria-label href width height alt src role \
                      tabindex scope type data-value";
    let attributes: Vec<&str> = attributes.split_whitespace().collect();
    for (name, own) in &elements {
        assert!(names.contains(&name.as_str()), "<{name}>");
        own.iter().for_each(|(key, _)| assert!(attributes.contains(&key.as_str()), "<{name} {key}>"));
    }
    let all = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).collect::<Vec<_>>();
    assert_eq!([all("script").len(), all("style").len(), all("h1").len()], [1, 1, 1]);
    let value = |own: &[(String, String)], key: &str| own.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    for (_, own) in all("a") {
        let href = value(own, "href").expect("a link leads somewhere");
        assert!(!href.contains(':') && !href.starts_with('/') && !href.contains(".."), "{href} leads out");
    }
    let image = |own: &[(String, String)]| {
        assert!(
            value(own, "src").is_some_and(|src| src.starts_with("data:image/svg+xml;base64,")),
            "a picture as data"
        );
        value(own, "alt").expect("a name for who can't see it")
    };
    all("img").into_iter().map(|(_, own)| image(own)).collect()
}
