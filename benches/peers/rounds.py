"""Who competes in a workload, and the rounds: each is checked by itself first, then all train by turns."""

from __future__ import annotations

import importlib.util
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import numpy as np

from contestants import Contestant, Ours, Peer, Row, Run, Rust, disagreement, final_losses, kind, output_of
from peer import RivalFailed, cores, environment
from problem import Array, Problem
from rivals import FEW, RUST, WORKLOADS, entries

# Of a workload's share of --minutes: what may pass until the last rival is started. The rest is for rounds.
STARTING = 0.7
# Seconds that one who is at it may overrun.
LATE = 5.0


def flags_of(workload: str) -> list[str]:
    hidden, models, epochs, every = WORKLOADS[workload]
    network = ["--hidden", hidden, "--models", str(models)]
    return [*network, "--epochs", str(epochs), "--record-every", str(every), "--curves", "all"]


def pose(binary: Path, workload: str, folder: Path, deadline: float) -> tuple[Problem, Array]:
    """The problem as our program sees it, from a run that saves its weights, and its final losses."""
    command = [binary, "--device", "cpu", "--force", "--quiet", "--out", folder, "--save-weights", *flags_of(workload)]
    output_of(command, deadline)
    rows = np.loadtxt(StringIO(output_of([binary, "--print-data"], deadline)), delimiter=",", skiprows=1, dtype=np.float64)
    lr, losses = final_losses(folder)
    with np.load(folder / "weights.npz") as arrays:
        layers = range(1, 1 + sum(name.startswith("init_w") for name in arrays))
        weights = tuple(arrays[f"init_w{k}"].astype(np.float32) for k in layers)
        biases = tuple(arrays[f"init_b{k}"].astype(np.float32) for k in layers)
    _, _, epochs, every = WORKLOADS[workload]
    x, y = rows[:, :-1].astype(np.float32), rows[:, -1].astype(np.float32)
    return Problem(x, y, lr.astype(np.float32), weights, biases, epochs, every), losses


def contestants(
    args: Namespace, device: str, workload: str, problem: Problem, folder: Path
) -> tuple[list[Contestant], list[Row]]:
    """Those that can compete, ours first; rows for those that can't."""
    flags = [*flags_of(workload), "--init-from", str(folder / "posed" / "weights.npz")]
    able: list[Contestant] = []
    for mine in ("gpu", "cpu") if device == "cuda" else ("cpu",):
        able.append(Ours(args.binary, mine, flags, folder, problem.models))
    unable = []
    for entry in entries(device):
        if workload not in entry.workloads or not wanted(args, entry.name):
            continue
        if importlib.util.find_spec(entry.package) is None:
            unable.append(Row(entry.name, kind(device), why=f"missing: {entry.package} is not installed"))
            continue
        engine, threads = f"{entry.package} {version(entry.package)}", len(cores()) // entry.rival.processes
        able.append(Peer(entry, engine, 1 if entry.package == "torch" else threads, problem, workload))
    for name in RUST[device] if workload == "W" else ():
        if not wanted(args, name):
            continue
        if args.rust_rivals is None:
            unable.append(Row(name, kind(device), why="missing: rust-rivals is not built (--rust-rivals)"))
        else:
            able.append(Rust(args.rust_rivals, name, problem, folder / "problem.npz", FEW))
    return able, unable


def wanted(args: Namespace, name: str) -> bool:
    return args.rivals is None or name in args.rivals


def settings(folder: Path, name: str) -> dict[str, str]:
    """Has compilers and drivers keep what they cache for one that competes in a folder of its own, at first empty."""
    folder /= "".join(filter(str.isalnum, name))
    names = ("XDG_CACHE_HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR", "CUDA_CACHE_PATH")
    # candle splits even the smallest products among threads, which takes it seven times as long.
    threads = {"RAYON_NUM_THREADS": "1"} if name == "candle" else {}
    return threads | {name: str(folder / name) for name in names}


class Contest:
    """One workload's rounds."""

    def __init__(self, losses: Array, folder: Path, timeout: float, end: float) -> None:
        self.losses, self.folder, self.timeout, self.end = losses, folder, timeout, end

    def deadline(self) -> float:
        """A rival that began late may overrun the workload's time a little."""
        return min(time.monotonic() + self.timeout, max(self.end, time.monotonic()) + LATE)

    def begin(self, one: Contestant) -> None:
        self.train(one, one.first)

    def again(self, one: Contestant) -> None:
        self.train(one, one.again)

    def train(self, one: Contestant, training: Callable[[float], tuple[Run, Array]]) -> None:
        """A training, checked."""
        with environment(settings(self.folder, one.row.name)):
            run, losses = training(self.deadline())
        one.row.why = disagreement(losses, self.losses[one.models])
        one.row.runs = [] if one.row.why else [*one.row.runs, run]

    def attempt(self, turn: Callable[[Contestant], None], one: Contestant) -> None:
        """A turn; who fails gets no times and no other turn."""
        try:
            turn(one)
        except RivalFailed as failure:
            one.row.why, one.row.runs = str(failure), []
        if one.row.why:
            one.stop()
            print(f"  {one.row.name}: {one.row.why}", file=sys.stderr)


def compete(args: Namespace, device: str, workload: str, folder: Path, end: float) -> list[Row]:
    """Rows of a workload, which should be done at about `end`."""
    begun = time.monotonic()
    problem, losses = pose(args.binary, workload, folder / "posed", begun + args.timeout)
    problem.save(folder / "problem.npz")
    able, unable = contestants(args, device, workload, problem, folder)
    contest = Contest(losses, folder, args.timeout, end)
    for one in able:
        if not one.row.ours and time.monotonic() > begun + STARTING * (end - begun):
            one.row.why = "left out: time"
            continue
        contest.attempt(contest.begin, one)
        if one.row.ours and one.row.why:
            raise RivalFailed(f"{one.row.name}: {one.row.why}")
        print(f"{workload}: {one.row.name} began, at {time.monotonic() - begun:.0f} s", file=sys.stderr)
    rounds(args.repeats, able, contest, workload, end)
    for one in able:
        one.stop()
    return [*(one.row for one in able), *unable]


def rounds(repeats: int, able: list[Contestant], contest: Contest, workload: str, end: float) -> None:
    """All by turns; at least once, then while there is time."""
    longest = 0.0
    for repeat in range(repeats):
        start = time.monotonic()
        if repeat and start + longest > end:
            print(f"{workload}: {repeat} rounds of {repeats}, for time", file=sys.stderr)
            return
        for one in able:
            if not one.row.why:
                contest.attempt(contest.again, one)
        longest = max(longest, time.monotonic() - start)
        print(f"{workload}: round {repeat + 1} of {repeats}, {longest:.1f} s", file=sys.stderr)
