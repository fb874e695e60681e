//! Losses in sentences: rounded outwards to two digits, with counts that are true of the rounded numbers.

use super::super::theme::{count, models, number};
use crate::statistics::{FinalLosses, Group, quantile};

/// Losses of some models, for counting: all of them, or a random sample of very many.
#[derive(Debug, Clone, Default)]
pub struct CountedLosses {
    ascending: Vec<f64>,
    all: u64,
}

impl From<&FinalLosses> for CountedLosses {
    fn from(losses: &FinalLosses) -> Self {
        Self { ascending: losses.sample(), all: losses.len() }
    }
}

impl From<Vec<f64>> for CountedLosses {
    /// Takes all losses except those that are not finite.
    fn from(mut losses: Vec<f64>) -> Self {
        losses.retain(|loss| loss.is_finite());
        losses.sort_by(f64::total_cmp);
        Self { all: losses.len() as u64, ascending: losses }
    }
}

/// Relative difference below which two numbers are equal: the last bit of a decimal fraction.
const SAME: f64 = 1e-12;

impl CountedLosses {
    /// Number of models with a loss.
    pub fn len(&self) -> u64 {
        self.all
    }

    /// Whether no model has a loss.
    pub fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// Quantile of these losses, interpolated between neighbours.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        quantile(&self.ascending, q)
    }

    fn or_less(&self, bound: f64) -> u64 {
        self.ascending.partition_point(|loss| *loss <= bound + SAME * bound.abs()) as u64
    }

    fn or_more(&self, bound: f64) -> u64 {
        (self.ascending.len() - self.ascending.partition_point(|loss| *loss < bound - SAME * bound.abs())) as u64
    }

    /// Number of counted losses: `100`, `a sample of 2,048`.
    fn base(&self) -> String {
        let counted = self.ascending.len() as u64;
        if counted == self.all { count(counted) } else { format!("a sample of {}", count(counted)) }
    }

    /// Number of losses between two quantiles: `54 of 100 between 0.021 and 0.31`, `9 of 9 at 0.69`; `None` for fewer
    /// than two models.
    pub fn between(&self, low: f64, high: f64) -> Option<String> {
        let (low, high) = (down(self.quantile(low)?), up(self.quantile(high)?));
        let [low_text, high_text] = [low, high].map(shown);
        let inside = (self.or_more(low) + self.or_less(high)).saturating_sub(self.ascending.len() as u64);
        let same = self.ascending.first().filter(|first| self.ascending.last() == Some(*first));
        let place = match same {
            Some(only) => format!("at {}", number(*only, 3)),
            None if low_text == high_text => format!("at {low_text}"),
            None => format!("between {low_text} and {high_text}"),
        };
        (self.all > 1).then(|| format!("{} of {} {place}", count(inside), self.base()))
    }
}

/// `60 of 100 models end with a loss of 0.13 or less, 12 with 0.78 or more, 3 diverged`: counts at the median of the
/// group, where lost models rank above all others, and at the 90 % quantile of models with a loss if it differs.
pub fn halves(group: &Group) -> String {
    let (n, losses) = (group.n, CountedLosses::from(&*group.losses));
    let lost = n.saturating_sub(losses.all);
    let words = (lost > 0).then(|| group.lost_words().unwrap_or_else(|| format!("{} without a loss", count(lost))));
    if 2 * lost >= n {
        return match (group.diverged() == lost, words) {
            (true, _) => format!("{} of {} diverged", count(lost), models(n)),
            (false, words) => format!("of {} {}", models(n), words.unwrap_or_default()),
        };
    }
    let half = up(losses.quantile(0.5 * (n - 1) as f64 / (losses.all - 1).max(1) as f64).unwrap_or(f64::NAN));
    let most = losses.quantile(0.9).map(down).filter(|most| *most > half && shown(*most) != shown(half));
    // Lost models are not in a sample.
    let is_whole = losses.ascending.len() as u64 == losses.all;
    let base = if is_whole { models(n) } else { losses.base() + " models" };
    let lower = format!("{} of {base} end with a loss of {} or less", count(losses.or_less(half)), shown(half));
    let upper = most.map(|most| format!("{} with {} or more", count(losses.or_more(most)), shown(most)));
    [Some(lower), upper, words].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn shown(loss: f64) -> String {
    number(loss, 2)
}

/// Rounds up to two digits.
fn up(loss: f64) -> f64 {
    rounded(loss, f64::ceil)
}

/// Rounds down to two digits.
fn down(loss: f64) -> f64 {
    rounded(loss, f64::floor)
}

/// Rounds to two digits by this function; a number with two digits is unchanged.
fn rounded(value: f64, how: fn(f64) -> f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digit = 10f64.powf(value.abs().log10().floor() - 1.0);
    let (steps, nearest) = (value / digit, (value / digit).round());
    let whole = if (steps - nearest).abs() < 1e-9 { nearest } else { how(steps) };
    whole * digit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ModelResult, OutcomeClass, Summary};

    /// A group of models with these losses, and of diverged ones.
    fn group(losses: impl Iterator<Item = f64>, diverged: u64) -> Group {
        let mut summary = Summary::of_points(vec![[10, 0]]);
        for (id, loss) in losses.map(Some).chain((0..diverged).map(|_| None)).enumerate() {
            let class = if loss.is_none() { OutcomeClass::Diverged } else { OutcomeClass::Other };
            summary.add(0, &[Some(0.1)], ModelResult::of_training(id as u64, class, loss.map(|_| 5), loss));
        }
        summary.total()
    }

    #[test]
    fn losses_are_rounded_outwards_and_counted() {
        let of = |diverged| group((1..=100).map(|k| 0.00123 * f64::from(k)), diverged);
        assert_eq!(halves(&of(0)), "51 of 100 models end with a loss of 0.063 or less, 11 with 0.11 or more");
        assert_eq!(
            halves(&of(10)),
            "56 of 110 models end with a loss of 0.069 or less, 11 with 0.11 or more, 10 diverged"
        );
        assert_eq!(halves(&of(100)), "100 of 200 models diverged");
        let all = CountedLosses::from(&*of(0).losses);
        assert_eq!(all.between(0.25, 0.75).unwrap(), "50 of 100 between 0.031 and 0.093");
        assert_eq!([up(0.0), up(1.0), up(0.1)], [0.0, 1.0, 0.1]);
        assert_eq!([up(1.01e-7), down(0.1299)].map(shown), ["1.1×10⁻⁷", "0.12"]);
    }

    #[test]
    fn what_coincides_is_said_once() {
        assert_eq!(halves(&group([0.693; 9].into_iter(), 0)), "9 of 9 models end with a loss of 0.7 or less");
        assert_eq!(CountedLosses::from(vec![0.693; 9]).between(0.25, 0.75).unwrap(), "9 of 9 at 0.693");
        assert_eq!(CountedLosses::from(vec![f64::NAN, 0.5]).between(0.1, 0.9), None);
    }

    #[test]
    fn of_very_many_models_a_sample_is_counted() {
        let text = halves(&group((0..5000).map(|k| 0.001 * f64::from(k % 100)), 10));
        assert!(text.contains(" of a sample of 2,048 models end with a loss of 0.0"), "{text}");
        assert!(text.ends_with(" or more, 10 diverged"), "{text}");
    }
}
