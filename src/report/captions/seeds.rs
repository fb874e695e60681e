//! The sentence on seeds by learning rates.

use crate::plot::{HeatmapPlot, count, percent};

/// For how many seeds the start alone decides.
pub fn heatmap(plot: &HeatmapPlot) -> String {
    let ([all, some, none], shown) = (plot.camps(), plot.rows.len());
    let x = &plot.x;
    let of = match shown as u64 == plot.all_seeds {
        true => format!("Of {} seeds", count(plot.all_seeds)),
        false => format!("Of {shown} of {} seeds", count(plot.all_seeds)),
    };
    let curve = if plot.curve.is_empty() { String::new() } else { format!(" with {}", plot.curve) };
    let (models, successes) = plot.rows.iter().fold((0, 0), |(n, k), row| (n + row.models, k + row.successes));
    let rate = percent(successes as f64 / models.max(1) as f64);
    let start = match all + none {
        0 => format!("For each of them the {x} matters"),
        n if n == shown => format!("For each of them the start decides, not the {x}"),
        1 => format!("For 1 of them the start decides, not the {x}"),
        n => format!("For {n} of them the start decides, not the {x}"),
    };
    format!(
        "{of}{curve} {all} succeed at every {x}, {some} at some, {none} at none. {start}. Of their {} models {rate} succeed.",
        count(models)
    )
}
