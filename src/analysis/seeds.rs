//! Number of seeds that a comparison of learning rates needs, estimated from a study: the spread of accuracies over
//! seeds, sample sizes by formula, and power and interval widths by resampling, since accuracies may be bimodal.

mod arms;
mod report;

pub use arms::{Arm, Arms, MOST_SEEDS};
pub use report::SeedsReport;

use crate::error::{Error, Result, number};
use crate::statistics::resample::Resampler;
use crate::statistics::sample_size::{TestPlan, mean_variance};
use crate::statistics::student::t_quantile;
use serde::Serialize;

/// Number of seeds per learning rate in the course's own curve (see README.md).
pub const COURSE_REPEATS: usize = 50;
/// Minimum number of seeds for an estimate of their spread.
pub const FEWEST: usize = 3;
/// Numbers of seeds whose intervals are reported.
const SIZES: [usize; 8] = [5, 10, 20, 50, 100, 200, 500, 1000];
/// Number of experiments drawn for a power, and for an interval's width.
const POWER_DRAWS: usize = 2000;
const WIDTH_DRAWS: usize = 4000;
/// Maximum size of a drawn experiment; larger ones would take minutes.
pub const MOST_DRAWN: u64 = 20_000;
/// Number of curves of [`COURSE_REPEATS`] seeds to draw.
const WIGGLES: usize = 3;
const SEED: u64 = 0;

/// Comparison to make.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SeedsQuery {
    /// Learning rates; `None`: the best one, and the next that is at least a percentage point below.
    pub between: Option<[f64; 2]>,
    /// Difference of mean accuracies, a fraction; `None`: the observed one.
    pub difference: Option<f64>,
}

impl SeedsQuery {
    /// Asks about two learning rates, and about a difference in points of accuracy, if they are given.
    ///
    /// # Errors
    /// [`Error::Setting`] for other than two learning rates, or points outside of 0 to 100.
    pub fn of(between: Option<&[f64]>, points: Option<f64>) -> Result<Self> {
        let between = match between {
            None => None,
            Some([a, b]) => Some([*a, *b]),
            Some(other) => {
                let allowed = "two learning rates with a comma";
                return Err(Error::setting("--between", format!("{} numbers", other.len()), allowed));
            }
        };
        match points {
            Some(points) if !(points > 0.0 && points < 100.0) => {
                Err(Error::setting("--difference", number(points), "percentage points above 0 and below 100"))
            }
            points => Ok(Self { between, difference: points.map(|points| points / 100.0) }),
        }
    }
}

/// Number of seeds that a test needs, and its power.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleSize {
    /// Seeds per learning rate; `None` if there is no difference, or one too small for any number.
    pub seeds: Option<u64>,
    /// Share of experiments of that size, resampled from the study, in which the test found the difference; `None` if
    /// they are too large to be drawn, or if the seeds differ only by rounding.
    pub power: Option<f64>,
}

/// Uncertainty of a mean accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IntervalWidth {
    /// Number of seeds that are averaged.
    pub seeds: usize,
    /// Half-width of the 95 % confidence interval, t s / √n; a fraction.
    pub formula: f64,
    /// Half-width of the interval that contains 95 % of the resampled means.
    pub drawn: f64,
}

/// Reason why the study can't give a number of seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// A learning rate has fewer than [`FEWEST`] seeds with an accuracy, too few to estimate their spread.
    TooFew,
    /// Both means are the same, and no difference was given.
    NoDifference,
}

/// Result of [`seeds_needed`]. Accuracies are fractions.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedsNeeded {
    /// Learning rates with the accuracies of their seeds.
    pub arms: Arms,
    /// Reason why no number of seeds can be given, if there is one.
    pub no_answer: Option<NoAnswer>,
    /// Whether the first of the pair varies by less than rounding to whole rows may hide; its widths are then of that
    /// alone.
    pub rounded: bool,
    /// Indices of the compared arms.
    pub pair: [usize; 2],
    /// Difference of the mean accuracies, first minus second, observed or given.
    pub difference: f64,
    /// Sample size of Welch's test, which needs no shared seeds.
    pub unpaired: SampleSize,
    /// Sample size of the paired t test; `None` if the learning rates share too few seeds.
    pub paired: Option<SampleSize>,
    /// Standard deviation of the differences by seed.
    pub deviation: Option<f64>,
    /// Number of seeds to distinguish the success rates.
    pub shares: Option<u64>,
    /// Interval widths of the first of the pair.
    pub widths: Vec<IntervalWidth>,
    /// Standard error of a mean over [`COURSE_REPEATS`] seeds: root mean square over the learning rates.
    pub course_error: f64,
    /// Resampled mean accuracies `[curves][arms]` over [`COURSE_REPEATS`] seeds each.
    pub resampled_curves: Vec<Vec<f64>>,
}

