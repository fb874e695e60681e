//! Commands that repeat the run.

use super::Report;
use super::html_writer::Html;
use crate::sweep::shell_word;

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
