//! Oracle: the whole Hessian by finite differences of the gradient, and its eigenvalues by Jacobi rotations.

use super::*;
use crate::dataset::Targets;
use crate::math::init::Init;
use crate::math::{Activation, Loss};
use crate::model::NetworkShape;
use crate::sweep::TrainSpec;

type Matrix = Vec<Vec<f64>>;

/// Eigenvalues of a symmetric matrix, ascending, by rotations that clear the off-diagonal entries (Jacobi 1846).
fn eigenvalues(mut a: Matrix) -> Vec<f64> {
    let n = a.len();
    for _ in 0..60 {
        for (p, q) in (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q))) {
            if a[p][q] == 0.0 {
                continue;
            }
            let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
            let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let (c, s) = (1.0 / (t * t + 1.0).sqrt(), t / (t * t + 1.0).sqrt());
            for row in &mut a {
                (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
            }
            let [row_p, row_q] = a.get_disjoint_mut([p, q]).unwrap();
            for (x, y) in row_p.iter_mut().zip(row_q) {
                (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Hessian from central differences of gradients.
fn dense_hessian(network: &Network, points: &Points) -> Matrix {
    let rows: Vec<usize> = (0..points.len()).collect();
    let gradient = |p: usize, step: f64| {
        let mut moved = network.clone();
        moved.parameters[p] += step;
        moved.gradient(points, &rows).unwrap()
    };
    let column = |p| -> Vec<f64> {
        gradient(p, 1e-5).iter().zip(gradient(p, -1e-5)).map(|(ahead, behind)| (ahead - behind) / 2e-5).collect()
    };
    let columns: Matrix = (0..network.parameters.len()).map(column).collect();
    let n = columns.len();
    (0..n).map(|i| (0..n).map(|j| (columns[i][j] + columns[j][i]) / 2.0).collect()).collect()
}

#[test]
fn the_largest_eigenvalue_is_that_of_the_dense_hessian() {
    let shapes: [(usize, &[usize]); 5] = [(2, &[]), (2, &[1]), (3, &[5]), (2, &[4, 3]), (3, &[3, 4, 2])];
    let mut negative = 0;
    for (features, hidden) in shapes {
        for activation in [Activation::Tanh, Activation::Sigmoid, Activation::Gelu, Activation::Silu] {
            for (loss, scale, seed) in
                [(Loss::Bce, 1.0, 3), (Loss::Mse, 1.0, 4), (Loss::Bce, 4.0, 5), (Loss::Mse, 3.0, 6)]
            {
                let shape = NetworkShape::new(features, hidden).unwrap();
                let train_spec = TrainSpec { activation, loss, ..TrainSpec::plain() };
                let parameters = Init::TORCH.parameters(&shape, seed, scale).into_iter().map(f64::from).collect();
                let (network, points) = (Network::new(&shape, &train_spec, parameters), Points::made_up(40, features));
                let all = eigenvalues(dense_hessian(&network, &points));
                let (least, most) = (all[0], all[all.len() - 1]);
                negative += u32::from(least < -0.01 * most);
                let found = sharpness(&network, &points).unwrap();
                // The stopping rule leaves an error of 1e-8 / (1 - r²), 1e-5 for r = 0.9995; differences of gradients
                // err by 1e-9.
                let error = (found.value - most).abs() / most;
                assert!(found.settled && error <= 1e-5, "{shape} {activation} {loss}: {found:?}, {all:?}");
            }
        }
    }
    assert!(negative > 10, "only {negative} of the Hessians have a negative end worth the name");
}

fn product(a: &Matrix) -> impl Fn(&[f64]) -> Option<Vec<f64>> + '_ {
    |v| Some(a.iter().map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()).collect())
}

#[test]
fn the_largest_is_not_the_largest_in_magnitude() {
    let diagonal = |values: [f64; 4]| -> Matrix {
        (0..4).map(|i| (0..4).map(|j| if i == j { values[i] } else { 0.0 }).collect()).collect()
    };
    for (values, most) in [
        ([-9.0, 1.0, 2.0, 0.0], 2.0),
        ([-3.0, 3.0, 1.0, 0.5], 3.0),
        ([-4.0, -1.0, -2.0, -3.0], -1.0),
        ([5.0, 4.0, -1.0, 0.0], 5.0),
        ([0.0; 4], 0.0),
        ([-1.0, 0.0, 0.0, 0.0], 0.0),
        ([1e-12, 3e-12, 0.0, -2e-12], 3e-12),
    ] {
        let found = largest_eigenvalue(4, product(&diagonal(values))).unwrap();
        let size = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        assert!(found.settled && (found.value - most).abs() <= 1e-7 * size, "{values:?}: {found:?}");
    }
}

#[test]
fn jacobi_knows_a_matrix_by_hand() {
    // Toeplitz matrix of 2 and -1: eigenvalues 2 - 2 cos(kπ / 4), k = 1, 2, 3.
    let found = eigenvalues(vec![vec![2.0, -1.0, 0.0], vec![-1.0, 2.0, -1.0], vec![0.0, -1.0, 2.0]]);
    let expected = [2.0 - 2f64.sqrt(), 2.0, 2.0 + 2f64.sqrt()];
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
}

/// For the squared error of a linear network without bias the Hessian is 2 / n Σ x xᵀ, for any parameters.
#[test]
fn logistic_and_linear_regression_by_hand() {
    let points = Points { features: 2, x: vec![3.0, 0.0, 0.0, 1.0], targets: Targets::Binary(vec![true, false]) };
    let shape = NetworkShape::new(2, &[]).unwrap().without_bias();
    let linear = TrainSpec { loss: Loss::Mse, ..TrainSpec::plain() };
    let found = sharpness(&Network::new(&shape, &linear, vec![0.3, -0.2]), &points).unwrap();
    assert!((found.value - 9.0).abs() < 1e-6, "{found:?}");
    // All logits are 0: s (1 - s) = 1/4 of each x xᵀ, over n.
    let logistic = Network::new(&shape, &TrainSpec::plain(), vec![0.0, 0.0]);
    assert!((sharpness(&logistic, &points).unwrap().value - 9.0 / 8.0).abs() < 1e-6);
    // sigmoid(0) - y is ∓1/2: the mean gradient is (-3/4, 1/4).
    assert!((gradient_norm(&logistic, &points).unwrap() - 10f64.sqrt() / 4.0).abs() < 1e-15);
}
