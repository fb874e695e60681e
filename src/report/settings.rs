//! Settings: first those that are not the defaults, then all.

use super::Report;
use super::html_writer::Html;
use crate::sweep::Sweep;
use toml::{Table, Value};

/// Writes the section with the settings.
pub fn section(page: &mut Html, report: &Report) {
    page.raw("<section id=\"settings\" aria-labelledby=\"settings-title\">\n<h2 id=\"settings-title\">Settings</h2>\n");
    match report.study.settings_text() {
        Ok(text) => settings(page, &text),
        // The study spec is known all the same, and shown above.
        Err(_) => _ = page.paragraph("They are not shown: sweep.toml is a link, or can't be read."),
    }
    page.raw("</section>\n");
}

fn settings(page: &mut Html, text: &str) {
    let changed = changed(text);
    match changed.is_empty() {
        true => page.paragraph("Every setting has its default."),
        false => page.paragraph("Other than the defaults:").raw("<dl class=\"pairs\">\n"),
    };
    changed.iter().for_each(|(name, value)| {
        _ = page.raw("<dt><code>").text(name).raw("</code></dt><dd>").text(value).raw("</dd>\n")
    });
    if !changed.is_empty() {
        page.raw("</dl>\n");
    }
    page.raw("<details><summary>All settings (<code>sweep.toml</code>)</summary>\n<pre><code>").text(text.trim_end());
    page.raw("</code></pre></details>\n");
}

/// Returns names and values of the settings in a `sweep.toml` that are not the defaults, by name.
fn changed(text: &str) -> Vec<(String, String)> {
    let defaults = Table::try_from(Sweep::default()).unwrap_or_default();
    let given: Table = toml::from_str(text).unwrap_or_default();
    let is_setting = |value: &Value| !value.is_table();
    let differs = |(name, value): &(String, Value)| is_setting(value) && defaults.get(name) != Some(value);
    given.into_iter().filter(differs).map(|(name, value)| (name, shown(&value))).collect()
}

/// Returns a human-readable value.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_is_told() {
        let sweep = Sweep { epochs: 7, bias: false, label: Some("<b>".into()), ..Sweep::default() };
        let text = format!("{}\n[study]\nformat = 3\n", sweep.to_toml().unwrap());
        let found = changed(&text);
        let expected = [("bias", "no"), ("epochs", "7"), ("label", "<b>")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(found, expected);
        assert!(changed(&Sweep::default().to_toml().unwrap()).is_empty());
    }
}
