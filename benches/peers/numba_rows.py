"""Networks of any depth in Numba: one model after the other, its rows of data in the vector lanes.

Rows are taken in tiles that fit the first-level cache. A tile is an array [units, lanes], flat, with a constant distance
between units, so that LLVM can tell that they don't overlap and unrolls the sums over units.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit, prange

from numba_math import FAST, exp, f32, log
from problem import Array, Problem

WIDEST_TILE = 224
ZERO, ONE = f32(0), f32(1)
fast = njit(fastmath=FAST, error_model="numpy")


def compile_rows(problem: Problem) -> Callable[[Array], None]:
    features, rows = problem.x.shape[1], len(problem.y)
    tiles = -(-rows // WIDEST_TILE)
    lanes = -(-rows // (16 * tiles)) * 16
    x = np.zeros((features, tiles * lanes), np.float32)
    x[:, :rows] = problem.x.T
    x = np.ascontiguousarray(x.reshape(features, tiles, lanes).swapaxes(0, 1)).reshape(tiles, features * lanes)
    flat = [array.reshape(problem.models, -1) for pair in zip(problem.weights, problem.biases) for array in pair]
    parameters = np.ascontiguousarray(np.concatenate(flat, axis=1))
    train = models(problem.sizes, lanes)

    def run(losses: Array, epochs: int = problem.epochs) -> None:
        train(x, problem.y, problem.lr, parameters, epochs, problem.every, losses)

    run(np.empty((1, problem.models), np.float32), 0)
    return run


def models(sizes: tuple[int, ...], lanes: int) -> Callable[..., None]:
    """The training of all models."""
    passes = layer(sizes, lanes, 0, 0, 0)
    units = sum(sizes[1:-1]) + 1

    @njit(parallel=True, fastmath=FAST, error_model="numpy")
    def train(x, y, lr, parameters, epochs, every, losses):
        for model in prange(len(lr)):
            p, g = parameters[model].copy(), np.empty(parameters.shape[1], f32)
            values, errors = np.zeros(units * lanes, f32), np.zeros(units * lanes, f32)
            for epoch in range(epochs + 1):
                g[:] = ZERO
                loss, record = ZERO, epoch % every == 0
                for tile in range(len(x)):
                    of_tile = y[tile * lanes : (tile + 1) * lanes]
                    loss += passes(x[tile], of_tile, p, g, values, errors, record)
                if record:
                    losses[epoch // every, model] = loss / f32(len(y))
                if epoch < epochs:
                    p -= lr[model] / f32(len(y)) * g

    return train


def layer(sizes: tuple[int, ...], lanes: int, depth: int, parameter: int, unit: int) -> Callable[..., float]:
    """One tile's way through this layer, through the later ones and back; adds up gradients, returns the loss."""
    inputs, outputs = sizes[depth : depth + 2]
    weights, end = parameter + inputs * outputs, parameter + inputs * outputs + outputs
    here, before = unit * lanes, (unit - inputs) * lanes
    last, first = depth == len(sizes) - 2, depth == 0
    forward, collect = forward_pass(inputs, outputs, lanes, not last), gradients(inputs, outputs, lanes)
    backward = backward_pass(inputs, outputs, lanes)
    later = head if last else layer(sizes, lanes, depth + 1, end, unit + outputs)

    @fast
    def tile(x, y, p, g, values, errors, record):
        w, b = p[parameter:weights], p[weights:end]
        source = x if first else values[before:here]
        forward(values[here:], source, w, b)
        if last:
            loss = later(values[here:], errors[here:], y, record)
        else:
            loss = later(x, y, p, g, values, errors, record)
        collect(g[parameter:weights], g[weights:end], errors[here:], source)
        if not first:
            backward(errors[before:here], errors[here:], w, source)
        return loss

    return tile


@fast
def head(logits, errors, y, record):
    """Errors of the outputs; rows that only fill up the tile keep an error of 0. Returns the loss, if it is wanted."""
    loss = ZERO
    if record:
        for s in range(len(y)):
            loss += max(logits[s], ZERO) - y[s] * logits[s] + log(ONE + exp(-abs(logits[s])))
    for s in range(len(y)):
        errors[s] = ONE / (ONE + exp(-logits[s])) - y[s]
    errors[len(y) : len(errors)] = ZERO
    return loss


def piece(count: int) -> int:
    """How many terms of a sum over units are written out: LLVM gives up on more."""
    return max(size for size in range(1, 17) if count % size == 0)


