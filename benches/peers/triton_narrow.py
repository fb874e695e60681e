"""Networks 2-1-1 in Triton: a program trains a block of models from the first epoch to the last in registers.

A tile is [MODELS, POINTS]: lanes hold models, or points of a model, or both, as autotuning finds out. Few models keep a
GPU busy only if points lie in the lanes; with many models it saves the sums over lanes that they don't.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def pass_over(w0, w1, b, v, c, x_pointer, y_pointer, ROWS: tl.constexpr, MODELS: tl.constexpr, POINTS: tl.constexpr,
              RECORD: tl.constexpr):
    """Sums over the points of the output's error and, where the hidden unit is on, of the error times x0, x1 and 1; and of
    the losses, if RECORD."""
    g0 = tl.zeros((MODELS, POINTS), tl.float32)
    g1 = tl.zeros((MODELS, POINTS), tl.float32)
    g2 = tl.zeros((MODELS, POINTS), tl.float32)
    g3 = tl.zeros((MODELS, POINTS), tl.float32)
    loss = tl.zeros((MODELS, POINTS), tl.float32)
    for first in range(0, ROWS, POINTS):
        row = first + tl.arange(0, POINTS)[None, :]
        if ROWS % POINTS == 0:
            x0, x1 = tl.load(x_pointer + row), tl.load(x_pointer + ROWS + row)
            y = tl.load(y_pointer + row)
        else:
            x0 = tl.load(x_pointer + row, row < ROWS, 0.0)
            x1 = tl.load(x_pointer + ROWS + row, row < ROWS, 0.0)
            y = tl.load(y_pointer + row, row < ROWS, 0.0)
        hidden = w0 * x0 + w1 * x1 + b
        logit = v * tl.maximum(hidden, 0.0) + c
        if RECORD:
            e = tl.exp(-tl.abs(logit))
            inverse = 1.0 / (1.0 + e)
            error = tl.where(logit >= 0.0, inverse, e * inverse) - y
            term = tl.maximum(logit, 0.0) - y * logit + tl.log(1.0 + e)
            loss += term if ROWS % POINTS == 0 else tl.where(row < ROWS, term, 0.0)
        else:
            error = 1.0 / (1.0 + tl.exp(-logit)) - y
        if ROWS % POINTS != 0:
            error = tl.where(row < ROWS, error, 0.0)
        passed = tl.where(hidden > 0.0, error, 0.0)
        g0 += passed * x0
        g1 += passed * x1
        g2 += passed
        g3 += error
    s0 = tl.sum(g0, 1, keep_dims=True)
    s1 = tl.sum(g1, 1, keep_dims=True)
    s2 = tl.sum(g2, 1, keep_dims=True)
    s3 = tl.sum(g3, 1, keep_dims=True)
    return s0, s1, s2, s3, tl.sum(loss, 1, keep_dims=True) if RECORD else s3


@triton.jit
def update(w0, w1, b, v, c, g0, g1, g2, g3, rate):
    by_hidden = w0 * g0 + w1 * g1 + b * g2  # the sum of error times max(hidden, 0), put together from what is there
    through = rate * v
    return w0 - through * g0, w1 - through * g1, b - through * g2, v - rate * by_hidden, c - rate * g3


@triton.jit(do_not_specialize=["recordings"])
def train_narrow(x_pointer, y_pointer, lr_pointer, parameters, losses, models, recordings, ROWS: tl.constexpr,
                 EVERY: tl.constexpr, MODELS: tl.constexpr, POINTS: tl.constexpr):
    """`parameters` [5, models] are read, `losses` [recordings, models] written."""
    model = tl.program_id(0) * MODELS + tl.arange(0, MODELS)[:, None]
    inside = model < models
    w0 = tl.load(parameters + model, inside, 0.0)
    w1 = tl.load(parameters + models + model, inside, 0.0)
    b = tl.load(parameters + 2 * models + model, inside, 0.0)
    v = tl.load(parameters + 3 * models + model, inside, 0.0)
    c = tl.load(parameters + 4 * models + model, inside, 0.0)
    rate = tl.load(lr_pointer + model, inside, 0.0) / ROWS
    target = losses + model
    for _ in range(recordings - 1):
        g0, g1, g2, g3, loss = pass_over(w0, w1, b, v, c, x_pointer, y_pointer, ROWS, MODELS, POINTS, True)
        tl.store(target, loss / ROWS, inside)
        target += models
        w0, w1, b, v, c = update(w0, w1, b, v, c, g0, g1, g2, g3, rate)
        for _ in range(EVERY - 1):
            g0, g1, g2, g3, loss = pass_over(w0, w1, b, v, c, x_pointer, y_pointer, ROWS, MODELS, POINTS, False)
            w0, w1, b, v, c = update(w0, w1, b, v, c, g0, g1, g2, g3, rate)
    g0, g1, g2, g3, loss = pass_over(w0, w1, b, v, c, x_pointer, y_pointer, ROWS, MODELS, POINTS, True)
    tl.store(target, loss / ROWS, inside)


def config(models: int, points: int, warps: int) -> triton.Config:
    return triton.Config({"MODELS": models, "POINTS": points}, num_warps=warps)


# Points in the lanes, for few models; both; models alone, for many.
CONFIGS = [
    config(1, 32, 1),
    config(1, 64, 1),
    config(1, 256, 1),
    config(1, 256, 2),
    config(2, 32, 1),
    config(2, 256, 4),
    config(4, 32, 1),
    config(4, 32, 4),
    config(4, 256, 4),
    config(8, 8, 1),
    config(16, 8, 4),
    config(32, 8, 4),
    config(64, 8, 4),
    config(64, 2, 4),
    config(64, 1, 1),
    config(128, 1, 1),
    config(128, 1, 4),
    config(256, 1, 4),
]
