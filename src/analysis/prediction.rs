//! What trained models predict for rows of another table, and how right they are.

use crate::dataset::{NewRows, NewTargets, Points, Preprocessing, TargetEncoding, Targets};
use crate::engine::{Engine, Job};
use crate::error::{Error, Result};
use crate::results::OutputReading;

/// Most outputs of all models computed at once.
const MOST_OUTPUTS: usize = 1 << 22;

/// Predictions of one model or of several together.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// How outputs were read.
    pub reading: OutputReading,
    /// Numbers per row: the probability of class 1, or of each class, or the margin, or the values of the targets.
    pub width: usize,
    /// These numbers, `[rows, width]`; means over the models if there are several. Values are in the user's units.
    pub means: Vec<f64>,
    /// Their population standard deviations over the models, `[rows, width]`; None for a single model.
    pub spreads: Option<Vec<f64>>,
    /// Index of each row's class, `[rows]`; 0 for numbers.
    pub classes: Vec<u32>,
    /// User's units per unit of each output, `[width]`.
    pub units: Vec<f64>,
}

/// How right predictions are on the rows with known targets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PredictionScore {
    /// Number of rows with the right class, of all rows.
    Accuracy {
        /// Right ones.
        correct: u64,
        /// All.
        rows: u64,
    },
    /// Coefficient of determination over all targets together, as in a study; None without a spread of the targets.
    R2(Option<f64>),
}

impl Predictions {
    /// Predicts `rows` by models of `job`'s cell with parameters row-major `[models, parameters]`. `ids` are the
    /// models' ids, for messages.
    ///
    /// # Errors
    /// As for [`Engine::logits`]; [`Error::Usage`] for a row with an output that is not finite.
    pub fn of(
        engine: &mut dyn Engine,
        job: &Job,
        parameters: &[f64],
        ids: &[u64],
        prepared: &Preprocessing,
        rows: &NewRows,
    ) -> Result<Self> {
        let (features, outputs) = (job.shape.features(), job.shape.outputs());
        let reading = OutputReading::of(job.train_spec.loss, outputs, job.data.train.is_regression());
        let (width, models) = (outputs, ids.len());
        let units = (0..width).map(|k| prepared.value(k, 1.0) - prepared.value(k, 0.0)).collect();
        let mut all = Self { reading, width, means: Vec::new(), spreads: None, classes: Vec::new(), units };
        let mut spreads = Vec::new();
        let block = (MOST_OUTPUTS / (models * outputs)).max(1);
        for (start, x) in (0..).step_by(block).zip(rows.x.chunks(block * features)) {
            let count = x.len() / features;
            let points = Points { features, x: x.to_vec(), targets: Targets::Binary(vec![false; count]) };
            let mut found = engine.logits(job, parameters, &points)?;
            if let Some(at) = found.iter().position(|output| !output.is_finite()) {
                let (model, row) = (ids[at / (count * outputs)], rows.numbers[start + at / outputs % count]);
                let what = format!("has row {row}, for which an output of model {model} is not finite; leave it out");
                return Err(Error::usage("--data", what));
            }
            all.add(prepared, &mut found, models, &mut spreads);
        }
        all.spreads = (models > 1).then_some(spreads);
        Ok(all)
    }

    /// Adds the rows of a block with outputs `[models, rows, width]`.
    fn add(&mut self, prepared: &Preprocessing, outputs: &mut [f64], models: usize, spreads: &mut Vec<f64>) {
        let (width, rows) = (self.width, outputs.len() / models / self.width);
        let single: Vec<u32> = match models {
            1 => outputs.chunks_exact(width).map(|outputs| self.reading.class(outputs)).collect(),
            _ => Vec::new(),
        };
        outputs.chunks_exact_mut(width).for_each(|outputs| self.reading.read(outputs));
        if self.reading == OutputReading::Values {
            outputs.iter_mut().enumerate().for_each(|(at, output)| *output = prepared.value(at % width, *output));
        }
        let first = self.means.len();
        for at in 0..rows * width {
            let of = |model: usize| outputs[model * rows * width + at];
            let mean = (0..models).map(of).sum::<f64>() / models as f64;
            self.means.push(mean);
            if models > 1 {
                let squares: f64 = (0..models).map(|model| (of(model) - mean).powi(2)).sum();
                spreads.push((squares / models as f64).sqrt());
            }
        }
        match models {
            1 => self.classes.extend(single),
            _ => {
                let means = self.means[first..].chunks_exact(width);
                self.classes.extend(means.map(|means| self.reading.class_of_means(means)));
            }
        }
    }

    /// Returns the names of the columns of a table of predictions, after the row's number: `class`, then the numbers,
    /// each with its spread if there are several models.
    pub fn columns(&self, prepared: &Preprocessing) -> Vec<String> {
        let numbers: Vec<String> = match (&prepared.target, self.reading) {
            (_, OutputReading::Margin) => vec!["output".into()],
            (TargetEncoding::Classes { classes, .. }, OutputReading::Sigmoid | OutputReading::Limited) => {
                vec![format!("p_{}", classes[1])]
            }
            (TargetEncoding::Classes { classes, .. }, _) => classes.iter().map(|class| format!("p_{class}")).collect(),
            (TargetEncoding::Numbers { names, .. }, _) => names.clone(),
        };
        let spread = |name: String| match self.spreads {
            None => vec![name],
            Some(_) => vec![name.clone(), format!("{name}_std")],
        };
        let class = self.reading.has_classes().then(|| "class".to_owned());
        class.into_iter().chain(numbers.into_iter().flat_map(spread)).collect()
    }

    /// Returns the numbers of a row, each followed by its spread if there are several models.
    pub fn numbers(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        let at = row * self.width..(row + 1) * self.width;
        at.flat_map(|at| {
            let spread = self.spreads.as_ref().map(|spreads| spreads[at]);
            std::iter::once(self.means[at]).chain(spread)
        })
    }

    /// Compares with the targets; None where there are none.
    pub fn score(&self, targets: &NewTargets) -> Option<PredictionScore> {
        match targets {
            NewTargets::Classes(classes) => {
                let known = || classes.iter().zip(&self.classes).filter_map(|(own, found)| Some(((*own)?, *found)));
                let (correct, rows) = (known().filter(|(own, found)| own == found).count(), known().count());
                (rows > 0).then_some(PredictionScore::Accuracy { correct: correct as u64, rows: rows as u64 })
            }
            NewTargets::Numbers(numbers) => {
                let known = numbers.iter().any(|number| !number.is_nan());
                known.then(|| PredictionScore::R2(self.r2(numbers)))
            }
        }
    }

    /// Returns 1 - Σ (y - ŷ)² / Σ (y - ȳ)² over all targets, each in the units of its output.
    fn r2(&self, numbers: &[f64]) -> Option<f64> {
        let of_target = |k: usize| {
            let pairs = || {
                let own = numbers.iter().skip(k).step_by(self.width);
                own.zip(self.means.iter().skip(k).step_by(self.width)).filter(|(own, _)| !own.is_nan())
            };
            let mean = pairs().map(|(own, _)| own).sum::<f64>() / pairs().count() as f64;
            let total: f64 = pairs().map(|(own, _)| (own - mean).powi(2)).sum();
            let left: f64 = pairs().map(|(own, found)| (own - found).powi(2)).sum();
            [left, total].map(|sum| sum / self.units[k].powi(2))
        };
        let [left, total] =
            (0..self.width).map(of_target).fold([0.0; 2], |[a, b], [left, total]| [a + left, b + total]);
        (total > 0.0).then(|| 1.0 - left / total)
    }
}

#[cfg(test)]
mod tests;
