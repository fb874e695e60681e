//! How many seeds a comparison of learning rates needs, from what a study saw: the spread of accuracies over seeds, sample sizes by
//! formula, and the power and the widths that drawing again from the study gives, for accuracies that come in two heaps.

mod arms;

pub use arms::{Arm, Arms, MOST_SEEDS};

use crate::error::{Error, Result};
use crate::statistics::resample::Resampler;
use crate::statistics::sample_size::{TestPlan, mean_variance};
use crate::statistics::student::t_quantile;
use serde::Serialize;

/// Repeats of the course's own curve.
pub const COURSE_REPEATS: usize = 50;
/// Fewer seeds say nothing of their spread.
pub const FEWEST: usize = 3;
/// Numbers of seeds whose intervals are told.
const SIZES: [usize; 8] = [5, 10, 20, 50, 100, 200, 500, 1000];
/// Experiments drawn for a power, and for an interval's width.
const POWER_DRAWS: usize = 2000;
const WIDTH_DRAWS: usize = 4000;
/// Larger experiments are not drawn: it would take minutes.
pub const MOST_DRAWN: u64 = 20_000;
/// Curves of [`COURSE_REPEATS`] seeds that are drawn.
const WIGGLES: usize = 3;
const SEED: u64 = 0;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SeedsQuery {
    /// Learning rates; none: the best one, and the next at least a point below.
    pub between: Option<[f64; 2]>,
    /// A difference of mean accuracies, a fraction; none: the one seen.
    pub difference: Option<f64>,
}

/// Seeds that a test needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleSize {
    /// Of each learning rate; none where there is no difference, or one too small for any number.
    pub seeds: Option<u64>,
    /// The share of experiments of that size, drawn again from the study, in which the test found the difference; none where they are
    /// too large to be drawn, and where the seeds differ by rounding alone.
    pub power: Option<f64>,
}

/// How uncertain a mean accuracy is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IntervalWidth {
    /// Seeds that the mean is over.
    pub seeds: usize,
    /// Half of the 95 % interval, t s / √n; a fraction.
    pub formula: f64,
    /// Half of what 95 % of the means drawn again span.
    pub drawn: f64,
}

/// What keeps the study from saying how many seeds are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// A learning rate has fewer than [`FEWEST`] seeds with an accuracy: their spread is anyone's guess.
    TooFew,
    /// Both means are the same, and no difference was asked for.
    NoDifference,
}

/// Everything that was found. Accuracies are fractions.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedsNeeded {
    /// The learning rates, with what their seeds came to.
    pub arms: Arms,
    /// Why no number of seeds can be given, if none can.
    pub silence: Option<NoAnswer>,
    /// Whether the first of the pair varies by less than rounding to whole rows may hide, so that its widths are of that alone.
    pub rounded: bool,
    /// Of the arms: what is compared.
    pub pair: [usize; 2],
    /// Of the mean accuracies, the first less the second, as seen or as asked.
    pub difference: f64,
    /// By Welch's test, which asks for no shared seeds.
    pub unpaired: SampleSize,
    /// Where the learning rates share seeds.
    pub paired: Option<SampleSize>,
    /// Standard deviation of the differences by seed.
    pub deviation: Option<f64>,
    /// To tell the shares of successes apart.
    pub shares: Option<u64>,
    /// Of the first of the pair.
    pub widths: Vec<IntervalWidth>,
    /// Standard error of a mean over [`COURSE_REPEATS`] seeds: root mean square over the learning rates.
    pub course_error: f64,
    /// Mean accuracies `[curves][arms]` of so many seeds each, as they might have come out.
    pub wiggles: Vec<Vec<f64>>,
}

/// Compares what `asked` says.
///
/// # Errors
/// [`Error::Setting`] where there is no such learning rate.
pub fn seeds_needed(arms: Arms, asked: &SeedsQuery) -> Result<SeedsNeeded> {
    let pair = arms.pair(asked.between)?;
    let [a, b] = pair.map(|arm| &arms.all[arm]);
    let rounding = arms.rounding;
    let [(mean_a, own_a), (mean_b, own_b)] = [spread(a)?, spread(b)?];
    let [var_a, var_b] = [own_a, own_b].map(|variance| variance.max(rounding));
    let seen = mean_a - mean_b;
    let difference = asked.difference.unwrap_or(seen);
    let (plan, mut resampler) = (TestPlan::USUAL, Resampler::new(SEED));
    let drawable = |seeds: Option<u64>| seeds.filter(|n| *n <= MOST_DRAWN).map(|n| n as usize);
    let seeds = plan.unpaired(difference, [var_a, var_b]);
    // The same spread about means that differ as asked.
    let moved: Vec<f64> = a.values().iter().map(|v| v - seen + difference).collect();
    // A bootstrap repeats the spread that was observed; it can't show spread that rounding hides.
    let drawn = drawable(seeds).filter(|_| own_a + own_b >= 2.0 * rounding);
    let power = drawn.map(|n| resampler.welch_power([&moved, &b.values()], n, plan.alpha, POWER_DRAWS));
    let unpaired = SampleSize { seeds, power };
    let differences: Vec<f64> = a.shared(b).into_iter().map(|(a, b)| a - b).collect();
    let by_seed = mean_variance(&differences);
    let paired = by_seed.map(|(mean, variance)| {
        // Where some seeds are missing in one of them, the shared ones have a difference of their own.
        let difference = asked.difference.unwrap_or(mean);
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
        silence,
        rounded: own_a < rounding,
        pair,
        difference,
        unpaired,
        paired,
        deviation,
        shares,
        widths,
        course_error,
        wiggles,
        arms,
    })
}

/// Mean and variance of an arm's accuracies.
fn spread(arm: &Arm) -> Result<(f64, f64)> {
    let few = || Error::setting("learning rate", arm.lr, "one with two models or more that did not diverge");
    mean_variance(&arm.values()).ok_or_else(few)
}

#[cfg(test)]
mod tests;
