"""Calls beside training: range tests, devices, checks, shards."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import _core
from ._errors import InvalidSetting
from ._model import Landscape
from ._plot import Picture
from ._progress import Progress
from ._study import Study
from ._sweep import SHARED, prepared, refuse_unknown, run


class LrRange:
    """What a learning-rate range test found: :func:`lr_find`."""

    def __init__(self, found: dict[str, Any], svg: bytes, png: bytes) -> None:
        #: Learning rates ``[steps]``.
        self.rates = np.array(found["rates"])
        #: Smoothed loss before each step, one array per seed; a curve ends where the loss grows.
        self.losses = [np.array(losses) for losses in found["losses"]]
        #: Median over the seeds of the rate at which the loss falls most steeply, with ``low`` and ``high``; None if unclear.
        self.steepest: dict[str, float] | None = found["steepest"]
        #: The same for the rate at which the loss is lowest.
        self.lowest: dict[str, float] | None = found["lowest"]
        self._grid = found["grid"]
        self._files = {"svg": svg, "png": png}

    @property
    def grid(self) -> np.ndarray[Any, Any] | None:
        """Learning rates to try: ``gs.sweep(lr=found.grid)``; None if none can be suggested."""
        grid = self._grid
        return None if grid is None else np.geomspace(grid["start"], grid["stop"], grid["count"])

    def plot(self) -> Picture:
        """Draws the losses against the learning rate."""
        alt = "Loss against learning rate in a range test, a line for each seed"
        return Picture("lr-find", self._files.__getitem__, "", alt, lambda: self.losses)

    def __repr__(self) -> str:
        grid = self._grid
        text = "no grid suggested" if grid is None else f"try {grid['start']:.2g} to {grid['stop']:.2g}"
        return f"<LrRange of {len(self.losses)} seeds: {text}>"


def lr_find(
    data: Any = None,
    /,
    *,
    start: float = 1e-5,
    stop: float = 10.0,
    steps: int = 100,
    smoothing: float | None = None,
    seeds: int = 100,
    seed: int = 0,
    device: str | None = None,
    threads: int | None = None,
    progress: bool | Callable[[int], None] = False,
    **settings: Any,
) -> LrRange:
    """Trains ``seeds`` networks for ``steps`` steps with a learning rate that grows from ``start`` to ``stop``."""
    own = {"lr", "epochs", "models"} & settings.keys()
    if own or steps < 1 or seeds < 1:
        what = f"{min(own)} has no effect in a range test" if own else "steps and seeds must be 1 or more"
        raise InvalidSetting(f"{what}; it takes start, stop, steps and seeds")
    options = {"device": device, "threads": threads}
    with prepared(data, settings) as given:
        listener = Progress(progress)
        try:
            test = (start, stop, steps, smoothing, seeds, seed)
            found, svg, png = _core.lr_find(given.settings, options, test, given.core, listener)
        finally:
            listener.close()
    return LrRange(json.loads(found), svg, png)


class Map:
    """Which pairs of values of two hyper-parameters train: :func:`map`."""

    def __init__(self, found: dict[str, Any]) -> None:
        #: Names of the hyper-parameters from left to right and from bottom to top.
        self.names: tuple[str, str] = (found["x_name"], found["y_name"])
        #: Their values ``[W]`` and ``[H]``.
        self.x: np.ndarray[Any, Any] = found["x"]
        self.y: np.ndarray[Any, Any] = found["y"]
        #: Whether the network converged ``[H, W]``.
        self.converged: np.ndarray[Any, Any] = found["converged"]
        #: Sum of the losses over all epochs, each relative to the first and capped ``[H, W]``.
        self.loss_sum: np.ndarray[Any, Any] = found["loss_sum"]
        #: Sum of their inverses ``[H, W]``.
        self.inverse_sum: np.ndarray[Any, Any] = found["inverse_sum"]
        #: Box-counting dimension of the boundary; None if there is none, or too few pixels.
        self.dimension: float | None = found["dimension"]
        self._png: bytes = found["map_png"]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture as a PNG file."""
        if Path(path).suffix != ".png":
            raise InvalidSetting(f"path must end in .png, not {Path(path).suffix or Path(path).name!r}")
        Path(path).write_bytes(self._png)

    def _repr_png_(self) -> bytes:
        return self._png

    def __repr__(self) -> str:
        rough = "" if self.dimension is None else f", dimension of the boundary {self.dimension:.2f}"
        return f"<Map of {len(self.x)} × {len(self.y)} networks, {self.converged.mean():.0%} converge{rough}>"


