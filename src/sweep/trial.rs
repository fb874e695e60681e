//! Trials: the models that a sweep trains. Each is computed independently of the others.

use super::Sweep;
use super::hyperparameter::{Hyperparameter, Hyperparameters};
use crate::error::{Error, Result};

/// One model to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Index within the cell.
    pub index: u64,
    /// Hyper-parameters of the training.
    pub hyperparameters: Hyperparameters,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl Trial {
    /// Returns the learning rate; 0 if not set.
    pub fn lr(&self) -> f64 {
        self.hyperparameters.get(Hyperparameter::Lr).unwrap_or(0.0)
    }
}

/// Source of initial weights.
#[derive(Debug, Clone, PartialEq)]
pub enum InitialWeights {
    /// Drawn from each trial's seed according to [`super::TrainSpec`].
    Drawn,
    /// Weights from a file, row-major `[models, parameters]` in [`crate::model::NetworkShape`]'s order, by trial index.
    Given(Vec<f64>),
}

impl InitialWeights {
    /// Returns the count of numbers in memory.
    pub(super) fn numbers(&self) -> usize {
        match self {
            Self::Drawn => 0,
            Self::Given(weights) => weights.len(),
        }
    }
}

/// A hyper-parameter and its values.
pub type GridAxis = (Hyperparameter, Vec<f64>);

/// All trials of a cell: a grid or a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Trials {
    /// Trial `i` has combination `i % P` of the P combinations of the axes' values, the first axis varying fastest, and
    /// seed `first_seed + i / P`.
    Grid {
        /// Values of each hyper-parameter, in the order of [`Hyperparameter::ALL`].
        axes: Vec<GridAxis>,
        /// Seed of the first trial.
        first_seed: u64,
        /// Whether trial `i` has the seed `first_seed + i` instead, so that no two trials share one.
        independent_seeds: bool,
        /// Number of trials; the last seed may have fewer than P.
        count: u64,
    },
    /// One entry per model: hyper-parameters and seed.
    List(Vec<(Hyperparameters, u64)>),
}

impl Trials {
    /// Creates a grid of `count` trials over the sweep's seeds.
    ///
    /// # Errors
    /// [`Error::Setting`] if a seed would exceed 2^64 - 1.
    pub fn grid(sweep: &Sweep, axes: Vec<GridAxis>, count: u64) -> Result<Self> {
        let this = Self::Grid { axes, first_seed: sweep.seed, independent_seeds: sweep.independent_seeds, count };
        let last = if sweep.independent_seeds { count.max(1) - 1 } else { (count.max(1) - 1) / this.combinations() };
        match sweep.seed.checked_add(last) {
            Some(_) => Ok(this),
            None => Err(Error::setting("--seed", sweep.seed, "small enough that the last seed stays below 2^64")),
        }
    }

    /// Creates a list from one pair of learning rate and seed per model.
    pub fn pairs(list: Vec<(f64, u64)>) -> Self {
        Self::List(list.into_iter().map(|(lr, seed)| (Hyperparameters::lr(lr), seed)).collect())
    }

    /// Returns the number of models.
    pub fn len(&self) -> u64 {
        match self {
            Self::Grid { count, .. } => *count,
            Self::List(list) => list.len() as u64,
        }
    }

    /// Whether there are no models.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the hyper-parameters that any trial sets, in the order of [`Hyperparameter::ALL`].
    pub fn given(&self) -> Vec<Hyperparameter> {
        let mut given = [false; Hyperparameter::ALL.len()];
        match self {
            Self::Grid { axes, .. } => {
                axes.iter().for_each(|(hyperparameter, _)| given[*hyperparameter as usize] = true)
            }
            Self::List(list) => list.iter().for_each(|(hyperparameters, _)| {
                given
                    .iter_mut()
                    .zip(Hyperparameter::ALL)
                    .for_each(|(given, s)| *given |= hyperparameters.get(s).is_some());
            }),
        }
        Hyperparameter::ALL.into_iter().filter(|hyperparameter| given[*hyperparameter as usize]).collect()
    }

    /// Returns the number P of combinations of the axes' values; 1 for a list.
    pub fn combinations(&self) -> u64 {
        match self {
            Self::Grid { axes, .. } => axes.iter().map(|(_, values)| values.len() as u64).product(),
            Self::List(_) => 1,
        }
    }

    /// Whether any two trials have the same seed.
    pub fn share_seeds(&self) -> bool {
        match self {
            Self::Grid { independent_seeds, count, .. } => !independent_seeds && self.combinations() > 1 && *count > 1,
            Self::List(list) => {
                let mut seeds: Vec<u64> = list.iter().map(|(_, seed)| *seed).collect();
                seeds.sort_unstable();
                seeds.windows(2).any(|pair| pair[0] == pair[1])
            }
        }
    }

