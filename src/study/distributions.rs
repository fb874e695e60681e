//! `distributions.csv`: quantiles of accuracy and loss for each combination of settings, and a test of unimodality.

use super::Study;
use crate::error::Result;
use crate::results::{group_table, text};
use crate::statistics::modality::{ModalityTest, UniformDips};
use crate::statistics::{FinalLosses, Group, Summary};
use std::path::PathBuf;

/// Maximum number of combinations for which the file is written.
const MOST_COMBINATIONS: usize = 100_000;
const QUANTILES: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

impl Study {
    /// Writes `distributions.csv`, unless there are more than 100,000 combinations.
    pub(super) fn write_distributions(&self, summary: &Summary) -> Result<Option<PathBuf>> {
        if summary.groups().len() > MOST_COMBINATIONS {
            return Ok(None);
        }
        let quantiles = |of: &str| QUANTILES.map(|q| format!("{of}_q{:02.0}", 100.0 * q)).join(",");
        let columns = format!(
            "n,{},{},loss_n,dip,dip_n,dip_p,dip_p_n",
            quantiles(self.spec.measure().column()),
            quantiles("loss")
        );
        let mut uniform = UniformDips::default();
        let csv = group_table(&self.spec, summary, &columns, |group| row(group, &mut uniform));
        self.write_text("distributions.csv", &csv).map(Some)
    }
}

fn row(group: &Group, uniform: &mut UniformDips) -> String {
    let texts = |values: [Option<f64>; 9]| values.map(text).join(",");
    let accuracies = texts(QUANTILES.map(|q| group.train.quantile(q)));
    let losses = texts(group.losses.quantiles(&QUANTILES));
    let (n, loss_n) = (group.n, group.losses.len());
    format!("{n},{accuracies},{losses},{loss_n},{}", dips(&group.losses, uniform))
}

/// Formats the dip with its number of losses, and the p-value with its number of losses; empty if unknown.
fn dips(losses: &FinalLosses, uniform: &mut UniformDips) -> String {
    let heaps = ModalityTest::of(losses, uniform);
    let of_all = heaps.map(|heaps| [heaps.dip, heaps.of as f64]);
    let of_some = heaps.and_then(|heaps| heaps.p).map(|(p, n)| [p, n as f64]);
    let texts = [of_all, of_some].into_iter().flat_map(|pair| pair.map_or([None; 2], |pair| pair.map(Some)));
    texts.map(text).collect::<Vec<_>>().join(",")
}
