//! `report.html`: one page about a run, which needs nothing but itself: the question, the pictures, each with a sentence
//! about this run's numbers, a table to sort, device and times, and the commands to ask again.
//!
//! A results folder may come from anyone. So every text of it gets into the page by `Html::text`, which escapes it;
//! only literals of this program are markup. The pictures are shown as images, not put among the page's own elements: in an
//! image no script runs, nothing is fetched and no id meets another. And should something slip through all the same, the
//! page's policy lets a browser fetch nothing, and run nothing but the one script that it knows by its hash.

mod captions;
mod command;
mod head;
mod html;
mod report_pictures;
mod report_table;
mod run_details;
mod settings;

pub use command::shell_word;

use crate::error::Result;
use crate::plot::{Facet, FanPlot, HeatmapPlot};
use crate::study::{Study, VarianceShare};
use html::Html;
use std::path::PathBuf;

/// What the page is made of; all else lies in the study's folder.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Its question, tables and pictures.
    pub study: &'a Study,
    /// What became of the models, from the side that the pictures show.
    pub view: &'a Facet<'a>,
    /// Seeds by learning rates, and the losses over the epochs, where there are such.
    pub heatmap: Option<&'a HeatmapPlot>,
    /// Quantiles of the losses over the epochs.
    pub fan: Option<&'a FanPlot>,
    /// The variance of outcomes by source; none where nothing is crossed.
    pub splits: &'a [VarianceShare],
    /// The question in words: `1000 models: 40 learning rates × 25 seeds, 2-1-1 ReLU, 200 points, 1000 epochs`.
    pub asked: &'a str,
    /// Which class has which label, a line for each data set.
    pub classes: &'a [String],
    /// Name and purpose of the other files.
    pub files: &'a [(String, String)],
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportWritten {
    /// Where the page is.
    pub path: PathBuf,
    /// Pictures in the page.
    pub pictures: usize,
    /// Pictures that are not, with reasons.
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

    /// What models are graded by, in words.
    fn accuracy(&self) -> &'static str {
        crate::plot::sentences::graded_words(&self.view.summary.total())
    }
}

/// The list of what lies beside the page.
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
