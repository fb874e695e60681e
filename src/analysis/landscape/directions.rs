//! Planes for loss landscapes: two directions in parameter space.

use super::{Plane, dot};
use crate::error::{Error, Result};
use crate::math::rng::{Philox, Stream};
use crate::model::{Layer, NetworkShape};
use nalgebra::{DMatrix, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal};

/// Choice of the two directions.
#[derive(Debug, Clone, PartialEq)]
pub enum Directions {
    /// First two principal components of the trajectories relative to the end point (Li et al. 2018, section 7).
    Pca,
    /// Random filter-normalised directions (Li et al. 2018, arXiv 1712.09913, section 4): standard normal numbers,
    /// where each unit's incoming weights are scaled to their norm at the end point; 0 for biases, as in the paper's
    /// code.
    Filter {
        /// Seed of the random numbers.
        seed: u64,
    },
    /// Axes of two parameters.
    Params(ParameterPair),
}

/// Two parameters by name, such as `w1[0,0]` and `b2[0]`: layer from 1, then output and input, as in `weights.npz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterPair(pub [String; 2]);

/// A plane, and how much its directions explain.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneDirections {
    /// Plane through the end point.
    pub plane: Plane,
    /// Share of each direction in the squared distances from the end point, summed over all states of the trajectories.
    /// Only for principal components.
    pub shares: Option<[f64; 2]>,
}

/// Largest matrix for the eigensolver: with more parameters than this, at most this many states are used.
const MOST_ROWS: usize = 500;
/// Share of the first eigenvalue below which the second is only rounding error.
const NO_SECOND: f64 = 1e-13;
/// Sine of the angle below which two directions count as parallel.
const PARALLEL: f64 = 1e-6;

impl Directions {
    /// Reads `pca`, `filter`, or `params` and the names of two parameters; no words mean `pca`. `seed` is that of
    /// `filter`.
    ///
    /// # Errors
    /// [`Error::Setting`] for other words.
    pub fn parse(words: &[&str], seed: u64) -> Result<Self> {
        match *words {
            [] | ["pca"] => Ok(Self::Pca),
            ["filter"] => Ok(Self::Filter { seed }),
            ["params", a, b] => Ok(Self::Params(ParameterPair([a.to_owned(), b.to_owned()]))),
            _ => {
                let allowed = "pca, filter, or params with two names, as in params \"w1[0,0]\" \"b2[0]\"";
                Err(Error::setting("--directions", words.join(" "), allowed))
            }
        }
    }

    /// Returns the plane through `origin`. `states` are those of the shown trajectories, `[parameters]` each, beginning
    /// with the start of the model's own; only principal components use them.
    ///
    /// # Errors
    /// [`Error::Setting`] for unknown parameter names; [`Error::Usage`] if the directions span no plane.
    pub fn plane(&self, shape: &NetworkShape, origin: &[f64], states: &[&[f64]]) -> Result<PlaneDirections> {
        if shape.parameters() < 2 {
            return Err(Error::usage("the network", format!("{shape} has one parameter; a plane needs two")));
        }
        let (u, v) = match self {
            Self::Pca => return principal(origin, states),
            Self::Filter { seed } => {
                let mut random = Philox::new(*seed, Stream::Direction);
                let [u, v] = [(); 2].map(|()| normalised(shape, origin, &mut random));
                (u, v)
            }
            Self::Params(names) => {
                let [u, v] = names.places(shape)?.map(|place| unit(place, origin.len()));
                (u, v)
            }
        };
        let (uu, vv, uv) = (dot(&u, &u), dot(&v, &v), dot(&u, &v));
        let sine2 = (uu * vv - uv * uv) / (uu * vv);
        // False if a length is 0, which makes the quotient NaN.
        if sine2 > PARALLEL * PARALLEL {
            return Ok(PlaneDirections { plane: Plane { origin: origin.to_vec(), u, v }, shares: None });
        }
        let what = format!("{self} spans no plane here; use --directions pca, or another --direction-seed");
        Err(Error::usage("--directions", what))
    }
}

impl std::fmt::Display for Directions {
    /// Formats the directions as the flag takes them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pca => f.write_str("pca"),
            Self::Filter { .. } => f.write_str("filter"),
            Self::Params(ParameterPair([a, b])) => write!(f, "params {a} {b}"),
        }
    }
}

