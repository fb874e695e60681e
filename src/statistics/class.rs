//! How trainings end: every model belongs to one class.

/// Points of accuracy, as a fraction, within which a model is no better than guessing.
const CHANCE: f64 = 0.05;
/// Share of the loss that a model still loses over the last tenth of its training if it is slow.
const SLOW: f64 = 0.01;

/// The classes in order of precedence: a model belongs to the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A logit or parameter was not finite, or beyond bounds.
    Diverged,
    /// Strictly more than the threshold's share of the training points right.
    Success,
    /// No hidden unit, in no layer, answers to any training point at the end: no gradient reaches its weights.
    DeadRelu,
    /// Accuracy within 5 points of what naming the larger class always would get.
    Chance,
    /// The training loss still fell by more than 1 % over the last tenth of the epochs.
    Slow,
    /// None of these.
    Other,
}

/// What is known of a model's end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending {
    /// Whether a logit or parameter was not finite, or beyond bounds.
    pub diverged: bool,
    /// Training points right.
    pub correct: u32,
    /// Whether all hidden units are silent.
    pub silent: bool,
    /// Mean training loss at the end, and before the last tenth of the epochs.
    pub loss: f64,
    /// Before the last tenth; `None` where that is not known.
    pub late_loss: Option<f64>,
}

impl Class {
    /// All of them, in order of precedence.
    pub const ALL: [Self; 6] = [Self::Diverged, Self::Success, Self::DeadRelu, Self::Chance, Self::Slow, Self::Other];

    /// As tables and flags name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diverged => "diverged",
            Self::Success => "success",
            Self::DeadRelu => "dead-relu",
            Self::Chance => "chance",
            Self::Slow => "slow",
            Self::Other => "other",
        }
    }

    /// The class of a model of which so many of `points` training points are of the larger class.
    pub fn of(end: &Ending, points: u32, majority: u32, threshold: f64) -> Self {
        let share = |n: u32| f64::from(n) / f64::from(points.max(1));
        match end {
            Ending { diverged: true, .. } => Self::Diverged,
            Ending { correct, .. } if is_success(*correct, points, threshold) => Self::Success,
            Ending { silent: true, .. } => Self::DeadRelu,
            // Rounded, so that 55 of 100 is within 5 points of 50 although 0.55 - 0.5 is more than 0.05 in binary.
            Ending { correct, .. } if share(correct.abs_diff(majority)) <= CHANCE + 1e-9 => Self::Chance,
            Ending { late_loss: Some(late), loss, .. } if late - loss > SLOW * late => Self::Slow,
            _ => Self::Other,
        }
    }
}

/// Whether so many right of `points` training points are strictly more than `threshold × points`. The product is rounded to 1e-9
/// of a point first, so that 0.7 of 200 is 140 although 0.7 × 200 is 140 less a little in binary.
pub fn is_success(correct: u32, points: u32, threshold: f64) -> bool {
    let exact = threshold * f64::from(points);
    let nearest = exact.round();
    let most = if (exact - nearest).abs() < 1e-9 * f64::from(points.max(1)) { nearest } else { exact.floor() };
    f64::from(correct) > most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_strictly_more_than_the_share() {
        for (points, threshold, fails, succeeds) in
            [(200, 0.7, 140, 141), (10, 0.7, 7, 8), (3, 0.5, 1, 2), (10, 0.0, 0, 1)]
        {
            let is_success = |correct| is_success(correct, points, threshold);
            assert!(!is_success(fails) && is_success(succeeds), "{threshold} of {points}");
        }
        assert!(!is_success(10, 10, 1.0));
    }

    #[test]
    fn the_first_class_that_fits_is_the_models() {
        let plain = Ending { correct: 60, loss: 0.5, late_loss: Some(0.5), ..Ending::default() };
        let slow = Ending { loss: 0.98, late_loss: Some(1.0), ..plain };
        let of = |end: Ending| Class::of(&end, 100, 50, 0.7);
        assert_eq!(of(Ending { diverged: true, correct: 100, silent: true, ..slow }), Class::Diverged);
        assert_eq!(of(Ending { correct: 71, silent: true, ..slow }), Class::Success);
        assert_eq!(of(Ending { correct: 50, silent: true, ..slow }), Class::DeadRelu);
        for (correct, class) in [(44, Class::Slow), (45, Class::Chance), (55, Class::Chance), (56, Class::Slow)] {
            assert_eq!(of(Ending { correct, ..slow }), class, "{correct}");
        }
        assert_eq!(of(Ending { loss: 0.9901, ..slow }), Class::Other);
        assert_eq!(of(plain), Class::Other);
        assert_eq!(of(Ending { late_loss: None, ..plain }), Class::Other);
        // Of 90 points of one class and 10 of the other, 90 right is guessing.
        assert_eq!(Class::of(&Ending { correct: 90, ..plain }, 100, 90, 0.97), Class::Chance);
        assert_eq!(Class::of(&Ending { correct: 60, ..plain }, 100, 90, 0.97), Class::Other);
    }
}