/// Computes the number of seeds for the comparison `query`.
///
/// # Errors
/// [`Error::Setting`] if a learning rate is missing or has fewer than two accuracies; [`Error::Usage`] if both are the
/// same.
pub fn seeds_needed(arms: Arms, query: &SeedsQuery) -> Result<SeedsNeeded> {
    let pair = arms.pair(query.between)?;
    let [a, b] = pair.map(|arm| &arms.all[arm]);
    let rounding = arms.rounding;
    let [(mean_a, own_a), (mean_b, own_b)] = [spread(a)?, spread(b)?];
    let [var_a, var_b] = [own_a, own_b].map(|variance| variance.max(rounding));
    let seen = mean_a - mean_b;
    let difference = query.difference.unwrap_or(seen);
    let (plan, mut resampler) = (TestPlan::USUAL, Resampler::new(SEED));
    let drawable = |seeds: Option<u64>| seeds.filter(|n| *n <= MOST_DRAWN).map(|n| n as usize);
    let seeds = plan.unpaired(difference, [var_a, var_b]);
    // The observed spread around means that differ by `difference`.
    let moved: Vec<f64> = a.values().iter().map(|v| v - seen + difference).collect();
    // A bootstrap repeats the observed spread; it can't show spread that rounding hides.
    let drawn = drawable(seeds).filter(|_| own_a + own_b >= 2.0 * rounding);
    let power = drawn.map(|n| resampler.welch_power([&moved, &b.values()], n, plan.alpha, POWER_DRAWS));
    let unpaired = SampleSize { seeds, power };
    let differences: Vec<f64> = a.shared(b).into_iter().map(|(a, b)| a - b).collect();
    let by_seed = mean_variance(&differences);
    let paired = by_seed.map(|(mean, variance)| {
        // If one of them lacks some seeds, the shared seeds have another mean difference.
        let difference = query.difference.unwrap_or(mean);
        let seeds = plan.paired(difference, variance.max(2.0 * rounding));
        let moved: Vec<f64> = differences.iter().map(|d| d - mean + difference).collect();
        let drawn = drawable(seeds).filter(|_| variance >= 2.0 * rounding);
        let power = drawn.map(|n| resampler.paired_power(&moved, n, plan.alpha, POWER_DRAWS));
        SampleSize { seeds, power }
    });
    let shares = plan.shares(a.success_rate(), b.success_rate());
    let (values, deviation) = (a.values(), var_a.sqrt());
    let width = |seeds: usize| IntervalWidth {
        seeds,
        formula: t_quantile(0.975, (seeds - 1) as f64) * deviation / (seeds as f64).sqrt(),
        drawn: resampler.half_width(&values, seeds, WIDTH_DRAWS).max(1.96 * (rounding / seeds as f64).sqrt()),
    };
    let widths = SIZES.map(width).to_vec();
    let variances: Vec<f64> = arms.all.iter().filter_map(|arm| Some(mean_variance(&arm.values())?.1)).collect();
    let variance = variances.iter().map(|variance| variance.max(rounding)).sum::<f64>() / variances.len() as f64;
    let course_error = (variance / COURSE_REPEATS as f64).sqrt();
    let mut curve = || arms.all.iter().map(|arm| resampler.mean(&arm.values(), COURSE_REPEATS)).collect();
    let wiggles = (0..WIGGLES).map(|_| curve()).collect();
    let deviation = by_seed.map(|(_, variance)| variance.sqrt());
    let few = [a, b].iter().any(|arm| arm.accuracies.len() < FEWEST);
    // Means of equal accuracies may differ in their last bit.
    let silence = match difference.abs() < 1e-12 {
        _ if few => Some(NoAnswer::TooFew),
        true => Some(NoAnswer::NoDifference),
        false => None,
    };
    Ok(SeedsNeeded {
        no_answer: silence,
        rounded: own_a < rounding,
        pair,
        difference,
        unpaired,
        paired,
        deviation,
        shares,
        widths,
        course_error,
        resampled_curves: wiggles,
        arms,
    })
}

/// Returns mean and variance of an arm's accuracies.
fn spread(arm: &Arm) -> Result<(f64, f64)> {
    let few = || Error::setting("learning rate", arm.lr, "one with two models or more that did not diverge");
    mean_variance(&arm.values()).ok_or_else(few)
}

#[cfg(test)]
mod tests;
