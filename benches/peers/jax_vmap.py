"""JAX: every training is one compiled call. On the CPU in chunks of models that fit the cache, with a process for each
core; on a GPU of as many models as memory may hold.

`vmap`: one model's training as one writes it, `jit(vmap(...))` over `lax.scan`, gradients by JAX.
`last-axis`: networks 2-1-1 with the models in the last axis, gradients by hand.
`batched`: any network with the models in the first axis, gradients by hand.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from peer import Trainer
from problem import Problem

ON_CPU = {"vmap": 250, "last-axis": 256, "batched": 50}  # models of a chunk
ON_CUDA = 1 << 17


def unrolled(epochs: int) -> int:
    """Epochs in the body of a loop: on a GPU more, since each turn of a loop is a launch by the host."""
    return max(1, min(epochs, 4 if jax.default_backend() == "cpu" else 10))


def train_epochs(first_loss, step_with_loss, step, parameters, epochs, every):
    """All epochs: of each `every` the first one also gives the loss. Returns [recordings, ...]."""

    def recorded(parameters, _):
        parameters, loss = step_with_loss(parameters)
        parameters, _ = lax.scan(lambda p, _: (step(p), None), parameters, length=every - 1, unroll=unrolled(every - 1))
        return parameters, loss

    parameters, losses = lax.scan(recorded, parameters, length=epochs // every, unroll=unrolled(epochs) if every == 1 else 1)
    return jnp.concatenate([losses, first_loss(parameters)[None]])


def forward(layers, x):
    *hidden, (w, b) = layers
    for w_, b_ in hidden:
        x = jax.nn.relu(x @ w_.T + b_)
    return (x @ w.T + b)[:, 0]


def one_model(layers, lr, x, y, epochs, every):
    def loss(layers):
        z = forward(layers, x)
        return jnp.mean(jax.nn.softplus(z) - y * z)

    def step_with_loss(layers):
        value, gradient = jax.value_and_grad(loss)(layers)
        return jax.tree.map(lambda p, g: p - lr * g, layers, gradient), value

    return train_epochs(loss, step_with_loss, lambda p: step_with_loss(p)[0], layers, epochs, every)


def vmapped(layers, lr, x, y, epochs, every):
    return jax.vmap(lambda l, r: one_model(l, r, x, y, epochs, every))(layers, lr).T


def error_and_terms(logit, y):
    e = jnp.exp(-jnp.abs(logit))
    inverse = 1 / (1 + e)
    error = jnp.where(logit >= 0, inverse, e * inverse) - y
    return error, jnp.maximum(logit, 0) - y * logit + jnp.log1p(e)


def by_hand(parameters, logits, update, mean, y, epochs, every):
    """Training by functions: `logits(p)` also gives what `update(p, kept, error)` needs, `mean` averages over rows."""

    def step(p):
        kept, logit = logits(p)
        return update(p, kept, jax.nn.sigmoid(logit) - y)

    def step_with_loss(p):
        kept, logit = logits(p)
        error, terms = error_and_terms(logit, y)
        return update(p, kept, error), mean(terms)

    return train_epochs(lambda p: step_with_loss(p)[1], step_with_loss, step, parameters, epochs, every)


def sums_over_rows(columns, values):
    """Of each column times `values` [rows, models]: on the CPU a matrix product; on a GPU sums, which XLA makes one kernel
    of together with what they add up."""
    if jax.default_backend() == "cpu":
        return columns @ values
    return [jnp.sum(column[:, None] * values, axis=0) for column in columns]


def last_axis(layers, lr, x, y, epochs, every):
    (w, b), (v, c) = layers
    rows = x.shape[0]
    parameters = (w[:, 0, 0], w[:, 0, 1], b[:, 0], v[:, 0, 0], c[:, 0])
    columns = jnp.concatenate([x, jnp.ones_like(y)[:, None]], axis=1).T  # [3, rows]
    ones = jnp.ones((1, rows), x.dtype)
    x0, x1 = x[:, :1], x[:, 1:]
    rate = lr / rows

    def logits(p):
        hidden = p[0] * x0 + p[1] * x1 + p[2]
        return hidden, p[3] * jnp.maximum(hidden, 0) + p[4]

    def update(p, hidden, error):
        passed = jnp.where(hidden > 0, error, 0)
        g0, g1, g2 = sums_over_rows(columns, passed)
        (g4,) = sums_over_rows(ones, error)
        g3 = p[0] * g0 + p[1] * g1 + p[2] * g2  # the sum of error times max(hidden, 0)
        through = rate * p[3]
        return (p[0] - through * g0, p[1] - through * g1, p[2] - through * g2, p[3] - rate * g3, p[4] - rate * g4)

    return by_hand(parameters, logits, update, lambda terms: sums_over_rows(ones, terms)[0] / rows, y[:, None], epochs, every)


def one_by_hand(layers, lr, x, y, epochs, every):
    """One model; values are [units, rows]."""
    rate = lr / len(y)

    def logits(layers):
        values = [x.T]
        for w, b in layers[:-1]:
            values.append(jnp.maximum(w @ values[-1] + b[:, None], 0))
        w, b = layers[-1]
        return values, jnp.sum(w.T * values[-1], axis=0) + b

    def update(layers, values, error):
        error, new = error[None], []
        for k, (w, b) in reversed(list(enumerate(layers))):
            new.append((w - rate * (error @ values[k].T), b - rate * error.sum(axis=1)))
            if k:
                error = jnp.where(values[k] > 0, w.T @ error, 0)
        return new[::-1]

    return by_hand(layers, logits, update, jnp.mean, y, epochs, every)


def batched(layers, lr, x, y, epochs, every):
    return jax.vmap(lambda l, r: one_by_hand(l, r, x, y, epochs, every))(layers, lr).T


VARIANTS = {"vmap": vmapped, "last-axis": last_axis, "batched": batched}


def prepare(problem: Problem, variant: str, device: str) -> Trainer:
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:
        raise RuntimeError(f"JAX finds no {device} device; CUDA takes jax[cuda13]") from error
    jax.config.update("jax_default_matmul_precision", "highest")  # else GPUs multiply in tf32, to other losses
    most = ON_CPU[variant] if device == "cpu" else ON_CUDA
    train = jax.jit(VARIANTS[variant], static_argnames=("epochs", "every"))
    chunks = [
        jax.device_put((list(zip(chunk.weights, chunk.biases)), chunk.lr, chunk.x, chunk.y))
        for chunk in problem.chunks(min(most, problem.models))
    ]
    jax.block_until_ready(chunks)
    compiled = train.lower(*chunks[0], epochs=problem.epochs, every=problem.every).compile()
    # NumPy arrays: reading back waits for the device.
    return Trainer(lambda: problem.join([np.asarray(compiled(*chunk)) for chunk in chunks]))
