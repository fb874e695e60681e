use super::*;
use crate::math::rng::{Philox, Stream};
use rand_distr::{Distribution, StandardNormal};

fn fixed(levels: usize) -> Factor {
    Factor { levels, kind: FactorKind::Fixed }
}

fn random(levels: usize) -> Factor {
    Factor { levels, kind: FactorKind::Random }
}

fn variances(factors: &[Factor], values: &[f64]) -> Vec<f64> {
    CrossedTable::new(factors.to_vec(), values.to_vec()).components().iter().map(|c| c.variance).collect()
}

fn near(found: &[f64], expected: &[f64], error: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= error)
}

/// By hand: means of the rates 2 and 5, of the seeds 2, 4 and 4.5, of all 3.5; sums of squares 13.5, 7 and 1.
#[test]
fn a_small_table_is_what_it_is_by_hand() {
    let values = [1.0, 3.0, 2.0, 6.0, 3.0, 6.0];
    let mixed = CrossedTable::new(vec![random(3), fixed(2)], values.to_vec());
    let components = mixed.components();
    let found = |of: &dyn Fn(&VarianceComponent) -> f64| components.iter().map(of).collect::<Vec<f64>>();
    // Seed 3.5 / 2, rate (13.5 - 0.5) / 3, both 0.5; with two rates, the variance around their mean is half of the
    // component.
    assert!(near(&found(&|c| c.variance), &[1.75, 13.0 / 3.0, 0.5], 1e-14), "{components:?}");
    let total = 1.75 + 13.0 / 6.0 + 0.25;
    assert!(near(&found(&|c| c.share.unwrap()), &[1.75 / total, 13.0 / 6.0 / total, 0.25 / total], 1e-14));
    // If the rates are random, too, the seeds' mean square contains the interaction.
    assert!(near(&variances(&[random(3), random(2)], &values), &[1.5, 13.0 / 3.0, 0.5], 1e-14));
    // If nothing is random, nothing is subtracted.
    assert!(near(&variances(&[fixed(3), fixed(2)], &values), &[1.75, 4.5, 0.5], 1e-14));
    assert!(components.iter().all(|c| c.interval.is_none()), "three seeds");
}

/// Expected: P. E. Shrout and J. L. Fleiss, "Intraclass correlations", Psychological Bulletin 86, 1979, tables 2 to 4:
/// six targets, four judges; mean squares 11.24, 32.49 and 1.02, ICC(2,1) = 0.29 and, with these judges alone, ICC(3,1)
/// = 0.71.
#[test]
fn shrout_and_fleiss_have_their_correlations() {
    #[rustfmt::skip]
    let ratings = [9.0, 2.0, 5.0, 8.0, 6.0, 1.0, 3.0, 2.0, 8.0, 4.0, 6.0, 8.0,
                   7.0, 1.0, 2.0, 6.0, 10.0, 5.0, 6.0, 9.0, 6.0, 2.0, 4.0, 7.0];
    let table = CrossedTable::new(vec![random(6), random(4)], ratings.to_vec());
    let components = table.components();
    let [target, judge, rest] = [0, 1, 2].map(|c| components[c].variance);
    assert!(near(&[4.0 * target + rest, 6.0 * judge + rest, rest], &[11.24, 32.49, 1.02], 0.005));
    assert!((components[0].share.unwrap() - 0.29).abs() < 0.005);
    assert!((target / (target + rest) - 0.71).abs() < 0.005);
}

/// Expected: sums of squares by `anova_lm` of Python's statsmodels 0.15.0, with all main effects and two-way
/// interactions; the residual is the three-way interaction. Data: y = (7 i² + 3 i) mod 23 for i = 0, 1, ... in a table
/// of 2 × 3 × 4, c fastest.
#[test]
fn sums_of_squares_are_statsmodels() {
    let values: Vec<f64> = (0..24).map(|i| f64::from((7 * i * i + 3 * i) % 23)).collect();
    let table = CrossedTable::new(vec![random(2), random(3), fixed(4)], values);
    let squares: Vec<f64> = table.squares(&table.equal_weights())[1..].iter().map(|s| 24.0 * s).collect();
    let expected = [98.0 / 3.0, 73.083_333_333_333, 63.583_333_333_333, 192.5, 10.0 / 3.0, 476.25, 220.416_666_666_667];
    assert!(near(&squares, &expected, 1e-9), "{squares:?}");
}

#[test]
fn equal_values_have_no_shares_and_negative_estimates_stay() {
    let components = CrossedTable::new(vec![random(6), fixed(3)], vec![0.1; 18]).components();
    assert!(components.iter().all(|c| (c.variance, c.share, c.interval) == (0.0, None, None)));
    // Each rate has the same mean, and so has each seed: everything is interaction, and the rates' estimate is
    // negative.
    let cross = variances(&[random(2), fixed(2)], &[0.0, 1.0, 1.0, 0.0]);
    assert!(near(&cross, &[0.0, -0.5, 1.0], 1e-14), "{cross:?}");
}

