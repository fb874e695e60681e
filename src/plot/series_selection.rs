//! Selects a few groups: values of the only curve, or each of several curves at its best value.

use super::bins::Bins;
use super::facet::Facet;
use super::plot_axis::PlotAxis;
use super::series_style::{COLOURS, SeriesStyle};
use super::theme::{number, sequential};
use crate::statistics::Group;

/// A group of models shown together, with its style.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesSelection {
    /// Name: `0.0492`; with several curves `adam, 0.0492`.
    pub name: String,
    /// Name in a sentence: `at learning rate 0.0492`, `with adam at learning rate 0.0492`.
    pub place: String,
    /// The models; for a bin of neighbours, those of all its values.
    pub group: Group,
    /// Smallest and largest value of the horizontal axis in the group; NaN if the axis does not apply.
    pub ends: (f64, f64),
    /// Whether this is the best value; false if there is only one, or if nothing was learned.
    pub best: bool,
    pub(super) style: SeriesStyle,
}

/// At most `most` groups: evenly spaced values (or bins) of the only curve, including the ends and the best one; of
/// several curves the best ones, each at its best value.
pub fn few(view: &Facet, most: usize) -> Vec<SeriesSelection> {
    if view.has_several_curves() {
        return contenders(view, most);
    }
    let bins = Bins::of(view);
    let colours = PlotAxis::learning_rate(&bins.groups.iter().map(|group| group.x).collect::<Vec<_>>());
    let top = view.near_best(0).map(|best| best.group.x);
    let top = bins.groups.iter().position(|group| Some(group.x) == top);
    let pick = |k: usize| {
        let group = bins.groups[k].clone();
        let (style, name) = (SeriesStyle::solid(sequential(colours.place(group.x))), number(group.x, 3));
        let (place, best) = (format!("{} {} {name}", bins.at(), view.x), Some(k) == top && bins.groups.len() > 1);
        SeriesSelection { name, place, ends: bins.ends[k], best, style, group }
    };
    chosen(bins.groups.len(), most, top).into_iter().map(pick).collect()
}

/// The best of several curves, each at its best value.
fn contenders(view: &Facet, most: usize) -> Vec<SeriesSelection> {
    let curves = view.best(most.min(COLOURS.len()));
    let top = view.top().map(|(k, _)| k);
    let curves = curves.into_iter().filter_map(|k| {
        let (name, group) = (&view.names[k], view.representative(k)?.clone());
        let place = format!("with {name}{}", view.at(&group));
        let name = if group.x.is_nan() { name.clone() } else { format!("{name}, {}", number(group.x, 3)) };
        Some(SeriesSelection {
            name,
            place,
            ends: (group.x, group.x),
            best: top == Some(k),
            style: view.style(k),
            group,
        })
    });
    curves.collect()
}

/// Up to `most` of `n` indices, evenly spaced, including the first and the last.
pub(super) fn evenly(n: usize, most: usize) -> impl Iterator<Item = usize> {
    crate::statistics::evenly(n as u64, most as u64).map(|i| i as usize)
}

/// The same including `must`, which replaces the nearest index, if possible not an end.
fn chosen(n: usize, most: usize, must: Option<usize>) -> Vec<usize> {
    let mut chosen: Vec<usize> = evenly(n, most).collect();
    if let Some(must) = must.filter(|must| !chosen.contains(must)) {
        let inner = if chosen.len() > 2 { 1..chosen.len() - 1 } else { 0..chosen.len() };
        if let Some(nearest) = inner.min_by_key(|k| chosen[*k].abs_diff(must)) {
            chosen[nearest] = must;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ModelResult, OutcomeClass, Summary};

    #[test]
    fn chosen_ones_are_spread_over_all() {
        assert_eq!(evenly(1000, 5).collect::<Vec<_>>(), [0, 249, 499, 749, 999]);
        assert_eq!(evenly(3, 400).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!((evenly(0, 5).count(), evenly(1, 5).count()), (0, 1));
        assert_eq!(chosen(1000, 5, Some(510)), [0, 249, 510, 749, 999]);
        assert_eq!(chosen(1000, 5, Some(998)), [0, 249, 499, 998, 999]);
        assert_eq!((chosen(9, 1, Some(4)), chosen(9, 2, Some(7))), (vec![4], vec![0, 7]));
    }

    #[test]
    fn the_best_rate_is_one_of_the_few_and_a_bin_knows_its_ends() {
        let mut summary = Summary::of_points(vec![[100, 0]]);
        let mut add = |k: u32, correct| {
            let model = ModelResult::of_training(k.into(), OutcomeClass::Other, Some(correct), None);
            summary.add(0, &[Some(f64::from(k))], model);
        };
        (0..50).for_each(|k| add(k, if k == 17 { 99 } else { 50 }));
        let picked = few(&Facet::plain(&summary), 6);
        let best: Vec<&str> = picked.iter().filter(|picked| picked.best).map(|picked| picked.name.as_str()).collect();
        assert_eq!((picked.len(), best, picked[0].ends), (6, vec!["17"], (0.0, 0.0)));
        let mut summary = Summary::of_points(vec![[100, 0]]);
        for k in 0..1000u32 {
            let model = ModelResult::of_training(k.into(), OutcomeClass::Other, Some(50), None);
            summary.add(0, &[Some(f64::from(k))], model);
        }
        let picked = few(&Facet::plain(&summary), 4);
        assert_eq!((picked[0].ends, picked[3].ends, picked[0].group.n), ((0.0, 24.0), (975.0, 999.0), 25));
    }
}
