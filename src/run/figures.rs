//! Chooses the pictures of a run and collects their data.

use super::facets::Facets;
use super::per_model::{PerModel, SeedGrid, fans, paired};
use super::selected_models::SelectedModels;
use super::summary_text;
use crate::Result;
use crate::engine::{Engine, Job};
use crate::math::{Loss, LossRates};
use crate::plot::{
    AccuracyPlot, ClassesPlot, ComparedLosses, ComparisonPlot, DataPlot, EcdfPlot, HistogramPlot, LossComparison,
    LossHistogramPlot, LossPlot, Picture, SuccessPlot, VariancePlot, write_all,
};
use crate::results::{CellSpec, ModelCurve, VarianceShare};
use crate::statistics::Group;
use crate::study::Study;
use std::path::PathBuf;

/// Maximum number of curves compared in the picture of losses.
const CONTENDERS: usize = 8;

/// Pictures that were written, and reasons for those that were not.
#[derive(Debug, Default)]
pub struct DrawnFigures {
    /// Picture files, PNG and SVG.
    pub files: Vec<PathBuf>,
    /// Missing pictures with reasons, a line each.
    pub left_out: Vec<String>,
    /// Data of single models, if anything was drawn.
    pub crowd: Option<PerModel>,
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
    pub sides: &'a Facets<'a>,
    /// Variance of outcomes by source.
    pub splits: &'a [VarianceShare],
}

impl Figures<'_> {
    /// Draws all pictures that the results allow. Draws nothing if all exist, unless `anew`.
    pub fn draw(&mut self, anew: bool) -> Result<DrawnFigures> {
        let (folder, sides, jobs) = (self.study.pictures()?, self.sides, self.jobs);
        // Points and boundaries are those of the cell with the best models.
        let cell = sides.view.top().map_or(0, |(_, best)| best.group.cell);
        let (names, left_out) = self.possible(cell);
        let is_there = |name: &&str| ["png", "svg"].iter().all(|end| folder.join(format!("{name}.{end}")).is_file());
        let (representatives, are_there) = self.study.representatives()?;
        if !anew && are_there && names.iter().all(is_there) {
            return Ok(DrawnFigures { left_out, ..DrawnFigures::default() });
        }
        self.study.check_engine(self.engine.info(), &summary_text::mappings(jobs))?;
        let mut left_out = left_out;
        left_out.extend(summary_text::undrawable(jobs, Some(cell).filter(|_| names.contains(&"data"))));
        let few = SelectedModels::of(self.study, sides, cell)?;
        let models = few.train(self.engine, &jobs[cell], sides.question.cells[cell].first, &representatives)?;
        let boundaries = if names.contains(&"data") { few.boundaries(sides, &jobs[cell], models) } else { Vec::new() };
        let crowd = PerModel::read(self.study, sides, jobs)?;
        let settings = &summary_text::settings(sides.question, jobs);
        let (job, axes, threshold) = (&jobs[cell], summary_text::axes(&jobs[cell]), sides.question.success_threshold());
        let name = sides.cell_name(cell);
        let of_cell = if name.is_empty() { settings.clone() } else { format!("{settings} · here: {name}") };
        let data = DataPlot {
            name: &job.data.name,
            points: &job.data.train,
            features: [0, 1].map(|axis| axes.get(axis).map_or("", String::as_str)),
            classes: [&job.data.class_names[0], &job.data.class_names[1]],
            boundaries: &boundaries,
            settings: &of_cell,
        };
        let view = &sides.view;
        let accuracy = AccuracyPlot { view: view.clone(), settings, reference: None };
        let success = SuccessPlot { view: view.clone(), threshold, settings };
        let classes = ClassesPlot { view: view.clone(), threshold, settings };
        let histogram = HistogramPlot { summary: sides.summary, threshold, settings };
        let losses = losses(sides, job, &crowd, settings);
        let (loss, guess) = (job.train_spec.loss.words(), guess(sides, job.train_spec.loss));
        let loss_histogram = LossHistogramPlot { summary: sides.summary, loss, guess, settings };
        let ecdf = EcdfPlot { view: view.clone(), loss, settings };
        let comparison = ComparisonPlot { view: view.clone(), threshold, paired: paired(sides), settings };
        let all: [&dyn Picture; 9] =
            [&data, &accuracy, &comparison, &success, &classes, losses.as_ref(), &histogram, &loss_histogram, &ecdf];
        let variance = VariancePlot { splits: self.splits, settings };
        let read = [
            crowd.heatmap.as_ref().map(|plot| plot as &dyn Picture),
            crowd.fan.as_ref().map(|plot| plot as _),
            Some(&variance as _),
        ];
        let all = all.into_iter().chain(read.into_iter().flatten());
        let all: Vec<&dyn Picture> = all.filter(|picture| names.contains(&picture.name())).collect();
        let files = std::iter::once(representatives).chain(write_all(&all, &folder)?).collect();
        Ok(DrawnFigures { files, left_out, crowd: Some(crowd) })
    }

    /// Returns the names of the pictures that can be drawn, and why the others can't.
    fn possible(&self, cell: usize) -> (Vec<&'static str>, Vec<String>) {
        let mut names = vec!["accuracy", "success", "classes", "histogram", "loss-histogram", "ecdf"];
        let mut left_out = Vec::new();
        match self.jobs[cell].shape.features() {
            2 => names.push("data"),
            n => left_out.push(format!("no data plot: it needs 2 features, not {n}")),
        }
        match self.jobs.iter().map(|job| job.record.curves_below).max() {
            None | Some(0) => left_out.push("none of the losses: no curves are kept".to_owned()),
            Some(_) => names.push("losses"),
        }
        match fans(self.sides) {
            Ok(_) => names.push("fan"),
            Err(reason) => left_out.push(format!("no fan of losses: {reason}")),
        }
        match SeedGrid::of(self.sides) {
            Ok(_) => names.push("heatmap"),
            Err(reason) => left_out.push(format!("no heat map of seeds: {reason}")),
        }
        names.extend(self.sides.view.has_several_curves().then_some("comparison"));
        names.extend(VariancePlot::suits(self.splits).then_some("variance"));
        (names, left_out)
    }
}

