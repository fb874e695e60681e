"""What `fractal.py` begins with, from the folder of a map.

    gpu-sweep map --pixels 64 --save-weights --out map
    python fractal_inputs.py map fractal-inputs.npz --binary target/release/gpu-sweep

Points are those that the program prints, weights those of the first network: all networks of a map of learning rates begin alike.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import tomllib
from pathlib import Path

import numpy as np


def points(binary: str, folder: Path) -> np.ndarray:
    """Rows of features, then the target."""
    command = [binary, "--config", str(folder / "sweep.toml"), "--print-data"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return np.array(list(csv.reader(text.splitlines()))[1:], dtype=float)


def main() -> None:
    parser = argparse.ArgumentParser(description="Collects what a map's networks begin with.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--binary", default="gpu-sweep")
    args = parser.parse_args()
    rows = points(args.binary, args.folder)
    with np.load(args.folder / "map.npz") as found, np.load(args.folder / "weights.npz") as weights:
        rates = {name: found[name] for name in ("lr_first", "lr")}
        w1, w2 = weights["init_w1"][0], weights["init_w2"][0]
    epochs = tomllib.loads((args.folder / "sweep.toml").read_text())["epochs"]
    np.savez(args.output, x=rows[:, :-1], y=rows[:, -1], w1=w1, w2=w2, epochs=epochs, **rates)


if __name__ == "__main__":
    main()
