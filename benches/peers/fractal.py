"""Maps of trainability by JAX: trains a small network at each pair of learning rates, in its raw parametrisation.

    python fractal.py fractal-inputs.npz map.npz --activation tanh [--precision float64] [--chunk 1024]

A second opinion on `gpu-sweep map`, which trains effective weights u with learning rates of its own making. Here the weights
are raw, W, of about unit size, and the network divides: with n units and n inputs z = W1 x / √n, a = σ(z), out = w2 · a / n
(mean field, as J. Sohl-Dickstein, arXiv 2402.06184). The loss is the mean over all points of (out - y)²; plain gradient
descent on all points at once with `lr_first` for W1 and `lr` for w2; gradients are JAX's.

Inputs: x [points, n], y [points], w1 [n, n] and w2 [1, n] (effective: u1 = W1 / √n, u2 = w2 / n), lr_first [W], lr [H], epochs.
Outputs [H, W], row = lr, column = lr_first: `converged`, `loss_sum`, `inverse_sum`, `last`. Of the losses before each update,
divided by the first one, and 1e6 where they are not finite or larger: whether the mean of the last 20 is below 1, the sum, the
sum of the inverses, and the last one.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

WORST = 1e6  # what a loss may be of the first one
LAST = 20  # losses that decide

ACTIVATIONS = {
    "identity": lambda z: z,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
}


def losses(weights, rates, x, y, activation, epochs):
    """One network's losses before each of its updates [epochs]."""
    n = x.shape[1]

    def loss(weights):
        w1, w2 = weights
        z = x @ w1.T / np.sqrt(n)
        return jnp.mean((activation(z) @ w2 / n - y) ** 2)

    def step(weights, _):
        value, gradient = jax.value_and_grad(loss)(weights)
        return jax.tree.map(lambda w, g, lr: w - lr * g, weights, gradient, rates), value

    return jax.lax.scan(step, weights, length=epochs)[1]


def measures(losses):
    """What a map keeps of one network's losses."""
    v = losses / losses[0]
    v = jnp.where(jnp.isfinite(v) & (v <= WORST), v, WORST)
    return jnp.mean(v[-LAST:]) < 1, jnp.sum(v), jnp.sum(1 / v), v[-1]


def train(inputs, activation, dtype, chunk):
    """Maps of all measures, by name."""
    x, y, w1, w2, lr_first, lr = (jnp.asarray(inputs[name], dtype) for name in ("x", "y", "w1", "w2", "lr_first", "lr"))
    n, epochs = x.shape[1], int(inputs["epochs"])
    raw = (w1 * np.sqrt(n), w2[0] * n)

    @jax.jit
    def several(first, last):
        one = lambda a, b: measures(losses(raw, (a, b), x, y, ACTIVATIONS[activation], epochs))
        return jax.vmap(one)(first, last)

    pairs = [np.asarray(rates).ravel() for rates in np.meshgrid(lr_first, lr)]
    count = len(pairs[0])
    # The last chunk is filled up, so that one compilation serves all.
    padded = [np.resize(rates, -(-count // chunk) * chunk) for rates in pairs]
    parts = []
    for start in range(0, count, chunk):
        parts.append([np.asarray(part) for part in several(*(rates[start : start + chunk] for rates in padded))])
        if sys.stderr.isatty():
            print(f"\r{min(start + chunk, count):,} of {count:,} networks", end="", file=sys.stderr)
    flat = [np.concatenate(part)[:count].reshape(len(lr), len(lr_first)) for part in zip(*parts)]
    return dict(zip(("converged", "loss_sum", "inverse_sum", "last"), flat))


def check(inputs) -> None:
    """Refuses inputs that do not fit together."""
    points, n = inputs["x"].shape
    wanted = {"y": (points,), "w1": (n, n), "w2": (1, n), "lr_first": (inputs["lr_first"].size,), "lr": (inputs["lr"].size,)}
    for name, shape in wanted.items():
        if inputs[name].shape != shape:
            sys.exit(f"{name} is {inputs[name].shape}; allowed: {shape}")
    if int(inputs["epochs"]) < 1:
        sys.exit(f"epochs is {inputs['epochs']}; allowed: 1 and more")


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a map of networks by JAX.")
    parser.add_argument("inputs", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--activation", choices=ACTIVATIONS, default="tanh")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float64")
    parser.add_argument("--chunk", type=int, default=1024, help="networks that train at once")
    args = parser.parse_args()
    if args.chunk < 1:
        parser.error(f"--chunk {args.chunk}; allowed: 1 and more")
    if args.output.suffix != ".npz":
        parser.error(f"output {args.output}; allowed: a name that ends in .npz")
    jax.config.update("jax_enable_x64", args.precision == "float64")
    jax.config.update("jax_default_matmul_precision", "highest")  # no shortened products on GPUs
    with np.load(args.inputs) as inputs:
        inputs = dict(inputs)
    check(inputs)
    start = time.perf_counter()
    maps = train(inputs, args.activation, args.precision, args.chunk)
    np.savez(args.output, **maps)
    h, w = maps["converged"].shape
    share, seconds = 100 * maps["converged"].mean(), time.perf_counter() - start
    print(f"{h} × {w} networks, {args.precision} on {jax.default_backend()}: {share:.2f} % converged, {seconds:.1f} s")


if __name__ == "__main__":
    main()
