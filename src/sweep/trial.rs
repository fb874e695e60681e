//! Trials: which models a sweep trains. Any one is made without the others.

use super::Sweep;
use crate::error::{Error, Result};

/// What may differ from model to model beside the seed. f64 here; f32 engines round once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hyperparameters {
    /// Learning rate.
    pub lr: f64,
}

/// One model to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    pub index: u64,
    pub hyperparameters: Hyperparameters,
    /// Seed of the initial weights.
    pub seed: u64,
}

/// Where initial weights come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Initial {
    /// PyTorch's default for `nn.Linear`, from each trial's seed.
    Torch,
    /// Given ones, row-major `[models, parameters]` in [`crate::model::Shape`]'s order, by trial index.
    Given(Vec<f64>),
}

/// All trials of a sweep: a grid or a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Trials {
    /// Trial `i` has combination `i % lrs.len()` and seed index `i / lrs.len()`.
    Grid { lrs: Vec<f64>, first_seed: u64, independent_seeds: bool, count: u64 },
    /// One entry per model: learning rate and seed.
    List(Vec<(f64, u64)>),
}

impl Trials {
    /// The sweep's trials; `listed` are the rows of its `--trials` file, if it has one.
    ///
    /// # Errors
    /// [`Error::Setting`] where there would be too many, more than rows in the list, or where a seed would pass 2^64 - 1.
    pub fn of(sweep: &Sweep, listed: Option<Vec<(f64, u64)>>) -> Result<Self> {
        if let Some(mut list) = listed {
            let rows = list.len() as u64;
            let models = sweep.models.unwrap_or(rows);
            if models > rows {
                return Err(Error::setting("--models", models, format!("up to {rows}, the rows of the --trials file")));
            }
            list.truncate(models as usize);
            return Ok(Self::List(list));
        }
        let lrs = sweep.lr.values().to_vec();
        let per_seed = lrs.len() as u64;
        let count = match (sweep.models, sweep.seeds) {
            (Some(models), _) => models,
            (None, Some(seeds)) => seeds.saturating_mul(per_seed),
            (None, None) => Sweep::DEFAULT_MODELS,
        };
        if count > Sweep::MAX_MODELS {
            return Err(Error::setting("--seeds", format!("{count} models in all"), "2^40 models in all"));
        }
        let last = if sweep.independent_seeds { count - 1 } else { (count - 1) / per_seed };
        if sweep.seed.checked_add(last).is_none() {
            return Err(Error::setting("--seed", sweep.seed, "a first seed whose last one stays below 2^64"));
        }
        Ok(Self::Grid { lrs, first_seed: sweep.seed, independent_seeds: sweep.independent_seeds, count })
    }

    /// Number of models.
    pub fn len(&self) -> u64 {
        match self {
            Self::Grid { count, .. } => *count,
            Self::List(list) => list.len() as u64,
        }
    }

    /// Whether there is nothing to train.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Trials that share a seed in a grid; 1 in a list.
    pub fn combinations(&self) -> u64 {
        match self {
            Self::Grid { lrs, .. } => lrs.len() as u64,
            Self::List(_) => 1,
        }
    }

    /// Trial `index`, made without the others.
    ///
    /// # Panics
    /// Where `index` is not below [`Trials::len`].
    pub fn get(&self, index: u64) -> Trial {
        assert!(index < self.len(), "trial {index} of {}", self.len());
        let (lr, seed) = match self {
            Self::Grid { lrs, first_seed, independent_seeds, .. } => {
                let per_seed = lrs.len() as u64;
                let offset = if *independent_seeds { index } else { index / per_seed };
                (lrs[(index % per_seed) as usize], first_seed + offset)
            }
            Self::List(list) => list[index as usize],
        };
        Trial { index, hyperparameters: Hyperparameters { lr }, seed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Axis;

    fn grid(edit: impl FnOnce(&mut Sweep)) -> Trials {
        let mut sweep = Sweep { lr: Axis::parse("--lr", "0.1,0.2,0.3").unwrap(), seed: 10, ..Sweep::default() };
        edit(&mut sweep);
        Trials::of(&sweep, None).unwrap()
    }

    fn pairs(trials: &Trials) -> Vec<(f64, u64)> {
        (0..trials.len()).map(|i| trials.get(i)).map(|t| (t.hyperparameters.lr, t.seed)).collect()
    }

    #[test]
    fn the_learning_rate_runs_fastest_and_the_last_seed_may_be_ragged() {
        let trials = grid(|s| s.models = Some(5));
        assert_eq!(pairs(&trials), [(0.1, 10), (0.2, 10), (0.3, 10), (0.1, 11), (0.2, 11)]);
        assert_eq!(grid(|s| s.seeds = Some(4)).len(), 12);
    }

    #[test]
    fn independent_seeds_count_up_with_the_trial() {
        let trials = grid(|s| (s.models, s.independent_seeds) = (Some(4), true));
        assert_eq!(pairs(&trials), [(0.1, 10), (0.2, 11), (0.3, 12), (0.1, 13)]);
    }

    #[test]
    fn the_last_seed_may_be_the_largest_but_not_beyond() {
        let with = |seed, seeds| Trials::of(&Sweep { seed, seeds: Some(seeds), ..Sweep::default() }, None);
        assert_eq!(with(u64::MAX - 1, 2).unwrap().get(40).seed, u64::MAX);
        assert!(with(u64::MAX - 1, 3).is_err());
    }

    #[test]
    fn a_list_is_cut_by_models() {
        let sweep = Sweep { models: Some(2), ..Sweep::default() };
        let trials = Trials::of(&sweep, Some(vec![(0.5, 7), (0.25, 9), (1.0, 1)])).unwrap();
        assert_eq!(pairs(&trials), [(0.5, 7), (0.25, 9)]);
        assert!(Trials::of(&sweep, Some(vec![(0.5, 7)])).unwrap_err().to_string().contains("up to 1"));
    }
}