def forward_pass(inputs: int, outputs: int, lanes: int, relu: bool) -> Callable[..., None]:
    """target[o] = relu(sum over i of w[o, i] source[i] + b[o]), two outputs at a time."""
    floor, terms = ZERO if relu else f32(-np.inf), piece(inputs)

    @fast
    def forward(target, source, w, b):
        for o in range(0, outputs - 1, 2):
            for first in range(0, inputs, terms):
                for s in range(lanes):
                    p, q = ZERO, ZERO
                    for i in range(terms):
                        value = source[(first + i) * lanes + s]
                        p += w[o * inputs + first + i] * value
                        q += w[(o + 1) * inputs + first + i] * value
                    p += target[o * lanes + s] if first else b[o]
                    q += target[(o + 1) * lanes + s] if first else b[o + 1]
                    target[o * lanes + s] = p if first + terms < inputs else max(p, floor)
                    target[(o + 1) * lanes + s] = q if first + terms < inputs else max(q, floor)
        if outputs % 2:
            o = outputs - 1
            for first in range(0, inputs, terms):
                for s in range(lanes):
                    p = ZERO
                    for i in range(terms):
                        p += w[o * inputs + first + i] * source[(first + i) * lanes + s]
                    p += target[o * lanes + s] if first else b[o]
                    target[o * lanes + s] = p if first + terms < inputs else max(p, floor)

    return forward


def backward_pass(inputs: int, outputs: int, lanes: int) -> Callable[..., None]:
    """target[i] = sum over o of w[o, i] error[o], where the unit i is on; two units at a time."""
    terms = piece(outputs)

    @fast
    def backward(target, error, w, values):
        for i in range(0, inputs - 1, 2):
            for first in range(0, outputs, terms):
                for s in range(lanes):
                    p = target[i * lanes + s] if first else ZERO
                    q = target[(i + 1) * lanes + s] if first else ZERO
                    for o in range(terms):
                        value = error[(first + o) * lanes + s]
                        p += w[(first + o) * inputs + i] * value
                        q += w[(first + o) * inputs + i + 1] * value
                    target[i * lanes + s] = p if values[i * lanes + s] > ZERO else ZERO
                    target[(i + 1) * lanes + s] = q if values[(i + 1) * lanes + s] > ZERO else ZERO
        if inputs % 2:
            i = inputs - 1
            for first in range(0, outputs, terms):
                for s in range(lanes):
                    p = target[i * lanes + s] if first else ZERO
                    for o in range(terms):
                        p += w[(first + o) * inputs + i] * error[(first + o) * lanes + s]
                    target[i * lanes + s] = p if values[i * lanes + s] > ZERO else ZERO

    return backward


def gradients(inputs: int, outputs: int, lanes: int) -> Callable[..., None]:
    """gw[o, i] += sum over rows of error[o] source[i]; gb[o] += sum of error[o]; four outputs by two inputs at a time."""

    @njit(inline="always")
    def block(gw, error, source, o, i):
        a0 = a1 = b0 = b1 = c0 = c1 = d0 = d1 = ZERO
        for s in range(lanes):
            u, v = source[i * lanes + s], source[(i + 1) * lanes + s]
            a, b = error[o * lanes + s], error[(o + 1) * lanes + s]
            c, d = error[(o + 2) * lanes + s], error[(o + 3) * lanes + s]
            a0, a1, b0, b1 = a0 + a * u, a1 + a * v, b0 + b * u, b1 + b * v
            c0, c1, d0, d1 = c0 + c * u, c1 + c * v, d0 + d * u, d1 + d * v
        gw[o * inputs + i] += a0
        gw[o * inputs + i + 1] += a1
        gw[(o + 1) * inputs + i] += b0
        gw[(o + 1) * inputs + i + 1] += b1
        gw[(o + 2) * inputs + i] += c0
        gw[(o + 2) * inputs + i + 1] += c1
        gw[(o + 3) * inputs + i] += d0
        gw[(o + 3) * inputs + i + 1] += d1

    @njit(inline="always")
    def single(gw, error, source, o, i):
        total = ZERO
        for s in range(lanes):
            total += error[o * lanes + s] * source[i * lanes + s]
        gw[o * inputs + i] += total

    fours, pairs = outputs // 4 * 4, inputs // 2 * 2

    @fast
    def collect(gw, gb, error, source):
        for o in range(outputs):
            total = ZERO
            for s in range(lanes):
                total += error[o * lanes + s]
            gb[o] += total
        for o in range(0, fours, 4):
            for i in range(0, pairs, 2):
                block(gw, error, source, o, i)
            for i in range(pairs, inputs):
                for row in range(o, o + 4):
                    single(gw, error, source, row, i)
        for o in range(fours, outputs):
            for i in range(inputs):
                single(gw, error, source, o, i)

    return collect
