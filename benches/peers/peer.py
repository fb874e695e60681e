"""Trains a problem by one rival, in as many processes as asked for, and says how long each part took.

    python peer.py jax_vmap last-axis --problem problem.npz --out result.npz --processes 2

A rival is a module with a function `prepare(problem, variant)`, which compiles all that it can and returns a function
that trains and returns the losses [recordings, models]. The clock for training runs while all processes train, from
the moment when the last one is ready.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from problem import Array, Problem

Trainer = Callable[[], Array]


def cores() -> list[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def work(pipe: Connection, module: str, variant: str, problem: Problem) -> None:
    """One process: imports, compiles, waits for the others, trains."""
    start = time.perf_counter()
    rival = importlib.import_module(module)
    imported = time.perf_counter()
    train: Trainer = rival.prepare(problem, variant)
    pipe.send((imported - start, time.perf_counter() - imported))
    pipe.recv()
    losses = train()
    pipe.send("done")
    pipe.send(losses)


def start_workers(module: str, variant: str, problem: Problem, count: int) -> list[Connection]:
    """Processes that inherit the processors and the number of threads which are set while they start."""
    mine, context, pipes = cores(), get_context("spawn"), []
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(max(1, len(mine) // count))
    for index in range(count):
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, mine[index::count])
        here, there = context.Pipe()
        arguments = (there, module, variant, problem.shard(index, count))
        context.Process(target=work, args=arguments, daemon=True).start()
        there.close()  # so that the end of the process is noticed here
        pipes.append(here)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, mine)
    return pipes


def run(module: str, variant: str, problem: Problem, count: int) -> dict[str, object]:
    pipes = start_workers(module, variant, problem, count)
    prepared = np.array([pipe.recv() for pipe in pipes])
    start = time.perf_counter()
    for pipe in pipes:
        pipe.send("go")
    for pipe in pipes:
        pipe.recv()
    train = time.perf_counter() - start
    losses = np.concatenate([pipe.recv() for pipe in pipes], axis=1)
    imports, compiling = prepared.max(axis=0)
    return {"losses": losses, "import": imports, "compile": compiling, "train": train}


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a problem by one rival.")
    parser.add_argument("module")
    parser.add_argument("variant")
    parser.add_argument("--problem", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--models", type=int, help="only the first ones")
    parser.add_argument("--epochs", type=int, help="fewer epochs")
    args = parser.parse_args()
    problem = Problem.load(args.problem).select(slice(args.models))
    problem = replace(problem, epochs=args.epochs or problem.epochs)
    np.savez(args.out, **run(args.module, args.variant, problem, args.processes))


if __name__ == "__main__":
    main()