    /// Returns the number of combinations that occur in a grid, each with histograms. `None` for a list, where every
    /// trial may be a different combination.
    pub fn histograms(&self) -> Option<u64> {
        matches!(self, Self::Grid { .. }).then(|| self.combinations().min(self.len()).max(1))
    }

    /// Returns trial `index`.
    ///
    /// # Panics
    /// If `index` is not below [`Trials::len`].
    pub fn get(&self, index: u64) -> Trial {
        assert!(index < self.len(), "trial {index} of {}", self.len());
        let (hyperparameters, seed) = match self {
            Self::Grid { axes, first_seed, independent_seeds, .. } => {
                let per_seed = self.combinations();
                let offset = if *independent_seeds { index } else { index / per_seed };
                (combination(axes, index % per_seed), first_seed + offset)
            }
            Self::List(list) => list[index as usize],
        };
        Trial { index, hyperparameters, seed }
    }
}

/// Returns combination `number` of the axes' values, the first axis varying fastest.
fn combination(axes: &[GridAxis], mut number: u64) -> Hyperparameters {
    let mut hyperparameters = Hyperparameters::default();
    for (hyperparameter, values) in axes {
        let count = values.len() as u64;
        hyperparameters = hyperparameters.with(*hyperparameter, values[(number % count) as usize]);
        number /= count;
    }
    hyperparameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(count: u64, edit: impl FnOnce(&mut Sweep)) -> Result<Trials> {
        let mut sweep = Sweep { seed: 10, ..Sweep::default() };
        edit(&mut sweep);
        Trials::grid(&sweep, vec![(Hyperparameter::Lr, vec![0.1, 0.2, 0.3])], count)
    }

    fn pairs(trials: &Trials) -> Vec<(f64, u64)> {
        (0..trials.len()).map(|i| trials.get(i)).map(|t| (t.lr(), t.seed)).collect()
    }

    #[test]
    fn the_learning_rate_runs_fastest_and_the_last_seed_may_be_ragged() {
        let trials = grid(5, |_| ()).unwrap();
        assert_eq!(pairs(&trials), [(0.1, 10), (0.2, 10), (0.3, 10), (0.1, 11), (0.2, 11)]);
        let axes = vec![(Hyperparameter::Lr, vec![1.0, 2.0]), (Hyperparameter::Momentum, vec![0.5, 0.9])];
        let trials = Trials::grid(&Sweep::default(), axes, 5).unwrap();
        let both =
            |i| (trials.get(i).lr(), trials.get(i).hyperparameters.get(Hyperparameter::Momentum), trials.get(i).seed);
        let expected =
            [(1.0, Some(0.5), 0), (2.0, Some(0.5), 0), (1.0, Some(0.9), 0), (2.0, Some(0.9), 0), (1.0, Some(0.5), 1)];
        assert_eq!([0, 1, 2, 3, 4].map(both), expected);
        let few = |count| grid(count, |_| ()).unwrap().histograms();
        assert_eq!((few(2), few(5), Trials::pairs(vec![(0.1, 0); 9]).histograms()), (Some(2), Some(3), None));
    }

    #[test]
    fn a_grid_shares_seeds_and_a_list_where_one_is_there_twice() {
        assert!(grid(5, |_| ()).unwrap().share_seeds());
        assert!(!grid(5, |s| s.independent_seeds = true).unwrap().share_seeds());
        assert!(!Trials::grid(&Sweep::default(), vec![(Hyperparameter::Lr, vec![0.1])], 9).unwrap().share_seeds());
        assert!(Trials::pairs(vec![(0.1, 7), (0.2, 3), (0.3, 7)]).share_seeds());
        assert!(!Trials::pairs(vec![(0.1, 7), (0.2, 3)]).share_seeds());
    }

    #[test]
    fn independent_seeds_count_up_with_the_trial() {
        let trials = grid(4, |s| s.independent_seeds = true).unwrap();
        assert_eq!(pairs(&trials), [(0.1, 10), (0.2, 11), (0.3, 12), (0.1, 13)]);
    }

    #[test]
    fn the_last_seed_may_be_the_largest_but_not_beyond() {
        let with = |seed, count| grid(count, |s| s.seed = seed);
        assert_eq!(with(u64::MAX - 1, 6).unwrap().get(5).seed, u64::MAX);
        assert!(with(u64::MAX - 1, 7).is_err());
    }
}
