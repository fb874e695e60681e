"""Results of a study."""

from __future__ import annotations

import csv
import io
import json
import os
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import numpy as np

from . import _core
from ._curves import Curves
from ._errors import InvalidSetting, StudyError
from ._model import Model
from ._plot import Picture, Plots
from ._table import Table

if TYPE_CHECKING:
    import torch

    from ._tools import Shard


#: Columns of whole numbers in ``summary.csv``.
COUNTS = ["n", "diverged", "exploded", "dead_relu", "chance", "slow", "other"]


@dataclass(frozen=True)
class Group:
    """The models of one combination of settings, over all seeds."""

    #: Values of the hyper-parameters: ``{"lr": 0.05}``.
    settings: dict[str, float]
    #: Name of its curve: the choices and other hyper-parameters, in words; empty if there is one curve.
    curve: str
    #: Number of models.
    models: int
    #: Number of those above :attr:`Study.threshold`.
    successes: int
    #: 95 % confidence interval of the share of successes; None if models are not independent.
    success_interval: tuple[float, float] | None
    #: Mean of what ``select`` names on :attr:`rows`: accuracy, balanced accuracy or AUC (fractions), or loss; None without
    #: one.
    score: float | None
    #: Rows that it is measured on, and that choose the best: ``train`` or ``validation``.
    rows: str
    #: Mean accuracy, or R², on :attr:`accuracy_rows`: a fraction; None without one.
    accuracy: float | None
    #: 95 % confidence interval of it; None if models are not independent.
    accuracy_interval: tuple[float, float] | None
    #: ``test`` if there are test rows, else as :attr:`rows`.
    accuracy_rows: str


@dataclass(frozen=True)
class NearBest:
    """The range of values that can't be told from the best one, by paired tests over the seeds."""

    #: Name of the curve; empty if there is one.
    name: str
    #: Lowest and highest value.
    range: tuple[float, float]
    #: Number of values in it.
    values: int
    #: Whether there were enough seeds to compare.
    compared: bool
    #: Whether the range reaches the lowest and the highest value of the grid: better ones may lie beyond.
    at_ends: tuple[bool, bool]
    #: The models in the middle of the range, a safe choice.
    middle: Group


@dataclass(frozen=True)
class SeedsNeeded:
    """Numbers of seeds that tell two learning rates apart."""

    #: The two rates with their mean accuracies.
    between: tuple[tuple[float, float], tuple[float, float]]
    #: Difference of the means, a fraction.
    difference: float
    #: Seeds for each rate by Welch's test, and the power found by resampling; None if there is no such number.
    unpaired: dict[str, Any]
    #: The same by the paired test, on shared seeds.
    paired: dict[str, Any] | None
    #: Half-widths of 95 % confidence intervals of the mean, by number of seeds.
    widths: list[dict[str, Any]]
    #: Why there is no answer; None if there is one.
    reason: str | None


