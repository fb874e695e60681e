//! The top of the page, where one sees in ten seconds what was asked and what came out; and its end.

use super::Report;
use super::html::Html;
use crate::plot::{count, models, number, percent, titled};
use crate::statistics::{Class, Counts, Group};
use base64::prelude::{BASE64_STANDARD as STANDARD, Engine};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Everything before `<main>`.
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
    page.raw("<nav aria-label=\"On this page\"><a href=\"#settings\">Settings</a> <a href=\"#pictures\">Pictures</a> ");
    page.raw("<a href=\"#table\">Table</a> <a href=\"#run\">Device and times</a> <a href=\"#again\">Again</a> ");
    page.raw("<a href=\"#files\">Files</a></nav>\n</header>\n");
}

/// Everything after `</main>`.
pub fn end(page: &mut Html) {
    page.raw("<footer><p>Made by <code>gpu-sweep</code> from the files of this folder. The page needs no network.</p></footer>\n");
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
}

/// What a browser may load: pictures within the page, this style and this script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// The best group and the name of its curve.
fn top<'a>(report: &'a Report) -> Option<(&'a str, &'a Group)> {
    let (k, best) = report.view.top()?;
    Some((report.view.names[k].as_str(), &best.group))
}

/// The accuracies that a group is judged by.
pub fn judged(group: &Group) -> &Counts {
    if group.test.points > 0 { &group.test } else { &group.train }
}

/// What came out, in one line.
fn headline(report: &Report) -> String {
    let (total, what) = (report.view.summary.total(), report.accuracy());
    match top(report).and_then(|(name, group)| Some((name, group, group.score()?))) {
        _ if total.n == 1 && !total.train.is_empty() => {
            format!("One model, {what} {}", percent(total.score().unwrap_or(0.0)))
        }
        Some((name, group, mean)) => {
            let name = if name.is_empty() { String::new() } else { format!(" with {name}") };
            let highest = if report.view.summary.groups().len() > 1 { "Highest mean" } else { "Mean" };
            format!("{highest} {what}: {}{name}{}", percent(mean), report.view.at(group))
        }
        None if total.n == 0 => "No models".into(),
        None if total.n == 1 => "The only model diverged".into(),
        None => format!("All {} diverged", models(total.n)),
    }
}

/// The numbers to know.
fn figures(page: &mut Html, report: &Report) {
    let (total, view) = (report.view.summary.total(), report.view);
    page.raw("<dl class=\"figures\">\n");
    figure(page, "Models", &count(total.n), &curves(report));
    if let Some((name, group)) = top(report) {
        let value = if group.x.is_nan() { "–".to_owned() } else { number(group.x, 3) };
        figure(page, &format!("Best {}", view.x), &value, name);
        let spread = judged(group).quantile(0.25).zip(judged(group).quantile(0.75));
        let spread = spread.filter(|_| group.n > 1);
        let of = models(judged(group).len());
        let spread = spread.map(|(low, high)| format!("of {of}, half between {} and {}", percent(low), percent(high)));
        let mean = group.score().map_or("–".to_owned(), percent);
        figure(
            page,
            &format!("{} there", titled(&format!("mean {}", report.accuracy()))),
            &mean,
            &spread.unwrap_or_default(),
        );
    }
    let threshold = percent(report.study.question().success_threshold());
    let rate = total.success_rate().map_or("–".to_owned(), percent);
    let of = format!("{} of {} in training", count(total.successes()), models(total.n));
    figure(page, &format!("Above {threshold}"), &rate, &of);
    let exploded = total.of_class(Class::Exploded);
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

/// How many combinations the models are of.
fn curves(report: &Report) -> String {
    match report.view.summary.groups().len() {
        0 | 1 => String::new(),
        n => format!("{} combinations", count(n as u64)),
    }
}
