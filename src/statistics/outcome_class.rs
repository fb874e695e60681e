//! How trainings end: every model belongs to one class.

/// A model is no better than guessing within this share of the way from the baseline to 1.
const CHANCE: f64 = 0.1;
/// A success is, unless the user says otherwise, beyond this share of the way from the baseline to 1.
const SUCCESS: f64 = 0.4;
/// Share of the loss that a model still loses over the last tenth of its training if it is slow.
const SLOW: f64 = 0.01;

/// The classes in order of precedence: a model belongs to the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutcomeClass {
    /// A logit or parameter was not finite, or beyond bounds.
    Diverged,
    /// The training loss ended beyond a million times what it was before the first update.
    Exploded,
    /// No hidden unit, in no layer, answers to any training point at the end: no gradient reaches its weights.
    DeadRelu,
    /// Accuracy within a tenth of the way from the baseline, what naming the larger class always would get, to 1.
    Chance,
    /// Strictly more than the threshold's share of the training points right.
    Success,
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
    /// Whether the loss is beyond bounds.
    pub exploded: bool,
    /// Training points right.
    pub correct: u32,
    /// Whether all hidden units are silent.
    pub silent: bool,
    /// Mean training loss at the end, and before the last tenth of the epochs.
    pub loss: f64,
    /// Before the last tenth; `None` where that is not known.
    pub late_loss: Option<f64>,
}

impl OutcomeClass {
    /// All of them, in order of precedence.
    pub const ALL: [Self; 7] =
        [Self::Diverged, Self::Exploded, Self::DeadRelu, Self::Chance, Self::Success, Self::Slow, Self::Other];

    /// Whether its models are in no mean, quantile or range: those that diverged or exploded.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Diverged | Self::Exploded)
    }

    /// As tables and flags name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diverged => "diverged",
            Self::Exploded => "exploded",
            Self::DeadRelu => "dead-relu",
            Self::Chance => "chance",
            Self::Success => "success",
            Self::Slow => "slow",
            Self::Other => "other",
        }
    }

    /// The class of a model of which so many of `points` training points are of the larger class.
    pub fn of(end: &Ending, points: u32, majority: u32, threshold: f64) -> Self {
        // Rounded, so that 55 of 100 is within 5 points of 50 although 0.1 × 50 may not be 5 in binary.
        let chance = CHANCE * f64::from(points.saturating_sub(majority)) + 1e-9 * f64::from(points);
        match end {
            Ending { diverged: true, .. } => Self::Diverged,
            Ending { exploded: true, .. } => Self::Exploded,
            Ending { silent: true, .. } => Self::DeadRelu,
            Ending { correct, .. } if f64::from(correct.abs_diff(majority)) <= chance => Self::Chance,
            Ending { correct, .. } if is_success(*correct, points, threshold) => Self::Success,
            Ending { late_loss: Some(late), loss, .. } if late - loss > SLOW * late => Self::Slow,
            _ => Self::Other,
        }
    }
}

/// The threshold of success where none is given, a share of the points: 0.7 for classes of the same size.
pub fn success_threshold(points: u32, majority: u32) -> f64 {
    let baseline = f64::from(majority) / f64::from(points.max(1));
    baseline + SUCCESS * (1.0 - baseline)
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
        let of = |end: Ending| OutcomeClass::of(&end, 100, 50, 0.7);
        let all = Ending { diverged: true, exploded: true, correct: 100, silent: true, ..slow };
        assert_eq!(of(all), OutcomeClass::Diverged);
        assert_eq!(of(Ending { diverged: false, ..all }), OutcomeClass::Exploded);
        assert_eq!(of(Ending { diverged: false, exploded: false, ..all }), OutcomeClass::DeadRelu);
        assert_eq!(of(Ending { correct: 50, silent: true, ..slow }), OutcomeClass::DeadRelu);
        assert_eq!([70, 71].map(|correct| of(Ending { correct, ..slow })), [OutcomeClass::Slow, OutcomeClass::Success]);
        for (correct, class) in
            [(44, OutcomeClass::Slow), (45, OutcomeClass::Chance), (55, OutcomeClass::Chance), (56, OutcomeClass::Slow)]
        {
            assert_eq!(of(Ending { correct, ..slow }), class, "{correct}");
        }
        assert_eq!(of(Ending { loss: 0.9901, ..slow }), OutcomeClass::Other);
        assert_eq!(of(plain), OutcomeClass::Other);
        assert_eq!(of(Ending { late_loss: None, ..plain }), OutcomeClass::Other);
        // Of 90 points of one class and 10 of the other, 90 right is guessing, and so is one more or less; no threshold hides that.
        let rare = |correct| OutcomeClass::of(&Ending { correct, ..plain }, 100, 90, 0.5);
        assert_eq!([60, 88, 89, 90, 91, 92].map(rare)[2..5], [OutcomeClass::Chance; 3]);
        assert_eq!([60, 88, 92].map(rare), [OutcomeClass::Success; 3]);
    }

    #[test]
    fn success_is_forty_percent_of_the_way_from_the_baseline() {
        let of = |points, positives| success_threshold(points, positives);
        assert_eq!(of(200, 100), 0.7);
        assert!((of(400, 390) - 0.985).abs() < 1e-12);
        for points in 1..300u32 {
            for majority in points.div_ceil(2)..=points {
                let classes: Vec<OutcomeClass> = (0..=points)
                    .map(|correct| {
                        let end = Ending { correct, ..Ending::default() };
                        OutcomeClass::of(&end, points, majority, of(points, majority))
                    })
                    .collect();
                // Always naming the larger class is chance; above chance comes nothing, then success.
                assert_eq!(classes[majority as usize], OutcomeClass::Chance);
                let above = &classes[majority as usize..];
                let rank = |class: &OutcomeClass| {
                    [OutcomeClass::Chance, OutcomeClass::Other, OutcomeClass::Success].iter().position(|c| c == class)
                };
                assert!(above.is_sorted_by_key(|class| rank(class).unwrap()), "{majority} of {points}: {above:?}");
            }
        }
    }
}
