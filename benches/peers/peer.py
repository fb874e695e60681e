"""Trains a problem by one rival, in as many processes as asked for, and says how long each part took.

    python peer.py jax_vmap last-axis --problem problem.npz --processes 2 [--device cpu|cuda] [--trainings 3]

A rival is a module with a function `prepare(problem, variant, device)`, which moves the data to the device, compiles all
that it can and returns a `Trainer`. Its processes then wait and train as often as they are told. The clock runs while all
processes train, from the moment when they are told until all losses lie in the memory of the host.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from problem import Array, Problem


class RivalFailed(Exception):
    """What a rival died of, in a line."""


@dataclass(frozen=True)
class Trainer:
    """A problem ready for training: `train()` begins anew each time and returns the losses [recordings, models]."""

    train: Callable[[], Array]
    note: str = ""  # what `prepare` chose by itself


@dataclass(frozen=True)
class Rival:
    """What to start: a module of this folder, which of its programs, in how many processes, on what."""

    module: str
    variant: str
    device: str
    processes: int


def cores() -> list[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def work(pipe: Connection, rival: Rival, problem: Problem) -> None:
    """One process: imports, compiles, trains whenever it is told."""
    try:
        start = time.perf_counter()
        module = importlib.import_module(rival.module)
        imported = time.perf_counter()
        trainer: Trainer = module.prepare(problem, rival.variant, rival.device)
        pipe.send((imported - start, time.perf_counter() - imported, trainer.note))
        while pipe.recv() == "train":
            start = time.perf_counter()
            losses = trainer.train()
            pipe.send(time.perf_counter() - start)
            pipe.send((losses.shape, np.array(losses[-1])))
    except EOFError:  # nobody waits any more
        pass
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        lines = str(error).strip().splitlines() or [""]
        pipe.send(RivalFailed(f"{type(error).__name__}: {lines[0][:200]}"))


@contextmanager
def environment(wanted: dict[str, str]):
    """What processes inherit that start in here; afterwards all is as before."""
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def surroundings(device: str, threads: int) -> dict[str, str]:
    """What a rival's libraries read when they are imported."""
    return {
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        # Memory that PyTorch frees goes back to the system and is cleared anew, or not, by the size of a chunk.
        "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
        "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
        "JAX_PLATFORMS": device,
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # the other rivals' processes need memory too
    }


class Workers:
    """A rival's processes, each with its share of the models and of the processors."""

    def __init__(self, rival: Rival, problem: Problem) -> None:
        self.expected = (problem.recordings, problem.models)
        self.pipes: list[Connection] = []
        self.processes = []
        mine, count = cores(), rival.processes
        with environment(surroundings(rival.device, max(1, len(mine) // count))):
            for index in range(count):
                if count > 1 and hasattr(os, "sched_setaffinity"):
                    os.sched_setaffinity(0, mine[index::count])
                self.start(rival, problem.shard(index, count))
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, mine)

    def start(self, rival: Rival, problem: Problem) -> None:
        context = get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, rival, problem), daemon=True)
        process.start()
        there.close()  # so that the end of the process is noticed here
        self.pipes.append(here)
        self.processes.append(process)

    def receive(self, deadline: float) -> list:
        """One message of each process."""
        messages = []
        for pipe, process in zip(self.pipes, self.processes):
            if not pipe.poll(max(0.0, deadline - time.monotonic())):
                raise RivalFailed("took too long")
            try:
                messages.append(pipe.recv())
            except EOFError:
                process.join(5)
                raise RivalFailed(f"died, exit code {process.exitcode}") from None
            if isinstance(messages[-1], RivalFailed):
                raise messages[-1]
        return messages

    def ready(self, deadline: float) -> dict[str, object]:
        """Waits until all can train; seconds of the slowest, and what it chose."""
        imports, compiling, notes = zip(*self.receive(deadline))
        return {"import": max(imports), "compile": max(compiling), "note": notes[0]}

    def train(self, deadline: float) -> tuple[float, Array]:
        """Seconds, and each model's final loss."""
        start = time.perf_counter()
        for pipe in self.pipes:
            pipe.send("train")
        inside = self.receive(deadline)
        # Of one process its own clock, as our program's: messages between processes take longer than the shortest trainings.
        seconds = inside[0] if len(inside) == 1 else time.perf_counter() - start
        shapes, losses = zip(*self.receive(deadline))
        shape = (shapes[0][0], sum(models for _, models in shapes))
        if shape != self.expected:
            raise RivalFailed(f"{shape} losses instead of {self.expected}")
        return seconds, np.concatenate(losses)

    def stop(self) -> None:
        for pipe, process in zip(self.pipes, self.processes):
            pipe.close()
            process.kill()
            process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a problem by one rival.")
    parser.add_argument("module")
    parser.add_argument("variant")
    parser.add_argument("--problem", type=Path, required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--trainings", type=int, default=3)
    parser.add_argument("--sample", type=int, help="only so many models, equally spaced")
    parser.add_argument("--epochs", type=int, help="fewer epochs")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for everything")
    args = parser.parse_args()
    problem = Problem.load(args.problem)
    problem = replace(problem, epochs=args.epochs or problem.epochs)
    problem = problem.select(problem.sample(args.sample)) if args.sample else problem
    deadline = time.monotonic() + args.timeout
    workers = Workers(Rival(args.module, args.variant, args.device, args.processes), problem)
    try:
        print(workers.ready(deadline))
        for _ in range(args.trainings):
            print(f"{workers.train(deadline)[0]:.4f} s")
    except RivalFailed as error:
        sys.exit(str(error))
    finally:
        workers.stop()


if __name__ == "__main__":
    main()