/// A table of independent normal effects with these variances by term. Effects with fixed factors sum to 0 over each of
/// them; effects of fixed factors alone are the same in all tables, with exactly this variance.
fn synthetic(factors: &[Factor], variances: &[f64], seed: u64) -> Vec<f64> {
    let mut generator = Philox::new(seed, Stream::Data);
    let (cells, all) = (factors.iter().map(|f| f.levels).product::<usize>(), (1 << factors.len()) - 1);
    let table = CrossedTable::new(factors.to_vec(), vec![0.0; cells]);
    let mut values = vec![0.0; cells];
    for (term, variance) in (1..=all).zip(variances) {
        let fixed_part = term & table.of_kind(FactorKind::Fixed);
        let mut always = Philox::new(term as u64, Stream::Split);
        let generator = if term == fixed_part { &mut always } else { &mut generator };
        let mut effect: Vec<f64> = (0..table.size(term)).map(|_| StandardNormal.sample(generator)).collect();
        for f in (0..factors.len()).filter(|f| fixed_part >> f & 1 == 1) {
            let inner = table.size(term >> (f + 1) << (f + 1));
            let n = factors[f].levels;
            for block in effect.chunks_mut(n * inner) {
                for i in 0..inner {
                    let mean = (0..n).map(|k| block[k * inner + i]).sum::<f64>() / n as f64;
                    // Subtracting the mean reduces the variance exactly as the definition of a fixed effect requires.
                    (0..n).for_each(|k| block[k * inner + i] -= mean);
                }
            }
        }
        let freedom = table.product(term, |f| f.levels as f64 - 1.0);
        let exact = effect.iter().map(|e| e * e).sum::<f64>() / freedom;
        let scale = if term == fixed_part { (variance / exact).sqrt() } else { variance.sqrt() };
        for (cell, value) in values.iter_mut().enumerate() {
            let (mut rest, mut place, mut step) = (cell, 0, 1);
            for f in (0..factors.len()).rev() {
                let level = rest % factors[f].levels;
                rest /= factors[f].levels;
                if term >> f & 1 == 1 {
                    (place, step) = (place + level * step, step * factors[f].levels);
                }
            }
            *value += scale * effect[place];
        }
    }
    values
}

/// Two designs with their components by term: seeds × rates, and data sets × seeds × rates.
const TWO: (&[Factor], &[f64]) = (
    &[Factor { levels: 20, kind: FactorKind::Random }, Factor { levels: 8, kind: FactorKind::Fixed }],
    &[1.0, 2.0, 0.7],
);
const THREE: (&[Factor], &[f64]) = (
    &[
        Factor { levels: 10, kind: FactorKind::Random },
        Factor { levels: 20, kind: FactorKind::Random },
        Factor { levels: 6, kind: FactorKind::Fixed },
    ],
    // Data, seed, both, rate, data and rate, seed and rate, all.
    &[0.5, 1.0, 0.4, 1.5, 0.3, 0.6, 1.0],
);

/// The mean of the estimates of 400 tables is the truth, within four standard errors.
#[test]
fn estimates_have_no_bias() {
    for (factors, truth) in [TWO, THREE] {
        let tables: Vec<Vec<f64>> = (0..400)
            .into_par_iter()
            .map(|seed| {
                let table = CrossedTable::new(factors.to_vec(), synthetic(factors, truth, seed));
                table.variances(&table.squares(&table.equal_weights()))
            })
            .collect();
        for (term, truth) in (1..).zip(truth) {
            let values: Vec<f64> = tables.iter().map(|t| t[term]).collect();
            let mean = values.iter().sum::<f64>() / 400.0;
            let error = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 399.0 / 400.0).sqrt();
            assert!((mean - truth).abs() < 4.0 * error && error < 0.05, "{term}: {mean} {truth} ± {error}");
        }
    }
}

/// Share of `tables` tables whose interval contains the true share, by term.
fn coverage(factors: &[Factor], variances: &[f64], tables: u64) -> Vec<f64> {
    let cells = factors.iter().map(|f| f.levels).product();
    let truth = CrossedTable::new(factors.to_vec(), vec![0.0; cells]);
    let truth = truth.shares(&[&[0.0], variances].concat()).unwrap();
    let holds = |seed: u64| {
        let components = CrossedTable::new(factors.to_vec(), synthetic(factors, variances, seed)).components();
        let within = |(c, truth): (&VarianceComponent, &f64)| {
            c.interval.is_some_and(|(low, high)| low <= *truth && *truth <= high)
        };
        components.iter().zip(&truth[1..]).map(within).map(|held| f64::from(u8::from(held))).collect::<Vec<f64>>()
    };
    let held: Vec<Vec<f64>> = (0..tables).into_par_iter().map(holds).collect();
    (0..variances.len()).map(|term| held.iter().map(|h| h[term]).sum::<f64>() / tables as f64).collect()
}

#[test]
fn intervals_hold_the_truth_about_as_often_as_they_say() {
    // The second design is nearly all interaction: the rates' sums of squares are mostly due to it.
    for (factors, variances) in [TWO, (&[random(25), fixed(20)], &[0.1, 0.1, 1.0])] {
        let found = coverage(factors, variances, 300);
        assert!(found.iter().all(|share| (0.86..0.99).contains(share)), "{found:?}");
    }
}

/// Checks the coverage that the docs of [`CrossedTable::intervals`] state, within three standard errors.
#[test]
#[ignore = "takes a minute"]
fn coverage_of_many_designs() {
    let seeds = |seeds| vec![random(seeds), fixed(8)];
    let with_data = |data, seeds| vec![random(data), random(seeds), fixed(6)];
    for (factors, least, most) in [
        (seeds(10), 0.87, 0.93),
        (seeds(25), 0.92, 0.94),
        (seeds(100), 0.94, 0.95),
        (with_data(10, 20), 0.92, 1.0),
        (with_data(30, 30), 0.93, 0.98),
    ] {
        let found = coverage(&factors, if factors.len() == 2 { TWO.1 } else { THREE.1 }, 500);
        let error = |share: f64| 3.0 * (share * (1.0 - share) / 500.0).sqrt();
        let (least, most) = (least - error(least), most + error(most));
        assert!(found.iter().all(|share| (least..=most).contains(share)), "{factors:?}: {found:?}");
    }
}
