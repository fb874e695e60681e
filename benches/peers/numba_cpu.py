"""Numba: all epochs in compiled loops, threads over the models.

`lanes` is for networks with one hidden unit: neighbouring models sit in the vector lanes, a few rows of data at a time
in registers. `rows` is for all others: one model after the other, its rows of data in the vector lanes.
"""

from __future__ import annotations

import numpy as np

from numba_lanes import compile_lanes
from numba_rows import compile_rows
from peer import Trainer
from problem import Problem


def prepare(problem: Problem, variant: str, device: str) -> Trainer:
    if device != "cpu":
        raise ValueError(f"no Numba program for {device}")
    train = {"lanes": compile_lanes, "rows": compile_rows}[variant](problem)
    losses = np.empty((problem.recordings, problem.models), np.float32)

    def run() -> np.ndarray:
        train(losses)
        return losses

    return Trainer(run)
