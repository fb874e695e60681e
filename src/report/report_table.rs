//! Table with a row per combination of settings, as in `summary.csv`, sortable by any column.

use super::Report;
use super::html_writer::Html;
use crate::plot::{class_words, count, number, percent, titled};
use crate::results::StudyCurves;
use crate::statistics::number_format::percent_to;
use crate::statistics::{AccuracyCounts, Group, OutcomeClass};
use crate::sweep::Hyperparameter;

/// Maximum number of rows in the page.
const MOST_ROWS: usize = 1000;

/// Content of a table cell.
enum ColumnContent {
    Text(String),
    /// Number to sort by, `None` if there is none, and its text.
    Number(Option<f64>, String),
}

/// A column: its title, and its content for a group.
struct ReportColumn<'a> {
    title: String,
    content: Box<dyn Fn(&Group) -> ColumnContent + 'a>,
}

impl ColumnContent {
    fn percent(share: Option<f64>) -> Self {
        Self::Number(
            share,
            share.map_or("–".to_owned(), |share| percent_to(share, 1).trim_end_matches(" %").to_owned()),
        )
    }

    /// An interval, sorted by its lower end.
    fn interval(ends: Option<(f64, f64)>) -> Self {
        let text = ends.map_or("–".to_owned(), |(low, high)| format!("{:.1} – {:.1}", 100.0 * low, 100.0 * high));
        Self::Number(ends.map(|ends| ends.0), text)
    }
}

/// Writes the section with the table.
pub fn section(page: &mut Html, report: &Report) {
    let (summary, columns) = (report.view.summary, columns(report));
    let (rows, spec) = (summary.groups().len(), report.study.spec());
    let mut near = StudyCurves::of(spec, summary).near_best(summary).into_iter();
    let mut marked = false;
    page.raw("<section id=\"table\" aria-labelledby=\"table-title\">\n<h2 id=\"table-title\">");
    page.text(if rows == 1 { "In numbers" } else { "All combinations in numbers" }).raw("</h2>\n");
    if rows > MOST_ROWS {
        page.paragraph(&format!(
            "The first {} of {} rows; all are in summary.csv.",
            count(MOST_ROWS as u64),
            count(rows as u64)
        ));
    }
    let what = summary.measure();
    page.raw("<p class=\"hint\">").text(&titled(what.plural()));
    page.raw(" are those of the models that neither diverged nor exploded, all in percent; one that did is no ");
    page.raw("success. <span class=\"screen\">A click on a heading sorts.</span></p>\n");
    page.raw("<div class=\"wide\" role=\"region\" aria-labelledby=\"table-title\" tabindex=\"0\">\n<table class=\"sortable\">\n<thead><tr>");
    for ReportColumn { title, .. } in &columns {
        page.raw("<th scope=\"col\"><button type=\"button\">").text(title).raw("</button></th>");
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for group in summary.groups().take(MOST_ROWS) {
        let is_best = rows > 1 && near.next().flatten() == Some(true);
        marked |= is_best;
        page.raw(if is_best { "<tr class=\"best\">" } else { "<tr>" });
        columns.iter().for_each(|column| cell(page, &(column.content)(group)));
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n<p id=\"sorted\" class=\"unseen\" role=\"status\"></p>\n");
    if marked {
        page.raw("<p class=\"hint\"><span class=\"mark\">Marked</span>: the best of each curve, and what no comparison over seeds ");
        page.raw("distinguishes from it.</p>\n");
    }
    page.raw("</section>\n");
}

fn cell(page: &mut Html, content: &ColumnContent) {
    match content {
        ColumnContent::Text(text) => page.raw("<td class=\"text\">").text(text),
        ColumnContent::Number(Some(value), text) => {
            page.raw("<td data-value=\"").text(&value.to_string()).raw("\">").text(text)
        }
        ColumnContent::Number(None, text) => page.raw("<td>").text(text),
    };
    page.raw("</td>");
}

/// Returns the columns that apply to this sweep.
fn columns<'a>(report: &'a Report) -> Vec<ReportColumn<'a>> {
    let (spec, total) = (report.study.spec(), report.view.summary.total());
    let column = |title: &str, content: Box<dyn Fn(&Group) -> ColumnContent + 'a>| ReportColumn {
        title: title.to_owned(),
        content,
    };
    let mut columns = Vec::new();
    for choice in spec.varying() {
        let text = move |group: &Group| ColumnContent::Text(spec.cells[group.cell].choices.text(choice));
        columns.push(column(&titled(&choice.name().replace('_', " ")), Box::new(text)));
    }
    for (k, hyperparameter) in spec.hyperparameters().into_iter().enumerate() {
        columns.push(column(
            &titled(Hyperparameter::words(hyperparameter)),
            Box::new(move |group| scalar_content(group, k)),
        ));
    }
    columns.push(column("Models", Box::new(|group| whole(group.n))));
    let name = total.measure.name();
    columns.extend(spread(name, |group| &group.train));
    if !total.validation.is_empty() {
        columns.extend(spread(&format!("validation {name}"), |group| &group.validation));
    }
    if !total.test.is_empty() {
        columns.extend(spread(&format!("test {name}"), |group| &group.test));
    }
    let threshold = percent(spec.success_threshold());
    columns.push(column(&format!("Above {threshold}"), Box::new(|group| ColumnContent::percent(group.success_rate()))));
    columns.push(column("95\u{a0}% interval", Box::new(|group| ColumnContent::interval(group.success_interval()))));
    let failures =
        OutcomeClass::ALL.into_iter().filter(|class| *class != OutcomeClass::Success && total.of_class(*class) > 0);
    columns.extend(failures.map(|class| {
        let title = titled(class_words(class));
        ReportColumn { title, content: Box::new(move |group| whole(group.of_class(class))) }
    }));
    columns
}

/// Returns columns for mean, median and middle half.
fn spread<'a>(what: &str, counts: fn(&Group) -> &AccuracyCounts) -> [ReportColumn<'a>; 3] {
    let middle = move |group: &Group| counts(group).quantile(0.25).zip(counts(group).quantile(0.75));
    [
        ReportColumn {
            title: format!("Mean {what}"),
            content: Box::new(move |group| ColumnContent::percent(counts(group).mean())),
        },
        ReportColumn {
            title: "Median".into(),
            content: Box::new(move |group| ColumnContent::percent(counts(group).quantile(0.5))),
        },
        ReportColumn {
            title: "Middle half".into(),
            content: Box::new(move |group| ColumnContent::interval(middle(group))),
        },
    ]
}

fn scalar_content(group: &Group, k: usize) -> ColumnContent {
    let value = group.values.get(k).copied().flatten();
    ColumnContent::Number(value, value.map_or("–".to_owned(), |value| number(value, 4)))
}

fn whole(n: u64) -> ColumnContent {
    ColumnContent::Number(Some(n as f64), count(n))
}
