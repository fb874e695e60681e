//! Learning rates of a study with the accuracies of their seeds.

use crate::error::{Error, Result, number, one_of};
use crate::results::{CellSpec, ModelColumns, StudyResults, StudySpec, class};
use crate::statistics::{Group, GroupScores, Measure, OutcomeClass, Series, Summary, near_best};
use crate::sweep::{Hyperparameter, Hyperparameters};
use std::collections::BTreeMap;

/// Maximum number of seeds per learning rate, the first ones; enough to estimate a spread to within 1 %.
pub const MOST_SEEDS: u64 = 10_000;

/// Maximum number of learning rates that a message lists; of more, it lists those near the one typed.
const FEW: usize = 6;

/// Smallest difference of mean accuracies, a fraction, that is worth a comparison.
const NOTABLE: f64 = 0.01;

/// Models of one learning rate that differ only in their seeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arm {
    /// Learning rate.
    pub lr: f64,
    /// Accuracy by seed, a fraction: on the test rows if there are any, else on the rows for selection. Without
    /// diverged models.
    pub accuracies: BTreeMap<u64, f64>,
    /// Number of all models.
    pub models: u64,
    /// Number of diverged models.
    pub diverged: u64,
    /// Number of successes: models with more correct training points than the sweep's threshold.
    pub successes: u64,
}

impl Arm {
    /// Returns the accuracies, by seed.
    pub fn values(&self) -> Vec<f64> {
        self.accuracies.values().copied().collect()
    }

    /// Returns the mean accuracy; `None` if all models diverged.
    pub fn mean(&self) -> Option<f64> {
        let values = self.values();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Returns the share of successes among all models; a diverged one is a failure.
    pub fn success_rate(&self) -> f64 {
        self.successes as f64 / self.models.max(1) as f64
    }

    /// Returns the accuracies of both for the seeds that they share.
    pub fn shared(&self, other: &Self) -> Vec<(f64, f64)> {
        self.accuracies.iter().filter_map(|(seed, own)| Some((*own, *other.accuracies.get(seed)?))).collect()
    }

    /// Whether it can be compared: it has two accuracies, and at most half of the models diverged.
    fn is_sound(&self) -> bool {
        self.accuracies.len() > 1 && 2 * self.diverged <= self.models
    }
}

/// Learning rates of one combination of all other settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Arms {
    /// Cell index.
    pub cell: usize,
    /// Common hyper-parameters other than the learning rate.
    pub others: Vec<(Hyperparameter, f64)>,
    /// Whether the accuracies are on the test rows.
    pub tested: bool,
    /// What the accuracies are.
    pub measure: Measure,
    /// Accuracy of always predicting the most common class, on the same rows.
    pub baseline: f64,
    /// Variance of an accuracy that rounding to whole rows may hide: the minimum for all variances.
    pub rounding: f64,
    /// Best learning rate, chosen as in all summaries; `None`: the one with the highest mean accuracy.
    pub best: Option<f64>,
    /// Arms, ascending by learning rate.
    pub all: Vec<Arm>,
}

/// Cell index, and the bits of the hyper-parameters other than the learning rate.
type Key = (usize, Vec<Option<u64>>);

impl Arms {
    /// Returns the learning rates of a study's best combination, see [`Arms::of_models`]; `summary` are its statistics.
    ///
    /// # Errors
    /// [`Error::Folder`] if there is no such combination; [`Error::Io`], [`Error::Damaged`].
    pub fn of(study: &dyn StudyResults, summary: &Summary) -> Result<Self> {
        let models = study.parts().map(|part| part?.models());
        let none = "has no two learning rates with two seeds or more each that did not diverge";
        Self::of_models(study.spec(), summary, models)?.ok_or_else(|| study.refuse(none.into()))
    }

