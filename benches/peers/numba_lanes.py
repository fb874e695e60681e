"""Networks with one hidden unit in Numba, neighbouring models in the vector lanes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit, prange

from numba_math import FAST, exp, f32, log
from problem import Array, Problem

LANES = 128  # models of a block: all that belongs to them stays in the first-level cache
ZERO, ONE = f32(0), f32(1)


def compile_lanes(problem: Problem) -> Callable[[Array], None]:
    if problem.sizes != (2, 1, 1):
        raise ValueError(f"networks 2-1-1, not {problem.sizes}")
    # Rows that one pass over the models takes together. Of many LLVM makes scalar code.
    rows = next(count for count in (4, 3, 2, 1) if len(problem.y) % count == 0)
    train = blocks(rows)
    x = np.ascontiguousarray(problem.x.T)
    (w, v), (b, c) = problem.weights, problem.biases
    parameters = np.stack([w[:, 0, 0], w[:, 0, 1], b[:, 0], v[:, 0, 0], c[:, 0]])

    def run(losses: Array, epochs: int = problem.epochs) -> None:
        train(x[0], x[1], problem.y, problem.lr, parameters, epochs, problem.every, losses)

    run(np.empty((1, problem.models), np.float32), 0)
    return run


def blocks(rows: int) -> Callable[..., None]:
    """The training of all models, `rows` rows of data at a time."""

    @njit(inline="always")
    def gradient(w0, w1, b, v, c, x0, x1, y, g0, g1, g2, g3):
        """Sums over the rows: g0, g1, g2 of the output's error, 0 where the hidden unit is off, times x0, x1, 1; g3 of
        the error itself."""
        for first in range(0, len(y), rows):
            for m in range(LANES):
                s0, s1, s2, s3 = g0[m], g1[m], g2[m], g3[m]
                for row in range(rows):
                    i = first + row
                    hidden = w0[m] * x0[i] + w1[m] * x1[i] + b[m]
                    logit = v[m] * max(hidden, ZERO) + c[m]
                    error = ONE / (ONE + exp(-logit)) - y[i]
                    s3 += error
                    passed = error if hidden > ZERO else ZERO
                    s0 += passed * x0[i]
                    s1 += passed * x1[i]
                    s2 += passed
                g0[m], g1[m], g2[m], g3[m] = s0, s1, s2, s3

    @njit(inline="always")
    def gradient_and_loss(w0, w1, b, v, c, x0, x1, y, g0, g1, g2, g3, loss):
        """The same and the loss, with one logarithm for the product of all of a pass's 1 + exp(-|logit|)."""
        for first in range(0, len(y), rows):
            for m in range(LANES):
                s0, s1, s2, s3 = g0[m], g1[m], g2[m], g3[m]
                total, product = ZERO, ONE
                for row in range(rows):
                    i = first + row
                    hidden = w0[m] * x0[i] + w1[m] * x1[i] + b[m]
                    logit = v[m] * max(hidden, ZERO) + c[m]
                    e = exp(-abs(logit))
                    inverse = ONE / (ONE + e)
                    product *= ONE + e
                    total += max(logit, ZERO) - y[i] * logit
                    error = (inverse if logit >= ZERO else e * inverse) - y[i]
                    s3 += error
                    passed = error if hidden > ZERO else ZERO
                    s0 += passed * x0[i]
                    s1 += passed * x1[i]
                    s2 += passed
                loss[m] += total + log(product)
                g0[m], g1[m], g2[m], g3[m] = s0, s1, s2, s3

    @njit(inline="always")
    def update(w0, w1, b, v, c, g0, g1, g2, g3, step):
        for m in range(LANES):
            # The sum of error times max(hidden, 0), put together from what is there.
            by_hidden = w0[m] * g0[m] + w1[m] * g1[m] + b[m] * g2[m]
            through = step[m] * v[m]
            w0[m] -= through * g0[m]
            w1[m] -= through * g1[m]
            b[m] -= through * g2[m]
            v[m] -= step[m] * by_hidden
            c[m] -= step[m] * g3[m]

    @njit(parallel=True, fastmath=FAST, error_model="numpy")
    def train(x0, x1, y, lr, parameters, epochs, every, losses):
        models = len(lr)
        for block in prange((models + LANES - 1) // LANES):
            first = block * LANES
            count = min(LANES, models - first)
            p, step = np.zeros((5, LANES), f32), np.zeros(LANES, f32)
            p[:, :count] = parameters[:, first : first + count]
            step[:count] = lr[first : first + count] / f32(len(y))
            w0, w1, b, v, c = p[0], p[1], p[2], p[3], p[4]
            # Arrays of their own, which LLVM sees not to overlap.
            g0, g1, g2, g3 = np.empty(LANES, f32), np.empty(LANES, f32), np.empty(LANES, f32), np.empty(LANES, f32)
            loss = np.empty(LANES, f32)
            for epoch in range(epochs + 1):
                g0[:] = ZERO
                g1[:] = ZERO
                g2[:] = ZERO
                g3[:] = ZERO
                loss[:] = ZERO
                if epoch % every:
                    gradient(w0, w1, b, v, c, x0, x1, y, g0, g1, g2, g3)
                else:
                    gradient_and_loss(w0, w1, b, v, c, x0, x1, y, g0, g1, g2, g3, loss)
                    losses[epoch // every, first : first + count] = loss[:count] / f32(len(y))
                if epoch < epochs:
                    update(w0, w1, b, v, c, g0, g1, g2, g3, step)

    return train
