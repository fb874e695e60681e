"""Checks every installed rival on tiny problems against plain NumPy in float64, all losses of all models.

    python check.py [--device cpu|cuda] [--rivals "triton fused/numba lanes"]

Without CUDA the Triton kernels run interpreted. Exit code 1: a rival disagrees or fails.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import traceback
from dataclasses import replace

import numpy as np

from problem import Array, Problem
from rivals import Entry, entries

TOLERANCE = 2e-5  # of a loss, after so few epochs in f32


def tiny(hidden: tuple[int, ...], models: int, rows: int, epochs: int, every: int) -> Problem:
    """Two clusters that overlap, weights and learning rates drawn."""
    random = np.random.default_rng(1)
    normal = lambda *shape: random.normal(size=shape).astype(np.float32)
    y = (np.arange(rows) % 2).astype(np.float32)
    x = normal(rows, 2) + 2 * y[:, None]
    sizes = (2, *hidden, 1)
    weights = tuple(normal(models, n, m) / np.float32(np.sqrt(m)) for m, n in zip(sizes, sizes[1:]))
    biases = tuple(normal(models, n) for n in sizes[1:])
    return Problem(x, y, random.uniform(0.01, 0.5, models).astype(np.float32), weights, biases, epochs, every)


def reference(problem: Problem) -> Array:
    """Losses [recordings, models]."""
    x, y = problem.x.astype(np.float64), problem.y.astype(np.float64)[:, None]
    losses = np.empty((problem.recordings, problem.models))
    for model in range(problem.models):
        weights = [w[model].astype(np.float64) for w in problem.weights]
        biases = [b[model].astype(np.float64) for b in problem.biases]
        for epoch in range(problem.epochs + 1):
            values = [x]
            for w, b in zip(weights, biases):
                z = values[-1] @ w.T + b
                values.append(np.maximum(z, 0))
            if epoch % problem.every == 0:
                losses[epoch // problem.every, model] = np.mean(np.logaddexp(0, z) - y * z)
            delta = (1 / (1 + np.exp(-z)) - y) / len(y)
            for k in reversed(range(len(weights))):
                by_weights, by_biases = delta.T @ values[k], delta.sum(0)
                delta = (delta @ weights[k]) * (values[k] > 0)
                weights[k] -= float(problem.lr[model]) * by_weights
                biases[k] -= float(problem.lr[model]) * by_biases
    return losses


# 37 rows fill no tile, 40 some; "W3" keeps a loss in ten.
PROBLEMS = {
    "W": tiny((1,), 6, 37, 20, 1),
    "W2": tiny((16, 16), 3, 37, 20, 10),
    "W3": tiny((1,), 6, 40, 20, 10),
}


def verdict(losses: Array, wanted: Array) -> str | None:
    """What is wrong, or nothing."""
    if losses.shape != wanted.shape:
        return f"{losses.shape} losses instead of {wanted.shape}"
    worst = float(np.max(np.abs(losses - wanted)))
    return None if worst <= TOLERANCE else f"a loss is off by {worst:.1e}"


def losses_of(entry: Entry, problem: Problem) -> list[Array]:
    """Losses of two trainings in a row: the second must not go on from the first."""
    trainer = importlib.import_module(entry.rival.module).prepare(problem, entry.rival.variant, entry.device)
    return [np.array(trainer.train()) for _ in range(2)]


def interpreted(problem: Problem) -> list[Array]:
    """Losses by every distinct choice that tuning has."""
    triton_fused = importlib.import_module("triton_fused")
    return [triton_fused.interpreted(problem, config) for config in triton_fused.choices(problem)]


def check(entry: Entry, workload: str) -> bool:
    problem = PROBLEMS[workload]
    simulated = entry.rival.module == "triton_fused" and entry.device == "cpu"
    try:
        found = interpreted(problem) if simulated else losses_of(entry, problem)
    except Exception as error:  # the next rival is checked all the same
        traceback.print_exc()
        wrong = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
    else:
        wrong = next(filter(None, (verdict(losses, reference(problem)) for losses in found)), None)
    print(f"{entry.name:28}{workload:4}{f'WRONG: {wrong}' if wrong else 'agrees'}", flush=True)
    return wrong is None


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks every installed rival against NumPy.")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--rivals", type=lambda text: text.split("/"), help="only these, with slashes in between")
    args = parser.parse_args()
    os.environ["JAX_PLATFORMS"] = args.device
    todo = entries(args.device)
    if args.device == "cpu":
        os.environ["TRITON_INTERPRET"] = "1"  # read when Triton is imported
        triton = next(entry for entry in entries("cuda") if entry.package == "triton")
        todo.append(replace(triton, rival=replace(triton.rival, device="cpu")))
    known = [entry.name for entry in todo]
    for name in set(args.rivals or []) - set(known):
        parser.error(f"no rival {name!r}; there are {', '.join(known)}")
    verdicts = []
    for entry in todo:
        if args.rivals and entry.name not in args.rivals:
            continue
        if importlib.util.find_spec(entry.package) is None:
            print(f"{entry.name:28}{entry.package} is not installed")
            continue
        for workload in entry.workloads:
            verdicts.append(check(entry, workload))
    if not verdicts:
        sys.exit("no rival is installed: nothing is checked")
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()
