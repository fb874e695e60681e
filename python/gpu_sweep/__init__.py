"""Trains thousands to millions of small neural networks at once, and shows what the learning rate and the seed did.

>>> import gpu_sweep as gs
>>> study = gs.sweep(lr=[0.001, 0.01, 0.1], seeds=20, epochs=200, device="cpu")
>>> study.n_models
60
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import datasets
from ._core import __version__
from ._curves import Curves
from ._errors import DataError, DeviceError, InvalidSetting, StudyError, SweepError
from ._model import Landscape, Model, Replay
from ._plot import Picture
from ._study import Group, NearBest, SeedsNeeded, Study, load
from ._sweep import settings, sweep
from ._table import Table
from ._tools import LrRange, Map, Shard, devices, landscape, lr_find, map, merge, shards, verify

if TYPE_CHECKING:
    from ._sklearn import SweepClassifier, SweepRegressor

__all__ = [
    "Curves",
    "DataError",
    "DeviceError",
    "Group",
    "InvalidSetting",
    "Landscape",
    "LrRange",
    "Map",
    "Model",
    "NearBest",
    "Picture",
    "Replay",
    "SeedsNeeded",
    "Shard",
    "Study",
    "StudyError",
    "SweepClassifier",
    "SweepError",
    "SweepRegressor",
    "Table",
    "__version__",
    "datasets",
    "devices",
    "landscape",
    "load",
    "lr_find",
    "map",
    "merge",
    "settings",
    "shards",
    "sweep",
    "verify",
]


def __getattr__(name: str) -> Any:
    # scikit-learn is imported only by those who use it.
    if name in ("SweepClassifier", "SweepRegressor"):
        from . import _sklearn

        return getattr(_sklearn, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
