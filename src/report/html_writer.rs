//! HTML writer: takes this program's own markup as it is and escapes all else.

/// HTML page under construction.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Appends markup of this program: text from a file can't be `'static`.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends escaped text, or the value of an attribute in double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(c),
                // HTML does not allow control characters. The others change the direction of the text after them, or
                // hide in it.
                c if c.is_control() => self.0.push('\u{fffd}'),
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Appends a term and its description, in a `<dl>`.
    pub fn pair(&mut self, term: &str, description: &str) -> &mut Self {
        self.raw("<dt>").text(term).raw("</dt><dd>").text(description).raw("</dd>\n")
    }

    /// Appends a paragraph.
    pub fn paragraph(&mut self, text: &str) -> &mut Self {
        self.raw("<p>").text(text).raw("</p>\n")
    }

    /// Returns the page.
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut page = Html::default();
        page.raw("<b>").text("<script>\"onmouseover='x'&amp;]]>-->\u{0}\u{1b}\u{202e}ä\n").raw("</b>");
        let expected =
            "<b>&lt;script&gt;&quot;onmouseover=&#39;x&#39;&amp;amp;]]&gt;--&gt;\u{fffd}\u{fffd}\u{fffd}ä\n</b>";
        assert_eq!(page.into_text(), expected);
    }
}
