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

    def __init__(
        self,
        core: _core.Data | None,
        settings: dict[str, Any],
        labels: dict[str, Any] | None = None,
        notes: list[str] | None = None,
    ) -> None:
        #: What was done with data in memory.
        self.notes = notes or []
        self.core = core
        self.settings = settings
        #: The label that each class name stands for, as it was given; None: unknown.
        self.labels = labels


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
        columns = _columns(data)
        label = settings.get("label")
        column = columns.get(str(label)) if label is not None else next(reversed(columns.values()), None)
        labels = None if column is None else {_text(v): v for v in _unique(column)}
        yield from _file(columns, settings, labels)
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
    array = _numbers(x)
    if array is None or np.isnan(array).any() or TABLE_SETTINGS & settings.keys():
        yield from _pair_as_table(x, y, settings)
        return
    names = _distinct_names(_names(x) if _is_table(x) else [f"x{n + 1}" for n in range(array.shape[1])])
    labels = _matrix(y)
    _check_rows(len(array), len(labels))
    if labels.shape[1] == 0:
        raise DataError("y has no columns")
    task, positive = settings.get("task"), settings.get("positive")
    if task is not None:
        task = _core.task(str(task))
    rest = {name: value for name, value in settings.items() if name not in ("task", "positive")}
    if task == "regression" or labels.shape[1] > 1:
        if task in ("binary", "classes"):
            raise DataError(f"y has {labels.shape[1]} columns, of which each would be a class; give one column of classes")
        if positive is not None:
            raise InvalidSetting("positive has no effect with numbers as targets; leave it out")
        values = _numbers(labels)
        if values is None:
            raise DataError("y must be numbers for task='regression'")
        core = _core.Data.of_numbers("data", array, names, _target_names(names, y, values.shape[1]), values)
        yield Given(core, rest, None, _left_out(array, names))
        return
    distinct, codes = _distinct(labels[:, 0])
    texts = [_text(label) for label in distinct]
    target = _unlike(names, str(getattr(y, "name", None) or "label"))
    core = _core.Data.of_classes("data", array, names, target, texts, codes, task, _word(positive))
    yield Given(core, rest, dict(zip(texts, distinct)), _left_out(array, names))


def _pair_as_table(x: Any, y: Any, settings: dict[str, Any]) -> Iterator[Given]:
    """Joins features and targets to one table, which is read by the rules of files."""
    columns = _columns(x) if _is_table(x) else _array_columns(_matrix(x))
    targets = _columns(y) if _is_table(y) else _array_columns(_matrix(y), "y")
    _check_rows(len(next(iter(columns.values()), ())), len(next(iter(targets.values()), ())))
    single = len(targets) == 1
    named = dict(columns)
    for name, column in targets.items():
        named[_unlike([*named], str(getattr(y, "name", None) or "label") if single else name)] = column
    # By number: a name may hold a comma.
    last = ",".join(str(n + 1) for n in range(len(columns), len(named)))
    chosen = {"label": "-1"} if single else {"target": last}
    if {"label", "target"} & settings.keys():
        chosen = {}
    labels = {_text(label): label for label in _unique(next(iter(targets.values())))} if single else None
    yield from _file(named, {**settings, **chosen}, labels)


def _check_rows(rows: int, rows_of_y: int) -> None:
    if rows != rows_of_y:
        raise DataError(f"y has {rows_of_y} rows, X has {rows}")


def _target_names(names: list[str], y: Any, count: int) -> list[str]:
    """Returns names for targets that are numbers, unlike those of the features."""
    if _is_table(y):
        wanted = _names(y)
    else:
        wanted = [str(getattr(y, "name", None) or "y")] if count == 1 else [f"y{n + 1}" for n in range(count)]
    return _distinct_names([*names, *wanted])[len(names) :]


