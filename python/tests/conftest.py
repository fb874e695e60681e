"""Shared studies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gpu_sweep as gs


@pytest.fixture(scope="session")
def moons() -> tuple[np.ndarray, np.ndarray]:
    return gs.datasets.moons(data_seed=3)


@pytest.fixture(scope="session")
def grid() -> gs.Study:
    """Four learning rates, two momenta, five seeds."""
    return gs.sweep(
        lr=np.geomspace(0.01, 1, 4),
        momentum=[0.0, 0.5],
        optimizer="momentum",
        seeds=5,
        epochs=60,
        test_fraction=0.25,
        record="both",
        save_weights=True,
        device="cpu",
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, in a folder."""
    path = tmp_path_factory.mktemp("studies") / "grid"
    gs.sweep(
        lr=np.geomspace(0.01, 1, 4),
        momentum=[0.0, 0.5],
        optimizer="momentum",
        seeds=5,
        epochs=60,
        test_fraction=0.25,
        record="both",
        save_weights=True,
        device="cpu",
        out=path,
    )
    return path
