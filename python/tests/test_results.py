"""Results as arrays and tables: the same numbers as in the folder of the command line."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gpu_sweep as gs


def test_models_are_the_rows_of_the_file(grid: gs.Study, folder: Path) -> None:
    theirs = pd.read_parquet(folder / "models.parquet")
    for study in (grid, gs.load(folder)):
        ours = study.models.to_pandas()
        assert list(ours.columns) == list(theirs.columns) and len(ours) == len(theirs) == 40
        for name in theirs:
            if theirs[name].dtype.kind in "fiu":
                np.testing.assert_array_equal(ours[name].to_numpy(dtype=float), theirs[name].to_numpy(dtype=float))
            else:
                assert list(ours[name].astype(str)) == list(theirs[name].astype(str)), name


def test_curves_have_axes_then_seeds_then_epochs(grid: gs.Study, folder: Path) -> None:
    assert grid.curves.dims == ("lr", "momentum", "seed", "epoch")
    assert set(grid.curves) == {"train_loss", "train_acc", "test_loss", "test_acc"}
    kept, loaded = np.load(folder / "curves.npz"), gs.load(folder)
    models = grid.models
    for name in grid.curves:
        curve = grid.curves[name]
        assert curve.shape == (4, 2, 5, len(grid.curves.coords["epoch"])) and curve.dtype == np.float32
        np.testing.assert_array_equal(curve, loaded.curves[name])
        for row, flat in zip(range(models.rows), kept[name], strict=True):
            at = (
                list(grid.curves.coords["lr"]).index(models["lr"][row]),
                list(grid.curves.coords["momentum"]).index(models["momentum"][row]),
                list(grid.curves.coords["seed"]).index(models["seed"][row]),
            )
            np.testing.assert_array_equal(curve[at], flat)
        with pytest.raises(ValueError, match="read-only"):
            curve[0, 0, 0, 0] = 1
    np.testing.assert_array_equal(grid.curves.coords["epoch"], kept["epoch"])


def test_curves_of_cells_and_of_lists() -> None:
    cells = gs.sweep(lr=[0.1, 0.2, 0.4], hidden=[[1], [2, 2]], seeds=2, epochs=5, device="cpu")
    assert cells.curves.dims == ("cell", "lr", "seed", "epoch") and cells.curves["train_loss"].shape[:3] == (2, 3, 2)
    cut = gs.sweep(lr=[0.1, 0.2, 0.4], models=4, epochs=5, device="cpu")
    assert cut.curves.dims == ("model", "epoch") and cut.curves["train_loss"].shape[0] == 4


def test_axes_are_exactly_as_given() -> None:
    rates = np.random.default_rng(0).uniform(0.01, 1, 7)
    study = gs.sweep(lr=rates, seeds=1, epochs=1, device="cpu")
    np.testing.assert_array_equal(study.models["lr"], rates)


def test_empty_texts_of_a_summary_stay_empty() -> None:
    more = {"seeds": 3, "epochs": 20, "device": "cpu"}
    some = gs.sweep(lr=[1e-6, 0.1, 0.3], optimizer=["sgd", "adam"], **more).summary
    words = dict(zip(some["optimizer"], some["near_best"]))
    assert set(words) == {"sgd", "adam"} and set(some["near_best"]) <= {"", "true", "false"}
    assert "" in list(some["near_best"]), "the test needs a curve that did not learn"
    # Nothing learned: no text at all.
    none = gs.sweep(lr=[1e-6, 0.1, 0.3], optimizer="sgd", **more)
    assert set(none.summary["near_best"]) == {""} and none.near_best is None and "<table" in none._repr_html_()


def test_summary_best_and_range_agree_with_the_models(grid: gs.Study, folder: Path) -> None:
    with open(folder / "summary.csv", newline="") as file:
        theirs = list(csv.DictReader(file))
    ours = grid.summary.to_pandas()
    assert list(ours.columns) == list(theirs[0]) and len(ours) == len(theirs) == 8
    np.testing.assert_array_equal(ours["lr"], [float(row["lr"]) for row in theirs])
    best = grid.best
    assert best is not None and best.rows == "train" and best.models == 5
    models = grid.models.to_pandas()
    of_best = models[(models.lr == best.settings["lr"]) & (models.momentum == best.settings["momentum"])]
    assert best.score == pytest.approx(of_best.train_acc.mean(), abs=1e-12)
    assert best.score == pytest.approx(models.groupby(["lr", "momentum"]).train_acc.mean().max(), abs=1e-12)
    assert best.successes == (of_best.train_acc > grid.threshold).sum()
    near = grid.near_best
    assert near is not None and near.range[0] <= best.settings["lr"] <= near.range[1]


def test_the_best_is_the_best_of_all_curves() -> None:
    study = gs.sweep(lr=[0.01, 0.1, 0.5], momentum=[0, 0.5, 0.9], optimizer="momentum", seeds=10, epochs=60, device="cpu")
    means = study.models.to_pandas().groupby(["lr", "momentum"]).train_acc.mean()
    assert study.best is not None and study.near_best is not None
    assert study.best.score == pytest.approx(means.max(), abs=1e-12)
    assert study.near_best.name == study.best.curve and f"{study.best.settings['momentum']:g}" in study.best.curve
    by_loss = gs.sweep(lr=[0.01, 0.1, 0.5], seeds=10, epochs=60, select="loss", device="cpu")
    losses = by_loss.models.to_pandas().groupby("lr").train_loss.mean()
    assert by_loss.best is not None and by_loss.best.score == pytest.approx(losses.min(), rel=1e-9)
    assert "loss 0." in repr(by_loss)
    tested = gs.sweep(lr=[0.01, 0.1], seeds=10, epochs=60, test_fraction=0.3, device="cpu")
    assert tested.best is not None and tested.best.rows == "train" and tested.best.accuracy_rows == "test"
    own = tested.models.to_pandas()
    own = own[own.lr == tested.best.settings["lr"]]
    assert tested.best.accuracy == pytest.approx(own.test_acc.mean()) and tested.best.score == pytest.approx(own.train_acc.mean())
    low, high = tested.best.accuracy_interval or (1, 0)
    assert low <= tested.best.accuracy <= high


def test_summary_and_models_can_be_joined() -> None:
    study = gs.sweep(hidden=[[1], [4]], batch_size=["full", 32], lr=[0.1, 0.3], seeds=2, epochs=3, device="cpu")
    models, summary = study.models.to_pandas(), study.summary.to_pandas()
    joined = models.astype({"hidden": str, "batch_size": str}).merge(
        summary.astype({"hidden": str, "batch_size": str}), on=["hidden", "batch_size", "lr"]
    )
    assert len(joined) == len(models) == 16 and summary.n.dtype == np.uint64 and (summary.n == 2).all()


def test_threads_read_a_folder_at_once(folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    studies = [gs.load(folder) for _ in range(4)] * 5
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda study: study.models.rows, studies)) == {40}


def test_a_folder_with_missing_models_says_so(tmp_path: Path) -> None:
    (job, _) = gs.shards(2, lr=[0.1, 0.3], seeds=20, epochs=5, chunk_models=10, out=tmp_path)
    with pytest.warns(UserWarning, match="only 20 of 40 models"):
        part = gs.load(job())
    assert part.models.rows == 20 and part.curves["train_loss"].shape[0] == 20
    np.testing.assert_array_equal(part.curves.coords["model"], part.models["model_id"])


def test_other_libraries_read_the_tables(grid: gs.Study) -> None:
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    table = grid.models
    assert table.to_polars()["lr"].to_list() == list(table["lr"])
    assert pyarrow.table(table).column("seed").to_pylist() == list(table["seed"])
    assert polars.DataFrame(table).shape == (40, len(table.keys())) and len(table) == 40
    assert table.to_polars()["diverged_epoch"].null_count() == 40
    xarray = pytest.importorskip("xarray")
    assert isinstance(grid.curves.to_xarray(), xarray.Dataset)


def test_pictures_are_drawn_from_memory_and_from_the_folder(grid: gs.Study, folder: Path, tmp_path: Path) -> None:
    loaded = gs.load(folder)
    assert dir(grid.plot) == dir(loaded.plot) and {"accuracy", "losses", "heatmap", "data"} <= set(dir(grid.plot))
    for name in dir(grid.plot):
        ours, theirs = getattr(grid.plot, name)(), getattr(loaded.plot, name)()
        assert ours.svg.startswith("<svg ") and ours.svg == theirs.svg, name
        assert ours.svg == (folder / "pictures" / f"{name.replace('_', '-')}.svg").read_text(), name
    picture = grid.plot.accuracy()
    assert "accuracy" in picture.caption.lower() or "%" in picture.caption
    for end, begin in ((".png", b"\x89PNG"), (".svg", b"<svg ")):
        picture.save(tmp_path / f"a{end}")
        assert (tmp_path / f"a{end}").read_bytes().startswith(begin)
    with pytest.raises(gs.InvalidSetting, match=r"\.png or \.svg"):
        picture.save(tmp_path / "a.bmp")
    with pytest.raises(gs.InvalidSetting, match="no picture is called"):
        grid.plot.nonsense()


def test_a_study_shows_itself_in_a_line_and_in_a_notebook(grid: gs.Study) -> None:
    assert "\n" not in repr(grid) and "40 models" in repr(grid) and "momentum" in repr(grid)
    assert "<svg " in grid._repr_html_() and "<table>" in grid._repr_html_()
    assert "40 rows" in repr(grid.models) and "train_loss" in repr(grid.curves)


def test_only_a_study_in_a_folder_is_pickled(grid: gs.Study, folder: Path) -> None:
    again = pickle.loads(pickle.dumps(gs.load(folder)))
    np.testing.assert_array_equal(again.models["train_loss"], grid.models["train_loss"])
    with pytest.raises(TypeError, match="out="):
        pickle.dumps(grid)


def test_variance_and_seeds_needed(grid: gs.Study) -> None:
    shares = grid.variance
    assert shares is not None
    rows = shares.to_pandas()
    success = rows[rows.outcome == "train_acc"]
    assert set(success.component) >= {"lr", "seed"} and success.share.dropna().between(0, 1).all()
    needed = gs.sweep(lr=[0.001, 0.1], seeds=30, device="cpu", epochs=300).seeds_needed()
    assert needed.difference > 0 and needed.unpaired["seeds"] >= 2
