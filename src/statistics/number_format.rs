//! Formats numbers for sentences: every count is true of the rounded number shown, and a share is shown as 0 or 100 %
//! only if it is.

use super::{AccuracyCounts, Measure};
use crate::plural::noun;

/// Formats a share as percent with one decimal, or without if that is 0: `82.3 %`, `70 %`. A share that is not quite 0
/// or 1 gets as many decimals as it takes to show that.
pub fn percent(share: f64) -> String {
    let text = digits(share, 1);
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short}\u{a0}%")
}

/// Formats a share as percent with at least `decimals` decimals, for columns.
pub fn percent_to(share: f64, decimals: usize) -> String {
    format!("{} %", digits(share, decimals))
}

/// Formats a number to three significant digits, without trailing zeros: `0.0492`, `2.5e-7`.
pub fn short(x: f64) -> String {
    if x != 0.0 && !(1e-4..1e6).contains(&x.abs()) {
        return format!("{:e}", format!("{x:.2e}").parse().unwrap_or(x));
    }
    let digits = if x == 0.0 { 0 } else { (2 - x.abs().log10().floor() as i32).max(0) as usize };
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Formats percent with `decimals` decimals, or with more if the share would appear to be 0 or 1.
fn digits(share: f64, decimals: usize) -> String {
    // Rounding may shift a sum of fractions away from an integer.
    const EXACT: f64 = 1e-12;
    let (value, inner) = (100.0 * share, share > EXACT && share < 1.0 - EXACT);
    let at = |decimals: usize| format!("{value:.decimals$}");
    let seems_whole = |text: &String| text.parse().is_ok_and(|shown: f64| shown <= 0.0 || shown >= 100.0);
    let text = (decimals..12).map(at).find(|text| !(inner && seems_whole(text))).unwrap_or_else(|| at(12));
    // Removes the minus sign of a number that is rounded to 0.
    if text.parse() == Ok(-0.0) { text.trim_start_matches('-').to_owned() } else { text }
}

/// Formats a fraction in percent; a dash for `None`.
pub fn percent_or_dash(fraction: Option<f64>, decimals: usize) -> String {
    fraction.map_or("–".to_owned(), |fraction| percent_to(fraction, decimals))
}

/// Returns `always the most common class: 50 %` for the share of the most common class, `always the mean: R² 0 %` for
/// numbers.
pub fn baseline_words(measure: Measure, share: f64) -> String {
    let name = if measure == Measure::RSquared { "R²\u{a0}" } else { "" };
    format!("{}: {name}{}", measure.ignoring_inputs(), percent(share))
}

/// Accuracy in tenths of a percent, as a sentence shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(u32);

impl Tenths {
    /// Rounds down: a model with accuracy `share` has at least the accuracy shown.
    pub fn below(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * 1000.0 + 1e-9).floor() as u32)
    }

    /// Rounds up.
    pub fn above(share: f64) -> Self {
        Self((share.clamp(0.0, 1.0) * 1000.0 - 1e-9).ceil() as u32)
    }

    /// Returns the number of models with at least this accuracy.
    pub fn or_more(self, counts: &AccuracyCounts) -> u64 {
        self.count(counts, |right, bound| right >= bound)
    }

    /// Returns the number of models with at most this accuracy.
    pub fn or_less(self, counts: &AccuracyCounts) -> u64 {
        self.count(counts, |right, bound| right <= bound)
    }

    fn count(self, counts: &AccuracyCounts, is_counted: impl Fn(u64, u64) -> bool) -> u64 {
        let bound = u64::from(self.0) * u64::from(counts.points);
        let counted = counts.models.iter().filter(|(correct, _)| is_counted(u64::from(**correct) * 1000, bound));
        counted.map(|(_, models)| models).sum()
    }
}

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}\u{a0}%", self.0 / 10),
            tenth => write!(f, "{}.{tenth}\u{a0}%", self.0 / 10),
        }
    }
}

