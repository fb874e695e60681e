//! Parts that several captions share.

use super::sentences::all_lost;
use super::theme::percent;
use crate::statistics::Group;
use crate::statistics::number_format::between;

/// With more values than this, each has few models and says little.
pub const MOST_VALUES: usize = 100;

/// Returns, for example, `No model has an accuracy: all 20 models diverged.`
pub fn no_accuracy(group: &Group) -> String {
    format!("No model has {}: {}.", group.measure.a_name(), all_lost(group))
}

/// Returns the mean and the middle half of a group's accuracies, with counts.
pub fn spread(group: &Group) -> String {
    let counts = group.reported_counts();
    let middle = between(counts, 0.25, 0.75).map_or(String::new(), |middle| format!("; {middle}"));
    format!("mean {}{middle}", counts.mean().map_or("–".into(), percent))
}

/// Returns the groups at both ends of the axis, if there are two, and few enough between them.
pub fn ends(groups: &[Group]) -> Option<[&Group; 2]> {
    let mut finite = groups.iter().filter(|group| group.x.is_finite());
    Some([finite.next()?, finite.next_back()?]).filter(|_| groups.len() <= MOST_VALUES)
}
