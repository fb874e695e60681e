"""Range tests, devices, checks, shards on other workers."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

import gpu_sweep as gs


def test_a_range_test_suggests_rates_that_train() -> None:
    found = gs.lr_find("moons", hidden=16, activation="tanh", seeds=20, device="cpu")
    assert len(found.rates) == 100 and len(found.losses) == 20
    assert found.grid is not None and found.steepest is not None
    assert found.grid[0] <= found.steepest["median"] <= found.grid[-1] * 1.001
    assert found.plot().svg.startswith("<svg ") and "\n" not in repr(found)
    study = gs.sweep("moons", hidden=16, activation="tanh", lr=found.grid, seeds=5, epochs=200, device="cpu")
    assert study.best is not None and study.best.score is not None and study.best.score > 0.85


def test_devices_and_checks() -> None:
    engines = {engine["engine"] for engine in gs.devices()["engines"]}
    assert engines == {"cpu", "reference"}
    checks = gs.verify("cpu")
    assert len(checks) > 5 and all(check["passed"] is not False for check in checks)


def test_built_in_data_are_arrays() -> None:
    X, y = gs.datasets.iris()
    assert X.shape == (150, 4) and sorted(set(y)) == [0, 1, 2]
    X, y = gs.datasets.diabetes()
    assert X.shape == (442, 10) and y.dtype == np.float64
    assert "moons" in dir(gs.datasets)
    with pytest.raises(AttributeError, match="there are"):
        gs.datasets.mnist()


def test_shards_on_other_processes_are_byte_for_byte_the_study(tmp_path: Path) -> None:
    settings = {"lr": [0.1, 0.3], "seeds": 60, "epochs": 30, "chunk_models": 16, "device": "cpu"}
    whole = gs.sweep(**settings, out=tmp_path / "whole")
    jobs = gs.shards(3, out=tmp_path / "shards", **settings)
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        folders = list(pool.map(gs.Shard.__call__, jobs))
    # A worker that was lost: its job is done again.
    assert jobs[1]() == folders[1]
    merged = gs.merge(*folders, out=tmp_path / "merged")
    assert merged.n_models == whole.n_models == 120
    for name in ("models.parquet", "curves.npz", "summary.csv"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    with pytest.raises(gs.StudyError):
        gs.merge(*folders[:2], out=tmp_path / "part")