class Study:
    """All models of a sweep: :func:`gpu_sweep.sweep` makes one, :func:`gpu_sweep.load` reads one from its folder."""

    def __init__(
        self, core: _core.Study, labels: dict[str, Any] | None = None, asked: dict[str, Any] | None = None
    ) -> None:
        self._core = core
        self._labels = labels
        # What the study was asked for with: the data, options and settings of the call.
        self._asked = asked
        self._about: dict[str, Any] = json.loads(core.description())

    @property
    def folder(self) -> Path | None:
        """Folder with the results; None if they are in memory."""
        folder = self._core.folder()
        return None if folder is None else Path(folder)

    @property
    def n_models(self) -> int:
        """Number of models."""
        return int(self._about["models"])

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Cells: one for each data set, network, optimizer, ...; with their axes, seeds and numbers of rows."""
        return list(self._about["cells"])

    @property
    def threshold(self) -> float:
        """Accuracy, or R², above which a model is a success: a fraction."""
        return float(self._about["threshold"])

    @property
    def settings(self) -> str:
        """All settings, as ``sweep.toml`` has them."""
        return str(self._about["settings"])

    @property
    def device(self) -> str:
        """What trained the models: engine and device."""
        return f"{self._about['engine']}: {self._about['device']}, {self._about['driver']}"

    @property
    def notes(self) -> list[str]:
        """What was found out about the data, and done: columns that were left out or encoded, for example. A study that
        was loaded knows it of the files in its folder, not of the arrays that they were made from."""
        return list(self._about["notes"])

    @cached_property
    def models(self) -> Table:
        """A row for each model, with the columns of ``models.parquet``: ids, settings, seed, scores, class."""
        return Table(self._core.models())

    @cached_property
    def summary(self) -> Table:
        """A row for each combination of settings, with the columns of ``summary.csv``."""
        rows = list(csv.reader(io.StringIO(self._core.summary_csv())))
        words = [*self.cells[0]["choices"], "near_best"]
        return Table.of_columns({name: [row[n] for row in rows[1:]] for n, name in enumerate(rows[0])}, words, COUNTS)

    @cached_property
    def curves(self) -> Curves:
        """Curves over the epochs of the models that keep them."""
        ids = None if self._about["finished"] == self.n_models else self.models["model_id"]
        return Curves(self._core, self.cells, ids)

    def weights(self, cell: int = 0) -> dict[str, np.ndarray[Any, Any]]:
        """Returns the weights of all models of a cell, by the names in ``weights.npz``: ``init_w1`` ``[models, out, in]``,
        ``init_b1`` ``[models, out]``, ``init_w2``, ..., ``final_w1``, ... The study must be trained with
        ``save_weights=True``."""
        if not 0 <= cell < len(self.cells):
            raise InvalidSetting(f"there is no cell {cell}; there are {len(self.cells)}, from 0")
        if self.folder is not None:
            several = f"-{cell}" if len(self.cells) > 1 else ""
            path = self.folder / f"weights{several}.npz"
            if path.is_file():
                return dict(np.load(path))
        found = self._core.weights(cell)
        if found is None:
            raise StudyError("the weights of all models are not kept; train with save_weights=True")
        initial, final, layers = found
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        for kind, flat in (("init", initial), ("final", final)):
            at = 0
            for n, (inputs, outputs, bias) in enumerate(layers, 1):
                end = at + inputs * outputs
                arrays[f"{kind}_w{n}"] = flat[:, at:end].reshape(-1, outputs, inputs)
                at = end + outputs * bias
                if bias:
                    arrays[f"{kind}_b{n}"] = flat[:, end:at]
        return arrays

    @property
    def plot(self) -> Plots:
        """Pictures: ``study.plot.accuracy()``."""
        return Plots(self)

    @cached_property
    def _best(self) -> dict[str, Any]:
        best: dict[str, Any] = json.loads(self._core.best())
        return best

    @property
    def best(self) -> Group | None:
        """The combination with the best mean score, chosen on validation rows if there are any, else on training rows;
        None if nothing learned."""
        best = self._best["best"]
        return None if best is None else _group(best["group"])

    @property
    def near_best(self) -> NearBest | None:
        """The values along the axis that can't be told from the best; None if nothing learned."""
        best = self._best["best"]
        return None if best is None else _near_best(self._best["curves"][best["curve"]])

    @property
    def near_best_by_curve(self) -> dict[str, NearBest | None]:
        """The same for each curve (network, optimizer, ...), by its name; None for one that did not learn."""
        curves = self._best["curves"]
        return {curve["name"]: _near_best(curve) if curve["claim"] == "Best" else None for curve in curves}

    @cached_property
    def variance(self) -> Table | None:
        """Shares of the variance of success and accuracy by source (learning rate, seed, both); None without a grid."""
        rows = json.loads(self._core.variance())
        if not rows:
            return None
        flat = [{**row["choices"], **row, "ci_low": (row["interval"] or [None] * 2)[0], "ci_high": (row["interval"] or [None] * 2)[1]} for row in rows]
        names = [name for name in flat[0] if name not in ("choices", "interval")]
        return Table.of_columns({name: [row[name] for row in flat] for name in names}, list(rows[0]["choices"]), ["seeds", "levels"])

    def seeds_needed(self, a: float | None = None, b: float | None = None, points: float | None = None) -> SeedsNeeded:
        """Returns how many seeds tell the learning rates ``a`` and ``b`` apart: by default the best one and the next
        that is a percentage point below. ``points``: a difference in percentage points instead of the observed one."""
        between = None if a is None and b is None else [a, b]
        if between is not None and None in between:
            raise TypeError("seeds_needed takes two learning rates or none")
        found = json.loads(self._core.seeds_needed(between, points))
        one, other = ((arm["lr"], arm["mean"]) for arm in found["between"])
        return SeedsNeeded(
            between=(one, other),
            difference=found["difference"],
            unpaired=found["unpaired"],
            paired=found["paired"],
            widths=found["widths"],
            reason=found["reason"],
        )

    def model(self, which: int | str = "best") -> Model:
        """Returns a model by its id, or ``"best"``."""
        if isinstance(which, str):
            which = self._core.choose(which)[0]
        if not 0 <= which < self.n_models:
            raise InvalidSetting(f"there is no model {which}; ids are 0 to {self.n_models - 1}")
        return Model(self._core.model(int(which)), int(which), self._labels)

    def ensemble(self, count: int) -> list[Model]:
        """Returns the ``count`` best models of the best cell."""
        return [self.model(model) for model in self._core.choose(f"ensemble:{count}")]

    def to_torch_ensemble(self, models: int | list[int] = 20) -> torch.nn.Module:
        """Returns models, given by their ids or as the ``models`` best, as one batched PyTorch module: raw rows
        ``[rows, features]`` to logits, or values in their units, ``[models, rows, outputs]``."""
        from ._torch import Ensemble

        chosen = self.ensemble(models) if isinstance(models, int) else [self.model(model) for model in models]
        return Ensemble([model._about for model in chosen], [model.weights for model in chosen]).eval()

    def shards(self, count: int, *, out: str | os.PathLike[str], **settings: Any) -> list[Shard]:
        """Returns this study, with other ``settings`` if there are any (more seeds, say), as ``count`` jobs for as many
        workers: :func:`gpu_sweep.shards`."""
        from ._tools import shards

        if self._asked is not None:
            return shards(count, out=out, **{**self._asked, **settings})
        # A study that was read from its folder: settings and inputs are there.
        return shards(count, out=out, config=Path(self.folder or ".") / "sweep.toml", **settings)

    @property
    def sentence(self) -> str:
        """What the study shows, in words."""
        return self.plot.accuracy().caption

    def __reduce__(self) -> tuple[Callable[[str], Study], tuple[str]]:
        if self.folder is None:
            raise TypeError("a study in memory can't be pickled; train it with out='FOLDER'")
        return load, (str(self.folder),)

    def __repr__(self) -> str:
        best, select = self.best, self._about["select"]
        measure = self._about["measure"] if select == "accuracy" else select
        networks = ", ".join(dict.fromkeys(cell["network"] for cell in self.cells))
        found = "nothing learned"
        if best is not None and best.score is not None:
            values = ", ".join(f"{name} {value:.3g}" for name, value in best.settings.items())
            score = f"{best.score:.3g}" if select == "loss" else f"{100 * best.score:.3g} %"
            found = f"best {values}: {measure} {score}"
        return f"<Study of {self.n_models} models, {networks}, {self._about['engine']}; {found}>"

    def _repr_html_(self) -> str:
        from html import escape

        picture: Picture = self.plot.accuracy()
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        found = f"<ul>{notes}</ul>" if notes else ""
        return f"<p>{escape(picture.caption)}</p>{picture.svg}{found}{self.summary._repr_html_()}"


def _interval(pair: list[float] | None) -> tuple[float, float] | None:
    return None if pair is None else (pair[0], pair[1])


def _group(found: dict[str, Any]) -> Group:
    return Group(
        settings=found["settings"],
        curve=found["curve"],
        models=found["models"],
        successes=found["successes"],
        success_interval=_interval(found["success_interval"]),
        score=found["score"],
        rows=found["rows"],
        accuracy=found["accuracy"],
        accuracy_interval=_interval(found["accuracy_interval"]),
        accuracy_rows=found["accuracy_rows"],
    )


def _near_best(found: dict[str, Any]) -> NearBest:
    return NearBest(
        name=found["name"],
        range=(found["range"][0], found["range"][1]),
        values=found["values"],
        compared=found["compared"],
        at_ends=(found["at_ends"][0], found["at_ends"][1]),
        middle=_group(found["group"]),
    )


def load(folder: str | Path) -> Study:
    """Reads the study in ``folder``, which the command line or :func:`gpu_sweep.sweep` wrote."""
    study = Study(_core.load(str(folder)))
    finished = study._about["finished"]
    if finished < study.n_models:
        warnings.warn(f"{folder}: only {finished} of {study.n_models} models are trained", stacklevel=2)
    return study
