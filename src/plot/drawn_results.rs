//! Draws the pictures of results, wherever these are, and collects what the pictures take.

use super::{Facets, PerModel, Picture, PictureKind, SelectedModels, StudyData};
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::results::{CrossedTables, StudyResults};
use crate::statistics::Summary;

/// Results with what their pictures take, wherever they are.
pub struct DrawnResults<'a> {
    /// The results of all models.
    pub results: &'a dyn StudyResults,
    /// Their statistics.
    pub summary: &'a Summary,
    /// A job for each cell, with the mapping that trained it.
    pub jobs: &'a [Job],
}

impl DrawnResults<'_> {
    /// Returns the kinds of their pictures, in the order of a report, and why others are missing, a line each.
    ///
    /// # Errors
    /// As for [`CrossedTables::splits_of`].
    pub fn kinds(&self) -> Result<(Vec<PictureKind>, Vec<String>)> {
        let (facets, splits) = (Facets::of(self.results.spec(), self.summary), CrossedTables::splits_of(self.results)?);
        Ok(StudyData::of(&facets, self.jobs, &splits).kinds())
    }

    /// Calls `draw` with the picture of a kind; None if there is none. The engine trains a few models again if the
    /// picture shows their boundaries.
    ///
    /// # Errors
    /// As for [`Engine::train`] and [`CrossedTables::splits_of`], and those of `draw`.
    pub fn draw<T>(
        &self,
        kind: PictureKind,
        engine: &mut dyn Engine,
        draw: impl FnOnce(&dyn Picture) -> Result<T>,
    ) -> Result<Option<T>> {
        let (facets, splits) = (Facets::of(self.results.spec(), self.summary), CrossedTables::splits_of(self.results)?);
        let data = StudyData::of(&facets, self.jobs, &splits);
        let (cell, per_model) = (data.cell, PerModel::read(self.results, &facets, self.jobs)?);
        let mut boundaries = Vec::new();
        if kind == PictureKind::Data && data.kinds().0.contains(&kind) {
            let few = SelectedModels::of(self.results, &facets, cell)?;
            boundaries = few.boundaries(&facets, &self.jobs[cell], few.train_shown(engine, &self.jobs[cell])?);
        }
        let data = StudyData { boundaries: &boundaries, ..per_model.added_to(data) };
        data.picture(kind).map(|picture| draw(picture.as_ref())).transpose()
    }
}