/// Joins the median and the numbers of models in the middle half and in the middle nine tenths: `median 96 %, 54 of 100
/// between 50 % and 97 %, 91 of 100 between 49.5 % and 98 %`. Equal parts are not repeated.
pub fn spread(median: String, middle: Option<String>, most: Option<String>) -> String {
    let most = most.filter(|most| Some(most) != middle.as_ref());
    // All models are at one value, which is also the median.
    let is_one = middle.as_ref().is_some_and(|middle| middle.contains(" at ") && most.is_none());
    let median = (!is_one).then(|| format!("median {median}"));
    [median, middle, most].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Formats the number of rows of each set: `200 points`, `100 training, 40 validation and 60 test points`, with counts
/// formatted by `written`.
pub fn points(rows: [u64; 3], written: impl Fn(u64) -> String) -> String {
    let [train, rest @ ..] = rows;
    if rest == [0; 2] {
        return format!("{} {}", written(train), noun(train, "point"));
    }
    let named = rows.into_iter().zip(["training", "validation", "test"]).filter(|(n, _)| *n > 0);
    let parts: Vec<String> = named.map(|(n, name)| format!("{} {name}", written(n))).collect();
    let (last, first) = parts.split_last().expect("some set has rows");
    let noun = noun(rows.into_iter().rfind(|n| *n > 0).unwrap_or(0), "point");
    if first.is_empty() { format!("{last} {noun}") } else { format!("{} and {last} {noun}", first.join(", ")) }
}

/// Returns how many models are between two attained quantiles of their accuracies: `54 of 100 between 50 % and 96 %`,
/// `28 of 100 at 50 %`; `None` for fewer than two models.
pub fn between(counts: &AccuracyCounts, low: f64, high: f64) -> Option<String> {
    let (all, low, high) =
        (counts.len(), Tenths::below(counts.attained_quantile(low)?), Tenths::above(counts.attained_quantile(high)?));
    let inside = (low.or_more(counts) + high.or_less(counts)).saturating_sub(all);
    let place = if low == high { format!("at {low}") } else { format!("between {low} and {high}") };
    (all > 1).then(|| format!("{inside} of {all} {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_only_where_it_is() {
        for (share, text) in [
            (0.0, "0"),
            (1.0, "100"),
            (399.0 / 400.0, "99.8"),
            (1.0 / 400.0, "0.2"),
            (0.9999, "99.99"),
            (1e-5, "0.001"),
            (0.823, "82.3"),
            (0.7, "70"),
            (1.0 - 1e-15, "100"),
        ] {
            assert_eq!(percent(share), format!("{text}\u{a0}%"));
        }
        assert_eq!([399.0 / 400.0, 0.0025, 0.5].map(|s| percent_to(s, 0)), ["99.8 %", "0.2 %", "50 %"]);
        assert_eq!([-0.00001, 1.2, -0.3].map(|s| percent_to(s, 1)), ["0.0 %", "120.0 %", "-30.0 %"]);
    }

    #[test]
    fn counts_hold_for_the_number_that_is_shown() {
        // 2 of 3 are 66.67 %: at least 66.6 and at most 66.7.
        let mut counts = AccuracyCounts::new(3);
        [1, 2, 2, 3].iter().for_each(|correct| counts.add(*correct));
        let (down, up) = (Tenths::below(2.0 / 3.0), Tenths::above(2.0 / 3.0));
        assert_eq!((down.to_string(), up.to_string()), ("66.6\u{a0}%".into(), "66.7\u{a0}%".into()));
        assert_eq!((down.or_more(&counts), up.or_less(&counts), up.or_more(&counts)), (3, 3, 1));
        assert_eq!(between(&counts, 0.25, 0.75).unwrap(), "3 of 4 between 33.3\u{a0}% and 66.7\u{a0}%");
        let mut equal = AccuracyCounts::new(200);
        (0..9).for_each(|_| equal.add(140));
        assert_eq!(between(&equal, 0.1, 0.9).unwrap(), "9 of 9 at 70\u{a0}%");
        assert_eq!(between(&AccuracyCounts::new(3), 0.1, 0.9), None);
        // Interpolated quantiles would be between the two models and contain neither.
        let mut two = AccuracyCounts::new(1000);
        [536, 657].iter().for_each(|correct| two.add(*correct));
        assert_eq!(between(&two, 0.1, 0.9).unwrap(), "2 of 2 between 53.6\u{a0}% and 65.7\u{a0}%");
    }

    #[test]
    fn no_range_is_empty() {
        for models in 2..40u32 {
            for [low, high] in [[0.1, 0.9], [0.25, 0.75]] {
                let mut counts = AccuracyCounts::new(997);
                (0..models).for_each(|k| counts.add(k * k * 7919 % 997));
                let said = between(&counts, low, high).unwrap();
                let inside: f64 = said.split(' ').next().unwrap().parse().unwrap();
                assert!(inside >= (high - low) * f64::from(models), "{said}");
            }
        }
    }

    #[test]
    fn rows_are_named_by_their_sets() {
        let of = |rows| points(rows, |n| n.to_string());
        assert_eq!([of([200, 0, 0]), of([1, 0, 0])], ["200 points", "1 point"]);
        assert_eq!(of([140, 0, 60]), "140 training and 60 test points");
        assert_eq!(of([160, 40, 0]), "160 training and 40 validation points");
        assert_eq!(of([100, 40, 60]), "100 training, 40 validation and 60 test points");
        assert_eq!(of([9, 1, 1]), "9 training, 1 validation and 1 test point");
    }

    #[test]
    fn what_coincides_is_said_once() {
        let said = |middle: &str, most: &str| spread("7".into(), Some(middle.into()), Some(most.into()));
        assert_eq!(said("9 of 9 at 7", "9 of 9 at 7"), "9 of 9 at 7");
        assert_eq!(said("5 of 9 at 7", "9 of 9 between 6 and 7"), "median 7, 5 of 9 at 7, 9 of 9 between 6 and 7");
        assert_eq!(said("9 of 9 between 6 and 7", "9 of 9 between 6 and 7"), "median 7, 9 of 9 between 6 and 7");
        assert_eq!(spread("7".into(), None, None), "median 7");
    }
}
