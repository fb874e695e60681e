"""Everything that competes, in one shape: a first training, which is checked, and as many more as there is time for."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from peer import RivalFailed, Workers, cores
from problem import Array, Problem
from rivals import Entry

# Losses of f32 programs that add in different orders. A model that passes a kink on the other side goes its own way for a
# while, so that a few may differ more.
CLOSE, MEDIAN, SHARE = 1e-3, 1e-5, 0.99
# Seconds of a turn of a rival that stays in memory, or so many trainings.
TURN, MOST = 0.1, 20


@dataclass
class Run:
    """Seconds of one training, and of all that a run of the program takes up to its end where that was measured."""

    train: float
    with_compile: float | None = None
    process: float | None = None


@dataclass
class Row:
    """What is told about one that competes."""

    name: str
    device: str  # cpu or gpu
    engine: str = ""
    processes: int = 1
    threads: int = 1  # of each process
    models: int = 0  # that it trains; fewer than there are: times are extrapolated
    sampled: bool = False
    note: str = ""
    why: str = ""  # there are no times
    runs: list[Run] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        return self.name.startswith("gpu-sweep")


def kind(device: str) -> str:
    """A rival's device as rows name it."""
    return "gpu" if device == "cuda" else "cpu"


class Contestant(Protocol):
    """Whoever competes."""

    row: Row
    models: Array  # indices of those that it trains

    def first(self, deadline: float) -> tuple[Run, Array]:
        """Starts, compiles, trains; each model's final loss."""
        ...

    def again(self, deadline: float) -> tuple[Run, Array]: ...

    def stop(self) -> None: ...


def disagreement(theirs: Array, losses: Array) -> str:
    """What is wrong with final losses, or nothing."""
    if theirs.shape != losses.shape:
        return f"{theirs.shape} final losses instead of {losses.shape}"
    difference = np.abs(theirs - losses)
    close, middle = float(np.mean(difference <= CLOSE)), float(np.median(difference))
    fine = close >= SHARE and middle <= MEDIAN and bool(np.isfinite(theirs).all())
    return "" if fine else f"disagrees: {100 * close:.1f} % of models within {CLOSE}, median {middle:.1e}"


def output_of(command: list[object], deadline: float) -> str:
    """What a program prints."""
    try:
        left = max(0.0, deadline - time.monotonic())
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=left)
    except subprocess.TimeoutExpired:
        raise RivalFailed("took too long") from None
    if done.returncode:
        raise RivalFailed((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    return done.stdout


def final_losses(folder: Path) -> tuple[Array, Array]:
    """Learning rates and final losses of all models, from our program's table."""
    names = (folder / "models.csv").open().readline().strip().split(",")
    columns = [names.index("lr"), names.index("train_loss")]
    lr, losses = np.loadtxt(folder / "models.csv", delimiter=",", skiprows=1, usecols=columns, unpack=True)
    return lr, losses


class Ours:
    """Our program, a process for each training. `flags` give it the same data and initial weights as the others."""

    def __init__(self, binary: Path, device: str, flags: list[str], folder: Path, models: int) -> None:
        self.row = Row(f"gpu-sweep, {device}", device, threads=len(cores()) if device == "cpu" else 1, models=models)
        self.models, self.folder = np.arange(models), folder / f"ours-{device}"
        self.command = [binary, "--device", device, "--force", "--json", "--quiet", "--out", self.folder, *flags]

    def first(self, deadline: float) -> tuple[Run, Array]:
        return self.again(deadline)

    def again(self, deadline: float) -> tuple[Run, Array]:
        start = time.perf_counter()
        result = json.loads(output_of(self.command, deadline))
        process, seconds, engine = time.perf_counter() - start, result["seconds"], result["engine"]
        if self.row.device == "gpu" and engine["software"]:
            raise RivalFailed(f"no hardware GPU for our program, only {engine['device']}")
        self.row.engine = f"{engine['device']}; {engine['driver']}"
        self.row.note = " ".join(result["mappings"])
        # All up to the last result in its file: "training and writing" has the kernels' compilation in it.
        all_in = sum(seconds[phase] for phase in ("start-up", "data", "planning", "training and writing"))
        return Run(seconds["train"], all_in, process), final_losses(self.folder)[1]

    def stop(self) -> None:
        pass


class Peer:
    """A rival in Python, whose processes stay and train again."""

    def __init__(self, entry: Entry, engine: str, threads: int, problem: Problem, workload: str) -> None:
        count = min(entry.samples.get(workload, problem.models), problem.models)
        self.models, self.entry, self.factor = problem.sample(count), entry, problem.models / count
        self.problem = problem.select(self.models)
        self.row = Row(entry.name, kind(entry.device), engine, entry.rival.processes, threads)
        self.row.models, self.row.sampled = count, count < problem.models
        self.workers: Workers | None = None

    def first(self, deadline: float) -> tuple[Run, Array]:
        start = time.perf_counter()
        self.workers = Workers(self.entry.rival, self.problem)
        parts = self.workers.ready(deadline)
        self.row.note = str(parts["note"])
        train, losses = self.workers.train(deadline)
        process = time.perf_counter() - start + (self.factor - 1) * train
        train *= self.factor
        return Run(train, parts["import"] + parts["compile"] + train, process), losses

    def again(self, deadline: float) -> tuple[Run, Array]:
        """The median of several where one is short: a device that has gone to sleep needs a moment."""
        seconds = []
        while not seconds or (sum(seconds) < TURN and len(seconds) < MOST):
            train, losses = self.workers.train(deadline)
            seconds.append(train)
        return Run(statistics.median(seconds) * self.factor), losses

    def stop(self) -> None:
        if self.workers:
            self.workers.stop()


class Rust:
    """A rival in Rust (`../rust_rivals`), a process for each training of a sample."""

    def __init__(self, binary: Path, name: str, problem: Problem, file: Path, sample: int) -> None:
        self.models, self.factor = problem.sample(sample), problem.models / sample
        self.command = [binary, name, "--problem", file, "--models", sample]
        self.row = Row(name, "gpu" if name == "burn-wgpu" else "cpu", models=sample, sampled=True)

    def run(self, deadline: float) -> tuple[Run, Array]:
        start = time.perf_counter()
        result = json.loads(output_of(self.command, deadline))
        process, seconds = time.perf_counter() - start, result["seconds"]
        if result["models"] != self.models.tolist():
            raise RivalFailed("trained other models than asked for")
        self.row.engine = f"{result['backend']} {result['version']}"
        self.row.note = result.get("adapter", "")
        train = seconds["train"] * self.factor
        run = Run(train, seconds["start"] + seconds["warm_up"] + train, process + train - seconds["train"])
        return run, np.array(result["losses"], np.float64)  # null becomes nan

    def first(self, deadline: float) -> tuple[Run, Array]:
        return self.run(deadline)

    def again(self, deadline: float) -> tuple[Run, Array]:
        return self.run(deadline)

    def stop(self) -> None:
        pass
