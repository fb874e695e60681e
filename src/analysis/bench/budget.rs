//! Fits the number of rounds and the length of each workload into the time.

/// Minimum and maximum number of rounds if the user sets none.
const ROUNDS: (f64, f64) = (3.0, 9.0);

/// Number of rounds, and seconds for each workload in one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    pub rounds: u32,
    pub seconds: Vec<f64>,
}

impl Budget {
    /// Plans workloads whose complete rounds take `whole` seconds each. Cuts the longest ones to one common length and
    /// leaves the short ones complete.
    pub fn of(time: f64, rounds: Option<u32>, whole: &[f64]) -> Self {
        let all: f64 = whole.iter().sum();
        let fitting = (time / all.max(1e-9)).clamp(ROUNDS.0, ROUNDS.1) as u32;
        let rounds = rounds.unwrap_or(fitting).max(1);
        let longest = level(whole, time / f64::from(rounds));
        Self { rounds, seconds: whole.iter().map(|seconds| seconds.min(longest)).collect() }
    }
}

/// Returns the length to which the longest are cut so that all together take `time`; infinite if all fit.
fn level(whole: &[f64], time: f64) -> f64 {
    let mut sorted = whole.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut left = time;
    for (n, seconds) in sorted.iter().enumerate() {
        let even = left / (sorted.len() - n) as f64;
        if *seconds >= even {
            return even;
        }
        left -= seconds;
    }
    f64::INFINITY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_work_is_cut_and_short_work_is_not() {
        let whole = [1.0, 30.0, 2.0, 50.0];
        let budget = Budget::of(60.0, None, &whole);
        assert_eq!(budget, Budget { rounds: 3, seconds: vec![1.0, 8.5, 2.0, 8.5] });
        assert_eq!(Budget::of(600.0, None, &whole), Budget { rounds: 7, seconds: whole.to_vec() });
        assert_eq!(Budget::of(600.0, Some(2), &whole).rounds, 2);
        assert_eq!(Budget::of(0.0, None, &[1.0]), Budget { rounds: 3, seconds: vec![0.0] });
        assert_eq!(Budget::of(5.0, None, &[]).rounds, 9);
    }
}