    /// Returns the learning rates of the best combination: the one with the best mean score at any learning rate, among
    /// those that have several learning rates with several seeds; `None` if there is no such combination. `summary` are
    /// the statistics of `models`.
    ///
    /// # Errors
    /// Those of `models`.
    pub fn of_models(
        spec: &StudySpec,
        summary: &Summary,
        models: impl Iterator<Item = Result<ModelColumns>>,
    ) -> Result<Option<Self>> {
        let hyperparameters = spec.hyperparameters();
        let curves = summary.along(
            hyperparameters.iter().position(|hyperparameter| *hyperparameter == Hyperparameter::Lr).unwrap_or(0),
        );
        let is_sound = |group: &&Group| group.reported_counts().len() > 1 && 2 * group.lost() <= group.n;
        let best = |series: &Series| {
            let sound = || series.groups.iter().filter(is_sound).filter_map(|group| group.scores.mean());
            (sound().count() > 1).then(|| sound().fold(f64::NEG_INFINITY, f64::max))
        };
        let ranked = curves.iter().filter_map(|series| Some((best(series)?, series)));
        let chosen = ranked.reduce(|a, b| if b.0 > a.0 { b } else { a }).map(|(_, series)| series);
        let Some(curve) = chosen else { return Ok(None) };
        let mut bits = Hyperparameter::ALL.map(|_| None).to_vec();
        for (hyperparameter, value) in hyperparameters.iter().zip(&curve.others) {
            bits[*hyperparameter as usize] = value.map(f64::to_bits);
        }
        let (best, chosen) = (near_best(&curve.groups).best().map(|best| best.group.x), (curve.cell, bits));
        let mut arms: BTreeMap<u64, Arm> = BTreeMap::new();
        each(spec, models, |cell, hyperparameters, seed, accuracy, success| {
            let lr = lr(hyperparameters);
            if key(cell, hyperparameters) == chosen {
                let arm = arms.entry(lr.to_bits()).or_insert_with(|| Arm { lr, ..Arm::default() });
                if arm.models < MOST_SEEDS {
                    arm.models += 1;
                    arm.diverged += u64::from(accuracy.is_none());
                    arm.successes += u64::from(success);
                    accuracy.into_iter().for_each(|accuracy| _ = arm.accuracies.entry(seed).or_insert(accuracy));
                }
            }
        })?;
        let (cell, bits) = chosen;
        let others = Hyperparameter::ALL
            .into_iter()
            .zip(bits)
            .filter_map(|(hyperparameter, bits)| Some((hyperparameter, f64::from_bits(bits?))));
        let cell_spec = &spec.cells[cell];
        let rows = cell_spec.rows(cell_spec.reported_rows());
        let (tested, baseline, measure) = (cell_spec.test.points > 0, rows.baseline(), rows.measure());
        let rounding = GroupScores::new(1.0 / f64::from(rows.steps().max(1))).rounding_variance();
        let all = arms.into_values().filter(Arm::is_sound).collect();
        Ok(Some(Self { cell, others: others.collect(), tested, measure, baseline, rounding, best, all }))
    }

    /// Returns what the accuracies are, in words.
    pub fn measured(&self) -> String {
        let name = self.measure.name();
        if self.tested { format!("test {name}") } else { name.to_owned() }
    }

