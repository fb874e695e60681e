//! Outcome classes: every trained model belongs to exactly one.

/// A model is at chance level within this fraction of the distance from the baseline to 1.
pub const CHANCE: f64 = 0.1;
/// Default success threshold, as a fraction of the distance from the baseline to 1.
const SUCCESS: f64 = 0.4;
/// A model is slow if its loss decreases by more than this fraction over the last tenth of training.
const SLOW: f64 = 0.01;

/// Outcome classes in order of precedence: a model belongs to the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutcomeClass {
    /// A logit or parameter was not finite, or a parameter exceeded its bound.
    Diverged,
    /// The final training loss is more than a million times that before the first update.
    Exploded,
    /// At the end no hidden unit of any layer is active for any training point, so that no gradient reaches its
    /// weights.
    DeadRelu,
    /// Accuracy within a tenth of the distance from the baseline, that of always predicting the most common class, to
    /// 1.
    Chance,
    /// More than the threshold's share of the training points correct.
    Success,
    /// The training loss still fell by more than 1 % over the last tenth of the epochs.
    Slow,
    /// None of the above.
    Other,
}

/// Final state of a model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending {
    /// Whether a logit or parameter was not finite, or a parameter exceeded its bound.
    pub diverged: bool,
    /// Whether the loss exploded, see [`OutcomeClass::Exploded`].
    pub exploded: bool,
    /// Whether R² is negative by more than the band of [`OutcomeClass::Chance`]: `correct` is 0 then.
    pub is_far_below: bool,
    /// Number of correct training points.
    pub correct: u32,
    /// Whether all hidden units are inactive for all training points.
    pub dead: bool,
    /// Mean training loss at the end.
    pub loss: f64,
    /// Mean training loss before the last tenth of the epochs; `None`: unknown.
    pub late_loss: Option<f64>,
}

impl OutcomeClass {
    /// Every class, in order of precedence.
    pub const ALL: [Self; 7] =
        [Self::Diverged, Self::Exploded, Self::DeadRelu, Self::Chance, Self::Success, Self::Slow, Self::Other];

    /// Whether its models are excluded from means, quantiles and ranges: those that diverged or exploded.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Diverged | Self::Exploded)
    }

    /// Returns the name in tables and flags.
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

    /// Returns the class of a model; `majority` of the `points` training points belong to the most common class.
    pub fn of(end: &Ending, points: u32, majority: u32, threshold: f64) -> Self {
        // Has a tolerance, so that 55 of 100 is within 5 points of 50 although 0.1 × 50 may not be 5 in binary.
        let chance = CHANCE * f64::from(points.saturating_sub(majority)) + 1e-9 * f64::from(points);
        match end {
            Ending { diverged: true, .. } => Self::Diverged,
            Ending { exploded: true, .. } => Self::Exploded,
            Ending { dead: true, .. } => Self::DeadRelu,
            Ending { correct, is_far_below: false, .. } if f64::from(correct.abs_diff(majority)) <= chance => {
                Self::Chance
            }
            Ending { correct, .. } if is_success(*correct, points, threshold) => Self::Success,
            Ending { late_loss: Some(late), loss, .. } if late - loss > SLOW * late => Self::Slow,
            _ => Self::Other,
        }
    }
}

/// Returns the default success threshold, a share of the points: 0.7 for classes of the same size.
pub fn success_threshold(points: u32, majority: u32) -> f64 {
    let baseline = f64::from(majority) / f64::from(points.max(1));
    baseline + SUCCESS * (1.0 - baseline)
}

/// Whether `correct` of `points` training points are strictly more than `threshold × points`. The product is first
/// rounded to the integer within 1e-9 of `points`, so that 0.7 of 200 is 140 although the binary product is slightly
/// less.
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
        let all = Ending { diverged: true, exploded: true, correct: 100, dead: true, ..slow };
        assert_eq!(of(all), OutcomeClass::Diverged);
        assert_eq!(of(Ending { diverged: false, ..all }), OutcomeClass::Exploded);
        assert_eq!(of(Ending { diverged: false, exploded: false, ..all }), OutcomeClass::DeadRelu);
        assert_eq!(of(Ending { correct: 50, dead: true, ..slow }), OutcomeClass::DeadRelu);
        assert_eq!([70, 71].map(|correct| of(Ending { correct, ..slow })), [OutcomeClass::Slow, OutcomeClass::Success]);
        for (correct, class) in
            [(44, OutcomeClass::Slow), (45, OutcomeClass::Chance), (55, OutcomeClass::Chance), (56, OutcomeClass::Slow)]
        {
            assert_eq!(of(Ending { correct, ..slow }), class, "{correct}");
        }
        assert_eq!(of(Ending { loss: 0.9901, ..slow }), OutcomeClass::Other);
        assert_eq!(of(plain), OutcomeClass::Other);
        assert_eq!(of(Ending { late_loss: None, ..plain }), OutcomeClass::Other);
        // With 90 points of one class and 10 of the other, 90 correct is chance, and so is one more or less, whatever
        // the threshold.
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
                // Always predicting the most common class is chance. Above chance comes `Other`, then success.
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
