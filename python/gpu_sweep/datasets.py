"""The built-in data sets as arrays: ``X, y = gs.datasets.moons(noise=0.2)``."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from . import _core

#: Names of the sets.
NAMES: list[str] = _core.dataset_names()


def load(name: str, **settings: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Returns ``(X, y)``: features ``[rows, features]``, and class indices ``[rows]`` or numbers ``[rows]``.

    ``settings`` are those of the set, such as ``data_seed`` or ``blur``.
    """
    if "dataset" in settings:
        raise TypeError("unexpected keyword argument 'dataset'")
    if name == "random":
        settings.setdefault("loss", "mse")  # Its targets are numbers; others can't learn them.
    x, y, features, classes, targets = _core.dataset({"dataset": name, **settings})
    X = np.array(x).reshape(-1, len(features))
    values = np.array(y)
    if classes:
        return X, values.astype(np.int64)
    return X, values if len(targets) == 1 else values.reshape(len(X), -1)


def __getattr__(name: str) -> Callable[..., tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    key = name.replace("_", "-")
    if key not in NAMES:
        raise AttributeError(f"no built-in data set is called {name!r}; there are {', '.join(NAMES)}")
    return lambda **settings: load(key, **settings)


def __dir__() -> list[str]:
    return ["load", "NAMES", *(name.replace("-", "_") for name in NAMES)]