    /// Returns the given learning rates, or the best one and the next that is at least a percentage point below, the
    /// better one first: the very next may be as good, and no number of seeds can distinguish equals.
    ///
    /// # Errors
    /// [`Error::Setting`] if a rate is missing; [`Error::Usage`] if both are the same.
    pub fn pair(&self, between: Option<[f64; 2]>) -> Result<[usize; 2]> {
        let mean = |arm: &usize| self.all[*arm].mean().unwrap_or(0.0);
        let mut pair = match between {
            None => (0..self.all.len()).collect(),
            Some(rates) => rates.iter().map(|lr| self.find(*lr)).collect::<Result<Vec<_>>>()?,
        };
        let is_best = |arm: &usize| between.is_none() && self.best == Some(self.all[*arm].lr);
        pair.sort_by(|a, b| is_best(b).cmp(&is_best(a)).then(mean(b).total_cmp(&mean(a))));
        if between.is_none() && pair.len() > 1 {
            let below = |gap: f64| (1..pair.len()).find(|k| mean(&pair[*k]) < mean(&pair[0]) - gap);
            // Half percentage points are not exact in binary.
            let other = below(NOTABLE - 1e-9).or_else(|| below(1e-12));
            // The best on validation rows may be the worst on test rows.
            let apart = |k: &usize| (mean(&pair[*k]) - mean(&pair[0])).abs();
            let other = other.or_else(|| (1..pair.len()).max_by(|a, b| apart(a).total_cmp(&apart(b)))).unwrap_or(1);
            pair.swap(1, other);
        }
        match pair[..] {
            [a, b, ..] if a != b => Ok([a, b]),
            _ => Err(Error::usage("--between", "names the same learning rate twice; name two different ones")),
        }
    }

    /// Returns the arm whose learning rate is nearest to `wanted`, within 1 %, since users type fewer digits.
    fn find(&self, wanted: f64) -> Result<usize> {
        let distance = |arm: &usize| (self.all[*arm].lr - wanted).abs();
        let nearest = (0..self.all.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let near = nearest.filter(|arm| distance(arm) <= 0.01 * self.all[*arm].lr.abs());
        near.ok_or_else(|| Error::setting("--between", number(wanted), self.choice(wanted)))
    }

    /// Describes the available learning rates to a user who typed `wanted`.
    fn choice(&self, wanted: f64) -> String {
        // Four digits are enough for `find`.
        let short = |arm: &Arm| number(format!("{:.3e}", arm.lr).parse().unwrap_or(arm.lr));
        let ends = [self.all.first(), self.all.last()].map(|arm| arm.map_or(String::new(), short));
        if self.all.len() <= FEW {
            return one_of(&self.all.iter().map(short).collect::<Vec<_>>());
        }
        let mut near: Vec<&Arm> = self.all.iter().collect();
        near.sort_by(|a, b| (a.lr - wanted).abs().total_cmp(&(b.lr - wanted).abs()));
        let near: Vec<String> = near.into_iter().take(2).map(short).collect();
        let [first, last] = ends;
        format!(
            "two learning rates of the study, from {first} to {last} (summary.csv lists them), such as {}",
            one_of(&near)
        )
    }
}

fn lr(hyperparameters: &Hyperparameters) -> f64 {
    hyperparameters.get(Hyperparameter::Lr).unwrap_or(0.0)
}

fn key(cell: usize, hyperparameters: &Hyperparameters) -> Key {
    let other = |hyperparameter: Hyperparameter| {
        hyperparameters.get(hyperparameter).filter(|_| hyperparameter != Hyperparameter::Lr).map(f64::to_bits)
    };
    (cell, Hyperparameter::ALL.map(other).to_vec())
}

/// Calls `see` for every model: cell, hyper-parameters, seed, accuracy (`None`: diverged or exploded) and whether it is
/// a success.
fn each(
    spec: &StudySpec,
    models: impl Iterator<Item = Result<ModelColumns>>,
    mut see: impl FnMut(usize, &Hyperparameters, u64, Option<f64>, bool),
) -> Result<()> {
    for models in models {
        let models = models?;
        let cell_spec: &CellSpec = &spec.cells[models.cell];
        for (index, outcome) in models.range().zip(&models.outcomes) {
            let trial = cell_spec.trials.get(index);
            let set = cell_spec.reported_rows();
            let rows = cell_spec.rows(set);
            let accuracy = outcome.score_in_statistics(set).and_then(|score| rows.accuracy(score.hits(rows)));
            let success = class(spec, cell_spec, outcome) == OutcomeClass::Success;
            see(models.cell, &trial.hyperparameters, trial.seed, accuracy, success);
        }
    }
    Ok(())
}
