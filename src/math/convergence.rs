//! What the losses of a training say of whether it converges, after Sohl-Dickstein, "The boundary of neural network trainability is
//! fractal" (2024, arXiv 2402.06184). Twin of `shaders/convergence.wgsl`.

/// Losses at the end whose mean decides.
pub const LAST: usize = 20;
/// A normalised loss counts as no more, and one that is not finite as much.
pub const LARGEST: f64 = 1e6;
/// A normalised loss counts as no less where it is inverted.
pub const SMALLEST: f64 = 1e-12;

/// Sums over a training's losses before each of its updates, each divided by the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Of the losses: the larger, the slower a model converged.
    pub loss_sum: f64,
    /// Of their inverses: the larger, the slower a model diverged.
    pub inverse_sum: f64,
    /// Mean of the last [`LAST`]; all of them where there are fewer.
    pub last: f64,
}

impl Convergence {
    /// Of these losses, in order; those after a divergence are missing (NaN).
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

    /// Whether the loss was smaller over the last epochs than at first. Sohl-Dickstein calls the others diverged; some only did not move.
    pub fn is_converged(&self) -> bool {
        self.last < 1.0
    }
}

/// loss / first, at most [`LARGEST`], which NaN becomes, too.
fn normalised(loss: f64, first: f64) -> f64 {
    let ratio = loss / first;
    if ratio <= LARGEST { ratio } else { LARGEST }
}

/// 1 / x, for no x below [`SMALLEST`].
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
        // 80 low losses, then 20 of which one is high: the mean is what counts.
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
