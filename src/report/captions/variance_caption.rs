//! Caption of the variance by source.

use crate::plot::{VariancePlot, percent, term};
use crate::results::VarianceShare;

/// Maximum number of panels in the caption; all of them are in `variance.csv`.
const MOST: usize = 2;

/// Returns each term's share with its interval, for the first panels of the picture.
pub fn shares(splits: &[VarianceShare]) -> String {
    let panels = VariancePlot { splits, settings: "" }.panels();
    let sentences: Vec<String> = panels.iter().take(MOST).map(|panel| of_panel(panel)).collect();
    format!(
        "{} With 95\u{a0}% intervals where there are seeds and data sets enough; variance.csv has all.",
        sentences.join(" ")
    )
}

/// Returns, for example, `Of the variance of success: learning rate 61.2 % (54.1 % to 68 %), initial weights × data 3 %
/// (no interval).`
fn of_panel(panel: &[VarianceShare]) -> String {
    let shown = |share: f64| percent(share).replace('-', "−");
    let one = |split: &VarianceShare| {
        let estimate = split.estimate?;
        let interval = match estimate.interval {
            Some((low, high)) => format!("{} to {}", shown(low), shown(high)),
            None => "no interval".to_owned(),
        };
        Some(format!("{} {} ({interval})", term(&split.component), shown(estimate.share?)))
    };
    let terms: Vec<String> = panel.iter().filter_map(one).collect();
    let place = [vec![VariancePlot::outcome(panel[0].outcome).to_owned()], panel[0].labels.clone()].concat().join(", ");
    format!("Of the variance of {place}: {}.", terms.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::variance::VarianceComponent;

    #[test]
    fn every_share_is_told_with_its_interval() {
        let split = |component: &str, share, interval| {
            let estimate = Some(VarianceComponent { factors: 1, variance: share, share: Some(share), interval });
            let labels = vec!["adam".to_owned()];
            VarianceShare { labels, outcome: "success", component: component.into(), estimate, seeds: 20, levels: 2 }
        };
        let splits = [split("data_seed", 0.5, Some((0.3, 0.7))), split("lr", -0.0104, None)];
        let said = shares(&splits).replace('\u{a0}', " ");
        let start = "Of the variance of success, adam: data 50 % (30 % to 70 %), learning rate −1 % (no interval).";
        assert!(said.starts_with(start), "{said}");
    }
}
