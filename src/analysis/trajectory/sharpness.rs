//! Curvature of the loss: gradient norm, and the largest eigenvalue of the Hessian of the full-batch loss, by power
//! iteration on Hessian-vector products (von Mises and Pollaczek-Geiringer, 1929; the products are Pearlmutter's).
//! Gradient descent with learning rate lr can't settle where it is above 2/lr (Cohen et al., arXiv 2103.00065).

use crate::dataset::Points;
use crate::engine::reference::Network;

/// Maximum number of products in one power iteration.
const MOST_ITERATIONS: usize = 1000;
/// The iteration ends when an eigenvalue changes by less than this share. Stopping early in slow cases is harmless:
/// with a ratio r of the two largest eigenvalues, the remaining error is this over 1 - r².
const SETTLED: f64 = 1e-8;
/// A residual |Hv - λv| up to this share of λ belongs to a vector at one end of the spectrum; a larger one to a mix of
/// eigenvalues of equal size and opposite signs, which the iteration does not separate.
const MIXED: f64 = 0.1;

/// Largest eigenvalue found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sharpness {
    /// In nats (for squared errors, squared outputs) per squared parameter unit; negative if the loss curves downwards
    /// in all directions.
    pub value: f64,
    /// Whether the iteration converged before its limit.
    pub settled: bool,
}

/// Returns the Euclidean norm of the gradient of the mean loss over all `points`; `None` if a logit is not finite.
pub fn gradient_norm(network: &Network, points: &Points) -> Option<f64> {
    let gradient = network.gradient(points, &(0..points.len()).collect::<Vec<_>>())?;
    Some(norm(&gradient))
}

/// Returns the largest (not the largest in magnitude) eigenvalue of the Hessian of the mean loss over all `points`;
/// `None` if a logit is not finite.
pub fn sharpness(network: &Network, points: &Points) -> Option<Sharpness> {
    largest_eigenvalue(network.parameters.len(), |v| network.hessian_times(points, v))
}

/// Returns the largest eigenvalue of a symmetric matrix with `rows` rows, given by its products with vectors.
fn largest_eigenvalue(rows: usize, times: impl Fn(&[f64]) -> Option<Vec<f64>>) -> Option<Sharpness> {
    let first = iterate(rows, 0.0, &times)?;
    if first.largest_product == 0.0 || (first.value > 0.0 && first.residual <= MIXED * first.value) {
        return Some(Sharpness { value: first.value, settled: first.settled });
    }
    // The dominant eigenvalue is negative, or two have the same magnitude. Shifted by the largest magnitude seen, the
    // spectrum begins at about 0 and its upper end dominates.
    let shift = first.largest_product;
    let second = iterate(rows, shift, &times)?;
    Some(Sharpness { value: second.value - shift, settled: second.settled })
}

/// Result of a power iteration.
struct PowerIteration {
    /// Rayleigh quotient.
    value: f64,
    residual: f64,
    /// Largest norm of a product with a unit vector.
    largest_product: f64,
    settled: bool,
}

/// Runs a power iteration with the matrix plus `shift` times the identity.
fn iterate(rows: usize, shift: f64, times: &impl Fn(&[f64]) -> Option<Vec<f64>>) -> Option<PowerIteration> {
    let mut v = start(rows);
    let mut ended = PowerIteration { value: f64::INFINITY, residual: 0.0, largest_product: 0.0, settled: false };
    for _ in 0..MOST_ITERATIONS {
        let product: Vec<f64> = times(&v)?.iter().zip(&v).map(|(p, v)| p + shift * v).collect();
        let (value, length): (f64, f64) = (v.iter().zip(&product).map(|(v, p)| v * p).sum(), norm(&product));
        ended.settled = (value - ended.value).abs() <= SETTLED * value.abs();
        ended.largest_product = ended.largest_product.max(length);
        (ended.value, ended.residual) = (value, (length * length - value * value).max(0.0).sqrt());
        if ended.settled || length == 0.0 {
            ended.settled = true;
            break;
        }
        v = product.iter().map(|p| p / length).collect();
    }
    Some(ended)
}

/// Returns a fixed unit vector without symmetries that a Hessian could share: multiples of the golden ratio, modulo 1.
fn start(rows: usize) -> Vec<f64> {
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let v: Vec<f64> = (1..=rows).map(|i| 0.5 + (i as f64 * golden).fract()).collect();
    let length = norm(&v);
    v.iter().enumerate().map(|(i, v)| if i % 2 == 0 { v / length } else { -v / length }).collect()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests;
