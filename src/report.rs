//! `report.html`: one self-contained page about a run: its settings, the pictures, each with a sentence about this
//! run's numbers, a sortable table, device and times, and the commands to repeat it.
//!
//! A results folder may come from anyone, so its text gets into the page only by `Html::text`, which escapes it; only
//! literals of this program are markup. Pictures are embedded as images, not among the page's own elements: in an image
//! no script runs, nothing is fetched and no id collides with another. As a second defence, the page's policy lets a
//! browser fetch nothing and run only the one script that it knows by its hash.

mod command;
mod head;
mod html_writer;
mod report_pictures;
mod report_table;
mod run_details;
mod settings;

pub use command::shell_word;

use crate::error::Result;
use crate::plot::{Facet, PictureKind};
use crate::study::Study;
use html_writer::Html;
use std::path::PathBuf;

/// Inputs of the page; everything else is read from the study's folder.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Study with its spec, tables and pictures.
    pub study: &'a Study,
    /// Outcomes of the models, from the side that the pictures show.
    pub view: &'a Facet<'a>,
    /// Caption of each of the study's pictures.
    pub captions: &'a [(PictureKind, String)],
    /// Human-readable study spec: `1000 models: 40 learning rates × 25 seeds, 2-1-1 ReLU, 200 points, 1000 epochs`.
    pub asked: &'a str,
    /// Label of each class, a line for each data set.
    pub classes: &'a [String],
    /// Names and purposes of the other files.
    pub files: &'a [(String, String)],
}

/// Result of writing the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportWritten {
    /// Path of the page.
    pub path: PathBuf,
    /// Number of pictures in the page.
    pub pictures: usize,
    /// Pictures left out, with reasons.
    pub left_out: Vec<String>,
}

impl Report<'_> {
    /// Writes `report.html` into the study's folder. The same files give the same bytes.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    pub fn write(&self) -> Result<ReportWritten> {
        let (pictures, left_out) = report_pictures::find(self.study);
        let mut page = Html::default();
        head::begin(&mut page, self);
        page.raw("<main>\n");
        settings::section(&mut page, self);
        report_pictures::section(&mut page, self, &pictures, &left_out);
        report_table::section(&mut page, self);
        run_details::section(&mut page, self);
        command::section(&mut page, self);
        files(&mut page, self.files);
        page.raw("</main>\n");
        head::end(&mut page);
        let path = self.study.write_report(&page.into_text())?;
        Ok(ReportWritten { path, pictures: pictures.len(), left_out })
    }

    /// Returns the name of the accuracy that models are graded by.
    fn accuracy(&self) -> String {
        crate::plot::sentences::graded_words(&self.view.summary.total())
    }
}

/// Writes the list of files beside the page.
fn files(page: &mut Html, files: &[(String, String)]) {
    page.raw(
        "<section id=\"files\" aria-labelledby=\"files-title\">\n<h2 id=\"files-title\">Files beside this page</h2>\n",
    );
    page.raw("<dl class=\"pairs\">\n");
    for (name, purpose) in files {
        page.raw("<dt><a href=\"").text(name).raw("\">").text(name).raw("</a></dt><dd>").text(purpose).raw("</dd>\n");
    }
    page.raw("</dl>\n</section>\n");
}
