//! Quantiles, and evenly spaced selections.

/// Returns the `q`-quantile (0 to 1) of ascending values, interpolated linearly between order statistics (type 7 of
/// Hyndman and Fan 1996, numpy's default); infinite if a neighbour is; `None` without values.
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let position = q * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    Some(if low == high { low } else { low + (high - low) * position.fract() })
}

/// Returns at most `most` numbers below `n`, ascending and evenly spaced; two or more include both ends.
pub fn evenly(n: u64, most: u64) -> impl Iterator<Item = u64> {
    let taken = n.min(most);
    let at = move |k: u64| u128::from(k) * u128::from(n - 1) / u128::from(taken.max(2) - 1);
    (0..taken).map(move |k| at(k) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numpys() {
        // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .9, 1]) = 1, 1.3, 3, 6.8, 8
        let found = [0.0, 0.1, 0.5, 0.9, 1.0].map(|q| quantile(&[1.0, 2.0, 4.0, 8.0], q).unwrap());
        let expected = [1.0, 1.3, 3.0, 6.8, 8.0];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        assert_eq!((quantile(&[], 0.5), quantile(&[3.0], 0.7)), (None, Some(3.0)));
        assert_eq!(quantile(&[1.0, f64::INFINITY, f64::INFINITY], 0.75), Some(f64::INFINITY));
    }

    #[test]
    fn evenly_chosen_numbers_reach_from_end_to_end() {
        let of = |n, most| evenly(n, most).collect::<Vec<_>>();
        assert_eq!(
            [of(10, 4), of(3, 9), of(9, 1), of(0, 3), of(5, 0)],
            [vec![0, 3, 6, 9], vec![0, 1, 2], vec![0], vec![], vec![]]
        );
        assert_eq!(of(u64::MAX, 3), [0, (u64::MAX - 1) / 2, u64::MAX - 1]);
    }
}
