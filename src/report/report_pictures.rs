//! Pictures, each with a caption.

use super::Report;
use super::html_writer::Html;
use crate::error::Error;
use crate::plot::PictureKind;
use crate::study::Study;
use base64::prelude::{BASE64_STANDARD as STANDARD, Engine};

/// Maximum number of characters of a picture's title in its alternative text.
const MOST_TITLE: usize = 300;

/// A picture in the study's folder.
pub struct ReportPicture {
    kind: PictureKind,
    svg: String,
}

/// Returns the pictures in the study's folder, and reasons why others are not shown.
pub fn find(study: &Study) -> (Vec<ReportPicture>, Vec<String>) {
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for kind in PictureKind::OF_STUDY.iter().copied() {
        let name = kind.name();
        match study.picture(name) {
            Ok(Some(svg)) if svg.starts_with("<svg ") => found.push(ReportPicture { kind, svg }),
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
    let measure = report.view.summary.measure();
    for ReportPicture { kind, svg } in pictures {
        page.raw("<figure id=\"")
            .text(kind.name())
            .raw("\">\n<h3>")
            .text(&measure.in_text(kind.heading()))
            .raw("</h3>\n<img width=\"1600\" height=\"1000\" alt=\"");
        page.text(&format!("{}. {}", measure.in_text(kind.alternative_text()), title(svg)))
            .raw("\" src=\"data:image/svg+xml;base64,");
        page.text(&STANDARD.encode(svg)).raw("\">\n<figcaption>");
        page.text(caption(*kind, report)).raw("</figcaption>\n</figure>\n");
    }
    page.raw("</section>\n");
}

/// Returns the caption of the picture of this kind; empty if the study has no such picture.
fn caption<'a>(kind: PictureKind, report: &Report<'a>) -> &'a str {
    let own = report.captions.iter().find(|(of, _)| *of == kind);
    own.map_or("", |(_, caption)| caption)
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
