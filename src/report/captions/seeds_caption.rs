//! Caption of seeds by learning rates.

use crate::plot::{HeatmapPlot, count, percent};
use crate::plural::verb;

/// Describes for how many seeds the learning rate makes no difference.
pub fn heatmap(plot: &HeatmapPlot) -> String {
    let ([all, some, none], shown) = (plot.seeds_by_success(), plot.rows.len());
    let x = &plot.x;
    let on = match plot.data_sets {
        0 | 1 => String::new(),
        n => format!(" on the first of {n} data sets"),
    };
    let of = match shown as u64 == plot.all_seeds {
        true => format!("Of {} seeds{on}", count(plot.all_seeds)),
        false => format!("Of {shown} of {} seeds{on}", count(plot.all_seeds)),
    };
    let curve = if plot.curve.is_empty() { String::new() } else { format!(" with {}", plot.curve) };
    let (models, successes) = plot.rows.iter().fold((0, 0), |(n, k), row| (n + row.models, k + row.successes));
    let rate = percent(successes as f64 / models.max(1) as f64);
    let same = match all + none {
        0 => format!("For each of them the {x} makes a difference to success"),
        n if n == shown => format!("For none of them these {x}s make a difference to success"),
        n => format!("For {n} of them these {x}s make no difference to success"),
    };
    let number = |n: usize| if n == 0 { "none".to_owned() } else { n.to_string() };
    let succeed = verb(all.max(1) as u64, "succeed");
    let [all, some, none] = [all, some, none].map(number);
    let models = count(models);
    format!(
        "{of}{curve} {all} {succeed} at every {x}, {some} at some, {none} at none. {same}. Of their {models} models {rate} succeed."
    )
}