/// Returns the mean loss of predicting the classes' shares for every training point, if it is the same for all models.
fn guess(sides: &Facets, loss: Loss) -> Option<f64> {
    let (question, value) = (sides.question, |group: &Group, name: &str| {
        let axis = sides.scalars.iter().position(|scalar| scalar.name() == name)?;
        group.values.get(axis).copied().flatten()
    });
    let mut rates = sides.summary.groups().map(|group| LossRates::of(|name| value(group, name)));
    let first_rates = rates.next().flatten();
    let share = |part: &CellSpec| f64::from(part.train.majority()) / f64::from(part.train.points.max(1));
    let first = share(&question.cells[0]);
    let is_same = question.cells.iter().all(|part| share(part) == first) && rates.all(|other| other == first_rates);
    is_same.then(|| loss.of_constant(first, first_rates))
}

/// Returns the picture of losses: of all models by the value on the x axis, or of the best models of each curve
/// compared.
fn losses<'a>(sides: &'a Facets, job: &'a Job, crowd: &PerModel, settings: &'a str) -> Box<dyn Picture + 'a> {
    let (epochs, x) = (job.record.epochs.clone(), sides.scalars[sides.axis]);
    let loss = job.train_spec.loss.words();
    if sides.view.has_several_curves() {
        let contenders = sides.view.best(CONTENDERS).into_iter().filter_map(|k| {
            let (name, group) = (&sides.view.names[k], sides.view.representative(k)?);
            let own = |curves: &[ModelCurve]| -> Vec<Vec<f32>> {
                curves.iter().filter(|curve| belongs(sides, group, curve)).map(|curve| curve.values.clone()).collect()
            };
            let (curves, test, style) = (own(&crowd.curves), own(&crowd.test_curves), sides.view.style(k));
            Some(ComparedLosses { name: name.clone(), at: group.x, curves, test, style })
        });
        return Box::new(LossComparison { epochs, loss, x: x.words(), contenders: contenders.collect(), settings });
    }
    let values = crowd.curves.iter().map(|curve| curve.trial.hyperparameters.get(x).unwrap_or(f64::NAN)).collect();
    let all = |curves: &[ModelCurve]| curves.iter().flat_map(|curve| curve.values.iter().copied()).collect();
    let (losses, test, models) = (all(&crowd.curves), all(&crowd.test_curves), sides.question.models());
    Box::new(LossPlot { epochs, x: x.words(), values, loss, losses, test, models, settings })
}

/// Whether a model belongs to the group, on any of its data sets.
fn belongs(sides: &Facets, group: &Group, curve: &ModelCurve) -> bool {
    let value = |scalar| curve.trial.hyperparameters.get(scalar);
    sides.kinds[curve.cell] == sides.kinds[group.cell]
        && sides.scalars.iter().zip(&group.values).all(|(scalar, own)| value(*scalar) == *own)
}
