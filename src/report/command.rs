//! Commands that repeat the run.

use super::Report;
use super::html_writer::Html;

/// Writes the section with the commands.
pub fn section(page: &mut Html, report: &Report) {
    page.raw(
        "<section id=\"again\" aria-labelledby=\"again-title\">\n<h2 id=\"again-title\">How to repeat this run</h2>\n",
    );
    page.raw("<p>In the folder of this page, with new results beside it:</p>\n");
    page.raw("<pre><code>gpu-sweep --config sweep.toml --out ../again</code></pre>\n");
    let runs = report.study.runs();
    let words = runs.first().and_then(|run| run["command_line"].as_array());
    let words: Vec<&str> = words.into_iter().flatten().filter_map(|word| word.as_str()).collect();
    if let [_program, rest @ ..] = &words[..] {
        let typed: Vec<String> =
            std::iter::once("gpu-sweep".to_owned()).chain(rest.iter().map(|word| shell_word(word))).collect();
        page.raw("<p>What was typed first:</p>\n<pre><code>").text(&typed.join(" ")).raw("</code></pre>\n");
    }
    page.raw("<p>This page, from the files:</p>\n<pre><code>gpu-sweep report .</code></pre>\n</section>\n");
}

/// Quotes a word for a shell, if necessary.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:+,=@%\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_shell_takes_a_word_as_one() {
        let words = ["--lr", "a/b.csv", "", "two words", "it's", "$(rm)"].map(shell_word);
        assert_eq!(words, ["--lr", "a/b.csv", "''", "'two words'", r"'it'\''s'", "'$(rm)'"]);
    }
}
