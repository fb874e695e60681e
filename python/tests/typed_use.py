"""Calls as people write them, for mypy and pyright: wrong ones must be marked as errors."""

from __future__ import annotations

import numpy as np

import gpu_sweep as gs


def use() -> tuple[gs.Study, float | None]:
    """Is checked, not run."""
    X, y = gs.datasets.moons()
    study = gs.sweep((X, y), lr=np.geomspace(0.01, 1, 4), seeds=5, hidden=(4,), optimizer=["sgd", "adam"], progress=True)
    gs.sweep("moons", no_such=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    gs.sweep("moons", bias="maybe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model = study.model("best")
    print(model.predict(X).shape, model.weights["w1"].shape, model.replay().sharpness.max())
    print(model.no_such)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    best = study.best
    return study, None if best is None else best.accuracy
