"""Curves over the epochs, as arrays with named dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core

if TYPE_CHECKING:
    import xarray

Array = np.ndarray[Any, Any]


class Curves(Mapping[str, Array]):
    """The curves that a study keeps, by the names of the arrays in ``curves.npz``: ``train_loss``, ``train_acc``, ...

    Each is a read-only ``float32`` array with the dimensions :attr:`dims`: of a grid its axes (``lr`` first), ``seed``,
    ``epoch``, and ``cell`` before them if there are several; else ``model``, ``epoch``. A value is the mean before the
    epoch's first update; NaN from a divergence on.
    """

    def __init__(self, core: _core.Study, cells: list[dict[str, Any]], ids: Array | None = None) -> None:
        self._core = core
        self._names = core.curve_names()
        self._arrays: dict[str, Array] = {}
        dims, self._stored, coords = _layout(cells, ids)
        #: Dimensions, in order.
        self.dims: tuple[str, ...] = dims
        #: Values along each dimension.
        self.coords: dict[str, Array] = coords

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise KeyError(f"{name!r}; there are {', '.join(self._names) or 'none'} (record='both' keeps more)")
        if name not in self._arrays:
            flat = self._core.curve(name)
            sizes = [len(self.coords[dim]) for dim in self._stored]
            curve = flat.reshape(sizes).transpose([self._stored.index(dim) for dim in self.dims])
            curve.flags.writeable = False
            self._arrays[name] = curve
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def to_xarray(self) -> xarray.Dataset:
        """Returns all curves as an xarray Dataset with coordinates."""
        import xarray as xr

        return xr.Dataset({name: (self.dims, self[name]) for name in self}, coords=self.coords)

    def __repr__(self) -> str:
        shape = " × ".join(f"{dim} {len(self.coords[dim])}" for dim in self.dims)
        return f"<Curves {', '.join(self._names)}: {shape}>"


def _layout(cells: list[dict[str, Any]], trained: Array | None) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Array]]:
    """Returns the dimensions as shown and as stored, and their coordinates. ``trained``: ids of the models that are
    there, if others are missing."""
    first = cells[0]
    epochs = np.array(first["epochs"])
    alike = all(cell["axes"] == first["axes"] and cell["kept"] == first["kept"] for cell in cells)
    combinations = int(np.prod([len(values) for _, values in first["axes"] or ()], dtype=np.int64))
    if trained is not None or first["axes"] is None or not alike or first["kept"] == 0 or first["kept"] % combinations:
        ids = np.concatenate([np.arange(cell["first"], cell["first"] + cell["kept"]) for cell in cells])
        if trained is not None:
            ids = ids[np.isin(ids, trained)]
        return ("model", "epoch"), ("model", "epoch"), {"model": ids, "epoch": epochs}
    axes = {name: np.array(values) for name, values in first["axes"]}
    seeds = np.array(first["seeds"][: first["kept"] // combinations], dtype=np.uint64)
    coords: dict[str, Array] = {**axes, "seed": seeds, "epoch": epochs}
    shown: tuple[str, ...] = (*axes, "seed", "epoch")
    # The learning rate changes fastest from model to model, then the other axes, then the seed.
    stored: tuple[str, ...] = ("seed", *reversed(axes), "epoch")
    if len(cells) > 1:
        coords["cell"] = np.arange(len(cells))
        shown, stored = ("cell", *shown), ("cell", *stored)
    return shown, stored, coords
