//! Range of a plane to show.

/// Share of the trajectories that may leave the picture on each side.
const LEFT_OUT: f64 = 0.05;
/// Margin around the range, as a share of it.
const MARGIN: f64 = 0.08;

/// Minimum and maximum coordinate of one trajectory.
type Extent = (f64, f64);

/// Returns a range with a margin that contains the first trajectory, the model's own, all but a twentieth of the others
/// on each side, and `least`, if given. `reaches` are finite.
pub fn range(reaches: &[Extent], least: Option<Extent>) -> (f64, f64) {
    let sorted = |of: fn(&Extent) -> f64| {
        let mut all: Vec<f64> = reaches.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (lows, highs) = (sorted(|reach| reach.0), sorted(|reach| reach.1));
    let beyond = (LEFT_OUT * reaches.len() as f64) as usize;
    let usual = lows.get(beyond).copied().zip(highs.iter().rev().nth(beyond).copied());
    let wanted = reaches.first().copied().into_iter().chain(usual).chain(least);
    let (low, high) = wanted.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (low, high)| (a.min(low), b.max(high)));
    match high - low {
        width if width > 0.0 => (low - MARGIN * width, high + MARGIN * width),
        // Nothing moves along this direction, or there is no trajectory.
        _ if low.is_finite() => (low - 1.0, low + 1.0),
        _ => (-1.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_way_is_whole_and_a_stray_one_is_left_out() {
        let mut reaches = vec![(-2.0, 0.0)];
        reaches.extend((0..18).map(|i| (-1.0, 1.0 + f64::from(i) / 17.0)));
        reaches.push((-500.0, 900.0));
        let (low, high) = range(&reaches, None);
        assert!(low < -2.0 && low > -3.0 && high > 1.9 && high < 3.0, "{low} {high}");
        let far = [vec![(-40.0, 30.0)], reaches].concat();
        let (low, high) = range(&far, None);
        assert!((low + 45.6).abs() < 1e-9 && (high - 35.6).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn there_is_always_something_to_see() {
        assert_eq!(range(&[(3.0, 3.0)], None), (2.0, 4.0));
        assert_eq!(range(&[], None), (-1.0, 1.0));
        assert_eq!(range(&[(0.0, 0.5)], Some((-1.0, 1.0))), (-1.16, 1.16));
    }
}
