//! Convergence measures from the losses of a training, after Sohl-Dickstein, "The boundary of neural network
//! trainability is fractal" (2024, arXiv 2402.06184). Twin of `shaders/convergence.wgsl`.

/// Number of final losses whose mean decides whether training converged.
pub const LAST: usize = 20;
/// Upper bound of a normalised loss; also replaces one that is not finite.
pub const LARGEST: f64 = 1e6;
/// Lower bound of a normalised loss before it is inverted.
pub const SMALLEST: f64 = 1e-12;

/// Sums over a training's losses, each taken before an update and divided by the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Sum of the losses: the larger, the slower a model converged.
    pub loss_sum: f64,
    /// Sum of their inverses: the larger, the slower a model diverged.
    pub inverse_sum: f64,
    /// Mean of the last [`LAST`] losses, or of all if there are fewer.
    pub last: f64,
}

impl Convergence {
    /// Computes the measures of `losses`, in order; losses after a divergence are NaN.
    pub fn of(losses: &[f64]) -> Self {
        let first = losses.first().copied().unwrap_or(f64::NAN);
        let all = || losses.iter().map(|loss| normalised(*loss, first));
        let last = losses.len().min(LAST);
        Self {
            loss_sum: all().sum(),
            inverse_sum: all().map(inverse).sum(),
            last: all().skip(losses.len() - last).sum::<f64>() / last as f64,
        }
    }

    /// Whether the mean of the last losses is below the first. Sohl-Dickstein calls all others diverged, though some
    /// merely did not move.
    pub fn is_converged(&self) -> bool {
        self.last < 1.0
    }
}

/// Returns loss / first, at most [`LARGEST`]; NaN becomes [`LARGEST`], too.
fn normalised(loss: f64, first: f64) -> f64 {
    let ratio = loss / first;
    if ratio <= LARGEST { ratio } else { LARGEST }
}

/// Returns 1 / x, with x at least [`SMALLEST`].
fn inverse(x: f64) -> f64 {
    1.0 / x.max(SMALLEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_twenty_decide_and_what_is_lost_counts_as_a_million() {
        let falling: Vec<f64> = (0..100).map(|n| 2.0 * 0.9f64.powi(n)).collect();
        let found = Convergence::of(&falling);
        assert!(found.is_converged() && (found.loss_sum - (1.0 - 0.9f64.powi(100)) / 0.1).abs() < 1e-9);
        assert!((found.last - 0.9f64.powi(80) * (1.0 - 0.9f64.powi(20)) / 0.1 / 20.0).abs() < 1e-15);
        let lost = [vec![2.0, 4.0, 8e6], vec![f64::NAN; 17]].concat();
        let found = Convergence::of(&lost);
        assert!(found.loss_sum == 3.0 + 18e6 && (found.inverse_sum - (1.5 + 18e-6)).abs() < 1e-12, "{found:?}");
        assert!(!found.is_converged());
        // 80 low losses, then 20 of which one is high: their mean decides.
        let late = |high: f64| [vec![1.0], vec![0.01; 98], vec![high]].concat();
        assert!(Convergence::of(&late(19.0)).is_converged() && !Convergence::of(&late(20.0)).is_converged());
    }

    #[test]
    fn a_start_without_a_loss_diverged_and_no_loss_at_all_is_no_crash() {
        assert!(!Convergence::of(&[f64::NAN, f64::NAN]).is_converged());
        assert!(!Convergence::of(&[0.0, 0.0]).is_converged());
        assert!(!Convergence::of(&[]).is_converged());
        assert_eq!(Convergence::of(&[1.0, 0.0]).inverse_sum, 1.0 + 1e12);
    }
}
