//! Representative models of a cell: of each class the best, a typical and the worst one, with their weights.

use super::retrain::{ModelsByAccuracy, RetrainedModel};
use crate::engine::Job;
use crate::error::Result;
use crate::npz::NpzWriter;
use crate::statistics::OutcomeClass;
use std::path::Path;

/// Rank of a model within its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Best by the study's selection criterion; among diverged models, the last to diverge.
    Best,
    /// Median.
    Typical,
    /// Worst.
    Worst,
}

/// A model that represents its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Representative {
    /// Outcome class.
    pub class: OutcomeClass,
    /// Rank within the class.
    pub role: Role,
    /// Trial index.
    pub index: u64,
}

/// Counts models by class and rank, with an example of each; memory use does not grow with the number of models.
#[derive(Debug, Clone, Default)]
pub struct Candidates([ModelsByAccuracy; OutcomeClass::ALL.len()]);

impl Candidates {
    /// Counts trial `index` with its rank, where higher is better: see [`rank`](super::model_selection::rank); for a
    /// diverged model, the epoch of divergence.
    pub fn add(&mut self, index: u64, class: OutcomeClass, rank: u32) {
        self.0[class as usize].add(index, rank);
    }

    /// Returns up to three models of each class. A model with several roles appears once, with the best of them.
    pub fn chosen(&self) -> Vec<Representative> {
        let mut chosen: Vec<Representative> = Vec::new();
        for class in OutcomeClass::ALL {
            for (role, quarter) in [(Role::Best, 0), (Role::Typical, 2), (Role::Worst, 4)] {
                let found = self.0[class as usize].at_quarter(quarter).map(|(_, index)| index);
                let index = found.filter(|index| chosen.iter().all(|other| other.index != *index));
                chosen.extend(index.map(|index| Representative { class, role, index }));
            }
        }
        chosen
    }
}

/// Writes an npz file: `model_id [K]`, `class [K]` (index into [`OutcomeClass::ALL`]), `role [K]` (0 best, 1 typical, 2
/// worst), and layer by layer `init_w1 [K, out, in]`, `init_b1 [K, out]`, ..., `final_w1`, ...; `first` is the id of
/// the cell's first model.
///
/// # Errors
/// [`crate::Error::Io`].
///
/// # Panics
/// If `who` and `models` differ in length.
pub fn write(path: &Path, job: &Job, first: u64, who: &[Representative], models: &[RetrainedModel]) -> Result<()> {
    assert_eq!(who.len(), models.len());
    let mut npz = NpzWriter::create(path)?;
    npz.array("model_id", &[who.len()], who.iter().map(|one| (first + one.index).cast_signed()))?;
    npz.array("class", &[who.len()], who.iter().map(|one| one.class as i64))?;
    npz.array("role", &[who.len()], who.iter().map(|one| one.role as i64))?;
    for kind in ["init", "final"] {
        let weights: fn(&RetrainedModel) -> &[f64] =
            if kind == "init" { |model| &model.initial } else { |model| &model.last };
        for (l, layer) in job.shape.layers().into_iter().enumerate() {
            let part =
                |from: usize, to: usize| models.iter().flat_map(move |model| weights(model)[from..to].iter().copied());
            let shape = [models.len(), layer.outputs, layer.inputs];
            npz.array(&format!("{kind}_w{}", l + 1), &shape, part(layer.weights, layer.biases))?;
            if layer.bias {
                npz.array(&format!("{kind}_b{}", l + 1), &shape[..2], part(layer.biases, layer.end()))?;
            }
        }
    }
    npz.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_a_best_a_typical_and_a_worst_model_each_once() {
        let mut candidates = Candidates::default();
        (0..100u32).for_each(|i| candidates.add(i.into(), OutcomeClass::Success, 150 + i / 2));
        candidates.add(200, OutcomeClass::Slow, 100);
        [(300, 7), (301, 90), (302, 8)].iter().for_each(|(index, epoch)| {
            candidates.add(*index, OutcomeClass::Diverged, *epoch);
        });
        let chosen: Vec<_> = candidates.chosen().iter().map(|one| (one.class, one.role, one.index)).collect();
        let expected = [
            (OutcomeClass::Diverged, Role::Best, 301),
            (OutcomeClass::Diverged, Role::Typical, 302),
            (OutcomeClass::Diverged, Role::Worst, 300),
            (OutcomeClass::Success, Role::Best, 98),
            (OutcomeClass::Success, Role::Typical, 50),
            (OutcomeClass::Success, Role::Worst, 0),
            (OutcomeClass::Slow, Role::Best, 200),
        ];
        assert_eq!(chosen, expected);
    }
}
