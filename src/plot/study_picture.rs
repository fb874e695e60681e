//! What a picture of a study is, and what it is drawn from.

use super::facets::Facets;
use super::logit_grid::Boundary;
use super::picture::Picture;
use super::sentences::CountedLosses;
use crate::engine::Job;
use crate::results::{ModelCurve, VarianceShare, settings_text};

/// A picture that is drawn of every study that has something to show in it.
pub trait StudyPicture {
    /// Whether the study has this picture. Looks at the study spec, its summary and its variance by source alone,
    /// because the data of single models are read only for pictures that are drawn.
    fn availability(study: &StudyData) -> Availability {
        let _ = study;
        Availability::Drawn
    }

    /// Returns the picture of a study that has it; `None` if the data of single models turn out to lack it.
    fn of<'a>(study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>>;
}

/// Whether a study has a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It is drawn.
    Drawn,
    /// The study has nothing to show in it; no message is needed.
    Pointless,
    /// It is left out for a reason to report: `no data plot: it needs 2 features, not 3`.
    LeftOut(String),
}

/// What the pictures of a study and their captions are made from.
pub struct StudyData<'a> {
    /// The study spec, its results, and the view of them.
    pub facets: &'a Facets<'a>,
    /// A job for each cell.
    pub jobs: &'a [Job],
    /// Variance of outcomes by source; empty if no factors are crossed.
    pub splits: &'a [VarianceShare],
    /// Settings for subtitles: network, points, epochs, seeds.
    pub settings: String,
    /// Index of the cell with the points to show: that of the best models.
    pub cell: usize,
    /// Settings of this cell.
    pub cell_settings: String,
    /// Labels of the axes of its points.
    pub axes: Vec<String>,
    /// Boundaries of a few of its models; empty until they are trained again.
    pub boundaries: &'a [Boundary],
    /// Loss curves of some models, evenly spaced; empty until they are read.
    pub curves: &'a [ModelCurve],
    /// Test losses of the same models; empty if they were not recorded.
    pub test_curves: &'a [ModelCurve],
    /// Losses at the start and at the end of all curves that are kept; `None`: not read, or too many.
    pub ends: Option<&'a [CountedLosses; 2]>,
    /// Final accuracies by seed and learning rate, if they were read.
    pub heatmap: Option<&'a dyn Picture>,
    /// Quantiles of the losses over the epochs, if they were read.
    pub fan: Option<&'a dyn Picture>,
}

impl<'a> StudyData<'a> {
    /// Returns what pictures are drawn from, as far as nothing has to be read or trained for it.
    pub fn of(facets: &'a Facets<'a>, jobs: &'a [Job], splits: &'a [VarianceShare]) -> Self {
        // Points and boundaries are those of the cell with the best models.
        let cell = facets.view.top().map_or(0, |(_, best)| best.group.cell);
        let (settings, name) = (settings_text::settings(facets.spec, jobs), facets.cell_name(cell));
        let cell_settings = if name.is_empty() { settings.clone() } else { format!("{settings} · here: {name}") };
        Self {
            facets,
            jobs,
            splits,
            settings,
            cell,
            cell_settings,
            axes: settings_text::axes(&jobs[cell]),
            boundaries: &[],
            curves: &[],
            test_curves: &[],
            ends: None,
            heatmap: None,
            fan: None,
        }
    }

    /// Returns the job with the points to show.
    pub fn job(&self) -> &Job {
        &self.jobs[self.cell]
    }

    /// Returns the share of the training points that a success exceeds.
    pub fn threshold(&self) -> f64 {
        self.facets.spec.success_threshold()
    }

    /// Returns the name of the loss: `mean binary cross-entropy`.
    pub fn loss(&self) -> &'static str {
        self.job().train_spec.loss.words()
    }
}
