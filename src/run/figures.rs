//! Chooses the pictures of a run and collects their data.

use super::per_model::PerModel;
use super::selected_models::SelectedModels;
use super::summary_text;
use crate::Result;
use crate::engine::{Engine, Job};
use crate::plot::{Facets, Picture, PictureKind, StudyData, write_all};
use crate::results::{CrossedTables, StudyResults, VarianceShare};
use crate::statistics::Summary;
use crate::study::Study;
use std::path::{Path, PathBuf};

/// Pictures that were written, and reasons for those that were not.
#[derive(Debug, Default)]
pub struct DrawnFigures {
    /// Picture files, PNG and SVG.
    pub files: Vec<PathBuf>,
    /// Missing pictures with reasons, a line each.
    pub left_out: Vec<String>,
    /// Data of single models, if anything was drawn.
    pub per_model: Option<PerModel>,
}

/// Inputs of all pictures.
pub struct Figures<'a> {
    /// Study with the results, in whose folder the pictures go.
    pub study: &'a Study,
    /// Engine that trains a few models again, for their boundaries.
    pub engine: &'a mut dyn Engine,
    /// A job for each cell.
    pub jobs: &'a [Job],
    /// View of the results.
    pub facets: &'a Facets<'a>,
    /// Variance of outcomes by source.
    pub splits: &'a [VarianceShare],
}

impl Figures<'_> {
    /// Draws all pictures that the results allow. Draws nothing if all exist, unless `anew`.
    pub fn draw(&mut self, anew: bool) -> Result<DrawnFigures> {
        let (folder, facets, jobs) = (self.study.pictures()?, self.facets, self.jobs);
        let data = StudyData::of(facets, jobs, self.splits);
        let (cell, (kinds, mut left_out)) = (data.cell, data.kinds());
        let file = |kind: &PictureKind, end| folder.join(format!("{}.{end}", kind.name()));
        let is_there = |kind: &PictureKind| ["png", "svg"].iter().all(|end| file(kind, end).is_file());
        let (representatives, are_there) = self.study.representatives()?;
        if !anew && are_there && kinds.iter().all(is_there) {
            return Ok(DrawnFigures { left_out, ..DrawnFigures::default() });
        }
        self.study.check_engine(self.engine.info(), &summary_text::mappings(jobs))?;
        let has_points = kinds.contains(&PictureKind::Data);
        left_out.extend(summary_text::undrawable(jobs, Some(cell).filter(|_| has_points)));
        let few = SelectedModels::of(self.study, facets, cell)?;
        let models = few.train(self.engine, &jobs[cell], facets.spec.cells[cell].first, &representatives)?;
        let boundaries = if has_points { few.boundaries(facets, &jobs[cell], models) } else { Vec::new() };
        let per_model = PerModel::read(self.study, facets, jobs)?;
        let data = StudyData { boundaries: &boundaries, ..per_model.added_to(data) };
        let files = std::iter::once(representatives).chain(write(&data, &folder)?).collect();
        Ok(DrawnFigures { files, left_out, per_model: Some(per_model) })
    }
}

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

/// Draws the study's pictures into `folder`, and returns their files.
fn write(data: &StudyData, folder: &Path) -> Result<Vec<PathBuf>> {
    let pictures = data.pictures();
    let all: Vec<&dyn Picture> = pictures.iter().map(AsRef::as_ref).collect();
    write_all(&all, folder)
}
