"""PyTorch's trainings in float64, of `tests/data`, through numpy arrays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_sweep as gs

DATA = Path(__file__).parents[2] / "tests" / "data"


def listed() -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Returns every case with its folder and its data set."""
    cases = []
    for folder in (DATA, DATA / "targets"):
        manifest = json.loads((folder / "manifest.json").read_text())
        cases += [(folder, case, manifest["datasets"][case["dataset"]]) for case in manifest["cases"]]
    return cases


CASES = listed()


def data(folder: Path, about: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.genfromtxt(folder / about["file"], delimiter=",", skip_header=1)
    features = about["features"]
    assert rows.shape[0] == about["points"]
    targets = rows[:, features:]
    return rows[:, :features], targets[:, 0] if targets.shape[1] == 1 else targets


def settings(case: dict[str, Any]) -> dict[str, Any]:
    """Translates PyTorch's arguments."""
    given = dict(case["optimizer"])
    kind = given.pop("kind").lower()
    if "momentum" in given:
        kind = "nesterov" if given.pop("nesterov", False) else "momentum"
    beta1, beta2 = given.pop("betas", (None, None))
    schedule = case["schedule"] or {}
    regression = case["loss"] in ("mse", "mae", "huber") and case["dataset"].startswith("curve")
    return {
        "hidden": case["sizes"][1:-1] or "none",
        "activation": case["activation"].replace("_", "-"),
        "optimizer": kind,
        "momentum": given.pop("momentum", None),
        "weight_decay": given.pop("weight_decay", None),
        "beta1": beta1,
        "beta2": beta2,
        "alpha": given.pop("alpha", None),
        "epsilon": given.pop("eps", None),
        "clip": case["clip_norm"],
        "loss": case["loss"],
        "bias": case["bias"],
        "class_weight": case.get("class_weight"),
        "label_smoothing": case.get("label_smoothing") or None,
        "batch_size": case["batch"],
        "epochs": case["epochs"],
        "schedule": schedule.get("kind", "constant").replace("_", "-"),
        "step_size": schedule.get("step_size"),
        "gamma": schedule.get("gamma"),
        "warmup": schedule.get("warmup"),
        "standardize": case["standardize"],
        "standardize_target": False if regression else None,
        "task": "regression" if regression else None,
    }


def test_there_are_all_cases() -> None:
    assert len(CASES) == 37 + 13


@pytest.mark.parametrize(("folder", "case", "about"), CASES, ids=[case["name"] for _, case, _ in CASES])
def test_losses_and_weights(folder: Path, case: dict[str, Any], about: dict[str, Any]) -> None:
    truth = np.load(folder / case["file"])
    study = gs.sweep(
        data(folder, about),
        trials={"lr": truth["lr"], "seed": truth["seed"]},
        init_from={name: truth[name] for name in truth if name.startswith("init_")},
        batch_order=truth["order"] if case["batch"] else None,
        record_every=1,
        curves="all",
        device="cpu",
        **settings(case),
    )
    # Ten times what PyTorch's own float32 is off: sums round differently.
    allowed = np.maximum(10 * truth["float32_deviation"], 2e-5)
    losses = study.curves["train_loss"]
    assert losses.shape == truth["losses"].T.shape
    off = np.abs(losses - truth["losses"].T) / np.maximum(np.abs(truth["losses"].T), 1e-2)
    assert np.isfinite(off).all() and (off.max(axis=1) <= allowed).all(), off.max()
    for model in range(0, case["models"], max(1, case["models"] // 4)):
        for name, array in study.model(model).weights.items():
            expected = truth[f"final_{name}"][model]
            assert np.abs(array - expected).max() <= max(1e-3, allowed[model]) * max(1.0, np.abs(expected).max()), name
