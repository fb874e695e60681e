//! Models that a landscape shows: the same seed at a few learning rates, with other seeds at each.

use crate::error::{Error, Result, number};
use crate::sweep::{Hyperparameter, Hyperparameters, Trial, Trials};

/// Maximum number of learning rates side by side.
pub const MOST_PANELS: usize = 4;
/// Default number of paths per panel.
const USUAL_PATHS: u64 = 30;
/// Limit on the numbers of all paths together for the default number of paths: 256 MiB.
const MANY: u64 = 1 << 25;
/// Limit for any number of paths.
const TOO_MANY: u64 = 8 * MANY;

/// Settings of a landscape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LandscapeRequest {
    /// Grid points along each direction.
    pub grid: usize,
    /// Half the width of the grid, in units of the directions; `None`: chosen by the paths.
    pub span: Option<f64>,
    /// Paths per panel, including the model's own; `None`: 30, fewer for large networks.
    pub paths: Option<u64>,
}

impl Default for LandscapeRequest {
    fn default() -> Self {
        Self { grid: 201, span: None, paths: None }
    }
}

impl LandscapeRequest {
    /// Refuses a span that is not above 0.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub fn check(&self) -> Result<()> {
        match self.span {
            Some(span) if span <= 0.0 => Err(Error::setting("--span", number(span), "a number above 0")),
            _ => Ok(()),
        }
    }
}

/// Trials of one panel, which differ only in their seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelTrials {
    /// Learning rate of all trials.
    pub lr: f64,
    /// Trial indices; the plane goes through the end point of the first.
    pub trials: Vec<u64>,
}

/// Chooses the model's own learning rate and up to three others at which there is a model of the same seed that differs
/// in nothing else: those nearest the lowest, the middle and the highest of the others. Each panel has the first models
/// at its rate; panels ascend by learning rate. `numbers`: states × parameters of each path.
///
/// # Errors
/// [`Error::Setting`] if the paths would not fit into memory.
pub fn shown_trials(
    trials: &Trials,
    model: &Trial,
    request: &LandscapeRequest,
    numbers: u64,
) -> Result<Vec<PanelTrials>> {
    let alike = |trial: &Trial| without_lr(&trial.hyperparameters) == without_lr(&model.hyperparameters);
    let same_seed = |trial: &Trial| trial.seed == model.seed && alike(trial);
    let mut rates: Vec<(f64, u64)> = Vec::new();
    for trial in (0..trials.len()).map(|index| trials.get(index)).filter(same_seed) {
        let own = trial.index == model.index;
        match rates.iter_mut().find(|(lr, _)| *lr == trial.lr()) {
            // A list may contain the same model twice.
            Some(known) if own => known.1 = trial.index,
            Some(_) => {}
            None => rates.push((trial.lr(), trial.index)),
        }
    }
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let chosen = choose_rates(&rates, model.lr());
    let fits = MANY / (numbers.max(1) * chosen.len() as u64);
    let most = request.paths.unwrap_or(USUAL_PATHS.min(fits.max(1))).max(1);
    if most.saturating_mul(numbers).saturating_mul(chosen.len() as u64) > TOO_MANY {
        let allowed = format!("up to {} of this network's paths, or fewer --snapshots", fits * (TOO_MANY / MANY));
        return Err(Error::setting("--paths", most, allowed));
    }
    let panel = |(lr, own): (f64, u64)| {
        let others = (0..trials.len()).map(|index| trials.get(index)).filter(|trial| trial.lr() == lr && alike(trial));
        let others = others.map(|trial| trial.index).filter(|index| *index != own).take(most as usize - 1);
        PanelTrials { lr, trials: std::iter::once(own).chain(others).collect() }
    };
    Ok(chosen.into_iter().map(panel).collect())
}

/// Returns all hyper-parameters but the learning rate, which is set to 0.
fn without_lr(hyperparameters: &Hyperparameters) -> Hyperparameters {
    hyperparameters.with(Hyperparameter::Lr, 0.0)
}

/// Returns up to four of the ascending rates: `own`, and the lowest, the middle and the highest of the others.
fn choose_rates(rates: &[(f64, u64)], own: f64) -> Vec<(f64, u64)> {
    let others: Vec<_> = rates.iter().filter(|(lr, _)| *lr != own).collect();
    let evenly = crate::statistics::evenly(others.len() as u64, MOST_PANELS as u64 - 1).map(|i| *others[i as usize]);
    let mut chosen: Vec<_> = rates.iter().copied().filter(|(lr, _)| *lr == own).chain(evenly).collect();
    chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Sweep;

    const PLAIN: LandscapeRequest = LandscapeRequest { grid: 3, span: None, paths: Some(3) };

    fn grid(edit: impl FnOnce(&mut Sweep)) -> Trials {
        let mut sweep = Sweep { seed: 5, ..Sweep::default() };
        edit(&mut sweep);
        let lr = (1..=9).map(f64::from).collect();
        let axes = vec![(Hyperparameter::Lr, lr), (Hyperparameter::Momentum, vec![0.0, 0.9])];
        Trials::grid(&sweep, axes, 18 * 6).unwrap()
    }

    #[test]
    fn the_same_seed_is_shown_at_the_lowest_a_middle_and_the_highest_rate() {
        // Learning rate 3, momentum 0.9, the third seed.
        let (trials, index) = (grid(|_| ()), 2 * 18 + 9 + 2);
        let panels = shown_trials(&trials, &trials.get(index), &PLAIN, 100).unwrap();
        assert_eq!(panels.iter().map(|panel| panel.lr).collect::<Vec<_>>(), [1.0, 3.0, 5.0, 9.0]);
        for panel in &panels {
            let all: Vec<Trial> = panel.trials.iter().map(|index| trials.get(*index)).collect();
            assert!(
                all.iter().all(|t| t.lr() == panel.lr && t.hyperparameters.get(Hyperparameter::Momentum) == Some(0.9))
            );
            // The model's own seed first, then the lowest ones.
            assert_eq!(all.iter().map(|t| t.seed).collect::<Vec<_>>(), [7, 5, 6]);
        }
        assert_eq!(panels[1].trials[0], index);
    }

    #[test]
    fn models_with_seeds_of_their_own_have_one_panel() {
        let trials = grid(|s| s.independent_seeds = true);
        let panels = shown_trials(&trials, &trials.get(20), &PLAIN, 100).unwrap();
        assert_eq!(panels, [PanelTrials { lr: 3.0, trials: vec![20, 2, 38] }]);
        let list = Trials::pairs(vec![(0.1, 7), (0.2, 7), (0.1, 8), (0.1, 7)]);
        let panels = shown_trials(&list, &list.get(3), &PLAIN, 100).unwrap();
        let expected = [(0.1, vec![3, 0, 2]), (0.2, vec![1])].map(|(lr, trials)| PanelTrials { lr, trials });
        assert_eq!(panels, expected);
    }

    #[test]
    fn paths_stay_within_memory() {
        let (trials, usual) = (grid(|_| ()), LandscapeRequest { paths: None, ..PLAIN });
        let of = |request: &LandscapeRequest, numbers| shown_trials(&trials, &trials.get(2), request, numbers);
        assert_eq!(of(&usual, 100).unwrap()[0].trials.len(), 6);
        assert_eq!(of(&usual, MANY / 8).unwrap()[0].trials.len(), 2);
        assert_eq!(of(&usual, MANY).unwrap()[0].trials.len(), 1);
        let refused = of(&PLAIN, MANY).unwrap_err().to_string();
        assert!(refused.contains("--paths must be") && of(&PLAIN, MANY / 2).is_ok(), "{refused}");
    }
}
