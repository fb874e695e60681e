//! Which pictures a run gets, and what goes into them.

use super::crowd::{Crowd, Seeds, fans, paired};
use super::sides::Sides;
use super::words::{self, percent, short};
use crate::Result;
use crate::analysis::replay::{Examples, Replayed, replay};
use crate::engine::reference::Network;
use crate::engine::{Engine, Job};
use crate::plot::{
    AccuracyPlot, Boundary, ClassesPlot, ComparisonPlot, Contender, DataPlot, EcdfPlot, HistogramPlot, LossComparison,
    LossPlot, Picture, SuccessPlot, write_all,
};
use crate::statistics::{Group, best};
use crate::study::{ModelCurve, Study};
use rayon::prelude::*;
use std::path::PathBuf;

/// Curves compared in the picture of losses.
const CONTENDERS: usize = 8;
/// Models whose boundaries are drawn.
const BOUNDARIES: usize = 5;

/// Pictures drawn, and reasons for those that were not.
#[derive(Debug, Default)]
pub struct Drawn {
    pub files: Vec<PathBuf>,
    pub left_out: Vec<String>,
    /// What was read of single models, if anything was drawn.
    pub crowd: Option<Crowd>,
}

/// Everything that pictures are made of.
pub struct Studio<'a> {
    pub study: &'a Study,
    /// Trains a few models again, for their boundaries.
    pub engine: &'a mut dyn Engine,
    /// One for each cell.
    pub jobs: &'a [Job],
    pub sides: &'a Sides<'a>,
}

impl Studio<'_> {
    /// Draws all pictures that the results allow; those that are there already only if `anew`.
    pub fn draw(&mut self, anew: bool) -> Result<Drawn> {
        let (folder, sides, jobs) = (self.study.pictures()?, self.sides, self.jobs);
        // Points and boundaries are those of the cell with the best models.
        let cell = sides.summary.best().map_or(0, |group| group.cell);
        let (names, left_out) = self.possible(cell);
        let is_there = |name: &&str| ["png", "svg"].iter().all(|end| folder.join(format!("{name}.{end}")).is_file());
        if !anew && names.iter().all(is_there) {
            return Ok(Drawn { left_out, ..Drawn::default() });
        }
        let boundaries = if names.contains(&"data") { self.boundaries()? } else { Vec::new() };
        let crowd = Crowd::read(self.study, sides, jobs)?;
        let settings = &words::settings(sides.question, jobs);
        let (job, axes, threshold) = (&jobs[cell], words::axes(&jobs[cell]), sides.question.sweep.success_threshold);
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
        let losses = losses(sides, job, &crowd.curves, settings);
        let ecdf = EcdfPlot { view: view.clone(), loss: words::loss(job.recipe.loss), settings };
        let comparison = ComparisonPlot { view: view.clone(), threshold, paired: paired(sides), settings };
        let all: [&dyn Picture; 8] =
            [&data, &accuracy, &comparison, &success, &classes, losses.as_ref(), &histogram, &ecdf];
        let read = [crowd.heatmap.as_ref().map(|plot| plot as &dyn Picture), crowd.fan.as_ref().map(|plot| plot as _)];
        let all = all.into_iter().chain(read.into_iter().flatten());
        let all: Vec<&dyn Picture> = all.filter(|picture| names.contains(&picture.name())).collect();
        Ok(Drawn { files: write_all(&all, &folder)?, left_out, crowd: Some(crowd) })
    }

    /// Names of the pictures that can be drawn, and why the others can't.
    fn possible(&self, cell: usize) -> (Vec<&'static str>, Vec<String>) {
        let (mut names, mut left_out) = (vec!["accuracy", "success", "classes", "histogram", "ecdf"], Vec::new());
        match self.jobs[cell].shape.features() {
            2 => names.push("data"),
            n => left_out.push(format!("none of the data: that would need 2 features, not {n}")),
        }
        match self.jobs.iter().map(|job| job.record.curves_below).max() {
            None | Some(0) => left_out.push("none of the losses: no curves are kept".to_owned()),
            Some(_) => names.push("losses"),
        }
        match fans(self.sides) {
            Ok(_) => names.push("fan"),
            Err(reason) => left_out.push(format!("no fan of losses: {reason}")),
        }
        match Seeds::of(self.sides) {
            Ok(_) => names.push("heatmap"),
            Err(reason) => left_out.push(format!("no heat map of seeds: {reason}")),
        }
        names.extend(self.sides.view.compares().then_some("comparison"));
        (names, left_out)
    }

    /// Best, quartiles and worst of the best group; where those are few outcomes, the same of its whole cell beside them.
    /// Trials of that cell by points right, the best first.
    fn chosen(&self, best: &Group) -> Result<Vec<u64>> {
        let sides = self.sides;
        let (mut of_best, mut of_all) = (Examples::default(), Examples::default());
        for chunk in self.study.chunks() {
            let chunk = chunk?;
            if chunk.span().cell != best.cell {
                continue;
            }
            let models = chunk.models()?;
            for (index, outcome) in models.range().zip(&models.outcomes) {
                let Some(score) = outcome.train else { continue };
                of_all.add(index, score.correct);
                let hyperparameters = sides.part(best).trials.get(index).hyperparameters;
                if sides.scalars.iter().zip(&best.values).all(|(scalar, own)| hyperparameters.get(*scalar) == *own) {
                    of_best.add(index, score.correct);
                }
            }
        }
        let mut chosen = of_best.spread();
        for more in of_all.spread() {
            if chosen.len() < BOUNDARIES && chosen.iter().all(|(correct, _)| *correct != more.0) {
                chosen.push(more);
            }
        }
        chosen.sort_unstable_by_key(|(correct, index)| (std::cmp::Reverse(*correct), *index));
        Ok(chosen.into_iter().map(|(_, index)| index).collect())
    }

    /// What a few models say on the picture's grid.
    fn boundaries(&mut self) -> Result<Vec<Boundary>> {
        let sides = self.sides;
        let Some(best) = sides.summary.best() else { return Ok(Vec::new()) };
        let chosen = self.chosen(best)?;
        self.study.check_engine(self.engine.info(), &words::mappings(self.jobs))?;
        let job = &self.jobs[best.cell];
        let replayed = replay(self.engine, job, &chosen)?;
        let (grid, shift) = (DataPlot::grid(&job.data.train).points(), job.recipe.loss.threshold());
        let boundary = |model: Replayed| {
            let points = job.data.train.len() as f64;
            let accuracy = percent(model.correct.map(|correct| f64::from(correct) / points), 1);
            let network = Network::new(&job.shape, &job.recipe, model.weights);
            let logits = (0..grid.len()).into_par_iter().map(|n| network.logit(grid.row(n)) - shift).collect();
            let scalar = sides.scalars[sides.axis];
            let name = if scalar.name() == "lr" { "lr" } else { sides.view.x };
            let value = model.trial.hyperparameters.get(scalar);
            let value = value.map_or(String::new(), |value| format!("{name} {}, ", short(value)));
            Boundary { label: format!("{value}seed {}: {accuracy}", model.trial.seed), logits }
        };
        Ok(replayed.into_iter().map(boundary).collect())
    }
}

