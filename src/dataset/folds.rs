//! Folds of cross-validation: equal parts of the rows, each of which is once the test set.

use super::prepare::set_apart;
use super::{Dataset, RowUse};
use crate::error::quoted;
use crate::math::rng::{Philox, Stream};
use rand::Rng;

/// One of the folds of cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// Which one, from 0.
    pub index: usize,
    /// Number of folds, 2 or more.
    pub count: usize,
    /// Seed of the permutation of the rows that all folds share.
    pub seed: u64,
}

impl Dataset {
    /// Splits off the rows of a fold for testing, and of the others the fraction `validation` of all rows of each
    /// class, drawn by `seed`. The folds of one permutation have each row once; their sizes, and their numbers of rows
    /// of each class, differ by one at most. All sets keep the row order. The data set must not be split yet.
    ///
    /// # Errors
    /// More folds than rows, or a class with a single row, as a sentence.
    pub fn split_fold(self, fold: Fold, validation: f64, seed: u64) -> Result<Self, String> {
        let (rows, mut strata) = (self.train.len(), self.train.strata());
        if fold.count > rows {
            return Err(format!("{rows} rows make no {} folds; use --folds {rows} or fewer", fold.count));
        }
        if let Some(class) = strata.iter().position(|rows| rows.len() == 1).filter(|_| strata.len() > 1) {
            let name = self.class_names.get(class).map_or(String::new(), |name| quoted(name));
            return Err(format!("class {name} has a single row, which some fold would train without; leave it out"));
        }
        let [folds, validations] = [fold.seed, seed].map(|seed| lots(rows, seed));
        let (mut sets, mut dealt) = (vec![RowUse::Train; rows], 0);
        for rows in &mut strata {
            rows.sort_by_key(|n| folds[*n]);
            let all = rows.len();
            let is_test = |n: &usize| (dealt + n) % fold.count == fold.index;
            let (tests, mut left): (Vec<usize>, Vec<usize>) = (0..all).partition(is_test);
            tests.iter().for_each(|n| sets[rows[*n]] = RowUse::Test);
            left.sort_by_key(|n| validations[rows[*n]]);
            left.iter().take(set_apart(all, left.len(), validation)).for_each(|n| sets[rows[*n]] = RowUse::Validation);
            // The next class goes on where this one ended, so that no fold gets the odd rows of all classes.
            dealt += all;
        }
        Ok(self.split_as(&sets))
    }
}

/// Returns a random number for each row.
fn lots(rows: usize, seed: u64) -> Vec<u64> {
    let mut generator = Philox::new(seed, Stream::Split);
    (0..rows).map(|_| generator.next_u64()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{BuiltIn, BuiltInSettings, Points, Targets};

    /// The numbers of the rows in a set, by the row number that is their feature.
    fn numbers(points: &Points) -> Vec<usize> {
        points.x.iter().map(|x| *x as usize).collect()
    }

    /// Rows of these classes; the feature is the row number.
    fn rows(sizes: &[usize]) -> Dataset {
        let labels: Vec<u32> =
            sizes.iter().enumerate().flat_map(|(class, rows)| std::iter::repeat_n(class as u32, *rows)).collect();
        let x = (0..labels.len()).map(|n| n as f64).collect();
        Dataset::of("rows", Points { features: 1, x, targets: Targets::of_classes(sizes.len(), labels) })
    }

    fn folds(data: &Dataset, count: usize, validation: f64, seed: u64) -> Vec<Dataset> {
        let fold = |index| data.clone().split_fold(Fold { index, count, seed }, validation, seed + index as u64);
        (0..count).map(|index| fold(index).unwrap()).collect()
    }

    #[test]
    fn folds_are_disjoint_and_have_all_rows() {
        let friedman = BuiltIn::Friedman1.make(&BuiltInSettings { points: 103, features: 5, ..Default::default() });
        let regression = Dataset {
            train: Points { features: 1, x: (0..103).map(f64::from).collect(), ..friedman.train },
            ..rows(&[2, 2])
        };
        for data in [rows(&[50, 53]), rows(&[7, 31, 2, 63]), regression] {
            for (count, validation) in [(2, 0.0), (5, 0.2), (103, 0.0), (100, 0.5)] {
                let mut seen = Vec::new();
                for fold in folds(&data, count, validation, 3) {
                    let test = numbers(fold.test.as_ref().unwrap());
                    assert!((103 / count..=103usize.div_ceil(count)).contains(&test.len()), "{count}: {}", test.len());
                    let mut all: Vec<usize> = fold.sets().flat_map(numbers).collect();
                    assert_eq!(fold.validation.is_some(), validation > 0.0);
                    all.sort_unstable();
                    assert_eq!(all, (0..103).collect::<Vec<_>>());
                    assert!(fold.train.strata_sizes().iter().all(|rows| *rows > 0));
                    seen.extend(test);
                }
                seen.sort_unstable();
                assert_eq!(seen, (0..103).collect::<Vec<_>>(), "{count} folds");
            }
        }
    }

    #[test]
    fn classes_have_their_shares_within_a_row() {
        let sizes = [7, 31, 2, 63];
        for fold in folds(&rows(&sizes), 5, 0.2, 1) {
            let test = fold.test.unwrap().strata_sizes();
            for (all, rows) in sizes.iter().zip(&test) {
                assert!((all / 5..=all.div_ceil(5)).contains(rows), "{test:?} of {sizes:?}");
            }
            // A fifth of all rows of each class, but one row at least.
            assert_eq!(fold.validation.unwrap().strata_sizes()[1..2], [6]);
        }
    }

    #[test]
    fn one_permutation_is_drawn_by_the_seed() {
        let tests =
            |seed| folds(&rows(&[20, 20]), 4, 0.0, seed).into_iter().map(|fold| fold.test.unwrap()).collect::<Vec<_>>();
        assert_eq!(tests(1), tests(1));
        assert_ne!(tests(1), tests(2));
        // The fold's own seed draws the validation rows alone.
        let data = rows(&[20, 20]);
        let fold = Fold { index: 1, count: 4, seed: 9 };
        let [one, other] = [5, 6].map(|seed| data.clone().split_fold(fold, 0.25, seed).unwrap());
        assert!(one.test == other.test && one.validation != other.validation);
    }

    #[test]
    fn too_few_rows_make_no_folds() {
        let message = |sizes, count| rows(sizes).split_fold(Fold { index: 0, count, seed: 0 }, 0.0, 0).unwrap_err();
        assert_eq!(message(&[2, 2], 5), "4 rows make no 5 folds; use --folds 4 or fewer");
        assert!(message(&[1, 9], 5).starts_with("class \"0\" has a single row"));
    }
}