/// Computes principal components without centring: eigenvectors of DᵀD, where the rows of D are the states minus the
/// origin. Both directions point from the first state towards the origin.
fn principal(origin: &[f64], states: &[&[f64]]) -> Result<PlaneDirections> {
    let none = || {
        Error::usage(
            "--directions pca",
            "finds no plane: the shown paths do not span one; use --directions filter or params",
        )
    };
    let thinned: Vec<&[f64]> = match origin.len() > MOST_ROWS {
        true => crate::statistics::evenly(states.len() as u64, MOST_ROWS as u64).map(|i| states[i as usize]).collect(),
        false => states.to_vec(),
    };
    let away = thinned.iter().flat_map(|state| state.iter().zip(origin).map(|(p, origin)| p - origin));
    let d = DMatrix::from_row_iterator(thinned.len(), origin.len(), away);
    // Both products give the same components, so the smaller one is used: DᵀD v = λ v, or D Dᵀ(D v) = λ (D v).
    let few_states = thinned.len() < origin.len();
    let product = if few_states { &d * d.transpose() } else { d.tr_mul(&d) };
    // The eigensolver would not terminate.
    if thinned.is_empty() || product.iter().any(|x| !x.is_finite()) {
        return Err(none());
    }
    let SymmetricEigen { eigenvectors, eigenvalues } = product.symmetric_eigen();
    let mut order: Vec<usize> = (0..eigenvalues.len()).collect();
    order.sort_by(|a, b| eigenvalues[*b].total_cmp(&eigenvalues[*a]));
    let (Some(&first), Some(&second)) = (order.first(), order.get(1)) else { return Err(none()) };
    if eigenvalues[second] <= NO_SECOND * eigenvalues[first] {
        return Err(none());
    }
    let whole: f64 = d.iter().map(|x| x * x).sum();
    let direction = |which: usize| {
        let vector = eigenvectors.column(which);
        let v = if few_states { d.tr_mul(&vector) } else { vector.into_owned() };
        let start: f64 = v.iter().zip(d.row(0).iter()).map(|(v, d)| v * d).sum();
        let scale = if start > 0.0 { -1.0 } else { 1.0 } / v.norm();
        v.iter().map(|v| v * scale).collect::<Vec<f64>>()
    };
    let shares = [first, second].map(|which| eigenvalues[which] / whole);
    let plane = Plane { origin: origin.to_vec(), u: direction(first), v: direction(second) };
    Ok(PlaneDirections { plane, shares: Some(shares) })
}

/// Draws a random direction in which every unit's incoming weights have the same norm as in `origin`.
fn normalised(shape: &NetworkShape, origin: &[f64], random: &mut Philox) -> Vec<f64> {
    let mut direction = vec![0.0; origin.len()];
    for layer in shape.layers() {
        for unit in 0..layer.outputs {
            let weights = layer.weight(unit, 0)..layer.weight(unit, 0) + layer.inputs;
            let drawn: Vec<f64> = weights.clone().map(|_| StandardNormal.sample(random)).collect();
            let own = &origin[weights.clone()];
            let scale = (dot(own, own) / dot(&drawn, &drawn)).sqrt();
            direction[weights].iter_mut().zip(drawn).for_each(|(to, drawn)| *to = scale * drawn);
        }
    }
    direction
}

fn unit(place: usize, parameters: usize) -> Vec<f64> {
    (0..parameters).map(|p| f64::from(u8::from(p == place))).collect()
}

impl ParameterPair {
    /// Returns the indices of the two parameters.
    fn places(&self, shape: &NetworkShape) -> Result<[usize; 2]> {
        let Self([a, b]) = self;
        let place = |name: &String| {
            place(name, shape).ok_or_else(|| Error::setting("--directions params", name, existing(shape)))
        };
        match [place(a)?, place(b)?] {
            [a, b] if a == b => {
                Err(Error::usage("--directions params", format!("names {} twice; name two parameters", self.0[0])))
            }
            places => Ok(places),
        }
    }
}

/// Returns the index of a parameter such as `w1[0,0]` or `b2[0]`.
fn place(name: &str, shape: &NetworkShape) -> Option<usize> {
    let (array, indices) = name.strip_suffix(']')?.split_once('[')?;
    let (is_weight, number) = match array.split_at_checked(1)? {
        ("w", number) => (true, number),
        ("b", number) => (false, number),
        _ => return None,
    };
    let layers = shape.layers();
    let layer: &Layer = layers.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
    let indices: Vec<usize> = indices.split(',').map(|i| i.trim().parse().ok()).collect::<Option<_>>()?;
    match indices[..] {
        [o, i] if is_weight && o < layer.outputs && i < layer.inputs => Some(layer.weight(o, i)),
        [o] if !is_weight && layer.bias && o < layer.outputs => Some(layer.biases + o),
        _ => None,
    }
}

/// Lists all parameters, layer by layer: `w1[0-15,0-1] b1[0-15] w2[0,0-15] b2[0]`.
fn existing(shape: &NetworkShape) -> String {
    let range = |n: usize| if n == 1 { "0".to_owned() } else { format!("0-{}", n - 1) };
    let layer = |(l, layer): (usize, Layer)| {
        let weights = format!("w{}[{},{}]", l + 1, range(layer.outputs), range(layer.inputs));
        let biases = layer.bias.then(|| format!("b{}[{}]", l + 1, range(layer.outputs)));
        std::iter::once(weights).chain(biases)
    };
    let all: Vec<String> = shape.layers().into_iter().enumerate().flat_map(layer).collect();
    format!("two of {} ([output,input] of each layer's weights, [output] of its biases)", all.join(" "))
}