def map(
    data: Any = None,
    /,
    *,
    x: str | tuple[str, Any] | None = None,
    y: str | tuple[str, Any] | None = None,
    pixels: int | None = None,
    zoom: tuple[float, float, float] | None = None,
    preset: str | None = None,
    device: str | None = None,
    threads: int | None = None,
    progress: bool | Callable[[int], None] = False,
    **settings: Any,
) -> Map:
    """Trains a network for each pair of values of two hyper-parameters: ``x="lr=geomspace:0.01:10:256"`` or
    ``x=("lr", array)``, and ``y`` alike.

    ``pixels``: networks across and up. ``zoom``: values of x and y, and how many times smaller the window around them is.
    ``preset``: one that is a map, such as ``fractal-tanh``.
    """
    options = {"device": device, "threads": threads, "preset": preset}
    if zoom is not None and len(zoom) != 3:
        raise InvalidSetting("zoom must be the values of x and y and a factor, (0.3, 0.5, 10)")
    if pixels is not None and pixels < 1:
        raise InvalidSetting(f"pixels must be 1 or more, not {pixels}")
    window = None if zoom is None else ([zoom[0], zoom[1]], zoom[2])
    with prepared(data, settings) as given:
        listener = Progress(progress)
        try:
            axes = [_axis("x", x), _axis("y", y)]
            return Map(_core.map(given.settings, options, axes, pixels, window, given.core, listener))
        finally:
            listener.close()


def _axis(place: str, axis: Any) -> str | None:
    """Writes an axis as the command line has it: ``lr=0.1,0.2``; numbers with the digits that give them back."""
    if axis is None or isinstance(axis, str):
        return axis
    if not isinstance(axis, tuple) or len(axis) != 2:
        raise TypeError(f"{place} must be a text, 'lr=geomspace:0.01:10:256', or a pair, ('lr', array)")
    name, values = axis
    return f"{name}={','.join(repr(float(value)) for value in np.asarray(values).ravel())}"


def landscape(study: Study, model: int | str = "best", **options: Any) -> Landscape:
    """Evaluates the loss around a model of a study: :meth:`Model.landscape`."""
    return study.model(model).landscape(**options)


def devices() -> dict[str, Any]:
    """Returns the engines and GPU adapters that ``device`` can name, with what they can do."""
    found: dict[str, Any] = json.loads(_core.devices())
    return found


def verify(device: str | None = None) -> list[dict[str, Any]]:
    """Checks a device against the 64-bit reference calculations; a row for each check. ``passed`` is None for one that is
    left out, which ``why`` explains."""
    checks: list[dict[str, Any]] = json.loads(_core.verify({"device": device}))
    return checks


@dataclass(frozen=True)
class Shard:
    """A part of a study, to be trained anywhere: it can be pickled, and calling it returns its folder."""

    index: int
    count: int
    folder: str
    data: Any = None
    settings: dict[str, Any] = field(default_factory=dict)

    def __call__(self) -> str:
        """Trains the shard; one that was stopped goes on."""
        settings = dict(self.settings)
        options = {name: settings.pop(name, None) for name in SHARED}
        run(self.data, {**options, "out": self.folder, "shard": f"{self.index}/{self.count}"}, settings, False)
        return self.folder


def shards(count: int, data: Any = None, /, *, out: str | os.PathLike[str], **settings: Any) -> list[Shard]:
    """Returns a study as ``count`` jobs for as many workers, each with a folder in ``out``; :func:`merge` joins them."""
    if count < 1:
        raise InvalidSetting(f"count must be 1 or more, not {count}")
    data = settings.pop("data", data)
    if isinstance(data, (str, os.PathLike)) and Path(data).exists():
        data = os.path.abspath(data)
    refuse_unknown([name for name in settings if name not in SHARED])
    for name in ("config", "trials", "init_from", "batch_order"):
        if isinstance(settings.get(name), (str, os.PathLike)):
            settings[name] = os.path.abspath(settings[name])
    folder = os.path.abspath(out)
    places = [os.path.join(folder, f"shard-{n}-of-{count}") for n in range(count)]
    return [Shard(n, count, place, data, settings) for n, place in enumerate(places)]


def merge(*folders: str | os.PathLike[str], out: str | os.PathLike[str]) -> Study:
    """Joins the folders of all shards of a study into ``out``; the results are those of a single process."""
    return Study(_core.merge([os.fspath(folder) for folder in folders], os.fspath(out)))
