"""Networks 2-H-H-1 in Triton, H a power of two from 16 on: a program trains one model from the first epoch to the last,
its weights, activations and gradients as tiles, POINTS points at a time.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def forward(p0, p1, c1, w2, c2, w3, c3, x0, x1, PRECISION: tl.constexpr):
    """Both hidden layers [POINTS, H] and the logits [POINTS] of rows x0, x1. Weights are [in, out]."""
    a1 = tl.maximum(x0[:, None] * p0[None, :] + x1[:, None] * p1[None, :] + c1[None, :], 0.0)
    a2 = tl.maximum(tl.dot(a1, w2, input_precision=PRECISION) + c2[None, :], 0.0)
    return a1, a2, tl.sum(a2 * w3[None, :], 1) + c3


@triton.jit
def rows_of(x_pointer, y_pointer, first, ROWS: tl.constexpr, POINTS: tl.constexpr):
    row = first + tl.arange(0, POINTS)
    inside = row < ROWS
    x0, x1 = tl.load(x_pointer + row, inside, 0.0), tl.load(x_pointer + ROWS + row, inside, 0.0)
    return x0, x1, tl.load(y_pointer + row, inside, 0.0), inside


@triton.jit
def mean_loss(p0, p1, c1, w2, c2, w3, c3, x_pointer, y_pointer, ROWS: tl.constexpr, POINTS: tl.constexpr,
              PRECISION: tl.constexpr):
    total = tl.zeros((POINTS,), tl.float32)
    for first in range(0, ROWS, POINTS):
        x0, x1, y, inside = rows_of(x_pointer, y_pointer, first, ROWS, POINTS)
        a1, a2, logit = forward(p0, p1, c1, w2, c2, w3, c3, x0, x1, PRECISION)
        term = tl.maximum(logit, 0.0) - y * logit + tl.log(1.0 + tl.exp(-tl.abs(logit)))
        total += tl.where(inside, term, 0.0)
    return tl.sum(total, 0) / ROWS


@triton.jit
def step(p0, p1, c1, w2, c2, w3, c3, rate, x_pointer, y_pointer, ROWS: tl.constexpr, H: tl.constexpr,
         POINTS: tl.constexpr, PRECISION: tl.constexpr):
    """The parameters after an epoch, and the mean loss before it."""
    g_p0 = tl.zeros((H,), tl.float32)
    g_p1 = tl.zeros((H,), tl.float32)
    g_c1 = tl.zeros((H,), tl.float32)
    g_w2 = tl.zeros((H, H), tl.float32)
    g_c2 = tl.zeros((H,), tl.float32)
    g_w3 = tl.zeros((H,), tl.float32)
    g_c3 = tl.zeros((POINTS,), tl.float32)
    total = tl.zeros((POINTS,), tl.float32)
    back = tl.trans(w2)
    for first in range(0, ROWS, POINTS):
        x0, x1, y, inside = rows_of(x_pointer, y_pointer, first, ROWS, POINTS)
        a1, a2, logit = forward(p0, p1, c1, w2, c2, w3, c3, x0, x1, PRECISION)
        # A logarithm a point is little beside the rest: the loss is computed whether it is wanted or not.
        e = tl.exp(-tl.abs(logit))
        inverse = 1.0 / (1.0 + e)
        total += tl.where(inside, tl.maximum(logit, 0.0) - y * logit + tl.log(1.0 + e), 0.0)
        error = tl.where(inside, tl.where(logit >= 0.0, inverse, e * inverse) - y, 0.0)
        d2 = tl.where(a2 > 0.0, error[:, None] * w3[None, :], 0.0)
        d1 = tl.where(a1 > 0.0, tl.dot(d2, back, input_precision=PRECISION), 0.0)
        g_w2 = tl.dot(tl.trans(a1), d2, g_w2, input_precision=PRECISION)
        g_c3 += error
        g_w3 += tl.sum(a2 * error[:, None], 0)
        g_c2 += tl.sum(d2, 0)
        g_p0 += tl.sum(d1 * x0[:, None], 0)
        g_p1 += tl.sum(d1 * x1[:, None], 0)
        g_c1 += tl.sum(d1, 0)
    p0, p1, c1 = p0 - rate * g_p0, p1 - rate * g_p1, c1 - rate * g_c1
    w2, c2 = w2 - rate * g_w2, c2 - rate * g_c2
    w3, c3 = w3 - rate * g_w3, c3 - rate * tl.sum(g_c3, 0)
    return p0, p1, c1, w2, c2, w3, c3, tl.sum(total, 0) / ROWS


@triton.jit(do_not_specialize=["recordings"])
def train_wide(x_pointer, y_pointer, lr_pointer, parameters, losses, models, recordings, ROWS: tl.constexpr,
               EVERY: tl.constexpr, H: tl.constexpr, POINTS: tl.constexpr, PRECISION: tl.constexpr):
    """`parameters` [models, H H + 5 H + 1], one after the other as `forward` takes them, are read; `losses` [recordings,
    models] written."""
    model = tl.program_id(0)
    unit = tl.arange(0, H)
    mine = parameters + model * (H * H + 5 * H + 1)
    p0, p1, c1 = tl.load(mine + unit), tl.load(mine + H + unit), tl.load(mine + 2 * H + unit)
    mine += 3 * H
    w2 = tl.load(mine + unit[:, None] * H + unit[None, :])
    mine += H * H
    c2, w3, c3 = tl.load(mine + unit), tl.load(mine + H + unit), tl.load(mine + 2 * H)
    rate = tl.load(lr_pointer + model) / ROWS
    target = losses + model
    for _ in range(recordings - 1):
        for epoch in range(EVERY):
            p0, p1, c1, w2, c2, w3, c3, loss = step(p0, p1, c1, w2, c2, w3, c3, rate, x_pointer, y_pointer, ROWS, H,
                                                    POINTS, PRECISION)
            if epoch == 0:
                tl.store(target, loss)
        target += models
    tl.store(target, mean_loss(p0, p1, c1, w2, c2, w3, c3, x_pointer, y_pointer, ROWS, POINTS, PRECISION))


def config(points: int, precision: str, warps: int) -> triton.Config:
    return triton.Config({"POINTS": points, "PRECISION": precision}, num_warps=warps)


# ieee multiplies with the ordinary units; tf32x3 with the matrix units, three products of parts for one, about as
# exactly. tf32 alone would end at other losses. Left out is what needs more registers than there are.
CONFIGS = [
    config(32, "ieee", 1),
    config(32, "ieee", 4),
    config(64, "ieee", 4),
    config(128, "ieee", 8),
    config(256, "ieee", 8),
    config(16, "tf32x3", 1),
    config(32, "tf32x3", 2),
    config(64, "tf32x3", 4),
]