/// Loss curves: of all models by the value that the sweep is shown along, or of the best of each thing compared.
fn losses<'a>(sides: &'a Sides, job: &'a Job, curves: &[ModelCurve], settings: &'a str) -> Box<dyn Picture + 'a> {
    let (epochs, x) = (job.record.epochs.clone(), sides.scalars[sides.axis]);
    let loss = words::loss(job.recipe.loss);
    if sides.view.compares() {
        let contenders = sides.view.best(CONTENDERS).into_iter().filter_map(|(name, groups)| {
            let group = best(groups.iter())?;
            let own = curves.iter().filter(|curve| belongs(sides, group, curve)).map(|curve| curve.values.clone());
            Some(Contender { name: name.to_owned(), at: group.x, curves: own.collect() })
        });
        return Box::new(LossComparison { epochs, loss, x: x.words(), contenders: contenders.collect(), settings });
    }
    let values = curves.iter().map(|curve| curve.trial.hyperparameters.get(x).unwrap_or(f64::NAN)).collect();
    let losses = curves.iter().flat_map(|curve| curve.values.iter().copied()).collect();
    Box::new(LossPlot { epochs, x: x.words(), values, loss, losses, models: sides.question.models(), settings })
}

/// Whether a model is one of the group's.
fn belongs(sides: &Sides, group: &Group, curve: &ModelCurve) -> bool {
    let value = |scalar| curve.trial.hyperparameters.get(scalar);
    curve.cell == group.cell && sides.scalars.iter().zip(&group.values).all(|(scalar, own)| value(*scalar) == *own)
}
