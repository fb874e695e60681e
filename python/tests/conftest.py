"""Shared studies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gpu_sweep as gs


@pytest.fixture(scope="session")
def moons() -> tuple[np.ndarray, np.ndarray]:
    return gs.datasets.moons(data_seed=3)


#: Four learning rates, two momenta, five seeds.
GRID = {
    "lr": np.geomspace(0.01, 1, 4),
    "momentum": [0.0, 0.5],
    "optimizer": "momentum",
    "seeds": 5,
    "epochs": 60,
    "test_fraction": 0.25,
    "record": "both",
    "save_weights": True,
    "device": "cpu",
}


@pytest.fixture(scope="session")
def grid() -> gs.Study:
    """The grid in memory."""
    return gs.sweep(**GRID)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grid in a folder, which the command line wrote."""
    path = tmp_path_factory.mktemp("studies") / "grid"
    flags = {name.replace("_", "-"): value for name, value in GRID.items()}
    words = [f"--{flag}={_words(value)}" for flag, value in flags.items()]
    code = "import sys; from gpu_sweep._command import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *words, f"--out={path}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path


def _words(value: object) -> str:
    """Writes a setting as it is typed."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(repr(float(x)) for x in value) if isinstance(value, (list, np.ndarray)) else str(value)
