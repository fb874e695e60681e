//! What a model predicts on a grid of points: the class at each, and the boundaries between the classes.

use super::marching::{GridPoint, zero_lines};
use super::theme::{BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, Rgb, SKY};
use crate::engine::reference::Network;
use crate::math::Loss;
use crate::math::softmax::predicted_class;

/// Colours of the classes; from the eighth on they repeat with the other marker.
const COLOURS: [Rgb; 7] = [BLUE, BLACK, ORANGE, GREEN, PURPLE, SKY, GREY];

/// Outputs of one model at the points of a [`LogitGrid`](super::LogitGrid).
#[derive(Debug, Clone, PartialEq)]
pub struct GridOutputs {
    /// Of two classes with one logit: the logit minus the loss's threshold, `[1][places]`. Else the logit of each
    /// class, `[classes][places]`.
    fields: Vec<Vec<f64>>,
}

impl From<Vec<f64>> for GridOutputs {
    /// Two classes: class 1 where the value is positive; values that are not finite have no class.
    fn from(excesses: Vec<f64>) -> Self {
        Self { fields: vec![excesses] }
    }
}

impl GridOutputs {
    /// Creates the outputs of a network trained by `loss` from those at each place, in order.
    pub fn new(loss: Loss, rows: impl IntoIterator<Item = Vec<f64>>) -> Self {
        let mut fields: Vec<Vec<f64>> = Vec::new();
        for row in rows {
            fields.resize(row.len(), Vec::new());
            let shift = if row.len() == 1 { loss.threshold() } else { 0.0 };
            fields.iter_mut().zip(row).for_each(|(field, output)| field.push(output - shift));
        }
        Self { fields }
    }

    /// Returns the class that a network predicts for the point `x`; `None` if an output is not finite.
    pub fn predicted(network: &Network, loss: Loss, x: &[f64]) -> Option<usize> {
        Self::new(loss, [network.outputs(x)]).class(0)
    }

    /// Returns the number of places.
    pub fn places(&self) -> usize {
        self.fields.first().map_or(0, Vec::len)
    }

    /// Returns the excesses over the threshold, if there are two classes with one logit.
    pub fn excesses(&self) -> Option<&[f64]> {
        if let [field] = &self.fields[..] { Some(field) } else { None }
    }

    /// Returns the class at a place: of equal logits the first, on the boundary class 0; `None` if an output is not
    /// finite.
    pub fn class(&self, place: usize) -> Option<usize> {
        if self.fields.iter().any(|field| !field[place].is_finite()) {
            return None;
        }
        match &self.fields[..] {
            [field] => Some(usize::from(field[place] > 0.0)),
            fields => Some(predicted_class(fields.iter().map(|field| field[place]))),
        }
    }

    /// Returns the class if it is the same at all places that have one.
    pub fn only_class(&self) -> Option<usize> {
        let mut classes = (0..self.places()).filter_map(|place| self.class(place));
        let first = classes.next()?;
        classes.all(|class| class == first).then_some(first)
    }

    /// Returns how sure the model is at a place, from 0 (all classes alike) to 1; `None` if an output is not finite, or
    /// with one logit.
    pub fn certainty(&self, place: usize) -> Option<f64> {
        let (class, classes) = (self.class(place)?, self.fields.len() as f64);
        if self.excesses().is_some() {
            return None;
        }
        let greatest = self.fields[class][place];
        let probability = 1.0 / self.fields.iter().map(|field| (field[place] - greatest).exp()).sum::<f64>();
        Some((probability - 1.0 / classes) / (1.0 - 1.0 / classes))
    }

    /// Returns the lines between different classes, in steps of a grid `nx` places wide.
    pub fn boundaries(&self, nx: usize) -> Vec<Vec<GridPoint>> {
        match &self.fields[..] {
            [field] => zero_lines(field, nx),
            // A line belongs to the later of the two classes that it separates, so that none is drawn twice.
            fields => (1..fields.len()).flat_map(|k| zero_lines(&self.margins(k), nx)).collect(),
        }
    }

    /// Returns the logit of class `k` minus the greatest of those before it, `[places]`; NaN where a later class is
    /// predicted or an output is not finite.
    fn margins(&self, k: usize) -> Vec<f64> {
        let margin = |place: usize| {
            let greatest = self.fields[..k].iter().map(|field| field[place]).fold(f64::NEG_INFINITY, f64::max);
            self.class(place).filter(|class| *class <= k).map_or(f64::NAN, |_| self.fields[k][place] - greatest)
        };
        (0..self.places()).map(margin).collect()
    }
}

/// Returns the colour of a class and whether its marker is round.
pub(super) fn class_style(class: usize) -> (Rgb, bool) {
    (COLOURS[class % COLOURS.len()], class % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes over a line of five places: class 2, then 0, then 1.
    fn three() -> GridOutputs {
        let rows = [[0.0, -1.0, 3.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 5.0, 0.0]];
        GridOutputs::new(Loss::Softmax, rows.map(Vec::from))
    }

    #[test]
    fn the_class_is_the_first_of_the_greatest_logits() {
        let three = three();
        assert_eq!((0..5).map(|place| three.class(place)).collect::<Vec<_>>(), [2, 0, 0, 1, 1].map(Some));
        assert_eq!((three.only_class(), three.places(), three.excesses()), (None, 5, None));
        let lost = GridOutputs::new(Loss::Softmax, [vec![0.0, f64::NAN, 1.0], vec![0.0, 1.0, 0.5]]);
        assert_eq!((lost.class(0), lost.certainty(0), lost.only_class()), (None, None, Some(1)));
    }

    #[test]
    fn with_one_logit_the_threshold_decides() {
        let two = GridOutputs::new(Loss::Mse, [vec![0.5], vec![0.6]]);
        assert_eq!([two.class(0), two.class(1)], [Some(0), Some(1)]);
        assert_eq!(two.certainty(1), None);
        assert!((two.excesses().unwrap()[1] - 0.1).abs() < 1e-15);
    }

    #[test]
    fn certainty_goes_from_chance_to_one() {
        let of = |logits: [f64; 3]| GridOutputs::new(Loss::Softmax, [logits.to_vec()]).certainty(0).unwrap();
        assert!(of([1.0; 3]).abs() < 1e-15);
        assert!((of([1000.0, 0.0, 0.0]) - 1.0).abs() < 1e-12);
        // Probability 2 / (2 + 1 + 1) = 1/2, a quarter of the way from 1/3 to 1.
        assert!((of([2f64.ln(), 0.0, 0.0]) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn boundaries_are_where_the_class_changes() {
        // Two rows of the same five places. Class 2 gives way to class 0 at place 1, class 0 to class 1 between 2 and
        // 3.
        let both = |field: &Vec<f64>| [field.clone(), field.clone()].concat();
        let three = GridOutputs { fields: three().fields.iter().map(both).collect() };
        let mut places: Vec<f64> = three.boundaries(5).concat().iter().map(|at| at.0).collect();
        places.sort_by(f64::total_cmp);
        places.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        assert_eq!(places.len(), 2, "{places:?}");
        assert!((places[0] - 1.0).abs() < 1e-9 && (2.0..3.0).contains(&places[1]), "{places:?}");
    }

    #[test]
    fn two_classes_look_as_ever_and_fourteen_differ() {
        assert_eq!([class_style(0), class_style(1)], [(BLUE, false), (BLACK, true)]);
        let styles: std::collections::BTreeSet<_> = (0..14).map(class_style).collect();
        assert_eq!(styles.len(), 14);
    }
}
