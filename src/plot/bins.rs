//! Bins neighbouring learning rates if there are too many to draw a point for each, as in a random search.

use super::facet::Facet;
use crate::statistics::{Group, bins};

/// Groups to draw, by value on the horizontal axis.
pub struct Bins {
    /// One group per bin; its `x` is the middle one of the bin's values.
    pub groups: Vec<Group>,
    /// Smallest and largest value of each bin.
    pub ends: Vec<(f64, f64)>,
    /// Number of values before binning; `None` if each has its own group.
    pub from: Option<usize>,
}

impl Bins {
    /// Returns the only curve's groups or, for many values, bins of neighbours with about equally many values each.
    pub fn of(view: &Facet) -> Self {
        let groups: Vec<&Group> = view.groups().iter().filter(|g| g.x.is_finite()).collect();
        let (rates, bins) = (groups.len(), bins(groups.len()));
        let ends = bins.iter().map(|bin| (groups[bin.start].x, groups[bin.end - 1].x)).collect();
        let from = (bins.len() < rates).then_some(rates);
        Self { groups: bins.into_iter().map(|bin| Group::merged(&groups[bin])).collect(), ends, from }
    }

    /// Returns a note on the binning for the subtitle; `None` without bins.
    pub fn note(&self, x: &str) -> Option<String> {
        let write = |from| format!("lines over {} bins of neighbours among {from} {x}s", self.groups.len());
        self.from.map(|from| write(super::theme::count(from as u64)))
    }

    /// Returns the preposition: "at" a learning rate, "near" the middle of a bin.
    pub fn at(&self) -> &'static str {
        if self.from.is_some() { "near" } else { "at" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ModelResult, OutcomeClass, Summary};

    #[test]
    fn many_rates_become_forty_bins_that_lose_no_model() {
        let mut summary = Summary::of_points(vec![[10, 0]]);
        for i in 0..1003u32 {
            let class = if i % 7 == 0 { OutcomeClass::Diverged } else { OutcomeClass::Success };
            let train = (i % 7 > 0).then_some(8);
            summary.add(0, &[Some(f64::from(i))], ModelResult::of_training(i.into(), class, train, None));
        }
        let bins = Bins::of(&Facet::plain(&summary));
        assert_eq!((bins.groups.len(), bins.from), (40, Some(1003)));
        assert_eq!(bins.groups.iter().map(|g| g.n).sum::<u64>(), 1003);
        assert_eq!(bins.groups.iter().map(Group::successes).sum::<u64>(), summary.total().successes());
        assert!(bins.groups.windows(2).all(|pair| pair[0].x < pair[1].x));
    }
}
