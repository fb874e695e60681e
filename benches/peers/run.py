"""Our program and the others by turns: the same data, initial weights and learning rates, one table.

    python run.py --binary ../../target/release/gpu-sweep [--workloads W,W2,W3] [--rivals ...] [--repeats 3] [--json FILE]

Training is compared with training: without start-up and compilation on either side. A rival whose losses disagree gets
no time; one that is not installed is named.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from problem import Problem

HERE = Path(__file__).parent
WORKLOADS = {  # hidden layers, models, epochs, epochs between two losses
    "W": ("1", 2000, 1000, 1),
    "W2": ("16,16", 1000, 1000, 10),
    "W3": ("1", 100_000, 1000, 10),
}
RIVALS = {  # module, variant, processes, package, workloads
    "jax vmap": ("jax_vmap", "vmap", 2, "jax", {"W", "W2"}),
    "jax last axis": ("jax_vmap", "last-axis", 2, "jax", {"W", "W3"}),
    "jax batched": ("jax_vmap", "batched", 2, "jax", {"W2"}),
    "torch.compile last axis": ("torch_batched", "last-axis", 2, "torch", {"W", "W3"}),
    "torch.compile batched": ("torch_batched", "batched", 2, "torch", {"W2"}),
    "numba lanes": ("numba_cpu", "lanes", 1, "numba", {"W", "W3"}),
    "numba rows": ("numba_cpu", "rows", 1, "numba", {"W2"}),
}
# Losses of f32 programs that add in different orders. A model that passes a kink on the other side goes its own way for a
# while, so that a few may differ more.
CLOSE, MEDIAN, SHARE = 1e-3, 1e-5, 0.99


def ours(binary: Path, flags: list[str], folder: Path) -> dict[str, float]:
    """Runs our program; seconds of the process and of its training."""
    start = time.perf_counter()
    command = [binary, "--device", "cpu", "--force", "--json", "--quiet", "--out", folder, *flags]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"process": time.perf_counter() - start, "train": json.loads(done.stdout)["seconds"]["train"]}


def flags_of(workload: str) -> list[str]:
    hidden, models, epochs, every = WORKLOADS[workload]
    return ["--hidden", hidden, "--models", str(models), "--epochs", str(epochs), "--record-every", str(every)]


def pose(binary: Path, workload: str, folder: Path) -> tuple[Problem, np.ndarray]:
    """The problem as our program sees it, from a run that saves its weights, and its final losses."""
    flags = [*flags_of(workload), "--save-weights", "--curves", "none"]
    ours(binary, flags, folder)
    shown = subprocess.run([binary, "--print-data"], check=True, capture_output=True, text=True).stdout
    table = np.loadtxt(shown.splitlines(), delimiter=",", skiprows=1, dtype=np.float64)
    names = (folder / "models.csv").open().readline().strip().split(",")
    columns = [names.index("lr"), names.index("train_loss")]
    lr, losses = np.loadtxt(folder / "models.csv", delimiter=",", skiprows=1, usecols=columns, unpack=True)
    with np.load(folder / "weights.npz") as arrays:
        layers = range(1, 1 + sum(name.startswith("init_w") for name in arrays))
        weights = tuple(arrays[f"init_w{k}"].astype(np.float32) for k in layers)
        biases = tuple(arrays[f"init_b{k}"].astype(np.float32) for k in layers)
    _, _, epochs, every = WORKLOADS[workload]
    x, y = table[:, :-1].astype(np.float32), table[:, -1].astype(np.float32)
    return Problem(x, y, lr.astype(np.float32), weights, biases, epochs, every), losses


def rival(name: str, problem: Path, out: Path) -> dict[str, object]:
    module, variant, processes, *_ = RIVALS[name]
    start = time.perf_counter()
    command = [sys.executable, "peer.py", module, variant, "--problem", problem, "--out", out, "--processes", str(processes)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    with np.load(out) as result:
        seconds = {part: float(result[part]) for part in ("import", "compile", "train")}
        return {"process": time.perf_counter() - start, **seconds, "losses": result["losses"][-1]}


def disagreement(theirs: np.ndarray, losses: np.ndarray) -> str | None:
    difference = np.abs(theirs - losses)
    close, middle = float(np.mean(difference <= CLOSE)), float(np.median(difference))
    fine = close >= SHARE and middle <= MEDIAN and bool(np.isfinite(theirs).all())
    return None if fine else f"disagrees: {100 * close:.1f} % of models within {CLOSE}, median {middle:.1e}"


def compare(binary: Path, workload: str, names: list[str], repeats: int, folder: Path) -> dict[str, dict]:
    problem, losses = pose(binary, workload, folder / "posed")
    problem.save(folder / "problem.npz")
    results: dict[str, dict] = {"gpu-sweep": {"runs": []}} | {name: {"runs": []} for name in names}
    for repeat in range(repeats):
        results["gpu-sweep"]["runs"].append(ours(binary, flags_of(workload), folder / "ours"))
        for name in names:
            if "why" in results[name]:
                continue
            run = rival(name, folder / "problem.npz", folder / "result.npz")
            why = run.get("failed") or disagreement(run.pop("losses"), losses)
            if why:
                results[name] = {"why": why}
            else:
                results[name]["runs"].append(run)
        print(f"{workload}: {repeat + 1} of {repeats}", file=sys.stderr)
    return results


def table(workload: str, results: dict[str, dict]) -> None:
    middle = lambda runs, part: statistics.median(run[part] for run in runs)
    best = middle(results["gpu-sweep"]["runs"], "train")
    print(f"\n{workload}: {' '.join(flags_of(workload))}\n{'':26}training   ratio   process")
    for name, result in results.items():
        if "why" in result:
            print(f"{name:26}{result['why']}")
            continue
        train, process = middle(result["runs"], "train"), middle(result["runs"], "process")
        print(f"{name:26}{train:7.3f} s {train / best:6.1f} × {process:8.2f} s")


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("numpy", "jax", "torch", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(description="Our program and its rivals by turns.")
    parser.add_argument("--binary", type=lambda path: Path(path).resolve(), required=True)
    parser.add_argument("--workloads", default="W,W2,W3", type=lambda text: text.split(","))
    parser.add_argument("--rivals", default=",".join(RIVALS), type=lambda text: text.split(","))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    for kind, given, known in (("workload", args.workloads, WORKLOADS), ("rival", args.rivals, RIVALS)):
        for name in set(given) - set(known):
            parser.error(f"no {kind} {name!r}; there are {', '.join(known)}")
    everything = {}
    for workload in args.workloads:
        names = [name for name in args.rivals if workload in RIVALS[name][4]]
        missing = [name for name in names if importlib.util.find_spec(RIVALS[name][3]) is None]
        with tempfile.TemporaryDirectory() as folder:
            results = compare(args.binary, workload, [n for n in names if n not in missing], args.repeats, Path(folder))
        everything[workload] = results | {name: {"why": f"{RIVALS[name][3]} is not installed"} for name in missing}
        table(workload, everything[workload])
    if args.json:
        head = {"date": str(date.today()), "command": sys.argv, "processor": processor(), "versions": versions()}
        args.json.write_text(json.dumps(head | {"workloads": everything}, indent=1) + "\n")


if __name__ == "__main__":
    main()
