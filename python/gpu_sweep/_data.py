"""Data from Python: arrays, data frames, files, names of built-in sets."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._errors import DataError, InvalidSetting

#: Settings of a table: with one of them, arrays are read as a file would be.
TABLE_SETTINGS = {"label", "features", "drop", "categorical", "missing", "max_rows", "split_column"}


class Given:
    """Data as the compiled part takes them: a data set in memory, or a file and further settings."""

    def __init__(self, core: _core.Data | None, settings: dict[str, Any]) -> None:
        self.core = core
        self.settings = settings


@contextmanager
def given(data: Any, settings: dict[str, Any]) -> Iterator[Given]:
    """Converts ``data``; a temporary file lives as long as the context."""
    if data is None:
        yield Given(None, settings)
    elif isinstance(data, (str, os.PathLike)):
        yield Given(None, {**settings, **_named(data)})
    elif isinstance(data, tuple):
        if len(data) != 2:
            raise DataError(f"data must be a pair (X, y), not a tuple of {len(data)}")
        yield from _pair(*data, settings)
    elif _is_table(data):
        yield from _file(_columns(data), settings)
    else:
        raise TypeError(
            f"data must be a pair (X, y), a data frame, a path or the name of a built-in set, not {type(data).__name__}"
        )


def _named(data: str | os.PathLike[str]) -> dict[str, Any]:
    """Returns the setting for a path, or for the name of a built-in set if there is no such file."""
    text = os.fspath(data)
    is_word = isinstance(data, str) and not Path(text).suffix and os.sep not in text
    return {"dataset": text} if is_word and not Path(text).exists() else {"data": text}


def _pair(x: Any, y: Any, settings: dict[str, Any]) -> Iterator[Given]:
    names = _names(x) if _is_table(x) else None
    target = getattr(y, "name", None)
    array = _numbers(x)
    if array is None or np.isnan(array).any() or TABLE_SETTINGS & settings.keys():
        columns = _columns(x) if _is_table(x) else _array_columns(_matrix(x))
        targets = _array_columns(_matrix(y), "y") if not _is_table(y) else _columns(y)
        if len(targets) == 1:
            targets = {str(target or "label"): next(iter(targets.values()))}
            chosen = {} if {"label", "target"} & settings.keys() else {"label": str(target or "label")}
        else:
            chosen = {"target": ",".join(targets)}
        clash = columns.keys() & targets.keys()
        if clash:
            raise DataError(f"y has the name of a column of X: {', '.join(sorted(clash))}")
        yield from _file({**columns, **targets}, {**settings, **chosen})
        return
    names = names or [f"x{n + 1}" for n in range(array.shape[1])]
    labels = _matrix(y)
    if len(labels) != len(array):
        raise DataError(f"y has {len(labels)} rows, X has {len(array)}")
    task, positive = settings.get("task"), settings.get("positive")
    rest = {name: value for name, value in settings.items() if name not in ("task", "positive")}
    if task == "regression" or labels.shape[1] > 1:
        values = _numbers(labels)
        if values is None:
            raise DataError("y must be numbers for task='regression'")
        count = values.shape[1]
        columns_of_y = _names(y) if _is_table(y) else None
        names_of_y = columns_of_y or ([str(target or "y")] if count == 1 else [f"y{n + 1}" for n in range(count)])
        yield Given(_core.Data.of_numbers("data", array, names, names_of_y, values), rest)
        return
    distinct, codes = _distinct(labels[:, 0])
    core = _core.Data.of_classes("data", array, names, str(target or "label"), distinct, codes, task, _word(positive))
    yield Given(core, rest)


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _distinct(labels: np.ndarray[Any, Any]) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Returns the distinct labels in the order of their first rows, and the index of each row's label."""
    if labels.dtype == object:
        bad = next((n for n, label in enumerate(labels) if label is None or label != label), None)
        if bad is not None:
            raise DataError(f"y[{bad}] is missing")
        labels = np.array([str(label) for label in labels])
    elif labels.dtype.kind == "f" and not np.isfinite(labels).all():
        bad = int(np.flatnonzero(~np.isfinite(labels))[0])
        raise DataError(f"y[{bad}] is {labels[bad]}; it must be a class, or a finite number for task='regression'")
    values, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return [_text(value) for value in values[order]], place[codes.reshape(-1)].astype(np.int64)


def _text(value: Any) -> str:
    """Writes a number with the digits that give it back, as a table would."""
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() and abs(float(value)) < 2**53 else repr(float(value))
    return str(value)


def _is_table(data: Any) -> bool:
    return hasattr(data, "columns")


def _names(table: Any) -> list[str]:
    return [str(name) for name in getattr(table, "column_names", table.columns)]


def _matrix(data: Any) -> np.ndarray[Any, Any]:
    """Returns a two-dimensional array; one dimension is a column."""
    if hasattr(data, "detach"):
        data = data.detach().cpu()
    if _is_table(data):
        columns = _columns(data)
        array = np.column_stack([np.asarray(column, dtype=object) for column in columns.values()])
    else:
        array = np.asarray(data)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise DataError(f"X and y must have one or two dimensions, not {array.ndim}")
    if array.dtype.kind == "c":
        raise DataError("complex numbers can't be learnt from; give their real and imaginary parts as columns")
    return array


def _numbers(data: Any) -> np.ndarray[Any, Any] | None:
    """Returns a float64 array ``[rows, columns]``, without a copy where it is one; None if not all are numbers."""
    if _is_table(data) and hasattr(data, "dtypes"):
        kinds = data.dtypes if isinstance(data.dtypes, list) else list(data.dtypes)
        if any("int" not in str(kind).lower() and "float" not in str(kind).lower() for kind in kinds):
            return None
        array = data.to_numpy()
    else:
        array = _matrix(data)
    if array.ndim == 1:
        array = array[:, None]
    if array.dtype.kind not in "biuf":
        try:
            array = array.astype(np.float64) if array.dtype == object else None
        except (TypeError, ValueError):
            return None
    return None if array is None else np.ascontiguousarray(array, dtype=np.float64)


def _columns(table: Any) -> dict[str, Any]:
    """Returns the columns of a data frame or an Arrow table."""
    if hasattr(table, "to_pydict"):
        return dict(table.to_pydict())
    if type(table).__module__.split(".")[0] == "pandas":
        return {str(name): table[name].to_numpy(dtype=object) for name in table.columns}
    return {str(name): table[name].to_list() for name in table.columns}


def _array_columns(array: np.ndarray[Any, Any], letter: str = "x") -> dict[str, Any]:
    return {f"{letter}{n + 1}": column for n, column in enumerate(array.T)}


def _file(columns: dict[str, Any], settings: dict[str, Any]) -> Iterator[Given]:
    """Writes the table to a temporary file, which is then read by the rules of all tables."""
    with tempfile.TemporaryDirectory(prefix="gpu-sweep-") as folder:
        path = Path(folder) / "data.csv"
        write(columns, path)
        yield Given(None, {**settings, "data": str(path)})


def write(columns: dict[str, Any], path: Path) -> None:
    """Writes a CSV file; missing values are empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values()):
            writer.writerow(["" if value is None or value != value else _text(value) for value in row])


def features(data: Any) -> tuple[np.ndarray[Any, Any] | None, dict[str, Any] | None]:
    """Returns rows to predict: an array of numbers, or the columns of a table."""
    if _is_table(data):
        return None, _columns(data)
    array = _numbers(data)
    if array is None:
        raise InvalidSetting("X must be numbers, or a data frame with the columns of the training data")
    return array, None
