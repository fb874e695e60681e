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
    for name in gs.datasets.NAMES:
        X, y = gs.datasets.load(name)
        assert len(X) == len(y) > 0, name
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


def test_a_study_grows_by_shards(tmp_path: Path, moons: tuple[np.ndarray, np.ndarray]) -> None:
    pilot = gs.sweep(moons, lr=[0.1, 0.3], seeds=4, epochs=5, device="cpu")
    folders = [job() for job in pilot.shards(2, out=tmp_path / "parts", seeds=20)]
    grown = gs.merge(*folders, out=tmp_path / "grown")
    again = gs.sweep(moons, lr=[0.1, 0.3], seeds=20, epochs=5, device="cpu")
    np.testing.assert_array_equal(grown.models["train_loss"], again.models["train_loss"])
    # A study from its folder knows its settings and its data from there.
    parts = gs.load(tmp_path / "grown").shards(2, out=tmp_path / "others", seeds=30, device="cpu")
    assert gs.merge(*[job() for job in parts], out=tmp_path / "more").n_models == 60


def test_a_map_is_the_sweep_of_its_pixels() -> None:
    axes = {"x": "lr=geomspace:0.01:30:24", "y": "lr-first=geomspace:0.01:30:16"}
    more = {"hidden": 4, "activation": "tanh", "epochs": 60, "points": 20, "bias": False, "loss": "mse", "device": "cpu"}
    found = gs.map("random", **axes, **more)
    assert found.names == ("lr", "lr_first") and found.converged.shape == (16, 24)
    assert 0.05 < found.converged.mean() < 0.95 and found._repr_png_().startswith(b"\x89PNG")
    sweep = gs.sweep("random", lr=found.x, lr_first=found.y, seeds=1, **more)
    ended = sweep.models["train_loss"].reshape(16, 24)
    # What converged ends with a smaller loss than what did not, by and large.
    assert np.nanmedian(ended[found.converged]) < np.nanmedian(np.where(np.isnan(ended), np.inf, ended)[~found.converged])
    again = gs.map("random", x=("lr", found.x), y=("lr_first", found.y), **more)
    np.testing.assert_array_equal(again.converged, found.converged)
    with pytest.raises(gs.InvalidSetting, match=r"\.png"):
        found.save("map.svg")
    with pytest.raises(gs.InvalidSetting, match="x"):
        gs.map("random", x="nothing=1", y=axes["y"])


def test_a_landscape_is_lowest_where_the_model_ended() -> None:
    study = gs.sweep(lr=[0.05, 0.5], seeds=4, epochs=200, device="cpu")
    found = gs.landscape(study, "best", grid=21, paths=3)
    assert found.loss.shape == (len(found.lr), 21, 21) and np.isfinite(found.loss).mean() > 0.5
    own = list(found.lr).index(study.model("best").row["lr"])
    at = np.abs(found.a[own]).argmin(), np.abs(found.b[own]).argmin()
    # The nearest of 21 grid points is up to half a step from the end point, where the loss is flat.
    assert found.loss[own, at[1], at[0]] == pytest.approx(study.model("best").row["train_loss"], rel=0.2)
    assert found.plot().svg.startswith("<svg ")
