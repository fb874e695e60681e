"""What a comparison leaves: a table, and JSON with all runs."""

from __future__ import annotations

import platform
import shutil
import statistics
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contestants import Row
from peer import cores

PACKAGES = ("numpy", "torch", "triton", "jax", "jaxlib", "jax-cuda13-plugin", "numba")


def figures(row: Row) -> dict[str, float | None]:
    """A row's times: of training the median and extremes of all rounds but the first training, which warms up; of the
    whole the first, with empty caches."""
    trains = [run.train for run in row.runs[1:]]
    first = row.runs[0]
    return {
        "train": statistics.median(trains),
        "train_min": min(trains),
        "train_max": max(trains),
        "with_compile": first.with_compile,
        "process": first.process,
    }


def seconds(value: float) -> str:
    """Three digits, whatever the size."""
    if value >= 7200:
        return f"{value / 3600:.3g} h"
    number, unit = (value, "s") if value >= 0.1 else (1000 * value, "ms")
    return f"{number:.0f} {unit}" if number >= 99.95 else f"{number:#.3g} {unit}"


def spread(row: Row) -> str:
    f = figures(row)
    return f"{seconds(f['train'])} ({seconds(f['train_min'])}–{seconds(f['train_max'])})"


def remarks(row: Row) -> str:
    parts = [f"extrapolated from {row.models} models" if row.sampled else "", row.note]
    return "; ".join(part for part in parts if part)


HEAD = ("", "training: median (min–max)", "× ours", "with compile", "process", "on", "remarks")


def table(rows: list[Row]) -> str:
    """Lines for people."""
    best = next((figures(row)["train"] for row in rows if row.ours and not row.why), float("nan"))
    lines, failed = [HEAD], []
    for row in rows:
        if row.why:
            failed.append(row)
            continue
        f = figures(row)
        where = f"{row.device}, {row.processes} × {row.threads}" if row.device == "cpu" else row.device
        ratio = f"{f['train'] / best:.3g}"
        lines.append((row.name, spread(row), ratio, seconds(f["with_compile"]), seconds(f["process"]), where, remarks(row)))
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEAD))]
    widths[0] = max(len(row.name) for row in rows)
    cell = lambda text, k: text.ljust(widths[k]) if k in (0, 1, 5, 6) else text.rjust(widths[k])
    texts = ["  ".join(cell(text, k) for k, text in enumerate(line)).rstrip() for line in lines]
    return "\n".join(texts + [f"{row.name.ljust(widths[0])}  {row.why}" for row in failed])


def as_json(row: Row) -> dict[str, object]:
    described = {key: value for key, value in asdict(row).items() if value not in ("", [], False)}
    if row.sampled:
        described["sample"] = row.models
    described.pop("sampled", None)
    return described | ({} if row.why else {"seconds": figures(row)})


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{name}, {len(cores())} cores"


def gpu() -> str:
    """The NVIDIA GPU and its driver; nothing where there is none."""
    if shutil.which("nvidia-smi"):
        command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.strip():
            name, driver = done.stdout.splitlines()[0].split(", ")
            return f"{name}, driver {driver}"
    code = "import torch; print(torch.cuda.get_device_name() if torch.cuda.is_available() else '')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


def versions(binary: Path) -> dict[str, str]:
    ours = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.split()
    found = {ours[0]: ours[1], "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def head(device: str, binary: Path, graphics: str) -> dict[str, object]:
    """When, how and where."""
    where = {"device": device, "processor": processor()} | ({"gpu": graphics} if device == "cuda" else {})
    return {"date": str(date.today()), "command": sys.argv, **where, "versions": versions(binary)}
