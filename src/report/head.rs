//! Top of the page, which shows in ten seconds what was run and what came out, and its end.

use super::Report;
use super::html_writer::Html;
use crate::plot::{count, models, percent, sentences, titled};
use crate::statistics::OutcomeClass;
use crate::statistics::number_format::between;
use base64::prelude::{BASE64_STANDARD as STANDARD, Engine};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes everything before `<main>`.
pub fn begin(page: &mut Html, report: &Report) {
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(&policy()).raw("\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.raw("<title>").text(&format!("{} (gpu-sweep)", headline(report))).raw("</title>\n");
    page.raw("<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n<header>\n");
    page.raw("<p class=\"kicker\">gpu-sweep</p>\n<h1>").text(&headline(report)).raw("</h1>\n");
    page.raw("<p class=\"lead\">").text(report.asked).raw("</p>\n");
    for line in report.classes {
        page.raw("<p class=\"data\">").text(line).raw("</p>\n");
    }
    figures(page, report);
    let success = sentences::success(report.study.spec());
    let further = sentences::suggest_wider_grid(report.view, report.study.spec());
    for line in [Some(success), further].into_iter().flatten() {
        page.raw("<p class=\"data\">").text(&titled(&line)).raw(".</p>\n");
    }
    page.raw("<nav aria-label=\"On this page\"><a href=\"#settings\">Settings</a> <a href=\"#pictures\">Pictures</a> ");
    page.raw("<a href=\"#table\">Table</a> <a href=\"#run\">Device and times</a> <a href=\"#again\">Again</a> ");
    page.raw("<a href=\"#files\">Files</a></nav>\n</header>\n");
}

/// Writes everything after `</main>`.
pub fn end(page: &mut Html) {
    page.raw("<footer><p>Made by <code>gpu-sweep</code> from the files of this folder. The page needs no network.</p></footer>\n");
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
}

/// Returns the policy: a browser may load only pictures within the page, this style and this script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// Returns the result in one line.
fn headline(report: &Report) -> String {
    let (total, what) = (report.view.summary.total(), report.accuracy());
    match total.n {
        0 => "No models".into(),
        1 if total.train.is_empty() => titled(&sentences::all_lost(&total)),
        1 => format!("One model, {what} {}", percent(total.score().unwrap_or(0.0))),
        _ => sentences::best(report.view).unwrap_or_else(|| titled(&sentences::all_lost(&total))),
    }
}

/// Writes the most important numbers.
fn figures(page: &mut Html, report: &Report) {
    let (total, view) = (report.view.summary.total(), report.view);
    page.raw("<dl class=\"figures\">\n");
    figure(page, "Models", &count(total.n), &curves(report));
    if let Some((k, best)) = view.top() {
        let values = sentences::values(best);
        let value = if values.is_empty() { "–".to_owned() } else { values };
        let notes =
            [Some(view.names[k].clone()), sentences::certainty(best).map(String::from), sentences::chosen(view)];
        let notes: Vec<String> = notes.into_iter().flatten().filter(|note| !note.is_empty()).collect();
        figure(page, &format!("Best {}", view.x), &value, &notes.join(", "));
        let group = &best.group;
        let at = if best.is_one() { "there".to_owned() } else { view.at(group).trim_start().to_owned() };
        let mean = group.score().map_or("–".to_owned(), percent);
        let spread = between(group.reported_counts(), 0.25, 0.75).unwrap_or_default();
        figure(page, &format!("{} {at}", titled(&format!("mean {}", report.accuracy()))), &mean, &spread);
    }
    if let Some(share) = view.baseline {
        figure(page, "Baseline", &percent(share), total.measure.ignoring_inputs());
    }
    let threshold = percent(report.study.spec().success_threshold());
    let rate = total.success_rate().map_or("–".to_owned(), percent);
    let of = format!("{} of {} in training", count(total.successes()), models(total.n));
    figure(page, &format!("Above {threshold}"), &rate, &of);
    let exploded = total.of_class(OutcomeClass::Exploded);
    let note = if exploded > 0 { format!("{} exploded", count(exploded)) } else { String::new() };
    figure(page, "Diverged", &count(total.diverged()), &note);
    page.raw("</dl>\n");
}

fn figure(page: &mut Html, term: &str, value: &str, note: &str) {
    page.raw("<div><dt>").text(term).raw("</dt><dd><strong>").text(value).raw("</strong>");
    if !note.is_empty() {
        page.raw(" <span>").text(note).raw("</span>");
    }
    page.raw("</dd></div>\n");
}

/// Returns the number of combinations, if there are several.
fn curves(report: &Report) -> String {
    match report.view.summary.groups().len() {
        0 | 1 => String::new(),
        n => format!("{} combinations", count(n as u64)),
    }
}
