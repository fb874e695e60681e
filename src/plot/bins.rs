//! Learning rates put together where there are too many to draw a point for each, as in a random search.

use crate::statistics::{Counts, Group, Summary};

/// Most learning rates that get a point of their own.
const MOST_RATES: usize = 100;
/// Most bins that neighbouring learning rates are put into.
const BINS: usize = 40;

/// Groups to draw, by learning rate.
pub struct Bins {
    /// A bin's `lr` is the middle one of its learning rates.
    pub groups: Vec<Group>,
    /// How many learning rates there were, if they had to be put together.
    pub from: Option<usize>,
}

impl Bins {
    /// The summary's groups themselves, or bins of neighbours with about as many learning rates each.
    pub fn of(summary: &Summary) -> Self {
        let groups: Vec<&Group> = summary.groups().filter(|g| g.lr.is_finite()).collect();
        let rates = groups.len();
        if rates <= MOST_RATES {
            return Self { groups: groups.into_iter().cloned().collect(), from: None };
        }
        let bin = |i: usize| together(&groups[i * rates / BINS..(i + 1) * rates / BINS]);
        Self { groups: (0..BINS).map(bin).collect(), from: Some(rates) }
    }

    /// What the subtitle says of it.
    pub fn note(&self) -> Option<String> {
        let write = |from| format!("lines over {} bins of neighbours among {} learning rates", self.groups.len(), from);
        self.from.map(|from| write(super::theme::count(from as u64)))
    }

    /// "at" a learning rate, or "near" the middle of a bin.
    pub fn at(&self) -> &'static str {
        if self.from.is_some() { "near" } else { "at" }
    }
}

/// All models of several groups as one; `groups` is not empty.
fn together(groups: &[&Group]) -> Group {
    let middle = groups[groups.len() / 2];
    let (train, test) = (Counts::new(middle.train.points), Counts::new(middle.test.points));
    let mut all = Group { lr: middle.lr, n: 0, diverged: 0, successes: 0, train, test };
    for group in groups {
        all.n += group.n;
        all.diverged += group.diverged;
        all.successes += group.successes;
        all.train.merge(&group.train);
        all.test.merge(&group.test);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rates_become_forty_bins_that_lose_no_model() {
        let mut summary = Summary::new(10, 0, 0.7);
        (0..1003).for_each(|i| summary.add(f64::from(i), (i % 7 > 0).then_some(8), None, i % 7 == 0));
        let bins = Bins::of(&summary);
        assert_eq!((bins.groups.len(), bins.from), (40, Some(1003)));
        assert_eq!(bins.groups.iter().map(|g| g.n).sum::<u64>(), 1003);
        assert_eq!(bins.groups.iter().map(|g| g.successes).sum::<u64>(), summary.total().successes);
        assert!(bins.groups.windows(2).all(|pair| pair[0].lr < pair[1].lr));
    }
}
