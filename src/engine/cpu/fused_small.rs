//! Forward and backward pass in one loop, for the smallest networks: two features and one hidden unit. It reads only
//! rows and labels and writes nothing until a tile is done. The value buffers of [`super::linear`] would cost more here
//! than the arithmetic.

use super::pass_sums::{PassSums, ScoreOptions, TileSums, with_wanted};
use super::tile_values::{TileValue, unrolled};
use crate::math::loss::LossTerms;
use crate::math::vector::four_vectors::FourVectors;
use crate::math::vector::{Isa, Vector};
use crate::math::{Activation, Loss, Real};
use crate::model::Layer;

/// Whether this module trains such networks.
pub fn is_small(layers: &[Layer], activation: Activation, loss: Loss) -> bool {
    let shape = matches!(layers, [first, last] if first.inputs == 2 && first.outputs == 1 && last.outputs == 1);
    shape && loss == Loss::Bce && matches!(activation, Activation::Relu | Activation::Tanh | Activation::Sigmoid)
}

/// Parameters of a network, or their gradient: two feature weights, hidden bias, output weight, output bias.
#[derive(Clone, Copy)]
struct FiveParameters<I: Isa>([Vector<I>; 5]);

impl<I: Isa> FiveParameters<I> {
    /// Reads a list of parameters; a missing bias is 0.
    #[inline(always)]
    fn read(layers: &[Layer], values: &[Vector<I>]) -> Self {
        let (first, last) = (&layers[0], &layers[1]);
        let bias = |layer: &Layer| if layer.bias { values[layer.biases] } else { Vector::default() };
        let (w, v) = (first.weights, last.weights);
        Self([values[w], values[w + 1], bias(first), values[v], bias(last)])
    }

    /// Adds these values to a list of gradients.
    #[inline(always)]
    fn add_to(self, layers: &[Layer], values: &mut [Vector<I>]) {
        let (first, last) = (&layers[0], &layers[1]);
        let mut add = |at: usize, n: usize| values[at] = values[at] + self.0[n];
        add(first.weights, 0);
        add(first.weights + 1, 1);
        add(last.weights, 3);
        if first.bias {
            add(first.biases, 2);
        }
        if last.bias {
            add(last.biases, 4);
        }
    }

    /// Adds the gradient of one point: `x` are its features, `a` is the hidden output, and `hidden` and `logit` are the
    /// derivatives of the loss by the pre-activation and by the logit.
    #[inline(always)]
    fn add(&mut self, x: [Vector<I>; 2], a: Vector<I>, hidden: Vector<I>, logit: Vector<I>) {
        let [w0, w1, b, v, c] = self.0;
        self.0 = [hidden.fma(x[0], w0), hidden.fma(x[1], w1), b + hidden, logit.fma(a, v), c + logit];
    }
}

/// Intermediate values of one point, or of four in step.
struct PointState<I: Isa> {
    a: Vector<I>,
    logit: Vector<I>,
    terms: LossTerms<Vector<I>>,
    /// Derivative of the loss by the hidden unit's pre-activation.
    by_hidden: Vector<I>,
}

#[inline(always)]
fn pass<I: Isa>(activation: Activation, p: &FiveParameters<I>, x: [Vector<I>; 2], y: Vector<I>) -> PointState<I> {
    let [w0, w1, b, v, c] = p.0;
    let z = w1.fma(x[1], w0.fma(x[0], b));
    let a = activation.activate(z);
    let logit = v.fma(a, c);
    let terms = Loss::Bce.terms(logit, y);
    PointState { a, logit, terms, by_hidden: v * terms.gradient * activation.slope(a, a) }
}

/// Does the work of [`super::network::Pass`] for small networks; `rows` are features `[2, points]` and labels.
#[inline(always)]
pub fn train<I: Isa, V: TileValue<I>>(
    (layers, activation): (&[Layer], Activation),
    parameters: &[Vector<I>],
    gradient: &mut [Vector<I>],
    rows: (&[V], &[V]),
    wanted: ScoreOptions,
    pass_sums: &mut PassSums<I>,
) {
    let network = FiveParameters::read(layers, parameters);
    let sums = match activation {
        Activation::Relu => with_wanted!(wanted, sums::<I, V>(Activation::Relu, &network, rows, pass_sums)),
        Activation::Tanh => with_wanted!(wanted, sums::<I, V>(Activation::Tanh, &network, rows, pass_sums)),
        Activation::Sigmoid => with_wanted!(wanted, sums::<I, V>(Activation::Sigmoid, &network, rows, pass_sums)),
        other => unreachable!("{other} networks are never small"),
    };
    sums.add_to(layers, gradient);
}

/// Computes the gradient, summed over a tile.
#[inline(always)]
fn sums<I: Isa, V: TileValue<I>, const LOSS: bool, const RIGHT: bool>(
    activation: Activation,
    network: &FiveParameters<I>,
    (x, y): (&[V], &[V]),
    pass_sums: &mut PassSums<I>,
) -> FiveParameters<I> {
    let [w0, w1, b, v, c] = network.0;
    let four = FiveParameters::<FourVectors<I>>([
        Vector::of([w0; 4]),
        Vector::of([w1; 4]),
        Vector::of([b; 4]),
        Vector::of([v; 4]),
        Vector::of([c; 4]),
    ]);
    let (mut sums, mut scores) = (FiveParameters::<I>([Vector::default(); 5]), TileSums::of(pass_sums));
    let count = y.len();
    let (x0, x1, whole) = (&x[..count], &x[count..2 * count], count / 4 * 4);
    for n in (0..whole).step_by(4) {
        let (x, y) = ([V::four(&x0[n..n + 4]), V::four(&x1[n..n + 4])], V::four(&y[n..n + 4]));
        let point = pass(activation, &four, x, y);
        scores.add_four::<LOSS, RIGHT>(Loss::Bce, point.logit, y, point.terms);
        let (x0, x1, a) = (x[0].parts(), x[1].parts(), point.a.parts());
        let (hidden, logit) = (point.by_hidden.parts(), point.terms.gradient.parts());
        unrolled!(n < 4, sums.add([x0[n], x1[n]], a[n], hidden[n], logit[n]));
    }
    for n in whole..count {
        let (x, y) = ([x0[n].vector(), x1[n].vector()], y[n].vector());
        let point = pass(activation, network, x, y);
        scores.add::<LOSS, RIGHT>(Loss::Bce, point.logit, y, point.terms);
        sums.add(x, point.a, point.by_hidden, point.terms.gradient);
    }
    scores.put::<LOSS, RIGHT>(pass_sums);
    sums
}
