//! Pictures, each with a caption.

use super::html::Html;
use super::{Report, captions};
use crate::error::Error;
use crate::study::Study;
use base64::prelude::{BASE64_STANDARD as STANDARD, Engine};

/// Pictures that a run may draw: file, heading, and the kind of picture, for readers who can't see it.
const KNOWN: [(&str, &str, &str); 12] = [
    ("data", "The points", "Scatter plot of the training points with boundaries between the classes"),
    ("accuracy", "Accuracy", "Plot of the accuracies"),
    ("comparison", "Comparison", "Means and shares of success of all curves, with intervals"),
    ("success", "Success", "Plot of the shares of models that succeed"),
    ("classes", "How the models end", "Stacked shares of the ways in which models end"),
    ("heatmap", "Seed by seed", "Heat map of final accuracies, a row for each seed, a column for each value"),
    ("losses", "Losses", "Loss curves over the epochs"),
    ("fan", "Spread of the losses", "Median and middle 80 percent of the losses over the epochs, in panels"),
    ("histogram", "All final accuracies", "Histogram of the final accuracies of all models"),
    ("loss-histogram", "All final losses", "Histogram of the final losses of all models, on a logarithmic axis"),
    ("ecdf", "Distributions", "Shares of models with at most an accuracy, and at most a loss"),
    ("variance", "Variance by source", "Shares of the variance of the outcomes, with intervals"),
];
/// Maximum number of characters of a picture's title in its alternative text.
const MOST_TITLE: usize = 300;

/// A picture in the study's folder.
pub struct ReportPicture {
    name: &'static str,
    heading: &'static str,
    kind: &'static str,
    svg: String,
}

/// Returns the pictures in the study's folder, and reasons why others are not shown.
pub fn find(study: &Study) -> (Vec<ReportPicture>, Vec<String>) {
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for (name, heading, kind) in KNOWN {
        match study.picture(name) {
            Ok(Some(svg)) if svg.starts_with("<svg ") => found.push(ReportPicture { name, heading, kind, svg }),
            Ok(Some(_)) => left_out.push(format!("{name}.svg is left out: it is no SVG of gpu-sweep")),
            Ok(None) => {}
            // The path is left out, so that the page does not depend on where the folder is.
            Err(Error::File { what, .. }) => left_out.push(format!("{name}.svg is left out: it {what}")),
            Err(error) => left_out.push(format!("{name}.svg is left out: {error}")),
        }
    }
    (found, left_out)
}

/// Writes the section with the pictures.
pub fn section(page: &mut Html, report: &Report, pictures: &[ReportPicture], left_out: &[String]) {
    page.raw("<section id=\"pictures\" aria-labelledby=\"pictures-title\">\n<h2 id=\"pictures-title\">Pictures</h2>\n");
    if pictures.is_empty() {
        page.paragraph("There are no pictures.");
    }
    left_out.iter().for_each(|reason| _ = page.paragraph(reason));
    for picture in pictures {
        let ReportPicture { name, heading, kind, svg } = picture;
        page.raw("<figure id=\"")
            .text(name)
            .raw("\">\n<h3>")
            .text(heading)
            .raw("</h3>\n<img width=\"1600\" height=\"1000\" alt=\"");
        page.text(&format!("{kind}. {}", title(svg))).raw("\" src=\"data:image/svg+xml;base64,");
        page.text(&STANDARD.encode(svg)).raw("\">\n<figcaption>");
        page.text(&captions::of(name, report)).raw("</figcaption>\n</figure>\n");
    }
    page.raw("</section>\n");
}

/// Returns the title inside the picture.
fn title(svg: &str) -> String {
    let inner =
        svg.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map_or("", |(title, _)| title);
    let inner: String = inner.chars().take(MOST_TITLE).collect();
    inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_picture_is_called_by_its_title() {
        assert_eq!(title("<svg >\n<title>a &lt; b &amp;lt;</title>"), "a < b &lt;");
        assert_eq!([title("<svg>"), title("<title>no end")], ["", ""]);
    }
}
