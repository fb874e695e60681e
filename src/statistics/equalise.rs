//! Histogram equalisation by rank: each shade gets equally many values, whatever their sizes.

use crate::parallel::*;

/// Replaces each value by its relative rank: 0 for the smallest, 1 for the largest, evenly spaced in between. Equal
/// values get their mean rank; if all are equal, or there is only one, 1/2. NaN stays and is not ranked.
///
/// Takes O(n log n) time, and 4 bytes per value besides the values themselves.
///
/// # Panics
/// If there are more than 2^32 − 1 values.
pub fn equalise(values: &mut [f64]) {
    let n = u32::try_from(values.len()).expect("fewer than 2^32 values");
    let mut order: Vec<u32> = (0..n).into_par_iter().filter(|i| !values[*i as usize].is_nan()).collect();
    order.par_sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
    let greatest = order.len().saturating_sub(1) as f64;
    let mut first = 0;
    while first < order.len() {
        let value = values[order[first] as usize];
        let same = order[first..].iter().take_while(|i| values[**i as usize] == value).count();
        let rank = first as f64 + (same - 1) as f64 / 2.0;
        let share = if greatest > 0.0 { rank / greatest } else { 0.5 };
        order[first..first + same].iter().for_each(|i| values[*i as usize] = share);
        first += same;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equalised<const N: usize>(mut values: [f64; N]) -> [f64; N] {
        equalise(&mut values);
        values
    }

    #[test]
    fn shares_follow_ranks_and_not_sizes() {
        assert_eq!(equalised([1e9, -3.0, f64::INFINITY, 2.0, -1e300]), [0.75, 0.25, 1.0, 0.5, 0.0]);
        assert_eq!(equalised([7.0, 1e-300]), [1.0, 0.0]);
    }

    #[test]
    fn equal_values_share_their_mean_rank() {
        assert_eq!(equalised([5.0, 1.0, 5.0, 5.0, 9.0]), [0.5, 0.0, 0.5, 0.5, 1.0]);
        assert_eq!(equalised([0.0, 1.0, -0.0]), [0.25, 1.0, 0.25]);
        assert_eq!((equalised([4.0, 4.0, 4.0]), equalised([4.0]), equalised([])), ([0.5; 3], [0.5], []));
    }

    #[test]
    fn what_is_missing_stays_missing_and_takes_no_rank() {
        let found = equalised([f64::NAN, 3.0, 1.0, f64::NAN, 2.0]);
        assert!(found[0].is_nan() && found[3].is_nan());
        assert_eq!([found[1], found[2], found[4]], [1.0, 0.0, 0.5]);
        assert!(equalised([f64::NAN])[0].is_nan());
    }

    #[test]
    fn many_values_keep_their_order_and_fill_the_range_evenly() {
        // Multiples of a number that is coprime to the length: each rank occurs once.
        let n = 100_003u64;
        let mut shares: Vec<f64> = (0..n).map(|i| (i * 7919 % n) as f64 / 3.0).collect();
        equalise(&mut shares);
        let off = |i: u64| (shares[i as usize] - (i * 7919 % n) as f64 / (n - 1) as f64).abs();
        assert!((0..n).all(|i| off(i) < 1e-12));
    }
}