def _distinct_names(names: list[str]) -> list[str]:
    """Makes names such as a table's header may have: none empty, none twice, none a number."""
    found: list[str] = []
    for n, name in enumerate(names):
        name = name.strip()
        if not name or name.lower().startswith("unnamed") or _is_number(name):
            name = f"x{n + 1}" if not name else f"column_{name}"
        found.append(_unlike(found, name))
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _unlike(names: list[str], name: str) -> str:
    """Returns the name, with an underscore for each time that it is taken."""
    while name in names:
        name += "_"
    return name


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _distinct(labels: np.ndarray[Any, Any]) -> tuple[list[Any], np.ndarray[Any, Any]]:
    """Returns the distinct labels in the order of their first rows, and the index of each row's label."""
    if labels.dtype == object:
        bad = next((n for n, label in enumerate(labels) if is_missing(label)), None)
        if bad is not None:
            raise DataError(f"y[{bad}] is missing")
        places: dict[Any, int] = {}
        codes = np.array([places.setdefault(label, len(places)) for label in labels], dtype=np.int64)
        return list(places), codes
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        bad = int(np.flatnonzero(~np.isfinite(labels))[0])
        raise DataError(f"y[{bad}] is {labels[bad]}; it must be a class, or a finite number for task='regression'")
    values, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return values[order].tolist(), place[codes.reshape(-1)].astype(np.int64)


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
        if "bfloat16" in str(data.dtype):
            data = data.float()
    if isinstance(data, np.ma.MaskedArray):
        raise DataError("masked arrays can't be learnt from; fill them with NaN and choose missing='mean'")
    if _is_table(data):
        columns = _columns(data)
        array = np.column_stack([np.asarray(column, dtype=object) for column in columns.values()])
    else:
        try:
            array = np.asarray(data)
        except ValueError:
            raise DataError("X and y must be arrays whose rows have the same length") from None
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
    names = _names(table)
    if len(set(names)) < len(names):
        raise DataError(f"two columns are called {next(name for name in names if names.count(name) > 1)!r}; rename one")
    if hasattr(table, "to_pydict"):
        return dict(table.to_pydict())
    if type(table).__module__.split(".")[0] == "pandas":
        return {str(name): table[name].to_numpy(dtype=object) for name in table.columns}
    return {str(name): table[name].to_list() for name in table.columns}


def _unique(column: Any) -> list[Any]:
    """Returns the distinct values, if they are few enough to be classes."""
    found: dict[Any, None] = {}
    for value in np.asarray(column, dtype=object).tolist():
        if not is_missing(value):
            found[value] = None
        if len(found) > 128:
            return []
    return list(found)


def _left_out(array: np.ndarray[Any, Any], names: list[str]) -> list[str]:
    """Says which columns are left out because they are the same in all rows, unless all are."""
    constant = [name for name, column in zip(names, array.T) if len(column) and (column == column[0]).all()]
    if not constant or len(constant) == len(names):
        return []
    named = ", ".join(repr(name) for name in constant[:10])
    return [f"left out: {named}{f' and {len(constant) - 10} more' if len(constant) > 10 else ''} (constant)"]


def _array_columns(array: np.ndarray[Any, Any], letter: str = "x") -> dict[str, Any]:
    return {f"{letter}{n + 1}": column for n, column in enumerate(array.T)}


def _file(columns: dict[str, Any], settings: dict[str, Any], labels: dict[str, Any] | None) -> Iterator[Given]:
    """Writes the table to a temporary file, which is then read by the rules of all tables."""
    with tempfile.TemporaryDirectory(prefix="gpu-sweep-") as folder:
        path = Path(folder) / "data.csv"
        write(columns, path)
        try:
            yield Given(None, {**settings, "data": str(path)}, labels)
        except DataError as error:
            raise DataError(str(error).replace(str(path), "data")) from None


def write(columns: dict[str, Any], path: Path) -> None:
    """Writes a CSV file; missing values are empty."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"columns have different lengths: {', '.join(f'{name} {n}' for name, n in lengths.items())}")
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(_cells(column) for column in columns.values()), strict=True))


def _cells(column: Any) -> list[str]:
    """Returns the cells of a column; numbers with the digits that give them back."""
    array = np.asarray(column)
    if array.ndim == 1 and array.dtype.kind in "iu":
        return [str(value) for value in array.tolist()]
    if array.ndim == 1 and array.dtype.kind == "f":
        return ["" if value != value else _text(value) for value in array.tolist()]
    return ["" if is_missing(value) else _text(value) for value in column]


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and value != value


def features(data: Any) -> tuple[np.ndarray[Any, Any] | None, dict[str, Any] | None]:
    """Returns rows to predict: an array of numbers, or the columns of a table."""
    if _is_table(data):
        return None, _columns(data)
    array = _numbers(data)
    if array is None:
        raise InvalidSetting("X must be numbers, or a data frame with the columns of the training data")
    return array, None
